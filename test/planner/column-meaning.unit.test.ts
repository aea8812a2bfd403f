import assert from 'node:assert/strict';
import { beforeAll, describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ColumnRole } from '#src/domain/roles/column-role.ts';
import { plan } from '#src/planner/plan.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const COMPANY = `
  CREATE TABLE reps (id INTEGER PRIMARY KEY, name TEXT, quota REAL);
  CREATE TABLE customers (id INTEGER PRIMARY KEY, customer_no INTEGER, name TEXT, zip INTEGER, is_active BOOLEAN, vip TEXT,
    is_subscriber BOOLEAN, founded_year INTEGER);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), sales_rep_id INTEGER REFERENCES reps (id),
    order_number INTEGER, total_amount REAL, rooms INTEGER, approved INTEGER, ordered_on DATE);
  CREATE TABLE stays (id INTEGER PRIMARY KEY, sales_rep_id INTEGER, nights INTEGER);
  INSERT INTO reps VALUES (11, 'Ida', 1000.5), (12, 'Per', 2000);
  INSERT INTO customers VALUES (1, 1001, 'Ada', 5003, 1, 'Y', 1, 1990), (2, 1002, 'Bo', 5004, 0, 'N', 0, 2001), (3, 1003, 'Cy', 90210, 1, 'N', 1, 2001);
  INSERT INTO orders VALUES (1, 1, 11, 70001, 10.5, 2, 1, '2026-01-05'), (2, 2, 12, 70002, 20, 1, 0, '2026-02-05'), (3, 3, 12, 70003, 5, 3, 1, '2026-02-06');
  INSERT INTO stays VALUES (1, 11, 3), (2, 12, 4);`;

let catalog: DatabaseCatalog;
beforeAll(() => {
  catalog = catalogOf(COMPANY);
});

const planOf = (question: string) => plan({ question, catalog, ranked: [], today: '2026-03-15' });

describe('a key is never added up', () => {
  it.each([
    ['total sales', 'SELECT SUM(total_amount) FROM orders'],
    ['What were the total sales of orders?', 'SELECT SUM(total_amount) FROM orders'],
    ['What is the total amount of orders?', 'SELECT SUM(total_amount) FROM orders'],
    ['total amount of orders by approved', 'SELECT approved, SUM(total_amount) FROM orders GROUP BY approved'],
    ['sum of the rooms of orders', 'SELECT SUM(rooms) FROM orders'],
    ['maximum order number of orders', 'SELECT MAX(order_number) FROM orders'],
    ['average founded year of customers', 'SELECT AVG(founded_year) FROM customers'],
    ['total rooms of orders', 'SELECT SUM(rooms) FROM orders'],
  ])('“%s” is %s', (question, sql) => {
    const planned = planOf(question);
    assert.equal(planned.kind === 'planned' ? planned.sql : JSON.stringify(planned), sql);
  });

  it.each([
    ['average rep id', 'reps.id'],
    ['total customer id of orders', 'orders.customer_id'],
    ['sum of the zip of customers', 'customers.zip'],
    ['average order number', 'orders.order_number'],
    ['sum of founded year of customers', 'customers.founded_year'],
  ])('“%s” is declined, and said why', (question, column) => {
    const planned = planOf(question);
    assert.ok(planned.kind === 'declined', JSON.stringify(planned));
    assert.match(planned.missing, new RegExp(`${column}.*mean nothing`));
  });

  it.each(['total sales of stays', 'total sales rep id of stays', 'average of sales rep id per customer'])(
    '“%s” is not made of keys where there is no amount',
    (question) => {
      const planned = planOf(question);
      assert.ok(planned.kind === 'declined', JSON.stringify(planned));
    },
  );
});

describe('a flag is counted where it is true', () => {
  it.each([
    ['How many active customers are there?', 'SELECT COUNT(*) FROM customers WHERE is_active = TRUE'],
    ['How many customers are active?', 'SELECT COUNT(*) FROM customers WHERE is_active = TRUE'],
    ['How many customers are not active?', 'SELECT COUNT(*) FROM customers WHERE is_active = FALSE'],
    ['How many inactive customers are there?', 'SELECT COUNT(*) FROM customers WHERE is_active = FALSE'],
    ['How many vip customers do we have?', "SELECT COUNT(*) FROM customers WHERE vip = 'Y'"],
    ['How many subscribers are there?', 'SELECT COUNT(*) FROM customers WHERE is_subscriber = TRUE'],
    ['names of active customers', 'SELECT name FROM customers WHERE is_active = TRUE'],
    ['Which customers are active?', 'SELECT name FROM customers WHERE is_active = TRUE'],
    ['How many approved orders are there?', 'SELECT COUNT(*) FROM orders WHERE approved = 1'],
    ['How many unapproved orders?', 'SELECT COUNT(*) FROM orders WHERE approved = 0'],
    ['total amount of approved orders', 'SELECT SUM(total_amount) FROM orders WHERE approved = 1'],
  ])('“%s” is %s', (question, sql) => {
    const planned = planOf(question);
    assert.equal(planned.kind === 'planned' ? planned.sql : JSON.stringify(planned), sql);
  });
});

it('“placed this week” says when an order came, though a state is called so', () => {
  const shop = catalogOf(SHOP);
  const planned = plan({
    question: 'How many orders were placed this month?',
    catalog: shop,
    ranked: [],
    today: '2024-01-20',
  });
  assert.equal(
    planned.kind === 'planned' ? planned.sql : JSON.stringify(planned),
    "SELECT COUNT(*) FROM orders WHERE order_date >= '2024-01-01' AND order_date < '2024-02-01'",
  );
});

it('“placed in 2024 vs 2023” says so of both periods, and “are placed” how they stand', () => {
  const asked = (question: string) => {
    const planned = plan({ question, catalog: catalogOf(SHOP), ranked: [], today: '2024-01-20' });
    return planned.kind === 'planned' ? planned.sql : JSON.stringify(planned);
  };
  const either = [2024, 2023]
    .map(
      (year) => `SUM(CASE WHEN order_date >= '${year}-01-01' AND order_date < '${year + 1}-01-01' THEN 1 ELSE 0 END)`,
    )
    .join(', ');
  assert.equal(asked('How many orders were placed in 2024 vs 2023?'), `SELECT ${either} FROM orders`);
  assert.match(asked('How many orders are placed?'), /status = 'placed'/);
});

it('“invoice amount” is the invoice’s own, not that of its lines', () => {
  const books = catalogOf(`
    CREATE TABLE invoice_lines (id INTEGER PRIMARY KEY, invoice_id INTEGER REFERENCES invoices (id), amount REAL);
    CREATE TABLE invoices (id INTEGER PRIMARY KEY, status TEXT, amount REAL);
    INSERT INTO invoices VALUES (1, 'open', 10), (2, 'paid', 20);
    INSERT INTO invoice_lines VALUES (1, 1, 4), (2, 1, 6), (3, 2, 20);`);
  const planned = plan({
    question: 'average invoice amount by status',
    catalog: books,
    ranked: [],
    today: '2024-01-20',
  });
  assert.equal(
    planned.kind === 'planned' ? planned.sql : JSON.stringify(planned),
    'SELECT status, AVG(amount) FROM invoices GROUP BY status',
  );
});

describe('by the roles of its columns', () => {
  const sqlOf = (question: string, of = catalogOf(SHOP)) => {
    const planned = plan({ question, catalog: of, ranked: [], today: '2024-06-20' });
    return planned.kind === 'planned' ? planned.sql : JSON.stringify(planned);
  };
  /** The shop with roles that an admin set. */
  const shopWith = (roles: Readonly<Record<string, ColumnRole>>): DatabaseCatalog => {
    const shop = catalogOf(SHOP);
    const tables = shop.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => {
        const role = roles[`${table.name}.${column.name}`];
        return role ? { ...column, role: { role, because: 'said so', configured: true as const } } : column;
      }),
    }));
    return { ...shop, tables };
  };

  it.each([
    ['amount by status of orders', 'SELECT status, SUM(amount) FROM orders GROUP BY status'],
    ['price by color of products', 'SELECT color, AVG(price) FROM products GROUP BY color'],
    [
      'Which orders were in 2024?',
      "SELECT * FROM orders WHERE order_date >= '2024-01-01' AND order_date < '2025-01-01'",
    ],
  ])('“%s” is %s', (question, sql) => {
    assert.equal(sqlOf(question), sql);
  });

  it('what an admin set goes before what is inferred', () => {
    assert.equal(
      sqlOf('amount by status of orders', shopWith({ 'orders.amount': 'other measure' })),
      'SELECT status, AVG(amount) FROM orders GROUP BY status',
    );
    assert.match(sqlOf('total amount of orders', shopWith({ 'orders.amount': 'reference' })), /would mean nothing/);
    assert.match(sqlOf('customers in 2023', shopWith({ 'customers.joined_on': 'other date' })), /declined/);
  });
});
