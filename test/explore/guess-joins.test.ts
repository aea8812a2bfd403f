import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { GUESSED_JOIN } from '#src/explore/candidate.ts';
import { columnGraph, joinKey } from '#src/explore/column-graph.ts';
import { explore } from '#src/explore/explore.ts';
import { guessJoins } from '#src/explore/guess-joins.ts';
import type { Database } from '#src/ports/database.ts';
import { makeSqlite } from '../support/small-querent.ts';

const never = new AbortController().signal;

async function over<T>(script: string, work: (database: Database) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
  const database = openSqlite({ id: 'small', file: makeSqlite(path.join(folder, 'small.sqlite'), script) });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const catalogIn = async (database: Database) => {
  const catalog = await database.catalog({}, never);
  assert.ok(catalog.ok);
  return catalog.value;
};

const guessedIn = (script: string) =>
  over(script, async (database) => {
    const catalog = await catalogIn(database);
    const place = { database, catalog, signal: never };
    return (await guessJoins(place, columnGraph(catalog).joins)).map(joinKey);
  });

const numbered = (count: number, row: (id: number) => string) =>
  Array.from({ length: count }, (_, id) => `(${row(id + 1)})`).join(', ');

const SHOP = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, city TEXT);
  CREATE TABLE sales (id INTEGER PRIMARY KEY, customer_id INTEGER, channel TEXT, amount REAL);
  INSERT INTO customers VALUES ${numbered(40, (id) => `${id}, 'city ${id % 7}'`)};`;
const sales = (customer: (id: number) => number | 'NULL') =>
  `INSERT INTO sales VALUES ${numbered(100, (id) => `${id}, ${customer(id)}, 'channel ${id % 3}', ${id}`)};`;

describe('a join that nobody declared', () => {
  it('is guessed by name and type where the values are in the key', async () =>
    assert.deepEqual(await guessedIn(`${SHOP}${sales((id) => (id % 9 ? (id % 40) + 1 : 'NULL'))}`), [
      'sales→customers:customer_id=id',
    ]));

  it('is none where a tenth of the values are not', async () =>
    assert.deepEqual(await guessedIn(`${SHOP}${sales((id) => (id <= 44 ? id : 1))}`), []));

  it('is none where the column holds nothing', async () =>
    assert.deepEqual(await guessedIn(`${SHOP}${sales(() => 'NULL')}`), []));

  it('is looked up in a key of which the catalog has a part', async () => {
    const script = (last: number) => `
      CREATE TABLE customers (id INTEGER PRIMARY KEY, city TEXT);
      CREATE TABLE sales (id INTEGER PRIMARY KEY, customer_id INTEGER);
      INSERT INTO customers VALUES ${numbered(900, (id) => `${id}, 'x'`)};
      INSERT INTO sales VALUES ${numbered(900, (id) => `${id}, ${id + last - 900}`)};`;
    assert.deepEqual(await guessedIn(script(900)), ['sales→customers:customer_id=id']);
    assert.deepEqual(await guessedIn(script(1_000)), []);
  });

  it('is one for all columns of a key', async () =>
    assert.deepEqual(
      await guessedIn(`
        CREATE TABLE regions (country TEXT, region TEXT, PRIMARY KEY (country, region));
        CREATE TABLE shops (id INTEGER PRIMARY KEY, country TEXT, region TEXT);
        INSERT INTO regions VALUES ('no', 'a'), ('no', 'b'), ('dk', 'c');
        INSERT INTO shops VALUES (1, 'no', 'a'), (2, 'dk', 'c'), (3, 'no', 'b');`),
      ['shops→regions:country=country,region=region'],
    ));

  it('is none where columns of a key hold together what the key does not', async () =>
    assert.deepEqual(
      await guessedIn(`
        CREATE TABLE regions (country TEXT, region TEXT, PRIMARY KEY (country, region));
        CREATE TABLE shops (id INTEGER PRIMARY KEY, country TEXT, region TEXT);
        INSERT INTO regions VALUES ('no', 'a'), ('no', 'b'), ('dk', 'c');
        INSERT INTO shops VALUES (1, 'no', 'c'), (2, 'dk', 'a'), (3, 'no', 'b');`),
      [],
    ));

  it('may lead to its own table, go round, or name what its row is to the other', async () =>
    assert.deepEqual(
      (
        await guessedIn(`
          CREATE TABLE teams (id INTEGER PRIMARY KEY, parent_id INTEGER, best_game_id INTEGER);
          CREATE TABLE games (id INTEGER PRIMARY KEY, home_team_id INTEGER, away_team_id INTEGER);
          INSERT INTO teams VALUES (1, NULL, 1), (2, 1, 2), (3, 1, 1);
          INSERT INTO games VALUES (1, 1, 2), (2, 2, 3), (3, 3, 1);`)
      ).sort(),
      [
        'games→teams:away_team_id=id',
        'games→teams:home_team_id=id',
        'teams→games:best_game_id=id',
        'teams→teams:parent_id=id',
      ],
    ));

  it('is none where several tables may be meant', async () => {
    const guessed = await guessedIn(`
      CREATE TABLE old_items (item_code TEXT PRIMARY KEY);
      CREATE TABLE items_of_now (item_code TEXT PRIMARY KEY);
      CREATE TABLE sales (id INTEGER PRIMARY KEY, item_code TEXT);
      INSERT INTO old_items VALUES ('a'), ('b');
      INSERT INTO items_of_now VALUES ('a'), ('b');
      INSERT INTO sales VALUES (1, 'a'), (2, 'b');`);
    assert.ok(!guessed.some((join) => join.startsWith('sales')), guessed.join(' '));
  });

  it('is told in the checks of each pair that walks it, and of no other', () =>
    over(`${SHOP}${sales((id) => (id % 40) + 1)}`, async (database) => {
      const { pairs, joinsCovered } = await explore(database, await catalogIn(database), { pairs: 80, seed: 1 }, never);
      assert.equal(joinsCovered, 1);
      for (const { sql, checks } of pairs) {
        const walks = sql.includes('customers') && sql.includes('customer_id') && /JOIN|IN \(/.test(sql);
        assert.equal(checks.includes(GUESSED_JOIN), walks, sql);
      }
      assert.ok(pairs.some(({ checks }) => checks.includes(GUESSED_JOIN)));
    }));
});
