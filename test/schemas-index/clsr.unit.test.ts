import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import {
  type ClsrColumn,
  type ClsrIndex,
  type ClsrTable,
  rankByPaper,
  scorePaper,
} from '#schemas-index/clsr/clsr-scheme.ts';
import { absoluteHybrid, relativeHybrid } from '#schemas-index/clsr/hybrid.ts';
import { type ColumnText, clusterColumns, NO_CLUSTERS, rebuildDue } from '#schemas-index/cluster/column-clusters.ts';
import { Bm25 } from '#schemas-index/index/bm25.ts';
import { readSpiderTables } from '#src/evaluation/data/spider-tables.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const close = (given: number, wanted: number) => assert.ok(Math.abs(given - wanted) < 1e-6, `${given}, not ${wanted}`);
/** A unit vector at an angle to the question's, which lies along the first axis: its cosine is the given one. */
const at = (cos: number) => Float32Array.of(cos, Math.sqrt(1 - cos * cos));
const words = (texts: readonly string[]) =>
  new Bm25(texts.map((text) => [{ terms: text.split(' '), weight: 1, b: 0.75 }]));

describe('the hybrid similarity', () => {
  const things = [0.9, 0.5, 0.1].map((cos, row) => ({ row, vector: at(cos) }));
  const [first, second, third] = things;
  const searched = { things, bm25: words(['singer', 'concert', 'stadium seats']) };
  const query = { vector: at(1), terms: ['concert'] };

  it('is min-max within the results of each search, 0 where only one search found it (compat)', () => {
    const found = relativeHybrid(searched, query);
    close(found.get(first!)!, 0.7 * 1);
    close(found.get(second!)!, 0.7 * 0.5 + 0.3 * 1);
    close(found.get(third!)!, 0);
    assert.deepEqual([...found.keys()], things);
  });
  it('gives every result 1 where all are equal, and searches among some only', () => {
    const found = relativeHybrid(searched, query, { among: [third!] });
    assert.deepEqual([...found], [[third, 0.7]]);
  });
  it('is absolute where thresholds must not move with the results (stable)', () => {
    close(absoluteHybrid(0.8, 3, 4), 0.7 * 0.8 + 0.3 * 0.75);
    close(absoluteHybrid(-0.2, 9, 4), 0.3);
  });
});

describe('the paper’s scheme', () => {
  // Three tables with a column each, but the first two, which share `name`. Cosines are set by hand.
  const catalog = bareCatalog('db', ['singer: name', 'concert: name, year', 'stadium: seats']);
  const columns: ClsrColumn[] = [];
  const tables = catalog.tables.map((catalogTable, row): ClsrTable => {
    const table = { row, vector: at([1, 0.5, 0][row]!), databaseId: 'db', catalogTable, columns: [] as ClsrColumn[] };
    for (const { name } of catalogTable.columns) {
      const place = columns.length;
      const [cos, offlineClusterSize] = [[0.9, 0.9, 0.6, 0.1][place]!, [2, 2, 1, 1][place]!];
      const column = { row: place, vector: at(cos), table, name, offlineClusterSize };
      columns.push(column);
      table.columns.push(column);
    }
    return table;
  });
  const index: ClsrIndex = {
    tableSearch: { things: tables, bm25: words(['db singer', 'db concert', 'db stadium']) },
    columnSearch: { things: columns, bm25: words(columns.map(({ name }) => name)) },
  };

  it('adds to a table’s similarity those of its columns, each by 1 / size of its cluster', () => {
    // h of tables: singer 0.7·1 + 0.3·1, concert 0.7·0.5, stadium 0. Of columns, no word matches: 0.7·N(cos) =
    // 0.7, 0.7, 0.4375, 0. At the threshold of 0.5, singer and both `name` columns are found; `name` has two columns.
    const scored = scorePaper(index, 'singer', at(1), 'offline');
    assert.deepEqual(
      scored.map(({ table }) => table.row),
      [0, 1],
    );
    close(scored[0]!.sum, 1 + 0.7 / 2);
    close(scored[1]!.sum, 0.7 / 2);
    assert.deepEqual(
      scored.map(({ score }) => score),
      [1, 0],
    );
  });

  it('counts clusters online among the candidates’ columns', () => {
    // Online, `name` finds itself twice (h 0.7 + 0.3) among name, name, year; `year` is too far.
    const [singer] = scorePaper(index, 'singer', at(1), 'online');
    assert.deepEqual(
      singer!.columns.map(({ clusterSize }) => clusterSize),
      [2],
    );
  });

  it('gives the same order for the same input, and as many tables as asked', () => {
    const once = rankByPaper(index, 'singer', at(1), { limit: 1, mode: 'online' });
    assert.deepEqual(rankByPaper(index, 'singer', at(1), { limit: 1, mode: 'online' }), once);
    assert.equal(once.tables.length, 1);
  });
});

