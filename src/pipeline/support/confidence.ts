import type { Evidence } from '#src/domain/confidence.ts';
import { plannerGenerator } from '../generators/planner.ts';
import { type Selection, votesOf } from '../stages/select.ts';

/** Of a logistic over `Evidence`; none is below 0, so that more evidence never lowers a confidence. */
export interface ConfidenceWeights extends Evidence {
  readonly bias: number;
}

/**
 * Printed by `npm run fit:confidence` over `full` on 125 training questions (every 13th, 130, gold not empty) with one small model: the
 * order that they give is to be trusted further than the number. How likely the reply was
 * told nothing besides these, and is not among them.
 */
export const CONFIDENCE_WEIGHTS: ConfidenceWeights = {
  bias: -3.84,
  agreement: 2.78,
  planner: 2.13,
  asWritten: 0.42,
  rows: 1.96,
};

export const EVIDENCE_NAMES = [
  'agreement',
  'planner',
  'asWritten',
  'rows',
] as const satisfies readonly (keyof Evidence)[];

/** How likely an answer is right, 0–1. */
export function confidenceOf(evidence: Evidence, weights: ConfidenceWeights = CONFIDENCE_WEIGHTS): number {
  const logit = EVIDENCE_NAMES.reduce((sum, name) => sum + weights[name] * evidence[name], weights.bias);
  return 1 / (1 + Math.exp(-logit));
}

/** Confidence of a reading of the planner's from which it is posted without a word of doubt: 19 of 20 such readings are right (docs/figures.md). */
export const SURE = 0.9;

/** Nobody but the planner came to any result: what it says of its own reading is all that is known. */
export const isPlannersAlone = ({ groups }: Pick<Selection, 'groups'>): boolean =>
  groups.every(({ generators }) => generators.every((name) => name === plannerGenerator.id));

/** What the selection shows of the result that was taken. */
export function evidenceOf({ chosen, groups }: Pick<Selection, 'chosen' | 'groups'>): Evidence {
  const own = groups.find(({ candidates }) => candidates.includes(chosen));
  const votes = groups.reduce((sum, group) => sum + votesOf(group), 0);
  return {
    // The planner alone has no votes: nobody else came to anything.
    agreement: own && votes > 0 ? votesOf(own) / votes : groups.length === 1 ? 1 : 0,
    planner: own && own.generators.length > 1 && own.generators.includes('planner') ? 1 : 0,
    asWritten: chosen.mends === undefined ? 1 : 0,
    rows: chosen.attempt.table.rows.length > 0 ? 1 : 0,
  };
}
