import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { columnGraph, columnKey, neighboursOf } from '#src/explore/column-graph.ts';
import { randomFrom } from '#src/explore/random.ts';
import { evidenceOf } from '#src/explore/read-seeds.ts';
import { type SubSchema, sampleSchema } from '#src/explore/sample-schema.ts';
import { usageOf } from '#src/query-log/usage.ts';
import { catalogOf } from '../support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT, z TEXT);
  CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id), x TEXT, y TEXT);
  CREATE TABLE c (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id), x TEXT, y TEXT);
  CREATE TABLE alone (id INTEGER PRIMARY KEY, x TEXT);`);
const graph = columnGraph(catalog);
const options = { walk: 'random', columns: 8, mostTables: 2, sampled: new Map<string, number>() } as const;

const isConnected = ({ tables, joins }: SubSchema) => {
  const reached = new Set(tables.slice(0, 1));
  for (let round = 0; round < tables.length; round += 1)
    for (const { from, to } of joins) {
      if (reached.has(from)) reached.add(to);
      else if (reached.has(to)) reached.add(from);
    }
  return tables.every((table) => reached.has(table));
};

describe('a sampled part of a database', () => {
  it('is connected by its joins, keeps to the tables allowed and has the keys of all', () => {
    const random = randomFrom(7);
    for (let round = 0; round < 200; round += 1) {
      const sub = sampleSchema(graph, options, random);
      assert.ok(sub);
      assert.ok(isConnected(sub) && sub.tables.length <= 2);
      const names = sub.columns.map(columnKey);
      for (const { name } of sub.tables) assert.ok(names.includes(`${name}.id`));
    }
  });

  it('is the same for the same seed', () => {
    const draw = () => sampleSchema(graph, options, randomFrom(3))?.columns.map(columnKey);
    assert.deepEqual(draw(), draw());
  });

  it('begins a random walk where least was sampled', () => {
    const sampled = new Map(graph.columns.map((one) => [columnKey(one), columnKey(one) === 'alone.x' ? 0 : 1]));
    const sub = sampleSchema(graph, { ...options, sampled }, randomFrom(1));
    assert.equal(sub && columnKey(sub.start), 'alone.x');
  });

  it('moves along an edge as often as queries use its ends together', () => {
    const seeds = Array.from({ length: 6 }, () => ({ text: 'SELECT x FROM a WHERE y = 1', calls: 1 }));
    const weighted = columnGraph(catalog, evidenceOf(usageOf(seeds, catalog)));
    const from = weighted.columns.find((one) => columnKey(one) === 'a.x');
    assert.ok(from);
    const near = neighboursOf(weighted, from);
    const total = near.reduce((sum, { weight }) => sum + weight, 0);
    const random = randomFrom(11);
    const draws = Array.from({ length: 10_000 }, () => random.weighted(near, ({ weight }) => weight));
    for (const one of near) {
      const share = draws.filter((drawn) => drawn === one).length / draws.length;
      assert.ok(Math.abs(share - one.weight / total) < 0.05, `${columnKey(one.to)}: ${share}`);
    }
  });

  it('is none of a database of which nothing may be shown', () => {
    const hidden = columnGraph(catalogOf('CREATE TABLE people (email TEXT, phone TEXT)'));
    assert.equal(sampleSchema(hidden, options, randomFrom(1)), undefined);
  });
});
