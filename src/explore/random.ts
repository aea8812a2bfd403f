/** Draws that a seed repeats. */
export interface Random {
  /** Uniform in 0 ≤ x < 1. */
  next(): number;
  /** A whole number, 0 ≤ n < below. */
  below(below: number): number;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** One of a list that is not empty, each by its weight; of weights that are all 0, any. */
  weighted<T>(list: readonly T[], weight: (one: T) => number): T;
  /** True in so many of 1. */
  chance(share: number): boolean;
  /** So many of a list, in their order there. */
  some<T>(list: readonly T[], count: number): readonly T[];
  /** All of a list, in any order. */
  shuffled<T>(list: readonly T[]): readonly T[];
}

/** Mulberry32: 32 bits of state, which is enough for what is drawn here. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number) => Math.floor(next() * count);
  return {
    next,
    below,
    pick: (list) => list[below(list.length)]!,
    weighted(list, weight) {
      const weights = list.map((one) => Math.max(0, weight(one)));
      const total = weights.reduce((sum, one) => sum + one, 0);
      if (total === 0) return list[below(list.length)]!;
      let left = next() * total;
      const at = weights.findIndex((one) => {
        left -= one;
        return left < 0;
      });
      return list[at < 0 ? list.length - 1 : at]!;
    },
    chance: (share) => next() < share,
    some(list, count) {
      const at = list.map((_, index) => index);
      while (at.length > count) at.splice(below(at.length), 1);
      return at.map((index) => list[index]!);
    },
    shuffled(list) {
      const drawn = [...list];
      for (let at = drawn.length - 1; at > 0; at -= 1) {
        const to = below(at + 1);
        [drawn[at], drawn[to]] = [drawn[to]!, drawn[at]!];
      }
      return drawn;
    },
  };
}
