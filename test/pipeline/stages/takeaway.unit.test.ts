import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Engine } from '#src/domain/catalog.ts';
import { type Cell, columnHeading } from '#src/domain/result-table.ts';
import { takeaway } from '#src/pipeline/stages/takeaway.ts';
import { resultOf, shop } from '#test/pipeline/support/saying/shop.ts';

type Rows = readonly (readonly Cell[])[];

/** What is said of some rows that a statement gave; the result's columns are named as an engine would. */
function said(sql: string, rows: Rows, question = '', engine: Engine = 'postgres', more = false): string {
  const width = rows[0]?.length ?? (sql.includes('GROUP BY') ? 2 : 1);
  const names = Array.from({ length: width }, (_, at) => `c${at}`);
  const ran = { sql, catalog: shop(engine) };
  return takeaway({ question, table: resultOf(names, rows, more), ran, today: '2026-06-15' }).text;
}

const IN_2026 = "order_date >= DATE '2026-01-01' AND order_date < DATE '2027-01-01'";

describe('a single figure', () => {
  it.each<readonly [string, Cell, string]>([
    ['SELECT COUNT(*) FROM sales_orders', 1451, '1,451 sales orders.'],
    ['SELECT COUNT(*) FROM sales_orders', 1, '1 sales order.'],
    ['SELECT COUNT(*) FROM sales_orders', 0, 'No sales orders.'],
    ['SELECT COUNT(*) FROM sales_orders', 12n, '12 sales orders.'],
    [`SELECT COUNT(*) FROM sales_orders WHERE ${IN_2026}`, 1451, '1,451 sales orders in 2026.'],
    [
      "SELECT COUNT(*) FROM sales_orders WHERE order_date BETWEEN '2026-05-01' AND '2026-05-31'",
      3,
      '3 sales orders in May 2026.',
    ],
    [
      "SELECT COUNT(*) FROM sales_orders WHERE order_date BETWEEN '2026-04-01' AND '2026-06-30'",
      3,
      '3 sales orders in Q2 2026.',
    ],
    ["SELECT COUNT(*) FROM sales_orders WHERE order_date = '2026-03-15'", 3, '3 sales orders on 15 March 2026.'],
    ["SELECT COUNT(*) FROM sales_orders WHERE order_date >= '2026-03-15'", 3, '3 sales orders since 15 March 2026.'],
    ["SELECT COUNT(*) FROM sales_orders WHERE order_date < '2026-03-15'", 3, '3 sales orders before 15 March 2026.'],
    [
      "SELECT COUNT(*) FROM sales_orders WHERE order_date BETWEEN '2026-06-03' AND '2026-06-09'",
      3,
      '3 sales orders from 3 to 9 June 2026.',
    ],
    ['SELECT COUNT(*) FROM sales_orders WHERE EXTRACT(YEAR FROM order_date) = 2026', 3, '3 sales orders in 2026.'],
    ["SELECT COUNT(*) FROM sales_orders WHERE status = 'lost'", 3, '3 sales orders with status lost.'],
    ["SELECT COUNT(*) FROM sales_orders WHERE status <> 'lost'", 3, '3 sales orders with status other than lost.'],
    ["SELECT COUNT(*) FROM sales_orders WHERE status IN ('lost', 'won')", 3, '3 sales orders with status lost or won.'],
    ['SELECT COUNT(*) FROM sales_orders WHERE total_amount > 3500', 3, '3 sales orders with total amount over 3,500.'],
    ['SELECT COUNT(*) FROM sales_orders WHERE approved', 3, '3 sales orders marked as approved.'],
    ['SELECT COUNT(*) FROM sales_orders WHERE approved = FALSE', 3, '3 sales orders marked as not approved.'],
    ['SELECT COUNT(*) FROM sales_orders WHERE status IS NULL', 3, '3 sales orders without status.'],
    ['SELECT COUNT(*) FROM order_items WHERE weight_kg > 10', 3, '3 order items with weight over 10 kg.'],
    ["SELECT COUNT(*) FROM customers WHERE country = 'Norway'", 3, '3 customers in Norway.'],
    [
      "SELECT COUNT(*) FROM customers WHERE hire_date >= '2026-01-01' AND hire_date < '2027-01-01'",
      3,
      '3 customers with hire date in 2026.',
    ],
    [
      "SELECT COUNT(*) FROM invoices WHERE issued_on BETWEEN '2026-01-01' AND '2026-12-31'",
      3,
      '3 invoices issued in 2026.',
    ],
    [
      "SELECT COUNT(*) FROM sales_orders AS o JOIN customers AS c ON o.customer_id = c.id WHERE c.country = 'Norway'",
      3,
      '3 sales orders with customer country Norway.',
    ],
    [
      "SELECT COUNT(*) FROM sales_orders AS o JOIN customers AS c ON o.customer_id = c.id WHERE c.name = 'Ada'",
      3,
      '3 sales orders with customer Ada.',
    ],
    [
      'SELECT COUNT(*) FROM customers WHERE id NOT IN (SELECT customer_id FROM sales_orders)',
      3,
      '3 customers without sales orders.',
    ],
    [
      `SELECT COUNT(*) FROM customers WHERE id NOT IN (SELECT customer_id FROM sales_orders WHERE ${IN_2026})`,
      3,
      '3 customers without sales orders in 2026.',
    ],
    ['SELECT COUNT(DISTINCT customer_id) FROM sales_orders', 3, '3 customers with sales orders.'],
    ['SELECT COUNT(DISTINCT country) FROM customers', 3, '3 different countries of customers.'],
    [
      `SELECT COUNT(DISTINCT CASE WHEN ${IN_2026} THEN customer_id END) FROM sales_orders`,
      3,
      '3 customers with sales orders in 2026.',
    ],
    ['SELECT SUM(quantity * unit_price) FROM order_items', 12.5, 'The total amount of order items is 12.5.'],
    [
      'SELECT SUM(quantity * unit_price * (1 - (discount_pct / 100.0))) FROM order_items',
      12.5,
      'The total amount of order items is 12.5.',
    ],
    [
      'SELECT 1.0 * SUM(quantity * unit_price) / COUNT(DISTINCT order_id) FROM order_items',
      12.5,
      'The total amount per order of order items is 12.5.',
    ],
    [
      'SELECT COUNT(*) FROM employees WHERE salary > (SELECT AVG(salary) FROM employees)',
      3,
      '3 employees with salary over the average.',
    ],
    [
      'SELECT COUNT(*) FROM sales_orders WHERE LENGTH(status) > 3',
      3,
      '3 sales orders under a condition that the steps show.',
    ],
    [
      "SELECT COUNT(*) FROM sales_orders WHERE status = 'lost' OR approved",
      3,
      '3 sales orders under a condition that the steps show.',
    ],
    ['SELECT COUNT(*) FROM "tbl_Auftr_kopf"', 3, '3 rows of tbl_Auftr_kopf.'],
    ['SELECT COUNT(*) FROM ad_spend', 3, '3 rows of ad spend.'],
    ['SELECT SUM(amount) FROM ad_spend', 12.5, 'The total amount of ad spend is 12.50.'],
    [
      `SELECT SUM(total_amount) FROM sales_orders WHERE ${IN_2026}`,
      1234567.891,
      'The total amount of sales orders in 2026 is 1,234,567.89 EUR.',
    ],
    [
      `SELECT SUM(total_amount) FROM sales_orders WHERE ${IN_2026}`,
      null,
      'No total amount of sales orders in 2026: no row has a value.',
    ],
    [
      "SELECT AVG(amount) FROM invoices WHERE currency = 'SEK'",
      -3.456,
      'The average amount of invoices with currency SEK is -3.46 SEK.',
    ],
    ['SELECT ROUND(AVG(quantity), 2) FROM order_items', 2.5, 'The average quantity of order items is 2.5.'],
    [
      'SELECT MAX(order_date) FROM sales_orders',
      '2026-03-15',
      'The latest order date of sales orders is 15 March 2026.',
    ],
    [
      "SELECT 100.0 * SUM(CASE WHEN status = 'lost' THEN 1 ELSE 0 END) / COUNT(*) FROM sales_orders",
      13.23456,
      '13.2 % of sales orders have status lost.',
    ],
    [
      "SELECT AVG(CASE WHEN status = 'lost' THEN 1.0 ELSE 0 END) FROM sales_orders",
      0.1323,
      '13.2 % of sales orders have status lost.',
    ],
    ['SELECT COUNT(*) FROM (SELECT 1 FROM sales_orders GROUP BY customer_id HAVING COUNT(*) > 2) AS x', 3, 'C 0: 3.'],
  ])('%s', (sql, cell, text) => assert.equal(said(sql, [[cell]]), text));

  it.each<readonly [Engine, string]>([
    ['sqlite', "SELECT COUNT(*) FROM sales_orders WHERE STRFTIME('%Y-%m', order_date) = '2026-05'"],
    ['sqlite', "SELECT COUNT(*) FROM sales_orders WHERE order_date >= '2026-05-01' AND order_date < '2026-06-01'"],
    ['mariadb', "SELECT COUNT(*) FROM `sales_orders` WHERE DATE_FORMAT(order_date, '%Y-%m') = '2026-05'"],
    ['postgres', "SELECT COUNT(*) FROM sales_orders WHERE TO_CHAR(order_date, 'YYYY-MM') = '2026-05'"],
    [
      'postgres',
      "WITH t AS (SELECT COUNT(*) AS n FROM sales_orders WHERE order_date BETWEEN '2026-05-01' AND '2026-05-31') SELECT n FROM t",
    ],
  ])('is the same of every engine and way of writing it: %s', (engine, sql) =>
    assert.equal(said(sql, [[4]], '', engine), '4 sales orders in May 2026.'),
  );
});

