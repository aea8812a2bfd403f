import { type Column, type DatabaseCatalog, type Engine, findTable, type Table } from '#src/domain/catalog.ts';
import type { NameReading } from '#src/domain/name-reading.ts';
import { labelsOf } from '#src/domain/roles/roles-of-columns.ts';
import { type EngineFamily, familyOf } from '#src/sql/functions.ts';
import type { ExpressionIr, SelectIr } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';
import type { MendedStatement } from './names.ts';
import { allSourcesOf, columnOn, isCalled, type Source, sourcesRead, tableOn } from './sources.ts';

/** Words of a question that ask for keys themselves. */
const ASKS_FOR_KEYS = /\b(?:(?:\w+_)?ids?|identifiers?|numbers?|nos?|codes?|keys?|serials?|refs?|references?)\b|#/i;

/**
 * Mends a key that is shown where a person would say what the row is called (`SELECT brewer_id` to "which brewer"): the label of the row that
 * it is of, or refers to, takes its place. Undefined where the question asks for keys, or none is shown that has a label.
 */
export function showLabels(
  sql: string,
  engine: Engine,
  catalog: DatabaseCatalog,
  question: string,
): MendedStatement | undefined {
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
    readAs: shown.map(({ written, called: { table, labels } }) => ({
      written,
      read: labels.map(({ name }) => `${table.name}.${name}`).join(', '),
    })),
  };
}

interface KeyShown extends Pick<NameReading, 'written'> {
  readonly at: { readonly start: number; readonly end: number };
  readonly called: { readonly table: Table; readonly labels: readonly Column[]; readonly alias: string };
  /** The join that its table needs where it is not read. */
  readonly by?: { readonly source: Source; readonly column: string; readonly key: string };
}

/** The key of a table that is read, or a reference to one, that stands in the output without what the row is called. */
function keyShown(
  one: ExpressionIr,
  { items, groupBy }: SelectIr,
  sources: readonly Source[],
  catalog: DatabaseCatalog,
): KeyShown | undefined {
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
  const written = one.table === undefined ? one.name : `${one.table}.${one.name}`;
  const own = target.table === source.table ? source : sources.find(({ table }) => table === target.table);
  const alias = own?.alias ?? target.table.name;
  const called = { table: target.table, labels, alias };
  if (own) return { written, at: one.span, called };
  if (sources.some((other) => isCalled(other, alias))) return undefined;
  return { written, at: one.span, called, by: { source, column: one.name, key: target.key } };
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
