import type { Candidate } from '#src/domain/answer.ts';
import type { Failure } from '#src/domain/failure.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import { plan } from '#src/planner/plan.ts';

export interface GenerateInput {
  /** The question, earlier turns merged in. */
  readonly text: string;
  readonly revised: boolean;
  readonly schema: LinkedSchema;
  readonly today: string;
}

/** Asks every generator for SQL. Today there is one, the built-in planner; model generators will stand beside it. */
export function generate(input: GenerateInput): Result<readonly Candidate[]> {
  const { catalog, ranked } = input.schema;
  const planned = plan({ question: input.text, catalog, ranked, today: input.today, revised: input.revised });
  if (planned.kind === 'declined') {
    const failure: Failure = {
      kind: 'declined',
      database: catalog.databaseId,
      understood: planned.understood,
      missing: planned.missing,
    };
    return fail(failure);
  }
  return ok([{ generator: 'planner', sql: planned.sql, tables: planned.tables, assumptions: planned.assumptions }]);
}
