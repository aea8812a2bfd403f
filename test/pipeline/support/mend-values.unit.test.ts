import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { NamedValue } from '#src/domain/schema-slice.ts';
import { mendValues } from '#src/pipeline/support/mend/mend-values.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const catalog = catalogOf(SHOP);
const mend = (sql: string, values: readonly NamedValue[] = [], isEmpty = true, of: DatabaseCatalog = catalog) =>
  mendValues(sql, 'sqlite', { catalog: of, values }, isEmpty);

describe('values that are not stored', () => {
  it.each([
    ['by case', "SELECT 1 FROM customers WHERE country = 'norway'", "SELECT 1 FROM customers WHERE country = 'Norway'"],
    [
      'by spelling',
      "SELECT 1 FROM customers AS c WHERE 'Norwey' = c.country",
      "SELECT 1 FROM customers AS c WHERE 'Norway' = c.country",
    ],
    [
      'in a list',
      "SELECT 1 FROM orders WHERE status IN ('Shipped', 'placed')",
      "SELECT 1 FROM orders WHERE status IN ('shipped', 'placed')",
    ],
    ['in double quotes', 'SELECT 1 FROM products WHERE color = "Red"', "SELECT 1 FROM products WHERE color = 'red'"],
    [
      'in a subquery',
      "SELECT 1 FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE country = 'CHILE')",
      "SELECT 1 FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE country = 'Chile')",
    ],
  ])('are read as those that are: %s', (_, sql, mended) => {
    assert.equal(mend(sql)?.sql, mended);
  });

  it('are read as the one value that the question names', () => {
    const table = catalog.tables.find(({ name }) => name === 'customers');
    const column = table?.columns.find(({ name }) => name === 'country');
    assert.ok(table && column);
    const named = { asked: 'Norwegian', value: 'Norway', table, column };
    const mended = mend("SELECT 1 FROM customers WHERE country = 'Norwegian'", [named]);
    assert.equal(mended?.sql, "SELECT 1 FROM customers WHERE country = 'Norway'");
    assert.deepEqual(mended?.readAs, [{ written: 'Norwegian', read: 'customers.country Norway' }]);
    assert.equal(mend("SELECT 1 FROM customers WHERE country = 'Norwegian'"), undefined);
  });

  it('are left alone where they are stored, mean nothing, or are compared otherwise', () => {
    for (const sql of [
      "SELECT 1 FROM customers WHERE country = 'Norway'",
      "SELECT 1 FROM customers WHERE country = 'Atlantis'",
      "SELECT 1 FROM customers WHERE country <> 'norway'",
      "SELECT 1 FROM customers WHERE lower(country) = 'norway'",
      'SELECT 1 FROM orders WHERE amount = 10',
      "SELECT 1 FROM nowhere WHERE country = 'norway'",
      'SELECT',
    ])
      assert.equal(mend(sql), undefined, sql);
  });

  it('are doubted by all values of a column, or by a sample where nothing came of the query', () => {
    const sampled: DatabaseCatalog = {
      ...catalog,
      tables: catalog.tables.map((table) => ({
        ...table,
        columns: table.columns.map((column) => ({ ...column, valuesComplete: false })),
      })),
    };
    const sql = "SELECT count(*) FROM customers WHERE country = 'norway'";
    assert.ok(mend(sql, [], false));
    assert.ok(mend(sql, [], true, sampled));
    assert.equal(mend(sql, [], false, sampled), undefined);
  });

  it('are never guessed from what is personal', () => {
    assert.equal(mend("SELECT 1 FROM customers WHERE name = 'ada'"), undefined);
  });
});
