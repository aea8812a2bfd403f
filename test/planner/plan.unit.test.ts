import assert from 'node:assert/strict';
import { beforeAll, describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { mergeTurns } from '#src/planner/follow-up.ts';
import { plan } from '#src/planner/plan.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

let catalog: DatabaseCatalog;
beforeAll(() => {
  catalog = catalogOf(SHOP);
});

const today = '2025-03-15';
const sqlOf = (...turns: string[]) => {
  const { text, revised } = mergeTurns(
    turns.map((text) => ({ text })),
    { today },
  );
  const planned = plan({ question: text, catalog, ranked: [], today, revised });
  assert.equal(planned.kind, 'planned', JSON.stringify(planned));
  return planned.kind === 'planned' ? planned.sql : '';
};

describe('the built-in planner', () => {
  it.each([
    ['How many orders are there?', 'SELECT COUNT(*) FROM orders'],
    ['How many different countries are customers from?', 'SELECT COUNT(DISTINCT country) FROM customers'],
    ['What are the names and countries of all customers?', 'SELECT name, country FROM customers'],
    ['Show the distinct countries of customers', 'SELECT DISTINCT country FROM customers'],
    ['Which customers are from Norway?', "SELECT name FROM customers WHERE country = 'Norway'"],
    ['names of customers not from Norway', "SELECT name FROM customers WHERE country <> 'Norway'"],
    ['products with price above 10', 'SELECT title FROM products WHERE price > 10'],
    ['products with price between 5 and 10', 'SELECT title FROM products WHERE price BETWEEN 5 AND 10'],
    ['titles of products whose title contains "ak"', "SELECT title FROM products WHERE title LIKE '%ak%'"],
    ['products without color', 'SELECT title FROM products WHERE color IS NULL'],
    ['What is the average price of products?', 'SELECT AVG(price) FROM products'],
    ['What are the minimum and maximum price of products?', 'SELECT MIN(price), MAX(price) FROM products'],
    ['How many customers are in each country?', 'SELECT country, COUNT(*) FROM customers GROUP BY country'],
    ['total amount of orders by status', 'SELECT status, SUM(amount) FROM orders GROUP BY status'],
    ['List product titles ordered by price descending', 'SELECT title FROM products ORDER BY price DESC'],
    ['top 2 products by price', 'SELECT title, price FROM products ORDER BY price DESC LIMIT 2'],
    ['What is the title of the most expensive product?', 'SELECT title FROM products ORDER BY price DESC LIMIT 1'],
    [
      'Which customer has the most orders?',
      'SELECT customers.name FROM customers JOIN orders ON customers.id = orders.customer_id GROUP BY customers.id, customers.name ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    [
      'customers with more than 1 orders',
      'SELECT customers.name FROM customers JOIN orders ON customers.id = orders.customer_id GROUP BY customers.id, customers.name HAVING COUNT(*) > 1',
    ],
    [
      'Which customers have no orders?',
      'SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL)',
    ],
    [
      'customers with an average amount above 12',
      'SELECT customers.name FROM customers JOIN orders ON customers.id = orders.customer_id GROUP BY customers.id, customers.name HAVING AVG(orders.amount) > 12',
    ],
    [
      'customers whose average amount is higher than the average amount of all orders',
      'SELECT customers.name FROM customers JOIN orders ON customers.id = orders.customer_id GROUP BY customers.id, customers.name HAVING AVG(orders.amount) > (SELECT AVG(amount) FROM orders)',
    ],
    [
      'Which customers have more orders than Bo?',
      "SELECT customers.name FROM customers JOIN orders ON customers.id = orders.customer_id GROUP BY customers.id, customers.name HAVING COUNT(*) > (SELECT COUNT(*) FROM customers JOIN orders ON customers.id = orders.customer_id WHERE customers.name = 'Bo')",
    ],
    [
      'Compare the number of customers in Norway and Chile',
      "SELECT country, COUNT(*) FROM customers WHERE country IN ('Norway', 'Chile') GROUP BY country",
    ],
    [
      'customers who do not have a shipped order',
      "SELECT name FROM customers WHERE id NOT IN (SELECT customers.id FROM customers JOIN orders ON customers.id = orders.customer_id WHERE orders.status = 'shipped')",
    ],
    ['products with a price of at least 7.5', 'SELECT title FROM products WHERE price >= 7.5'],
    [
      'names and ids of customers and the number of orders for each customer',
      'SELECT customers.name, customers.id, COUNT(*) FROM orders JOIN customers ON orders.customer_id = customers.id GROUP BY customers.id, customers.name',
    ],
    [
      'How many orders in 2024?',
      "SELECT COUNT(*) FROM orders WHERE order_date >= '2024-01-01' AND order_date < '2025-01-01'",
    ],
    [
      'How many orders last month?',
      "SELECT COUNT(*) FROM orders WHERE order_date >= '2025-02-01' AND order_date < '2025-03-01'",
    ],
    [
      'orders per month',
      "SELECT STRFTIME('%Y-%m', order_date) AS period, COUNT(*) FROM orders GROUP BY STRFTIME('%Y-%m', order_date) ORDER BY period",
    ],
    ['How many shipped orders are there?', "SELECT COUNT(*) FROM orders WHERE status = 'shipped'"],
    [
      'products with price above average price',
      'SELECT title FROM products WHERE price > (SELECT AVG(price) FROM products)',
    ],
    [
      'How many orders per customer?',
      'SELECT customers.name, COUNT(*) FROM orders JOIN customers ON orders.customer_id = customers.id GROUP BY customers.id, customers.name',
    ],
    [
      'How many customers have orders?',
      'SELECT COUNT(DISTINCT customers.id) FROM customers JOIN orders ON customers.id = orders.customer_id',
    ],
    ['List the product titles alphabetically', 'SELECT title FROM products ORDER BY title'],
    ['titles of products with the top 2 prices', 'SELECT title FROM products ORDER BY price DESC LIMIT 2'],
    ['names of each customer', 'SELECT name FROM customers'],
    ['the last 2 orders', 'SELECT * FROM orders ORDER BY order_date DESC LIMIT 2'],
    ['orders over 15', 'SELECT * FROM orders WHERE amount > 15'],
    [
      'top 2 customers by total amount',
      'SELECT customers.name, SUM(orders.amount) FROM customers JOIN orders ON customers.id = orders.customer_id GROUP BY customers.id, customers.name ORDER BY SUM(orders.amount) DESC LIMIT 2',
    ],
    [
      'Which customer has the highest average amount?',
      'SELECT customers.name FROM customers JOIN orders ON customers.id = orders.customer_id GROUP BY customers.id, customers.name ORDER BY AVG(orders.amount) DESC LIMIT 1',
    ],
    ['names of customers from Norway and Chile', "SELECT name FROM customers WHERE country IN ('Norway', 'Chile')"],
    [
      'names of customers with both placed and shipped orders',
      "SELECT name FROM customers WHERE id IN (SELECT customers.id FROM customers JOIN orders ON customers.id = orders.customer_id WHERE orders.status = 'placed') AND id IN (SELECT customers.id FROM customers JOIN orders ON customers.id = orders.customer_id WHERE orders.status = 'shipped')",
    ],
    [
      'titles of products with price above 20 or price below 10',
      'SELECT title FROM products WHERE price > 20 OR price < 10',
    ],
    [
      'customers who have not placed any orders',
      'SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL)',
    ],
    [
      'names of customers whose country is Norway in descending order',
      "SELECT name FROM customers WHERE country = 'Norway' ORDER BY name DESC",
    ],
    [
      'How many orders did we place in 2024?',
      "SELECT COUNT(*) FROM orders WHERE order_date >= '2024-01-01' AND order_date < '2025-01-01'",
    ],
    ['customers who joined after 2023', "SELECT name FROM customers WHERE joined_on >= '2024-01-01'"],
  ])('plans %s', (question, sql) => {
    assert.equal(sqlOf(question), sql);
  });

  it.each([
    'How likely are customers to churn next year?',
    'Which customers bought both a spade and a rake?',
    'Compare the growth of orders with the growth of products',
    'Why did orders fall?',
    'Which customers report to Ada?',
    'xyzzy',
  ])('declines %s and says what it missed', (question) => {
    const planned = plan({ question, catalog, ranked: [], today });
    assert.equal(planned.kind, 'declined', JSON.stringify(planned));
    assert.ok(planned.kind === 'declined' && planned.missing.length > 0);
  });

  it('takes names that JavaScript objects bear for names', () => {
    const odd = catalogOf(
      `CREATE TABLE constructor (id INTEGER PRIMARY KEY, name TEXT, "toString" TEXT); INSERT INTO constructor VALUES (1, 'Lotus', 'x');`,
    );
    const planned = plan({ question: 'How many constructors are there?', catalog: odd, ranked: [], today });
    assert.equal(planned.kind === 'planned' && planned.sql, 'SELECT COUNT(*) FROM constructor');
  });

  it('adds up what is ranked by names that repeat', () => {
    const sales = catalogOf(
      `CREATE TABLE sales (id INTEGER PRIMARY KEY, buyer TEXT, amount REAL); INSERT INTO sales VALUES (1, 'Ada', 1), (2, 'Bo', 2), (3, 'Ada', 3);`,
    );
    const planned = plan({ question: 'top 2 buyers by amount', catalog: sales, ranked: [], today });
    assert.equal(
      planned.kind === 'planned' && planned.sql,
      'SELECT buyer, SUM(amount) FROM sales GROUP BY buyer ORDER BY SUM(amount) DESC LIMIT 2',
    );
  });

  it('reads what database people shorten', () => {
    const short = catalogOf(
      `CREATE TABLE department (DNO INTEGER PRIMARY KEY, DName TEXT, tot_bal REAL, hiredate DATE); INSERT INTO department VALUES (1, 'Legal', 10, '2024-01-01');`,
    );
    const planned = plan({ question: 'name and total balance of each department', catalog: short, ranked: [], today });
    assert.equal(planned.kind === 'planned' && planned.sql, 'SELECT DName, tot_bal FROM department');
  });

  it('repeats what it missed in the words of the asker', () => {
    const planned = plan({ question: 'Ebbs in March 2024 over 5 "old" ones', catalog, ranked: [], today });
    assert.ok(planned.kind === 'declined');
    assert.match(planned.missing, /“in March 2024”/i);
    assert.doesNotMatch(planned.missing, /[A-Z]\d/);
  });

  it('names tables and columns of any spelling', () => {
    const odd = catalogOf(
      `CREATE TABLE "Odd Näme 🛒" ("Mixed Case" TEXT, "group" INTEGER, "quo""te" TEXT); INSERT INTO "Odd Näme 🛒" VALUES ('a', 1, 'b');`,
    );
    const planned = plan({ question: 'show the mixed case of odd näme', catalog: odd, ranked: [], today });
    assert.equal(planned.kind === 'planned' && planned.sql, 'SELECT "Mixed Case" FROM "Odd Näme 🛒"');
  });
});

describe('names as databases shorten them', () => {
  it.each([
    ['first letters of the table', 'show the name of all guests', 'SELECT GuName FROM Hotel_Guests'],
    ['words run together', 'show the source airport of all guests', 'SELECT sourceairport FROM Hotel_Guests'],
    ['one word in two', 'show the wifi of all guests', 'SELECT WiFi FROM Hotel_Guests'],
    [
      'its owner named with the last of a list',
      'show the name and code of the room with the most guests',
      'SELECT Room.name, Room.code FROM Room JOIN Hotel_Guests ON Room.id = Hotel_Guests.room_id GROUP BY Room.id, Room.name, Room.code ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    ['a word cut short', 'show the registration year of all guests', 'SELECT RegisYear FROM Hotel_Guests'],
  ])('%s', (_, question, sql) => {
    const guests = catalogOf(
      `CREATE TABLE Room (id INTEGER PRIMARY KEY, name TEXT, code TEXT);
       INSERT INTO Room VALUES (1, 'Oak', 'a1'), (2, 'Elm', 'b2');
       CREATE TABLE Hotel_Guests (id INTEGER PRIMARY KEY, GuName TEXT, sourceairport TEXT, WiFi TEXT, RegisYear INTEGER,
         room_id INTEGER REFERENCES Room (id));
       INSERT INTO Hotel_Guests VALUES (1, 'Ann', 'OSL', 'fast', 1905, 1), (2, 'Bo', 'CPH', 'slow', 1815, 2);`,
    );
    const planned = plan({ question, catalog: guests, ranked: [], today });
    assert.equal(planned.kind === 'planned' && planned.sql, sql);
  });
});

describe('follow-ups', () => {
  it.each([
    [
      ['How many orders in 2024?', 'and in 2025?'],
      "SELECT COUNT(*) FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2026-01-01'",
    ],
    [
      ['How many orders are there?', 'only last month'],
      "SELECT COUNT(*) FROM orders WHERE order_date >= '2025-02-01' AND order_date < '2025-03-01'",
    ],
    [
      ['How many orders by status?', 'only the top 3'],
      'SELECT status, COUNT(*) FROM orders GROUP BY status ORDER BY COUNT(*) DESC LIMIT 3',
    ],
    [
      ['How many orders by status?', 'only the top 3', 'and last month?'],
      "SELECT status, COUNT(*) FROM orders WHERE order_date >= '2025-02-01' AND order_date < '2025-03-01' GROUP BY status ORDER BY COUNT(*) DESC LIMIT 3",
    ],
    [
      ['How many customers per name?', 'by country instead'],
      'SELECT country, COUNT(*) FROM customers GROUP BY country',
    ],
    [['Which customers are from Norway?', 'and from Chile?'], "SELECT name FROM customers WHERE country = 'Chile'"],
    [['How many orders are there?', 'How many products are there?'], 'SELECT COUNT(*) FROM products'],
  ])('reads %j', (turns, sql) => {
    assert.equal(sqlOf(...turns), sql);
  });
});

describe('a fiscal year', () => {
  const calendar = { today, fiscalYearStart: 4 };

  it('is read on the date of what is asked about, and the answer says from when to when', () => {
    const planned = plan({ question: 'How many orders in FY2024?', catalog, ranked: [], ...calendar });
    assert.ok(planned.kind === 'planned', JSON.stringify(planned));
    assert.equal(
      planned.sql,
      "SELECT COUNT(*) FROM orders WHERE order_date >= '2023-04-01' AND order_date < '2024-04-01'",
    );
    assert.deepEqual(planned.assumptions, [
      'The period fiscal year 2024 (2023-04-01 to 2024-03-31) is read on orders.order_date.',
    ]);
  });

  it('is the company’s own where a column says it', () => {
    const books = catalogOf(`
      CREATE TABLE postings (id INTEGER PRIMARY KEY, fiscal_year INTEGER, amount REAL, posted_on DATE);
      INSERT INTO postings VALUES (1, 2024, 10.5, '2023-05-01'), (2, 2025, 20, '2024-06-01');`);
    const planned = plan({ question: 'total amount of postings in FY2024', catalog: books, ranked: [], ...calendar });
    assert.ok(planned.kind === 'planned', JSON.stringify(planned));
    assert.equal(planned.sql, 'SELECT SUM(amount) FROM postings WHERE fiscal_year = 2024');
    assert.deepEqual(planned.assumptions, ['Fiscal year 2024 is the one that postings.fiscal_year holds.']);
  });

  it('carries on in a thread', () => {
    const { text, revised } = mergeTurns(
      [{ text: 'How many orders this fiscal year?' }, { text: 'and last fiscal year?' }],
      calendar,
    );
    const planned = plan({ question: text, catalog, ranked: [], ...calendar, revised });
    assert.ok(planned.kind === 'planned', JSON.stringify(planned));
    assert.match(planned.sql, /order_date >= '2023-04-01' AND order_date < '2024-04-01'/);
  });
});
