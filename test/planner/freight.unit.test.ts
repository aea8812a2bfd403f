import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const FREIGHT = catalogOf(
  `CREATE TABLE customers (cust_id INTEGER PRIMARY KEY, cust_name TEXT, city TEXT, since_date DATE, email TEXT, phone TEXT);
   CREATE TABLE loads (load_id INTEGER PRIMARY KEY, cust_id INTEGER REFERENCES customers (cust_id), booked_on DATE, delivered_on DATE, origin_city TEXT, commodity TEXT, is_hazmat INTEGER, status TEXT, handling_fee REAL);
   CREATE TABLE stops (stop_id INTEGER PRIMARY KEY, load_id INTEGER REFERENCES loads (load_id), stop_date DATE, is_late INTEGER);
   CREATE TABLE trips (trip_id INTEGER PRIMARY KEY, load_id INTEGER REFERENCES loads (load_id), depart_date DATE, loaded_mi INTEGER);
   CREATE TABLE fuel_purchases (fuel_id INTEGER PRIMARY KEY, purch_date DATE, state TEXT, gallons REAL);
   CREATE TABLE invoices (inv_id INTEGER PRIMARY KEY, load_id INTEGER REFERENCES loads (load_id), issued_on DATE, paid_on DATE, amount REAL);
   CREATE TABLE courses (course_id INTEGER PRIMARY KEY, title TEXT, is_elective INTEGER, credits INTEGER);
   CREATE TABLE sittings (sitting_id INTEGER PRIMARY KEY, course_id INTEGER REFERENCES courses (course_id), cust_id INTEGER REFERENCES customers (cust_id), sat_on DATE, status TEXT, online INTEGER, score REAL);
   CREATE TABLE licences (licence_id INTEGER PRIMARY KEY, cust_id INTEGER REFERENCES customers (cust_id), state TEXT, status TEXT);
   INSERT INTO customers VALUES (1, 'Acme', 'Leeds', '2020-01-02', 'a@b.c', NULL), (2, 'Bolt', 'York', '2024-03-02', NULL, '5'), (3, 'Core', 'Leeds', '2023-03-02', 'd@e.f', '6');
   INSERT INTO loads VALUES (1, 1, '2024-01-02', '2024-02-02', 'Leeds', 'steel', 1, 'delivered', 5), (2, 1, '2025-01-02', NULL, 'York', 'grain', 0, 'booked', 6), (3, 2, '2024-05-02', '2024-05-09', 'York', 'steel', 0, 'delivered', 7), (4, 3, '2024-06-02', NULL, 'York', 'steel', 0, 'cancelled', 8);
   INSERT INTO stops VALUES (1, 1, '2024-02-01', 1), (2, 1, '2024-02-02', 0), (3, 3, '2024-05-09', 1);
   INSERT INTO trips VALUES (1, 1, '2024-01-05', 300), (2, 3, '2024-05-05', 700);
   INSERT INTO fuel_purchases VALUES (1, '2024-01-05', 'TX', 80), (2, '2024-02-05', 'TX', 90), (3, '2024-02-06', 'OH', 120);
   INSERT INTO invoices VALUES (1, 1, '2024-02-10', '2024-03-10', 900), (2, 3, '2024-05-20', NULL, 400);
   INSERT INTO courses VALUES (1, 'Brakes', 1, 5), (2, 'Tyres', 0, 3), (3, 'Ropes', 1, 9);
   INSERT INTO sittings VALUES (1, 1, 1, '2024-01-05', 'passed', 1, 60), (2, 1, 2, '2024-04-05', 'failed', 0, 70), (3, 2, 3, '2025-01-05', 'passed', 1, 81);
   INSERT INTO licences VALUES (1, 1, 'TX', 'active'), (2, 2, 'OH', 'lapsed'), (3, 3, 'OH', 'active');`,
);
const sqlOf = (...turns: string[]) => sqlOver(FREIGHT, ...turns);

describe('a table whose name is near to a column of another', () => {
  it('is meant by its whole name in the plural', () => {
    assert.match(
      sqlOf('which origin city has the most loads'),
      /^SELECT origin_city FROM loads GROUP BY origin_city ORDER BY COUNT\(\*\) DESC LIMIT 1$/,
    );
    assert.equal(
      sqlOf('loads by commodity, most first'),
      'SELECT commodity, COUNT(*) FROM loads GROUP BY commodity ORDER BY COUNT(*) DESC',
    );
  });
});

