import type { Result } from '#src/domain/result.ts';

/** Says how well each of a few texts answers a question: a cross-encoder behind a server of the operator's. */
export interface Reranker {
  /** The model's name. */
  readonly id: string;
  /** A relevance a text, 0–1, in the order of the texts. The failure says what is wrong with the server. */
  rerank(question: string, texts: readonly string[], signal: AbortSignal): Promise<Result<readonly number[]>>;
}
