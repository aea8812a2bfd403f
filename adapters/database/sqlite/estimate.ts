import type { DatabaseSync } from 'node:sqlite';
import type { CostEstimate } from '#src/domain/cost.ts';

/** Rows that are looked at in a second, on the cautious side of what `npm run bench:cost` prints. */
const ROWS_A_SECOND = 10_000_000;

interface PlanStep {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

/**
 * What SQLite plans (EXPLAIN QUERY PLAN names scans and searches, in the order that they are nested) with the sizes of its
 * tables: SQLite itself estimates no rows, and its plan does not tell a comparison from none, so pairs are not counted apart.
 */
export function estimate(
  db: DatabaseSync,
  sql: string,
  tables: readonly string[],
  rowCounts: Pick<ReadonlyMap<string, number>, 'get'>,
): CostEstimate {
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as unknown as PlanStep[];
  // The plan names aliases; what is no table's name counts as the largest table of the statement.
  const largest = Math.max(1, ...tables.map((name) => rowCounts.get(name.toLowerCase()) ?? 1));
  const sizeOf = (name: string) => rowCounts.get(name.toLowerCase()) ?? largest;
  const children = Map.groupBy(plan, (step) => step.parent);
  const readBelow = (parent: number, times: number): number => {
    let combinations = times;
    let read = 0;
    for (const { id, detail } of children.get(parent) ?? []) {
      const scanned = /^SCAN (\S+)/.exec(detail)?.[1];
      if (scanned !== undefined) {
        combinations *= sizeOf(scanned);
        read += combinations;
      }
      read += readBelow(id, detail.startsWith('CORRELATED') ? combinations : 1);
    }
    return read;
  };
  const rowsRead = readBelow(0, 1);
  return { rowsRead, pairs: 0, seconds: rowsRead / ROWS_A_SECOND };
}

/** Counted up to this many rows; a larger table counts as its largest row id, which is exact where none was deleted. */
const COUNT_BOUND = 200_000;

/** Rows of the tables that are asked for, each found out once: what ANALYZE left, else counted up to a bound. */
export function rowCountsOf(db: DatabaseSync): Pick<ReadonlyMap<string, number>, 'get'> {
  const known = new Map<string, number | undefined>();
  const analysed = new Map<string, number>();
  try {
    const rows = db.prepare('SELECT tbl, stat FROM sqlite_stat1').all() as { tbl: string; stat: string }[];
    for (const { tbl, stat } of rows) analysed.set(tbl.toLowerCase(), Number(stat.split(' ')[0]));
  } catch {
    // Never analysed.
  }
  const count = (name: string): number | undefined => {
    const table = `"${name.replaceAll('"', '""')}"`;
    try {
      const counted = db.prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${table} LIMIT ${COUNT_BOUND + 1})`).get();
      const rows = Number(counted?.n ?? 0);
      return rows <= COUNT_BOUND ? rows : Number(db.prepare(`SELECT max(rowid) AS n FROM ${table}`).get()?.n ?? rows);
    } catch {
      // No table of that name: an alias; or a view, or one without row ids.
      return undefined;
    }
  };
  return {
    get(name) {
      const key = name.toLowerCase();
      if (!known.has(key)) known.set(key, analysed.get(key) ?? count(key));
      return known.get(key);
    },
  };
}
