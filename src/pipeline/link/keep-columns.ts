import { type DatabaseCatalog, findTable, type Table } from '#src/domain/catalog.ts';
import { dbGraph, joinTables } from '#src/planner/db-graph.ts';

/** Which columns of which tables are kept, by table name in lower case. */
export type Kept = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The kept columns as tables of the catalog, in its order, with the keys that a join needs: primary and foreign keys of every kept
 * table, and the tables on the shortest join path between kept ones with their keys (xiyan.md 3.4, PFKeyIdentifier).
 */
export function withKeys(catalog: DatabaseCatalog, kept: Kept): Table[] {
  const tables = [...kept.keys()].flatMap((name) => findTable(catalog, name) ?? []);
  const graph = dbGraph(catalog);
  const path =
    joinTables(graph, tables) ?? tables.slice(1).flatMap((table) => joinTables(graph, [tables[0]!, table]) ?? []);
  const joined = new Map<string, Set<string>>();
  const join = (table: Table, column: string) => {
    const key = table.name.toLowerCase();
    joined.set(key, (joined.get(key) ?? new Set()).add(column.toLowerCase()));
  };
  for (const { from, to, pairs } of path)
    for (const [left, right] of pairs) {
      join(from, left);
      join(to, right);
    }
  return catalog.tables.flatMap((table) => {
    const name = table.name.toLowerCase();
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

const lower = (name: string) => name.toLowerCase();

/** Adds columns to what is kept. */
export function keepAlso(kept: Kept, columns: readonly (readonly [table: string, column: string])[]): Kept {
  const all = new Map([...kept].map(([table, own]) => [table, new Set(own)]));
  for (const [table, column] of columns) {
    const own = all.get(table.toLowerCase()) ?? new Set<string>();
    all.set(table.toLowerCase(), own.add(column.toLowerCase()));
  }
  return all;
}
