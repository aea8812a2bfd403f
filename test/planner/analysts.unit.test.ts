import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const MARKET = catalogOf(
  `CREATE TABLE categories (category_id INTEGER PRIMARY KEY, name TEXT, fee_pct REAL);
   CREATE TABLE sellers (seller_id INTEGER PRIMARY KEY, display_name TEXT, country TEXT, status TEXT, seller_type TEXT, is_verified INTEGER, joined_on DATE);
   CREATE TABLE buyers (buyer_id INTEGER PRIMARY KEY, full_name TEXT, email TEXT, country TEXT, signup_channel TEXT, signup_date DATE, birth_year INTEGER, referrer_id INTEGER REFERENCES buyers (buyer_id));
   CREATE TABLE listings (listing_id INTEGER PRIMARY KEY, seller_id INTEGER REFERENCES sellers (seller_id), category_id INTEGER REFERENCES categories (category_id), title TEXT, item_condition TEXT, asking_price REAL, listed_on DATE);
   CREATE TABLE promotions (promo_id INTEGER PRIMARY KEY, code TEXT);
   CREATE TABLE orders (order_id INTEGER PRIMARY KEY, buyer_id INTEGER REFERENCES buyers (buyer_id), promo_id INTEGER REFERENCES promotions (promo_id), order_date DATE, status TEXT, pay_method TEXT, shipping_fee REAL, total_amt REAL);
   CREATE TABLE shipments (shipment_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (order_id), carrier TEXT, shipped_on DATE, promised_on DATE, delivered_on DATE);
   CREATE TABLE disputes (dispute_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (order_id), reason TEXT, opened_on DATE, closed_on DATE, agent_name TEXT);
   CREATE TABLE reviews (review_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (order_id), seller_id INTEGER REFERENCES sellers (seller_id), rating INTEGER, created_on DATE);
   CREATE TABLE payouts (payout_id INTEGER PRIMARY KEY, seller_id INTEGER REFERENCES sellers (seller_id), gross_amt REAL, fee_amt REAL, net_amt REAL);
   INSERT INTO categories VALUES (1, 'Toys', 5), (2, 'Books', 4);
   INSERT INTO sellers VALUES (1, 'Attic', 'Italy', 'active', 'private', 1, '2024-01-02'), (2, 'Barn', 'France', 'suspended', 'business', 0, '2023-02-03');
   INSERT INTO buyers VALUES (1, 'Cy Day', 'cy@x.org', 'Italy', 'tiktok', '2025-01-02', 1960, NULL), (2, 'Di Eve', 'di@x.org', 'France', 'search', '2024-03-04', 1990, 1);
   INSERT INTO listings VALUES (1, 1, 1, 'Tin robot', 'like new', 20, '2024-05-06'), (2, 2, 2, 'Old atlas', 'worn', 30, '2024-06-07');
   INSERT INTO promotions VALUES (1, 'SPRING'), (2, 'SUMMER');
   INSERT INTO orders VALUES (1, 1, 1, '2025-02-03', 'completed', 'paypal', 4, 24), (2, 2, NULL, '2024-04-05', 'cancelled', 'card', 4, 34);
   INSERT INTO shipments VALUES (1, 1, 'Hermes', '2025-02-04', '2025-02-08', '2025-02-09'), (2, 2, 'DHL', '2024-04-06', '2024-04-09', NULL);
   INSERT INTO disputes VALUES (1, 1, 'damaged', '2025-02-10', '2025-03-01', 'Flo'), (2, 2, 'lost', '2024-04-20', NULL, 'Gus');
   INSERT INTO reviews VALUES (1, 1, 1, 5, '2025-02-20'), (2, 2, 2, 1, '2024-05-01');
   INSERT INTO payouts VALUES (1, 1, 100, 10, 90), (2, 2, 50, 5, 45);`,
);

