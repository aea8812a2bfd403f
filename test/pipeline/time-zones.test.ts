import assert from 'node:assert/strict';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { START_MARIADB } from '#adapters/database/mysql/scratch.ts';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { explain } from '#src/edl/explain.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { plan } from '#src/planner/plan.ts';
import type { Database } from '#src/ports/database.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { shopFile, shopOnMariadb, shopOnPostgres } from '#test/support/shop.ts';

const never = new AbortController().signal;

/** What a question means in a zone, written down by hand: from the first instant on, before the second. */
const PERIODS: readonly (readonly [zone: string, today: string, period: string, from: string, to: string])[] = [
  ['Europe/Oslo', '2026-10-25', 'today', '2026-10-24 22:00:00', '2026-10-25 23:00:00'], // the day of 25 hours
  ['Europe/Oslo', '2026-03-29', 'today', '2026-03-28 23:00:00', '2026-03-29 22:00:00'], // and that of 23
  ['Europe/Oslo', '2026-10-26', 'yesterday', '2026-10-24 22:00:00', '2026-10-25 23:00:00'],
  ['Europe/Oslo', '2026-11-01', 'last month', '2026-09-30 22:00:00', '2026-10-31 23:00:00'],
  ['Europe/Oslo', '2026-03-29', 'this week', '2026-03-22 23:00:00', '2026-03-29 22:00:00'],
  ['Europe/Oslo', '2026-03-29', 'on 2026-03-29', '2026-03-28 23:00:00', '2026-03-29 22:00:00'],
  ['Pacific/Auckland', '2026-04-05', 'today', '2026-04-04 11:00:00', '2026-04-05 12:00:00'],
  ['Pacific/Auckland', '2026-09-28', 'yesterday', '2026-09-26 12:00:00', '2026-09-27 11:00:00'],
  ['Pacific/Auckland', '2026-01-01', 'last year', '2024-12-31 11:00:00', '2025-12-31 11:00:00'],
  ['Pacific/Auckland', '2028-03-01', 'yesterday', '2028-02-28 11:00:00', '2028-02-29 11:00:00'],
  ['America/Los_Angeles', '2026-11-01', 'today', '2026-11-01 07:00:00', '2026-11-02 08:00:00'],
  ['America/Los_Angeles', '2026-03-09', 'yesterday', '2026-03-08 08:00:00', '2026-03-09 07:00:00'],
  ['America/Los_Angeles', '2028-03-01', 'yesterday', '2028-02-29 08:00:00', '2028-03-01 08:00:00'],
  ['America/Los_Angeles', '2026-03-01', 'last month', '2026-02-01 08:00:00', '2026-03-01 08:00:00'],
  ['UTC', '2026-10-25', 'today', '2026-10-25 00:00:00', '2026-10-26 00:00:00'],
];

const DAY_MS = 86_400_000;
const read = (utc: string) => Date.parse(`${utc.replace(' ', 'T')}Z`);
/** The seconds at both ends of every period, and those beside them. */
const INSTANTS = [...new Set(PERIODS.flatMap(([, , , from, to]) => [from, to]).map(read))]
  .flatMap((instant) => [instant - 1_000, instant])
  .sort((a, b) => a - b);
const utc = (instant: number) => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');

/** The same instants on each engine; SQLite holds them with offsets that change from row to row, as texts do. */
const offset = (instant: number, at: number) => {
  const hours = [0, 2, -8, 13][at % 4]!;
  const shown = new Date(instant + hours * 3_600_000).toISOString().slice(0, 19);
  return hours ? `${shown}${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00` : `${shown}Z`;
};
const rowsOf = (write: (instant: number, at: number) => string) =>
  INSTANTS.map(
    (instant, at) => `(${at + 1}, '${write(instant, at)}', '${utc(instant)}', '${utc(instant).slice(0, 10)}')`,
  ).join(', ');
