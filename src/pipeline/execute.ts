import type { Attempt, Candidate } from '#src/domain/answer.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import type { ResultTable, RunLimits } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';

export type Execution =
  | {
      readonly kind: 'ran';
      readonly candidate: Candidate;
      readonly sql: ReadOnlySql;
      readonly table: ResultTable;
      readonly attempts: readonly (Candidate & { readonly attempt: Attempt })[];
    }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly sql: string;
      readonly attempts: readonly (Candidate & { readonly attempt: Attempt })[];
    };

/** Judges and runs candidates in order until one runs. With one generator this is refine, select and execute in one. */
export async function execute(
  input: { readonly candidates: readonly Candidate[]; readonly scope: Scope; readonly limits: RunLimits },
  database: Database,
  signal: AbortSignal,
): Promise<Execution> {
  const attempts: (Candidate & { readonly attempt: Attempt })[] = [];
  let last: { failure: Failure; sql: string } | undefined;
  for (const candidate of input.candidates) {
    const judged = await judge(candidate.sql, database.engine, input.scope);
    const result = judged.ok ? await database.run(judged.value, input.limits, signal) : judged;
    if (judged.ok && result.ok) {
      const table = result.value as ResultTable;
      attempts.push({ ...candidate, attempt: { kind: 'ran', rowCount: table.rows.length } });
      return { kind: 'ran', candidate, sql: judged.value, table, attempts };
    }
    const failure = (judged.ok ? (result as { failure: Failure }) : judged).failure;
    attempts.push({ ...candidate, attempt: { kind: 'failed', failure } });
    last = { failure, sql: candidate.sql };
    if (failure.kind === 'cancelled') break;
  }
  if (!last) throw new Error('execute needs at least one candidate');
  return { kind: 'failed', ...last, attempts };
}
