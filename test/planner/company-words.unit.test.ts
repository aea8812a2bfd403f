import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const FREIGHT = catalogOf(
  `CREATE TABLE clients (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
   CREATE TABLE depots (code TEXT PRIMARY KEY, depot_name TEXT);
   CREATE TABLE consignments (id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES clients (id), depot_code TEXT REFERENCES depots (code),
     booked_on DATE, promised_on DATE, delivered_on DATE, status TEXT, mode TEXT, freight_amt REAL, weight_kg REAL);
   INSERT INTO clients VALUES (1, 'Nordhavn', 'Norway'), (2, 'Belmar', 'Spain');
   INSERT INTO depots VALUES ('OSL', 'Oslo North'), ('HAM', 'Hamburg Port');
   INSERT INTO consignments VALUES
     (1, 1, 'OSL', '2025-01-02', '2025-01-07', '2025-01-09', 'delivered', 'road', 100, 20),
     (2, 1, 'OSL', '2025-02-02', '2025-02-07', NULL, 'booked', 'sea', 300, 40),
     (3, 2, 'HAM', '2024-02-02', '2024-02-07', '2024-02-05', 'delivered', 'road', 50, 60);`,
);

describe('many conditions', () => {
  it('are no reason to doubt where each is a stored value of one column, or a period on the date of events', () => {
    assert.match(
      sqlOver(
        FREIGHT,
        'delivered road consignments booked in 2025 with a weight above 10: status, mode, weight. Heaviest first',
      ),
      /^SELECT status, mode, weight_kg FROM .*weight_kg > 10 AND .*booked_on >= '2025-01-01'.*ORDER BY weight_kg DESC$/,
    );
  });
});

const FLEET = catalogOf(
  `CREATE TABLE vehicle_types (code TEXT PRIMARY KEY, label TEXT);
   CREATE TABLE drivers (id INTEGER PRIMARY KEY, full_name TEXT, home_depot TEXT, monthly_salary REAL);
   CREATE TABLE vehicles (id INTEGER PRIMARY KEY, plate TEXT, type_code TEXT REFERENCES vehicle_types (code), fuel TEXT, active INTEGER, hazardous INTEGER);
   CREATE TABLE workshop_jobs (id INTEGER PRIMARY KEY, vehicle_id INTEGER REFERENCES vehicles (id), job_type TEXT, opened_on DATE);
   CREATE TABLE fines (id INTEGER PRIMARY KEY, driver_id INTEGER REFERENCES drivers (id), offence TEXT, fined_on DATE, amount REAL);
   INSERT INTO vehicle_types VALUES ('VAN', 'Van'), ('TRK', 'Truck');
   INSERT INTO drivers VALUES (1, 'Ada Berg', 'Oslo', 3000), (2, 'Bo Lind', 'Lyon', 4000), (3, 'Cy Holm', 'Lyon', 3500);
   INSERT INTO vehicles VALUES (1, 'KX 1', 'VAN', 'diesel', 1, 0), (2, 'KX 2', 'TRK', 'electric', 0, 1), (3, 'KX 3', 'TRK', 'diesel', 1, 0);
   INSERT INTO workshop_jobs VALUES (1, 1, 'brakes', '2025-01-02');
   INSERT INTO fines VALUES (1, 1, 'speeding', '2025-02-03', 60), (2, 1, 'parking', '2025-03-04', 30), (3, 2, 'speeding', '2024-05-06', 90);`,
);

