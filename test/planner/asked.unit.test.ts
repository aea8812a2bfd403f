import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const CLINIC = catalogOf(
  `CREATE TABLE wards (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE visits (id INTEGER PRIMARY KEY, ward_id INTEGER REFERENCES wards (id), outcome TEXT, fee REAL, visited_on DATE);
   INSERT INTO wards VALUES (1, 'North'), (2, 'South');
   INSERT INTO visits VALUES (1, 1, 'cured', 10, '2025-01-02'), (2, 1, 'referred', 20, '2024-03-04'), (3, 2, 'cured', 5, '2025-05-06');`,
);
const HARBOUR = catalogOf(
  `CREATE TABLE berths (id INTEGER PRIMARY KEY, name TEXT, is_covered INTEGER);
   CREATE TABLE arrivals (id INTEGER PRIMARY KEY, berth_id INTEGER REFERENCES berths (id), cargo TEXT, tons REAL, arrived_on DATE);
   INSERT INTO berths VALUES (1, 'Quay A', 1), (2, 'Quay B', 0);
   INSERT INTO arrivals VALUES (1, 1, 'timber', 100, '2025-02-01'), (2, 2, 'salt', 40, '2024-02-01'), (3, 2, 'timber', 7, '2025-06-01');`,
);
const SCHOOL = catalogOf(
  `CREATE TABLE classes (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE absences (id INTEGER PRIMARY KEY, class_id INTEGER REFERENCES classes (id), reason TEXT, hours REAL, absent_on DATE);
   INSERT INTO classes VALUES (1, 'Oak'), (2, 'Elm');
   INSERT INTO absences VALUES (1, 1, 'illness', 3, '2025-02-03'), (2, 1, 'family', 2, '2024-05-06'), (3, 2, 'illness', 8, '2025-03-04');`,
);

const share = (condition: string, table: string) =>
  `SELECT (100.0 * SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END)) / COUNT(*) FROM ${table}`;
const normal = (sql: string) => sql.replace(/[()]/g, '');

describe('a state before a thing', () => {
  const club = catalogOf(
    `CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, status TEXT, city TEXT);
     CREATE TABLE bookings (id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members (id), hours REAL);
     INSERT INTO members VALUES (1, 'Ada', 'active', 'Oslo'), (2, 'Bo', 'paused', 'Bergen'), (3, 'Cy', 'active', 'Oslo');
     INSERT INTO bookings VALUES (1, 1, 2), (2, 1, 3), (3, 2, 1);`,
  );

  it('is said of that thing, not of another that it is joined to', () => {
    assert.match(
      sqlOver(club, 'How many active bookings are there?'),
      /^declined: I cannot tell whether “active” is said of bookings/,
    );
    assert.match(
      sqlOver(club, 'How many active members are there?'),
      /^SELECT COUNT\(\*\) FROM members WHERE status = 'active'$/,
    );
    assert.match(
      sqlOver(club, 'How many bookings do active members have?'),
      /^SELECT COUNT\(\*\) FROM bookings JOIN members ON .* WHERE members\.status = 'active'$/,
    );
    assert.match(sqlOver(club, 'How many Oslo bookings are there?'), /city = 'Oslo'/);
  });
});

