import type { ExploredPair } from '#src/domain/explored-pair.ts';
import { type ComparedOutcomes, compareOutcomes, type Outcome } from '#src/domain/outcomes.ts';
import { type Counted, counted } from '#src/domain/pilot.ts';
import type { Progress } from '#src/domain/progress.ts';
import { type AskOver, askKnown } from './ask-known.ts';

/** How explored questions went when they were asked as people ask, against how they went before. */
export interface AskedAgain {
  readonly asked: number;
  readonly posted: Counted;
  readonly postedRight: Counted;
  /** Of those that were asked before. */
  readonly changed: ComparedOutcomes;
}

/**
 * Asks kept questions of the product as it is configured now, those that were asked before first, then others evenly drawn. Returns the
 * pairs with what came of them; an abort keeps those that were asked by then.
 */
export async function askAgain(
  pairs: readonly ExploredPair[],
  most: number,
  over: AskOver,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<{ readonly report: AskedAgain; readonly pairs: readonly ExploredPair[] }> {
  const chosen = chooseOf(pairs, most);
  const outcomes = new Map<string, NonNullable<ExploredPair['asked']>>();
  for (const [at, pair] of chosen.entries()) {
    if (signal.aborted) break;
    onProgress('asking questions', at + 1, chosen.length);
    const { decision, right } = await askKnown(pair, over, signal);
    if (!signal.aborted) outcomes.set(pair.id, { decision, ...(right === undefined ? {} : { right }) });
  }
  const after = chosen.flatMap(({ id, question }): readonly Outcome[] => {
    const outcome = outcomes.get(id);
    return outcome ? [{ question, ...outcome }] : [];
  });
  const before = chosen.flatMap(({ question, asked }): readonly Outcome[] => (asked ? [{ question, ...asked }] : []));
  const posted = after.filter(({ decision }) => decision === 'post');
  const judged = posted.filter(({ right }) => right !== undefined);
  return {
    report: {
      asked: after.length,
      posted: counted(posted.length, after.length),
      postedRight: counted(judged.filter(({ right }) => right).length, judged.length),
      changed: compareOutcomes(before, after),
    },
    pairs: pairs.map((pair) => {
      const asked = outcomes.get(pair.id);
      return asked ? { ...pair, asked } : pair;
    }),
  };
}

function chooseOf(pairs: readonly ExploredPair[], most: number): readonly ExploredPair[] {
  const [before, others] = [pairs.filter(({ asked }) => asked), pairs.filter(({ asked }) => !asked)];
  const left = Math.max(0, most - before.length);
  const step = Math.max(1, Math.floor(others.length / Math.max(1, left)));
  return [...before.slice(0, most), ...others.filter((_, at) => at % step === 0).slice(0, left)];
}
