import { performance } from 'node:perf_hooks';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Rejection } from '#src/domain/explored-pair.ts';
import { resultKey } from '#src/domain/result-key.ts';
import { ANSWER_LIMITS, type ResultTable } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { type Scope, wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { MOST_ROWS } from './screen.ts';
import type { WrittenQuery } from './write-pair.ts';

/** A statement that runs longer teaches nothing that anybody would wait for. */
const SLOWEST_MS = 25_000;

export interface Place {
  readonly database: Pick<Database, 'run'>;
  readonly catalog: DatabaseCatalog;
  readonly signal: AbortSignal;
  /** What may be read of it; all, if absent. */
  readonly scope?: Scope;
  /** Milliseconds that only rise. */
  readonly now?: () => number;
}

export interface Ran {
  readonly table: ResultTable;
  readonly ms: number;
}

/** The rows of a query under the gate and the limits of an answer, and of what its steps compile to, which must be the same; else what is wrong. */
export async function runQuery(written: WrittenQuery, place: Place): Promise<Ran | Rejection> {
  const { now = () => performance.now() } = place;
  const started = now();
  const first = await rowsOf(written.sql, place);
  const ms = now() - started;
  if (typeof first === 'string') return first;
  if (ms > SLOWEST_MS) return 'too slow';
  if (written.again === undefined) return { table: first, ms };
  const again = await rowsOf(written.again, place);
  if (typeof again === 'string' || resultKey(again, false) !== resultKey(first, false)) return 'not the same again';
  return { table: first, ms };
}

/** The rows of one statement, at most MOST_ROWS. */
export async function rowsOf(
  sql: string,
  { database, catalog, scope, signal }: Place,
): Promise<ResultTable | Rejection> {
  const judged = await judge(sql, catalog.engine, scope ?? wholeCatalog(catalog));
  if (!judged.ok) return 'refused by the gate';
  const ran = await database.run(judged.value, { ...ANSWER_LIMITS, timeoutMs: SLOWEST_MS, maxRows: MOST_ROWS }, signal);
  if (ran.ok) return ran.value;
  return ran.failure.kind === 'query-timed-out' ? 'too slow' : 'error';
}
