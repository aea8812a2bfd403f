import { wilson } from './wilson.ts';

/** Statistics of two systems on the same questions (sources.md#paired-statistics). */

/** The two-sided exact McNemar test: how likely so uneven a split of the discordant pairs is by chance, 0–1. */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  if (n === 0) return 1;
  const least = Math.min(onlyFirst, onlySecond);
  let term = 0.5 ** n;
  // For many pairs 0.5^n underflows: sums are then taken of logarithms.
  let sum = 0;
  if (term > 0) {
    for (let k = 0; k <= least; k += 1) {
      sum += term;
      term *= (n - k) / (k + 1);
    }
  } else {
    let log = -n * Math.LN2;
    for (let k = 0; k <= least; k += 1) {
      sum += Math.exp(log);
      log += Math.log((n - k) / (k + 1));
    }
  }
  return Math.min(1, 2 * sum);
}

/**
 * The 95 % interval of a difference of two paired shares, second less first: Newcombe's method 10 (Statistics in Medicine 17, 1998),
 * which squares and adds Wilson's intervals, corrected for the pairs' correlation.
 */
export function pairedDifference(
  both: number,
  onlyFirst: number,
  onlySecond: number,
  neither: number,
): { readonly difference: number; readonly low: number; readonly high: number } {
  const n = both + onlyFirst + onlySecond + neither;
  const [first, second] = [(both + onlyFirst) / n, (both + onlySecond) / n];
  const [lowFirst, highFirst] = wilson(both + onlyFirst, n);
  const [lowSecond, highSecond] = wilson(both + onlySecond, n);
  const margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
  const cross = both * neither - onlyFirst * onlySecond;
  const corrected = cross > 0 ? Math.max(cross - n / 2, 0) : cross;
  const phi = margins > 0 ? corrected / Math.sqrt(margins) : 0;
  const difference = second - first;
  const down = Math.sqrt(
    (second - lowSecond) ** 2 - 2 * phi * (second - lowSecond) * (highFirst - first) + (highFirst - first) ** 2,
  );
  const up = Math.sqrt(
    (highSecond - second) ** 2 - 2 * phi * (highSecond - second) * (first - lowFirst) + (first - lowFirst) ** 2,
  );
  return { difference, low: difference - down, high: difference + up };
}