describe('a period', () => {
  it('is that of what was done, and not that of who did it', () => {
    for (const question of [
      'How many customers had loads in 2024?',
      'How many customers booked loads in 2024?',
      'How many customers had at least one load in 2024?',
    ])
      assert.match(
        sqlOf(question),
        /^SELECT COUNT\(DISTINCT customers\.cust_id\) .* WHERE loads\.booked_on >= '2024-01-01' AND loads\.booked_on < '2025-01-01'$/,
      );
    assert.match(
      sqlOf('number of customers with at least one load in each month of 2024'),
      /STRFTIME\('%Y-%m', loads\.booked_on\).*loads\.booked_on >= '2024-01-01'/,
    );
    assert.match(sqlOf('how many customers took a course in 2024'), /sittings\.sat_on >= '2024-01-01'/);
  });

  it('of a deed of which no day is kept is declined, where another day is', () => {
    assert.match(sqlOf('how many invoices were printed in 2024'), /^declined: /);
  });

  it('leaves out what has no day yet', () => {
    assert.match(sqlOf('loads delivered per month'), /FROM loads WHERE delivered_on IS NOT NULL GROUP BY/);
  });

  it('ends or begins with a month of this year', () => {
    assert.match(sqlOf('loads booked before march this year'), /WHERE booked_on < '2025-03-01'$/);
    assert.match(sqlOf('loads booked since march last year'), /WHERE booked_on >= '2024-03-01'$/);
  });

  it('is the first of all by how much happened in it', () => {
    const month = "STRFTIME('%Y-%m', booked_on)";
    assert.equal(
      sqlOf('which month of 2024 had the most loads'),
      `SELECT ${month} AS period FROM loads WHERE booked_on >= '2024-01-01' AND booked_on < '2025-01-01' GROUP BY ${month} ORDER BY COUNT(*) DESC LIMIT 1`,
    );
    assert.match(
      sqlOf('In which month of 2024 were the most loads delivered, and how many were delivered in that month?'),
      /^SELECT STRFTIME\('%Y-%m', delivered_on\) AS period, COUNT\(\*\) /,
    );
    assert.match(
      sqlOf('month with the fewest loads, with count'),
      /^SELECT .* AS period, COUNT\(\*\) .* ORDER BY COUNT\(\*\) LIMIT 1$/,
    );
  });

  it('stands beside another, each with its count', () => {
    const counts =
      /^SELECT commodity, SUM\(CASE WHEN booked_on >= '2024-01-01' .* THEN 1 ELSE 0 END\), SUM\(CASE WHEN booked_on >= '2025-01-01'/;
    assert.match(
      sqlOf(
        'For each commodity, compare the number of loads booked in 2024 with the number booked in 2025. Return the commodity and the two counts.',
      ),
      counts,
    );
  });
});

describe('a flag', () => {
  it('that is said of rows of another table is declined', () => {
    assert.match(sqlOf('how many loads were late'), /^declined: /);
    assert.match(sqlOf('loads delivered late in 2024'), /^declined: /);
  });

  it('is no list of both kinds where a verb leads to it', () => {
    assert.doesNotMatch(sqlOf('What is the average score of the sittings that were taken online?'), /GROUP BY online/);
  });

  it('names the rows of which it is true', () => {
    assert.equal(sqlOf('electives'), 'SELECT title FROM courses WHERE is_elective = 1');
    assert.match(
      sqlOf('electives with more than 1 sitting'),
      /WHERE courses\.is_elective = 1 .*HAVING COUNT\(\*\) > 1$/,
    );
    assert.equal(sqlOf('electives and their credits'), 'SELECT title, credits FROM courses WHERE is_elective = 1');
  });
});

describe('what is reckoned', () => {
  it('of each kind is that of all its rows, where the most of it is asked for', () => {
    assert.equal(
      sqlOf('Which two states have the most gallons?'),
      'SELECT state FROM fuel_purchases GROUP BY state ORDER BY SUM(gallons) DESC LIMIT 2',
    );
  });

  it('of an order is no fee that comes on top', () => {
    assert.match(sqlOf('average load value'), /^declined: /);
    assert.equal(sqlOf('total revenue'), 'SELECT SUM(amount) FROM invoices');
  });

  it('is rounded to as many places as are asked for', () => {
    assert.equal(
      sqlOf('What is the average score of sittings? Please round to one decimal.'),
      'SELECT ROUND(AVG(score), 1) FROM sittings',
    );
    assert.match(
      sqlOf('share of loads that were cancelled, with 2 decimals'),
      /^SELECT ROUND\(100\.0 \* .*, 2\) FROM loads$/,
    );
    assert.equal(sqlOf('how many loads, rounded to one decimal'), 'SELECT COUNT(*) FROM loads');
  });

  it('is in the order that is said in full', () => {
    const sorted = 'SELECT commodity, COUNT(*) FROM loads GROUP BY commodity ORDER BY COUNT(*) DESC';
    for (const question of [
      'number of loads by commodity, from highest to lowest',
      'number of loads per commodity. Sort by the number of loads, largest first.',
      'number of loads per commodity sorted from highest to lowest',
    ])
      assert.equal(sqlOf(question), sorted, question);
    assert.equal(
      sqlOf('courses by credits, largest first'),
      'SELECT title, credits FROM courses ORDER BY credits DESC',
    );
  });

  it('is of no group that has none', () => {
    assert.equal(
      sqlOf('number of loads per commodity, leave out commodities without any'),
      'SELECT commodity, COUNT(*) FROM loads GROUP BY commodity',
    );
  });
});

describe('the first of all', () => {
  it('is told by whose it is and by how much', () => {
    assert.match(
      sqlOf('biggest invoice ever - who was it for, how much'),
      /^SELECT customers\.cust_name, invoices\.amount FROM .* ORDER BY invoices\.amount DESC LIMIT 1$/,
    );
    assert.match(
      sqlOf('biggest invoice in 2024, which customer and how much'),
      /^SELECT customers\.cust_name, invoices\.amount FROM/,
    );
  });
});

describe('what somebody has', () => {
  it('and lacks is no list of it', () => {
    assert.equal(
      sqlOf('which customers have an email but no phone'),
      'SELECT cust_name FROM customers WHERE email IS NOT NULL AND phone IS NULL',
    );
  });

  it('is a state of theirs, though something else is called so', () => {
    assert.match(
      sqlOf('how many active licences per state'),
      /COUNT\(\*\) FROM licences WHERE status = 'active' GROUP BY state$/,
    );
  });
});

describe('a word that is none of the database', () => {
  it('is no slip of another that is a participle as well', () => {
    assert.match(sqlOf('how many bailed loads'), /^declined: /);
  });
});

describe('two things counted beside each other', () => {
  it('are each counted once, those that have none of the other as well', () => {
    assert.equal(
      sqlOf('For every city, show the number of customers and the number of loads.'),
      'SELECT customers.city, COUNT(DISTINCT customers.cust_id), COUNT(DISTINCT loads.load_id) FROM customers LEFT JOIN loads ON customers.cust_id = loads.cust_id GROUP BY customers.city',
    );
    assert.match(
      sqlOf('For every city, show the number of customers and the number of cancelled loads.'),
      /^declined: /,
    );
  });
});

describe('what is there and what is not', () => {
  it('are looked up each for itself', () => {
    const rows = (year: number) =>
      `(SELECT cust_id FROM loads WHERE cust_id IS NOT NULL AND (booked_on >= '${year}-01-01' AND booked_on < '${year + 1}-01-01'))`;
    for (const question of [
      'How many customers had a load in 2024 but none in 2025?',
      'How many customers booked at least one load in 2024 but none in 2025?',
    ])
      assert.equal(
        sqlOf(question),
        `SELECT COUNT(*) FROM customers WHERE customers.cust_id IN ${rows(2024)} AND cust_id NOT IN ${rows(2025)}`,
        question,
      );
    assert.match(sqlOf('which customers have never been given a licence'), /NOT IN \(SELECT cust_id FROM licences/);
  });
});

describe('a figure beside a count', () => {
  it('is the total of what is named, though something else has a total of its own', () => {
    const odd = catalogOf(
      `CREATE TABLE invoices (id INTEGER PRIMARY KEY, amount REAL, status TEXT);
       CREATE TABLE fuel (id INTEGER PRIMARY KEY, total_amt REAL);
       INSERT INTO invoices VALUES (1, 5, 'disputed'), (2, 6, 'paid'); INSERT INTO fuel VALUES (1, 7), (2, 8);`,
    );
    const both = "SELECT COUNT(*), SUM(amount) FROM invoices WHERE status = 'disputed'";
    assert.equal(sqlOver(odd, 'disputed invoices, count and total amount'), both);
    assert.equal(sqlOver(odd, 'disputed invoices - how many and whats the total'), both);
    assert.match(sqlOver(odd, 'What is the total amount, fuel included?'), /^declined: /);
  });

  it('ranks what a flag is true of', () => {
    assert.match(
      sqlOf('which customer has the most hazmat loads'),
      /WHERE loads\.is_hazmat = 1 GROUP BY .* ORDER BY COUNT\(\*\) DESC LIMIT 1$/,
    );
  });

  it('is of the year that stands before what it is of, or last', () => {
    const of2024 = "SELECT COUNT(*) FROM loads WHERE booked_on >= '2024-01-01' AND booked_on < '2025-01-01'";
    assert.equal(sqlOf('how many 2024 loads'), of2024);
    assert.match(
      sqlOf('loads by commodity, 2024'),
      /^SELECT commodity, COUNT\(\*\) FROM loads WHERE booked_on >= '2024-01-01'/,
    );
  });
});

describe('a word that ends the name of what is asked about', () => {
  it('means that, though a value is called so', () => {
    const school = catalogOf(
      `CREATE TABLE class_group (id INTEGER PRIMARY KEY, stat TEXT, course_id INTEGER REFERENCES course (id), start_dt DATE);
       CREATE TABLE course (id INTEGER PRIMARY KEY, fmt TEXT);
       INSERT INTO course VALUES (1, 'group'), (2, 'single');
       INSERT INTO class_group VALUES (1, 'CANCELLED', 1, '2025-01-02'), (2, 'RUNNING', 2, '2025-02-02');`,
    );
    assert.equal(
      sqlOver(school, 'how many class groups are there, leaving out cancelled groups'),
      "SELECT COUNT(*) FROM class_group WHERE stat <> 'CANCELLED'",
    );
  });
});

const CLINIC = catalogOf(
  `CREATE TABLE employees (emp_id INTEGER PRIMARY KEY, full_name TEXT, department TEXT, hire_date DATE, term_date DATE);
   CREATE TABLE accounts (account_id INTEGER PRIMARY KEY, name TEXT, created_on DATE, churned_on DATE, acct_status TEXT);
   CREATE TABLE subscriptions (sub_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts (account_id), started_on DATE, status TEXT, mrr REAL);
   CREATE TABLE projects (proj_id INTEGER PRIMARY KEY, kickoff_dt DATE, plan_end_dt DATE, compl_dt DATE, stat TEXT, amount REAL);
   CREATE TABLE product (prod_id INTEGER PRIMARY KEY, prod_name TEXT);
   CREATE TABLE prod_order (po_id INTEGER PRIMARY KEY, prod_id INTEGER REFERENCES product (prod_id), start_dt DATE);
   CREATE TABLE usage_monthly (usage_id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts (account_id), usage_month TEXT, logins INTEGER);
   INSERT INTO employees VALUES (1, 'Ada Berg', 'Support', '2020-01-02', NULL), (2, 'Bo Lind', 'Support', '2020-01-02', '2024-01-02'), (3, 'Cy Holm', 'Sales', '2021-01-02', NULL);
   INSERT INTO accounts VALUES (1, 'Alpha', '2023-01-02', '2024-05-02', 'churned'), (2, 'Beta', '2024-01-02', NULL, 'active'), (3, 'Gamma', '2024-02-02', '2025-01-03', 'churned');
   INSERT INTO subscriptions VALUES (1, 1, '2023-01-02', 'ended', 5), (2, 2, '2024-01-02', 'active', 6), (3, 3, '2024-02-02', 'active', 7);
   INSERT INTO projects VALUES (1, '2024-01-02', '2024-05-02', '2024-06-02', 'DONE', 10), (2, '2024-02-02', '2025-01-02', NULL, 'CANC', 20), (3, '2024-12-02', '2025-01-20', '2025-01-30', 'DONE', 30);
   INSERT INTO product VALUES (1, 'Chair'), (2, 'Table');
   INSERT INTO prod_order VALUES (1, 1, '2024-01-02');
   INSERT INTO usage_monthly VALUES (1, 1, '2024-01', 5);`,
);
const askedOf = (...turns: string[]) => sqlOver(CLINIC, ...turns);

describe('two periods beside each other', () => {
  const years = (day: string, figure: string) =>
    [2025, 2024]
      .map((year) => `SUM(CASE WHEN ${day} >= '${year}-01-01' AND ${day} < '${year + 1}-01-01' THEN ${figure} END)`)
      .join(', ');
  const counts = (day: string) => years(day, '1 ELSE 0');

  it('are read on the day of what was done, by a verb and by a state', () => {
    assert.equal(
      askedOf('how many accounts churned this year vs last year'),
      `SELECT ${counts('churned_on')} FROM accounts`,
    );
    assert.equal(
      askedOf('how many projects were completed in 2025 vs 2024'),
      `SELECT ${counts('compl_dt')} FROM projects`,
    );
    assert.equal(
      askedOf('amount of completed projects 2025 vs 2024'),
      `SELECT ${years('compl_dt', 'amount')} FROM projects WHERE stat = 'DONE'`,
    );
  });

  it('are so where they are joined by no more than and', () => {
    assert.equal(
      askedOf('total amount of completed projects this year and last year'),
      `SELECT ${years('compl_dt', 'amount')} FROM projects WHERE stat = 'DONE'`,
    );
  });

  it('and a period alone is of that day, and not of the one that was planned', () => {
    assert.match(
      askedOf('total amount of completed projects in 2025'),
      /WHERE \(compl_dt >= '2025-01-01' AND compl_dt < '2026-01-01'\) AND stat = 'DONE'$/,
    );
  });
});

describe('those who work somewhere', () => {
  it('are those who did not leave', () => {
    assert.equal(
      askedOf('how many people work in support'),
      "SELECT COUNT(*) FROM employees WHERE term_date IS NULL AND department = 'Support'",
    );
    assert.equal(askedOf('how many employees do we have'), 'SELECT COUNT(*) FROM employees WHERE term_date IS NULL');
    assert.equal(askedOf('how many accounts do we have'), 'SELECT COUNT(*) FROM accounts');
  });
});

describe('a state that two tables have', () => {
  it('is that of the one behind it', () => {
    assert.match(askedOf('total mrr of active subscriptions'), /WHERE status = 'active'$/);
    assert.match(
      askedOf('top 2 accounts by mrr from active subscriptions'),
      /WHERE subscriptions\.status = 'active' GROUP BY/,
    );
  });
});

describe('what was sold or ordered', () => {
  it('is not what was produced', () => {
    assert.match(askedOf('products that were never ordered'), /^declined: /);
    assert.match(askedOf('which products were never sold'), /^declined: /);
  });
});

describe('a month', () => {
  it('is one of the calendar, though a column is called so', () => {
    assert.match(
      askedOf('which month had the most subscriptions in 2024'),
      /^SELECT STRFTIME\('%Y-%m', started_on\) AS period .* LIMIT 1$/,
    );
    assert.match(
      askedOf('in which month of 2024 did we get the most subscriptions'),
      /^SELECT STRFTIME\('%Y-%m', started_on\) AS period/,
    );
  });
});

const MARKET = catalogOf(
  `CREATE TABLE staff (staff_id INTEGER PRIMARY KEY, full_name TEXT, job_title TEXT, hired_dt DATE, left_dt DATE);
   CREATE TABLE sellers (seller_id INTEGER PRIMARY KEY, name TEXT, status TEXT);
   CREATE TABLE orders (order_id INTEGER PRIMARY KEY, seller_id INTEGER REFERENCES sellers (seller_id), ordered_on DATE, deliver_by DATE, delivered_on DATE, status TEXT, amount REAL);
   CREATE TABLE disputes (dispute_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (order_id), opened_on DATE, closed_on DATE);
   CREATE TABLE offers (offer_id INTEGER PRIMARY KEY, seller_id INTEGER REFERENCES sellers (seller_id), made_on DATE, responded_on DATE, status TEXT);
   CREATE TABLE batches (batch_id INTEGER PRIMARY KEY, brewer_id INTEGER REFERENCES staff (staff_id), brew_dt DATE, pkgd_dt DATE, status TEXT);
   CREATE TABLE promotions (promo_id INTEGER PRIMARY KEY, starts_on DATE, ends_on DATE);
   INSERT INTO staff VALUES (1, 'Ada Berg', 'Brewer', '2020-01-02', NULL), (2, 'Bo Lind', 'Brewer', '2020-01-02', '2024-01-02'), (3, 'Cy Holm', 'Sales Rep', '2021-01-02', NULL);
   INSERT INTO sellers VALUES (1, 'Alpha', 'active'), (2, 'Beta', 'closed');
   INSERT INTO orders VALUES (1, 1, '2025-01-02', '2025-01-09', '2025-01-08', 'completed', 5), (2, 1, '2025-02-02', '2025-02-09', NULL, 'shipped', 6), (3, 2, '2025-02-03', '2025-02-09', NULL, 'pending', 7);
   INSERT INTO disputes VALUES (1, 1, '2025-01-09', NULL), (2, 2, '2025-02-09', '2025-03-01');
   INSERT INTO offers VALUES (1, 1, '2025-02-02', '2025-03-02', 'accepted'), (2, 1, '2025-03-02', NULL, 'open'), (3, 2, '2025-03-02', '2025-03-05', 'declined');
   INSERT INTO batches VALUES (1, 1, '2025-01-02', '2025-01-20', 'PACKAGED'), (2, 1, '2025-02-02', NULL, 'BREWED'), (3, 2, '2024-01-01', '2024-01-20', 'PACKAGED');
   INSERT INTO promotions VALUES (1, '2025-01-02', '2025-02-02'), (2, '2025-05-02', NULL);`,
);
const soldOf = (...turns: string[]) => sqlOver(MARKET, ...turns);

describe('what is not done yet', () => {
  it('has its own day empty, whatever else stands so', () => {
    assert.equal(
      soldOf("How many disputes haven't been closed yet?"),
      'SELECT COUNT(*) FROM disputes WHERE closed_on IS NULL',
    );
  });

  it('is declined of a state that is left for later ones', () => {
    assert.match(soldOf('How many orders were never shipped?'), /^declined: /);
    assert.equal(
      soldOf('orders that are not shipped, just the number'),
      "SELECT COUNT(*) FROM orders WHERE status <> 'shipped'",
    );
  });

  it('is not the day by which it is due', () => {
    assert.match(
      soldOf('how many orders were delivered in january 2025'),
      /WHERE delivered_on >= '2025-01-01' AND delivered_on < '2025-02-01'$/,
    );
  });
});

describe('a state with the day on which it was decided', () => {
  it('is read on that day, and kept', () => {
    assert.match(
      soldOf('how many offers were accepted in March 2025'),
      /WHERE \(responded_on >= '2025-03-01' AND responded_on < '2025-04-01'\) AND status = 'accepted'$/,
    );
    assert.match(
      soldOf('how many batches were packaged in January 2025'),
      /WHERE pkgd_dt >= '2025-01-01' AND pkgd_dt < '2025-02-01'$/,
    );
  });

  it('of another time than today is declined where it is told by two days', () => {
    assert.match(soldOf('How many promotions were running in January 2025?'), /^declined: /);
    assert.match(soldOf('How many promotions are running?'), /starts_on < '2025-07-01'/);
  });
});

describe('whoever has a job', () => {
  it('is asked for, and not what they did most of', () => {
    assert.match(
      soldOf('Which brewer brewed the most batches?'),
      /^SELECT staff\.full_name FROM staff JOIN batches .* WHERE staff\.job_title = 'Brewer' GROUP BY staff\.staff_id, staff\.full_name ORDER BY COUNT\(\*\) DESC LIMIT 1$/,
    );
  });

  it('has no revenue, wherever they work', () => {
    assert.match(soldOf('Who works in sales?'), /^declined: /);
  });
});
