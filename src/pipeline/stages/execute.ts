import type { Intent } from '#src/domain/question.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { ANSWER_LIMITS, ANYWAY_LIMITS, type ResultTable } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { isMeant, type TriedCandidate } from './refine.ts';

export interface ExecutedCandidate {
  readonly candidate: TriedCandidate;
  readonly sql: ReadOnlySql;
  readonly table: ResultTable;
}

/**
 * The rows of the chosen candidate: those of its trial, whose caps are an answer's. Where none was chosen because the trials took too
 * long, the most trusted of those gets the time that an answer may take.
 */
export async function execute(
  chosen: TriedCandidate | undefined,
  tried: readonly TriedCandidate[],
  scope: Scope,
  database: Database,
  signal: AbortSignal,
): Promise<Result<ExecutedCandidate> | undefined> {
  if (chosen?.attempt.kind === 'ran')
    return ok({ candidate: chosen, sql: chosen.attempt.sql, table: chosen.attempt.table });
  const slow = tried
    .filter(isMeant)
    .find(({ attempt }) => attempt.kind === 'failed' && attempt.failure.kind === 'query-timed-out');
  if (!slow) return undefined;
  const judged = await judge(slow.sql, database.engine, scope);
  if (!judged.ok) return fail(judged.failure);
  const ran = await database.run(judged.value, ANSWER_LIMITS, signal);
  return ran.ok ? ok({ candidate: slow, sql: judged.value, table: ran.value }) : fail(ran.failure);
}

/** The rows of a query that a person chose: judged anew, and free to cost what it costs where they said so. */
export async function executeChosen(
  { sql, costAccepted }: Extract<Intent, { readonly kind: 'chosen' }>,
  scope: Scope,
  database: Database,
  signal: AbortSignal,
): Promise<Result<Pick<ExecutedCandidate, 'sql' | 'table'>>> {
  const judged = await judge(sql, database.engine, scope);
  if (!judged.ok) return judged;
  const ran = await database.run(judged.value, costAccepted ? ANYWAY_LIMITS : ANSWER_LIMITS, signal);
  return ran.ok ? ok({ sql: judged.value, table: ran.value }) : ran;
}
