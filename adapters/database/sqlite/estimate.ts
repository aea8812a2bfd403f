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
  rowCounts: ReadonlyMap<string, number>,
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

/** Rows of every table: from the statistics that ANALYZE left, else the largest row id, which costs one look. */
export function rowCountsOf(db: DatabaseSync): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const tables = db.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  );
  for (const { name } of tables.all() as { readonly name: string }[]) {
    try {
      const row = db.prepare(`SELECT max(rowid) AS n FROM "${name.replaceAll('"', '""')}"`).get();
      counts.set(name.toLowerCase(), Number(row?.n ?? 0));
    } catch {
      // A table without row ids, or a virtual one.
    }
  }
  try {
    for (const { tbl, stat } of db.prepare('SELECT tbl, stat FROM sqlite_stat1').all() as {
      tbl: string;
      stat: string;
    }[]) {
      counts.set(tbl.toLowerCase(), Number(stat.split(' ')[0]));
    }
  } catch {
    // Never analysed.
  }
  return counts;
}