describe('several figures in one row', () => {
  const of = (year: number) => `(SELECT COUNT(*) FROM sales_orders WHERE EXTRACT(YEAR FROM order_date) = ${year})`;
  it('are compared where they are the same of two periods', () => {
    const text = '1,451 sales orders in 2026, up 4 % on 2025 (1,395).';
    assert.equal(said(`SELECT ${of(2026)}, ${of(2025)}`, [[1451, 1395]]), text);
    assert.equal(said(`SELECT ${of(2025)}, ${of(2026)}`, [[1395, 1451]]), text);
    assert.equal(
      said(`SELECT ${of(2026)}, ${of(2025)}`, [[50, 100]]),
      '50 sales orders in 2026, down 50 % on 2025 (100).',
    );
  });
  it('are listed with what each is', () => {
    assert.equal(
      said('SELECT MIN(salary), AVG(salary), MAX(salary) FROM employees', [[1, 2.5, 1000]]),
      'Employees: lowest salary 1.00, average salary 2.50 and highest salary 1,000.00.',
    );
    assert.equal(
      said('SELECT COUNT(*), SUM(quantity) FROM order_items', [[80, 1200]]),
      '80 order items: total quantity 1,200.',
    );
    assert.equal(
      said(
        "SELECT SUM(CASE WHEN status = 'won' THEN 1 ELSE 0 END), SUM(CASE WHEN status = 'lost' THEN 1 ELSE 0 END) FROM sales_orders",
        [[4, 5]],
      ),
      'Sales orders: 4 with status won and 5 with status lost.',
    );
    const total = (status: string) => `SUM(CASE WHEN status = '${status}' THEN total_amount END)`;
    const both = 'Sales orders: total amount with status won 4.00 EUR and total amount with status lost 5.00 EUR.';
    assert.equal(said(`SELECT ${total('won')}, ${total('lost')} FROM sales_orders`, [[4, 5]]), both);
    const filtered = (status: string) => `SUM(total_amount) FILTER (WHERE status = '${status}')`;
    assert.equal(said(`SELECT ${filtered('won')}, ${filtered('lost')} FROM sales_orders`, [[4, 5]]), both);
  });
});

