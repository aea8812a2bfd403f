// Measures what the index claims of databases, by its own functions.
import { type Calibration, type CalibrationCase, probabilitiesOf } from '#schemas-index/retrieve/calibrate.ts';
import { isDoubtful } from '#src/pipeline/stages/clarify.ts';

/** The price of a question back where nothing else is set. */
export const PRICE = 0.3;

export interface AskingReport {
  readonly n: number;
  /** Share of questions whose right database is first. */
  readonly top1: number;
  /** Expected calibration error of the first pick's probability, over ten equal-width bins (sources.md#calibration). */
  readonly ece: number;
  /** Share of the wrong first picks, and of the right ones, about which a person would be asked. */
  readonly askedWhenWrong: number;
  readonly askedWhenRight: number;
  /** Of the surest share of questions, the share whose first pick is wrong. */
  readonly riskCoverage: readonly { readonly coverage: number; readonly risk: number }[];
}

const BINS = 10;

/** How well the probability of the first database tells right picks from wrong ones, and what asking by it catches. */
export function scoreAsking(
  cases: readonly CalibrationCase[],
  { calibration, price }: { readonly calibration: Calibration; readonly price: number },
): AskingReport {
  const claims = cases.map(({ logits, right }) => ({ claimed: probabilitiesOf(logits, calibration)[0]!, right }));
  const asks = ({ claimed }: (typeof claims)[number]) => isDoubtful(claimed, price);
  const share = <T>(all: readonly T[], has: (one: T) => boolean) => all.filter(has).length / Math.max(all.length, 1);
  const surest = [...claims].sort((a, b) => b.claimed - a.claimed);
  return {
    n: cases.length,
    top1: share(claims, ({ right }) => right),
    ece: calibrationError(claims),
    askedWhenWrong: share(
      claims.filter(({ right }) => !right),
      asks,
    ),
    askedWhenRight: share(
      claims.filter(({ right }) => right),
      asks,
    ),
    riskCoverage: Array.from({ length: BINS }, (_, at) => {
      const coverage = (at + 1) / BINS;
      return { coverage, risk: share(surest.slice(0, Math.round(coverage * claims.length)), ({ right }) => !right) };
    }),
  };
}

function calibrationError(claims: readonly { readonly claimed: number; readonly right: boolean }[]): number {
  const bins = Map.groupBy(claims, ({ claimed }) => Math.min(BINS - 1, Math.floor(claimed * BINS)));
  return [...bins.values()].reduce((sum, bin) => {
    const claimed = bin.reduce((total, one) => total + one.claimed, 0);
    return sum + Math.abs(claimed - bin.filter((one) => one.right).length) / claims.length;
  }, 0);
}
