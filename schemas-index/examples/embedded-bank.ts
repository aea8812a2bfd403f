import type { Embedder } from '#src/ports/embedder.ts';
import type { Example, ExampleBank } from '#src/ports/example-bank.ts';
import { cosine } from '../clsr/hybrid.ts';
import { embedText, TextVectors } from '../index/text-vectors.ts';

/**
 * Examples in memory, ranked by the cosine of their masked questions. Vectors are made at the first question that needs them (and kept
 * by the embedder's cache). Returns the bank of the shipped examples with some verified ones besides.
 */
export function embeddedBanks(
  shipped: readonly Example[],
  embedder: Embedder,
): (verified: readonly Example[]) => ExampleBank {
  const vectors = new TextVectors(embedder);
  async function embedMissing(examples: readonly Example[], signal: AbortSignal): Promise<void> {
    const missing = [...new Set(examples.map(({ masked }) => masked))].filter((masked) => !vectors.has(masked));
    if (missing.length) await vectors.embed(missing, signal);
  }
  return (verified) => ({
    async near({ masked, limit, readable }, signal) {
      const all = [...verified.filter(({ databaseId }) => readable.includes(databaseId)), ...shipped];
      if (!all.length) return [];
      await embedMissing(all, signal);
      const question = await embedText(embedder, masked, signal);
      return all
        .map((example) => ({ example, similarity: cosine(question, vectors.of(example.masked)) }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, limit);
    },
  });
}
