import type { AskedBack } from '#src/domain/past-answers.ts';

/** Questions back that nobody took up raise the price as if so many others had been answered before. */
const TRUST = 5;

/**
 * The price of a question back in a channel, in wrong answers (0–1): it is asked when the first database is wrong with a
 * higher probability. Where questions back are ignored, they cost more: with none taken up the price nears 1.
 */
export function priceIn(base: number, { asked, ignored }: AskedBack): number {
  return base + (1 - base) * (ignored / (asked + TRUST));
}
