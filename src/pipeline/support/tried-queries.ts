import type { Answered, AttemptSummary, Candidate, Failed } from '#src/domain/answer.ts';
import type { CheckedNumbers } from '../stages/check-numbers.ts';
import { isMeant, type TriedCandidate } from '../stages/refine.ts';

/** The query that a check corrected, as one more candidate. */
export const correctedOf = (
  { generator, sql }: TriedCandidate,
  made: CheckedNumbers,
): Answered['candidates'][number] => ({
  generator,
  sql: made.sql.text,
  tables: [],
  assumptions: [],
  mends: sql,
  attempt: { kind: 'ran', rowCount: made.table.rows.length },
});

/** The query that is shown with a failure: one that a person may let run, else the last. */
export function sqlToShow(tried: readonly TriedCandidate[]): Pick<Failed, 'sql'> {
  const shown = costly(tried) ?? tried.at(-1);
  return shown ? { sql: shown.sql } : {};
}

/** The first candidate that waits for a person to say that it may cost what it costs. */
const costly = (tried: readonly TriedCandidate[]) =>
  tried.filter(isMeant).find(({ attempt }) => attempt.kind === 'failed' && attempt.failure.kind === 'query-too-costly');

export const attemptsOf = (tried: readonly TriedCandidate[]): (Candidate & { readonly attempt: AttemptSummary })[] =>
  tried.map(({ attempt, ...candidate }) => ({
    ...candidate,
    attempt:
      attempt.kind === 'ran'
        ? { kind: 'ran', rowCount: attempt.table.rows.length }
        : { kind: 'failed', failure: attempt.failure },
  }));
