import { DOUBTS, type Doubt, type DoubtKind } from './doubts.ts';

/** Of a logistic: the bias is that of a reading without doubts, of which each takes off what it weighs, none less than nothing. */
export type DoubtWeights = Readonly<Record<DoubtKind, number>> & { readonly bias: number };

/** Printed by `npm run fit:planner` over Spider's training questions (docs/figures.md). */
export const DOUBT_WEIGHTS: DoubtWeights = {
  bias: 3.26,
  bridge: 0,
  join: 1.01,
  'further join': 0.42,
  'inferred key': 0,
  'repeated rows': 0.12,
  'repeated values': 0.94,
  'first by count': 0.57,
  'several tables': 0.98,
  'whole rows': 2.06,
  'counted once': 0.47,
  'grouped by the list': 0.67,
  'near name': 0.22,
  'part of a name': 0.34,
  'rival name': 0.18,
  'usual column': 0.53,
  label: 1.44,
  'value elsewhere': 0.37,
  'part of a table': 0,
  'table not named': 0.25,
  // no question of Spider is misspelt on purpose: held back so far that it is never posted unasked
  misspelt: 2,
  // nor does any speak of customers that are called otherwise: held back so far that this alone is never posted unasked
  'called otherwise': 1.1,
  'further part': 1.09,
};

/** A reading that is less likely right than this is declined. */
export const LEAST_CONFIDENCE = 0.2;

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