const BY_COUNTRY =
  'SELECT c.country, COUNT(*) FROM sales_orders AS o JOIN customers AS c ON o.customer_id = c.id GROUP BY c.country';
const SUM_BY_COUNTRY = BY_COUNTRY.replace('COUNT(*)', 'SUM(o.total_amount)');
const THREE: Rows = [
  ['Norway', 3],
  ['Chile', 9],
  ['Peru', 5],
];

describe('groups', () => {
  it.each<[string, string, Rows, string, string?]>([
    ['the first is named', BY_COUNTRY, THREE, 'Chile is first with 9 sales orders, of 3 customer countries.'],
    [
      'the least where that is asked',
      BY_COUNTRY,
      THREE,
      'Norway is lowest with 3 sales orders, of 3 customer countries.',
      'Which country has the fewest orders?',
    ],
    [
      'as the query sorts, whatever is asked',
      `${BY_COUNTRY} ORDER BY COUNT(*) DESC`,
      THREE,
      'Chile is first with 9 sales orders, of 3 customer countries.',
      'slowest first',
    ],
    [
      'money with its currency',
      SUM_BY_COUNTRY,
      [
        ['Norway', 246694.1],
        ['Chile', 9],
        ['Peru', 5],
      ],
      'Norway is first with 246,694.10 EUR, of 3 customer countries by total amount of sales orders.',
    ],
    [
      'two of them',
      SUM_BY_COUNTRY,
      [
        ['Norway', 4],
        ['Chile', 9],
      ],
      'Chile is first with 9.00 EUR, before Norway with 4.00 EUR, by total amount of sales orders.',
    ],
    [
      'a tie of two',
      BY_COUNTRY,
      [
        ['Norway', 9],
        ['Chile', 9],
        ['Peru', 5],
      ],
      'Norway and Chile share first place with 9 sales orders each, of 3 customer countries.',
    ],
    [
      'a tie of many',
      BY_COUNTRY,
      [
        ['a', 9],
        ['b', 9],
        ['c', 9],
        ['d', 9],
        ['e', 1],
      ],
      '4 share first place with 9 sales orders each, of 5 customer countries.',
    ],
    [
      'all the same',
      BY_COUNTRY,
      [
        ['a', 9],
        ['b', 9],
        ['c', 9],
      ],
      'All 3 customer countries have the same: 9 sales orders.',
    ],
    [
      'a group without a name',
      BY_COUNTRY,
      [
        [null, 9],
        ['b', 3],
        ['c', 1],
      ],
      'No customer country is first with 9 sales orders, of 3 customer countries.',
    ],
    [
      'negative figures',
      SUM_BY_COUNTRY,
      [
        ['a', -9],
        ['b', -3],
        ['c', null],
      ],
      'b is first with -3.00 EUR, of 3 customer countries by total amount of sales orders.',
    ],
    ['no groups', `${BY_COUNTRY.replace(' GROUP', ` WHERE ${IN_2026} GROUP`)}`, [], 'No sales orders in 2026.'],
    [
      'a condition on the counted',
      BY_COUNTRY.replace(' GROUP', " WHERE o.status = 'lost' GROUP"),
      THREE,
      'Chile is first with 9 sales orders with status lost, of 3 customer countries.',
    ],
    [
      'numbers as names',
      'SELECT quantity, COUNT(*) FROM order_items GROUP BY quantity',
      [
        [1, 3],
        [2, 9],
        [3, 5],
      ],
      'Quantity 2 is first with 9 order items, of 3 quantities.',
    ],
    [
      'the top few',
      'SELECT c.name, SUM(o.total_amount) FROM sales_orders AS o JOIN customers AS c ON o.customer_id = c.id GROUP BY c.id, c.name ORDER BY SUM(o.total_amount) DESC LIMIT 3',
      [
        ['Ada', 9],
        ['Bo', 5],
        ['Cy', 3],
      ],
      'Ada is first with 9.00 EUR, of the 3 customers with the highest total amount of sales orders.',
    ],
    [
      'the first one alone',
      'SELECT c.name FROM sales_orders AS o JOIN customers AS c ON o.customer_id = c.id GROUP BY c.id, c.name ORDER BY COUNT(*) DESC LIMIT 1',
      [['Ada']],
      'Ada has the most sales orders.',
    ],
    [
      'a condition on the groups',
      'SELECT c.name FROM sales_orders AS o JOIN customers AS c ON o.customer_id = c.id GROUP BY c.id, c.name HAVING COUNT(*) > 30',
      [['Ada'], ['Bo']],
      '2 customers with over 30 sales orders: Ada and Bo.',
    ],
    [
      'the names of people',
      'SELECT m.first_name, m.last_name, COUNT(*) FROM employees AS e JOIN employees AS m ON e.manager_id = m.id GROUP BY m.id, m.first_name, m.last_name',
      [
        ['Ada', 'Aas', 4],
        ['Bo', 'Berg', 2],
        ['Cy', 'Costa', 1],
      ],
      'Ada Aas is first with 4 employees, of 3 managers.',
    ],
    [
      'several currencies, which nothing ranks',
      'SELECT currency, SUM(amount) FROM invoices GROUP BY currency',
      [
        ['EUR', 9],
        ['SEK', 100],
      ],
      'The total amount of invoices is 9.00 EUR and 100.00 SEK.',
    ],
  ])('%s', (_, sql, rows, text, question) => assert.equal(said(sql, rows, question ?? ''), text));

  it('keeps to what was read of a result that goes on', () => {
    assert.equal(said(BY_COUNTRY, THREE, '', 'postgres', true), 'The first 3 rows.');
  });
});

