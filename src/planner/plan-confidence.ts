import { DOUBTS, type Doubt, type DoubtKind } from './doubts.ts';

/** Of a logistic: the bias is that of a reading without doubts, of which each takes off what it weighs, none less than nothing. */
export type DoubtWeights = Readonly<Record<DoubtKind, number>> & { readonly bias: number };

/** Printed by `npm run fit:planner` over Spider's training questions (docs/figures.md). */
export const DOUBT_WEIGHTS: DoubtWeights = {
  bias: 3.28,
  bridge: 0,
  join: 1.04,
  'further join': 0.38,
  'inferred key': 0,
  'repeated rows': 0.19,
  'repeated values': 0.91,
  'first by count': 0.57,
  'several tables': 0.94,
  'whole rows': 2.08,
  'counted once': 0.47,
  'grouped by the list': 0.71,
  'near name': 0.26,
  'part of a name': 0.4,
  'rival name': 0.2,
  'usual column': 0.54,
  label: 1.42,
  'value elsewhere': 0.42,
  'part of a table': 0,
  'table not named': 0.27,
  // no question of Spider is misspelt on purpose: held back so far that it is never posted unasked
  misspelt: 2,
  'further part': 1.1,
};

/** A reading that is less likely right than this is declined. */
export const LEAST_CONFIDENCE = 0.3;

/** How often each doubt is there, in the order of `DOUBTS`. */
export const doubtCounts = (doubts: readonly Pick<Doubt, 'kind'>[]): readonly number[] =>
  DOUBTS.map((kind) => doubts.filter((one) => one.kind === kind).length);

/** How likely a reading is right, 0–1. */
export function planConfidence(doubts: readonly Pick<Doubt, 'kind'>[], weights: DoubtWeights = DOUBT_WEIGHTS): number {
  const logit = doubts.reduce((sum, { kind }) => sum - weights[kind], weights.bias);
  return 1 / (1 + Math.exp(-logit));
}

/** The doubt that weighs most. */
export const weightiest = (doubts: readonly Doubt[]): Doubt | undefined =>
  [...doubts].sort((a, b) => DOUBT_WEIGHTS[b.kind] - DOUBT_WEIGHTS[a.kind])[0];
