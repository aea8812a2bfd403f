import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const MARINA = catalogOf(
  `CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
   CREATE TABLE boats (id INTEGER PRIMARY KEY, name TEXT, owner_id INTEGER REFERENCES owners (id), skipper_id INTEGER REFERENCES skippers (id), length_m REAL, price REAL, fee REAL, rig TEXT);
   CREATE TABLE skippers (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE moorings (id INTEGER PRIMARY KEY, boat_id INTEGER REFERENCES boats (id), amount REAL, status TEXT, moored_on DATE, ends_on DATE);
   CREATE TABLE trips (id INTEGER PRIMARY KEY, boat_id INTEGER REFERENCES boats (id), sail_minutes INTEGER);
   CREATE TABLE ratings (id INTEGER PRIMARY KEY, boat_id INTEGER REFERENCES boats (id), stars INTEGER, rated_on DATE);
   INSERT INTO owners VALUES (1, 'Ada', 'Sweden'), (2, 'Bo', 'Chile');
   INSERT INTO skippers VALUES (1, 'Kim'), (2, 'Lea');
   INSERT INTO boats VALUES (1, 'Tern', 1, 1, 9.5, 100, 120, 'sloop'), (2, 'Auk', 2, NULL, 12, 300, 20, 'ketch'), (3, 'Crow', 2, 2, 7, 90, 10, 'sloop');
   INSERT INTO moorings VALUES (1, 1, 50, 'open', '2025-01-02', NULL), (2, 2, 70, 'settled', '2025-05-02', '2025-06-01'), (3, 1, 20, 'open', '2024-02-02', '2024-03-01');
   INSERT INTO ratings VALUES (1, 1, 4, '2025-01-03'), (2, 2, 5, '2025-02-03');`,
);

const sqlOf = (...turns: string[]) => sqlOver(MARINA, ...turns);

const NEVER_MOORED = 'SELECT name FROM boats WHERE id NOT IN (SELECT boat_id FROM moorings WHERE boat_id IS NOT NULL)';

describe('what is not there', () => {
  it.each([
    ['which boats have not had a single mooring', NEVER_MOORED],
    ["which boats haven't got any moorings", NEVER_MOORED],
    ['names of boats that were never moored', NEVER_MOORED],
    ['names of boats with no skipper', 'SELECT name FROM boats WHERE skipper_id IS NULL'],
    ['how many moorings have no end date', 'SELECT COUNT(*) FROM moorings WHERE ends_on IS NULL'],
    [
      'names of boats that do not have a mooring with status open',
      "SELECT name FROM boats WHERE id NOT IN (SELECT boats.id FROM boats JOIN moorings ON boats.id = moorings.boat_id WHERE moorings.status = 'open')",
    ],
  ])('%s', (question, sql) => {
    assert.equal(sqlOf(question), sql);
  });
});

describe('numbers with their units', () => {
  it.each([
    ['boats longer than 9 m', 'SELECT name FROM boats WHERE length_m > 9'],
    ['how many trips were shorter than 2 hours', 'SELECT COUNT(*) FROM trips WHERE sail_minutes < 120'],
    ['names of boats with a price over 95 euros', 'SELECT name FROM boats WHERE price > 95'],
  ])('%s', (question, sql) => {
    assert.equal(sqlOf(question), sql);
  });

  it('is no length of something else where an age is asked for', () => {
    assert.match(sqlOf('trips older than 7 days'), /^declined: I cannot tell from which date/);
  });

  it('declines where the column is of another unit', () => {
    assert.match(sqlOf('names of boats with a price over 95 kg'), /^declined: .*unit of weight/);
  });
});

describe('rankings', () => {
  it.each([
    ['which rig has the most boats', 'SELECT rig FROM boats GROUP BY rig ORDER BY COUNT(*) DESC LIMIT 1'],
    [
      'which boat has the most open moorings',
      "SELECT boats.name FROM boats JOIN moorings ON boats.id = moorings.boat_id WHERE moorings.status = 'open' GROUP BY boats.id, boats.name ORDER BY COUNT(*) DESC LIMIT 1",
    ],
    ['list the amounts of the moorings, newest first', 'SELECT amount FROM moorings ORDER BY moored_on DESC'],
  ])('%s', (question, sql) => {
    assert.equal(sqlOf(question), sql);
  });
});

describe('compared with other rows', () => {
  it.each([
    [
      'names of boats whose price is higher than the price of all boats with the rig ketch',
      "SELECT name FROM boats WHERE price > (SELECT MAX(price) FROM boats WHERE rig = 'ketch')",
    ],
    ['names of boats whose price is lower than their fee', 'SELECT name FROM boats WHERE price < fee'],
  ])('%s', (question, sql) => {
    assert.equal(sqlOf(question), sql);
  });
});

describe('several figures', () => {
  it.each([
    ['boats by rig: number and average price', 'SELECT rig, COUNT(*), AVG(price) FROM boats GROUP BY rig'],
    ['moorings by status – count and total', 'SELECT status, COUNT(*), SUM(amount) FROM moorings GROUP BY status'],
    ['average rating', 'SELECT AVG(stars) FROM ratings'],
    ['percentage of boats by rig', 'SELECT rig, 100.0 * COUNT(*) / SUM(COUNT(*)) OVER () FROM boats GROUP BY rig'],
  ])('%s', (question, sql) => {
    assert.equal(sqlOf(question), sql);
  });

  it.each([
    ['moorings per quarter', /'-Q'/],
    ['moorings by weekday', /CASE .* WHEN 1 THEN 'Monday'/],
    ['moorings month by month in 2025', /STRFTIME\('%Y-%m', moored_on\).*moored_on >= '2025-01-01'/],
  ])('%s', (question, sql) => {
    assert.match(sqlOf(question), sql);
  });
});

describe('people of a country', () => {
  it('are those whose country is stored', () => {
    assert.equal(sqlOf('how many Swedish owners'), "SELECT COUNT(*) FROM owners WHERE country = 'Sweden'");
  });

  it('are no part of a name', () => {
    assert.match(sqlOf('how many owners of Swedish Match'), /^declined/);
  });
});

describe('follow-ups', () => {
  it.each([
    [
      ['boats with the rig sloop, name and price', 'how many is that'],
      "SELECT COUNT(*) FROM boats WHERE rig = 'sloop'",
    ],
    [['average price of boats by rig', 'total instead of average'], 'SELECT rig, SUM(price) FROM boats GROUP BY rig'],
    [['boats with the rig sloop with their price', 'fee too please', 'with fee too'], /^declined|fee/],
    [['moorings by status in 2025', 'any year'], 'SELECT status, COUNT(*) FROM moorings GROUP BY status'],
    [['names of boats, cheapest first', 'only sloop'], "SELECT name FROM boats WHERE rig = 'sloop' ORDER BY price"],
  ] as const)('%#', (turns, sql) => {
    if (typeof sql === 'string') assert.equal(sqlOf(...turns), sql);
    else assert.match(sqlOf(...turns), sql);
  });
});
