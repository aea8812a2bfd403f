import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explain } from '#src/edl/explain.ts';
import { randomFrom } from '#src/explore/random.ts';
import { augmentSchema } from '#src/training/augment-schema.ts';
import { rewriteQuery } from '#src/training/rewrite-query.ts';
import { mayShowRows } from '#src/training/shown-rows.ts';
import { usedTables } from '#src/training/used-tables.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';
import { succeeded } from '#test/support/edl-result.ts';

const shop = catalogOf(SHOP);
const queryOf = (sql: string) => succeeded(explain(sql, 'sqlite', shop)).query;
const usedBy = (sql: string) =>
  Object.fromEntries([...(usedTables(queryOf(sql), shop) ?? [])].map(([{ name }, columns]) => [name, columns]));

describe('what a query uses', () => {
  it('is its tables with their columns in the catalog’s order, whatever its own', () => {
    assert.deepEqual(
      usedBy('SELECT o.amount, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 1'),
      { customers: ['id', 'name'], orders: ['customer_id', 'status', 'amount'] },
    );
  });

  it('has a table of which rows are counted alone, and all columns of one that is shown whole', () => {
    assert.deepEqual(usedBy('SELECT COUNT(*) FROM orders'), { orders: [] });
    assert.deepEqual(usedBy('SELECT p.* FROM products p WHERE p.price > (SELECT AVG(amount) FROM orders)'), {
      orders: ['amount'],
      products: ['id', 'title', 'price', 'color'],
    });
  });

  it('is not told of what is quoted or not there', () => {
    assert.equal(usedTables(queryOf("SELECT title FROM products WHERE title GLOB 'A*'"), shop), undefined);
    assert.equal(usedTables(queryOf('SELECT x FROM nowhere'), shop), undefined);
    assert.deepEqual(usedBy('WITH r AS (SELECT title FROM products) SELECT * FROM r'), { products: ['title'] });
  });
});

describe('a schema that is shown otherwise', () => {
  const used = usedTables(queryOf('SELECT amount FROM orders WHERE status = 1'), shop)!;
  const whole = { catalog: shop, tables: shop.tables, values: new Map() };
  const shownBy = (seed: number) =>
    augmentSchema(whole, used, randomFrom(seed)).tables.map(({ name, columns }) => [
      name,
      ...columns.map((one) => one.name),
    ]);

  it('keeps what the query uses, and the keys of what stays', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const shown = new Map(shownBy(seed).map(([name, ...columns]) => [name, columns]));
      for (const name of ['amount', 'status', 'id', 'customer_id']) assert.ok(shown.get('orders')?.includes(name));
      assert.ok(shown.get('products')?.includes('id') ?? true);
    }
  });

  it('leaves out tables and columns, and is in another order, as often as is said', () => {
    const all = Array.from({ length: 1_000 }, (_, seed) => shownBy(seed));
    const share = (holds: (shown: string[][]) => boolean) =>
      all.filter((one) => holds(one as string[][])).length / all.length;
    const near = (given: number, wanted: number) =>
      assert.ok(Math.abs(given - wanted) < 0.05, `${given} is not near ${wanted}`);
    near(
      share((tables) => !tables.some(([name]) => name === 'products')),
      0.2,
    );
    near(
      share((tables) => !tables.find(([name]) => name === 'orders')?.includes('order_date')),
      0.3,
    );
    near(
      share((tables) => tables.findIndex(([name]) => name === 'orders') === 0),
      0.5 * 0.2 + 0.5 * (0.04 + 0.32 / 2 + 0.64 / 3),
    );
  });

  it('is the same by the same seed', () => assert.deepEqual(shownBy(7), shownBy(7)));
});

describe('a query written anew', () => {
  it('has each query within it above, once', () => {
    assert.equal(
      rewriteQuery(
        queryOf(
          'SELECT title FROM products WHERE price > (SELECT AVG(price) FROM products) AND price < 2 * (SELECT AVG(price) FROM products)',
        ),
        shop,
        'chunked',
      ),
      'WITH step_1 AS (SELECT AVG(price) FROM products) SELECT title FROM products WHERE price > (SELECT * FROM step_1) AND price < 2 * (SELECT * FROM step_1)',
    );
  });

  it('leaves a query in its place that looks at what is around it', () => {
    const sql = 'SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)';
    assert.equal(rewriteQuery(queryOf(sql), shop, 'chunked'), undefined);
  });

  it('is in one way, with names as the catalog spells them', () => {
    assert.equal(
      rewriteQuery(queryOf('select NAME from Customers where Country<>"x" order by name asc'), shop, 'standard'),
      "SELECT name FROM customers WHERE country <> 'x' ORDER BY name",
    );
  });
});

it('shows no rows of a column that looks personal, wherever the query takes it from', () => {
  const may = (sql: string) => mayShowRows(sql, shop);
  assert.equal(may('SELECT country, COUNT(*) FROM customers GROUP BY country'), true);
  assert.equal(may("SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE name = 'Ada')"), true);
  const people = catalogOf(
    "CREATE TABLE staff (id INTEGER PRIMARY KEY, last_name TEXT, email TEXT, city TEXT); INSERT INTO staff VALUES (1, 'Berg', 'a@b.no', 'Oslo')",
  );
  assert.equal(mayShowRows('SELECT city FROM staff', people), true);
  assert.equal(mayShowRows('SELECT email FROM staff', people), false);
  assert.equal(mayShowRows('SELECT * FROM staff', people), false);
  assert.equal(mayShowRows('SELECT x FROM (SELECT email AS x FROM staff) AS t', people), false);
  assert.equal(mayShowRows('SELECT city FROM staff UNION SELECT email FROM staff', people), false);
  assert.equal(mayShowRows('SELECT FROM', people), false);
});
