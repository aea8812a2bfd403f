import assert from 'node:assert/strict';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { startScratchMariadb } from '#adapters/database/mysql/scratch.ts';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { type EmbeddedServer, startEmbeddedPostgres } from '#src/demo/embedded-postgres.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { Database } from '#src/ports/database.ts';
import { usageOf } from '#src/query-log/usage.ts';
import { shopFile, shopOnMariadb, shopOnPostgres } from '../../support/shop.ts';

const never = new AbortController().signal;

async function at<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const parsed = parseDatabaseUrl(url);
  assert.ok(parsed.ok);
  const { name, url: plain, password } = parsed.value;
  const opened = await openDatabase({ id: name, url: plain, ...(password ? { secret: `plain:${password}` } : {}) }, {});
  assert.ok(opened.ok);
  try {
    return await work(opened.value);
  } finally {
    await opened.value.close();
  }
}

const noLogAt = (url: string) =>
  at(url, async (database) => {
    const logged = await database.loggedStatements();
    assert.ok(!logged.ok, 'there is a log');
    return sayFailure(logged.failure);
  });

const SHOP = `
  CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(90));
  CREATE TABLE sale (id INTEGER PRIMARY KEY, customer_id INTEGER, channel VARCHAR(90));`;
const ASKED =
  "SELECT COUNT(*) FROM sale JOIN customer ON customer_id = customer.id WHERE channel = 'web' AND email = 'canary@example.org'";

/** What a log says of the shop: the most frequent join with its calls, and nothing of any literal. */
async function readsTheLog(database: Database): Promise<void> {
  const [catalog, logged] = [await database.catalog({}, never), await database.loggedStatements()];
  assert.ok(catalog.ok && logged.ok, JSON.stringify(logged));
  assert.ok(!JSON.stringify(logged.value).includes('canary'));
  const [most] = usageOf(logged.value, catalog.value).queries.filter(({ matches }) => matches.length);
  assert.equal(most?.calls, 7);
  assert.deepEqual(
    most.matches.map((pair) => pair.map(({ table, column }) => `${table.name}.${column.name}`)),
    [['sale.customer_id', 'customer.id']],
  );
  assert.deepEqual(
    most.filters.map(({ column, kind }) => [column.column.name, kind]),
    [
      ['channel', 'equality'],
      ['email', 'equality'],
    ],
  );
}

describe('statements that PostgreSQL counted', () => {
  let server: EmbeddedServer;
  const url = (role: string) => `postgres://${role}:reader@127.0.0.1:${server.port}/shop`;

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ shared_preload_libraries: 'pg_stat_statements' });
    await server.createDatabase('shop');
    await server.execute(
      'shop',
      `${SHOP} CREATE SCHEMA stats; CREATE EXTENSION pg_stat_statements SCHEMA stats; GRANT USAGE ON SCHEMA stats TO PUBLIC;
       CREATE ROLE reader LOGIN PASSWORD 'reader'; CREATE ROLE blind LOGIN PASSWORD 'reader'; GRANT pg_read_all_stats TO reader;
       GRANT SELECT ON customer, sale TO reader, blind;`,
    );
    const admin = new pg.Client(server.url('shop'));
    await admin.connect();
    for (let times = 0; times < 7; times += 1) await admin.query(ASKED);
    await admin.end();
  });
  afterAll(() => server.stop());

  it('are those of others, with how often they ran', () => at(url('reader'), readsTheLog));

  it('are not those of the role itself', () =>
    at(url('reader'), async (database) => {
      const logged = await database.loggedStatements();
      assert.ok(logged.ok && logged.value.every(({ text }) => !text.includes('pg_extension')));
    }));

  it('are told to be hidden where the role may not see those of others', async () =>
    assert.match(
      await noLogAt(url('blind')),
      /the role may not see what others ran\. GRANT pg_read_all_stats to it\./,
    ));

  it('are told how to be had where the extension is not there, and where its library is not loaded', async () => {
    const says = /Add it to shared_preload_libraries, restart the server and run CREATE EXTENSION/;
    assert.match(await noLogAt(await shopOnPostgres()), says);
    assert.match(await noLogAt(await shopOnPostgres(';CREATE EXTENSION pg_stat_statements;')), says);
  });
});

describe.skipIf(!inject('mariadbUrl'))('statements that MariaDB counted', () => {
  let server: Awaited<ReturnType<typeof startScratchMariadb>>;
  const url = (role: string) => server!.url('shop').replace('root@', `${role}:reader@`);

  beforeAll(async () => {
    server = await startScratchMariadb(['--performance-schema=ON']);
    assert.ok(server);
    const admin = await mysql.createConnection({
      uri: server.url('').replace('mariadb:', 'mysql:'),
      multipleStatements: true,
    });
    await admin.query(`CREATE DATABASE shop; USE shop; ${SHOP}
      CREATE USER reader IDENTIFIED BY 'reader'; GRANT SELECT ON shop.* TO reader;
      GRANT SELECT ON performance_schema.events_statements_summary_by_digest TO reader;
      CREATE USER blind IDENTIFIED BY 'reader'; GRANT SELECT ON shop.* TO blind;`);
    for (let times = 0; times < 7; times += 1) await admin.query(ASKED);
    await admin.end();
  }, 60_000);
  afterAll(() => server?.stop());

  it('are read with how often they ran', () => at(url('reader'), readsTheLog));

  it('are told to be closed to a user who may not read them', async () =>
    assert.match(
      await noLogAt(url('blind')),
      /GRANT SELECT ON performance_schema\.events_statements_summary_by_digest/,
    ));

  it('are told how to be had where performance_schema is off', async () =>
    assert.match(await noLogAt(await shopOnMariadb()), /performance_schema is off\. Set performance_schema=ON/));
});

it('a SQLite file keeps no log', async () => {
  const database = openSqlite({ id: 'shop', file: shopFile() });
  const logged = await database.loggedStatements();
  assert.ok(!logged.ok && logged.failure.kind === 'no-query-log' && logged.failure.why === 'none-kept');
  await database.close();
});
