import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { askedTimes } from '#src/pipeline/support/asked-times.ts';
import { timeCaveats } from '#src/pipeline/support/time-caveats.ts';
import { plan } from '#src/planner/plan.ts';
import { questionBlock } from '#src/prompts/question-block.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const OSLO = { today: '2026-10-25', timeZone: 'Europe/Oslo' };

/** Orders with an instant, a timestamp without zone and a date, as each engine's catalog tells them. */
function ordersOn(engine: Engine, more: Partial<DatabaseCatalog> = {}): DatabaseCatalog {
  const made = bareCatalog('shop', ['orders: id, placed_at, noted_at, due_on']);
  const types: Readonly<Record<string, string>> = {
    placed_at: engine === 'postgres' ? 'timestamp with time zone' : 'timestamp',
    noted_at: engine === 'postgres' ? 'timestamp without time zone' : 'datetime',
    due_on: 'date',
  };
  const tables = made.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      type: types[column.name] ?? 'integer',
      kind: column.name.endsWith('_at')
        ? ('timestamp' as const)
        : column.name === 'due_on'
          ? ('date' as const)
          : ('number' as const),
      values: engine === 'sqlite' && column.name === 'placed_at' ? ['2026-10-01T10:00:00+02:00'] : [],
    })),
  }));
  return { ...made, engine, tables, ...more };
}

const NAMED = 'Times are read in Europe/Oslo; the database keeps UTC.';
const UTC_DAYS = 'The days of placed_at are those of UTC here, not of Europe/Oslo.';

describe('the zone of an answer', () => {
  it.each<[Engine, string, readonly string[]]>([
    ['postgres', "SELECT id FROM orders WHERE placed_at >= TIMESTAMPTZ '2026-10-25 00:00:00+02:00'", [NAMED]],
    ['postgres', "SELECT DATE_TRUNC('month', placed_at AT TIME ZONE 'Europe/Oslo') FROM orders", [NAMED]],
    ['mariadb', "SELECT id FROM orders WHERE placed_at < TIMESTAMP '2026-10-24 22:00:00'", [NAMED]],
    ['sqlite', "SELECT id FROM orders WHERE DATETIME(placed_at) < '2026-10-24 22:00:00'", [NAMED]],
    ['postgres', "SELECT id FROM orders WHERE placed_at >= DATE '2026-10-25'", [UTC_DAYS]],
    ['postgres', "SELECT id FROM orders WHERE placed_at BETWEEN '2026-10-25' AND '2026-10-26'", [UTC_DAYS]],
    ['postgres', "SELECT DATE_TRUNC('month', o.placed_at) FROM orders AS o", [UTC_DAYS]],
    ['postgres', 'SELECT placed_at::date FROM orders', [UTC_DAYS]],
    ['mariadb', 'SELECT MONTH(placed_at) FROM orders', [UTC_DAYS]],
    ['sqlite', "SELECT STRFTIME('%Y-%m', placed_at) FROM orders", [UTC_DAYS]],
    ['postgres', "SELECT id FROM orders WHERE noted_at >= '2026-10-25' AND due_on < DATE '2026-11-01'", []],
    ['postgres', 'SELECT MAX(placed_at) FROM orders', []],
    ['postgres', 'SELECT EXTRACT(EPOCH FROM placed_at) FROM orders', []],
  ])('%s: is told by the statement that ran: %s', (engine, sql, caveats) => {
    assert.deepEqual(timeCaveats(sql, ordersOn(engine), OSLO, false), caveats);
    assert.deepEqual(timeCaveats(sql, ordersOn(engine), { today: '2026-10-25', timeZone: 'UTC' }, true), []);
    assert.deepEqual(timeCaveats(sql, ordersOn(engine), { today: '2026-10-25' }, true), []);
  });

  it('comes with its today where the question counts from it', () => {
    const catalog = ordersOn('postgres');
    const sql = "SELECT id FROM orders WHERE placed_at >= TIMESTAMPTZ '2026-10-25 00:00:00+02:00'";
    assert.deepEqual(timeCaveats(sql, catalog, OSLO, true), [
      'Times are read in Europe/Oslo, where today is 2026-10-25; the database keeps UTC.',
    ]);
    assert.deepEqual(timeCaveats("SELECT id FROM orders WHERE due_on >= DATE '2026-10-25'", catalog, OSLO, true), [
      'Days are counted in Europe/Oslo, where today is 2026-10-25.',
    ]);
  });

  it('says nothing of a day that begins there when it begins in UTC', () => {
    const london = { today: '2026-01-10', timeZone: 'Europe/London' };
    const from = (day: string) => `SELECT id FROM orders WHERE placed_at >= DATE '${day}'`;
    const catalog = ordersOn('postgres');
    assert.doesNotMatch(timeCaveats(from('2026-01-01'), catalog, london, false).join(), /those of UTC/);
    assert.match(
      timeCaveats(from('2026-07-01'), catalog, london, false).join(),
      /those of UTC here, not of Europe\/London/,
    );
  });

  it.each<Engine>(['postgres', 'mariadb', 'sqlite'])(
    '%s: is named for what the planner wrote of a month of instants',
    (engine) => {
      const catalog = ordersOn(engine);
      const planned = plan({ question: 'How many orders this month?', catalog, ranked: [], ...OSLO });
      assert.ok(planned.kind === 'planned');
      assert.deepEqual(timeCaveats(planned.sql, catalog, OSLO, true), [
        'Times are read in Europe/Oslo, where today is 2026-10-25; the database keeps UTC.',
      ]);
    },
  );
});