describe('what people ask, over three unlike schemas', () => {
  it.each([
    [CLINIC, 'share of cured visits', share("outcome = 'cured'", 'visits')],
    [HARBOUR, 'what percentage of arrivals were timber?', share("cargo = 'timber'", 'arrivals')],
    [SCHOOL, 'proportion of illness absences', share("reason = 'illness'", 'absences')],
  ])('a share of rows (%#): %s', (catalog, question, sql) => {
    assert.equal(normal(sqlOver(catalog, question)), normal(sql));
  });

  it.each([
    [CLINIC, 'fee per outcome', 'SELECT outcome, SUM(fee) FROM visits GROUP BY outcome'],
    [HARBOUR, 'tons by cargo', 'SELECT cargo, SUM(tons) FROM arrivals GROUP BY cargo'],
    [SCHOOL, 'hours by reason', 'SELECT reason, SUM(hours) FROM absences GROUP BY reason'],
  ])('a measure that is named is added up (%#)', (catalog, question, sql) => {
    assert.equal(sqlOver(catalog, question), sql);
  });

  it.each([
    [CLINIC, 'visits per ward, highest first', 'wards', 'visits', 'ward_id'],
    [HARBOUR, 'arrivals per berth, most on top', 'berths', 'arrivals', 'berth_id'],
    [SCHOOL, 'absences per class, highest first', 'classes', 'absences', 'class_id'],
  ])('the highest first (%#)', (catalog, question, one, many, key) => {
    const sql = `SELECT ${one}.name, COUNT(*) FROM ${many} JOIN ${one} ON ${many}.${key} = ${one}.id GROUP BY ${one}.id, ${one}.name ORDER BY COUNT(*) DESC`;
    assert.equal(sqlOver(catalog, question), sql);
  });

  it.each([
    [CLINIC, 'how many visits this year vs last', 'visits', 'visited_on'],
    [HARBOUR, 'number of arrivals this year versus last year', 'arrivals', 'arrived_on'],
    [SCHOOL, 'how many absences this year compared with last year', 'absences', 'absent_on'],
  ])('two periods beside each other (%#)', (catalog, question, table, date) => {
    const within = (year: number) =>
      `SUM(CASE WHEN ${date} >= '${year}-01-01' AND ${date} < '${year + 1}-01-01' THEN 1 ELSE 0 END)`;
    assert.equal(sqlOver(catalog, question), `SELECT ${within(2025)}, ${within(2024)} FROM ${table}`);
  });

  it.each([
    [CLINIC, 'wards without any visits in 2025', 'wards', 'visits', 'ward_id', 'visited_on'],
    [HARBOUR, 'berths with no arrivals in 2025', 'berths', 'arrivals', 'berth_id', 'arrived_on'],
    [SCHOOL, 'classes that have no absences in 2025', 'classes', 'absences', 'class_id', 'absent_on'],
  ])('none of a time (%#)', (catalog, question, one, many, key, date) => {
    assert.equal(
      normal(sqlOver(catalog, question)),
      normal(
        `SELECT name FROM ${one} WHERE id NOT IN (SELECT ${key} FROM ${many} WHERE ${key} IS NOT NULL AND (${date} >= '2025-01-01' AND ${date} < '2026-01-01'))`,
      ),
    );
  });

  it.each([
    [CLINIC, 'how many visits on 2 January?', 'visits', 'visited_on'],
    [HARBOUR, 'how many arrivals on January 2nd, 2025', 'arrivals', 'arrived_on'],
    [SCHOOL, 'plot of absences on 2 January please', 'absences', 'absent_on'],
  ])('a day as it is said (%#)', (catalog, question, table, date) => {
    assert.match(
      sqlOver(catalog, question),
      new RegExp(`FROM ${table} WHERE ${date} >= '2025-01-02' AND ${date} < '2025-01-03'`),
    );
  });
});

describe('nothing unread', () => {
  it.each([
    [CLINIC, 'how many urgent visits', 'urgent'],
    [CLINIC, 'how many current visits', 'current'],
    [HARBOUR, 'arrivals by captain', 'captain'],
    [HARBOUR, 'how many arrivals except timber and sugar', 'sugar'],
    [SCHOOL, 'only unexcused absences per class', 'unexcused'],
  ])('declines “%#” and names the word', (catalog, question, word) => {
    assert.match(sqlOver(catalog, question), new RegExp(`declined: .*${word}`));
  });

  it.each([
    [CLINIC, ['how many visits in 2025', 'only referred ones'], /outcome = 'referred'/],
    [CLINIC, ['how many visits in 2025', 'excluding cured'], /outcome <> 'cured'/],
    [HARBOUR, ['tons by cargo', 'excluding salt'], /cargo <> 'salt'.* GROUP BY cargo/],
    [HARBOUR, ['average tons of arrivals in 2025', 'I mean the total'], /^SELECT SUM\(tons\)/],
    [SCHOOL, ['how many absences are there', 'illness, in 2025'], /reason = 'illness'/],
    [SCHOOL, ['how many absences are there', 'how many are that'], /^SELECT COUNT\(\*\) FROM absences$/],
    [SCHOOL, ['how many absences are there', 'only unexcused ones'], /^declined: .*unexcused/],
  ] as const)('a follow-up restricts or declines (%#)', (catalog, turns, sql) => {
    assert.match(sqlOver(catalog, ...turns), sql);
  });
});

describe('what is no more than a guess', () => {
  const FERRIES = catalogOf(
    `CREATE TABLE ports (id INTEGER PRIMARY KEY, name TEXT);
     CREATE TABLE ferries (id INTEGER PRIMARY KEY, name TEXT, origin TEXT, destination TEXT, from_port INTEGER REFERENCES ports (id), to_port INTEGER REFERENCES ports (id));
     INSERT INTO ports VALUES (1, 'Turku'), (2, 'Umea');
     INSERT INTO ferries VALUES (1, 'Aurora', 'Kiel', 'Riga', 1, 2), (2, 'Silja', 'Riga', 'Kiel', 2, 1);`,
  );

  it.each([
    ['two keys between the same tables', 'names of ports and the number of ferries of each port'],
    ['a value that two columns of a table hold', 'ferries of Riga'],
    ['a top without an order', 'top 3 ferries'],
  ])('is declined: %s', (_, question) => {
    assert.match(sqlOver(FERRIES, question), /^declined/);
  });
});
