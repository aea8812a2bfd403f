import {
  type Column,
  type DatabaseCatalog,
  type Engine,
  findTable,
  type Table,
  tableLabel,
} from '#src/domain/catalog.ts';
import { labelsOf } from '#src/domain/roles/roles-of-columns.ts';
import { type EngineFamily, familyOf } from '#src/sql/functions.ts';
import { type ExpressionIr, type IrNode, type SelectIr, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';
import { allSourcesOf, columnOn, isCalled, type Source, sourcesRead, tableOn } from './sources.ts';

/** Words of a question that ask for keys themselves. */
const ASKS_FOR_KEYS = /\b(?:(?:\w+_)?ids?|identifiers?|numbers?|nos?|codes?|keys?|serials?|refs?|references?)\b|#/i;

/** A statement that shows what rows are called where it showed their keys. */
export interface LabelledStatement {
  readonly sql: string;
  readonly labelled: readonly string[];
}

/**
 * Mends a key that is shown where a person would say what the row is called (`SELECT brewer_id` to "which brewer"): the label of the row that
 * it is of, or refers to, takes its place. Undefined where the question asks for keys, or none is shown that has a label.
 */
export function showLabels(
  sql: string,
  engine: Engine,
  catalog: DatabaseCatalog,
  question: string,
): LabelledStatement | undefined {
  if (ASKS_FOR_KEYS.test(question)) return undefined;
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  const { query, problems } = resolve(parsed.value, engine, catalog);
  if (
    problems.length ||
    query.kind !== 'select' ||
    query.orderBy.some(({ expression: { kind } }) => kind === 'position')
  )
    return undefined;
  const sources = allSourcesOf(query, catalog);
  const last = query.joins.at(-1)?.span ?? query.from?.span;
  const shown =
    sources && last ? query.items.flatMap(({ expression }) => keyShown(expression, query, sources, catalog) ?? []) : [];
  // Two keys of one table refer to it twice (a home and an away team): each needs a name of its own.
  if (!last || !shown.length || new Set(shown.map(({ called }) => called.table)).size < shown.length) return undefined;
  const family = familyOf(engine);
  const edits = shown.flatMap((one) => editsOf(one, query, last.end, family));
  return {
    sql: edited(sql, joined(edits)),
    labelled: shown.flatMap(({ called: { table, labels } }) =>
      labels.map(({ name }) => `${tableLabel(table, engine)}.${name}`),
    ),
  };
}

interface KeyShown {
  readonly at: { readonly start: number; readonly end: number };
  readonly called: { readonly table: Table; readonly labels: readonly Column[]; readonly alias: string };
  /** The join that its table needs where it is not read. */
  readonly by?: Reference;
}

/** A column of a table that is read, and the key of another table that it holds. */
interface Reference {
  readonly source: Source;
  readonly column: string;
  readonly key: string;
}

/** The key of a table that is read, or a reference to one, that stands in the output without what the row is called. */
function keyShown(
  one: ExpressionIr,
  select: SelectIr,
  sources: readonly Source[],
  catalog: DatabaseCatalog,
): KeyShown | undefined {
  const { items, groupBy } = select;
  const [source, ...more] = one.kind === 'column' ? [...sourcesRead(one, sources)] : [];
  if (one.kind !== 'column' || !one.span || !source || more.length) return undefined;
  if (!groupBy.length && items.some(({ expression }) => expression.kind === 'aggregate')) return undefined;
  const target = targetOf(source.table, one.name, catalog);
  if (!target) return undefined;
  const labels = labelsOf(target.table, catalog);
  const isShown = labels.some(({ name }) =>
    items.some(
      ({ expression }) => expression.kind === 'column' && expression.name.toLowerCase() === name.toLowerCase(),
    ),
  );
  if (!labels.length || isShown || labels.some(({ name }) => name === target.key)) return undefined;
  const called = (alias: string) => ({ table: target.table, labels, alias });
  if (target.table === source.table) return { at: one.span, called: called(source.alias) };
  const by = { source, column: one.name, key: target.key };
  const joined = sources.find((other) => other.table === target.table && isJoinedBy(by, other, select, sources));
  if (joined) return { at: one.span, called: called(joined.alias) };
  const { name } = target.table;
  return sources.some((other) => isCalled(other, name)) ? undefined : { at: one.span, called: called(name), by };
}

/** Whether a table is joined by that reference: the staff who helped are not those who brewed. */
function isJoinedBy(
  { source, column, key }: Reference,
  other: Source,
  select: SelectIr,
  sources: readonly Source[],
): boolean {
  const is = (side: IrNode | undefined, of: Source, name: string) =>
    side?.kind === 'column' &&
    String(side.name).toLowerCase() === name.toLowerCase() &&
    [...sourcesRead(side, sources)].every((read) => read === of);
  let found = false;
  visit([select.joins.map(({ on }) => on), select.where], ({ kind, operator, left, right }) => {
    if (kind !== 'compare' || operator !== '=') return;
    const sides = [left, right] as readonly IrNode[];
    found ||= [sides, sides.toReversed()].some(([a, b]) => is(a, source, column) && is(b, other, key));
  });
  return found;
}

/** A column that is called a key; any other may be asked for by its name. */
const CALLED_KEY = /(?:id|key|code|no|nr|num|number|ref)$/i;

/** The table of which a numbered column is the key, or to whose key it refers. */
function targetOf(table: Table, name: string, catalog: DatabaseCatalog): { table: Table; key: string } | undefined {
  const isNumber = table.columns.some(
    (column) => column.name.toLowerCase() === name.toLowerCase() && column.kind === 'number',
  );
  if (!isNumber || !CALLED_KEY.test(name)) return undefined;
  const is = (columns: readonly string[]) => columns.length === 1 && columns[0]?.toLowerCase() === name.toLowerCase();
  const reference = table.foreignKeys.find(({ columns }) => is(columns));
  if (reference) {
    const other = findTable(catalog, reference.targetTable, reference.targetSchema ?? table.schema);
    const [key] = reference.targetColumns;
    return other && key !== undefined && other !== table ? { table: other, key } : undefined;
  }
  return is(table.primaryKey) ? { table, key: name } : undefined;
}

function editsOf(
  { at, called, by }: KeyShown,
  { groupBy }: SelectIr,
  end: number,
  family: EngineFamily,
): readonly Edit[] {
  const text = called.labels.map(({ name }) => columnOn(called.alias, name, family)).join(', ');
  const groups = groupBy.at(-1)?.span?.end;
  return [
    { ...at, text },
    ...(by
      ? [
          {
            start: end,
            end,
            text: ` LEFT JOIN ${tableOn(called.table, family)} ON ${columnOn(by.source.alias, by.column, family)} = ${columnOn(called.alias, by.key, family)}`,
          },
        ]
      : []),
    ...(groups === undefined ? [] : [{ start: groups, end: groups, text: `, ${text}` }]),
  ];
}

/** What is put in at one place as one edit, in its order. */
const joined = (edits: readonly Edit[]): readonly Edit[] =>
  [...Map.groupBy(edits, ({ start, end }) => `${start}-${end}`).values()].map((same) => ({
    ...same[0]!,
    text: same.map(({ text }) => text).join(''),
  }));
