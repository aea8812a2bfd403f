import type { Embedder } from '#src/ports/embedder.ts';

/** Questions that a model worded, of which of two that say nearly the same the first is kept. */
export interface NearQuestions {
  /** Whether none like it was kept. */
  isNew(question: string, signal: AbortSignal): Promise<boolean>;
  add(question: string): void;
}

/** Cosine above which two questions are one. */
const SAME = 0.92;

/** @param before questions that were kept earlier; they are embedded once one is asked about. */
export function openNearQuestions(embedder: Pick<Embedder, 'embed'>, before: readonly string[]): NearQuestions {
  const waiting = [...before];
  const kept: Float32Array[] = [];
  const last = new Map<string, Float32Array>();
  return {
    async isNew(question, signal) {
      const vectors = await embedder.embed([...waiting, question], signal);
      kept.push(...vectors.slice(0, waiting.length));
      waiting.length = 0;
      const own = vectors.at(-1);
      if (!own) return true;
      last.clear();
      last.set(question, own);
      return kept.every((one) => dot(one, own) <= SAME);
    },
    add(question) {
      const vector = last.get(question);
      if (vector) kept.push(vector);
      else waiting.push(question);
    },
  };
}

const dot = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
