import type { PoolConnection, RowDataPacket } from 'mysql2/promise';
import type { CostEstimate } from '#src/domain/cost.ts';

/** Rows that are looked at in a second, on the cautious side of what `npm run bench:cost` prints. */
const ROWS_A_SECOND = 10_000_000;

interface Step {
  readonly rows: number;
  /** Rows that stay of each look, 0–1. */
  readonly kept: number;
  readonly whole: boolean;
  readonly filtered: boolean;
}

/** What the optimizer expects, by EXPLAIN FORMAT=JSON; asked only about a statement that the gate allowed. */
export async function estimate(connection: PoolConnection, text: string): Promise<CostEstimate> {
  const [rows] = await connection.query<RowDataPacket[]>({ sql: `EXPLAIN FORMAT=JSON ${text}`, rowsAsArray: true });
  const explained = readJson(String((rows[0] as unknown as unknown[])[0]));
  let rowsRead = 0;
  let pairs = 0;
  for (const block of blocksOf(explained)) {
    let combinations = 1;
    let read = 0;
    for (const [at, step] of block.entries()) {
      // Two tables read whole, one inside the other, with nothing to compare them by.
      if (at > 0 && step.whole && !step.filtered) pairs = Math.max(pairs, combinations * step.rows);
      read += combinations * step.rows;
      combinations *= Math.max(step.rows * step.kept, 1);
    }
    rowsRead += read;
  }
  return { rowsRead, pairs, seconds: rowsRead / ROWS_A_SECOND };
}

/** MariaDB writes conditions into its JSON with escapes that JSON lacks (`\\'`): such a backslash is dropped. */
function readJson(text: string): unknown {
  return JSON.parse(text.replace(/\\(.)/gs, (pair, char: string) => ('"\\/bfnrtu'.includes(char) ? pair : char)));
}

/** The tables of every query block, in the order that they are joined. Subqueries are blocks of their own. */
function blocksOf(explained: unknown): Step[][] {
  const blocks: Step[][] = [];
  const walk = (value: unknown, block: Step[]): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item, block);
      return;
    }
    if (value === null || typeof value !== 'object') return;
    for (const [key, child] of Object.entries(value)) {
      if (key === 'query_block') {
        const own: Step[] = [];
        blocks.push(own);
        walk(child, own);
      } else if (key === 'table' && child !== null && typeof child === 'object') {
        block.push(stepOf(child as Record<string, unknown>, value as Record<string, unknown>));
        walk(child, block);
      } else walk(child, block);
    }
  };
  walk(explained, []);
  return blocks;
}

function stepOf(table: Record<string, unknown>, join: Record<string, unknown>): Step {
  const rows = Number(table.rows ?? table.rows_examined_per_scan ?? 1);
  const condition = table.attached_condition ?? join.attached_condition;
  return {
    rows: Number.isFinite(rows) ? rows : 1,
    kept: Number(table.filtered ?? 100) / 100,
    whole: table.access_type === 'ALL' || table.access_type === 'index',
    filtered: condition !== undefined,
  };
}
