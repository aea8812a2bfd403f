import type { IndexedTable } from '../index/schema-index.ts';

export type Neighbours = ReadonlyMap<IndexedTable, ReadonlySet<IndexedTable>>;

const nameOf = ({ table }: IndexedTable) => `${table.schema ?? ''}.${table.name}`.toLowerCase();

/** For each of the tables, those of them that a declared key joins to it, in either direction. */
export function keyNeighbours(tables: readonly IndexedTable[]): Neighbours {
  const byName = new Map(tables.map((table) => [nameOf(table), table]));
  const neighbours = new Map(tables.map((table) => [table, new Set<IndexedTable>()]));
  for (const [table, own] of neighbours) {
    for (const { targetSchema, targetTable } of table.table.foreignKeys) {
      const target = byName.get(`${targetSchema ?? ''}.${targetTable}`.toLowerCase());
      if (target === undefined || target === table) continue;
      own.add(target);
      neighbours.get(target)?.add(table);
    }
  }
  return neighbours;
}
