import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, inject, it } from 'vitest';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { ExploredRecord } from '#adapters/state/sqlite/explored.ts';
import { explore } from '#src/explore/explore.ts';
import type { Database } from '#src/ports/database.ts';
import { shopFile, shopOnMariadb, shopOnPostgres } from '../support/shop.ts';

const never = new AbortController().signal;

async function exploreAll(database: Database, pairs: number, seed = 1) {
  const catalog = await database.catalog({}, never);
  assert.ok(catalog.ok);
  return explore(database, catalog.value, { pairs, seed }, never);
}

async function at(url: string): Promise<Database> {
  const parsed = parseDatabaseUrl(url);
  assert.ok(parsed.ok);
  const { name, url: plain, password } = parsed.value;
  const opened = await openDatabase({ id: name, url: plain, ...(password ? { secret: `plain:${password}` } : {}) }, {});
  assert.ok(opened.ok);
  return opened.value;
}

const fileOf = (script: string) => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'small.sqlite');
  const database = new DatabaseSync(file);
  database.exec(script);
  database.close();
  return file;
};

describe('exploring a database by program', () => {
  it.each([
    ['SQLite', async () => openSqlite({ id: 'shop', file: shopFile() })],
    ['PostgreSQL', async () => at(await shopOnPostgres())],
    ...(inject('mariadbUrl') ? [['MariaDB', async () => at(await shopOnMariadb())] as const] : []),
  ] as const)('writes pairs that run and are explained whole on %s', async (_, open) => {
    const database = await open();
    const { pairs, rejected } = await exploreAll(database, 60);
    await database.close();
    assert.ok(pairs.length >= 40, `${pairs.length} pairs`);
    for (const pair of pairs) {
      assert.deepEqual(ExploredRecord.parse(pair), pair);
      assert.deepEqual(pair.checks, ['executed', 'explained whole', 'same again', 'literals', 'new']);
      assert.match(pair.edl, /^#1\. /);
    }
    const wrong = rejected.filter(({ stage }) => ['error', 'refused by the gate', 'not explained'].includes(stage));
    assert.deepEqual(wrong, []);
  });

  it('writes the same for the same seed, and other pairs for another', async () => {
    const file = shopFile();
    const [one, again, other] = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const database = openSqlite({ id: 'shop', file });
        const { pairs } = await exploreAll(database, 20, seed);
        await database.close();
        return pairs.map(({ sql, question }) => `${sql} ${question}`);
      }),
    );
    assert.deepEqual(one, again);
    assert.notDeepEqual(one, other);
  });

  it('has no value of a personal column in what it writes', async () => {
    const columns = ['email', 'phone', 'iban', 'surname', 'birthday'];
    const cells = columns.map((name, row) => `'canary-${name}-${row}'`);
    const file = fileOf(`
      CREATE TABLE clients (id INTEGER PRIMARY KEY, ${columns.join(' TEXT, ')} TEXT, city TEXT);
      ${Array.from({ length: 30 }, (_, id) => `INSERT INTO clients VALUES (${id}, ${cells.join(', ')}, 'city ${id % 5}');`).join('\n')}`);
    const database = openSqlite({ id: 'clients', file });
    const { pairs } = await exploreAll(database, 200);
    await database.close();
    assert.ok(pairs.length > 20);
    const all = JSON.stringify(pairs);
    assert.ok(all.includes('city 3'));
    for (const name of columns) assert.ok(!all.includes('canary') && !all.includes(`clients.${name}`), name);
  });

  it.each([
    ['one table without rows', 'CREATE TABLE t (a INTEGER, b TEXT)', 1],
    [
      'keys that go round',
      "PRAGMA foreign_keys = OFF; CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id), x TEXT); CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id)); INSERT INTO b VALUES (1, 1), (2, 1); INSERT INTO a VALUES (1, 1, 'm'), (2, 1, 'n');",
      10,
    ],
    [
      'a table that refers to itself',
      "CREATE TABLE staff_units (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES staff_units (id), title TEXT); INSERT INTO staff_units VALUES (1, NULL, 'north'), (2, 1, 'south'), (3, 1, 'east');",
      10,
    ],
    [
      'columns that hold nothing',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b REAL); INSERT INTO t (id) VALUES (1), (2);',
      1,
    ],
    [
      'names in another script',
      "CREATE TABLE 注文 (番号 INTEGER PRIMARY KEY, 状態 TEXT, 金額 REAL); INSERT INTO 注文 VALUES (1, '未払い', 5), (2, '完了', 9);",
      10,
    ],
  ] as const)('gives what there is of %s', async (_, script, least) => {
    const database = openSqlite({ id: 'small', file: fileOf(script) });
    const { pairs, rejected } = await exploreAll(database, 40);
    await database.close();
    assert.ok(pairs.length >= least, `${pairs.length} pairs`);
    assert.deepEqual(
      rejected.filter(({ stage }) => stage === 'error' || stage === 'refused by the gate'),
      [],
    );
  });

  it('ends where nothing of a database may be shown', async () => {
    const database = openSqlite({ id: 'small', file: fileOf('CREATE TABLE people (email TEXT)') });
    assert.deepEqual((await exploreAll(database, 5)).pairs, []);
    await database.close();
  });
});
