import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { daysApart } from '#src/pipeline/support/mending/days-apart.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE tickets (id INTEGER PRIMARY KEY, opened_on DATE, closed_at TIMESTAMP, size INTEGER);
  INSERT INTO tickets VALUES (1, '2026-06-22', '2026-06-24 10:00:00', 3);`);

describe('a date that is taken from another', () => {
  it.each([
    ['sqlite', 'AVG(t.closed_at - t.opened_on)', 'AVG((JULIANDAY(t.closed_at) - JULIANDAY(t.opened_on)))'],
    ['sqlite', "MAX('2026-06-30' - t.opened_on)", "MAX((JULIANDAY('2026-06-30') - JULIANDAY(t.opened_on)))"],
    ['mysql', 'AVG(t.closed_at - t.opened_on)', 'AVG(DATEDIFF(t.closed_at, t.opened_on))'],
  ] as const)('is the days between them on %s: %s', (engine, written, said) => {
    assert.equal(daysApart(`SELECT ${written} FROM tickets AS t`, engine, catalog), `SELECT ${said} FROM tickets AS t`);
  });

  it.each([
    ['PostgreSQL, which does so itself', 'postgres', 't.closed_at - t.opened_on'],
    ['numbers', 'sqlite', 't.size - t.id'],
    ['a number of a date', 'sqlite', 't.opened_on - 1'],
    ['what is said rightly', 'sqlite', 'JULIANDAY(t.closed_at) - JULIANDAY(t.opened_on)'],
  ] as const)('is left alone: %s', (_, engine, written) => {
    assert.equal(daysApart(`SELECT ${written} FROM tickets AS t`, engine, catalog), undefined);
  });
});
