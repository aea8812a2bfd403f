import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { clarify } from '#src/pipeline/clarify.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

const nothingKnown: SchemaRetriever = {
  retrieve: () => Promise.reject(new Error('not asked')),
  catalogOf: () => undefined,
};

/** What comes of databases with these probabilities, when those listed can answer. */
function choose(probabilities: Readonly<Record<string, number>>, able: readonly string[]) {
  const slice: SchemaSlice = {
    tables: [],
    databases: Object.entries(probabilities).map(([databaseId, probability]) => ({
      databaseId,
      probability,
      score: 0,
      tables: ['t'],
      evidence: [],
    })),
    coverage: 1,
    searchedTables: 10,
  };
  const choice = clarify(slice, nothingKnown, (id) => (able.includes(id) ? ['used'] : undefined));
  return choice.kind === 'settled' ? choice.database.databaseId : choice.options.map((option) => option.databaseId);
}

describe('choosing the database', () => {
  it.each([
    ['takes a sure one that can answer', { a: 0.9, b: 0.1 }, ['a', 'b'], 'a'],
    ['takes the first when no rival is near', { a: 0.7, b: 0.1 }, ['a', 'b'], 'a'],
    ['asks between two that are near and can both answer', { a: 0.5, b: 0.4 }, ['a', 'b'], ['a', 'b']],
    ['does not ask about a rival that cannot answer', { a: 0.5, b: 0.4 }, ['a'], 'a'],
    ['gives way where only a rival can answer', { a: 0.5, b: 0.4 }, ['b'], 'b'],
    ['gives way even when it is sure of one that cannot answer', { a: 0.95, b: 0.04 }, ['b'], 'b'],
    ['does not give way to one that is out of the question', { a: 0.99, b: 0.001 }, ['b'], 'a'],
    ['does not ask where nothing can answer', { a: 0.4, b: 0.4 }, [], 'a'],
    [
      'offers four at the most',
      { a: 0.2, b: 0.2, c: 0.2, d: 0.2, e: 0.2 },
      ['a', 'b', 'c', 'd', 'e'],
      ['a', 'b', 'c', 'd'],
    ],
  ])('%s', (_, probabilities, able, chosen) => {
    assert.deepEqual(choose(probabilities, able), chosen);
  });
});
