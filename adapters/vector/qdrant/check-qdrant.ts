import type { CheckResult } from '#src/domain/health.ts';
import { openQdrant, type QdrantOptions } from './open-qdrant.ts';

const PART = 'vector server';
const TIMEOUT_MS = 5_000;

export const NO_QDRANT: CheckResult = {
  part: PART,
  state: 'off',
  says: 'none; the embedded index is enough for one process',
};

/** Whether a vector server answers and holds an index of ours. */
export async function checkQdrant(options: QdrantOptions): Promise<CheckResult> {
  try {
    const published = await openQdrant({ ...options, timeoutMs: TIMEOUT_MS }).published();
    return published
      ? { part: PART, state: 'ok', says: `answers; its index was made with ${published.made.embedder}` }
      : { part: PART, state: 'wrong', says: 'answers, but holds no index of ours. Run `querent index`.' };
  } catch {
    const says = `${options.url} is not answering. Check QUERENT_QDRANT_URL; answers use the embedded copy, where one is kept.`;
    return { part: PART, state: 'wrong', says };
  }
}
