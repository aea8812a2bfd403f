import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const SHOP = catalogOf(
  `CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, category_id INTEGER REFERENCES categories (id), price REAL, launched_on DATE);
   CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), ordered_on DATE, total_amount REAL);
   CREATE TABLE quotes (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), amount REAL);
   CREATE TABLE order_items (order_id INTEGER REFERENCES orders (id), product_id INTEGER REFERENCES products (id), PRIMARY KEY (order_id, product_id));
   CREATE TABLE targets (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id), month DATE, target REAL);
   CREATE TABLE accounts (id INTEGER PRIMARY KEY, label TEXT, opened_on DATE);
   CREATE TABLE invoices (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts (id), status TEXT, issued_on DATE);
   INSERT INTO categories VALUES (1, 'Pots');
   INSERT INTO products VALUES (1, 'Urn', 1, 3.5, '2025-02-01'), (2, 'Jar', 1, 2.5, '2024-02-01');
   INSERT INTO customers VALUES (1, 'Bo'), (2, 'Cy');
   INSERT INTO orders VALUES (1, 1, '2025-01-01', 20), (2, 2, '2025-02-01', 30);
   INSERT INTO quotes VALUES (1, 1, 70);
   INSERT INTO targets VALUES (1, 1, '2025-01-01', 500);
   INSERT INTO accounts VALUES (1, 'A', '2025-01-01'), (2, 'B', '2025-02-03');
   INSERT INTO invoices VALUES (1, 1, 'open', '2025-01-01'), (2, 2, 'paid', '2025-02-01');`,
);

const STAFF = catalogOf(
  `CREATE TABLE departments (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE drivers (id INTEGER PRIMARY KEY, name TEXT, gender TEXT, department_id INTEGER REFERENCES departments (id), hired_on DATE);
   CREATE TABLE trips (id INTEGER PRIMARY KEY, driver_id INTEGER REFERENCES drivers (id), trip_date DATE, distance_km REAL);
   CREATE TABLE accidents (id INTEGER PRIMARY KEY, driver_id INTEGER REFERENCES drivers (id), severity TEXT);
   CREATE TABLE routes (id INTEGER PRIMARY KEY, name TEXT, length_km REAL);
   INSERT INTO departments VALUES (1, 'North');
   INSERT INTO drivers VALUES (1, 'Bo', 'm', 1, '2020-01-01'), (2, 'Cy', 'f', 1, '2025-01-05');
   INSERT INTO trips VALUES (1, 1, '2025-01-02', 12.5), (2, 2, '2025-02-02', 20);
   INSERT INTO accidents VALUES (1, 1, 'minor'), (2, 2, 'major');
   INSERT INTO routes VALUES (1, 'Ring', 10.5);`,
);

describe('what is said beside something else', () => {
  it('is shown with it, by what it is called', () => {
    assert.match(
      sqlOver(SHOP, 'list products launched in 2025 with their category and price'),
      /^SELECT products\.name, categories\.name, products\.price FROM products JOIN categories .* WHERE products\.launched_on >= /,
    );
  });

  it('is a column of the rows asked for, not one that a table nobody named has under that very name', () => {
    assert.doesNotMatch(sqlOver(SHOP, 'show orders with customer and amount'), /quotes/);
  });

  it('groups a split further', () => {
    assert.match(
      sqlOver(STAFF, "what's the gender split by department?"),
      /^SELECT departments\.name, drivers\.gender, COUNT\(\*\) .* GROUP BY departments\.id, departments\.name, drivers\.gender$/,
    );
  });
});

describe('what is no condition', () => {
  it('is a verb for what was done then, whatever some other table has in that state', () => {
    const sql = sqlOver(SHOP, 'how many accounts did we open each month in 2025?');
    assert.match(sql, /COUNT\(\*\) FROM accounts WHERE opened_on/);
    assert.doesNotMatch(sql, /invoices/);
  });

  it('is a state that is not stored, after which a column is called: it is not understood', () => {
    assert.match(sqlOver(STAFF, 'how many accidents were severe?'), /^declined: .*severe/);
    assert.match(sqlOver(STAFF, 'severity of the accidents'), /^SELECT severity FROM accidents$/);
  });
});

describe('a state before the thing that holds it', () => {
  it('is that, though another table bears the word', () => {
    const buying = catalogOf(
      `CREATE TABLE purchase_requests (id INTEGER PRIMARY KEY, department TEXT, status TEXT);
       CREATE TABLE approvals (id INTEGER PRIMARY KEY, request_id INTEGER REFERENCES purchase_requests (id), decision TEXT);
       INSERT INTO purchase_requests VALUES (1, 'Sales', 'approved'), (2, 'Sales', 'draft'), (3, 'Legal', 'approved');
       INSERT INTO approvals VALUES (1, 1, 'yes'), (2, 2, 'no');`,
    );
    assert.match(
      sqlOver(buying, 'approved purchase requests by department'),
      /^SELECT department, COUNT\(\*\) FROM purchase_requests WHERE status = 'approved' GROUP BY department/,
    );
  });
});

describe('a period beside a figure', () => {
  it('is when that came to be, not when they did whom it is added up for', () => {
    assert.match(
      sqlOver(STAFF, 'km driven per driver in February 2025'),
      /SUM\(trips\.distance_km\) FROM trips JOIN drivers .* WHERE trips\.trip_date >= '2025-02-01'/,
    );
  });

  it('is when what stands before it came to be, where the thing asked about has several of it', () => {
    assert.match(
      sqlOver(SHOP, 'accounts with invoices in February 2025'),
      /WHERE invoices\.issued_on >= '2025-02-01' AND invoices\.issued_on < '2025-03-01'$/,
    );
    assert.match(sqlOver(SHOP, 'accounts opened in February 2025'), /WHERE opened_on >= '2025-02-01'/);
    assert.match(sqlOver(SHOP, 'orders with products in 2025'), /WHERE orders\.ordered_on >= '2025-01-01'/);
    assert.match(
      sqlOver(SHOP, 'orders per month this year'),
      /COUNT\(\*\) FROM orders WHERE ordered_on >= '2025-01-01'/,
    );
  });
});

describe('a word that asks elsewhere', () => {
  it('is a thing behind an article: a return is nothing that is known here', () => {
    assert.match(sqlOver(SHOP, 'customers with a return'), /^declined: .*return/);
    assert.match(sqlOver(SHOP, 'return the customers'), /^SELECT .* FROM customers$/);
  });
});
