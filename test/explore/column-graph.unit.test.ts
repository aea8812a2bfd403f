import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { columnGraph, columnKey, joinKey, neighboursOf } from '#src/explore/column-graph.ts';
import { evidenceOf } from '#src/explore/read-seeds.ts';
import { usageOf } from '#src/query-log/usage.ts';
import { catalogOf } from '../support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE regions (country TEXT, code TEXT, title TEXT, PRIMARY KEY (country, code));
  CREATE TABLE shops (id INTEGER PRIMARY KEY, country TEXT, region TEXT, opened_on DATE, email TEXT, logo BLOB,
    FOREIGN KEY (country, region) REFERENCES regions (country, code));
  CREATE TABLE sales (id INTEGER PRIMARY KEY, shop INTEGER, amount REAL, channel TEXT);
  INSERT INTO sales VALUES (1, 1, 5, 'web');`);

const SEEDS = [
  'SELECT SUM(amount) FROM sales GROUP BY channel',
  "SELECT amount FROM sales WHERE channel = 'web'",
  'SELECT shops.opened_on, sales.amount FROM sales JOIN shops ON sales.shop = shops.id',
  'SELECT opened_on FROM shops WHERE id IN (SELECT shop FROM sales)',
  'DELETE FROM sales',
];
const once = (texts: readonly string[]) => texts.map((text) => ({ text, calls: 1 }));
const named = (name: string) => {
  const found = columnGraph(catalog).columns.find((one) => columnKey(one) === name);
  assert.ok(found, name);
  return found;
};

describe('a column graph', () => {
  it('has each column that may be shown, and none that looks personal or cannot be read', () => {
    const names = columnGraph(catalog).columns.map(columnKey);
    assert.ok(names.includes('sales.amount') && names.includes('regions.code'));
    assert.ok(!names.includes('shops.email') && !names.includes('shops.logo'));
  });

  it('walks a key of two columns as one join', () => {
    assert.deepEqual(columnGraph(catalog).joins.map(joinKey), ['shops→regions:country=country,region=code']);
  });

  it('learns from queries which columns are used together, and joins that nobody declared', () => {
    const graph = columnGraph(catalog, evidenceOf(usageOf(once(SEEDS), catalog)));
    assert.equal(graph.together(named('sales.amount'), named('sales.channel')), 2);
    assert.equal(graph.together(named('sales.amount'), named('shops.opened_on')), 1);
    assert.equal(graph.together(named('sales.channel'), named('shops.opened_on')), 0);
    const seen = graph.joins.filter(({ source }) => source === 'observed');
    assert.deepEqual(seen.map(joinKey), ['sales→shops:shop=id']);
  });

  it('reaches the columns of a table, and those across its joins, by weights of one more than the queries', () => {
    const graph = columnGraph(catalog, evidenceOf(usageOf(once(SEEDS), catalog)));
    const near = neighboursOf(graph, named('sales.shop'));
    const weights = Object.fromEntries(near.map(({ to, weight }) => [columnKey(to), weight]));
    assert.deepEqual(weights, { 'sales.id': 1, 'sales.amount': 2, 'sales.channel': 1, 'shops.id': 3 });
  });
});
