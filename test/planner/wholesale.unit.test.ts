import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver, TODAY } from '#test/support/planned.ts';

/** A wholesaler that calls its customers practices and takes a discount off its lines. */
const WHOLESALE = catalogOf(
  `CREATE TABLE sales_reps (rep_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, job_title TEXT, hired_on DATE, left_on DATE);
   CREATE TABLE practices (practice_id INTEGER PRIMARY KEY, acct_no TEXT, name TEXT, county TEXT, email TEXT, rep_id INTEGER REFERENCES sales_reps (rep_id), acct_opened DATE, credit_limit REAL);
   CREATE TABLE prod_cat (cat_id INTEGER PRIMARY KEY, cat_name TEXT, vat_rate REAL);
   CREATE TABLE products (prod_id INTEGER PRIMARY KEY, descr TEXT, cat_id INTEGER REFERENCES prod_cat (cat_id), launched DATE);
   CREATE TABLE orders (order_id INTEGER PRIMARY KEY, order_no TEXT, practice_id INTEGER REFERENCES practices (practice_id), rep_id INTEGER REFERENCES sales_reps (rep_id), channel TEXT, cust_ref TEXT, order_date DATE);
   CREATE TABLE order_lines (line_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (order_id), prod_id INTEGER REFERENCES products (prod_id), qty INTEGER, unit_price REAL, disc_pct REAL DEFAULT 0);
   CREATE TABLE returns (rtn_id INTEGER PRIMARY KEY, line_id INTEGER REFERENCES order_lines (line_id), reason TEXT, raised_on DATE);
   INSERT INTO sales_reps VALUES (1, 'Ada', 'Bell', 'Coach', '2020-01-02', NULL), (2, 'Bo', 'Cox', 'Rep', '2021-01-02', '2024-05-01'), (3, 'Cy', 'Day', 'Coach', '2022-03-04', NULL);
   INSERT INTO practices VALUES (1, 'A1', 'Riverside Vets', 'Powys', 'a@b.c', 2, '2024-01-01', 500), (2, 'A2', 'Hill Vets', 'Powys', NULL, 1, '2025-02-01', 900), (3, 'A3', 'Riverside Vets', 'Gwent', NULL, 1, '2023-02-01', 900);
   INSERT INTO prod_cat VALUES (1, 'Vaccines', 20), (2, 'Diets', 5);
   INSERT INTO products VALUES (1, 'Canivac', 1, '2024-01-01'), (2, 'Diet dog', 2, '2025-03-01'), (3, 'Diet cat', 2, '2023-03-01');
   INSERT INTO orders VALUES (1, 'S1', 1, 1, 'web', 'PO-1', '2024-02-03'), (2, 'S2', 1, 2, 'phone', NULL, '2025-02-03'), (3, 'S3', 3, 1, 'web', 'PO-9', '2025-04-03');
   INSERT INTO order_lines VALUES (1, 1, 1, 3, 9.5, 0), (2, 1, 3, 10, 3, 5), (3, 3, 2, 1, 20, 12.5);
   INSERT INTO returns VALUES (1, 2, 'Damaged', '2025-03-01'), (2, 3, 'Damaged', '2025-04-09');`,
);

/** Climbing halls with courses. */
const HALLS = catalogOf(
  `CREATE TABLE staff (staff_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, job_title TEXT, hired_on DATE, left_on DATE);
   CREATE TABLE members (member_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, birth_date DATE, joined_on DATE);
   CREATE TABLE courses (course_id INTEGER PRIMARY KEY, title TEXT, coach_id INTEGER REFERENCES staff (staff_id), start_date DATE);
   CREATE TABLE course_bkgs (bkg_id INTEGER PRIMARY KEY, course_id INTEGER REFERENCES courses (course_id), member_id INTEGER REFERENCES members (member_id), booked_on DATE, status TEXT);
   CREATE TABLE halls (hall_id INTEGER PRIMARY KEY, hall_name TEXT, city TEXT, closed_on DATE);
   CREATE TABLE day_passes (pass_id INTEGER PRIMARY KEY, hall_id INTEGER REFERENCES halls (hall_id), sold_at DATE, qty INTEGER, unit_price REAL, refunded_at DATE);
   INSERT INTO staff VALUES (1, 'Ada', 'Bell', 'Coach', '2020-01-02', NULL), (2, 'Bo', 'Cox', 'Desk', '2021-01-02', '2024-05-01'), (3, 'Cy', 'Day', 'Coach', '2022-03-04', NULL);
   INSERT INTO members VALUES (1, 'Eva', 'Fox', '2001-02-03', '2024-02-01'), (2, 'Gus', 'Ham', '2010-02-03', '2025-02-01');
   INSERT INTO courses VALUES (1, 'Basics', 1, '2025-01-10'), (2, 'Lead', 3, '2024-01-10');
   INSERT INTO course_bkgs VALUES (1, 1, 1, '2025-01-02', 'attended'), (2, 1, 2, '2025-01-03', 'no_show'), (3, 2, 2, '2024-01-03', 'attended');
   INSERT INTO halls VALUES (1, 'North', 'Leeds', NULL), (2, 'South', 'York', '2024-06-01'), (3, 'East', 'York', NULL);
   INSERT INTO day_passes VALUES (1, 1, '2025-02-03', 2, 9, NULL), (2, 1, '2025-02-04', 1, 9, '2025-02-05');`,
);
const sqlOf = (...turns: string[]) => sqlOver(WHOLESALE, ...turns);
const inHalls = (...turns: string[]) => sqlOver(HALLS, ...turns);
const HAS = (sql: string, part: string) => assert.ok(sql.includes(part), `${sql}\nhas not ${part}`);

