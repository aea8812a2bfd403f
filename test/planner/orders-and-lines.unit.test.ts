import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

/** A maker that buys and sells: orders of three kinds, whose lines hold how many and at what price, and no amount. */
const MAKER = catalogOf(
  `CREATE TABLE employees (employee_id INTEGER PRIMARY KEY, full_name TEXT, role TEXT, hired_on DATE, left_on DATE, salary REAL);
   CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, company_name TEXT, country TEXT, email TEXT, account_manager_id INTEGER REFERENCES employees (employee_id));
   CREATE TABLE suppliers (supplier_id INTEGER PRIMARY KEY, supplier_name TEXT, is_approved INTEGER);
   CREATE TABLE categories (category_id INTEGER PRIMARY KEY, category_name TEXT);
   CREATE TABLE products (product_id INTEGER PRIMARY KEY, product_name TEXT, category_id INTEGER REFERENCES categories (category_id), list_price REAL, standard_cost REAL, stock_qty INTEGER, reorder_level INTEGER, discontinued_on DATE);
   CREATE TABLE sales_orders (order_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (customer_id), order_date DATE, status TEXT, channel TEXT);
   CREATE TABLE sales_order_lines (line_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES sales_orders (order_id), product_id INTEGER REFERENCES products (product_id), qty INTEGER, unit_price REAL);
   CREATE TABLE purchase_orders (po_id INTEGER PRIMARY KEY, supplier_id INTEGER REFERENCES suppliers (supplier_id), ordered_on DATE, status TEXT);
   CREATE TABLE purchase_order_lines (po_line_id INTEGER PRIMARY KEY, po_id INTEGER REFERENCES purchase_orders (po_id), product_id INTEGER REFERENCES products (product_id), quantity INTEGER, unit_cost REAL);
   CREATE TABLE jobs (job_id INTEGER PRIMARY KEY, technician_id INTEGER REFERENCES employees (employee_id), received_on DATE, despatched_on DATE, labour_hours REAL, billable INTEGER);
   INSERT INTO employees VALUES (1, 'Ada Bell', 'Technician', '2020-01-02', NULL, 40), (2, 'Bo Cox', 'Clerk', '2021-01-02', '2024-05-01', 30), (3, 'Cy Day', 'Technician', '2022-03-04', NULL, 35);
   INSERT INTO customers VALUES (1, 'Acme', 'Norway', 'a@b.c', 2), (2, 'Bolt', 'Norway', NULL, NULL), (3, 'Core', 'Spain', 'c@d.e', 2);
   INSERT INTO suppliers VALUES (1, 'Iron', 1), (2, 'Wood', 0);
   INSERT INTO categories VALUES (1, 'Pumps'), (2, 'Seals');
   INSERT INTO products VALUES (1, 'P1', 1, 10, 4, 5, 9, NULL), (2, 'P2', 1, 20, 9, 50, 9, '2024-01-01'), (3, 'S1', 2, 3, 1, 7, 3, NULL);
   INSERT INTO sales_orders VALUES (1, 1, '2024-02-03', 'shipped', 'web'), (2, 1, '2025-02-03', 'cancelled', 'phone'), (3, 3, '2024-08-03', 'shipped', 'web');
   INSERT INTO sales_order_lines VALUES (1, 1, 1, 3, 9.5), (2, 1, 3, 10, 3), (3, 3, 2, 1, 20);
   INSERT INTO purchase_orders VALUES (1, 1, '2024-01-05', 'received'), (2, 2, '2025-01-05', 'sent');
   INSERT INTO purchase_order_lines VALUES (1, 1, 1, 30, 4), (2, 2, 3, 100, 1);
   INSERT INTO jobs VALUES (1, 1, '2024-01-02', '2024-01-20', 5, 1), (2, 1, '2024-03-02', NULL, 7.5, 0), (3, 3, '2025-01-02', NULL, 2, 1), (4, 3, '2025-02-02', NULL, 3, 1);`,
);
const sqlOf = (...turns: string[]) => sqlOver(MAKER, ...turns);
const WORTH = 'SUM(sales_order_lines.qty * sales_order_lines.unit_price)';
const SPENT = 'SUM(purchase_order_lines.quantity * purchase_order_lines.unit_cost)';

