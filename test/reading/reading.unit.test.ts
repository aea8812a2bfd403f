import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { type PartKind, type Reading, sayWords } from '#src/domain/reading.ts';
import { editStatement, readingOf } from '#src/reading/reading.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const SHOP = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT, segment TEXT);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), status TEXT, total_amount REAL,
    discount_rate REAL, placed_at DATE, shipped_on DATE, is_gift BOOLEAN);
  CREATE TABLE returns (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id), status TEXT, total_amount REAL, placed_at DATE);
  INSERT INTO customers VALUES (1, 'Ada', 'Norway', 'retail'), (2, 'Bo', 'Chile', 'trade'), (3, 'Cy', 'Norway', 'retail'), (4, 'Di', 'Chile', 'trade');
  INSERT INTO orders VALUES (1, 1, 'open', 10.5, 0.1, '2025-01-01', '2025-01-03', 1), (2, 1, 'shipped', 20, 0.2, '2025-02-01', NULL, 0),
    (3, 2, 'shipped', 5, 0.1, '2026-02-03', '2026-02-04', 0), (4, 3, 'open', 7.25, 0, '2026-03-03', '2026-03-04', 1);
  INSERT INTO returns VALUES (1, 1, 'open', 10.5, '2025-01-09'), (2, 2, 'done', 3.5, '2025-02-09');`;

const shop = catalogOf(SHOP);
const on = (engine: Engine): DatabaseCatalog => ({ ...shop, engine });
const calendar = { today: '2026-06-30' };

const read = (sql: string, catalog = shop, question = ''): Reading | undefined =>
  readingOf(sql, catalog, { question, calendar });
const lineOf = (sql: string, catalog = shop) => {
  const reading = read(sql, catalog);
  return reading && sayWords(reading.line);
};

/** The statement after the change that is said so. */
function edited(sql: string, kind: PartKind, words: string, catalog = shop): string {
  const edits = read(sql, catalog)?.parts.flatMap((part) => (part.kind === kind ? part.edits : [])) ?? [];
  const edit = edits.find((one) => one.words === words);
  assert.ok(edit, `${words} is none of ${edits.map((one) => one.words).join(', ')}`);
  const made = editStatement(sql, catalog, { question: '', calendar }, edit.id);
  assert.ok(made);
  return made.sql;
}

const TOTAL = `SELECT c.country, SUM(o.total_amount) AS total FROM orders AS o JOIN customers AS c ON o.customer_id = c.id
  WHERE o.placed_at >= '2025-01-01' AND o.placed_at < '2026-01-01' AND o.status = 'open' GROUP BY c.country ORDER BY total DESC LIMIT 5`;

describe('the line', () => {
  it('says a sum, its period, its filter, its grouping, its order and its limit', () => {
    assert.equal(
      lineOf(TOTAL),
      'total of total_amount over orders · placed in 2025 · status is open · by the customer’s country · highest first · the first 5',
    );
  });

  it.each([
    ['SELECT COUNT(*) FROM orders', 'number of orders'],
    ['SELECT COUNT(DISTINCT customer_id) FROM orders', 'number of different customer_id over orders'],
    ['SELECT ROUND(AVG(total_amount), 2) FROM orders', 'average of total_amount over orders'],
    ['SELECT MAX(placed_at) FROM orders', 'latest placed_at over orders'],
    ['SELECT DISTINCT country FROM customers', 'country of customers, each once'],
    ['SELECT name, country FROM customers ORDER BY name', 'name and country of customers · sorted by name, A to Z'],
    [
      "SELECT 100.0 * SUM(CASE WHEN status = 'open' THEN 1 ELSE 0 END) / COUNT(*) FROM orders",
      'percentage of orders where status is open',
    ],
    [
      'SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL)',
      'name of customers · without orders',
    ],
    [
      "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE placed_at BETWEEN '2026-01-01' AND '2026-12-31')",
      'name of customers · with orders (placed in 2026)',
    ],
    [
      'SELECT COUNT(*) FROM orders WHERE total_amount > (SELECT AVG(total_amount) FROM orders)',
      'number of orders · total_amount above the average of total_amount over orders',
    ],
    [
      'SELECT c.name, COUNT(*) FROM orders o JOIN customers c ON o.customer_id = c.id GROUP BY c.id, c.name HAVING COUNT(*) > 1',
      'number of orders · number of orders above 1 · by the customer’s name',
    ],
    [
      'SELECT c.name, COUNT(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.name',
      'number of orders · by the customer’s name · customers without any included',
    ],
    [
      "SELECT strftime('%Y-%m', placed_at), COUNT(*) FROM orders WHERE strftime('%Y', placed_at) = '2025' GROUP BY 1",
      'number of orders · placed in 2025 · by month of placed_at',
    ],
    [
      "SELECT COUNT(*) FROM orders WHERE placed_at >= '2026-04-01' AND placed_at < '2026-07-01' AND is_gift = 1",
      'number of orders · placed in Q2 2026 · is_gift is true',
    ],
    [
      'SELECT COUNT(*) FROM orders JOIN customers ON orders.customer_id = customers.id',
      'number of orders · joined with customers',
    ],
  ])('%s', (sql, line) => assert.equal(lineOf(sql), line));

  it.each([
    [
      'postgres',
      "SELECT COUNT(*) FROM orders WHERE EXTRACT(YEAR FROM placed_at) = 2025 GROUP BY TO_CHAR(placed_at, 'YYYY-MM')",
    ],
    ['mariadb', "SELECT COUNT(*) FROM orders WHERE YEAR(placed_at) = 2025 GROUP BY DATE_FORMAT(placed_at, '%Y-%m')"],
    ['sqlite', "SELECT COUNT(*) FROM orders WHERE strftime('%Y', placed_at) = '2025' GROUP BY substr(placed_at, 1, 7)"],
  ] as const)('reads dates as %s writes them', (engine, sql) => {
    assert.equal(lineOf(sql, on(engine)), 'number of orders · placed in 2025 · by month of placed_at');
  });

  it.each([
    'SELECT id FROM orders UNION SELECT id FROM returns',
    'SELECT country, RANK() OVER (ORDER BY id) FROM customers',
    'SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY customer_id)',
    'WITH o AS (SELECT * FROM orders) SELECT COUNT(*) FROM o',
    'SELECT COUNT(*) FROM orders a JOIN orders b ON a.customer_id = b.customer_id',
    'SELECT COUNT(*) FROM orders, customers',
    'SELECT country, COUNT(*) FROM customers',
    'SELECT COUNT(*) FROM orders OFFSET 3',
    'SELECT missing FROM orders',
    'not a statement',
  ])('is not there where a part cannot be said: %s', (sql) => assert.equal(read(sql), undefined));

  it('is not there for a statement that nests deeper than can be read', () => {
    assert.equal(read(`SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)} FROM orders`), undefined);
  });

  it('does not call a bound on moments by days that it does not end with', () => {
    const moments = catalogOf(
      SHOP.replace('placed_at DATE, shipped_on', 'placed_at TIMESTAMP, shipped_on').replace(
        "'2025-01-01', '2025-01-03'",
        "'2025-01-01 10:30:00', '2025-01-03'",
      ),
    );
    const sql = "SELECT COUNT(*) FROM orders WHERE placed_at BETWEEN '2025-01-01' AND '2025-12-31'";
    assert.equal(lineOf(sql, moments), 'number of orders · placed_at between 2025-01-01 and 2025-12-31');
  });
});

describe('a change', () => {
  it('of the measure keeps the order by it, and leaves out a heading that no longer fits', () => {
    const sql = edited(TOTAL, 'measure', 'average of total_amount');
    assert.match(sql, /^SELECT c\.country, AVG\(o\.total_amount\) FROM/);
    assert.match(sql, /ORDER BY AVG\(o\.total_amount\) DESC LIMIT 5$/);
  });

  it('of the period writes the bounds anew', () => {
    const sql = edited(TOTAL, 'period', '2026');
    assert.match(sql, /o\.placed_at >= '2026-01-01' AND o\.placed_at < '2027-01-01'/);
    assert.equal(sql.includes('2025'), false);
  });

  it('of the date reads the same period on another', () => {
    assert.match(edited(TOTAL, 'date', 'shipped_on'), /o\.shipped_on >= '2025-01-01' AND o\.shipped_on < '2026-01-01'/);
  });

  it('takes out a filter, turns it round, or takes another value', () => {
    assert.equal(edited(TOTAL, 'filter', 'without “status is open”').includes('status'), false);
    assert.match(edited(TOTAL, 'filter', 'status is not open'), /o\.status <> 'open'/);
    assert.match(edited(TOTAL, 'filter', 'status is shipped'), /o\.status = 'shipped'/);
  });

  it('to no grouping leaves one row, and joins nothing that nothing needs', () => {
    assert.equal(
      edited(TOTAL, 'grouping', 'no grouping'),
      "SELECT SUM(total_amount) AS total FROM orders WHERE status = 'open' AND placed_at >= '2025-01-01' AND placed_at < '2026-01-01'".replace(
        /(WHERE) (.*)$/,
        "$1 placed_at >= '2025-01-01' AND placed_at < '2026-01-01' AND status = 'open'",
      ),
    );
  });

  it('to another grouping joins what it is of', () => {
    assert.equal(
      edited('SELECT COUNT(*) FROM orders', 'grouping', 'by the customer’s name'),
      'SELECT customers.name, COUNT(*) FROM orders JOIN customers ON orders.customer_id = customers.id GROUP BY customers.id, customers.name',
    );
  });

  it('by month comes in the order of time', () => {
    assert.match(edited('SELECT COUNT(*) FROM orders', 'grouping', 'by month of placed_at'), /ORDER BY/);
  });

  it('to another table takes the columns of the same names there', () => {
    assert.equal(
      edited("SELECT SUM(total_amount) FROM orders WHERE status = 'open'", 'table', 'returns'),
      "SELECT SUM(total_amount) FROM returns WHERE status = 'open'",
    );
  });

  it('without the limit, and from a list to a figure', () => {
    assert.equal(edited(TOTAL, 'limit', 'without the limit').includes('LIMIT'), false);
    assert.equal(
      edited('SELECT name FROM customers', 'columns', 'number of customers'),
      'SELECT COUNT(*) FROM customers',
    );
  });

  it('is written for the engine', () => {
    const sql = 'SELECT COUNT(*) FROM orders';
    assert.match(edited(sql, 'grouping', 'by month of placed_at', on('postgres')), /TO_CHAR\(placed_at, 'YYYY-MM'\)/);
    assert.match(edited(sql, 'grouping', 'by month of placed_at', on('mariadb')), /DATE_FORMAT\(placed_at, '%Y-%m'\)/);
  });

  it('is found by an id that a button can carry, each another', () => {
    const ids = read(TOTAL)?.parts.flatMap(({ edits }) => edits.map(({ id }) => id)) ?? [];
    assert.ok(ids.length > 10);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z0-9_-]{1,100}$/);
  });

  it('that is none of the reading is not made', () => {
    assert.equal(editStatement(TOTAL, shop, { question: '', calendar }, 'period-1805'), undefined);
  });
});

describe('what is offered', () => {
  it('never measures a key, a rate by its sum, or what a join repeats', () => {
    const words = (sql: string) =>
      read(sql)?.parts.flatMap(({ kind, edits }) => (kind === 'measure' ? edits.map((one) => one.words) : [])) ?? [];
    assert.deepEqual(words('SELECT COUNT(*) FROM orders'), [
      'total of total_amount',
      'average of discount_rate',
      'number of different customer_id',
    ]);
    const byLine = 'SELECT COUNT(*) FROM orders o JOIN returns r ON r.order_id = o.id';
    assert.equal(words(byLine).includes('total of the order’s total_amount'), false);
  });

  it('begins with what the question speaks of', () => {
    const grouping = (question: string) =>
      read('SELECT COUNT(*) FROM orders', shop, question)?.parts.find(({ kind }) => kind === 'grouping')?.edits[2]
        ?.words;
    assert.equal(grouping('orders per segment'), 'by the customer’s segment');
    assert.equal(grouping('orders per country'), 'by the customer’s country');
  });

  it('adds up one currency at a time, and does not stop doing so', () => {
    const money = catalogOf(`
      CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT, currency TEXT);
      CREATE TABLE invoices (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts (id), amount REAL, status TEXT);
      INSERT INTO accounts VALUES (1, 'A', 'EUR'), (2, 'B', 'USD'), (3, 'C', 'EUR');
      INSERT INTO invoices VALUES (1, 1, 3, 'open'), (2, 2, 4, 'open'), (3, 3, 5, 'paid');`);
    assert.match(
      edited('SELECT COUNT(*) FROM invoices', 'measure', 'total of amount, by currency', money),
      /GROUP BY accounts\.currency$/,
    );
    const apart =
      'SELECT a.currency, SUM(i.amount) FROM invoices i JOIN accounts a ON i.account_id = a.id GROUP BY a.currency';
    const grouping = read(apart, money)?.parts.find(({ kind }) => kind === 'grouping');
    assert.deepEqual(
      grouping?.edits.filter(({ words }) => words === 'no grouping'),
      [],
    );
  });

  it('shows no values of a column that looks personal', () => {
    const people = catalogOf(
      "CREATE TABLE staff (id INTEGER PRIMARY KEY, email TEXT, team TEXT); INSERT INTO staff VALUES (1, 'ada@fern.example', 'north'), (2, 'bo@fern.example', 'south'), (3, 'cy@fern.example', 'north')",
    );
    const words = (column: string, value: string) =>
      read(`SELECT COUNT(*) FROM staff WHERE ${column} = '${value}'`, people)
        ?.parts.flatMap(({ edits }) => edits.map((one) => one.words))
        .join();
    assert.doesNotMatch(words('email', 'ada@fern.example') ?? '', /bo@fern/);
  });
});