describe('figures over time', () => {
  const BY_MONTH = `SELECT TO_CHAR(order_date, 'YYYY-MM'), COUNT(*) FROM sales_orders WHERE ${IN_2026} GROUP BY 1`;
  const BY_YEAR = 'SELECT EXTRACT(YEAR FROM order_date), SUM(total_amount) FROM sales_orders GROUP BY 1';
  it('tell the last, how it changed and the highest', () => {
    assert.equal(
      said(BY_MONTH, [
        ['2026-03', 110],
        ['2026-05', 104],
        ['2026-04', 100],
      ]),
      '104 sales orders in May 2026, up 4 % on April 2026; the most of 3 months was 110 in March 2026.',
    );
  });
  it('call a month that is not over by that, and compare it with none', () => {
    assert.equal(
      said(BY_MONTH, [
        ['2026-05', 110],
        ['2026-06', 20],
      ]),
      '20 sales orders in June 2026 so far, after 110 in May 2026.',
    );
  });
  it('compare two years where both are there', () => {
    assert.equal(
      said(BY_YEAR, [
        [2024, 100],
        [2025, 104],
      ]),
      'The total amount of sales orders was 104.00 EUR in 2025, up 4 % on 2024.',
    );
  });
});

describe('lists', () => {
  it.each<readonly [string, Rows, string]>([
    ["SELECT name FROM customers WHERE country = 'Norway'", [['Ada'], ['Bo']], '2 customers in Norway: Ada and Bo.'],
    ["SELECT name FROM customers WHERE country = 'Norway'", [['Ada']], '1 customer in Norway: Ada.'],
    ["SELECT name FROM customers WHERE country = 'Norway'", [], 'No customers in Norway.'],
    ['SELECT name, country FROM customers', [['Ada', 'Norway']], '1 customer: Ada and country Norway.'],
    [
      'SELECT DISTINCT country FROM customers',
      [['Norway'], ['Chile']],
      '2 different countries of customers: Norway and Chile.',
    ],
    [
      'SELECT first_name, last_name, salary FROM employees ORDER BY salary DESC LIMIT 2',
      [
        ['Ada', 'Aas', 9],
        ['Bo', 'Berg', 5],
      ],
      'Ada Aas is first with salary 9.00, of the 2 employees with the highest salary.',
    ],
    [
      'SELECT first_name, last_name FROM employees ORDER BY salary LIMIT 1',
      [['Ada', 'Aas']],
      'Ada Aas has the lowest salary.',
    ],
    [
      'SELECT id, total_amount FROM sales_orders LIMIT 2',
      [
        [1, 9],
        [2, 5],
      ],
      '2 sales orders, as many as were asked for.',
    ],
    [
      'SELECT o.total_amount, c.name FROM sales_orders AS o JOIN customers AS c ON o.customer_id = c.id',
      [
        [9, 'Ada'],
        [5, 'Bo'],
      ],
      '2 sales orders; the highest total amount is 9.00 EUR (customer Ada).',
    ],
  ])('%s', (sql, rows, text) => assert.equal(said(sql, rows), text));
});

