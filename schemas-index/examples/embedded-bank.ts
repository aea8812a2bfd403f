import type { Embedder } from '#src/ports/embedder.ts';
import type { Example, ExampleBank, ExploredExamples, NearExample } from '#src/ports/example-bank.ts';
import { cosine } from '../clsr/hybrid.ts';
import { embedTexts, TextVectors } from '../index/text-vectors.ts';

/**
 * Examples in memory, ranked by the cosine of their masked questions. Vectors are made at the first question that needs them (and kept
 * by the embedder's cache). Returns the bank of the shipped examples with some verified ones besides, and with what was explored.
 */
export function embeddedBanks(
  shipped: readonly Example[],
  embedder: Embedder,
): (verified: readonly Example[], exploredOf?: (databaseId: string) => Promise<ExploredExamples>) => ExampleBank {
  const vectors = new TextVectors(embedder);
  async function embedMissing(examples: readonly Example[], signal: AbortSignal): Promise<void> {
    const missing = [...new Set(examples.map(({ masked }) => masked))].filter((masked) => !vectors.has(masked));
    if (missing.length) await vectors.embed(missing, signal);
  }
  async function ranked(
    examples: readonly Example[],
    masked: string,
    signal: AbortSignal,
  ): Promise<readonly NearExample[]> {
    if (!examples.length) return [];
    await embedMissing(examples, signal);
    const question = (await embedTexts(embedder, [masked], signal)).of(masked); // as the examples it is held against
    return examples
      .map((example) => ({ example, similarity: cosine(question, vectors.of(example.masked)) }))
      .sort((a, b) => b.similarity - a.similarity);
  }
  return (verified, exploredOf) => ({
    async near({ masked, limit, readable }, signal) {
      const all = [...verified.filter(({ databaseId }) => readable.includes(databaseId)), ...shipped];
      return (await ranked(all, masked, signal)).slice(0, limit);
    },
    ...(exploredOf && {
      async explored({ masked, limit, databaseId }, signal) {
        const { examples, mayShow } = await exploredOf(databaseId);
        const shown: NearExample[] = [];
        for (const one of await ranked(examples, masked, signal)) {
          if (shown.length === limit) break;
          if (await mayShow(one.example)) shown.push(one);
        }
        return shown;
      },
    }),
  });
}
