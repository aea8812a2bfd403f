import type { ExploredPair, Mechanism } from '#src/domain/explored-pair.ts';

/** Of a set so much is written by each mechanism, where all of them write. */
const SHARES: Readonly<Record<Mechanism, number>> = { structural: 0.4, semantic: 0.35, progressive: 0.25 };
/** More that was made of others than this shifts a set away from what people ask (sources.md#db-explore). */
const MOST_PROGRESSIVE = 0.25;

/** Tries in a row of which none is kept, after which a mechanism has given what it has. */
const DRY: Readonly<Record<Mechanism, number>> = { structural: 300, semantic: 24, progressive: 16 };

/** By so much of a pair each try in a row of which none is kept puts a mechanism behind: one that fails does not use up what the others need. */
const BEHIND_A_TRY = 0.5;

/** Which mechanism writes next. */
export interface Turns {
  /** The one that lacks most of its share, of those that may write; nothing where none may. */
  next(pairs: readonly ExploredPair[], may: (mechanism: Mechanism) => boolean): Mechanism | undefined;
  tried(mechanism: Mechanism, kept: boolean): void;
}

export function openTurns(mechanisms: readonly Mechanism[]): Turns {
  const dry = new Map<Mechanism, number>();
  return {
    next(pairs, may) {
      const count = (one: Mechanism) => pairs.filter(({ mechanism }) => mechanism === one).length;
      const isFull = (one: Mechanism) =>
        one === 'progressive' && count(one) + 1 > MOST_PROGRESSIVE * (pairs.length + 1);
      const open = mechanisms.filter((one) => (dry.get(one) ?? 0) < DRY[one] && may(one) && !isFull(one));
      if (open.length < 2) return open[0];
      const total = mechanisms.reduce((sum, one) => sum + SHARES[one], 0);
      const lacks = (one: Mechanism) =>
        (SHARES[one] / total) * (pairs.length + 1) - count(one) - BEHIND_A_TRY * (dry.get(one) ?? 0);
      return open.reduce((first, one) => (lacks(one) > lacks(first) ? one : first));
    },
    tried(mechanism, kept) {
      dry.set(mechanism, kept ? 0 : (dry.get(mechanism) ?? 0) + 1);
    },
  };
}
