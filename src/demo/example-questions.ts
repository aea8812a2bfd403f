/** Questions with the SQL that answers them, by database. */
const BY_DATABASE: Readonly<Record<string, readonly (readonly [question: string, sql: string])[]>> = {
  sales: [
    ['How many orders came in by phone?', "SELECT COUNT(*) FROM orders WHERE channel = 'phone'"],
    ['Which countries do our customers come from?', 'SELECT DISTINCT country FROM customers'],
    [
      'Name and price of every discontinued product, the most expensive first.',
      'SELECT name, price FROM products WHERE discontinued = TRUE ORDER BY price DESC',
    ],
    ['Total order value per channel', 'SELECT channel, SUM(total_amount) FROM orders GROUP BY channel'],
    ['Which discount codes have no end date?', 'SELECT code FROM discounts WHERE ends_on IS NULL'],
    [
      'Names of the customers who have never had a quote from us',
      'SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM quotes)',
    ],
    [
      'For each region, how much did its sales reps quote in total? Show the name of the region and the amount.',
      `SELECT r.name, SUM(q.amount) FROM regions AS r
       JOIN sales_reps AS s ON s.region_id = r.id
       JOIN quotes AS q ON q.sales_rep_id = s.id
       GROUP BY r.id, r.name`,
    ],
    [
      'Which products cost more than the average product of their own category? Just the names.',
      `SELECT p.name FROM products AS p
       WHERE p.price > (SELECT AVG(o.price) FROM products AS o WHERE o.category_id = p.category_id)`,
    ],
  ],
  billing: [
    [
      'List the names of the suspended accounts in Norway.',
      "SELECT account_name FROM accounts WHERE status = 'suspended' AND country = 'Norway'",
    ],
    [
      'What are the lowest, the average and the highest monthly price of our plans?',
      'SELECT MIN(monthly_price), AVG(monthly_price), MAX(monthly_price) FROM plans',
    ],
    [
      'Which currencies do more than 80 accounts pay in?',
      'SELECT currency FROM accounts GROUP BY currency HAVING COUNT(*) > 80',
    ],
    [
      'What is the name of the plan with the most subscriptions?',
      `SELECT p.name FROM plans AS p JOIN subscriptions AS s ON s.plan_id = p.id
       GROUP BY p.id, p.name ORDER BY COUNT(*) DESC LIMIT 1`,
    ],
    [
      'How many invoices have not had a single payment?',
      'SELECT COUNT(*) FROM invoices WHERE id NOT IN (SELECT invoice_id FROM payments)',
    ],
    [
      'Give me the numbers of the invoices that were paid both by card and by bank transfer.',
      `SELECT i.invoice_number FROM invoices AS i JOIN payments AS p ON p.invoice_id = i.id WHERE p.method = 'card'
       INTERSECT
       SELECT i.invoice_number FROM invoices AS i JOIN payments AS p ON p.invoice_id = i.id
       WHERE p.method = 'bank transfer'`,
    ],
    [
      'What percentage of all payments does each payment method have?',
      'SELECT method, 100.0 * COUNT(*) / (SELECT COUNT(*) FROM payments) FROM payments GROUP BY method',
    ],
  ],
  hr: [
    ['Number of employees for each job title', 'SELECT job_title, COUNT(*) FROM employees GROUP BY job_title'],
    [
      'Titles and hours of the trainings with “plant” in their title',
      "SELECT title, hours FROM trainings WHERE title LIKE '%plant%'",
    ],
    ['How many employees have no manager?', 'SELECT COUNT(*) FROM employees WHERE manager_id IS NULL'],
    [
      'Show the name and the headcount of every department with more than 30 employees.',
      `SELECT d.name, COUNT(*) FROM departments AS d JOIN employees AS e ON e.department_id = d.id
       GROUP BY d.id, d.name HAVING COUNT(*) > 30`,
    ],
    [
      'What are the first and last names of the engineers who have not attended any training?',
      `SELECT first_name, last_name FROM employees
       WHERE job_title = 'Engineer' AND id NOT IN (SELECT employee_id FROM training_attendance)`,
    ],
    [
      'How many employees earn more than the average salary?',
      'SELECT COUNT(*) FROM employees WHERE salary > (SELECT AVG(salary) FROM employees)',
    ],
    [
      'Which departments had somebody start unpaid leave in February 2025? List each name once.',
      `SELECT DISTINCT d.name FROM departments AS d
       JOIN employees AS e ON e.department_id = d.id
       JOIN leave_requests AS l ON l.employee_id = e.id
       WHERE l.kind = 'unpaid' AND l.starts_on BETWEEN '2025-02-01' AND '2025-02-28'`,
    ],
  ],
  support: [
    [
      'How many urgent tickets are still open?',
      "SELECT COUNT(*) FROM tickets WHERE priority = 'urgent' AND status = 'open'",
    ],
    [
      'average first reply time in minutes for high priority tickets',
      "SELECT AVG(first_reply_minutes) FROM tickets WHERE priority = 'high'",
    ],
    [
      'How many tickets are there in each status? Start with the status that has the most.',
      'SELECT status, COUNT(*) FROM tickets GROUP BY status ORDER BY COUNT(*) DESC',
    ],
    [
      'The five most viewed help articles, with title and views',
      'SELECT title, views FROM articles ORDER BY views DESC LIMIT 5',
    ],
    [
      'Which three agents have the most solved tickets? Show the name and the number of each.',
      `SELECT a.name, COUNT(*) FROM agents AS a JOIN tickets AS t ON t.agent_id = a.id WHERE t.status = 'solved'
       GROUP BY a.id, a.name ORDER BY COUNT(*) DESC LIMIT 3`,
    ],
    [
      'Ids of the tickets that were escalated but never got a satisfaction score',
      'SELECT ticket_id FROM escalations EXCEPT SELECT ticket_id FROM satisfaction_scores',
    ],
    [
      'What is the average satisfaction score for each team of agents?',
      `SELECT a.team, AVG(s.score) FROM agents AS a
       JOIN tickets AS t ON t.agent_id = a.id
       JOIN satisfaction_scores AS s ON s.ticket_id = t.id
       GROUP BY a.team`,
    ],
  ],
  warehouse: [
    ['SKUs of all items that weigh more than 50 kg', 'SELECT sku FROM items WHERE weight_kg > 50'],
    ['In how many different countries do we have suppliers?', 'SELECT COUNT(DISTINCT country) FROM suppliers'],
    [
      'Total cost of all purchase orders in status received',
      "SELECT SUM(total_cost) FROM purchase_orders WHERE status = 'received'",
    ],
    [
      'Name and country of the suppliers whose name starts with River',
      "SELECT name, country FROM suppliers WHERE name LIKE 'River%'",
    ],
    [
      'How many shipments that left in March 2025 have no delivery date?',
      `SELECT COUNT(*) FROM shipments
       WHERE shipped_on BETWEEN '2025-03-01' AND '2025-03-31' AND delivered_on IS NULL`,
    ],
    [
      'Which countries have both a supplier rated 5 and a supplier rated 1?',
      `SELECT country FROM suppliers WHERE rating = 5
       INTERSECT
       SELECT country FROM suppliers WHERE rating = 1`,
    ],
    [
      'Names of the carriers that took shipments from the Depot 9 warehouse to Germany, each once',
      `SELECT DISTINCT c.name FROM carriers AS c
       JOIN shipments AS s ON s.carrier_id = c.id
       JOIN warehouses AS w ON s.warehouse_id = w.id
       WHERE w.name = 'Depot 9' AND s.destination_country = 'Germany'`,
    ],
    [
      'List the names of suppliers whose purchase orders failed at least three inspections, and how many failed.',
      `SELECT s.name, COUNT(*) FROM suppliers AS s
       JOIN purchase_orders AS o ON o.supplier_id = s.id
       JOIN inspections AS i ON i.purchase_order_id = o.id
       WHERE i.result = 'fail'
       GROUP BY s.id, s.name HAVING COUNT(*) >= 3`,
    ],
  ],
  marketing: [
    [
      'Cities where an event had more than 300 attendees, without repeats',
      'SELECT DISTINCT city FROM events WHERE attendees > 300',
    ],
    [
      'Date, title and city of the events held in 2025, latest first',
      `SELECT held_on, title, city FROM events WHERE held_on BETWEEN '2025-01-01' AND '2025-12-31'
       ORDER BY held_on DESC`,
    ],
    [
      'On which channels is the average campaign budget above 20000?',
      'SELECT channel FROM campaigns GROUP BY channel HAVING AVG(budget) > 20000',
    ],
    [
      'Company and score of the leads from radio campaigns whose company name ends in Gardens, best score first.',
      `SELECT l.company, l.score FROM leads AS l JOIN campaigns AS c ON l.campaign_id = c.id
       WHERE c.channel = 'radio' AND l.company LIKE '%Gardens' ORDER BY l.score DESC`,
    ],
    [
      'What did a click cost us on each campaign channel?',
      `SELECT c.channel, SUM(a.amount) / SUM(a.clicks) FROM campaigns AS c JOIN ad_spend AS a ON a.campaign_id = c.id
       GROUP BY c.channel`,
    ],
    [
      'For every country, what percentage of its leads converted?',
      `SELECT country, 100.0 * SUM(CASE WHEN status = 'converted' THEN 1 ELSE 0 END) / COUNT(*)
       FROM leads GROUP BY country`,
    ],
  ],
  product_analytics: [
    ['How many different users have rated the app?', 'SELECT COUNT(DISTINCT user_id) FROM app_ratings'],
    [
      'How many users do we have per platform and country?',
      'SELECT platform, country, COUNT(*) FROM users GROUP BY platform, country',
    ],
    [
      'number of different users who started a session in January 2025',
      `SELECT COUNT(DISTINCT user_id) FROM sessions
       WHERE started_at >= '2025-01-01' AND started_at < '2025-02-01'`,
    ],
    [
      'What percentage of the push notifications was opened?',
      'SELECT 100.0 * SUM(CASE WHEN opened = TRUE THEN 1 ELSE 0 END) / COUNT(*) FROM push_notifications',
    ],
    [
      'Which app version has crashed most often?',
      `SELECT v.version FROM app_versions AS v JOIN crashes AS c ON c.app_version_id = v.id
       GROUP BY v.id, v.version ORDER BY COUNT(*) DESC LIMIT 1`,
    ],
    [
      'Ids of the users who have rated the app with both 1 star and 5 stars',
      `SELECT user_id FROM app_ratings WHERE stars = 1
       INTERSECT
       SELECT user_id FROM app_ratings WHERE stars = 5`,
    ],
    [
      'Usernames and countries of the users with a garden that is more than twice as large as the average garden',
      `SELECT username, country FROM users
       WHERE id IN (SELECT user_id FROM gardens WHERE area_m2 > 2 * (SELECT AVG(area_m2) FROM gardens))`,
    ],
  ],
  fleet: [
    ['plates of the electric vehicles', "SELECT plate FROM vehicles WHERE fuel_type = 'electric'"],
    [
      'When did we buy our first vehicle, and when the latest one?',
      'SELECT MIN(bought_on), MAX(bought_on) FROM vehicles',
    ],
    [
      'What have repairs cost in total for each vehicle model?',
      'SELECT v.model, SUM(r.cost) FROM vehicles AS v JOIN repairs AS r ON r.vehicle_id = v.id GROUP BY v.model',
    ],
    [
      'Show plate and model of the vehicles without any accident.',
      'SELECT plate, model FROM vehicles WHERE id NOT IN (SELECT vehicle_id FROM accidents)',
    ],
    [
      'Which vehicles have had both their brakes and their engine repaired? Plates, please.',
      `SELECT v.plate FROM vehicles AS v JOIN repairs AS r ON r.vehicle_id = v.id WHERE r.kind = 'brakes'
       INTERSECT
       SELECT v.plate FROM vehicles AS v JOIN repairs AS r ON r.vehicle_id = v.id WHERE r.kind = 'engine'`,
    ],
    [
      'How many major accidents did the drivers of each depot have? Show the depot, most accidents first.',
      `SELECT p.name, COUNT(*) FROM depots AS p
       JOIN drivers AS d ON d.home_depot_id = p.id
       JOIN accidents AS a ON a.driver_id = d.id
       WHERE a.severity = 'major'
       GROUP BY p.id, p.name ORDER BY COUNT(*) DESC`,
    ],
  ],
  purchasing: [
    [
      'Which departments requested more than 150000 in total in 2025, and how much was it?',
      `SELECT department, SUM(amount) FROM purchase_requests
       WHERE requested_on BETWEEN '2025-01-01' AND '2025-12-31'
       GROUP BY department HAVING SUM(amount) > 150000`,
    ],
    [
      'Name and country of the vendor whose contract is worth the most a year',
      `SELECT v.name, v.country FROM vendors AS v JOIN contracts AS c ON c.vendor_id = v.id
       ORDER BY c.yearly_value DESC LIMIT 1`,
    ],
    [
      'Which kinds of expense cost more on average than the average expense line?',
      `SELECT kind FROM expense_lines
       GROUP BY kind HAVING AVG(amount) > (SELECT AVG(amount) FROM expense_lines)`,
    ],
    [
      'Names and categories of the vendors we have no contract with',
      `SELECT v.name, v.category FROM vendors AS v
       WHERE NOT EXISTS (SELECT 1 FROM contracts AS c WHERE c.vendor_id = v.id)`,
    ],
  ],
};

/** Questions that colleagues ask over the sample company, each with its SQL: a bank of examples to start from. */
export const EXAMPLE_QUESTIONS: readonly {
  readonly database: string;
  readonly question: string;
  readonly sql: string;
}[] = Object.entries(BY_DATABASE).flatMap(([database, asked]) =>
  asked.map(([question, sql]) => ({ database, question, sql })),
);
