import type { Bm25 } from '../index/bm25.ts';

/** Share of the vector in the hybrid similarity (sources.md#hybrid-similarity; the authors' client default). */
const ALPHA = 0.7;
/** Objects that one hybrid query returns at most. */
const SEARCH_LIMIT = 3_000;

/** Something that is searched, with its unit vector. */
export interface Searchable {
  /** Its place among all that are searched with it, and its BM25 document. */
  readonly row: number;
  readonly vector: Float32Array;
}

export interface HybridIndex<T extends Searchable> {
  readonly things: readonly T[];
  readonly bm25: Bm25;
}

export interface HybridQuery {
  readonly vector: Float32Array;
  readonly terms: readonly string[];
}

/** Of two unit vectors; what one has no component for counts as 0. */
export const cosine = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
};

/**
 * The authors' engine score (relative-score fusion, sources.md#hybrid-similarity): h(o) = α·N(cos) + (1 − α)·N(bm25), N being min-max
 * within the results of each search; an object that only one search found has 0 for the other. Best first.
 * @param among objects that may be found; all, if absent.
 */
export function relativeHybrid<T extends Searchable>(
  { things, bm25 }: HybridIndex<T>,
  { vector, terms }: HybridQuery,
  options: { readonly among?: readonly T[]; readonly limit?: number } = {},
): Map<T, number> {
  const limit = options.limit ?? SEARCH_LIMIT;
  const among = options.among ?? things;
  const lexical = bm25.scores(terms);
  const byVector = among.map((thing): ScoredThing<T> => [thing, cosine(vector, thing.vector)]);
  const byWords = among
    .map((thing): ScoredThing<T> => [thing, lexical[thing.row] ?? 0])
    .filter(([, score]) => score > 0);
  return new Map(best([...fuseRelative(best(byVector, limit), best(byWords, limit))], limit));
}

/** Two lists, best first, as one by relative scores; in no order. */
export function fuseRelative<T>(
  byVector: readonly ScoredThing<T>[],
  byWords: readonly ScoredThing<T>[],
): Map<T, number> {
  const fused = new Map<T, number>();
  for (const [thing, share] of rescaled(byVector)) fused.set(thing, ALPHA * share);
  for (const [thing, share] of rescaled(byWords)) fused.set(thing, (fused.get(thing) ?? 0) + (1 - ALPHA) * share);
  return fused;
}

/** Ours, on an absolute scale (sources.md#hybrid-similarity): h′ = α·max(0, cos) + (1 − α)·min(1, bm25(x, o) / bm25(x, x)). */
export function absoluteHybrid(cos: number, lexical: number, own: number): number {
  return ALPHA * Math.max(0, cos) + (1 - ALPHA) * (own > 0 ? Math.min(1, lexical / own) : 0);
}

export type ScoredThing<T> = readonly [thing: T, score: number];

const best = <T extends Searchable>(scored: readonly ScoredThing<T>[], limit: number): readonly ScoredThing<T>[] =>
  [...scored].sort((a, b) => b[1] - a[1] || a[0].row - b[0].row).slice(0, limit);

function rescaled<T>(scored: readonly ScoredThing<T>[]): ScoredThing<T>[] {
  const [high, low] = [scored[0]?.[1] ?? 0, scored.at(-1)?.[1] ?? 0];
  return scored.map(([thing, score]) => [thing, high > low ? (score - low) / (high - low) : 1]);
}
