import type { LabelledQuestion } from '#src/domain/past-answers.ts';
import type { RunStore } from '#src/ports/run-store.ts';

/** Questions whose database people chose, confirmed or turned down: what a calibration is fitted to. */
export async function labelledByPeople(store: Pick<RunStore, 'pastAnswers'>): Promise<readonly LabelledQuestion[]> {
  const past = await store.pastAnswers();
  return past
    .filter(({ verdict }) => verdict !== 'unknown')
    .map(({ text, databaseId, verdict }) => ({ text, databaseId, right: verdict === 'confirmed' }));
}
