import { type Column, DEFAULT_SCHEMA, findColumn, type Table } from '#src/domain/catalog.ts';
import { columnsWithRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import { type ExpressionIr, mapParts, mapQuery, type SelectIr, visit } from '#src/sql/query-ir.ts';
import type { Outline } from './outline.ts';
import { type Edit, nearestFirst, type Part, type ReadFor } from './part.ts';
import { overWords } from './say-names.ts';
import type { Source, Statement } from './statement.ts';

const MOST_TABLES = 3;

/** The table, and others that have all that is asked of it. */
export function tablePart({ statement }: Outline, read: ReadFor): Part {
  const [only, ...more] = statement.sources;
  const edits =
    only && !more.length ? tablesLike(only, statement, read).map((one) => readFrom(one, only, statement)) : [];
  return { kind: 'table', words: overWords(statement), edits };
}

interface Likeness {
  readonly table: Table;
  /** What takes the place of each column that is used. */
  readonly columns: ReadonlyMap<string, Column>;
}

function tablesLike({ table, alias }: Source, statement: Statement, { question }: ReadFor): readonly Likeness[] {
  const { catalog, query } = statement;
  const used = usedColumns(query, alias);
  if (!used) return [];
  const words = (one: Table) => splitIdentifier(one.title ?? one.name).map(stem);
  const near = new Set([...contentWords(question).keys(), ...words(table)]);
  const others = catalog.tables.filter(
    (one) => one !== table && (used.size > 0 || words(one).some((word) => near.has(word))),
  );
  const like = others.flatMap((one): readonly Likeness[] => {
    const columns = [...used].map(([name, how]) => [name, counterpart(name, how, table, one, statement)] as const);
    const found = columns.flatMap(([name, column]) => (column ? [[name, column] as const] : []));
    return found.length === used.size ? [{ table: one, columns: new Map(found) }] : [];
  });
  const shared = nearestFirst(like, ({ table: { name } }) => name, table.name);
  return nearestFirst(shared, ({ table: { name } }) => name, question).slice(0, MOST_TABLES);
}

type Use = 'measured' | 'any';

/** The columns that a query uses and how; nothing where it asks for all, or of other queries. */
function usedColumns(query: SelectIr, alias: string): ReadonlyMap<string, Use> | undefined {
  const used = new Map<string, Use>();
  let isPlain = true;
  const measured = new Set<unknown>();
  visit(query, (node) => {
    if (node.kind === 'star' || node.kind === 'query' || node.kind === 'in-query' || node.kind === 'exists')
      isPlain = false;
    if (node.kind === 'aggregate' && node.name !== 'count' && node.argument?.kind === 'column')
      measured.add(node.argument);
    if (node.kind === 'column' && node.table === alias) {
      const name = String(node.name);
      used.set(name, measured.has(node) && used.get(name) !== 'any' ? 'measured' : 'any');
    }
  });
  return isPlain ? used : undefined;
}

/** The column of another table that says the same: of its name, or the date or the amount that it has for this one. */
function counterpart(name: string, how: Use, from: Table, to: Table, { catalog }: Statement): Column | undefined {
  const own = findColumn(from, name);
  const role = own && roleOf({ table: from, column: own }, catalog);
  const same = findColumn(to, name);
  if (!own || same?.kind === own.kind) return same;
  const only = (all: readonly Column[]) => (all.length === 1 && all[0]?.kind === own.kind ? all[0] : undefined);
  if (role === 'event date') return only(columnsWithRole(to, 'event date', catalog));
  return role === 'additive measure' && how === 'measured'
    ? only(columnsWithRole(to, 'additive measure', catalog))
    : undefined;
}

/** The same of another table. */
function readFrom({ table, columns }: Likeness, old: Source, { query, catalog }: Statement): Edit {
  const expression = (one: ExpressionIr): ExpressionIr => {
    if (one.kind === 'column')
      return { kind: 'column', table: table.name, name: columns.get(one.name)?.name ?? one.name };
    return mapParts(one, { expression, query: (inner) => inner });
  };
  const schema = table.schema === DEFAULT_SCHEMA[catalog.engine] ? undefined : table.schema;
  const made = mapQuery(query, {
    expression,
    query: (inner) => inner,
    source: () => ({ kind: 'table', name: table.name, ...(schema === undefined ? {} : { schema }) }),
  });
  const items =
    made.kind === 'select' ? made.items.map(({ expression: shown }) => ({ expression: shown })) : query.items;
  return {
    words: table.name,
    becomes: table.name,
    query: made.kind === 'select' ? { ...made, items } : query,
    does: `${old.table.name} ${table.schema ?? ''} ${table.name}`,
  };
}
