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
import { evidenceOf } from '#src/explore/read-seeds.ts';
import type { Database } from '#src/ports/database.ts';
import { usageOf } from '#src/query-log/usage.ts';
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

/** Names of what tells of a person, in several languages. */
const PERSONAL =
  'email phone mobile fax iban passport ssn surname birthday birthdate salary street zip password login nickname gender address token diagnosis vorname nachname strasse gehalt geburtsdatum telefon kennwort prénom adresse naissance courriel apellido correo teléfono dirección nacimiento cognome indirizzo cellulare achternaam geboortedatum wachtwoord sobrenome endereço nazwisko pesel etternavn 氏名 电话 фамилия'.split(
    ' ',
  );

describe('exploring a database by program', () => {
  it.each([
    ['SQLite', async () => openSqlite({ id: 'shop', file: shopFile() })],
    ['PostgreSQL', async () => at(await shopOnPostgres())],
    ...(inject('mariadbUrl') ? [['MariaDB', async () => at(await shopOnMariadb())] as const] : []),
  ] as const)('writes pairs that run and are explained whole on %s', async (_, open) => {
    const database = await open();
    const { pairs, rejected } = await exploreAll(database, 150);
    await database.close();
    assert.ok(pairs.length >= 100, `${pairs.length} pairs`);
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

  it('has no value of 200 personal columns in what it writes, whatever they are called', async () => {
    const names = PERSONAL.flatMap((name) => [name, `work_${name}`, `${name}_2`, `old ${name}`]).slice(0, 200);
    assert.equal(names.length, 200);
    const tables = Array.from({ length: 10 }, (_, at) => names.slice(20 * at, 20 * at + 20));
    const rows = (columns: readonly string[], at: number) =>
      Array.from({ length: 8 }, (_, id) => {
        const cells = columns.map((_name, column) => `'canary ${at} ${column} ${id % 3}'`);
        return `(${id}, ${cells.join(', ')}, 'city ${id % 3}')`;
      });
    const file = fileOf(
      tables
        .map(
          (columns, at) => `
            CREATE TABLE cards_${at} (id INTEGER PRIMARY KEY, ${columns.map((name) => `"${name}" TEXT`).join(', ')}, city TEXT);
            INSERT INTO cards_${at} VALUES ${rows(columns, at).join(', ')};`,
        )
        .join(''),
    );
    const database = openSqlite({ id: 'cards', file });
    const catalog = await database.catalog({}, never);
    assert.ok(catalog.ok);
    const asked = `SELECT city FROM cards_0 WHERE "email" = 'canary 0 0 0' AND city = 'canary of a file'`;
    const evidence = evidenceOf(usageOf([{ text: asked, calls: 900 }], catalog.value));
    const { pairs } = await explore(database, catalog.value, { pairs: 60, seed: 1, evidence }, never);
    await database.close();
    assert.ok(pairs.length > 20);
    const all = JSON.stringify(pairs);
    assert.ok(all.includes('city 2'));
    assert.ok(!all.includes('canary'));
    for (const { columns } of pairs) for (const one of columns) assert.match(one, /\.(?:id|city)$/);
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
      'codes of 40 characters and dates as text, without any key',
      `CREATE TABLE t (code TEXT, seen TEXT, n INTEGER); INSERT INTO t VALUES ${Array.from({ length: 9 }, (_, id) => `('${String(id).repeat(40)}', '2024-0${(id % 3) + 1}-05', ${id})`).join(', ')};`,
      10,
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

  it('ends where the schema becomes another meanwhile, with what there is by then', async () => {
    const file = fileOf(
      "CREATE TABLE t (a TEXT, n INTEGER, m INTEGER); INSERT INTO t VALUES ('x', 1, 2), ('y', 2, 3), ('z', 5, 9);",
    );
    const database = openSqlite({ id: 'small', file });
    const catalog = await database.catalog({}, never);
    assert.ok(catalog.ok);
    const onPair = (_: unknown, kept: number) => {
      if (kept !== 5) return;
      const other = new DatabaseSync(file);
      other.exec('ALTER TABLE t RENAME TO u');
      other.close();
    };
    const { pairs, schemaChanged } = await explore(database, catalog.value, { pairs: 60, seed: 1, onPair }, never);
    await database.close();
    assert.deepEqual([pairs.length, schemaChanged], [5, true]);
  });

  it('takes a share of 2,000 tables in the time that it has', async () => {
    const tables = Array.from(
      { length: 2_000 },
      (_, at) => `CREATE TABLE t${at} (id INTEGER PRIMARY KEY, kind TEXT, t${at + 1}_id INTEGER);`,
    );
    const file = fileOf(`BEGIN; ${tables.join(' ')} COMMIT;`);
    const database = openSqlite({ id: 'wide', file });
    const { pairs, rejected } = await exploreAll(database, 8);
    await database.close();
    assert.equal(pairs.length, 8);
    assert.ok(!rejected.some(({ stage }) => stage === 'error'));
  }, 120_000);

  it('ends where nothing of a database may be shown', async () => {
    const database = openSqlite({ id: 'small', file: fileOf('CREATE TABLE people (email TEXT)') });
    assert.deepEqual((await exploreAll(database, 5)).pairs, []);
    await database.close();
  });
});
