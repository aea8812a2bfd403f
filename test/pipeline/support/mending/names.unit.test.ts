import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { mendNames } from '#src/pipeline/support/mending/names.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const catalog = catalogOf(SHOP);
const first = (sql: string) => mendNames(sql, 'sqlite', catalog)[0]?.sql;

describe('wrong names', () => {
  it.each([
    [
      'a column with words of the one that is meant',
      'SELECT c.full_name FROM customers AS c',
      'SELECT c.name FROM customers AS c',
    ],
    ['a column called by its table too', 'SELECT customer_name FROM customers', 'SELECT customers.name FROM customers'],
    [
      'a column of the other table that is read',
      'SELECT o.name FROM orders AS o JOIN customers AS c ON o.customer_id = c.id',
      'SELECT c.name FROM orders AS o JOIN customers AS c ON o.customer_id = c.id',
    ],
    [
      'a column of a table that a key leads to',
      'SELECT country FROM orders',
      'SELECT customers.country FROM orders JOIN customers ON orders.customer_id = customers.id',
    ],
    [
      'a table that is not read, but named',
      'SELECT customers.name FROM orders',
      'SELECT customers.name FROM orders JOIN customers ON orders.customer_id = customers.id',
    ],
    [
      'a table in the singular, which qualifies columns on',
      'SELECT customer.name FROM customer',
      'SELECT customer.name FROM customers AS customer',
    ],
    [
      'a column that two tables have',
      'SELECT id FROM customers JOIN orders ON orders.customer_id = customers.id',
      'SELECT customers.id FROM customers JOIN orders ON orders.customer_id = customers.id',
    ],
    [
      'a name in a subquery',
      'SELECT name FROM customers WHERE id IN (SELECT customer FROM orders)',
      'SELECT name FROM customers WHERE id IN (SELECT orders.customer_id FROM orders)',
    ],
  ])('are read as meant: %s', (_, sql, mended) => {
    assert.equal(first(sql), mended);
  });

  const press = catalogOf(`
    CREATE TABLE owners (owner_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT);
    CREATE TABLE animals (animal_id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owners (owner_id), species TEXT);
    CREATE TABLE visits (visit_id INTEGER PRIMARY KEY, animal_id INTEGER REFERENCES animals (animal_id), fee REAL);
    CREATE TABLE bills (bill_id INTEGER PRIMARY KEY, visit_id INTEGER REFERENCES visits (visit_id), payer_id INTEGER REFERENCES owners (owner_id));`);

  it.each([
    [
      'a column of the table between, which is joined before the condition that reads it',
      'SELECT o.last_name FROM visits AS v JOIN owners AS o ON v.owner_id = o.owner_id WHERE v.fee > 9',
      'SELECT o.last_name FROM visits AS v JOIN animals ON v.animal_id = animals.animal_id JOIN owners AS o ON animals.owner_id = o.owner_id WHERE v.fee > 9',
    ],
  ])('are read by keys: %s', (_, sql, mended) => {
    assert.equal(mendNames(sql, 'sqlite', press)[0]?.sql, mended);
  });

  const offices = catalogOf(`
    CREATE TABLE building (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE company (id INTEGER PRIMARY KEY, name TEXT, seat_id INTEGER REFERENCES building (id));
    CREATE TABLE office (building_id INTEGER REFERENCES building (id), company_id INTEGER REFERENCES company (id));`);

  it.each([
    [
      'a name of the table between, where that of the first stands there already',
      'SELECT b.name, o.name FROM building AS b JOIN office AS o ON b.id = o.building_id',
      'SELECT b.name, company.name FROM building AS b JOIN office AS o ON b.id = o.building_id JOIN company ON o.company_id = company.id',
    ],
    [
      'a name with the table that a key leads to in it',
      'SELECT o.company_name FROM office AS o',
      'SELECT company.name FROM office AS o JOIN company ON o.company_id = company.id',
    ],
  ])('are read over a key that leads on: %s', (_, sql, mended) => {
    assert.equal(mendNames(sql, 'sqlite', offices)[0]?.sql, mended);
  });

  it('are told with what they were read as', () => {
    const [mended] = mendNames('SELECT c.full_name FROM customer AS c', 'sqlite', catalog);
    assert.deepEqual(mended?.readAs, [
      { written: 'customer', read: 'customers' },
      { written: 'c.full_name', read: 'customers.name' },
    ]);
  });

  it('are read in one way throughout a statement', () => {
    const mended = first(
      'SELECT c.customer_name FROM customers AS c JOIN orders AS o ON o.customer_id = c.id GROUP BY c.customer_name',
    );
    assert.equal(mended, 'SELECT c.name FROM customers AS c JOIN orders AS o ON o.customer_id = c.id GROUP BY c.name');
  });

  it('leave a statement alone whose names are right, that means nothing here, or that cannot be read', () => {
    for (const sql of [
      'SELECT name FROM customers',
      'SELECT zebra FROM orders',
      'SELECT FROM WHERE',
      'DROP TABLE customers',
    ])
      assert.deepEqual(mendNames(sql, 'sqlite', catalog), [], sql);
  });

  it('give at most three statements, none twice, and end whatever the text is', () => {
    for (const sql of [
      'SELECT a.b, c.d, e.f, g.h, i.j FROM k',
      'SELECT id, id, id FROM customers, orders, products',
      `SELECT ${'name, '.repeat(200)}full FROM customers`,
    ]) {
      const all = mendNames(sql, 'sqlite', catalog).map((one) => one.sql);
      assert.ok(all.length <= 3 && new Set(all).size === all.length, sql);
    }
  });
});
