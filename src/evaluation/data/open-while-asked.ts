import type { DatabaseSource } from './databases.ts';
import { type FilledDatabase, withData } from './places.ts';

interface OverDatabase {
  readonly databaseId: string;
}

/** The databases of questions, each opened with the first question over it and closed with the last: a benchmark has hundreds. */
export function openWhileAsked(source: DatabaseSource, questions: readonly OverDatabase[]) {
  const left = new Map<string, number>();
  for (const { databaseId } of questions) left.set(databaseId, (left.get(databaseId) ?? 0) + 1);
  const opened = new Map<string, Promise<FilledDatabase>>();
  return {
    of({ databaseId }: OverDatabase): Promise<FilledDatabase> {
      const place = opened.get(databaseId) ?? withData(source, databaseId);
      opened.set(databaseId, place);
      return place;
    },
    /** One question is done with. */
    async done({ databaseId }: OverDatabase): Promise<void> {
      const still = (left.get(databaseId) ?? 0) - 1;
      left.set(databaseId, still);
      if (still > 0) return;
      const place = await opened.get(databaseId);
      opened.delete(databaseId);
      await place?.databases.close();
    },
  };
}
