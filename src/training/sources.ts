/** How often each source's candidates were shown as the right one and as a wrong one: who wrote a query must say nothing of it. */
export interface Sources {
  /** The one of several that was shown least as such. */
  least<T extends { readonly generator: string }>(all: readonly T[], as: Shown): T | undefined;
  /** Whether its being right once more leaves it about as often right as wrong. */
  mayBeRight(source: string): boolean;
  take(source: string, as: Shown): void;
  counts(): Readonly<Record<string, Readonly<Record<Shown, number>>>>;
}

export type Shown = 'right' | 'wrong';

/** By so much a source's share of what is right may be above its share of what is wrong. */
const SLACK = 0.1;
/** Of fewer lines a share says nothing. */
const ENOUGH = 20;

export function openSources(): Sources {
  const shown = new Map<string, Record<Shown, number>>();
  const of = (source: string, as: Shown) => shown.get(source)?.[as] ?? 0;
  const all = (as: Shown) => [...shown.values()].reduce((sum, one) => sum + one[as], 0);
  return {
    least: (candidates, as) => candidates.toSorted((a, b) => of(a.generator, as) - of(b.generator, as))[0],
    mayBeRight(source) {
      const [right, wrong] = [all('right') + 1, all('wrong') + 1];
      return right <= ENOUGH || (of(source, 'right') + 1) / right <= of(source, 'wrong') / wrong + SLACK;
    },
    take(source, as) {
      const own = shown.get(source) ?? { right: 0, wrong: 0 };
      shown.set(source, { ...own, [as]: own[as] + 1 });
    },
    counts: () => Object.fromEntries([...shown].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