const FIRM = catalogOf(
  `CREATE TABLE employees (emp_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, job_title TEXT, home_city TEXT, hourly_rate REAL, is_agency INTEGER, hired_on DATE, left_on DATE, manager_id INTEGER REFERENCES employees (emp_id));
   CREATE TABLE projects (project_id INTEGER PRIMARY KEY, project_name TEXT, contract_value REAL);
   CREATE TABLE sites (site_id INTEGER PRIMARY KEY, project_id INTEGER REFERENCES projects (project_id), site_name TEXT, city TEXT);
   CREATE TABLE inspections (inspection_id INTEGER PRIMARY KEY, site_id INTEGER REFERENCES sites (site_id), inspector_id INTEGER REFERENCES employees (emp_id), inspection_type TEXT, inspected_on DATE, score INTEGER);
   CREATE TABLE incidents (incident_id INTEGER PRIMARY KEY, site_id INTEGER REFERENCES sites (site_id), incident_type TEXT, incident_date DATE, days_lost INTEGER);
   CREATE TABLE suppliers (supplier_id INTEGER PRIMARY KEY, supplier_name TEXT, city TEXT, rating REAL);
   INSERT INTO employees VALUES (1, 'Ada', 'Moor', 'Carpenter', 'Leeds', 20, 0, '2020-01-02', NULL, NULL), (2, 'Bo', 'Dale', 'Labourer', 'Hull', 15, 1, '2021-02-03', '2024-03-04', 1);
   INSERT INTO projects VALUES (1, 'Quay', 2000000), (2, 'Mill', 900000);
   INSERT INTO sites VALUES (1, 1, 'North Plot', 'Leeds'), (2, 2, 'Old Mill', 'Hull');
   INSERT INTO inspections VALUES (1, 1, 1, 'safety', '2025-01-02', 80), (2, 2, 2, 'fire', '2025-02-03', NULL);
   INSERT INTO incidents VALUES (1, 1, 'near_miss', '2025-01-05', 0), (2, 2, 'fall', '2025-02-06', NULL);
   INSERT INTO suppliers VALUES (1, 'Plantco', 'Leeds', 4.5), (2, 'Brickco', 'Hull', 3.5);`,
);

const over = (catalog: typeof MARKET) => (cases: readonly (readonly [question: string, sql: string])[]) =>
  it.each(cases)('%s', (question, sql) => assert.equal(sqlOver(catalog, question), sql));
const ofMarket = over(MARKET);
const ofFirm = over(FIRM);

