import { rounded } from './statistics.ts';

/** An answer with what was said of it, and whether it is right. */
export interface Judged {
  readonly confidence: number;
  readonly right: boolean;
}

/** How far confidences are from how often they are right (sources.md#calibration). */
export interface Calibration {
  readonly n: number;
  /** Expected calibration error over ten bins of equal width. */
  readonly ece: number;
  /** Mean squared difference of the confidence from 1 for right and 0 for wrong. */
  readonly brier: number;
  /** Of the most confident answers, by their share of all: how many are wrong. */
  readonly riskAtCoverage: Readonly<Record<string, number>>;
  /** The area under the curve of risk over coverage: the mean, over the surest answer, the two surest and so on, of how many are wrong. */
  readonly riskCoverageArea: number;
}

const BINS = 10;
const COVERAGES = [0.25, 0.5, 0.75, 1] as const;

export function calibrationOf(judged: readonly Judged[]): Calibration | undefined {
  const n = judged.length;
  if (!n) return undefined;
  const bins = [...Map.groupBy(judged, ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS))).values()];
  const gap = (bin: readonly Judged[]) =>
    Math.abs(bin.reduce((sum, { confidence, right }) => sum + confidence - Number(right), 0));
  const surest = [...judged].sort((a, b) => b.confidence - a.confidence);
  let wrong = 0;
  const risks = surest.map(({ right }, at) => {
    if (!right) wrong += 1;
    return wrong / (at + 1);
  });
  const risk = (coverage: number) => rounded(risks[Math.ceil(coverage * n) - 1] ?? 0);
  return {
    n,
    ece: rounded(bins.reduce((sum, bin) => sum + gap(bin), 0) / n),
    brier: rounded(judged.reduce((sum, { confidence, right }) => sum + (confidence - Number(right)) ** 2, 0) / n),
    riskAtCoverage: Object.fromEntries(COVERAGES.map((coverage) => [String(coverage), risk(coverage)])),
    riskCoverageArea: rounded(risks.reduce((sum, one) => sum + one, 0) / n),
  };
}
