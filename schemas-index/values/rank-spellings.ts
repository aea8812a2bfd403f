import type { Embedder } from '#src/ports/embedder.ts';
import { cosine } from '../clsr/hybrid.ts';
import type { ValueHit } from './find-values.ts';

/** Share of the best cosine that a value must reach to be kept beside it (sources.md#value-spelling). */
const OF_THE_BEST = 0.9;

/**
 * Where one misspelt phrase is spelt like several values, keeps those that mean most what it says (XiYan's last step). Other
 * hits are left as they are, so an ordinary question costs no embedding here.
 */
export async function rankSpellings(
  hits: readonly ValueHit[],
  embedder: Embedder,
  signal: AbortSignal,
): Promise<readonly ValueHit[]> {
  const doubtful = [
    ...Map.groupBy(
      hits.filter(({ how }) => how === 'similar'),
      ({ asked }) => asked,
    ),
  ]
    .map(([asked, own]) => ({ asked, values: [...new Set(own.map(({ value }) => value))] }))
    .filter(({ values }) => values.length > 1);
  if (!doubtful.length) return hits;
  const dropped = new Set<string>();
  for (const { asked, values } of doubtful) {
    const [phrase, ...vectors] = await embedder.embed([asked, ...values], signal);
    const cosines = vectors.map((vector) => cosine(phrase!, vector));
    const best = Math.max(...cosines);
    for (const [at, value] of values.entries())
      if (cosines[at]! < OF_THE_BEST * best) dropped.add(JSON.stringify([asked, value]));
  }
  return hits.filter(({ how, asked, value }) => how !== 'similar' || !dropped.has(JSON.stringify([asked, value])));
}