describe('what lines come to', () => {
  it('is how many times at what price, where no amount is kept', () => {
    assert.equal(
      sqlOf('total value of sales orders'),
      `SELECT ${WORTH} FROM sales_orders JOIN sales_order_lines ON sales_orders.order_id = sales_order_lines.order_id`,
    );
    assert.match(sqlOf('order value by month'), new RegExp(`STRFTIME.*order_date.*${WORTH.replace(/[()*]/g, '\\$&')}`));
    assert.ok(sqlOf('revenue by category').startsWith(`SELECT categories.category_name, ${WORTH} `));
    assert.ok(sqlOf('how much did we spend on purchase orders in 2024').startsWith(`SELECT ${SPENT} `));
  });

  it('ranks those who bought', () => {
    for (const question of [
      'top 5 customers by order value',
      'which customer has the highest order value and how much is it',
    ]) {
      const sql = sqlOf(question);
      assert.ok(sql.startsWith(`SELECT customers.company_name, ${WORTH} `), sql);
      assert.ok(sql.includes(`ORDER BY ${WORTH} DESC LIMIT ${question.startsWith('top') ? 5 : 1}`), sql);
    }
    assert.ok(sqlOf('top 3 suppliers by spend').startsWith(`SELECT suppliers.supplier_name, ${SPENT} `));
  });

  it('stands beside how many there are, each counted once', () => {
    assert.ok(
      sqlOf('How many orders were placed in 2024 and what was their total value?').startsWith(
        `SELECT COUNT(DISTINCT sales_orders.order_id), ${WORTH} `,
      ),
    );
  });

  it('is set beside that of another period on the day of the order', () => {
    assert.match(
      sqlOf('order value 2025 vs 2024'),
      /CASE WHEN sales_orders\.order_date >= '2025-01-01' .* THEN sales_order_lines\.qty \* sales_order_lines\.unit_price END/,
    );
  });

  it('is a mean of orders, and not of their lines', () => {
    assert.ok(
      sqlOf('average order value by country').startsWith(
        `SELECT customers.country, 1.0 * ${WORTH} / COUNT(DISTINCT sales_orders.order_id) `,
      ),
    );
  });

  it('ranks what was sold, and is shown of each thing that is listed with it', () => {
    assert.ok(
      sqlOf('top 2 products by revenue and how much').includes(`, ${WORTH} FROM products JOIN sales_order_lines`),
    );
    assert.ok(sqlOf('products with their revenue').startsWith(`SELECT products.product_name, ${WORTH} `));
  });

  it('is never a price or a cost of one', () => {
    assert.doesNotMatch(sqlOf('revenue by category'), /standard_cost|list_price/);
  });
});

