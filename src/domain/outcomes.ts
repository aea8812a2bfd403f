import type { Decision } from './confidence.ts';

/** What came of a question whose right answer somebody knows or does not. */
export interface Outcome {
  readonly question: string;
  readonly decision: Decision;
  /** Absent where nobody knows, or nothing was given. */
  readonly right?: boolean;
}

/** A question whose outcome is another than before. */
export interface ChangedOutcome {
  readonly question: string;
  readonly before: Outcome;
  readonly after: Outcome;
}

/** What changed of the questions that were asked both times. */
export interface ComparedOutcomes {
  /** Questions that were asked both times. */
  readonly both: number;
  readonly better: readonly ChangedOutcome[];
  readonly worse: readonly ChangedOutcome[];
}

/**
 * How good an outcome is: a right answer that is posted, one with something to check, no answer, a wrong one with something to check, and a
 * wrong one that is posted as if it were right. An answer of which nobody knows counts as none.
 */
function worthOf({ decision, right }: Outcome): number {
  if (right === undefined) return 0;
  const told = decision === 'post' ? 2 : decision === 'check' ? 1 : 0;
  return right ? told : -told;
}

/** Which questions got better and which worse, by their words. */
export function compareOutcomes(before: readonly Outcome[], after: readonly Outcome[]): ComparedOutcomes {
  const known = new Map(before.map((one) => [one.question, one]));
  const pairs = after.flatMap((one): readonly ChangedOutcome[] => {
    const earlier = known.get(one.question);
    return earlier ? [{ question: one.question, before: earlier, after: one }] : [];
  });
  const by = (pair: ChangedOutcome) => worthOf(pair.after) - worthOf(pair.before);
  return {
    both: pairs.length,
    better: pairs.filter((pair) => by(pair) > 0),
    worse: pairs.filter((pair) => by(pair) < 0),
  };
}

/** "posted, right", "asked back". */
export function sayOutcome({ decision, right }: Outcome): string {
  const done = { post: 'posted', check: 'posted with something to check', ask: 'asked back', decline: 'declined' }[
    decision
  ];
  return right === undefined ? done : `${done}, ${right ? 'right' : 'not right'}`;
}
