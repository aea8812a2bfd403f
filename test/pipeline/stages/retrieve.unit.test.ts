import assert from 'node:assert/strict';
import { it } from 'vitest';
import { retrieve } from '#src/pipeline/stages/retrieve.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

const shares: Readonly<Record<string, number>> = { a: 6, b: 3, c: 1 };

/** Gives each database its share among those that are looked at, as retrieval does. */
const retriever: SchemaRetriever = {
  async retrieve({ databaseIds = [] }) {
    const all = databaseIds.reduce((sum, id) => sum + shares[id]!, 0);
    const databases = databaseIds.map((databaseId) => ({
      databaseId,
      probability: shares[databaseId]! / all,
      score: shares[databaseId]!,
      tables: [],
      evidence: [],
    }));
    return { tables: [], databases, coverage: 1, searchedTables: databaseIds.length };
  },
  catalogOf: () => undefined,
  columnsNear: async () => [],
  valuesNamed: () => [],
};

async function probabilities(turnedDown: readonly string[], databaseId?: string) {
  const input = { text: 'q', readable: ['a', 'b', 'c'], turnedDown, ...(databaseId ? { databaseId } : {}) };
  const found = await retrieve(input, { retriever }, new AbortController().signal);
  assert.ok(found.ok);
  return Object.fromEntries(found.value.databases.map((one) => [one.databaseId, Number(one.probability.toFixed(6))]));
}

it('what was turned down is not searched and keeps its share: what is left over is not sure for being alone', async () => {
  assert.deepEqual(await probabilities([]), { a: 0.6, b: 0.3, c: 0.1 });
  assert.deepEqual(await probabilities(['a']), { b: 0.3, c: 0.1 });
  assert.deepEqual(await probabilities(['a', 'b']), { c: 0.1 });
  assert.deepEqual(await probabilities(['a', 'b', 'c']), {});
  assert.deepEqual(await probabilities(['a', 'elsewhere']), { b: 0.3, c: 0.1 });
});

it('a database that is named is the only one looked at, and sure, whatever was turned down', async () => {
  assert.deepEqual(await probabilities(['a', 'b'], 'b'), { b: 1 });
});