describe('what analysts and colleagues ask a market', () => {
  ofMarket([
    ['How many listings are in like-new condition?', "SELECT COUNT(*) FROM listings WHERE item_condition = 'like new'"],
    ['List the email address of every buyer from Italy', "SELECT email FROM buyers WHERE country = 'Italy'"],
    [
      'names of suspended sellers in France',
      "SELECT display_name FROM sellers WHERE status = 'suspended' AND country = 'France'",
    ],
    [
      'Which sellers with at least 2 reviews have an average rating below 4? Return the display name and the average rating.',
      'SELECT sellers.display_name, AVG(reviews.rating) FROM sellers JOIN reviews ON sellers.seller_id = reviews.seller_id GROUP BY sellers.seller_id, sellers.display_name HAVING AVG(reviews.rating) < 4 AND COUNT(*) >= 2',
    ],
    [
      'Among sellers with at least 2 reviews, which ones have an average rating below 4?',
      'SELECT sellers.display_name FROM sellers JOIN reviews ON sellers.seller_id = reviews.seller_id GROUP BY sellers.seller_id, sellers.display_name HAVING AVG(reviews.rating) < 4 AND COUNT(*) >= 2',
    ],
    [
      'What is the ratio of completed orders to cancelled orders?',
      "SELECT 1.0 * SUM(CASE WHEN status = 'completed' THEN 1 ELSE 0 END) / NULLIF(SUM(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END), 0) FROM orders",
    ],
    [
      'Of the orders placed in 2025, what percentage were cancelled?',
      "SELECT 100.0 * SUM(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END) / COUNT(*) FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2026-01-01'",
    ],
    [
      'Which promotion code was applied to the largest number of orders, and how many orders was that?',
      'SELECT promotions.code, COUNT(*) FROM orders JOIN promotions ON orders.promo_id = promotions.promo_id GROUP BY promotions.promo_id, promotions.code ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    [
      'Which agent closed the most disputes in 2025?',
      "SELECT agent_name FROM disputes WHERE closed_on >= '2025-01-01' AND closed_on < '2026-01-01' GROUP BY agent_name ORDER BY COUNT(*) DESC LIMIT 1",
    ],
    [
      'Compare business and private sellers: what percentage of each group is verified? Return the seller type and the percentage.',
      "SELECT seller_type, 100.0 * SUM(CASE WHEN is_verified = 1 THEN 1 ELSE 0 END) / COUNT(*) FROM sellers WHERE seller_type IN ('business', 'private') GROUP BY seller_type",
    ],
    [
      'How many shipments were delivered later than the promised date?',
      'SELECT COUNT(*) FROM shipments WHERE delivered_on > promised_on',
    ],
    [
      'What percentage of the shipments was delivered after the promised date?',
      'SELECT 100.0 * SUM(CASE WHEN delivered_on > promised_on THEN 1 ELSE 0 END) / COUNT(*) FROM shipments WHERE delivered_on IS NOT NULL',
    ],
    [
      'disputes per month in 2025 (by closing date)',
      "SELECT STRFTIME('%Y-%m', closed_on) AS period, COUNT(*) FROM disputes WHERE closed_on >= '2025-01-01' AND closed_on < '2026-01-01' GROUP BY STRFTIME('%Y-%m', closed_on) ORDER BY period",
    ],
    [
      'For each carrier, compute the average number of days between shipping and delivery, leaving out shipments without a delivery date. Return the carrier and the average.',
      'SELECT carrier, AVG(CAST(JULIANDAY(delivered_on) - JULIANDAY(shipped_on) AS INTEGER)) FROM shipments WHERE delivered_on IS NOT NULL GROUP BY carrier',
    ],
    [
      'For each reason, what is the number of disputes, ignoring disputes where this is unknown?',
      'SELECT reason, COUNT(*) FROM disputes GROUP BY reason',
    ],
    [
      'Return each year together with the number of sellers who joined in that year.',
      "SELECT STRFTIME('%Y', joined_on) AS period, COUNT(*) FROM sellers GROUP BY STRFTIME('%Y', joined_on) ORDER BY period",
    ],
    [
      'what country do most of our sellers come from',
      'SELECT country FROM sellers GROUP BY country ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    [
      'any verified sellers that never listed a single thing?',
      'SELECT display_name FROM sellers WHERE is_verified = 1 AND seller_id NOT IN (SELECT seller_id FROM listings WHERE seller_id IS NOT NULL)',
    ],
    [
      'codes that were never used',
      'SELECT code FROM promotions WHERE promo_id NOT IN (SELECT promo_id FROM orders WHERE promo_id IS NOT NULL)',
    ],
    [
      'orders paid with PayPal in 2025',
      "SELECT * FROM orders WHERE (order_date >= '2025-01-01' AND order_date < '2026-01-01') AND pay_method = 'paypal'",
    ],
    [
      'how many people signed up through tiktok this year',
      "SELECT COUNT(*) FROM buyers WHERE (signup_date >= '2025-01-01' AND signup_date < '2026-01-01') AND signup_channel = 'tiktok'",
    ],
    [
      'sellers who got a 1-star review in 2024',
      "SELECT sellers.display_name FROM sellers JOIN reviews ON sellers.seller_id = reviews.seller_id WHERE reviews.rating = 1 AND (reviews.created_on >= '2024-01-01' AND reviews.created_on < '2025-01-01')",
    ],
    ['total value of completed orders', "SELECT SUM(total_amt) FROM orders WHERE status = 'completed'"],
    [
      'buyers who signed up on or after 1 January 2025',
      "SELECT full_name FROM buyers WHERE signup_date >= '2025-01-01'",
    ],
    ['buyers born before 1970', 'SELECT full_name FROM buyers WHERE birth_year < 1970'],
    [
      'For each seller, return the display name and the date of their most recent review.',
      'SELECT sellers.display_name, MAX(reviews.created_on) FROM sellers JOIN reviews ON sellers.seller_id = reviews.seller_id GROUP BY sellers.seller_id, sellers.display_name',
    ],
    [
      'What was the total number of orders in each month of 2025? Return the month and the number of orders.',
      "SELECT STRFTIME('%Y-%m', order_date) AS period, COUNT(*) FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2026-01-01' GROUP BY STRFTIME('%Y-%m', order_date) ORDER BY period",
    ],
    [
      'orders created by buyers in France, how many?',
      "SELECT COUNT(*) FROM orders JOIN buyers ON orders.buyer_id = buyers.buyer_id WHERE buyers.country = 'France'",
    ],
    ['Count the verified sellers', 'SELECT COUNT(*) FROM sellers WHERE is_verified = 1'],
    ['identify the sellers that are suspended', "SELECT display_name FROM sellers WHERE status = 'suspended'"],
    [
      'listings in toys, which seller and asking price',
      "SELECT listings.asking_price, sellers.display_name FROM listings JOIN categories ON listings.category_id = categories.category_id JOIN sellers ON listings.seller_id = sellers.seller_id WHERE categories.name = 'Toys'",
    ],
    [
      'Considering orders placed in 2025, what is the ratio of completed orders to cancelled orders?',
      "SELECT 1.0 * SUM(CASE WHEN status = 'completed' THEN 1 ELSE 0 END) / NULLIF(SUM(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END), 0) FROM orders WHERE order_date >= '2025-01-01' AND order_date < '2026-01-01'",
    ],
  ]);
});