describe('of several kinds of orders', () => {
  it('those are meant that customers place, or that refer to what else is said', () => {
    assert.match(sqlOf('how many orders were placed in 2024'), /FROM sales_orders WHERE order_date/);
    assert.match(sqlOf('how many orders per supplier'), /FROM purchase_orders JOIN suppliers/);
    assert.match(sqlOf('customers that never placed an order'), /NOT IN \(SELECT customer_id FROM sales_orders/);
  });

  it('the state is that of the one that is meant', () => {
    assert.match(sqlOf('how many cancelled orders are there'), /FROM sales_orders WHERE status = 'cancelled'$/);
    assert.match(sqlOf('how many non-cancelled orders are there'), /FROM sales_orders WHERE status <> 'cancelled'$/);
  });
});

describe('things bought through orders and their lines', () => {
  it('are tied to who bought them', () => {
    assert.equal(
      sqlOf('names of customers who bought P1'),
      "SELECT customers.company_name FROM customers JOIN sales_orders ON customers.customer_id = sales_orders.customer_id JOIN sales_order_lines ON sales_orders.order_id = sales_order_lines.order_id JOIN products ON sales_order_lines.product_id = products.product_id WHERE products.product_name = 'P1'",
    );
  });

  it('and what has no more in common than what both belong to is declined by name', () => {
    assert.match(sqlOf('customers and suppliers per category'), /^declined: /);
  });
});

describe('a kind that is named with what it is a kind of', () => {
  it('is the kind', () => {
    assert.match(
      sqlOf('how many products per product category'),
      /^SELECT categories\.category_name, COUNT\(\*\) FROM products/,
    );
  });
});

describe('what is there still', () => {
  it('has not left, or was not done away with', () => {
    assert.match(
      sqlOf('headcount by role, just people still with us'),
      /FROM employees WHERE left_on IS NULL GROUP BY role$/,
    );
    assert.match(sqlOf('average salary of the people we currently employ'), /WHERE left_on IS NULL$/);
    assert.match(sqlOf('products we still sell'), /WHERE discontinued_on IS NULL$/);
  });

  it('and what is there no more was', () => {
    assert.match(sqlOf('which products are no longer sold'), /WHERE discontinued_on IS NOT NULL$/);
    assert.match(sqlOf('products we no longer offer'), /WHERE discontinued_on IS NOT NULL$/);
  });

  it('is below its least by what is kept of it', () => {
    assert.equal(
      sqlOf('products below their reorder level'),
      'SELECT product_name FROM products WHERE stock_qty < reorder_level',
    );
  });
});

describe('who has none of what others have', () => {
  it('refers to nobody, or has nothing on file', () => {
    assert.equal(
      sqlOf('how many customers dont have an account manager'),
      'SELECT COUNT(*) FROM customers WHERE account_manager_id IS NULL',
    );
    assert.equal(
      sqlOf('How many customers have no e-mail address on file?'),
      'SELECT COUNT(*) FROM customers WHERE email IS NULL',
    );
  });

  it('is not yet what a flag says', () => {
    assert.match(sqlOf('which suppliers arent approved yet'), /WHERE is_approved = 0$/);
  });

  it('did so in one period and not in another', () => {
    const sql = sqlOf('how many customers ordered last year but havent ordered anything this year');
    assert.match(
      sql,
      / IN \(SELECT customer_id FROM sales_orders .*2024-01-01.*\) AND customer_id NOT IN \(SELECT customer_id FROM sales_orders .*2025-01-01/,
    );
  });
});

describe('people by what they did', () => {
  it('are shown, ranked by all that they did', () => {
    for (const question of [
      'top 3 technicians by labour hours',
      'which 3 technicians logged the most labour hours, with hours',
    ])
      assert.equal(
        sqlOf(question),
        "SELECT employees.full_name, SUM(jobs.labour_hours) FROM employees JOIN jobs ON employees.employee_id = jobs.technician_id WHERE employees.role = 'Technician' GROUP BY employees.employee_id, employees.full_name ORDER BY SUM(jobs.labour_hours) DESC LIMIT 3",
      );
  });

  it('of rows that a flag is true of are added up, too', () => {
    assert.match(
      sqlOf('how many billable labour hours in 2025'),
      /^SELECT SUM\(labour_hours\) FROM jobs WHERE .*billable = 1/,
    );
  });
});

describe('the day of a thing', () => {
  it('is that on which it came, and not that on which it went', () => {
    assert.match(sqlOf('how many jobs did we take in this year'), /received_on >= '2025-01-01'/);
  });

  it('of what is to come is not that on which it was made', () => {
    assert.match(sqlOf('how many orders are arriving in december 2025'), /^declined: /);
  });
});

describe('shares and comparisons said in whole sentences', () => {
  it('are of each one’s own', () => {
    assert.match(
      sqlOf('For each customer, what percentage of its 2024 orders was cancelled?'),
      /^SELECT customers\.company_name, 100\.0 \* SUM\(CASE WHEN sales_orders\.status = 'cancelled' .* FROM sales_orders JOIN customers/,
    );
  });

  it('have a figure for either period or deed', () => {
    assert.match(
      sqlOf('How many orders were placed in 2024 and how many in 2025?'),
      /order_date >= '2024-01-01'.*order_date >= '2025-01-01'/,
    );
    assert.match(
      sqlOf('Compare the total order value in 2024 with that in 2025.'),
      /order_date >= '2024-01-01'.*order_date >= '2025-01-01'/,
    );
    assert.match(
      sqlOf('For each role, how many employees were hired in 2022 and how many left in 2022?'),
      /hired_on >= '2022-01-01' .*, SUM\(CASE WHEN left_on >= '2022-01-01' /,
    );
  });

  it('never take one deed for another', () => {
    assert.match(
      sqlOf('how many jobs were received in 2024 and how many despatched in 2024'),
      /CASE WHEN received_on >= '2024-01-01' [^,]*, SUM\(CASE WHEN despatched_on >= '2024-01-01' /,
    );
  });
});

describe('a question that restricts', () => {
  it('is no idle one before another', () => {
    assert.match(sqlOf('who joined us in 2026? name + role'), /^declined: /);
  });
});

describe('rows and those of them that stand in a state', () => {
  it('are counted beside each other', () => {
    assert.equal(
      sqlOf('orders and cancelled orders per channel'),
      "SELECT channel, COUNT(*), SUM(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END) FROM sales_orders GROUP BY channel",
    );
    assert.match(
      sqlOf('shipped orders and cancelled orders per channel'),
      /status = 'shipped' .*status = 'cancelled' /,
    );
  });

  it('by two deeds are declined, of which each has its day', () => {
    for (const question of [
      'jobs received and despatched per month',
      'jobs that were received and despatched per month',
    ])
      assert.match(sqlOf(question), /^declined: .*one after the other/);
  });
});

describe('what is still to come', () => {
  const BUYING = catalogOf(
    `CREATE TABLE purchases (purchase_id INTEGER PRIMARY KEY, status TEXT, received_on DATE);
     CREATE TABLE requests (request_id INTEGER PRIMARY KEY, status TEXT);
     INSERT INTO purchases VALUES (1, 'received', '2024-01-01'), (2, 'cancelled', NULL), (3, 'sent', NULL);
     INSERT INTO requests VALUES (1, 'approved'), (2, 'rejected'), (3, 'pending');`,
  );

  it('was not given up', () => {
    assert.equal(
      sqlOver(BUYING, 'how many purchases have not been received yet'),
      "SELECT COUNT(*) FROM purchases WHERE status <> 'cancelled' AND received_on IS NULL",
    );
    assert.equal(
      sqlOver(BUYING, 'how many requests have not been approved yet'),
      "SELECT COUNT(*) FROM requests WHERE status <> 'rejected' AND status <> 'approved'",
    );
  });

  it('is not told of a state that is left for later ones', () => {
    assert.match(sqlOf('which orders have not been shipped yet'), /^declined: I cannot tell/);
  });
});

describe('late', () => {
  it('is told by the day when it went out, and not by that on which it came in', () => {
    const WORKSHOP = catalogOf(
      `CREATE TABLE jobs (job_id INTEGER PRIMARY KEY, received_on DATE, due_on DATE, despatched_on DATE, lost_reason TEXT);
       INSERT INTO jobs VALUES (1, '2024-01-01', '2024-01-05', '2024-01-07', NULL), (2, '2024-02-01', '2024-02-05', NULL, 'price'), (3, '2024-02-02', '2024-02-06', NULL, NULL);`,
    );
    assert.match(
      sqlOver(WORKSHOP, 'how many jobs were late in 2024'),
      /WHERE despatched_on > due_on AND \(?despatched_on >= /,
    );
    assert.match(sqlOver(WORKSHOP, 'most common lost reason'), /WHERE lost_reason IS NOT NULL GROUP BY lost_reason/);
  });
});

describe('a share', () => {
  it('of the time is of how much, and not of how many', () => {
    assert.match(
      sqlOf('what share of the labour hours was billable'),
      /^SELECT 100\.0 \* SUM\(CASE WHEN billable = 1 THEN labour_hours ELSE 0 END\) \/ NULLIF\(SUM\(labour_hours\), 0\) FROM jobs$/,
    );
  });

  it('of those that refer to something is told where some refer to nothing', () => {
    assert.match(
      sqlOf('what share of customers have an account manager, by country'),
      /^SELECT country, 100\.0 \* SUM\(CASE WHEN account_manager_id IS NOT NULL THEN 1 /,
    );
  });
});

describe('one figure', () => {
  it('with a bound on groups that there are not is declined', () => {
    assert.match(sqlOf('highest salary with at least 2 jobs'), /^declined: /);
  });
});

/** Salons of which one closed, who works there, and whom they see. */
const SALONS = catalogOf(
  `CREATE TABLE salons (salon_id INTEGER PRIMARY KEY, name TEXT, opened_on DATE, closed_on DATE);
   CREATE TABLE staff (staff_id INTEGER PRIMARY KEY, full_name TEXT, role TEXT, shift TEXT, salon_id INTEGER REFERENCES salons (salon_id));
   CREATE TABLE appointments (appointment_id INTEGER PRIMARY KEY, salon_id INTEGER REFERENCES salons (salon_id), staff_id INTEGER REFERENCES staff (staff_id), starts_at TIMESTAMP, status TEXT);
   CREATE TABLE complaints (complaint_id INTEGER PRIMARY KEY, staff_id INTEGER REFERENCES staff (staff_id), raised_on DATE, closed_on DATE);
   INSERT INTO salons VALUES (1, 'North', '2019-01-01', NULL), (2, 'South', '2020-01-01', '2025-01-01'), (3, 'West', '2021-01-01', NULL);
   INSERT INTO staff VALUES (1, 'Ada Bell', 'stylist', 'late', 1), (2, 'Bo Cox', 'manager', 'early', 2), (3, 'Cy Day', 'stylist', 'late', 3);
   INSERT INTO appointments VALUES (1, 1, 1, '2026-01-02 09:00', 'done'), (2, 1, 1, '2026-02-02 09:00', 'no_show'), (3, 3, 3, '2025-01-02 09:00', 'done');
   INSERT INTO complaints VALUES (1, 1, '2026-01-03', '2026-01-05'), (2, 3, '2026-02-03', '2026-02-05'), (3, 2, '2026-03-03', NULL);`,
);
const salonsSql = (...turns: string[]) => sqlOver(SALONS, ...turns);

describe('what we have', () => {
  it('is what did not close, where most did not', () => {
    assert.match(salonsSql('how many salons do we have'), /WHERE closed_on IS NULL$/);
    assert.doesNotMatch(salonsSql('how many complaints do we have'), /WHERE/);
  });

  it('is listed with what each belongs to', () => {
    assert.ok(salonsSql('appointments with salon').startsWith('SELECT appointments.appointment_id, salons.name '));
    assert.ok(
      sqlOf('shipped sales orders with customer company name').startsWith(
        'SELECT sales_orders.order_id, customers.company_name ',
      ),
    );
  });

  it('by a word that names a state is counted for each of the things named, on its own day', () => {
    const sql = salonsSql('no shows by salon in 2026');
    assert.match(sql, /starts_at >= '2026-01-01'/);
    assert.match(sql, /GROUP BY salons\.salon_id, salons\.name$/);
  });

  it('stands as it does now: of another day that is declined, and today is no day on which it began', () => {
    const machines = catalogOf(
      `CREATE TABLE machines (machine_id INTEGER PRIMARY KEY, serial_number TEXT, purchase_date DATE, status TEXT);
       INSERT INTO machines VALUES (1, 'M-1', '2020-01-02', 'available'), (2, 'M-2', '2021-01-02', 'on hire'), (3, 'M-3', '2022-01-02', 'on hire');`,
    );
    assert.match(sqlOver(machines, 'how many machines were on hire yesterday'), /^declined: .*“on hire” now/);
    assert.equal(
      sqlOver(machines, 'how many machines are on hire today'),
      "SELECT COUNT(*) FROM machines WHERE status = 'on hire'",
    );
  });

  it('is not told by the state of somebody else, and by a job for each who has it', () => {
    assert.match(salonsSql('late complaints'), /^declined: .*“late”/);
    assert.match(salonsSql('no shows by stylist last month'), /^declined: .*“stylist”/);
  });
});

describe('each of what is named', () => {
  it('is shown by its name beside what it has', () => {
    const states = catalogOf(
      `CREATE TABLE state (state_name TEXT PRIMARY KEY, population INTEGER);
       CREATE TABLE highlow (state_name TEXT REFERENCES state (state_name), highest_point TEXT, lowest_point TEXT);
       INSERT INTO state VALUES ('Ohio', 11), ('Utah', 3); INSERT INTO highlow VALUES ('Ohio', 'Hill', 'River'), ('Utah', 'Peak', 'Wash');`,
    );
    assert.match(
      sqlOver(states, 'What is the highest point in each state and what is the population of that state?'),
      /^SELECT state\.state_name, highlow\.highest_point, state\.population /,
    );
  });

  it('is declined where the first alone may be meant, or all of them', () => {
    assert.match(
      sqlOf('Which categories have the most products, and how many products are in each category?'),
      /^declined: .*ranked/,
    );
  });
});
