import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const THEATRE = catalogOf(
  `CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT, budget REAL);
   CREATE TABLE employees (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, role TEXT, team_id INTEGER REFERENCES teams (id), hired_on DATE, wage REAL);
   CREATE TABLE positions (id INTEGER PRIMARY KEY, title TEXT, team_id INTEGER REFERENCES teams (id), status TEXT, posted_on DATE);
   CREATE TABLE absences (id INTEGER PRIMARY KEY, employee_id INTEGER REFERENCES employees (id), absent_on DATE);
   CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT, tier TEXT, score INTEGER);
   CREATE TABLE concerts (id INTEGER PRIMARY KEY, title TEXT, genre TEXT, plays_on DATE, setup_minutes INTEGER);
   CREATE TABLE bookings (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), concert_id INTEGER REFERENCES concerts (id), status TEXT, booked_on DATE, amount REAL);
   CREATE TABLE returns (id INTEGER PRIMARY KEY, booking_id INTEGER REFERENCES bookings (id), returned_on DATE, amount REAL);
   CREATE TABLE comfort_ratings (id INTEGER PRIMARY KEY, concert_id INTEGER REFERENCES concerts (id), stars INTEGER);
   CREATE TABLE reminders (id INTEGER PRIMARY KEY, booking_id INTEGER REFERENCES bookings (id), stage INTEGER, sent_on DATE);
   CREATE TABLE promo_spend (id INTEGER PRIMARY KEY, concert_id INTEGER REFERENCES concerts (id), spent_on DATE, amount REAL, clicks INTEGER);
   INSERT INTO promo_spend VALUES (1, NULL, '2025-01-02', 300, 10), (2, NULL, '2025-05-02', 200, 30);
   INSERT INTO teams VALUES (1, 'Stage', 9000), (2, 'House', 5000);
   INSERT INTO employees VALUES (1, 'Ada', 'Berg', 'rigger', 1, '2020-01-02', 3000), (2, 'Bo', 'Lind', 'usher', 2, '2025-02-02', 2000), (3, 'Cy', 'Holm', 'usher', 2, '2024-02-02', 2100);
   INSERT INTO positions VALUES (1, 'Rigger', 1, 'open', '2025-01-02'), (2, 'Usher', 2, 'filled', '2024-01-02');
   INSERT INTO absences VALUES (1, 1, '2025-01-02'), (2, 1, '2025-01-03');
   INSERT INTO customers VALUES (1, 'Nora', 'Norway', 'gold', 90), (2, 'Max', 'Sweden', 'gold', 70), (3, 'Ole', 'Germany', 'basic', 75), (4, 'Pia', 'Chile', 'basic', 20);
   INSERT INTO concerts VALUES (1, 'Hamlet', 'drama', '2025-08-02', 90), (2, 'Cats', 'musical', '2024-03-02', 30);
   INSERT INTO bookings VALUES (1, 1, 1, 'kept', '2025-01-02', 40), (2, 2, 1, 'returned', '2025-02-02', 60), (3, 3, 2, 'cancelled', '2024-02-02', 50);
   INSERT INTO returns VALUES (1, 2, '2025-02-03', 60);
   INSERT INTO comfort_ratings VALUES (1, 1, 4), (2, 2, 2), (3, 2, 2);
   INSERT INTO reminders VALUES (1, 1, 1, '2025-01-05'), (2, 2, 2, '2025-02-05'), (3, 3, 1, '2024-02-05');`,
);

const sqlOf = (...turns: string[]) => sqlOver(THEATRE, ...turns);