describe('lines with a discount', () => {
  const worth = sqlOf('revenue by category');

  it('come to what is left of their price', () => {
    assert.ok(
      worth.startsWith('SELECT prod_cat.cat_name, SUM(order_lines.qty * order_lines.unit_price * (1 - '),
      worth,
    );
    HAS(worth, '/ 100.0)');
  });

  it('are of the day of their order, not of the day on which a product was launched', () => {
    for (const question of [
      'revenue last month',
      'order value per channel last year',
      'top 3 practices by sales in 2025',
    ]) {
      const sql = sqlOf(question);
      HAS(sql, 'orders.order_date >=');
      assert.ok(!sql.includes('launched'), sql);
    }
  });

  it('stand beside the number of their orders, each counted once', () => {
    HAS(sqlOf('revenue and orders per channel'), ', COUNT(DISTINCT orders.order_id) FROM');
    HAS(sqlOf('orders and revenue per channel'), 'SELECT orders.channel, COUNT(DISTINCT orders.order_id), SUM(');
    HAS(
      sqlOf('sales and number of orders, Q2 2025 vs Q1 2025'),
      "COUNT(DISTINCT CASE WHEN orders.order_date >= '2025-04-01' AND orders.order_date < '2025-07-01' THEN orders.order_id END)",
    );
  });

  it('are averaged over two periods, each by its own orders', () => {
    const sql = sqlOf('average order value this year vs last year');
    HAS(sql, "NULLIF(COUNT(DISTINCT CASE WHEN orders.order_date >= '2025-01-01' AND orders.order_date < '2026-01-01'");
    HAS(sql, "NULLIF(COUNT(DISTINCT CASE WHEN orders.order_date >= '2024-01-01' AND orders.order_date < '2025-01-01'");
    HAS(sqlOf('average number of orders per practice, 2025 vs 2024'), "CASE WHEN order_date >= '2025-01-01'");
  });

  it('are nothing to reckon where nobody says whether the discount is a share or an amount', () => {
    const unsaid = catalogOf(
      `CREATE TABLE sales (sale_id INTEGER PRIMARY KEY, sold_on DATE, qty INTEGER, price REAL, discount REAL);
       INSERT INTO sales VALUES (1, '2025-01-02', 2, 10, 5), (2, '2025-01-03', 1, 10, 0);`,
    );
    assert.ok(!sqlOver(unsaid, 'total value of sales').includes('qty * price'));
  });
});

describe('customers that are called otherwise', () => {
  it('are those that orders belong to, and the asker is told', () => {
    const made = plan({ question: 'how many customers do we have', catalog: WHOLESALE, ranked: [], today: TODAY });
    assert.ok(made.kind === 'planned');
    assert.equal(made.sql, 'SELECT COUNT(*) FROM practices');
    assert.deepEqual(made.assumptions, ['“customers” is read as practices.']);
    assert.ok(made.confidence < 0.9, String(made.confidence));
    HAS(sqlOf('which customers have not ordered this year'), 'SELECT name FROM practices WHERE practice_id NOT IN');
  });

  it('are no reference that they gave', () => {
    for (const question of ['which customers placed 2 or more orders', 'customers who never ordered anything'])
      assert.ok(!sqlOf(question).includes('cust_ref'), question);
    HAS(sqlOf('cust ref of order S1'), 'cust_ref');
  });
});

