import { keyNeighbours, type Neighbours } from '../cluster/keys.ts';
import type { IndexedTable, TableGroup } from '../index/schema-index.ts';
import type { TableSignals } from './score-tables.ts';

/** Added for a table that a key joins to one already chosen, and for one that bridges two chosen tables (sources.md#table-order). */
const NEIGHBOUR = 0.08;
const BRIDGE = 0.45;
/** Tables ordered one by one; the rest follow by their own score. */
const GREEDY_DEPTH = 20;

/** A word of the question among the tables of one group. */
interface GroupTerm {
  /** How rare it is in this group. */
  readonly rarity: number;
  readonly weights: Float32Array;
  /** The best weight in the tables that were chosen so far. */
  covered: number;
}

interface Candidate {
  readonly table: IndexedTable;
  /** What it scores by itself. */
  readonly base: number;
}

/**
 * Orders the tables of one group: hybrid score and word coverage (with rarity inside this group) first, then greedily by what
 * each adds to the words covered so far, with a bonus for tables that keys connect to those chosen.
 */
export function orderTables(
  { tables }: TableGroup,
  { mentioned, hybrid }: Pick<TableSignals, 'mentioned' | 'hybrid'>,
  options: { readonly keys: boolean },
): readonly IndexedTable[] {
  const terms = mentioned.map(
    ({ weights }): GroupTerm => ({ weights, rarity: rarityWithin(tables, weights), covered: 0 }),
  );
  const total = terms.reduce((sum, { rarity }) => sum + rarity, 0) || 1;
  const gainOf = ({ row }: IndexedTable) => {
    let gain = 0;
    for (const { rarity, weights, covered } of terms) gain += rarity * Math.max(0, (weights[row] ?? 0) - covered);
    return gain / total;
  };
  const share = rescaling(tables, hybrid);
  const rest = new Set(tables.map((table): Candidate => ({ table, base: 0.5 * share(table) + 0.5 * gainOf(table) })));
  const neighbours = options.keys ? keyNeighbours(tables) : undefined;

  const chosen: IndexedTable[] = [];
  while (rest.size && chosen.length < GREEDY_DEPTH) {
    const scoreOf = ({ table, base }: Candidate) =>
      base + (chosen.length ? gainOf(table) : 0) + (neighbours ? bonusOf(table, chosen, neighbours) : 0);
    const best = bestOf(rest, scoreOf);
    if (!best) break;
    chosen.push(best.table);
    rest.delete(best);
    for (const term of terms) term.covered = Math.max(term.covered, term.weights[best.table.row] ?? 0);
  }
  const others = [...rest].sort((a, b) => b.base - a.base || a.table.row - b.table.row);
  return [...chosen, ...others.map(({ table }) => table)];
}

/** The first of those that score most. */
function bestOf(candidates: Iterable<Candidate>, scoreOf: (candidate: Candidate) => number): Candidate | undefined {
  let best: Candidate | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const score = scoreOf(candidate);
    if (score > most) [best, most] = [candidate, score];
  }
  return best;
}

/** What the keys of a table to those chosen are worth. */
function bonusOf(table: IndexedTable, chosen: readonly IndexedTable[], neighbours: Neighbours): number {
  const own = neighbours.get(table);
  const joined = chosen.filter((other) => own?.has(other));
  const bridges = joined.length > 1 && !connected(joined, neighbours);
  return (joined.length ? NEIGHBOUR : 0) + (bridges ? BRIDGE : 0);
}

function rarityWithin(tables: readonly IndexedTable[], weights: Float32Array): number {
  const frequency = tables.filter(({ row }) => (weights[row] ?? 0) > 0).length;
  return frequency === 0 ? 0 : Math.log((tables.length - frequency + 0.5) / (frequency + 0.5) + 1);
}

/** Where a table's score lies between the least and the greatest of some tables', 0–1. */
function rescaling(tables: readonly IndexedTable[], scores: Float64Array): (table: IndexedTable) => number {
  const scoreOf = ({ row }: IndexedTable) => scores[row] ?? 0;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const table of tables) [low, high] = [Math.min(low, scoreOf(table)), Math.max(high, scoreOf(table))];
  return (table) => (high > low ? (scoreOf(table) - low) / (high - low) : 1);
}

const connected = (tables: readonly IndexedTable[], neighbours: Neighbours) =>
  tables.some((table) => tables.some((other) => neighbours.get(table)?.has(other)));
