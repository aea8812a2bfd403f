import type { Table } from '#src/domain/catalog.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { percentile } from './statistics.ts';

export const CUTOFFS = [1, 3, 5, 10, 15] as const;

/** A retrieved table as the gold list may name it. */
export interface RankedTable {
  readonly database: string;
  readonly name: string;
  /** The catalogue id, where the gold list names tables by id. */
  readonly id?: string;
  /** Equal for twins: tables of the same name and columns, wherever they are. */
  readonly shape: string;
}

/** Name and columns of a table, in lower case and whatever order: what twins have in common. */
export const twinKey = (table: Table): string =>
  JSON.stringify([table.name.toLowerCase(), ...table.columns.map(({ name }) => name.toLowerCase()).sort()]);

export interface RetrievalCase {
  /** Gold tables: names within `database`, or catalogue ids. */
  readonly gold: readonly string[];
  /** The shapes of the gold tables, in their order; undefined for one that the pool does not hold. */
  readonly goldShapes: readonly (string | undefined)[];
  /** The gold database; absent where ids are given. */
  readonly database?: string;
  readonly ranked: readonly RankedTable[];
  readonly goldDatabases: readonly string[];
  readonly rankedDatabases: readonly string[];
  readonly ms: number;
  /** The engine that the question is asked of, where its set says so. */
  readonly engine?: string;
}

export interface RetrievalReport {
  readonly n: number;
  readonly recall: Readonly<Record<string, number>>;
  /** As `recall`, where a twin of a gold table counts too. */
  readonly recallTwins: Readonly<Record<string, number>>;
  readonly coverage10: number;
  readonly database: { readonly '1': number; readonly '3': number };
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Full containment recall@k and coverage@10 (sources.md#recall); names are compared without case. */
export function scoreRetrieval(cases: readonly RetrievalCase[]): RetrievalReport {
  const counted = cases.filter((one) => one.gold.length > 0);
  const share = (hits: (one: RetrievalCase) => number) =>
    counted.reduce((sum, one) => sum + hits(one), 0) / Math.max(counted.length, 1);
  const found = (one: RetrievalCase, k: number, twins = false) => {
    const first = one.ranked.slice(0, k);
    return one.gold.filter((gold, at) =>
      first.some((table) => isGold(table, gold, one.database) || (twins && table.shape === one.goldShapes[at])),
    ).length;
  };
  const recall = (twins: boolean) =>
    Object.fromEntries(
      CUTOFFS.map((k) => [String(k), share((one) => (found(one, k, twins) === one.gold.length ? 1 : 0))]),
    );
  const inFirst = (one: RetrievalCase, k: number) =>
    one.rankedDatabases.slice(0, k).some((database) => one.goldDatabases.includes(database)) ? 1 : 0;
  const times = counted.map((one) => one.ms).sort((a, b) => a - b);
  return {
    n: counted.length,
    recall: recall(false),
    recallTwins: recall(true),
    coverage10: share((one) => found(one, 10) / one.gold.length),
    database: { '1': share((one) => inFirst(one, 1)), '3': share((one) => inFirst(one, 3)) },
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
  };
}

function isGold(table: RankedTable, gold: string, database: string | undefined): boolean {
  if (table.id !== undefined) return table.id === gold;
  return table.database === database && table.name.toLowerCase() === gold.toLowerCase();
}

export function rankedOf(slice: SchemaSlice, ids: ReadonlyMap<Table, string> | undefined): RankedTable[] {
  return slice.tables.map(({ databaseId, table }) => {
    const id = ids?.get(table);
    return { database: databaseId, name: table.name, ...(id === undefined ? {} : { id }), shape: twinKey(table) };
  });
}