/** Orders whose references, discounts and days are kept as they often are: empty texts, noughts, a state beside each day. */
const MESSY = catalogOf(
  `CREATE TABLE orders (order_id INTEGER PRIMARY KEY, order_no TEXT, channel TEXT, reason TEXT, client_ref TEXT, discount_pct REAL, fee REAL, order_date DATE, delivered_date DATE, cancelled_on DATE, status TEXT);
   INSERT INTO orders VALUES (1, 'S1', 'web', NULL, 'A', 0, NULL, '2025-01-02', '2025-02-03', NULL, 'DELIVERED'), (2, 'S2', 'web', 'late', '', 5, 0, '2025-01-04', NULL, '2025-05-04', 'CANCELLED'), (3, 'S3', 'phone', NULL, NULL, 0, 7, '2025-02-04', NULL, NULL, 'OPEN');`,
);
const inMessy = (question: string) => sqlOver(MESSY, question);

describe('nothing in a column', () => {
  it('is an empty text, too, where some are stored', () => {
    HAS(inMessy('how many orders with no client ref'), "WHERE client_ref IS NULL OR client_ref = ''");
    HAS(inMessy('percentage of orders with a client ref'), "WHEN client_ref <> '' THEN");
  });

  it('is 0 where every row has a number, and no value where some have none', () => {
    HAS(inMessy('percentage of orders with a discount'), 'discount_pct <> 0');
    HAS(inMessy('percentage of orders with a fee'), 'fee IS NOT NULL');
  });

  it('is no value alone where two numbers are compared, of which one may be 0', () => {
    const stock = catalogOf(
      `CREATE TABLE products (product_id INTEGER PRIMARY KEY, name TEXT, stock_qty INTEGER, reorder_level INTEGER);
       INSERT INTO products VALUES (1, 'P1', 0, 9), (2, 'P2', 50, 9), (3, 'S1', 7, 3);`,
    );
    const sql = sqlOver(stock, 'percentage of products below their reorder level');
    HAS(sql, 'stock_qty < reorder_level');
    assert.ok(!sql.includes('<> 0'), sql);
  });
});

describe('a state that has its day', () => {
  it('is of a period on that day, wherever the period stands', () => {
    for (const question of [
      'orders delivered last month',
      'orders delivered in February 2025 per channel',
      'orders delivered per channel in February 2025',
    ])
      HAS(inMessy(question), 'delivered_date >=');
    HAS(inMessy('orders cancelled per reason this year'), 'cancelled_on >=');
    HAS(inMessy('orders delivered'), "status = 'DELIVERED'");
  });
});

describe('what was wrong over a wholesaler and climbing halls', () => {
  it('spend is no credit limit', () => {
    assert.match(sqlOf('riverside vets spend in 2025'), /^declined/);
  });

  it('“last order” is no last name, and “return rate” no other rate', () => {
    HAS(sqlOf('last order of Hill Vets'), 'ORDER BY orders.order_date DESC LIMIT 1');
    assert.match(sqlOf('return rate by product category'), /^declined/);
  });

  it('“how many … sales” counts them alone', () => {
    assert.equal(
      inHalls('How many day pass sales were refunded in 2025?'),
      "SELECT COUNT(*) FROM day_passes WHERE refunded_at >= '2025-01-01' AND refunded_at < '2026-01-01'",
    );
  });

  it('no-shows of courses are bookings, not courses', () => {
    const sql = inHalls('course no shows this year - how many');
    assert.ok(sql.startsWith('SELECT COUNT(*) FROM course_bkgs WHERE'), sql);
    assert.equal(inHalls('how many course no shows this year'), sql);
  });

  it('which of them are open, and in which city each is, are two columns', () => {
    assert.equal(
      inHalls('Which of our halls are currently open, and in which city is each one?'),
      'SELECT hall_name, city FROM halls WHERE closed_on IS NULL',
    );
  });

  it('people who are under an age are told by when they were born', () => {
    for (const question of ['how many members are under 18', 'how many members are under 18 today'])
      assert.equal(inHalls(question), "SELECT COUNT(*) FROM members WHERE birth_date > '2007-06-30'");
    HAS(inHalls('members who are over 65'), "birth_date < '1960-06-30'");
  });

  it('things “and how many” of others are counted for each', () => {
    for (const question of [
      'practices and how many orders they have',
      'practices with the number of orders',
      'list practices and number of orders',
    ])
      HAS(sqlOf(question), 'SELECT practices.name, COUNT(*) FROM practices JOIN orders');
    const coaches = inHalls('show each coach and the number of courses they run in 2025');
    HAS(coaches, "courses.start_date >= '2025-01-01'");
    HAS(coaches, "job_title = 'Coach' GROUP BY");
    HAS(inHalls('members and number of attended bookings'), "status = 'attended' GROUP BY");
  });
});
