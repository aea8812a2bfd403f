import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { quoteTexts } from '#src/pipeline/support/mending/quoted-text.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const catalog = catalogOf(SHOP);

describe('texts in double quotes', () => {
  it.each([
    ['SELECT name FROM customers WHERE country = "Norway"', "SELECT name FROM customers WHERE country = 'Norway'"],
    [
      'SELECT name FROM customers WHERE name LIKE "%O\'Hara%"',
      "SELECT name FROM customers WHERE name LIKE '%O''Hara%'",
    ],
    [
      'SELECT count(*) FROM orders WHERE status IN ("paid", "sent") AND order_date BETWEEN "2026-01-01" AND "2026-02-01"',
      "SELECT count(*) FROM orders WHERE status IN ('paid', 'sent') AND order_date BETWEEN '2026-01-01' AND '2026-02-01'",
    ],
  ])('become texts: %s', (sql, mended) => {
    for (const engine of ['sqlite', 'postgres'] as const) assert.equal(quoteTexts(sql, engine, catalog)?.sql, mended);
  });

  it('are told as they were read', () => {
    const made = quoteTexts('SELECT name FROM customers WHERE country = "Norway"', 'sqlite', catalog);
    assert.deepEqual(made?.readAs, [{ written: 'Norway', read: "'Norway'" }]);
  });

  it.each([
    'SELECT name FROM customers WHERE "country" = \'Norway\'',
    'SELECT a.name FROM customers AS a WHERE a."Norway" = 1',
    'SELECT count(*) AS "total sold" FROM orders HAVING "total sold" > 3',
    'SELECT "Norway" FROM customers',
    'SELECT name FROM',
  ])('are left alone where they may be names: %s', (sql) => {
    assert.equal(quoteTexts(sql, 'postgres', catalog), undefined);
  });
});
