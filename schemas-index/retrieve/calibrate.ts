import { z } from 'zod';

/**
 * How the logits of databases become probabilities. Their softmax is too sure or not sure enough of its first, depending on
 * the questions; a logistic regression on two things it shows mends that (Platt 1999, with the margin as a second feature):
 * p(first is right) = σ(intercept + slope·logit(softmax of the first) + margin·(first − second logit)). The others share the rest.
 */
export const Calibration = z.object({
  version: z.literal(1),
  intercept: z.number(),
  slope: z.number(),
  margin: z.number(),
  fittedOn: z.object({ what: z.string(), questions: z.number(), right: z.number() }),
});
export type Calibration = z.infer<typeof Calibration>;

/** As `npm run bench:asking` fits it on every fourth of Spider's training questions; `querent calibrate` fits a company's own. */
export const DEFAULT_CALIBRATION: Calibration = {
  version: 1,
  intercept: -0.35,
  slope: 0.65,
  margin: 0.39,
  fittedOn: { what: 'Spider training questions', questions: 2_164, right: 1_608 },
};

/** The probability of each database, in the order of the logits given; these descend. They sum to 1. */
export function probabilitiesOf(logits: readonly number[], calibration: Calibration): number[] {
  const shares = softmax(logits);
  if (shares.length < 2) return shares;
  const first = sigmoid(linear(featuresOf(logits, shares[0]!), calibration));
  // However it was fitted: not less probable than the second, as probable as the second where they tie, and never far beyond.
  const rest = 1 - shares[0]! || 1e-12;
  const second = shares[1]! / rest;
  const most = second * Math.exp(MOST_SHARPENED * Math.min(10, logits[0]! - logits[1]!));
  const kept = Math.min(Math.max(first, second / (1 + second)), most / (1 + most));
  return [kept, ...shares.slice(1).map((share) => (share / rest) * (1 - kept))];
}

/** One question: the logits of all databases, descending, and whether the first is right. */
export interface CalibrationCase {
  readonly logits: readonly number[];
  readonly right: boolean;
}

/** Two databases' odds are at most their softmax odds to this power. */
const MOST_SHARPENED = 2;
const STEPS = 3_000;
const RATE = 0.5;
const RIDGE = 0.01;
/** Share of right first picks that may be asked about. */
const ASKED_OF_RIGHT = 0.1;

/** Fits by gradient descent, the same each time; a small ridge draws a few cases towards `from`. */
export function fitCalibration(
  cases: readonly CalibrationCase[],
  what: string,
  from: Calibration = DEFAULT_CALIBRATION,
): Calibration {
  const rows = cases.map(({ logits, right }) => ({ x: featuresOf(logits, softmax(logits)[0]!), y: right ? 1 : 0 }));
  let [intercept, slope, margin] = [from.intercept, from.slope, from.margin];
  const pull = (RIDGE * 100) / (100 + rows.length);
  for (let step = 0; step < STEPS; step += 1) {
    const sums = [0, 0, 0] as [number, number, number];
    for (const { x, y } of rows) {
      const error = (sigmoid(intercept + slope * x[0] + margin * x[1]) - y) / rows.length;
      sums[0] += error;
      sums[1] += error * x[0];
      sums[2] += error * x[1];
    }
    intercept -= RATE * (sums[0] + pull * (intercept - from.intercept));
    slope -= RATE * 0.2 * (sums[1] + pull * (slope - from.slope));
    margin -= RATE * 0.2 * (sums[2] + pull * (margin - from.margin));
  }
  return {
    ...from,
    intercept,
    slope,
    margin,
    fittedOn: { what, questions: cases.length, right: cases.filter(({ right }) => right).length },
  };
}

/** The price of asking at which no more than a tenth of the right first picks would be asked about, by probability alone. */
export function fitPrice(cases: readonly CalibrationCase[], calibration: Calibration): number {
  const sure = cases
    .filter(({ right }) => right)
    .map(({ logits }) => probabilitiesOf(logits, calibration)[0]!)
    .sort((a, b) => a - b);
  return 1 - (sure[Math.floor(ASKED_OF_RIGHT * sure.length)] ?? 1);
}

function featuresOf(logits: readonly number[], share: number): [number, number] {
  const bounded = Math.min(1 - 1e-6, Math.max(1e-6, share));
  return [Math.log(bounded / (1 - bounded)), Math.min(10, logits[0]! - (logits[1] ?? logits[0]! - 10))];
}

const linear = ([share, margin]: [number, number], by: Calibration) =>
  by.intercept + by.slope * share + by.margin * margin;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
