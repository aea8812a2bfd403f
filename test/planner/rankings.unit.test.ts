import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const GARAGE = catalogOf(
  `CREATE TABLE sites (id INTEGER PRIMARY KEY, name TEXT, town TEXT);
   CREATE TABLE vans (id INTEGER PRIMARY KEY, plate TEXT, fuel TEXT, site_id INTEGER REFERENCES sites (id));
   CREATE TABLE repairs (id INTEGER PRIMARY KEY, van_id INTEGER REFERENCES vans (id), cost REAL, reply_minutes REAL, status TEXT, repaired_on DATE, updated_on DATE);
   CREATE TABLE vouchers (id INTEGER PRIMARY KEY, code TEXT);
   CREATE TABLE orders (id INTEGER PRIMARY KEY, site_id INTEGER REFERENCES sites (id), voucher_id INTEGER REFERENCES vouchers (id), total_amount REAL, status TEXT, placed_on DATE);
   CREATE TABLE ratings (id INTEGER PRIMARY KEY, van_id INTEGER REFERENCES vans (id), stars INTEGER, given_on DATE);
   CREATE TABLE staff (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, job TEXT, site_id INTEGER REFERENCES sites (id), hired_on DATE);
   INSERT INTO sites VALUES (1, 'North', 'Leeds'), (2, 'South', 'York');
   INSERT INTO vans VALUES (1, 'AA 1', 'diesel', 1), (2, 'BB 2', 'electric', 2);
   INSERT INTO repairs VALUES (1, 1, 90, 5, 'paid', '2025-01-02', '2025-01-03'), (2, 2, 40, 6, 'open', '2025-03-04', '2024-01-01'), (3, 2, 60, 7, 'paid', '2025-05-06', '2025-05-07');
   INSERT INTO vouchers VALUES (1, 'SPRING'), (2, 'FALL');
   INSERT INTO orders VALUES (1, 1, 1, 10, 'paid', '2025-01-02'), (2, 2, 1, 30, 'open', '2025-03-04'), (3, 2, NULL, 20, 'paid', '2025-03-05');
   INSERT INTO ratings VALUES (1, 1, 5, '2025-01-02'), (2, 2, 3, '2025-03-04'), (3, 1, 4, '2025-03-05');
   INSERT INTO staff VALUES (1, 'Ida', 'Berg', 'Fitter', 1, '2025-06-02'), (2, 'Jon', 'Moe', 'Fitter', 2, '2024-06-03');`,
);

const sqlOf = (...turns: string[]) => sqlOver(GARAGE, ...turns);

describe('what ranks', () => {
  it('is the sum of what each has several of, where it is named with them', () => {
    assert.match(
      sqlOf('van with the highest repair cost in 2025'),
      /GROUP BY vans\.id, vans\.plate ORDER BY SUM\(repairs\.cost\) DESC LIMIT 1$/,
    );
  });

  it('is the mean of what is rated, and of what things are worth', () => {
    assert.match(
      sqlOf('which fuel has the best rating'),
      /GROUP BY vans\.fuel ORDER BY AVG\(ratings\.stars\) DESC LIMIT 1$/,
    );
    assert.match(sqlOf('town with the lowest average order value'), /ORDER BY AVG\(orders\.total_amount\) LIMIT 1$/);
  });

  it('is not how often a code stands in its own list, where it stands once', () => {
    assert.match(sqlOf('most used voucher code'), /^declined: .*“used”/);
  });

  it('is no time that something else took', () => {
    assert.match(sqlOf('longest open repair'), /^declined/);
  });
});

describe('what is of a time', () => {
  it('is what stands before it, whatever state it is in', () => {
    const sql = sqlOf('top 2 sites by orders paid in 2025');
    assert.match(sql, /orders\.placed_on >= '2025-01-01'/);
  });

  it('was last done before it', () => {
    assert.match(sqlOf('how many repairs not updated since 2025'), /updated_on < '2025-01-01'/);
  });
});

describe('what is shown of people and of what they belong to', () => {
  it('are their own names, and what the others are called', () => {
    assert.match(sqlOf('staff hired in june: name, site, job'), /staff\.first_name/);
    assert.match(sqlOf('fitters hired this year with the site'), /sites\.name/);
  });
});

it('does not pass over what was done with them', () => {
  assert.match(sqlOf('how many orders did we return'), /^declined/);
  assert.match(sqlOf('how many orders did we ship last month'), /^declined/);
  assert.match(sqlOf('what is the highest cost we ever had of a repair'), /^(?!.*COUNT).*MAX\(cost\)/);
});
