import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const BREWERY = catalogOf(
  `CREATE TABLE accounts (acct_id INTEGER PRIMARY KEY, acct_name TEXT, city TEXT);
   CREATE TABLE orders (order_id INTEGER PRIMARY KEY, acct_id INTEGER REFERENCES accounts (acct_id), ordered_on DATE, total_amt REAL);
   CREATE TABLE batches (batch_id INTEGER PRIMARY KEY, status TEXT, brewed_on DATE, litres REAL);
   CREATE TABLE visits (visit_id INTEGER PRIMARY KEY, acct_id INTEGER REFERENCES accounts (acct_id), month TEXT, count INTEGER);
   INSERT INTO accounts VALUES (1, 'Anchor Inn', 'Leith'), (2, 'Bell Bar', 'Perth');
   INSERT INTO orders VALUES (1, 1, '2026-01-02', 50), (2, 2, '2026-02-03', 70), (3, 2, '2025-02-03', 20);
   INSERT INTO batches VALUES (1, 'brewed', '2026-01-02', 900), (2, 'planned', NULL, 800), (3, 'packaged', '2025-04-05', 700);
   INSERT INTO visits VALUES (1, 1, 'January', 4), (2, 1, 'April', 3), (3, 2, 'March', 5);`,
);
const sqlOf = (question: string) => sqlOver(BREWERY, question);

describe('what rows are ranked by is shown', () => {
  it.each([
    ['top 3 cities by number of orders', /^SELECT accounts\.city, COUNT\(\*\) .* ORDER BY COUNT\(\*\) DESC LIMIT 3$/],
    [
      'Return the names of the five accounts with the highest total amount of orders, together with that total.',
      /^SELECT accounts\.acct_name, SUM\(orders\.total_amt\) .* ORDER BY SUM\(orders\.total_amt\) DESC LIMIT 5$/,
    ],
    ['top 2 batches by litres', /^SELECT .*\blitres\b.* ORDER BY litres DESC LIMIT 2$/],
  ])('%s', (question, sql) => {
    assert.match(sqlOf(question), sql);
  });

  it('where it is asked for, but for the first alone by a superlative', () => {
    assert.doesNotMatch(sqlOf('Which account has the most orders?'), /^SELECT [^F]*COUNT/);
  });
});

describe('what rows hold', () => {
  it('is added up where each says how many it stands for', () => {
    assert.equal(sqlOf('How many visits were there?'), 'SELECT SUM(count) FROM visits');
    assert.match(sqlOf('number of visits per account'), /SUM\(visits\.count\)/);
  });

  it('is not sorted by letters where its words have an order of their own', () => {
    assert.match(sqlOf('List all visits sorted by month'), /^declined: .*order of their own/);
  });

  it('is counted by the date that a verb names, whatever state came of it', () => {
    assert.match(
      sqlOf('how many batches were brewed per month'),
      /^SELECT STRFTIME\('%Y-%m', brewed_on\) AS period, COUNT\(\*\) FROM batches WHERE brewed_on IS NOT NULL GROUP BY/,
    );
    assert.equal(sqlOf('how many batches are brewed'), "SELECT COUNT(*) FROM batches WHERE status = 'brewed'");
  });
});