describe('where the statement is not simple enough, the result speaks', () => {
  const table = resultOf;
  it.each([
    [table(['COUNT(*)'], [[1234]]), 'The count is 1,234.'],
    [table(['AVG(staff.base_salary)'], [[10.256]]), 'The average of base salary is 10.26.'],
    [table(['SUM(a) * 100 / COUNT(*)'], [[66]]), 'The result is 66.'],
    [table(['name'], [[null]]), 'Name: no value.'],
    [table(['name', 'age'], [['Ada', 36]]), 'Name Ada and Age 36.'],
    [
      table(
        ['status', 'count'],
        [
          ['open', 3],
          ['paid', 9],
        ],
      ),
      'open 3 and paid 9.',
    ],
    [
      table(
        ['status', 'count'],
        [
          ['open', 3],
          ['paid', 9],
          ['void', 1],
        ],
      ),
      'paid is first of 3 with 9.',
    ],
    [
      table(
        ['status', 'count'],
        [
          ['open', 9],
          ['paid', 9],
          ['void', 1],
        ],
      ),
      '2 of 3 rows share the highest value, 9.',
    ],
    [table(['name'], [['a'], ['b']], true), 'The first 2 rows.'],
    [table(['name'], []), 'No rows match.'],
  ])('says what is in the table (%#)', (given, text) => {
    assert.equal(takeaway({ question: '', table: given }).text, text);
  });
});

