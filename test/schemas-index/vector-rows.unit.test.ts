import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { indexNames } from '#schemas-index/index/schema-index.ts';
import { sourceOfTable, textsOf, vectorOf } from '#schemas-index/index/vector-rows.ts';
import { EmbedderUnavailable } from '#src/ports/embedder.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const vectors = new Map([
  ['own', Float32Array.of(1, 0, 0)],
  ['a', Float32Array.of(0, 1, 0)],
  ['b', Float32Array.of(0, 0, 1)],
]);
const known = {
  of(text: string): Float32Array {
    const found = vectors.get(text);
    if (!found) throw new EmbedderUnavailable('the embedder gave no vector for a text');
    return found;
  },
};
function near(given: Float32Array, wanted: readonly number[]): void {
  assert.equal(given.length, wanted.length);
  for (const [at, value] of given.entries())
    assert.ok(Math.abs(value - (wanted[at] ?? Number.NaN)) < 1e-6, `${given}, not ${wanted}`);
}

describe('the vector of a row', () => {
  it('is that of its text, where it holds nothing', () => {
    assert.equal(vectorOf({ text: 'own' }, known), vectors.get('own'));
    assert.equal(vectorOf({ text: 'own', parts: [] }, known), vectors.get('own'));
  });

  it('counts its text as much as the mean of its parts, however many these are, at length 1', () => {
    const half = Math.SQRT1_2;
    near(vectorOf({ text: 'own', parts: ['a'] }, known), [half, half, 0]);
    near(vectorOf({ text: 'own', parts: ['a', 'a', 'a'] }, known), [half, half, 0]);
    near(vectorOf({ text: 'own', parts: ['a', 'b'] }, known), [half, 0.5, 0.5]);
    near(vectorOf({ text: 'own', parts: ['a', 'a', 'b'] }, known), [half, 2 / Math.sqrt(10), 1 / Math.sqrt(10)]);
  });

  it('leaves the vectors that it is made of as they are', () => {
    vectorOf({ text: 'own', parts: ['a', 'b'] }, known);
    assert.deepEqual([...known.of('a')], [0, 1, 0]);
    assert.deepEqual([...known.of('own')], [1, 0, 0]);
  });

  it('is none where a part was never embedded', () => {
    assert.throws(() => vectorOf({ text: 'own', parts: ['c'] }, known), EmbedderUnavailable);
  });
});

describe('what a table is embedded from', () => {
  it('is its name and database, and its first twelve columns, each distinct text once over all tables', () => {
    const many = Array.from({ length: 14 }, (_, at) => `size_${at}`).join(', ');
    const { tables } = indexNames([bareCatalog('big_shop', [`order_lines: ${many}`, 'stock: size_0, place'])]);
    const sources = tables.map(sourceOfTable);
    assert.equal(sources[0]?.text, 'order lines of big shop');
    assert.deepEqual(
      sources.map(({ parts }) => parts?.length),
      [12, 2],
    );
    const texts = textsOf(sources);
    assert.equal(texts.length, new Set(texts).size);
    assert.equal(texts.filter((text) => text === 'size 0').length, 1);
  });
});