describe('clusters of columns', () => {
  const text = (name: string, cos: number, columns = 1): ColumnText => ({
    text: name,
    vector: at(cos),
    terms: name.split(' '),
    columns,
  });
  const texts = [text('customer name', 1, 3), text('name', 0.98, 5), text('order date', 0.1), text('date', 0.05, 2)];

  it('hold columns that are near, with their number and the most frequent text', () => {
    const { clusters, clusterOf } = clusterColumns(texts);
    assert.equal(clusterOf.get('customer name'), clusterOf.get('name'));
    assert.notEqual(clusterOf.get('name'), clusterOf.get('date'));
    assert.deepEqual(
      [...clusters.values()].map(({ size, label }) => [label, size]),
      [
        ['name', 8],
        ['date', 3],
      ],
    );
  });

  it('have their old sizes again after a table was added and dropped', () => {
    const before = clusterColumns(texts);
    const added = clusterColumns([...texts, text('family name', 0.97), text('altitude', 0.6)], before);
    assert.equal(added.clusterOf.get('family name'), before.clusterOf.get('name'));
    assert.equal(added.clusters.get(before.clusterOf.get('name')!)!.size, 9);
    assert.equal(added.clusters.size, 3);
    assert.deepEqual(clusterColumns(texts, added), before);
  });

  it('are made anew when more than a fifth of the columns changed', () => {
    const before = clusterColumns(texts);
    assert.ok(!rebuildDue([...texts, text('altitude', 0.6)], before));
    assert.ok(rebuildDue([...texts, text('altitude', 0.6, 4)], before));
    assert.ok(rebuildDue(texts, NO_CLUSTERS));
  });

  const bird = path.join(process.env.QUERENT_BENCH ?? '../shared/bench', 'bird', 'tables.json');
  if (!existsSync(bird)) console.log(`Clusters of BIRD's columns are skipped: no ${bird} (set QUERENT_BENCH).`);
  it.skipIf(!existsSync(bird))('are the 620 published ones on BIRD when only equal names are near', () => {
    const names = readSpiderTables(bird).flatMap(({ tables }) =>
      tables.flatMap(({ columns }) => columns.map((column) => (column.title ?? column.name).toLowerCase())),
    );
    // One vector a name, at right angles to all others, and the whole name as its one term.
    const distinct = [...new Set(names)];
    const vectors = distinct.map((_, one) =>
      Float32Array.from({ length: distinct.length }, (__, other) => Number(one === other)),
    );
    const { clusters } = clusterColumns(
      distinct.map((name, one) => ({
        text: name,
        vector: vectors[one]!,
        terms: [name],
        columns: names.filter((other) => other === name).length,
      })),
    );
    assert.equal(clusters.size, 620);
    assert.deepEqual(
      [...clusters.values()]
        .filter(({ size }) => size > 8)
        .sort((a, b) => b.size - a.size)
        .map(({ label, size }) => [label, size]),
      [
        ['id', 31],
        ['date', 11],
        ['name', 9],
        ['race id', 9],
      ],
    );
  });
});
