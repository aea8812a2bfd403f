import { type IndexedTable, mentionWeights, type SchemaIndex } from '../index/schema-index.ts';
import type { TableSignals } from './score-tables.ts';

/** Added for a table that a key joins to one already chosen, and for one that bridges two chosen tables (tech.md 6). */
const NEIGHBOUR = 0.08;
const BRIDGE = 0.45;
/** Tables ordered one by one; the rest follow by their own score. */
const GREEDY_DEPTH = 20;

/**
 * Orders the tables of one database: hybrid score and word coverage (with rarity inside this database) first, then
 * greedily by what each adds to the words covered so far, with a bonus for tables that keys connect to those chosen.
 */
export function orderTables(
  index: SchemaIndex,
  database: number,
  stems: readonly string[],
  signals: TableSignals,
): readonly number[] {
  const { firstTable, tableCount } = index.databases[database]!;
  const rows = Array.from({ length: tableCount }, (_, at) => firstTable + at);
  const words = new Map(rows.map((row) => [row, mentionWeights(index.tables[row]!)]));
  const rarity = localRarity(rows, words, stems);
  const total = [...rarity.values()].reduce((sum, value) => sum + value, 0) || 1;
  const hybrid = rescale(rows, signals.hybrid);
  const coverage = (row: number) =>
    stems.reduce((sum, stem) => sum + (rarity.get(stem) ?? 0) * (words.get(row)!.get(stem) ?? 0), 0) / total;
  const base = new Map(rows.map((row) => [row, 0.5 * hybrid.get(row)! + 0.5 * coverage(row)]));
  const keys = keyNeighbours(index, rows);

  const chosen: number[] = [];
  const covered = new Map<string, number>();
  const rest = new Set(rows);
  while (rest.size && chosen.length < GREEDY_DEPTH) {
    let bestRow = -1;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const row of rest) {
      const gain = stems.reduce((sum, stem) => {
        const added = (words.get(row)!.get(stem) ?? 0) - (covered.get(stem) ?? 0);
        return sum + (added > 0 ? (rarity.get(stem) ?? 0) * added : 0);
      }, 0);
      const neighbours = chosen.filter((other) => keys.get(row)?.has(other));
      const bridges = neighbours.length > 1 && !connected(neighbours, keys);
      const bonus = (neighbours.length ? NEIGHBOUR : 0) + (bridges ? BRIDGE : 0);
      const score = base.get(row)! + (chosen.length ? gain / total : 0) + bonus;
      if (score > bestScore) [bestRow, bestScore] = [row, score];
    }
    chosen.push(bestRow);
    rest.delete(bestRow);
    for (const [stem, weight] of words.get(bestRow)!) covered.set(stem, Math.max(weight, covered.get(stem) ?? 0));
  }
  return [...chosen, ...[...rest].sort((a, b) => base.get(b)! - base.get(a)!)];
}

type Words = ReadonlyMap<number, ReadonlyMap<string, number>>;

function localRarity(rows: readonly number[], words: Words, stems: readonly string[]): Map<string, number> {
  return new Map(
    stems.map((stem) => {
      const frequency = rows.filter((row) => words.get(row)!.has(stem)).length;
      return [stem, frequency === 0 ? 0 : Math.log((rows.length - frequency + 0.5) / (frequency + 0.5) + 1)];
    }),
  );
}

function rescale(rows: readonly number[], values: Float64Array): Map<number, number> {
  const own = rows.map((row) => values[row]!);
  const [low, high] = [Math.min(...own), Math.max(...own)];
  return new Map(rows.map((row) => [row, high > low ? (values[row]! - low) / (high - low) : 1]));
}

/** Tables joined by a declared key, in either direction. */
function keyNeighbours(index: SchemaIndex, rows: readonly number[]): Map<number, Set<number>> {
  const byName = new Map(rows.map((row) => [nameOf(index.tables[row]!), row]));
  const neighbours = new Map(rows.map((row) => [row, new Set<number>()]));
  for (const row of rows) {
    for (const key of index.tables[row]!.table.foreignKeys) {
      const target = byName.get(`${key.targetSchema ?? ''}.${key.targetTable}`.toLowerCase());
      if (target === undefined || target === row) continue;
      neighbours.get(row)!.add(target);
      neighbours.get(target)!.add(row);
    }
  }
  return neighbours;
}

const nameOf = ({ table }: IndexedTable) => `${table.schema ?? ''}.${table.name}`.toLowerCase();

const connected = (rows: readonly number[], keys: ReadonlyMap<number, ReadonlySet<number>>) =>
  rows.some((row) => rows.some((other) => keys.get(row)?.has(other)));
