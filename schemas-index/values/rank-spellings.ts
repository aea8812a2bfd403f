import type { Embedder } from '#src/ports/embedder.ts';
import { cosine } from '../clsr/hybrid.ts';
import { embedTexts } from '../index/text-vectors.ts';
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
    const vectors = await embedTexts(embedder, [asked, ...values], signal);
    const near = values.map((value) => ({ value, cosine: cosine(vectors.of(asked), vectors.of(value)) }));
    const best = Math.max(...near.map((one) => one.cosine));
    for (const one of near) if (one.cosine < OF_THE_BEST * best) dropped.add(JSON.stringify([asked, one.value]));
  }
  return hits.filter(({ how, asked, value }) => how !== 'similar' || !dropped.has(JSON.stringify([asked, value])));
}
