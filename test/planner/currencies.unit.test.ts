import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const BILLING = `
  CREATE TABLE accounts (id INTEGER PRIMARY KEY, account_name TEXT, currency TEXT, country TEXT);
  CREATE TABLE invoices (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts (id), amount REAL, amount_eur REAL, quantity INTEGER, status TEXT);
  CREATE TABLE payments (id INTEGER PRIMARY KEY, invoice_id INTEGER REFERENCES invoices (id), amount REAL);
  CREATE TABLE refunds (id INTEGER PRIMARY KEY, payment_id INTEGER REFERENCES payments (id), amount REAL);
  CREATE TABLE fees (id INTEGER PRIMARY KEY, fee REAL, currency_code TEXT);
  CREATE TABLE dues (id INTEGER PRIMARY KEY, fee REAL, currency_code TEXT);
  INSERT INTO accounts VALUES (1, 'Ada', 'EUR', 'Norway'), (2, 'Bo', 'USD', 'Chile'), (3, 'Cy', 'EUR', 'Chile');
  INSERT INTO invoices VALUES (1, 1, 10, 10, 1, 'open'), (2, 2, 100, 90, 2, 'paid'), (3, 3, 5, 5, 3, 'open'), (4, 2, 1, 0.9, 4, 'open');
  INSERT INTO payments VALUES (1, 1, 10), (2, 2, 60), (3, 3, 5);
  INSERT INTO refunds VALUES (1, 2, 7), (2, 3, 2);
  INSERT INTO fees VALUES (1, 3, 'EUR'), (2, 4, 'GBP'), (3, 5, 'EUR');
  INSERT INTO dues VALUES (1, 3, 'EUR'), (2, 4, 'EUR');`;

let catalog: DatabaseCatalog;
let database: DatabaseSync;
beforeAll(() => {
  catalog = catalogOf(BILLING);
  database = new DatabaseSync(path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'billing.sqlite'));
  database.exec(BILLING);
});

const planOf = (question: string) => plan({ question, catalog, ranked: [], today: '2026-03-15' });
const rowsOf = (sql: string) =>
  database
    .prepare(sql)
    .all()
    .map((row) => Object.values(row))
    .sort();

describe('several currencies are never added together', () => {
  it.each<[question: string, rows: readonly (readonly unknown[])[]]>([
    [
      'total fee of fees',
      [
        ['EUR', 8],
        ['GBP', 4],
      ],
    ],
    [
      'average fee of fees',
      [
        ['EUR', 4],
        ['GBP', 4],
      ],
    ],
    [
      'total amount of invoices',
      [
        ['EUR', 15],
        ['USD', 101],
      ],
    ],
    [
      'total amount of open invoices',
      [
        ['EUR', 15],
        ['USD', 1],
      ],
    ],
    [
      'total amount of payments',
      [
        ['EUR', 15],
        ['USD', 60],
      ],
    ],
    [
      'total amount of refunds',
      [
        ['EUR', 2],
        ['USD', 7],
      ],
    ],
    [
      'total amount of invoices by status',
      [
        ['open', 'EUR', 15],
        ['open', 'USD', 1],
        ['paid', 'USD', 100],
      ],
    ],
    [
      'total amount of invoices by country',
      [
        ['Chile', 'EUR', 5],
        ['Chile', 'USD', 101],
        ['Norway', 'EUR', 10],
      ],
    ],
    [
      'total amount of invoices by currency',
      [
        ['EUR', 15],
        ['USD', 101],
      ],
    ],
  ])('“%s” has a row for each, and says so', (question, rows) => {
    const planned = planOf(question);
    assert.ok(planned.kind === 'planned', JSON.stringify(planned));
    assert.deepEqual(rowsOf(planned.sql), rows, planned.sql);
    assert.match(
      planned.assumptions.join(),
      /is in several currencies \(EUR, (?:GBP|USD)\), which are not added together/,
    );
  });

  it.each<[question: string, rows: readonly (readonly unknown[])[]]>([
    ['total amount of invoices in USD', [[101]]],
    ['total amount eur of invoices', [[105.9]]],
    ['total quantity of invoices', [[10]]],
    ['total fee of dues', [[7]]],
    ['How many invoices are there?', [[4]]],
    ['What is the highest amount of invoices in EUR?', [[10]]],
  ])('“%s” is one figure: nothing is added that does not add up', (question, rows) => {
    const planned = planOf(question);
    assert.ok(planned.kind === 'planned', JSON.stringify(planned));
    assert.deepEqual(rowsOf(planned.sql), rows, planned.sql);
    assert.doesNotMatch(planned.assumptions.join(), /currencies/);
  });

  it.each(['top 2 invoices by amount', 'What is the highest amount of invoices?'])(
    '“%s” compares numbers of several, and says so',
    (question) => {
      const planned = planOf(question);
      assert.ok(planned.kind === 'planned', JSON.stringify(planned));
      assert.match(
        planned.assumptions.join(),
        /invoices\.amount is in several currencies \(EUR, USD\) and is compared by its number alone/,
      );
    },
  );

  it.each([
    'top 2 accounts by total amount of invoices',
    'top 2 countries by total amount of invoices',
    'invoices with amount above the average',
    'accounts with an average amount above the average amount of all invoices',
  ])('“%s” would compare them, and is declined with what to do', (question) => {
    const planned = planOf(question);
    assert.ok(planned.kind === 'declined', JSON.stringify(planned));
    assert.match(
      planned.missing,
      /amount is in several currencies \(EUR, USD\), which do not compare\. Name one of them\./,
    );
  });
});
