import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { wholeQuotients } from '#src/pipeline/support/mending/quotients.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE tickets (id INTEGER PRIMARY KEY, opened INTEGER, price REAL, status TEXT);
  INSERT INTO tickets VALUES (1, 2026, 9.5, 'open');`);

describe('a whole number by another', () => {
  it.each([
    ["COUNT(CASE WHEN t.status = 'open' THEN 1 END) * 100 / COUNT(*)"],
    ["SUM(CASE WHEN t.status = 'open' THEN 1 ELSE 0 END) / COUNT(*)"],
    ["SUM(t.status = 'open') * 100 / COUNT(*)"],
    ['SUM(t.opened) / COUNT(DISTINCT t.status)'],
    ['(SELECT COUNT(*) FROM tickets) * 100 / (SELECT MAX(id) FROM tickets)'],
  ])('keeps what is left over: %s', (written) => {
    for (const engine of ['sqlite', 'postgres'] as const)
      assert.equal(
        wholeQuotients(`SELECT ${written} FROM tickets AS t`, engine, catalog),
        `SELECT 1.0 * ${written} FROM tickets AS t`,
      );
  });

  it.each([
    ['MySQL does so itself', 'mysql', 'COUNT(*) / COUNT(t.status)'],
    ['decades', 'sqlite', 't.opened / 10 * 10'],
    ['a number with places', 'sqlite', 'SUM(t.price) / COUNT(*)'],
    ['a mean', 'sqlite', 'AVG(t.opened) / COUNT(*)'],
    ['one that was made such', 'sqlite', 'CAST(SUM(t.opened) AS REAL) / COUNT(*)'],
  ] as const)('is left alone: %s', (_, engine, written) => {
    assert.equal(wholeQuotients(`SELECT ${written} FROM tickets AS t`, engine, catalog), undefined);
  });
});
