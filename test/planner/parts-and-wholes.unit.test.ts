import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const SHOP = catalogOf(
  `CREATE TABLE regions (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE reps (id INTEGER PRIMARY KEY, name TEXT, region_id INTEGER REFERENCES regions (id), hired_on DATE, quota REAL);
   CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, launched_on DATE);
   CREATE TABLE orders (id INTEGER PRIMARY KEY, rep_id INTEGER REFERENCES reps (id), ordered_on DATE);
   CREATE TABLE order_lines (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id), product_id INTEGER REFERENCES products (id), units INTEGER);
   CREATE TABLE fees (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id), amount REAL);
   CREATE TABLE quotes (id INTEGER PRIMARY KEY, rep_id INTEGER REFERENCES reps (id), quoted_on DATE, outcome TEXT);
   CREATE TABLE purchase_requests (id INTEGER PRIMARY KEY, requester TEXT, department TEXT, requested_on DATE);
   INSERT INTO regions VALUES (1, 'North'), (2, 'South');
   INSERT INTO reps VALUES (1, 'Ada', 1, '2021-02-03', 500), (2, 'Bo', 2, '2023-04-05', 700);
   INSERT INTO products VALUES (1, 'Spade', '2020-01-01'), (2, 'Rake', '2025-01-01');
   INSERT INTO orders VALUES (1, 1, '2025-03-04'), (2, 2, '2024-05-06');
   INSERT INTO order_lines VALUES (1, 1, 1, 4), (2, 2, 2, 6);
   INSERT INTO quotes VALUES (1, 1, '2024-02-02', 'won'), (2, 1, '2024-03-03', 'lost'), (3, 2, '2025-01-01', 'open');
   INSERT INTO purchase_requests VALUES (1, 'Ada', 'IT', '2025-01-01'), (2, 'Bo', 'HR', '2025-02-02');`,
);

const sqlOf = (...turns: string[]) => sqlOver(SHOP, ...turns);

describe('lines of an order', () => {
  it('are of the day of their order, though the product that they are told apart by has a day of its own', () => {
    const sold = sqlOf('units sold by product this year');
    assert.match(sold, /^SELECT products\.name, SUM\(order_lines\.units\) .*GROUP BY products\.id, products\.name$/);
    assert.match(sold, /orders\.ordered_on >= '2025-01-01'/);
    const top = sqlOf('top 2 products by units sold this year');
    assert.match(top, /orders\.ordered_on >= '2025-01-01'.* ORDER BY SUM\(order_lines\.units\) DESC LIMIT 2$/);
    assert.match(
      sqlOf('fees by month'),
      /^SELECT STRFTIME\('%Y-%m', orders\.ordered_on\) AS period, .*GROUP BY STRFTIME\('%Y-%m', orders\.ordered_on\)/,
    );
  });
});

describe('what is reckoned of things that have a day of their own', () => {
  it('is of its own day', () => {
    assert.equal(
      sqlOf('quota of North reps in 2021'),
      "SELECT SUM(reps.quota) FROM reps JOIN regions ON reps.region_id = regions.id WHERE (reps.hired_on >= '2021-01-01' AND reps.hired_on < '2022-01-01') AND regions.name = 'North'",
    );
    assert.match(sqlOf('quotes of North reps in 2024'), /quotes\.quoted_on >= '2024-01-01'/);
  });
});

describe('what is said of rows', () => {
  it('is listed beside what they are called, whatever stands between', () => {
    assert.equal(
      sqlOf('reps hired before 2022 and their quota'),
      "SELECT name, quota FROM reps WHERE hired_on < '2022-01-01'",
    );
  });

  it('says which of them are not there', () => {
    const app = catalogOf(
      `CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT);
       CREATE TABLE messages (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), opened INTEGER);
       INSERT INTO users VALUES (1, 'ada'), (2, 'bo');
       INSERT INTO messages VALUES (1, 1, 1), (2, 1, 0), (3, 2, 0);`,
    );
    const made = plan({ question: 'users who never opened a message', catalog: app, ranked: [], today: '2025-06-30' });
    assert.ok(made.kind === 'planned');
    assert.equal(
      made.sql,
      'SELECT username FROM users WHERE id NOT IN (SELECT user_id FROM messages WHERE user_id IS NOT NULL AND opened = 1)',
    );
  });

  it('may be a verb for how they ended', () => {
    const count = 'SELECT reps.name, COUNT(*) FROM quotes JOIN reps ON quotes.rep_id = reps.id WHERE';
    assert.equal(
      sqlOf('how many quotes did each rep win last year'),
      `${count} (quotes.quoted_on >= '2024-01-01' AND quotes.quoted_on < '2025-01-01') AND quotes.outcome = 'won' GROUP BY reps.id, reps.name`,
    );
    assert.match(sqlOf('how many quotes did each rep lose'), /quotes\.outcome = 'lost'/);
    assert.match(sqlOf('fees won by rep'), /^declined: /);
  });

  it('is no name of whoever made them', () => {
    assert.equal(
      sqlOf('requests by department'),
      'SELECT department, COUNT(*) FROM purchase_requests GROUP BY department',
    );
    assert.match(sqlOf('requests by requester'), /^SELECT requester, COUNT\(\*\) FROM purchase_requests/);
  });
});
