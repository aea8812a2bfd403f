import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, it } from 'vitest';
import { querentIn } from './run-querent.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const inHome = querentIn(path.join(folder, 'home'));
const querent = (...args: readonly string[]) => inHome(args);

async function register(name: string, script: string): Promise<void> {
  const file = path.join(folder, `${name}.sqlite`);
  const database = new DatabaseSync(file);
  database.exec(script);
  database.close();
  const done = await querent('register', `sqlite:${file}`);
  assert.equal(done.code, 0, done.err);
}

describe('querent find', () => {
  it('says that nothing is registered, and what to do', async () => {
    const { code, err } = await querent('find', 'orders by country');
    assert.equal(code, 1);
    assert.match(err, /querent register/);
  });

  describe('over two databases', () => {
    beforeAll(async () => {
      await register(
        'shop',
        'CREATE TABLE orders (id INTEGER, country TEXT); CREATE TABLE products (id INTEGER, price REAL);',
      );
      await register(
        'zoo',
        'CREATE TABLE animals (id INTEGER, species TEXT); CREATE TABLE keepers (id INTEGER, name TEXT);',
      );
    }, 60_000);

    it('ranks databases and tables with what speaks for them', async () => {
      const { code, out } = await querent('find', 'how many orders by country?');
      assert.equal(code, 0);
      assert.match(
        out,
        /Of 4 tables\. Databases:\n +\d+ % {2}shop: “orders” names the table orders, “country” names the column orders\.country/,
      );
      assert.match(out, /Tables:\n +1 {2}shop · orders\n/);
    });

    it('prints one JSON object, probabilities adding up to one', async () => {
      const found = JSON.parse((await querent('find', 'species of animals', '--limit', '1', '--json')).out);
      assert.deepEqual(
        found.tables.map((one: { database: string; table: string }) => [one.database, one.table]),
        [['zoo', 'animals']],
      );
      const total = found.databases.reduce((sum: number, one: { probability: number }) => sum + one.probability, 0);
      assert.ok(Math.abs(total - 1) < 0.001, String(total));
      assert.equal(found.databases[0].database, 'zoo');
    });

    it('tells the clusters of columns that were found, with their sizes and weights, where it is to explain', async () => {
      const { out } = await querent('find', 'species of animals', '--explain');
      assert.match(
        out,
        /Clusters of columns.*:\n(?: .*\n)* {2}\d\.\d\d {2}species \(animals\.species\): 1 column, weight 1/,
      );
      const { clusters } = JSON.parse((await querent('find', 'orders by country', '--explain', '--json')).out);
      const [first] = clusters;
      assert.deepEqual([first.label, first.size, first.weight], ['country', 1, 1]);
      assert.deepEqual(first.columns, [{ database: 'shop', table: 'orders', column: 'country' }]);
      assert.equal(clusters.find((one: { label: string }) => one.label === 'id')?.size ?? 4, 4);
      assert.ok(!('clusters' in JSON.parse((await querent('find', 'orders by country', '--json')).out)));
    });

    it('refuses an empty question and a limit that is none', async () => {
      const empty = await querent('find', ' … ', '--json');
      assert.equal(empty.code, 1);
      assert.equal(JSON.parse(empty.out).error.code, 'empty-question');
      assert.equal((await querent('find', 'orders', '--limit', 'ten')).code, 2);
      assert.equal((await querent('find', 'orders', 'by', 'country')).code, 2);
    });
  });
});
