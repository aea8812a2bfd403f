/** One example: its features, and whether it is right. */
export interface Example {
  readonly features: readonly number[];
  readonly right: boolean;
}

const STEPS = 4_000;
const RATE = 0.5;
const RIDGE = 0.3;

/**
 * A logistic regression by gradient descent, with a small ridge and no weight of a feature below 0, so that what it gives only rises with
 * each of them. The first weight is the bias. The same each time.
 */
export function fitLogistic(examples: readonly Example[]): readonly number[] {
  const width = examples[0]?.features.length ?? 0;
  const weights = new Array<number>(width + 1).fill(0);
  const n = Math.max(1, examples.length);
  for (let step = 0; step < STEPS; step += 1) {
    const slopes = weights.map((weight, at) => (at === 0 ? 0 : RIDGE * weight));
    for (const { features, right } of examples) {
      const error =
        sigmoid(features.reduce((sum, value, at) => sum + value * weights[at + 1]!, weights[0]!)) - Number(right);
      slopes[0]! += error;
      for (const [at, value] of features.entries()) slopes[at + 1]! += error * value;
    }
    for (const [at, slope] of slopes.entries()) {
      const next = weights[at]! - (RATE * slope) / n;
      weights[at] = at === 0 ? next : Math.max(0, next);
    }
  }
  return weights;
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