const columns = (instant: string, naive: string) =>
  `CREATE TABLE visits (id INTEGER PRIMARY KEY, seen_at ${instant});
   CREATE TABLE readings (id INTEGER PRIMARY KEY, seen_at ${instant}, noted_at ${naive}, noted_on DATE);
   CREATE TABLE notes (id INTEGER PRIMARY KEY, noted_at ${naive});
   CREATE TABLE bills (id INTEGER PRIMARY KEY, due_on DATE);`;
const FILL = `INSERT INTO visits SELECT id, seen_at FROM readings; INSERT INTO notes SELECT id, noted_at FROM readings;
   INSERT INTO bills SELECT id, noted_on FROM readings; DROP TABLE readings;`;

/** What a company may have set: our sessions keep to UTC all the same. */
const ELSEWHERE = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''America/New_York''', current_database()); END $$;`;

const ENGINES = {
  SQLite: async () =>
    `sqlite:${shopFile(`${columns('TEXT', 'TEXT')} INSERT INTO readings VALUES ${rowsOf(offset)}; ${FILL}`)}`,
  PostgreSQL: async () =>
    shopOnPostgres(
      `${ELSEWHERE} ${columns('TIMESTAMPTZ', 'TIMESTAMP')} SET timezone = 'UTC'; INSERT INTO readings VALUES ${rowsOf(utc)}; ${FILL}`,
    ),
  MariaDB: async () =>
    shopOnMariadb(
      `SET time_zone = '+00:00'; ${columns('TIMESTAMP NULL', 'DATETIME')} INSERT INTO readings VALUES ${rowsOf(utc)}; ${FILL}`,
    ),
} as const;

describe.each(Object.keys(ENGINES) as (keyof typeof ENGINES)[])('periods on %s', (engine) => {
  const absent = engine === 'MariaDB' && !inject('mariadbUrl');
  let database: Database;
  let catalog: DatabaseCatalog;
  beforeAll(async () => {
    if (absent) return;
    const parsed = parseDatabaseUrl(await ENGINES[engine]());
    assert.ok(parsed.ok);
    const { url, password } = parsed.value;
    const opened = await openDatabase({ id: 'shop', url, ...(password ? { secret: `plain:${password}` } : {}) }, {});
    assert.ok(opened.ok);
    database = opened.value;
    const extracted = await database.catalog({}, never);
    assert.ok(extracted.ok);
    catalog = extracted.value;
  });
  afterAll(() => database?.close());

  async function ask(question: string, calendar: Calendar, over: DatabaseCatalog = catalog) {
    const planned = plan({ question, catalog: over, ranked: [], ...calendar });
    assert.equal(planned.kind, 'planned', JSON.stringify(planned));
    const sql = planned.kind === 'planned' ? planned.sql : '';
    const judged = await judge(sql, catalog.engine, wholeCatalog(catalog));
    assert.ok(judged.ok, `${sql}: ${JSON.stringify(judged)}`);
    const ran = await database.run(judged.value, ANSWER_LIMITS, never);
    assert.ok(ran.ok, `${sql}: ${JSON.stringify(ran)}`);
    const explained = succeeded(explain(sql, catalog.engine, catalog));
    assert.deepEqual([explained.certificate.missing, explained.edl.steps.some((step) => step.verbatim)], [[], false]);
    return { sql, rows: ran.value.rows };
  }

  const because = absent ? ` (skipped: none here; ${START_MARIADB})` : '';
  it.skipIf(absent).each(PERIODS)(
    `of instants: in %s on %s, “%s” is from %s to %s of UTC${because}`,
    async (timeZone, today, period, from, to) => {
      const { sql, rows } = await ask(`ids of visits ${period}`, { today, timeZone });
      const expected = INSTANTS.flatMap((instant, at) => (instant >= read(from) && instant < read(to) ? [at + 1] : []));
      assert.ok(expected.length >= 2);
      assert.deepEqual(
        rows.map(([id]) => Number(id)).sort((a, b) => a - b),
        expected,
        sql,
      );
    },
  );

  it.skipIf(absent).each(['notes', 'bills'])(
    'of %s, which bear no zone, are compared as they are stored',
    async (table) => {
      const calendar = { today: '2026-10-25', timeZone: 'Europe/Oslo' };
      const { sql, rows } = await ask(`ids of ${table} today`, calendar);
      const midnight = read('2026-10-25 00:00:00');
      const expected = INSTANTS.flatMap((one, at) => (one >= midnight && one < midnight + DAY_MS ? [at + 1] : []));
      assert.deepEqual(
        rows.map(([id]) => Number(id)).sort((a, b) => a - b),
        expected,
        sql,
      );
      assert.equal((await ask(`ids of ${table} today`, { today: '2026-10-25' })).sql, sql);
    },
  );

  const OSLO = { today: '2026-11-01', timeZone: 'Europe/Oslo' };
  const monthsBy = (months: (instant: number) => string) =>
    [...Map.groupBy(INSTANTS, months)].map(([month, all]) => [month, all.length]).sort();
  const inUtc = monthsBy((instant) => utc(instant).slice(0, 7));
  // Oslo is an hour ahead, two from the last Sunday of March to that of October, 01:00 UTC.
  const inOslo = monthsBy((instant) => {
    const summers = [
      ['2024-03-31', '2024-10-27'],
      ['2025-03-30', '2025-10-26'],
      ['2026-03-29', '2026-10-25'],
    ] as const;
    const summer = summers.some(
      ([from, to]) => instant >= read(`${from} 01:00:00`) && instant < read(`${to} 01:00:00`),
    );
    return utc(instant + (summer ? 2 : 1) * 3_600_000).slice(0, 7);
  });
  const counted = (rows: readonly (readonly unknown[])[]) =>
    rows.map(([month, count]) => [String(month), Number(count)]).sort();

  if (engine === 'PostgreSQL')
    it('are grouped by the months of the asker’s zone', async () => {
      assert.notDeepEqual(inOslo, inUtc);
      assert.deepEqual(counted((await ask('visits per month', OSLO)).rows), inOslo);
      assert.deepEqual(counted((await ask('visits per month', { today: '2026-11-01' })).rows), inUtc);
    });
  else
    it.skipIf(absent)(`are grouped by the months of UTC where no zone is known${because}`, async () => {
      const { namedTimeZones: _, ...nameless } = catalog;
      assert.deepEqual(counted((await ask('visits per month', OSLO, nameless)).rows), inUtc);
    });

  if (engine === 'MariaDB')
    it.skipIf(absent)(`are grouped by the months of the asker’s zone where the server knows it${because}`, async () => {
      await teachOslo();
      const extracted = await database.catalog({}, never);
      assert.ok(extracted.ok && extracted.value.namedTimeZones);
      assert.deepEqual(counted((await ask('visits per month', OSLO, extracted.value)).rows), inOslo);
    });
});

/** Fills the tables that an admin fills with mariadb-tzinfo-to-sql, for one zone and the years of the test. */
async function teachOslo(): Promise<void> {
  const address = new URL(inject('mariadbUrl'));
  const admin = await mysql.createConnection({
    host: address.hostname,
    port: Number(address.port),
    user: address.username,
    password: address.password,
    database: 'mysql',
    multipleStatements: true,
  });
  const changes = ['2024-03-31', '2024-10-27', '2025-03-30', '2025-10-26', '2026-03-29', '2026-10-25', '2027-03-28'];
  const rows = changes.map((day, at) => `(@zone, ${read(`${day} 01:00:00`) / 1_000}, ${at % 2 === 0 ? 1 : 0})`);
  try {
    await admin.query(`DELETE FROM time_zone_name WHERE Name = 'Europe/Oslo';
      INSERT INTO time_zone (Use_leap_seconds) VALUES ('N'); SET @zone = LAST_INSERT_ID();
      INSERT INTO time_zone_name VALUES ('Europe/Oslo', @zone);
      INSERT INTO time_zone_transition_type VALUES (@zone, 0, 3600, 0, 'CET'), (@zone, 1, 7200, 1, 'CEST');
      INSERT INTO time_zone_transition VALUES (@zone, 0, 0), ${rows.join(', ')};`);
  } finally {
    await admin.end();
  }
}
