/** Where the right one of several is put, so that each place has it as often as every other. */
export interface Places {
  /** A place among so many. */
  next(count: number): number;
  /** How often each place was taken, by how many there were to choose from. */
  counts(): Readonly<Record<string, readonly number[]>>;
}

export function openPlaces(): Places {
  const taken = new Map<number, number[]>();
  return {
    next(count) {
      const own = taken.get(count) ?? Array.from({ length: count }, () => 0);
      taken.set(count, own);
      const place = own.indexOf(Math.min(...own));
      own[place] = (own[place] ?? 0) + 1;
      return place;
    },
    counts: () =>
      Object.fromEntries([...taken].sort(([a], [b]) => a - b).map(([count, own]) => [`of ${count}`, [...own]])),
  };
}
