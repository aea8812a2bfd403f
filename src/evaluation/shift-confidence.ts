import type { Judged } from './calibration.ts';

/** Newton steps: the likelihood has one peak. */
const STEPS = 20;

/**
 * By how much, in log-odds, the confidences of a database are off, as its own answers show, drawn towards nothing: with few answers there is
 * almost no shift. The prior is a normal one about 0.
 * @param spread its standard deviation: how far databases are apart.
 */
export function shiftOf(judged: readonly Judged[], spread: number): number {
  const odds = judged.map(({ confidence, right }) => ({ at: logOdds(confidence), right: Number(right) }));
  let shift = 0;
  for (let step = 0; step < STEPS; step += 1) {
    let slope = -shift / spread ** 2;
    let curve = -1 / spread ** 2;
    for (const { at, right } of odds) {
      const share = probability(at + shift);
      slope += right - share;
      curve -= share * (1 - share);
    }
    shift -= slope / curve;
  }
  return shift;
}

/** A confidence after its database's shift. */
export const shifted = (confidence: number, shift: number): number => probability(logOdds(confidence) + shift);

const LEAST = 0.001;
function logOdds(confidence: number): number {
  const held = Math.min(1 - LEAST, Math.max(LEAST, confidence));
  return Math.log(held / (1 - held));
}
const probability = (odds: number): number => 1 / (1 + Math.exp(-odds));
