import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const CARE = catalogOf(
  `CREATE TABLE visit_types (code TEXT PRIMARY KEY, descr TEXT);
   CREATE TABLE visits (id INTEGER PRIMARY KEY, type_code TEXT REFERENCES visit_types (code), fee REAL, visited_on DATE);
   CREATE TABLE repairs (id INTEGER PRIMARY KEY, cause TEXT, cost REAL, reported_on DATE, resolved_on DATE);
   CREATE TABLE rooms (id INTEGER PRIMARY KEY, total_price REAL);
   CREATE TABLE diagnoses (id INTEGER PRIMARY KEY, visit_id INTEGER REFERENCES visits (id), severity TEXT, made_on DATE);
   INSERT INTO visit_types VALUES ('SUR', 'Surgery'), ('CON', 'Consultation');
   INSERT INTO visits VALUES (1, 'SUR', 10, '2025-01-02'), (2, 'CON', 20, '2025-03-04'), (3, 'CON', 5, '2024-05-06');
   INSERT INTO repairs VALUES (1, 'wear', 5, '2025-01-02', '2025-01-05'), (2, 'misuse', 7, '2025-02-03', NULL);
   INSERT INTO rooms VALUES (1, 50);
   INSERT INTO diagnoses VALUES (1, 1, 'mild', '2025-01-02'), (2, 2, 'severe', '2025-03-04');`,
);

const sqlOf = (...turns: string[]) => sqlOver(CARE, ...turns);

describe('a state that a day tells', () => {
  it('holds where that day is known, and does not where it is empty', () => {
    assert.equal(sqlOf('how many resolved repairs'), 'SELECT COUNT(*) FROM repairs WHERE resolved_on IS NOT NULL');
    assert.equal(sqlOf('how many unresolved repairs'), 'SELECT COUNT(*) FROM repairs WHERE resolved_on IS NULL');
  });
});

describe('things that are called by their kind', () => {
  it('are the rows of that kind', () => {
    const sql = sqlOf('surgeries in 2025');
    assert.match(sql, /FROM visits JOIN visit_types/);
    assert.match(sql, /visit_types\.descr = 'Surgery'/);
    assert.match(sql, /visited_on >= '2025-01-01'/);
  });

  it('are the most common by a column of the table that is named before it', () => {
    assert.equal(
      sqlOf('most common repair cause'),
      'SELECT cause FROM repairs GROUP BY cause ORDER BY COUNT(*) DESC LIMIT 1',
    );
  });

  it('are one of several, however the plural is made', () => {
    assert.equal(sqlOf('how many diagnoses'), sqlOf('number of diagnosis'));
    assert.match(sqlOf('how many diagnoses'), /^SELECT COUNT\(\*\) FROM diagnoses$/);
  });
});

describe('a total', () => {
  it('is of the column that is named, not of one that begins so', () => {
    assert.equal(sqlOf('total cost of repairs'), 'SELECT SUM(cost) FROM repairs');
  });
});

const POWER = catalogOf(
  `CREATE TABLE tariffs (code TEXT PRIMARY KEY, name TEXT, price_per_kwh REAL);
   CREATE TABLE households (id INTEGER PRIMARY KEY, district TEXT, tariff_code TEXT REFERENCES tariffs (code));
   CREATE TABLE meters (no INTEGER PRIMARY KEY, household_id INTEGER REFERENCES households (id), smart INTEGER);
   CREATE TABLE bills (id INTEGER PRIMARY KEY, household_id INTEGER REFERENCES households (id), amount REAL, issued_on DATE, due_on DATE, paid_on DATE);
   CREATE TABLE fitters (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, team TEXT, hired_on DATE);
   CREATE TABLE visits (id INTEGER PRIMARY KEY, household_id INTEGER REFERENCES households (id), fitter_id INTEGER REFERENCES fitters (id), outcome TEXT,
     planned_on DATE, done_on DATE);
   CREATE TABLE contracts (id INTEGER PRIMARY KEY, household_id INTEGER REFERENCES households (id), fitter_id INTEGER REFERENCES fitters (id), start_date DATE, end_date DATE);
   INSERT INTO tariffs VALUES ('A', 'Day', 0.3), ('B', 'Night', 0.2);
   INSERT INTO households VALUES (1, 'North', 'A'), (2, 'South', 'B');
   INSERT INTO meters VALUES (1, 1, 1), (2, 2, 0);
   INSERT INTO bills VALUES (1, 1, 10, '2025-01-02', '2025-02-02', '2025-01-20'), (2, 2, 20, '2025-03-04', '2025-04-04', NULL);
   INSERT INTO fitters VALUES (1, 'Ida', 'Berg', 'blue', '2020-01-01'), (2, 'Jon', 'Moe', 'red', '2021-01-01');
   INSERT INTO visits VALUES (1, 1, 1, 'rejected', '2025-01-02', '2025-01-05'), (2, 2, 1, 'accepted', '2025-03-04', NULL), (3, 2, 2, 'accepted', '2025-05-04', '2025-05-04');
   INSERT INTO contracts VALUES (1, 1, 1, '2025-01-02', '2026-01-01'), (2, 2, 2, '2024-03-04', '2025-07-03');`,
);

