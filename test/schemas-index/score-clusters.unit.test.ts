import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { columnTextsOf } from '#schemas-index/index/build-index.ts';
import { type IndexedTable, indexWords } from '#schemas-index/index/schema-index.ts';
import { type ClusterScores, clusterHits, scoreByClusters } from '#schemas-index/retrieve/score-clusters.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const close = (given: number | undefined, wanted: number) =>
  assert.ok(given !== undefined && Math.abs(given - wanted) < 1e-9, `${given}, not ${wanted}`);

// Tables 0 singer (name), 1 concert (name, title), 2 stadium (seats), which another database has. Column texts in order: name, title,
// seats; `name` and `title` are of one cluster of three columns.
const words = indexWords([
  bareCatalog('music', ['singer: name', 'concert: name, title']),
  bareCatalog('city', ['stadium: seats']),
]);
const columnTexts = columnTextsOf(words);
const clusters = {
  clusterOf: new Map([
    ['name', 0],
    ['title', 0],
    ['seats', 1],
  ]),
  clusters: new Map([
    [0, { id: 0, size: 3, label: 'name' }],
    [1, { id: 1, size: 1, label: 'seats' }],
  ]),
};
/** What scoring by clusters reads of an index. */
const index = { ...words, columnTexts, clusters };
const all = new Map(words.tables.map((table) => [table.row, table] as const));
const none = { bm25: () => undefined, places: () => undefined };
const hits = {
  words: none,
  groups: [],
  tables: [0, 1, 2].map((row) => ({ row, score: [0.9, 0.5, 0.1][row]! })),
  columns: [0, 1, 2].map((row) => ({ row, score: [0.8, 0.6, 0.2][row]! })),
  columnWords: [{ row: 2, score: 4 }],
};
const scored = (shown: ReadonlyMap<number, IndexedTable> = all, found?: number): ClusterScores =>
  scoreByClusters(index, hits, Float64Array.of(0, 2, 0), shown, found);

describe('equation 8 over what a store names', () => {
  it('adds to what a table is found by its columns, each by 1 / size of its cluster', () => {
    // Tables: 0.7·1, 0.7·0.5 + 0.3·1, 0. Columns: name 0.7·1, title 0.7·2/3, seats 0.3·1. Found from 0.5: singer, concert, name.
    const { sums } = scored();
    assert.deepEqual([...sums.keys()].sort(), [0, 1]);
    close(sums.get(0), 0.7 + 0.7 / 3);
    close(sums.get(1), 0.65 + 0.7 / 3);
  });

  it('finds a table by its columns alone, where their similarity reaches the threshold', () => {
    const { sums } = scored(all, 0.25);
    close(sums.get(2), 0.3);
    close(sums.get(1), 0.65 + (0.7 + (0.7 * 2) / 3) / 3);
  });

  it('takes everything where nothing reaches the threshold', () => {
    assert.deepEqual([...scored(all, 2).sums.keys()].sort(), [0, 1, 2]);
  });

  it('knows no more of clusters than the tables that may appear', () => {
    const { sums, texts, sizeOf } = scored(new Map([...all].filter(([row]) => row !== 1)));
    assert.equal(sizeOf(texts[0]![0]), 1);
    close(sums.get(0), 0.7 + 0.7);
    assert.ok(!sums.has(1));
  });

  it('tells the clusters that say most first, by their nearest text and the columns that may be seen', () => {
    const told = clusterHits(index, scored(all, 0.25), all);
    assert.deepEqual(
      told.map(({ label, size, columns }) => [
        label,
        size,
        columns.map(({ table, column }) => `${table.name}.${column.name}`),
      ]),
      [
        ['seats', 1, ['stadium.seats']],
        ['name', 3, ['singer.name', 'concert.name', 'concert.title']],
      ],
    );
    close(told[1]!.weight, 1 / 3);
    const few = new Map([...all].filter(([row]) => row === 0));
    assert.deepEqual(
      clusterHits(index, scored(few, 0.25), few).map(({ label, size, columns }) => [label, size, columns.length]),
      [['name', 1, 1]],
    );
  });
});
