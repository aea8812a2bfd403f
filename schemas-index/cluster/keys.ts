import type { IndexedTable, IndexedWords } from '../index/schema-index.ts';

const nameOf = ({ table }: IndexedTable) => `${table.schema ?? ''}.${table.name}`.toLowerCase();

/** For each of the tables, those that a declared key joins to it, in either direction. Tables are rows of the index. */
export function keyNeighbours(
  { tables }: Pick<IndexedWords, 'tables'>,
  rows: readonly number[],
): Map<number, Set<number>> {
  const byName = new Map(rows.map((row) => [nameOf(tables[row]!), row]));
  const neighbours = new Map(rows.map((row) => [row, new Set<number>()]));
  for (const row of rows) {
    for (const key of tables[row]!.table.foreignKeys) {
      const target = byName.get(`${key.targetSchema ?? ''}.${key.targetTable}`.toLowerCase());
      if (target === undefined || target === row) continue;
      neighbours.get(row)!.add(target);
      neighbours.get(target)!.add(row);
    }
  }
  return neighbours;
}
