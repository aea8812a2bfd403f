import { softmax } from '#schemas-index/retrieve/calibrate.ts';

/** One choice: the features of every alternative, and which of them are right. */
export interface Choice {
  readonly features: readonly (readonly number[])[];
  readonly right: ReadonlySet<number>;
}

const STEPS = 300;
const RATE = 0.05;
const RIDGE = 0.5;

/**
 * Weights of a conditional logit (McFadden 1974): p(alternative) = softmax(weights · features), the likelihood of the right
 * alternatives together as large as a small ridge lets it be. Found by Adam (Kingma and Ba 2015), the same each time.
 */
export function fitConditionalLogit(raw: readonly Choice[], features: number): number[] {
  const spread = Array.from({ length: features }, (_, at) =>
    deviation(raw.flatMap((one) => one.features.map((values) => values[at]!))),
  );
  const choices = raw.map((one) => ({
    ...one,
    features: one.features.map((values) => values.map((value, at) => value / spread[at]!)),
  }));
  const weights = new Float64Array(features);
  const [mean, square] = [new Float64Array(features), new Float64Array(features)];
  for (let step = 1; step <= STEPS; step += 1) {
    const gradient = new Float64Array(features);
    for (const choice of choices) addGradient(gradient, choice, weights);
    for (let at = 0; at < features; at += 1) {
      const slope = (gradient[at]! + RIDGE * weights[at]!) / choices.length;
      mean[at] = 0.9 * mean[at]! + 0.1 * slope;
      square[at] = 0.999 * square[at]! + 0.001 * slope * slope;
      weights[at]! -= (RATE * (mean[at]! / (1 - 0.9 ** step))) / (Math.sqrt(square[at]! / (1 - 0.999 ** step)) + 1e-8);
    }
  }
  return [...weights].map((weight, at) => weight / spread[at]!);
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
}

function addGradient(gradient: Float64Array, { features, right }: Choice, weights: Float64Array): void {
  const probabilities = softmax(features.map((one) => one.reduce((sum, value, at) => sum + value * weights[at]!, 0)));
  const rightShare = [...right].reduce((sum, at) => sum + probabilities[at]!, 0) || 1;
  for (const [alternative, values] of features.entries()) {
    const share = probabilities[alternative]!;
    const error = share - (right.has(alternative) ? share / rightShare : 0);
    if (Math.abs(error) < 1e-6) continue;
    for (const [at, value] of values.entries()) gradient[at]! += error * value;
  }
}