describe('what rows are called', () => {
  it('is a kind that a list of kinds explains: trucks are vehicles, and not rows of the list', () => {
    assert.match(
      sqlOver(FLEET, 'How many trucks do we have?'),
      /^SELECT COUNT\(\*\) FROM vehicles JOIN vehicle_types .*label = 'Truck'$/,
    );
    assert.match(
      sqlOver(FLEET, 'number of active trucks'),
      /^SELECT COUNT\(\*\) FROM vehicles .*active = 1 AND .*label = 'Truck'$/,
    );
  });

  it('is a kind by whose column it is said: “fuel type” of `fuel`', () => {
    assert.equal(sqlOver(FLEET, 'vehicles by fuel type'), 'SELECT fuel, COUNT(*) FROM vehicles GROUP BY fuel');
  });

  it('is said by a flag whose name is an adjective', () => {
    assert.match(
      sqlOver(FLEET, 'how many hazardous vehicles are there'),
      /^SELECT COUNT\(\*\) FROM vehicles WHERE hazardous = 1$/,
    );
    assert.match(sqlOver(FLEET, 'what share of our vehicles is hazardous'), /SUM\(CASE WHEN hazardous = 1/);
  });
});

describe('who', () => {
  it('asks for people, and never for what they did', () => {
    assert.match(
      sqlOver(FLEET, 'who was fined for speeding in 2025'),
      /^SELECT DISTINCT drivers.full_name FROM fines JOIN drivers .*offence = 'speeding'$/,
    );
    assert.match(sqlOver(FLEET, 'who was served for brakes'), /^declined/);
  });

  it('earns the most is by what they are paid', () => {
    assert.equal(
      sqlOver(FLEET, 'who earns the most'),
      'SELECT full_name FROM drivers ORDER BY monthly_salary DESC LIMIT 1',
    );
  });
});

describe('a name said in part', () => {
  it('is enough where the rest says no more than that it is an amount, and nothing else bears it', () => {
    assert.match(sqlOver(FREIGHT, 'average freight by mode'), /^SELECT mode, AVG\(freight_amt\)/);
    assert.match(sqlOver(FREIGHT, 'freight by client'), /SUM\(consignments.freight_amt\)/);
  });
});

describe('revenue', () => {
  it('is what came in, never what was spent with suppliers', () => {
    const office = catalogOf(
      `CREATE TABLE suppliers (id INTEGER PRIMARY KEY, company TEXT);
       CREATE TABLE po_header (id INTEGER PRIMARY KEY, supplier_id INTEGER REFERENCES suppliers (id), ordered_on DATE, total_amt REAL);
       CREATE TABLE bills (id INTEGER PRIMARY KEY, payer TEXT, issued_on DATE, amount REAL);
       INSERT INTO suppliers VALUES (1, 'MedSupply');
       INSERT INTO po_header VALUES (1, 1, '2025-01-02', 10.5);
       INSERT INTO bills VALUES (1, 'Helvita', '2025-01-02', 99.5), (2, 'Unimed', '2025-02-02', 9.5);`,
    );
    assert.match(sqlOver(office, 'revenue by month in 2025'), /SUM\(amount\) FROM bills/);
  });
});

describe('states that dates tell', () => {
  const club = catalogOf(
    `CREATE TABLE contracts (id INTEGER PRIMARY KEY, title TEXT, starts_on DATE, ends_on DATE);
     CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, hired_on DATE, left_on DATE, on_leave INTEGER);
     CREATE TABLE repairs (id INTEGER PRIMARY KEY, kind TEXT, reported_on DATE, closed_on DATE);
     INSERT INTO contracts VALUES (1, 'Rent', '2024-01-01', NULL), (2, 'Power', '2023-01-01', '2024-01-01');
     INSERT INTO staff VALUES (1, 'Ada', '2020-01-01', NULL, 1), (2, 'Bo', '2021-01-01', '2024-05-05', 0);
     INSERT INTO repairs VALUES (1, 'roof', '2025-01-01', NULL), (2, 'door', '2025-02-01', '2025-02-03');`,
  );

  it('are late where it was done after it was due, in the period when it was done', () => {
    const late = 'delivered_on > promised_on';
    assert.match(
      sqlOver(FREIGHT, 'how many consignments arrived late in 2025'),
      new RegExp(`${late} AND .delivered_on >= '2025-01-01'`),
    );
    assert.match(
      sqlOver(FREIGHT, 'late consignments by client'),
      /consignments.delivered_on > consignments.promised_on/,
    );
    assert.match(
      sqlOver(FREIGHT, 'what share of consignments were delivered late'),
      new RegExp(`CASE WHEN ${late}.*delivered_on IS NOT NULL`),
    );
    assert.match(sqlOver(FLEET, 'how many late fines are there'), /^declined/);
  });

  it('are overdue where it is due and not done', () => {
    assert.match(
      sqlOver(FREIGHT, 'how many consignments are overdue'),
      /promised_on < '2025-06-30' AND delivered_on IS NULL$/,
    );
  });

  it('are running between their first day and their last', () => {
    assert.equal(
      sqlOver(club, 'which contracts are running right now?'),
      "SELECT title FROM contracts WHERE starts_on < '2025-07-01' AND (ends_on IS NULL OR ends_on >= '2025-06-30')",
    );
    assert.match(sqlOver(club, 'running contracts: title, start'), /^SELECT title, starts_on FROM/);
  });

  it('are open while the day is empty on which they close', () => {
    assert.match(sqlOver(club, 'how many repairs are still open'), /closed_on IS NULL$/);
  });

  it('are those of now, whoever left since', () => {
    assert.match(sqlOver(club, 'how many staff do we currently have'), /left_on IS NULL$/);
    assert.match(sqlOver(club, 'who is on leave right now'), /^SELECT name FROM staff WHERE on_leave = 1$/);
  });
});

describe('a noun for what happened', () => {
  it('counts the rows of the one date that bears it, in the period when it happened', () => {
    assert.equal(
      sqlOver(FREIGHT, 'how many deliveries did we have in 2025'),
      "SELECT COUNT(*) FROM consignments WHERE delivered_on IS NOT NULL AND (delivered_on >= '2025-01-01' AND delivered_on < '2026-01-01')",
    );
    assert.match(sqlOver(FREIGHT, 'bookings per month in 2025'), /STRFTIME\('%Y-%m', booked_on\)/);
    assert.match(sqlOver(FREIGHT, 'how many departures in 2025'), /^declined/);
  });
});

describe('names without a name column', () => {
  it('are the company of a supplier, and the city of an office', () => {
    const firm = catalogOf(
      `CREATE TABLE offices (id INTEGER PRIMARY KEY, city TEXT, country TEXT);
       CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, office_id INTEGER REFERENCES offices (id));
       INSERT INTO offices VALUES (1, 'Oslo', 'Norway'), (2, 'Bergen', 'Norway');
       INSERT INTO people VALUES (1, 'Ada', 1), (2, 'Bo', 1), (3, 'Cy', 2);`,
    );
    assert.match(sqlOver(firm, 'people per office'), /^SELECT offices.city, COUNT/);
  });
});

describe('money', () => {
  const office = catalogOf(
    `CREATE TABLE suppliers (id INTEGER PRIMARY KEY, name TEXT);
     CREATE TABLE contracts (id INTEGER PRIMARY KEY, supplier_id INTEGER REFERENCES suppliers (id), yearly_cost REAL);
     CREATE TABLE po_header (id INTEGER PRIMARY KEY, supplier_id INTEGER REFERENCES suppliers (id), ordered_on DATE, total_amt REAL);
     CREATE TABLE expenses (id INTEGER PRIMARY KEY, category TEXT, spent_on DATE, amount REAL);
     CREATE TABLE stores (id INTEGER PRIMARY KEY, name TEXT);
     CREATE TABLE stock_levels (id INTEGER PRIMARY KEY, store_id INTEGER REFERENCES stores (id), quantity INTEGER);
     CREATE TABLE checks (id INTEGER PRIMARY KEY, store_id INTEGER REFERENCES stores (id), result TEXT);
     INSERT INTO suppliers VALUES (1, 'Sterilo'), (2, 'LabTools');
     INSERT INTO contracts VALUES (1, 1, 100.5);
     INSERT INTO po_header VALUES (1, 1, '2025-01-02', 10.5), (2, 2, '2025-02-02', 20.5);
     INSERT INTO expenses VALUES (1, 'travel', '2025-01-02', 9.5), (2, 'training', '2025-02-02', 8.5);
     INSERT INTO stores VALUES (1, 'Main'), (2, 'Ward');
     INSERT INTO stock_levels VALUES (1, 1, 5), (2, 2, 7);
     INSERT INTO checks VALUES (1, 1, 'fail'), (2, 1, 'pass'), (3, 2, 'pass');`,
  );

  it('spent with a party is the amount of what was ordered from it, not of what was promised', () => {
    assert.match(
      sqlOver(office, 'how much did we spend with each supplier in 2025'),
      /^SELECT suppliers.name, SUM\(po_header.total_amt\).*ordered_on >= '2025-01-01'/,
    );
    assert.match(sqlOver(office, 'top 2 suppliers by spend'), /ORDER BY SUM\(po_header.total_amt\) DESC LIMIT 2$/);
    assert.match(sqlOver(office, 'biggest supplier'), /ORDER BY SUM\(po_header.total_amt\) DESC LIMIT 1$/);
  });

  it('is added up where things are money, and both is shown where either may be meant', () => {
    assert.equal(sqlOver(office, 'total expenses in 2025').slice(0, 31), 'SELECT SUM(amount) FROM expense');
    assert.match(sqlOver(office, 'expenses by category'), /^SELECT category, COUNT\(\*\), SUM\(amount\) FROM expenses/);
    assert.match(sqlOver(office, 'total suppliers by name'), /^(?!.*SUM)/);
  });

  it('is no stock, which is a quantity', () => {
    assert.match(sqlOver(office, 'stock per store'), /^SELECT stores.name, SUM\(stock_levels.quantity\)/);
  });

  it('has no order where it is one figure', () => {
    assert.match(sqlOver(office, 'total expenses in 2025, highest first'), /^declined: One figure has no order/);
  });

  it('is of checks that failed where rows hold the verb', () => {
    assert.match(sqlOver(office, 'share of failed checks'), /CASE WHEN result = 'fail'/);
    assert.match(sqlOver(office, 'failed checks per store'), /result = 'fail'/);
  });
});

describe('an untuned company', () => {
  const hotel = catalogOf(
    `CREATE TABLE room_types (code TEXT PRIMARY KEY, rt_name TEXT);
     CREATE TABLE rooms (id INTEGER PRIMARY KEY, type_code TEXT REFERENCES room_types (code), floor INTEGER);
     CREATE TABLE bookings (id INTEGER PRIMARY KEY, room_id INTEGER REFERENCES rooms (id), check_in DATE, status TEXT, total_price REAL);
     CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, role TEXT, hired_on DATE, left_on DATE);
     INSERT INTO room_types VALUES ('SGL', 'Single'), ('SUI', 'Suite');
     INSERT INTO rooms VALUES (1, 'SGL', 1), (2, 'SUI', 2), (3, 'SUI', 2);
     INSERT INTO bookings VALUES (1, 1, '2025-01-02', 'completed', 100.5), (2, 2, '2025-02-02', 'cancelled', 90.5);
     INSERT INTO staff VALUES (1, 'Ada', 'cleaner', '2020-01-01', NULL), (2, 'Bo', 'cleaner', '2021-01-01', '2024-05-05'), (3, 'Cy', 'chef', '2021-01-01', NULL);`,
  );

  it('has cleaners of now alone, though their role is read', () => {
    assert.match(
      sqlOver(hotel, 'how many cleaners do we currently have'),
      /role = 'cleaner' AND left_on IS NULL|left_on IS NULL AND role = 'cleaner'/,
    );
  });

  it('has kinds of which each is one: what is done with them is not guessed', () => {
    assert.match(sqlOver(hotel, 'most popular room type'), /^declined/);
    assert.match(sqlOver(hotel, 'most common room type'), /FROM room_types JOIN rooms/);
  });

  it('has two dates of one thing beside each other', () => {
    assert.match(
      sqlOver(FREIGHT, 'consignments booked vs delivered in 2025'),
      /^SELECT SUM\(CASE WHEN booked_on >= .* THEN 1 ELSE 0 END\), SUM\(CASE WHEN delivered_on >= /,
    );
  });

  it('has people who did something then: the day is that of what they did', () => {
    assert.match(
      sqlOver(FREIGHT, 'how many clients who booked a consignment in 2025'),
      /^SELECT COUNT\(DISTINCT clients.id\) .*consignments.booked_on < '2026-01-01'$/,
    );
  });

  it('has a share of what stands behind the rows, whatever else is said of them', () => {
    assert.match(sqlOver(FREIGHT, 'what percent of consignments delivered, by client, in 2025 by road'), /^(?!.*OVER)/);
  });

  it('has a rate of a state that one table holds, revenue by floor, and years beside each other', () => {
    assert.match(sqlOver(hotel, 'cancellation rate'), /CASE WHEN status = 'cancelled'/);
    assert.match(sqlOver(hotel, 'bookings in 2024 vs 2025'), /CASE WHEN .*2024-01-01.*CASE WHEN .*2025-01-01/);
  });
});

describe('the amount of papers', () => {
  it('is that of the money on them', () => {
    assert.equal(
      sqlOver(FLEET, 'List the total amount of fines in 2024'),
      `SELECT SUM(amount) FROM fines WHERE fined_on >= '2024-01-01' AND fined_on < '2025-01-01'`,
    );
    assert.equal(
      sqlOver(FLEET, 'total value of speeding fines'),
      `SELECT SUM(amount) FROM fines WHERE offence = 'speeding'`,
    );
  });
});
