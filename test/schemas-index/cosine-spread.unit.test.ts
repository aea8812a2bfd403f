import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { spreadOf, standing } from '#schemas-index/index/cosine-spread.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const unit = (cos: number) => Float32Array.of(cos, Math.sqrt(1 - cos * cos));
const close = (given: number, wanted: number, within = 1e-6) =>
  assert.ok(Math.abs(given - wanted) < within, `${given}, not ${wanted}`);

describe('the spread of cosines', () => {
  it('is their mean and deviation over all pairs of a question and a text', () => {
    const { mean, deviation } = spreadOf([unit(1)], [unit(0.2), unit(0.4), unit(0.6)]);
    close(mean, 0.4);
    close(deviation, Math.sqrt(0.08 / 3));
    close(standing(0.6, { mean, deviation }), 0.2 / Math.sqrt(0.08 / 3));
  });

  it('is never nothing, so that one text alone divides by no zero', () => {
    assert.ok(Number.isFinite(standing(0.5, spreadOf([unit(1)], [unit(0.5)]))));
    assert.ok(Number.isFinite(standing(0.5, spreadOf([unit(1)], []))));
  });
});

/**
 * Letters counted, so that texts with letters in common are near; `squeezed` adds to all vectors the same part, as embedders do whose
 * cosines all lie near 1.
 */
function letters(squeezed: number): Embedder {
  const embed = (text: string): Float32Array => {
    const counts = new Float32Array(27);
    for (const letter of text.toLowerCase())
      if (letter >= 'a' && letter <= 'z') counts[letter.charCodeAt(0) - 97]! += 1;
    const length = Math.hypot(...counts) || 1;
    const made = counts.map((one) => one / length);
    made[26] = squeezed;
    return made.map((one) => one / Math.hypot(1, squeezed));
  };
  return {
    id: `letters ${squeezed}`,
    dimensions: 27,
    embed: async (texts) => texts.map(embed),
    close: async () => undefined,
  };
}

describe('an index', () => {
  const catalogs = [
    bareCatalog('fleet', ['vehicles: plate, mileage', 'trips: distance, driver']),
    bareCatalog('shop', ['orders: amount, country', 'customers: name, phone']),
    bareCatalog('zoo', ['animals: species, weight', 'keepers: name, wage']),
  ];
  const never = new AbortController().signal;
  const built = (embedder: Embedder): Promise<SchemaIndex> =>
    buildIndex(catalogs, { embedder, vectors: embeddedVectors }, () => undefined, never);

  it('ranks and is as sure by an embedder whose cosines all lie near 1 as by one that spreads them', async () => {
    const [wide, narrow] = [letters(0), letters(3)];
    const [first, second] = [await built(wide), await built(narrow)];
    assert.ok(first.spreads.tables.deviation > 9 * second.spreads.tables.deviation);
    for (const text of ['animals by weight', 'phone of a customer', 'distance driven by plate']) {
      const of = (index: SchemaIndex, embedder: Embedder) =>
        indexRetriever(index, embedder).retrieve({ text, limit: 9 }, never);
      const [a, b] = [await of(first, wide), await of(second, narrow)];
      // A table's vector is made of several at length 1, which what all have in common makes alike: the tail may change places.
      const nearest = (found: typeof a) => found.tables.slice(0, 2).map(({ table }) => table.name);
      assert.deepEqual(nearest(a), nearest(b));
      for (const [at, { probability }] of a.databases.entries()) close(probability, b.databases[at]!.probability, 0.01);
    }
  });

  it('asks for the vector of a question as of a question, and for those of its texts as of texts', async () => {
    const asked: [string, string][] = [];
    const inner = letters(0);
    const embedder: Embedder = {
      ...inner,
      embed: (texts, signal, kind = 'text') => {
        for (const text of texts) asked.push([text, kind]);
        return inner.embed(texts, signal, kind);
      },
    };
    const index = await built(embedder);
    await indexRetriever(index, embedder).retrieve({ text: 'animals by weight', limit: 3 }, never);
    assert.deepEqual(asked.find(([text]) => text === 'species')?.[1], 'text');
    assert.deepEqual(asked.at(-1), ['animals by weight', 'question']);
  });
});
