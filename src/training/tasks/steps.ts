import type { StepText } from '#src/learnat/search-tree.ts';
import { stepBlock } from '#src/learnat/step-pairs.ts';
import { decomposeGenerator } from '#src/pipeline/generators/decompose.ts';
import type { AtHand } from '../at-hand.ts';
import { leftOut, type Made, type PreferenceSide } from '../lesson.ts';
import { promptOf } from '../overhear.ts';

/** The steps that lead to a query, as learnat:search found them. */
export interface Trajectory {
  readonly steps: readonly StepText[];
}

/** Two steps after the same ones, with what their rewards differ by. */
export interface StepChoice {
  readonly before: readonly StepText[];
  readonly chosen: Omit<PreferenceSide, 'last'>;
  readonly rejected: Omit<PreferenceSide, 'last'>;
  readonly margin: number;
}

/** LearNAT's first stage: the question answered in steps, in one reply. */
export async function stepsLesson(hand: AtHand, { steps }: Trajectory): Promise<Made> {
  if (!steps.length) return leftOut('it has no steps');
  return { kind: 'answer', messages: await askedInSteps(hand), answer: blocksOf(steps) };
}

const blocksOf = (steps: readonly StepText[]) => steps.map((step, at) => stepBlock(step, at + 1)).join('\n');
const askedInSteps = ({ context }: AtHand) => promptOf(decomposeGenerator, context);

/** Of smaller differences nothing is learned (sources.md#learnat-pairs). */
const LEAST_MARGIN = 0.05;
const ROUNDING = 1e-9;

/** LearNAT's second stage: the next step, the better against the worse, with the margin. */
export async function stepPreference(hand: AtHand, { before, chosen, rejected, margin }: StepChoice): Promise<Made> {
  if (Math.abs(chosen.reward - rejected.reward - margin) > ROUNDING)
    return leftOut('its margin is not what the rewards differ by');
  if (margin < LEAST_MARGIN - ROUNDING) return leftOut('its margin is below 0.05');
  if (chosen.text === rejected.text) return leftOut('both sides are the same');
  const said = before.length ? `${blocksOf(before)}\n` : '';
  const messages = await askedInSteps(hand);
  return { kind: 'preference', messages, before: said, chosen: sideOf(chosen), rejected: sideOf(rejected), margin };
}

/** The reward is 1 where the steps are the whole query. */
const sideOf = (side: StepChoice['chosen']): PreferenceSide => ({ ...side, last: side.reward >= 1 - ROUNDING });
