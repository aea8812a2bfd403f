import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { type DbGraph, dbGraph, type Edge, joinTables } from '#src/planner/db-graph.ts';

/** Which columns of which tables are kept: names in lower case, tables by `keyOf`. */
export type KeptColumns = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The kept columns as tables of the catalog, in its order, with the keys that a join needs: primary and foreign keys of every kept
 * table, and the tables on the shortest join path between kept ones with their keys (XiYan's PFKeyIdentifier, sources.md#column-selection).
 */
export function withKeys(catalog: DatabaseCatalog, kept: KeptColumns): Table[] {
  const tables = catalog.tables.filter((table) => kept.has(keyOf(table)));
  const path = pathBetween(dbGraph(catalog), tables);
  const joined = new Map<string, Set<string>>();
  const join = (table: Table, column: string) => {
    const key = keyOf(table);
    joined.set(key, (joined.get(key) ?? new Set()).add(column.toLowerCase()));
  };
  for (const { from, to, pairs } of path)
    for (const [left, right] of pairs) {
      join(from, left);
      join(to, right);
    }
  return catalog.tables.flatMap((table) => {
    const name = keyOf(table);
    const own = kept.get(name);
    const onPath = joined.get(name);
    if (!own && !onPath) return [];
    const keys = new Set([...table.primaryKey, ...table.foreignKeys.flatMap((key) => key.columns)].map(lower));
    const columns = table.columns.filter(({ name: column }) => {
      const key = column.toLowerCase();
      return own?.has(key) || onPath?.has(key) || keys.has(key);
    });
    // A table that is kept for none of its columns (`COUNT(*)`) and has no key is shown whole: it must have some column.
    return [{ ...table, columns: columns.length ? columns : table.columns }];
  });
}

/** Tables up to which the cheapest joins between all of them are sought: a query reads no more. */
const JOINED_TABLES = 6;

/** The joins between tables: of few, the cheapest that connect them all; of many, those of neighbours and over one table between. */
function pathBetween(graph: DbGraph, tables: readonly Table[]): readonly Edge[] {
  if (tables.length <= JOINED_TABLES) return joinTables(graph, tables) ?? neighbours(graph, tables);
  return neighbours(graph, tables);
}

function neighbours(graph: DbGraph, tables: readonly Table[]): Edge[] {
  const kept = new Set(tables);
  const edges = tables.flatMap((table) => graph.edges.get(table) ?? []);
  const direct = edges.filter(({ to }) => kept.has(to));
  const near = new Set(direct.map(({ from, to }) => `${keyOf(from)} ${keyOf(to)}`));
  const between = Map.groupBy(
    edges.filter(({ to }) => !kept.has(to)),
    ({ to }) => to,
  );
  // A table between two kept ones that no key connects directly.
  const bridges = [...between.values()].filter((ends) =>
    ends.some((a) => ends.some((b) => a.from !== b.from && !near.has(`${keyOf(a.from)} ${keyOf(b.from)}`))),
  );
  return [...direct, ...bridges.flat()];
}

const lower = (name: string) => name.toLowerCase();

/** A table's name with its schema, in lower case: two schemas may have tables of one name. */
export const keyOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>): string =>
  (schema === undefined ? name : `${schema}.${name}`).toLowerCase();

/** Adds columns to what is kept. */
export function keepAlso(
  kept: KeptColumns,
  columns: readonly (readonly [table: Table, column: string])[],
): KeptColumns {
  const all = new Map([...kept].map(([table, own]) => [table, new Set(own)]));
  for (const [table, column] of columns) {
    const own = all.get(keyOf(table)) ?? new Set<string>();
    all.set(keyOf(table), own.add(column.toLowerCase()));
  }
  return all;
}
