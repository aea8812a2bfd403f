interface OverDatabase {
  readonly databaseId: string;
}

/** The databases of questions, each opened with the first question over it and closed with the last: a benchmark has hundreds. */
export function openWhileAsked<T>(
  questions: readonly OverDatabase[],
  open: (databaseId: string) => Promise<T>,
  close: (opened: T) => Promise<unknown>,
) {
  const left = new Map<string, number>();
  for (const { databaseId } of questions) left.set(databaseId, (left.get(databaseId) ?? 0) + 1);
  const opened = new Map<string, Promise<T>>();
  return {
    of({ databaseId }: OverDatabase): Promise<T> {
      const place = opened.get(databaseId) ?? open(databaseId);
      opened.set(databaseId, place);
      return place;
    },
    /** One question is done with. */
    async done({ databaseId }: OverDatabase): Promise<void> {
      const still = (left.get(databaseId) ?? 0) - 1;
      left.set(databaseId, still);
      const place = opened.get(databaseId);
      if (still > 0 || !place) return;
      opened.delete(databaseId);
      await close(await place);
    },
  };
}