describe('questions of yes or no', () => {
  it.each<readonly [string, string, Rows, string]>([
    ['Are there any orders?', 'SELECT COUNT(*) FROM sales_orders', [[3]], 'Yes: 3 sales orders.'],
    [
      'Are there any orders in 1999?',
      'SELECT COUNT(*) FROM sales_orders WHERE EXTRACT(YEAR FROM order_date) = 1999',
      [[0]],
      'No: no sales orders in 1999.',
    ],
    [
      'Do we have customers in Peru?',
      "SELECT name FROM customers WHERE country = 'Peru'",
      [],
      'No: no customers in Peru.',
    ],
    [
      'Is there a customer called Ada?',
      "SELECT name FROM customers WHERE name = 'Ada'",
      [['Ada']],
      'Yes: 1 customer with name Ada: Ada.',
    ],
  ])('%s', (question, sql, rows, text) => assert.equal(said(sql, rows, question), text));
});

/** Every number of a sentence, as digits. */
const numbersIn = (text: string) => [...text.matchAll(/-?\d[\d,]*(?:\.\d+)?/g)].map(([one]) => one.replaceAll(',', ''));

it('says no number that is not a cell, a count of rows, a literal of the query, or what two cells come to', () => {
  const figures = [1, 3, 9.456, 1200, 0, -5, 1234567.891];
  const statements = [
    `SELECT COUNT(*) FROM sales_orders WHERE ${IN_2026}`,
    `SELECT SUM(total_amount) FROM sales_orders WHERE ${IN_2026} AND total_amount > 70`,
    BY_COUNTRY,
    SUM_BY_COUNTRY,
    `${SUM_BY_COUNTRY} ORDER BY SUM(o.total_amount) DESC LIMIT 3`,
    'SELECT name, hire_date FROM customers',
  ];
  for (const sql of statements)
    for (const [at, figure] of figures.entries()) {
      const grouped = /country|name/.test(sql);
      const rows: Rows = grouped ? figures.slice(at).map((value, row) => [`g${'abcdefg'[row]}`, value]) : [[figure]];
      const known = [
        ...numbersIn(sql),
        String(rows.length),
        ...rows
          .flat()
          .flatMap((cell) => (typeof cell === 'number' ? [cell.toFixed(0), cell.toFixed(2), String(cell)] : [])),
      ];
      for (const number of numbersIn(said(sql, rows)))
        assert.ok(
          known.some((one) => Math.abs(Number(one)) === Math.abs(Number(number))),
          `${sql}: ${said(sql, rows)}`,
        );
    }
});

it.each([
  ['COUNT(*)', 'count'],
  ['sum', 'total'],
  ['COUNT(DISTINCT orders.customer_id)', 'count of distinct customer id'],
  ['SUM(a) * 100 / COUNT(*)', 'SUM(a) * 100 / COUNT(*)'],
  ['joined_on', 'joined on'],
  ['constructor', 'constructor'],
  ['CONSTRUCTOR(x)', 'CONSTRUCTOR(x)'],
  ['LENGTH(name)', 'LENGTH(name)'],
])('calls %s %s', (name, heading) => {
  assert.equal(columnHeading(name), heading);
});
