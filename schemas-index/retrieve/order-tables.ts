import { keyNeighbours } from '../cluster/keys.ts';
import type { SchemaIndex, TableGroup } from '../index/schema-index.ts';
import type { Term } from './read-question.ts';
import type { TableSignals } from './score-tables.ts';

/** Added for a table that a key joins to one already chosen, and for one that bridges two chosen tables (sources.md#table-order). */
const NEIGHBOUR = 0.08;
const BRIDGE = 0.45;
/** Tables ordered one by one; the rest follow by their own score. */
const GREEDY_DEPTH = 20;

/**
 * Orders the tables of one group: hybrid score and word coverage (with rarity inside this group) first, then greedily by what
 * each adds to the words covered so far, with a bonus for tables that keys connect to those chosen.
 */
export function orderTables(
  index: SchemaIndex,
  { tables: rows }: TableGroup,
  terms: readonly Term[],
  { mentioned, hybrid }: Pick<TableSignals, 'mentioned' | 'hybrid'>,
  options: { readonly keys: boolean },
): readonly number[] {
  const rarity = terms.map((_, at) => rarityWithin(rows, mentioned[at]!));
  const total = rarity.reduce((sum, value) => sum + value, 0) || 1;
  const rescaled = rescale(rows, hybrid);
  const gainOf = (row: number, covered: Float64Array) => {
    let gain = 0;
    for (let at = 0; at < terms.length; at += 1) gain += rarity[at]! * Math.max(0, mentioned[at]![row]! - covered[at]!);
    return gain / total;
  };
  const nothing = new Float64Array(terms.length);
  const base = new Map(rows.map((row) => [row, 0.5 * rescaled.get(row)! + 0.5 * gainOf(row, nothing)]));
  const keys = options.keys ? keyNeighbours(index, rows) : undefined;

  const chosen: number[] = [];
  const covered = new Float64Array(terms.length);
  const rest = new Set(rows);
  while (rest.size && chosen.length < GREEDY_DEPTH) {
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    for (const row of rest) {
      const neighbours = keys ? chosen.filter((other) => keys.get(row)!.has(other)) : [];
      const bridges = neighbours.length > 1 && !connected(neighbours, keys!);
      const bonus = (neighbours.length ? NEIGHBOUR : 0) + (bridges ? BRIDGE : 0);
      const score = base.get(row)! + (chosen.length ? gainOf(row, covered) : 0) + bonus;
      if (score > most) [best, most] = [row, score];
    }
    chosen.push(best);
    rest.delete(best);
    for (let at = 0; at < terms.length; at += 1) covered[at] = Math.max(covered[at]!, mentioned[at]![best]!);
  }
  return [...chosen, ...[...rest].sort((a, b) => base.get(b)! - base.get(a)! || a - b)];
}

function rarityWithin(rows: readonly number[], mentioned: Float32Array): number {
  const frequency = rows.filter((row) => mentioned[row]! > 0).length;
  return frequency === 0 ? 0 : Math.log((rows.length - frequency + 0.5) / (frequency + 0.5) + 1);
}

function rescale(rows: readonly number[], values: Float64Array): Map<number, number> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) [low, high] = [Math.min(low, values[row]!), Math.max(high, values[row]!)];
  return new Map(rows.map((row) => [row, high > low ? (values[row]! - low) / (high - low) : 1]));
}

const connected = (rows: readonly number[], keys: ReadonlyMap<number, ReadonlySet<number>>) =>
  rows.some((row) => rows.some((other) => keys.get(row)?.has(other)));