describe('what a prompt says of time', () => {
  const block = (catalog: DatabaseCatalog, calendar: { today: string; timeZone?: string }) => {
    const text = 'How many orders last month?';
    const asked = { text, hint: '', engine: catalog.engine, ...calendar, values: [], earlier: [] };
    return questionBlock('…', { ...asked, ...askedTimes(text, calendar, { catalog, tables: catalog.tables }) })
      .split('\n')
      .slice(3);
  };
  const QUESTION = 'Question: How many orders last month?';

  it('is the day in the asker’s zone, the zone, and how instants are read there', () => {
    assert.deepEqual(block(ordersOn('postgres'), OSLO), [
      'Today is 2026-10-25 in Europe/Oslo. "last month" = from 2026-09-01, before 2026-10-01.',
      `Instants, kept in UTC: orders.placed_at; the question is asked in Europe/Oslo: their days and months are those of (column AT TIME ZONE 'Europe/Oslo'); "last month" of them = from 2026-09-01 00:00:00+02:00, before 2026-10-01 00:00:00+02:00.`,
      QUESTION,
    ]);
    assert.deepEqual(
      block(ordersOn('mariadb', { namedTimeZones: true }), OSLO).at(1),
      `Instants, kept in UTC: orders.placed_at; the question is asked in Europe/Oslo: their days and months are those of CONVERT_TZ(column, '+00:00', 'Europe/Oslo'); "last month" of them = from 2026-08-31 22:00:00, before 2026-09-30 22:00:00.`,
    );
  });

  it('is the day alone where the zone is the database’s', () => {
    for (const calendar of [{ today: '2026-10-25' }, { today: '2026-10-25', timeZone: 'Etc/UTC' }])
      assert.deepEqual(block(ordersOn('postgres'), calendar), [
        'Today is 2026-10-25. "last month" = from 2026-09-01, before 2026-10-01.',
        QUESTION,
      ]);
  });

  it('is not the last of some', () => {
    const catalog = ordersOn('postgres');
    const datesOf = (text: string) => askedTimes(text, OSLO, { catalog, tables: catalog.tables }).dates.length;
    assert.deepEqual(['First year and last year of each', 'Orders of last year'].map(datesOf), [0, 1]);
  });

  it('names a fiscal year', () => {
    const catalog = ordersOn('postgres');
    const { dates } = askedTimes(
      'Orders of FY2026',
      { ...OSLO, fiscalYearStart: 4 },
      { catalog, tables: catalog.tables },
    );
    assert.deepEqual(dates, ['"of fy2026" = fiscal year 2026, from 2025-04-01, before 2026-04-01']);
  });
});
