import assert from 'node:assert/strict';
import mysql from 'mysql2/promise';
import { describe, inject, it } from 'vitest';
import { decode } from '#adapters/database/mysql/read-rows.ts';
import { START_MARIADB, startScratchMariadb } from '#adapters/database/mysql/scratch.ts';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { COST_BUDGET } from '#src/domain/cost.ts';
import { ANSWER_LIMITS, ANYWAY_LIMITS } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { databaseContract } from '#test/contracts/database.ts';
import { shopOnMariadb } from '#test/support/shop.ts';
import { endsOnServer } from './ends-on-server.ts';
import { openAt } from './open-at.ts';

const never = new AbortController().signal;
const url = inject('mariadbUrl');
const crossed = (name: string, times: number) =>
  Array.from({ length: times }, (_, at) => `customer ${name}${at}`).join(', ');

const ENDLESS = `SELECT SUM((SELECT COUNT(*) FROM ${crossed('d', 14)} WHERE d0.id <> c0.id)) FROM ${crossed('c', 14)}`;

describe.skipIf(!url)(url ? 'MariaDB' : `MariaDB (skipped: none here; ${START_MARIADB})`, () => {
  databaseContract({
    name: 'MariaDB',
    open: async () => openAt(await shopOnMariadb()),
    // Each of the two joins stays below the session's limit of rows; one inside the other does not end.
    endless: ENDLESS,
    longCell: "SELECT LPAD('x', 200000, 'y') AS cell",
    manyRows: `SELECT c0.id * 100000 + c1.id AS i FROM ${crossed('c', 8)} LIMIT 5000`,
    quote: '`',
  });

  it('ends on the server what is stopped', async () => {
    const address = await shopOnMariadb();
    const { hostname, port, username, password } = new URL(url);
    const admin = await mysql.createConnection({ host: hostname, port: Number(port), user: username, password });
    const active = "SELECT id FROM information_schema.processlist WHERE user = ? AND command = 'Query'";
    const busy = async () => {
      const [rows] = await admin.query(active, [new URL(address).username]);
      return (rows as unknown[]).length;
    };
    const database = await openAt(address);
    await endsOnServer(database, ENDLESS, busy);
    await database.close();
    await admin.end();
  });

  it('that a form named is not connected to on this machine', async () => {
    const parsed = parseDatabaseUrl(await shopOnMariadb());
    assert.ok(parsed.ok);
    const opened = await openDatabase({ id: 'shop', url: parsed.value.url, fromForm: true }, {});
    assert.ok(opened.ok);
    const pinged = await opened.value.ping(never);
    await opened.value.close();
    assert.ok(!pinged.ok && pinged.failure.kind === 'address-refused', JSON.stringify(pinged));
  });

  it('says what it holds in one order, since a catalog that is stored is told from a new one by its text', async () => {
    const database = await openAt(await shopOnMariadb(), 'shop', 'What is sold');
    const catalog = await database.catalog({}, never);
    assert.ok(catalog.ok);
    const keys = Object.keys(catalog.value).filter(
      (key) => !['caseSensitive', 'namedTimeZones', 'ownCode'].includes(key),
    );
    const about = ['databaseId', 'engine', 'serverVersion', 'schemaName', 'description'];
    assert.deepEqual(keys, [...about, 'tables', 'warnings']);
    await database.close();
  });

  it('gives up a statement that does not look up while it runs, and answers the next', async () => {
    const database = await openAt(await shopOnMariadb());
    const scope = await scopeOf(database);
    const deaf = `SELECT SUM(LENGTH(REPLACE(LPAD(c0.name, 100000, c1.name), 'a', 'b'))) FROM ${crossed('c', 14)}`;
    const judged = await judge(deaf, 'mariadb', scope);
    assert.ok(judged.ok);
    const ran = await database.run(judged.value, { ...ANYWAY_LIMITS, timeoutMs: 300 }, never);
    assert.equal(ran.ok ? '' : ran.failure.kind, 'query-timed-out');
    const next = await judge('SELECT COUNT(*) FROM customer', 'mariadb', scope);
    assert.ok(next.ok && (await database.run(next.value, ANSWER_LIMITS, never)).ok);
    await database.close();
  });

  it.each([
    ['a text that was cut', `SELECT GROUP_CONCAT(LPAD(c0.name, 100000, 'x')) FROM ${crossed('c', 3)}`],
    [
      'a recursion that was ended',
      'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT COUNT(*) FROM n',
    ],
  ])('never takes %s for an answer, though the server says that all is well', async (_, text) => {
    const database = await openAt(await shopOnMariadb());
    const judged = await judge(text, 'mariadb', await scopeOf(database));
    assert.ok(judged.ok, JSON.stringify(judged));
    const ran = await database.run(judged.value, ANYWAY_LIMITS, never);
    assert.equal(ran.ok ? 'ran' : ran.failure.kind, 'query-incomplete');
    await database.close();
  });

  it('reads instants in UTC, whatever zone the server is set to', async () => {
    const filled = "SET time_zone = '+00:00'; INSERT INTO seen VALUES ('2026-10-25 22:30:00')";
    const address = await shopOnMariadb(`CREATE TABLE seen (at TIMESTAMP); ${filled}`);
    const { hostname, port, username, password } = new URL(url);
    const admin = await mysql.createConnection({ host: hostname, port: Number(port), user: username, password });
    await admin.query("SET GLOBAL time_zone = '+05:00'"); // which connections from now on begin with
    const database = await openAt(address);
    try {
      const judged = await judge('SELECT at, DATE(at) FROM seen', 'mariadb', await scopeOf(database));
      assert.ok(judged.ok);
      const ran = await database.run(judged.value, ANSWER_LIMITS, never);
      assert.deepEqual(ran.ok && ran.value.rows, [['2026-10-25T22:30:00', '2026-10-25']]);
    } finally {
      await admin.query('SET GLOBAL time_zone = SYSTEM');
      await admin.end();
      await database.close();
    }
  });

  it.each([
    ['a quote', `'say "hi"'`],
    ['a tab and a bell', "'a\\tb\\bc'"],
    ['line breaks', "'a\\r\\nb\nc'"],
    ['backslashes', "'C:\\\\new\\\\\\''"],
    ['all there is', `'\\0\\Z\\%\\_\\x"\\"'`],
  ])('runs a condition with %s in a text, which EXPLAIN writes as it is', async (_, text) => {
    const database = await openAt(await shopOnMariadb());
    const sql = `SELECT id, ${text} AS t FROM customer WHERE name <> ${text} HAVING t <> 'x' ORDER BY concat(name, ${text})`;
    const judged = await judge(sql, 'mariadb', await scopeOf(database));
    assert.ok(judged.ok, JSON.stringify(judged));
    const ran = await database.run(judged.value, ANSWER_LIMITS, never);
    assert.equal(ran.ok ? ran.value.rows.length : ran.failure.kind, 3);
    await database.close();
  });

  it('costs a statement by its plan, not by a text in it that looks like one', async () => {
    const database = await openAt(await shopOnMariadb());
    const scope = await scopeOf(database);
    // Each condition holds what, unquoted, would be a count of rows behind the real one.
    const texts = Array.from({ length: 9 }, (_, at) => `c${at}.name <> 'x", "rows": 1, "y": "'`).join(' AND ');
    const judged = await judge(`SELECT count(*) FROM ${crossed('c', 9)} WHERE ${texts}`, 'mariadb', scope);
    assert.ok(judged.ok, JSON.stringify(judged));
    const budget = { ...COST_BUDGET, maxRowsRead: 10_000 };
    const ran = await database.run(judged.value, { ...ANSWER_LIMITS, budget }, never);
    assert.equal(ran.ok ? 'ran' : ran.failure.kind, 'query-too-costly');
    await database.close();
  });

  it('reads a text as the gate read it, and runs what its owner’s modes allow, whatever the server’s own modes are', async () => {
    const server = await startScratchMariadb();
    assert.ok(server);
    const owner = await mysql.createConnection({ uri: server.url('').replace('mariadb:', 'mysql:') });
    for (const sql of [
      'CREATE DATABASE shop',
      'CREATE TABLE shop.visit (id INT, city VARCHAR(20), who VARCHAR(20))',
      "INSERT INTO shop.visit VALUES (1, 'Oslo', 'Ada'), (2, 'Oslo', 'Bo')",
      'CREATE VIEW shop.by_city AS SELECT city, who, count(*) AS visits FROM shop.visit GROUP BY city',
      "SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT,ONLY_FULL_GROUP_BY'",
    ])
      await owner.query(sql);
    const database = await openAt(server.url('shop'));
    const scope = await scopeOf(database);
    const rows = async (sql: string) => {
      const judged = await judge(sql, 'mariadb', scope);
      assert.ok(judged.ok, JSON.stringify(judged));
      const ran = await database.run(judged.value, ANSWER_LIMITS, never);
      assert.ok(ran.ok, JSON.stringify(ran));
      return ran.value.rows;
    };
    // Without escapes the text would end at its second quote, and a second arm would follow.
    assert.deepEqual(await rows("SELECT 'a\\' UNION SELECT who FROM visit -- '"), [
      ["a' UNION SELECT who FROM visit -- "],
    ]);
    assert.deepEqual(await rows('SELECT "who", 0 || 1'), [['who', 1]]);
    assert.deepEqual(await rows('SELECT count (*) FROM visit'), [[2]]);
    assert.deepEqual(await rows('SELECT city, visits FROM by_city'), [['Oslo', 2]]);
    assert.deepEqual(await rows('SELECT city, who, count(*) FROM visit GROUP BY city'), [['Oslo', 'Ada', 2]]);
    await database.close();
    await owner.end();
    await server.stop();
  }, 60_000);

  it('says a wrong password is one', async () => {
    const address = new URL(await shopOnMariadb());
    address.password = 'other';
    const database = await openAt(address.toString());
    const pinged = await database.ping(never);
    assert.equal(pinged.ok ? '' : pinged.failure.kind, 'wrong-credentials');
    await database.close();
  });
});

async function scopeOf(database: Database) {
  const catalog = await database.catalog({}, never);
  assert.ok(catalog.ok);
  return wholeCatalog(catalog.value);
}

it('a row of more cells than columns is an error, never a value that is left out', () => {
  assert.throws(() => decode([Buffer.from('1')], [], ANSWER_LIMITS), /more cells than columns/);
});
