import type { SelectHow } from '#src/domain/trace.ts';
import { groupByResult, select } from '#src/pipeline/stages/select.ts';
import { modelFor } from '#src/pipeline/support/fine-tuned.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import { type TaughtDatabase, type TeachSettings, takeInHand } from '#src/training/at-hand.ts';
import type { GoldPair } from '#src/training/lesson.ts';
import { type CandidatePool, tryCandidates } from '#src/training/pool.ts';
import { rounded } from '../statistics.ts';
import type { EvalCase } from './eval-case.ts';

/** One question of a stored run, its answer chosen anew from the candidates that were kept. */
export interface ChosenAgain {
  readonly made: EvalCase;
  /** The query that was chosen; undefined where the run's own answer stays. */
  readonly sql?: string;
  /** Results that differ. */
  readonly results: number;
  /** How it was chosen; absent where there was nothing to choose. */
  readonly how?: SelectHow;
}

const never = new AbortController().signal;

/**
 * Asks the selector which of the kept candidates answers, in the prompt that it is trained on (src/training/tasks/choose.ts). Where it
 * is not asked or chooses none, the run's own answer stays: what it changes is by the selector alone.
 */
export async function chooseAgain(
  before: EvalCase,
  { pair, pool }: { readonly pair: GoldPair; readonly pool: CandidatePool },
  place: TaughtDatabase,
  settings: TeachSettings,
  models: ModelRoles,
): Promise<ChosenAgain> {
  const hand = pool.candidates.length > 1 ? await takeInHand(pair, place, settings) : undefined;
  if (!hand || 'kind' in hand || !place.database) return { made: before, results: 0 };
  const { context } = hand;
  const { asked, linked, schemaText } = context;
  const tried = await tryCandidates(pool.candidates, hand, place.database);
  const groups = groupByResult(tried, { question: asked.text, engine: asked.engine, mode: 'votes' });
  if (groups.length < 2) return { made: before, results: groups.length };
  const about = { groups, asked, linked, schemaText, mode: 'model' as const, askerId: 'evaluation' };
  const selection = await select(about, modelFor(models, 'selector', place.catalog), never);
  if (!selection || selection.how === 'model-chose-none')
    return { made: before, results: groups.length, how: 'model-chose-none' };
  const { sql } = selection.chosen;
  const right = before.candidates?.some((one) => one.right && one.sql === sql) ?? false;
  return { made: { ...before, answered: true, right }, sql, results: groups.length, how: selection.how };
}

/** Accuracy before and after, of all and of those where something right was at hand and something else as well. */
export function summariseChoices(before: readonly EvalCase[], after: readonly ChosenAgain[]) {
  const pairs = after.flatMap((one, at) => {
    const own = before[at];
    return own && !own.goldFailed ? [{ own, ...one }] : [];
  });
  const shares = (list: typeof pairs) => {
    const share = (hit: (one: (typeof pairs)[number]) => boolean) =>
      rounded(list.filter(hit).length / Math.max(1, list.length));
    return {
      n: list.length,
      before: share(({ own }) => own.right),
      after: share(({ made }) => made.right),
      oracle: share(({ own }) => own.oracle),
    };
  };
  const asked = pairs.filter(({ how }) => how !== undefined);
  return {
    ...shares(pairs),
    several: shares(asked),
    contested: shares(asked.filter(({ own }) => own.oracle)),
    how: Object.fromEntries([...Map.groupBy(asked, ({ how = '' }) => how)].map(([how, list]) => [how, list.length])),
  };
}
