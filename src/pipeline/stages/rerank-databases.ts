import type { ModelFault } from '#src/domain/failure.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import type { Reranker } from '#src/ports/reranker.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { sayDatabase } from '#src/prompts/choose-database.ts';
import { shownDatabases } from './choose-database.ts';

/**
 * What a difference of 1 between two relevances adds to the log odds of two databases. Not fitted: no model that reranks could be run where this
 * was made. At 4 it decides between near ones and overturns none that is sure.
 */
const WEIGHT = 4;

export interface RerankedSlice {
  readonly slice: SchemaSlice;
  readonly how: 'reranked' | 'not-answering' | 'only-one';
  readonly fault?: ModelFault;
}

/** Weighs the first databases by how well a rerank server finds that each answers the question. A server that is down leaves all as it is. */
export async function rerankDatabases(
  question: string,
  slice: SchemaSlice,
  ports: { readonly reranker: Reranker; readonly catalogOf: SchemaRetriever['catalogOf'] },
  signal: AbortSignal,
): Promise<RerankedSlice> {
  const shown = shownDatabases(slice, ports.catalogOf);
  if (shown.length < 2) return { slice, how: 'only-one' };
  const scored = await ports.reranker.rerank(question, shown.map(sayDatabase), signal);
  if (!scored.ok) {
    const { failure } = scored;
    return { slice, how: 'not-answering', ...(failure.kind === 'model-unavailable' ? { fault: failure.fault } : {}) };
  }
  const relevance = new Map(shown.map(({ databaseId }, at) => [databaseId, scored.value[at] ?? 0]));
  const mean = scored.value.reduce((sum, one) => sum + one, 0) / shown.length;
  const before = slice.databases.reduce((sum, { probability }) => sum + probability, 0);
  const weighed = slice.databases.map((one) => ({
    ...one,
    probability: one.probability * Math.exp(WEIGHT * ((relevance.get(one.databaseId) ?? mean) - mean)),
  }));
  const after = weighed.reduce((sum, { probability }) => sum + probability, 0) || 1;
  const databases = weighed
    .map((one) => ({ ...one, probability: (one.probability * before) / after }))
    .sort((a, b) => b.probability - a.probability);
  return { slice: { ...slice, databases }, how: 'reranked' };
}
