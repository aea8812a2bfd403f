import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));

function querent(...args: readonly string[]) {
  const env = { ...process.env, QUERENT_HOME: path.join(folder, 'home') };
  return spawnSync(process.execPath, [path.join(root, 'src/cli/main.ts'), ...args], { env, encoding: 'utf8' });
}

function register(name: string, script: string): void {
  const file = path.join(folder, `${name}.sqlite`);
  const database = new DatabaseSync(file);
  database.exec(script);
  database.close();
  const done = querent('register', `sqlite:${file}`);
  assert.equal(done.status, 0, done.stderr);
}

describe('querent find', () => {
  it('says that nothing is registered, and what to do', () => {
    const { status, stderr } = querent('find', 'orders by country');
    assert.equal(status, 1);
    assert.match(stderr, /querent register/);
  });

  describe('over two databases', () => {
    beforeAll(() => {
      register(
        'shop',
        'CREATE TABLE orders (id INTEGER, country TEXT); CREATE TABLE products (id INTEGER, price REAL);',
      );
      register('zoo', 'CREATE TABLE animals (id INTEGER, species TEXT); CREATE TABLE keepers (id INTEGER, name TEXT);');
    }, 60_000);

    it('ranks databases and tables with what speaks for them', () => {
      const { status, stdout } = querent('find', 'how many orders by country?');
      assert.equal(status, 0);
      assert.match(
        stdout,
        /Of 4 tables\. Databases:\n +\d+ % {2}shop: “orders” names the table orders, “country” names the column orders\.country/,
      );
      assert.match(stdout, /Tables:\n +1 {2}shop · orders\n/);
    });

    it('prints one JSON object, probabilities adding up to one', () => {
      const found = JSON.parse(querent('find', 'species of animals', '--limit', '1', '--json').stdout);
      assert.deepEqual(
        found.tables.map((one: { database: string; table: string }) => [one.database, one.table]),
        [['zoo', 'animals']],
      );
      const total = found.databases.reduce((sum: number, one: { probability: number }) => sum + one.probability, 0);
      assert.ok(Math.abs(total - 1) < 0.001, String(total));
      assert.equal(found.databases[0].database, 'zoo');
    });

    it('refuses an empty question and a limit that is none', () => {
      const empty = querent('find', ' … ', '--json');
      assert.equal(empty.status, 1);
      assert.equal(JSON.parse(empty.stdout).error.code, 'empty-question');
      assert.equal(querent('find', 'orders', '--limit', 'ten').status, 2);
      assert.equal(querent('find', 'orders', 'by', 'country').status, 2);
    });
  });
});
