import type { CheckResult } from '#src/domain/health.ts';
import { openReranker, type RerankerOptions } from './open-reranker.ts';

const PART = 'reranker';

export const NO_RERANKER: CheckResult = {
  part: PART,
  state: 'off',
  says: 'none; near databases are told apart without one',
};

/** Whether a server of rerank scores answers, and puts the text that is about the question first. */
export async function checkReranker(options: RerankerOptions, signal: AbortSignal): Promise<CheckResult> {
  const scored = await openReranker(options).rerank(
    'How many orders were refunded?',
    ['trucks(id, plate)', 'refunds(id, order_id, amount)'],
    signal,
  );
  if (!scored.ok) {
    const why = scored.failure.kind === 'model-unavailable' ? FAULTS[scored.failure.fault] : undefined;
    const says = `${options.baseUrl} ${why ?? 'cannot be used'}. Check QUERENT_RERANK_URL; near databases are told apart without it.`;
    return { part: PART, state: 'wrong', says };
  }
  const [trucks = 0, refunds = 0] = scored.value;
  return refunds > trucks
    ? { part: PART, state: 'ok', says: `${options.model} answers` }
    : {
        part: PART,
        state: 'wrong',
        says: `${options.model} answers, but finds trucks nearer to refunds than refunds are. Is it a model that reranks?`,
      };
}

const FAULTS: Readonly<Partial<Record<string, string>>> = {
  unreachable: 'is not answering',
  'timed-out': 'does not answer in time',
  overloaded: 'has too much to do',
  'server-error': 'answers with an error',
  refused: 'refuses the request: it may want a key (QUERENT_RERANK_KEY) or another model (QUERENT_RERANK_MODEL)',
  unreadable: 'does not reply with a score for each text',
};
