import type { Bm25 } from '../index/bm25.ts';

/** Share of the vector in the hybrid similarity (sources.md#hybrid-similarity; the authors' client default). */
const ALPHA = 0.7;
/** Objects that one hybrid query returns at most. */
const SEARCH_LIMIT = 3_000;

/** What is searched: a unit vector and a BM25 document an object. */
export interface HybridIndex {
  readonly vectors: readonly Float32Array[];
  readonly bm25: Bm25;
}

export interface HybridQuery {
  readonly vector: Float32Array;
  readonly terms: readonly string[];
}

/** Of two unit vectors. */
export const cosine = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at]! * b[at]!;
  return sum;
};

/**
 * The authors' engine score (relative-score fusion, sources.md#hybrid-similarity): h(o) = α·N(cos) + (1 − α)·N(bm25), N being min-max
 * within the results of each search; an object that only one search found has 0 for the other. Best first.
 * @param among objects that may be found; all, if absent.
 */
export function relativeHybrid(
  { vectors, bm25 }: HybridIndex,
  { vector, terms }: HybridQuery,
  options: { readonly among?: readonly number[]; readonly limit?: number } = {},
): Map<number, number> {
  const limit = options.limit ?? SEARCH_LIMIT;
  const among = options.among ?? vectors.map((_, at) => at);
  const lexical = bm25.scores(terms);
  const byVector = best(
    among.map((at) => [at, cosine(vector, vectors[at]!)] as const),
    limit,
  );
  const byWords = best(
    among.flatMap((at) => (lexical[at]! > 0 ? [[at, lexical[at]!] as const] : [])),
    limit,
  );
  const fused = new Map<number, number>();
  for (const [at, share] of rescaled(byVector)) fused.set(at, ALPHA * share);
  for (const [at, share] of rescaled(byWords)) fused.set(at, (fused.get(at) ?? 0) + (1 - ALPHA) * share);
  return new Map(best([...fused], limit));
}

/** Ours, on an absolute scale (sources.md#hybrid-similarity): h′ = α·max(0, cos) + (1 − α)·min(1, bm25(x, o) / bm25(x, x)). */
export function absoluteHybrid(cos: number, lexical: number, own: number): number {
  return ALPHA * Math.max(0, cos) + (1 - ALPHA) * (own > 0 ? Math.min(1, lexical / own) : 0);
}

const best = (scored: readonly (readonly [number, number])[], limit: number) =>
  [...scored].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, limit);

function rescaled(scored: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const [high, low] = [scored[0]?.[1] ?? 0, scored.at(-1)?.[1] ?? 0];
  return scored.map(([at, score]) => [at, high > low ? (score - low) / (high - low) : 1]);
}
