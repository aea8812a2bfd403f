import { z } from 'zod';
import { DEFAULT_RETRIEVAL, RETRIEVALS, type Retrieval } from '#src/domain/retrieval.ts';

/**
 * How the logits of databases become probabilities. Their softmax is too sure or not sure enough of its first, depending on
 * the questions; a logistic regression on two things it shows mends that (Platt 1999, with the margin as a second feature):
 * p(first is right) = σ(intercept + slope·logit(softmax of the first) + margin·(first − second logit)). The others share the rest.
 */
export const Calibration = z.object({
  version: z.literal(1),
  /** The ranking whose logits it is for. */
  retrieval: z.enum(RETRIEVALS).default(DEFAULT_RETRIEVAL),
  intercept: z.number(),
  slope: z.number(),
  margin: z.number(),
  fittedOn: z.object({ what: z.string(), questions: z.number(), right: z.number() }),
});
export type Calibration = z.infer<typeof Calibration>;

/** As `npm run bench:asking` fits it on every fourth of Spider's training questions; `querent calibrate` fits a company's own. */
export const CALIBRATIONS: Readonly<Record<Retrieval, Calibration>> = {
  groups: shipped('groups', [-0.2, 0.75, 0.26], 1_603),
  clsr: shipped('clsr', [-0.92, -0.07, 0.44], 1_044),
  fused: shipped('fused', [-0.06, 0.77, 0.17], 1_620),
};

function shipped(
  retrieval: Retrieval,
  [intercept, slope, margin]: readonly [number, number, number],
  right: number,
): Calibration {
  const fittedOn = { what: 'Spider training questions', questions: 2_164, right };
  return { version: 1, retrieval, intercept, slope, margin, fittedOn };
}

/** The probability of each database, in the order of the logits given; these descend. They sum to 1. */
export function probabilitiesOf(logits: readonly number[], calibration: Calibration): number[] {
  const [share, ...others] = softmax(logits);
  const [next] = others;
  if (share === undefined) return [];
  if (next === undefined) return [share];
  const features = featuresOf(logits, share);
  // However it was fitted: not less probable than the second, as probable as the second where they tie, and never far beyond.
  const rest = 1 - share || 1e-12;
  const second = next / rest;
  const most = second * Math.exp(MOST_SHARPENED * features.margin);
  const kept = Math.min(Math.max(sigmoid(linear(features, calibration)), second / (1 + second)), most / (1 + most));
  return [kept, ...others.map((other) => (other / rest) * (1 - kept))];
}

/** Databases with their probabilities, in their order; their scores descend. */
export function withProbabilities<T extends { readonly score: number }>(
  databases: readonly T[],
  calibration: Calibration,
): (T & { readonly probability: number })[] {
  const probabilities = probabilitiesOf(
    databases.map(({ score }) => score),
    calibration,
  );
  return databases.map((one, at) => ({ ...one, probability: probabilities[at] ?? 0 }));
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
  from: Calibration = CALIBRATIONS[DEFAULT_RETRIEVAL],
): Calibration {
  const rows = cases.map(({ logits, right }) => ({ x: featuresOf(logits, softmax(logits)[0] ?? 0), y: right ? 1 : 0 }));
  let [intercept, slope, margin] = [from.intercept, from.slope, from.margin];
  const pull = (RIDGE * 100) / (100 + rows.length);
  for (let step = 0; step < STEPS; step += 1) {
    const sums = { intercept: 0, slope: 0, margin: 0 };
    for (const { x, y } of rows) {
      const error = (sigmoid(linear(x, { intercept, slope, margin })) - y) / rows.length;
      sums.intercept += error;
      sums.slope += error * x.share;
      sums.margin += error * x.margin;
    }
    intercept -= RATE * (sums.intercept + pull * (intercept - from.intercept));
    slope -= RATE * 0.2 * (sums.slope + pull * (slope - from.slope));
    margin -= RATE * 0.2 * (sums.margin + pull * (margin - from.margin));
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
    .flatMap(({ logits }) => probabilitiesOf(logits, calibration).slice(0, 1))
    .sort((a, b) => a - b);
  return 1 - (sure[Math.floor(ASKED_OF_RIGHT * sure.length)] ?? 1);
}

/** What the logits show of their first: the logit of its share, and how far the second lies behind it. */
interface Features {
  readonly share: number;
  readonly margin: number;
}

function featuresOf(logits: readonly number[], share: number): Features {
  const bounded = Math.min(1 - 1e-6, Math.max(1e-6, share));
  const [first = 0, second = first - 10] = logits;
  return { share: Math.log(bounded / (1 - bounded)), margin: Math.min(10, first - second) };
}

const linear = ({ share, margin }: Features, by: Pick<Calibration, 'intercept' | 'slope' | 'margin'>) =>
  by.intercept + by.slope * share + by.margin * margin;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
