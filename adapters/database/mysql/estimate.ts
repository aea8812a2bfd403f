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

/**
 * MariaDB writes conditions into its JSON as they are: a text in them may hold a quote, a tab, an escape that JSON lacks, or what
 * looks like a count of rows. A member has a line of its own, so a text goes from the first quote of its value to the line's
 * last one and is quoted anew; lists on one line hold names alone and are left out.
 */
function readJson(text: string): unknown {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    // A name with a line break in it goes on here.
    if (lines.length && !/^\s*(?:"\w+"|[{}[\]])/.test(line)) lines.push(`${lines.pop()} ${line}`);
    else lines.push(line);
  }
  return JSON.parse(lines.map(plainMember).join('\n'));
}

function plainMember(line: string): string {
  const [, name, value = '', comma] = /^(\s*"\w+": )(".*"|\[.*\])(,?)$/s.exec(line) ?? [];
  if (name === undefined) return line;
  return `${name}${value.startsWith('[') ? '[]' : JSON.stringify(value.slice(1, -1))}${comma}`;
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
