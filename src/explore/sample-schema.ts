import type { Table } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { type ColumnGraph, columnKey, endsOf, type GraphJoin, type Neighbour, neighboursOf } from './column-graph.ts';
import type { Random } from './random.ts';

/** A connected part of a database: tables, the joins between them, and columns of theirs. */
export interface SubSchema {
  /** The first is where the walk began. */
  readonly tables: readonly Table[];
  readonly joins: readonly GraphJoin[];
  readonly columns: readonly ColumnOf[];
  /** The column that the walk began at. */
  readonly start: ColumnOf;
}

/** `random` moves along any edge alike, for coverage; `weighted` by what seed queries use together. */
export type Walk = 'random' | 'weighted';

export interface SampleOptions {
  readonly walk: Walk;
  readonly columns: number;
  readonly mostTables: number;
  /** How often each column was sampled so far: a random walk begins at one of the least. */
  readonly sampled: ReadonlyMap<string, number>;
}

/** How likely the walk begins a step anew at a column that it has, so that it does not run off in one direction. */
const RESTART = 0.15;
const STEPS_A_COLUMN = 20;

/** Sizes as they are drawn: 4 to 14 columns; tables as the paper found good quality for. */
export function sampleSize(random: Random): Pick<SampleOptions, 'columns' | 'mostTables'> {
  const sizes = [
    [1, 0.3],
    [2, 0.4],
    [3, 0.25],
    [4, 0.05],
  ] as const;
  return { columns: 4 + random.below(11), mostTables: random.weighted(sizes, ([, share]) => share)[0] };
}

/**
 * Walks from column to column until it has enough of them (sources.md#db-explore: random walk, and empirical weighted sampling). What it
 * returns is connected: a table comes in by a join alone, whose columns come with it.
 */
export function sampleSchema(graph: ColumnGraph, options: SampleOptions, random: Random): SubSchema | undefined {
  const start = startOf(graph, options, random);
  if (!start) return undefined;
  const visited = new Map<string, ColumnOf>([[columnKey(start), start]]);
  const tables = new Set<Table>([start.table]);
  const joins = new Set<GraphJoin>();
  let at = start;
  for (let step = 0; visited.size < options.columns && step < STEPS_A_COLUMN * options.columns; step += 1) {
    if (random.chance(RESTART)) at = random.pick([...visited.values()]);
    const near = neighboursOf(graph, at);
    if (!near.length) continue;
    const next = random.weighted(near, (one) => (options.walk === 'random' ? 1 : one.weight));
    if (opens(next, tables) && tables.size >= options.mostTables) continue;
    if (next.join) {
      const isNew = opens(next, tables) || next.join.from === next.join.to;
      if (isNew) joins.add(next.join);
      tables.add(next.to.table);
      for (const end of endsOf(next.join)) visited.set(columnKey(end), end);
    }
    visited.set(columnKey(next.to), next.to);
    at = next.to;
  }
  for (const key of [...tables].flatMap(keysOf)) visited.set(columnKey(key), key);
  // Keys come in unasked: of those that look personal nothing may be shown.
  const columns = [...visited.values()].filter(({ table, column }) =>
    graph.columnsOf.get(table)?.some((one) => one.column === column),
  );
  return { tables: [...tables], joins: [...joins], columns, start };
}

const keysOf = (table: Table): readonly ColumnOf[] =>
  table.columns.filter(({ name }) => table.primaryKey.includes(name)).map((column) => ({ table, column }));

const opens = ({ to }: Neighbour, tables: ReadonlySet<Table>) => !tables.has(to.table);

function startOf(graph: ColumnGraph, { walk, sampled }: SampleOptions, random: Random): ColumnOf | undefined {
  if (!graph.columns.length) return undefined;
  if (walk === 'weighted') return random.weighted(graph.columns, (one) => weightOf(graph, one));
  const times = graph.columns.map((one) => sampled.get(columnKey(one)) ?? 0);
  const least = Math.min(...times);
  return random.pick(graph.columns.filter((_, at) => times[at] === least));
}

/** The sums of the weights of the columns' edges, reckoned once a graph. */
const weights = new WeakMap<ColumnGraph, ReadonlyMap<ColumnOf, number>>();

function weightOf(graph: ColumnGraph, one: ColumnOf): number {
  let known = weights.get(graph);
  if (!known) {
    const sum = (column: ColumnOf) => neighboursOf(graph, column).reduce((total, { weight }) => total + weight, 0) || 1;
    known = new Map(graph.columns.map((column) => [column, sum(column)]));
    weights.set(graph, known);
  }
  return known.get(one) ?? 1;
}