describe('what they ask a firm', () => {
  ofFirm([
    [
      'near misses by city',
      "SELECT sites.city, COUNT(*) FROM incidents JOIN sites ON incidents.site_id = sites.site_id WHERE incidents.incident_type = 'near_miss' GROUP BY sites.city",
    ],
    [
      'average safety inspection score in Leeds',
      "SELECT AVG(inspections.score) FROM inspections JOIN sites ON inspections.site_id = sites.site_id WHERE inspections.inspection_type = 'safety' AND sites.city = 'Leeds'",
    ],
    [
      'best rated supplier in leeds',
      "SELECT supplier_name FROM suppliers WHERE city = 'Leeds' ORDER BY rating DESC LIMIT 1",
    ],
    ['how many employees work here right now, agency included', 'SELECT COUNT(*) FROM employees WHERE left_on IS NULL'],
    [
      'carpenters who are still employed',
      "SELECT first_name, last_name FROM employees WHERE left_on IS NULL AND job_title = 'Carpenter'",
    ],
    [
      'Which employees earn a higher hourly rate than their own manager?',
      'SELECT first_name, last_name FROM employees WHERE employees.hourly_rate > (SELECT superior.hourly_rate FROM employees AS superior WHERE superior.emp_id = employees.manager_id)',
    ],
    [
      'labourers with no manager set',
      "SELECT first_name, last_name FROM employees WHERE manager_id IS NULL AND job_title = 'Labourer'",
    ],
    [
      'projects with a contract value above 1.5 million pounds',
      'SELECT project_name FROM projects WHERE contract_value > 1500000',
    ],
    [
      'For each inspected site, return the site id and the date of its most recent inspection.',
      'SELECT sites.site_id, MAX(inspections.inspected_on) FROM inspections JOIN sites ON inspections.site_id = sites.site_id GROUP BY sites.site_id, sites.site_name',
    ],
    [
      'Return the names of the projects for which no site has been opened.',
      'SELECT project_name FROM projects WHERE project_id NOT IN (SELECT project_id FROM sites WHERE project_id IS NOT NULL)',
    ],
    [
      'fall incidents in 2025, how many?',
      "SELECT COUNT(*) FROM incidents WHERE (incident_date >= '2025-01-01' AND incident_date < '2026-01-01') AND incident_type = 'fall'",
    ],
    [
      'What is the average number of days lost per incident type, leaving out incidents where this is unknown?',
      'SELECT incident_type, AVG(days_lost) FROM incidents WHERE days_lost IS NOT NULL GROUP BY incident_type',
    ],
    ['For each city, show the site with the most inspections', 'declined: I cannot rank within each of them.'],
    ['what did incidents run us in 2025', 'declined: I could not see what of incidents is asked for.'],
  ]);
});