function power(question: string): string {
  const made = plan({ question, catalog: POWER, ranked: [], today: '2025-06-30' });
  return made.kind === 'planned' ? made.sql : `declined: ${made.missing}`;
}

describe('what is not there', () => {
  it('is only what is such', () => {
    assert.match(
      power('how many households without a smart meter'),
      /NOT IN \(SELECT household_id FROM meters WHERE .*smart = 1\)/,
    );
  });
});

describe('a time', () => {
  it('is that of what was done, not of who did it', () => {
    const sql = power('top 2 fitters by number of contracts signed in 2025');
    assert.match(sql, /contracts\.start_date >= '2025-01-01'/);
    assert.doesNotMatch(sql, /hired_on/);
  });

  it('is that of the end of what expires', () => {
    assert.match(power('contracts that expire next month'), /end_date >= '2025-07-01' AND end_date < '2025-08-01'/);
  });

  it('is the same of last year', () => {
    assert.match(
      power('bills this month vs same month last year'),
      /'2025-06-01'.*'2025-07-01'.*'2024-06-01'.*'2024-07-01'/,
    );
  });

  it('tells what came when it was due, and what came later', () => {
    assert.match(power('percentage of bills paid on time'), /CASE WHEN paid_on <= due_on/);
    assert.match(power('how many visits done late'), /done_on > planned_on/);
    assert.match(power('last visit in North'), /ORDER BY visits\.done_on DESC LIMIT 1$/);
  });

  it('that something takes is told on average', () => {
    assert.match(power('how long does it take us to settle a bill on average'), /^SELECT AVG\(.*paid_on.*issued_on/);
  });
});

describe('what came in', () => {
  it('is no price of a unit', () => {
    assert.match(power('revenue per tariff in 2025'), /^SELECT tariffs\.name, SUM\(bills\.amount\).*bills\.issued_on/);
  });
});

describe('a rate', () => {
  it('is of the one state that the noun is of, whatever it is told apart by', () => {
    assert.match(
      power('rejection rate by district'),
      /CASE WHEN visits\.outcome = 'rejected'.*GROUP BY households\.district/,
    );
    assert.match(power('smart meter share'), /CASE WHEN smart = 1/);
  });
});

describe('people', () => {
  it('are those of whom a value is said', () => {
    assert.equal(power('who is in the blue team'), "SELECT first_name, last_name FROM fitters WHERE team = 'blue'");
    assert.match(power('which fitter did the most visits'), /ORDER BY COUNT\(\*\) DESC LIMIT 1$/);
    assert.match(
      power('fitters by number of visits'),
      /^SELECT fitters\.first_name, fitters\.last_name, COUNT\(\*\).* ORDER BY COUNT\(\*\) DESC$/,
    );
  });
});

const HOUSE = catalogOf(
  `CREATE TABLE ticket_types (code TEXT PRIMARY KEY, label TEXT, price REAL);
   CREATE TABLE ticket_sales (id INTEGER PRIMARY KEY, type_code TEXT REFERENCES ticket_types (code), total REAL, channel TEXT, sold_on DATE);
   CREATE TABLE works (id INTEGER PRIMARY KEY, title TEXT, medium TEXT, made_year INTEGER, on_display INTEGER, est_value REAL);
   CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, joined_on DATE, cancelled_on DATE);
   CREATE TABLE donations (id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members (id), amount_eur REAL, purpose TEXT, given_on DATE);
   CREATE TABLE shifts (id INTEGER PRIMARY KEY, lead_id INTEGER REFERENCES guides (id), hours REAL, paid INTEGER, state TEXT, worked_on DATE, planned_end DATE, actual_end DATE);
   CREATE TABLE guides (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT);
   INSERT INTO ticket_types VALUES ('A', 'Adult', 12), ('C', 'Child', 5);
   INSERT INTO ticket_sales VALUES (1, 'A', 24, 'online', '2025-05-02'), (2, 'C', 5, 'desk', '2025-06-03'), (3, 'C', 10, 'desk', '2025-06-03');
   INSERT INTO works VALUES (1, 'Night', 'oil', 1790, 1, 900), (2, 'Field', 'oil', 1850, 0, 100), (3, 'Stone', 'bronze', 1900, 1, 50);
   INSERT INTO members VALUES (1, 'Ada', '2020-01-01', NULL), (2, 'Bo', '2021-01-01', '2025-02-03');
   INSERT INTO donations VALUES (1, 1, 50, 'roof', '2025-01-02'), (2, 2, 10, 'books', '2025-02-03');
   INSERT INTO guides VALUES (1, 'Ida', 'Berg'), (2, 'Jon', 'Moe');
   INSERT INTO shifts VALUES (1, 1, 4, 1, 'running', '2025-05-05', '2025-05-06', '2025-05-07'), (2, 1, 3, 0, 'done', '2025-05-06', '2025-05-06', '2025-05-06');`,
);

function house(question: string): string {
  const made = plan({ question, catalog: HOUSE, ranked: [], today: '2025-06-30' });
  return made.kind === 'planned' ? made.sql : `declined: ${made.missing}`;
}

describe('a flag before a measure, or in words that ask elsewhere', () => {
  it('says of which rows it is', () => {
    assert.match(house('paid hours per guide'), /SUM\(shifts\.hours\).* WHERE shifts\.paid = 1 GROUP BY guides/);
    assert.equal(
      house('works on display by medium'),
      'SELECT medium, COUNT(*) FROM works WHERE on_display = 1 GROUP BY medium',
    );
  });
});

describe('money', () => {
  it('that came in is of what was sold, not the price of it', () => {
    assert.match(house('revenue per ticket type'), /^SELECT ticket_types\.label, SUM\(ticket_sales\.total\)/);
  });

  it('that was spent is of the rows of a kind, whatever currency their column names', () => {
    assert.match(
      house('what did we spend on books this year'),
      /^SELECT SUM\(amount_eur\) FROM donations WHERE .*purpose = 'books'/,
    );
    assert.equal(house('average donation'), 'SELECT AVG(amount_eur) FROM donations');
    assert.equal(house('most valuable work'), 'SELECT title FROM works ORDER BY est_value DESC LIMIT 1');
  });
});

describe('when', () => {
  it('is the period with the most, the first year or the summer', () => {
    assert.match(
      house('busiest day for ticket sales'),
      /GROUP BY STRFTIME\('%Y-%m-%d', sold_on\) ORDER BY COUNT\(\*\) DESC LIMIT 1$/,
    );
    assert.match(house('oldest work'), /ORDER BY made_year LIMIT 1$/);
    assert.match(house('how many donations last summer'), /given_on >= '2024-06-01' AND given_on < '2024-09-01'/);
    assert.match(house('how many shifts finished late'), /actual_end > planned_end/);
  });

  it('tells who is still there', () => {
    assert.equal(house('how many active members'), 'SELECT COUNT(*) FROM members WHERE cancelled_on IS NULL');
  });
});

describe('which and who', () => {
  it('are both shown', () => {
    assert.match(
      house('which shifts are running and who leads them'),
      /^SELECT shifts\.id, guides\.first_name, guides\.last_name FROM shifts/,
    );
  });
});