describe('a list of values', () => {
  it('of three and more is one condition that any of them fulfils', () => {
    assert.equal(
      sqlOf('customers in Norway, Sweden and Germany'),
      "SELECT name FROM customers WHERE country IN ('Norway', 'Sweden', 'Germany')",
    );
    assert.match(
      sqlOf('how many customers from norway, sweden, chile or germany'),
      /IN \('Norway', 'Sweden', 'Chile', 'Germany'\)$/,
    );
  });

  it('has one figure for each where that is said', () => {
    const each =
      "SELECT country, COUNT(*) FROM customers WHERE country IN ('Norway', 'Sweden', 'Germany') AND tier = 'gold' GROUP BY country";
    assert.equal(sqlOf('gold customers in norway, sweden n germany – count for each'), each);
    assert.match(
      sqlOf('how many customers do we have in Norway and Sweden each?'),
      /^SELECT country, COUNT\(\*\) .* IN \('Norway', 'Sweden'\) GROUP BY country$/,
    );
  });

  it('is shut out with neither and nor, of what is asked about, though another table is called so', () => {
    assert.match(
      sqlOf('how many bookings are neither cancelled nor returned this year'),
      /^SELECT COUNT\(\*\) FROM bookings WHERE status <> 'cancelled' AND status <> 'returned' AND \(booked_on >= '2025-01-01'/,
    );
  });
});

describe('a number beside a name', () => {
  it('is held by the column that stands before it, of the things behind it', () => {
    assert.match(sqlOf('how many stage 1 reminders in 2025'), /^SELECT COUNT\(\*\) FROM reminders WHERE stage = 1 AND/);
  });

  it('is what was given, where there is one such number', () => {
    assert.equal(sqlOf('number of ratings with a 2'), 'SELECT COUNT(*) FROM comfort_ratings WHERE stars = 2');
    assert.equal(sqlOf('how many ratings of 3 or better'), 'SELECT COUNT(*) FROM comfort_ratings WHERE stars >= 3');
    assert.match(sqlOf('bookings with a 2'), /^declined: /);
  });

  it('bounds what things scored, and how much was done to them', () => {
    assert.equal(
      sqlOf('how many customers scored between 70 and 80'),
      'SELECT COUNT(*) FROM customers WHERE score BETWEEN 70 AND 80',
    );
    assert.match(
      sqlOf('how many bookings were returned for more than 50'),
      /FROM bookings JOIN returns ON .* WHERE returns\.amount > 50$/,
    );
  });

  it('is a year behind what has dates or years, and the number of one thing', () => {
    assert.match(
      sqlOf('bookings 2025 by month'),
      /WHERE booked_on >= '2025-01-01' AND booked_on < '2026-01-01' GROUP BY/,
    );
    assert.match(sqlOf('booking 2025'), /^SELECT .* FROM bookings WHERE id = 2025$/);
  });
});

describe('words that any company has', () => {
  it('are what people are paid, all together or the most', () => {
    assert.match(sqlOf('total payroll of the House team'), /^SELECT SUM\(employees\.wage\) .* teams\.name = 'House'$/);
    assert.equal(
      sqlOf('top 2 earners with role and wage'),
      'SELECT first_name, last_name, role, wage FROM employees ORDER BY wage DESC LIMIT 2',
    );
  });

  it('are positions that nobody holds, and days on which somebody was absent', () => {
    assert.equal(sqlOf('how many vacancies do we have'), "SELECT COUNT(*) FROM positions WHERE status = 'open'");
    assert.match(
      sqlOf('open jobs by team'),
      /^SELECT teams\.name, COUNT\(\*\) FROM positions .*status = 'open' GROUP BY/,
    );
    assert.match(
      sqlOf('who was absent most often in 2025'),
      /FROM absences JOIN employees .* ORDER BY COUNT\(\*\) DESC LIMIT 1$/,
    );
  });

  it('are what is scored, where a table is named by that', () => {
    assert.match(
      sqlOf('average comfort by concert and how many ratings it is based on'),
      /^SELECT concerts\.title, AVG\(comfort_ratings\.stars\), COUNT\(\*\) .* GROUP BY concerts\.id, concerts\.title$/,
    );
    assert.match(
      sqlOf('which concert had the worst average comfort'),
      /^SELECT concerts\.title .* ORDER BY AVG\(comfort_ratings\.stars\) LIMIT 1$/,
    );
    assert.match(sqlOf('average colour by concert'), /^declined: /);
  });
});

describe('figures next to each other', () => {
  it('are one of each group, its own number among them', () => {
    assert.match(
      sqlOf('payroll vs budget by team – both figures next to each other'),
      /^SELECT teams\.name, teams\.budget, SUM\(employees\.wage\) .* GROUP BY teams\.id, teams\.name, teams\.budget$/,
    );
  });

  it('group by what is said, with how many there are behind it', () => {
    assert.match(
      sqlOf('average wage by team and count'),
      /^SELECT teams\.name, AVG\(employees\.wage\), COUNT\(\*\) .* GROUP BY teams\.id, teams\.name$/,
    );
  });
});

describe('what a colleague adds', () => {
  it('says by what they are ranked, and in which currency it is told', () => {
    assert.match(
      sqlOf('top 2 customers by what they booked in total (euro)'),
      /^SELECT customers\.name, SUM\(bookings\.amount\) .* ORDER BY SUM\(bookings\.amount\) DESC LIMIT 2$/,
    );
  });

  it('is whose it is, beside what it is the biggest by', () => {
    assert.match(
      sqlOf('biggest customer booking ever and who made it?'),
      /^SELECT customers\.name, bookings\.amount FROM bookings JOIN customers .* ORDER BY bookings\.amount DESC LIMIT 1$/,
    );
  });

  it('is the name of each group, and names alone, each once', () => {
    assert.match(
      sqlOf('bookings per concert for customers from Norway, title and count'),
      /^SELECT concerts\.title, COUNT\(\*\) .* GROUP BY concerts\.id, concerts\.title$/,
    );
    assert.match(sqlOf('which customers had a cancelled booking? names only'), /^SELECT DISTINCT customers\.name /);
  });
});

describe('when something happened', () => {
  it('is asked for the last time', () => {
    assert.equal(sqlOf('when did we last send a reminder?'), 'SELECT MAX(sent_on) FROM reminders');
  });

  it('is in a period that a verb of going out is said of', () => {
    assert.match(sqlOf('how many reminders went out in 2025'), /FROM reminders WHERE sent_on >= '2025-01-01'/);
  });

  it('is before today or after it', () => {
    assert.equal(sqlOf('upcoming concerts'), "SELECT title FROM concerts WHERE plays_on >= '2025-06-30'");
    assert.equal(sqlOf('past concerts'), "SELECT title FROM concerts WHERE plays_on < '2025-06-30'");
    assert.match(sqlOf('upcoming or past concerts: title + date'), /FROM concerts$/);
  });
});

describe('two periods', () => {
  it('that are each said by itself have a figure each, of how much where the table is an amount', () => {
    assert.match(
      sqlOf('how much did we spend on promos in Q1 and in Q2 of 2025'),
      /^SELECT SUM\(CASE WHEN .* THEN amount END\), SUM\(CASE WHEN .* THEN amount END\) FROM promo_spend/,
    );
    assert.match(sqlOf('promo spend in Q1 vs Q2 of 2025'), /^SELECT SUM\(CASE WHEN .* THEN amount END\), SUM\(/);
  });
});

describe('a share of those that have something', () => {
  it('is of all, whether they have it or lack it', () => {
    assert.equal(
      sqlOf('what proportion of all bookings was ever returned'),
      'SELECT 100.0 * SUM(CASE WHEN bookings.id IN (SELECT booking_id FROM returns WHERE booking_id IS NOT NULL) THEN 1 ELSE 0 END) / COUNT(*) FROM bookings',
    );
    assert.match(
      sqlOf('share of customers without a booking'),
      /customers\.id NOT IN \(SELECT customer_id FROM bookings .* FROM customers$/,
    );
  });

  it('is of such rows as are said, in such a period', () => {
    assert.match(
      sqlOf('share of customers with at least one cancelled booking in 2024'),
      /IN \(SELECT customer_id FROM bookings WHERE .*booked_on >= '2024-01-01' .*status = 'cancelled'\) .* FROM customers$/,
    );
  });

  it('is of those alone that stand before', () => {
    assert.match(
      sqlOf('share of kept bookings that were returned'),
      /IN \(SELECT booking_id FROM returns .* FROM bookings WHERE status = 'kept'$/,
    );
  });
});

describe('what is said around a question', () => {
  it('asks for nothing: greetings, whom it is for, thanks', () => {
    const count = 'SELECT role, COUNT(*) FROM employees GROUP BY role';
    assert.equal(sqlOf('Sorry to bother you - employees by role, thanks in advance!'), count);
    assert.equal(sqlOf('my boss wants to know the number of employees by role'), count);
    assert.equal(sqlOf('for the board meeting tomorrow: employees by role'), count);
    assert.equal(sqlOf("I'm preparing the season budget and need the number of employees by role"), count);
  });

  it('is a question of small words, which the next sentence says at length; what names or restricts something is not', () => {
    assert.match(
      sqlOf('How are things going? bookings by status'),
      /^SELECT status, COUNT\(\*\) FROM bookings GROUP BY/,
    );
    assert.match(sqlOf('How do new people book? bookings by status'), /^declined: /);
  });

  it('leaves how much there is in something', () => {
    assert.equal(
      sqlOf('how much is in cancelled bookings'),
      "SELECT SUM(amount) FROM bookings WHERE status = 'cancelled'",
    );
  });
});

describe('two values side by side', () => {
  it('are told apart further by what else is said', () => {
    assert.match(
      sqlOf('bookings kept vs cancelled by concert'),
      /^SELECT bookings\.status, concerts\.title, COUNT\(\*\) .* GROUP BY concerts\.id, bookings\.status, concerts\.title$/,
    );
  });
});

describe('a year or a bound that stands behind', () => {
  it('is of what is told apart', () => {
    assert.match(sqlOf('bookings per concert 2025'), /booked_on >= '2025-01-01' .* GROUP BY concerts\.id/);
    assert.match(
      sqlOf('bookings per concert, only concerts over 50 bookings'),
      /GROUP BY concerts\.id, concerts\.title HAVING COUNT\(\*\) > 50$/,
    );
  });

  it('is of people who are asked for, wherever they work', () => {
    assert.match(
      sqlOf('who earns more than 2500 in the House team'),
      /^SELECT employees\.first_name, employees\.last_name FROM employees JOIN teams .*wage > 2500/,
    );
    assert.match(sqlOf('employees hired in 2024 or 2025 by role'), /^SELECT role, COUNT\(\*\) .* OR /);
  });
});

describe('the slowest', () => {
  it('takes the longest, and is not told of things that have several', () => {
    assert.match(sqlOf('which concert has the slowest setup'), /ORDER BY setup_minutes DESC LIMIT 1$/);
    assert.match(sqlOf('which concert has the fastest setup'), /ORDER BY setup_minutes LIMIT 1$/);
    assert.match(sqlOf('which customer has the slowest setup'), /^declined: /);
  });
});

describe('more of what colleagues say', () => {
  it('is typed without apostrophes', () => {
    assert.match(
      sqlOf('customers who havent booked since march'),
      /NOT IN \(SELECT customer_id FROM bookings .*booked_on >= '2025-03-01'\)$/,
    );
    assert.match(sqlOf('whats our biggest customer in norway'), /ORDER BY SUM\(bookings\.amount\) DESC LIMIT 1$/);
  });

  it('is how much one of something cost, and how many and how much there were', () => {
    assert.equal(
      sqlOf('cost per click in 2025'),
      "SELECT 1.0 * SUM(amount) / NULLIF(SUM(clicks), 0) FROM promo_spend WHERE spent_on >= '2025-01-01' AND spent_on < '2026-01-01'",
    );
    assert.match(
      sqlOf('cancelled bookings in 2024, how many and how much'),
      /^SELECT COUNT\(\*\), SUM\(amount\) FROM bookings WHERE/,
    );
  });

  it('is who has been there the longest, and which did more than so often', () => {
    assert.equal(
      sqlOf('longest-serving employee'),
      'SELECT first_name, last_name FROM employees ORDER BY hired_on LIMIT 1',
    );
    assert.match(sqlOf('which customers made more than 5 bookings in 2025'), /HAVING COUNT\(\*\) > 5$/);
    assert.match(sqlOf('bookings by month 2025'), /booked_on >= '2025-01-01'/);
  });
});
