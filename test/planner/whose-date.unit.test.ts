import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const SCHOOL = catalogOf(
  `CREATE TABLE faculties (id INTEGER PRIMARY KEY, name TEXT, places INTEGER);
   CREATE TABLE teachers (id INTEGER PRIMARY KEY, name TEXT, faculty_id INTEGER REFERENCES faculties (id), hired_on DATE, pay REAL);
   CREATE TABLE lessons (id INTEGER PRIMARY KEY, teacher_id INTEGER REFERENCES teachers (id), taught_on DATE, hours INTEGER, kind TEXT);
   CREATE TABLE pupils (id INTEGER PRIMARY KEY, name TEXT, city TEXT, joined_on DATE, points INTEGER);
   CREATE TABLE absences (id INTEGER PRIMARY KEY, pupil_id INTEGER REFERENCES pupils (id), missed_on DATE, reason TEXT);
   CREATE TABLE trials (id INTEGER PRIMARY KEY, name TEXT, started_on DATE);
   CREATE TABLE trial_arms (id INTEGER PRIMARY KEY, trial_id INTEGER REFERENCES trials (id), pupil_id INTEGER REFERENCES pupils (id), arm TEXT);
   CREATE TABLE clubs (id INTEGER PRIMARY KEY, title TEXT, status TEXT, opened_on DATE);
   CREATE TABLE fines (id INTEGER PRIMARY KEY, pupil_id INTEGER REFERENCES pupils (id), fined_on DATE, amount REAL, cause TEXT);
   CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, added_on DATE);
   CREATE TABLE sales (id INTEGER PRIMARY KEY, sold_on DATE);
   CREATE TABLE sale_items (id INTEGER PRIMARY KEY, sale_id INTEGER REFERENCES sales (id), book_id INTEGER REFERENCES books (id), quantity INTEGER);
   CREATE TABLE notes (id INTEGER PRIMARY KEY, absence_id INTEGER REFERENCES absences (id), author TEXT, sent_on DATE);
   CREATE TABLE requests (id INTEGER PRIMARY KEY, pupil_id INTEGER REFERENCES pupils (id), status TEXT, channel TEXT, asked_on DATE);
   CREATE TABLE approvals (id INTEGER PRIMARY KEY, request_id INTEGER REFERENCES requests (id), decision TEXT, decided_on DATE);
   INSERT INTO faculties VALUES (1, 'Arts', 30), (2, 'Sports', 20);
   INSERT INTO teachers VALUES (1, 'Ada Berg', 1, '2020-01-02', 10), (2, 'Bo Lind', 2, '2021-01-02', 20), (3, 'Cy Holm', 2, '2022-01-02', 15);
   INSERT INTO lessons VALUES (1, 1, '2025-05-02', 2, 'drawing'), (2, 2, '2025-05-03', 3, 'tennis');
   INSERT INTO pupils VALUES (1, 'Daniel Moe', 'Oslo', '2024-01-02', 5), (2, 'Eli Voss', 'Bergen', '2024-02-02', 7);
   INSERT INTO absences VALUES (1, 1, '2025-05-02', 'flu'), (2, 1, '2025-05-09', 'travel');
   INSERT INTO trials VALUES (1, 'Tablets', '2025-01-02');
   INSERT INTO trial_arms VALUES (1, 1, 1, 'control'), (2, 1, 2, 'treatment');
   INSERT INTO clubs VALUES (1, 'Chess', 'open', '2024-01-02'), (2, 'Judo', 'closed', '2024-03-02'), (3, 'Go', 'open', '2024-04-02'), (4, 'Choir', 'open', '2024-05-02');
   INSERT INTO fines VALUES (1, 1, '2025-05-02', 20, 'noise'), (2, 2, '2025-05-03', 30, 'late');
   INSERT INTO books VALUES (1, 'Algebra', '2024-01-02'), (2, 'Botany', '2024-02-02');
   INSERT INTO sales VALUES (1, '2025-05-02');
   INSERT INTO sale_items VALUES (1, 1, 1, 3);
   INSERT INTO notes VALUES (1, 1, 'teacher', '2025-05-02'), (2, 1, 'pupil', '2025-05-03');
   INSERT INTO requests VALUES (1, 1, 'placed', 'web', '2025-05-02'), (2, 2, 'approved', 'phone', '2025-05-03'),
     (3, 1, 'placed', 'web', '2025-05-04'), (4, 1, 'approved', 'phone', '2025-05-05'), (5, 2, 'placed', 'phone', '2025-05-06');
   INSERT INTO approvals VALUES (1, 2, 'yes', '2025-05-04');`,
);

const sqlOf = (...turns: string[]) => sqlOver(SCHOOL, ...turns);

describe('a period', () => {
  it('is of what each of them has several of, where a value or number of theirs stands before it', () => {
    assert.match(
      sqlOf('how many pupils had the flu in May'),
      /WHERE \(absences\.missed_on >= '2025-05-01' .*\.reason = 'flu'$/,
    );
    assert.match(sqlOf('teachers with hours 3 in May'), /lessons\.taught_on >= '2025-05-01'/);
    assert.match(sqlOf('how many Oslo pupils in 2024'), /joined_on >= '2024-01-01'/);
  });

  it('is never of the day on which they came to be, where what is said of them has no day', () => {
    assert.match(sqlOf('pupils who got the treatment in May'), /^declined: /);
    assert.match(sqlOf('clubs closed in May'), /^declined: .*“closed”/);
    assert.match(sqlOf('pupils who played in May'), /^declined: .*“played”/);
    assert.match(sqlOf('how many clubs opened in May'), /opened_on >= '2025-05-01'/);
  });

  it('goes with the verb to the one date that bears it', () => {
    assert.match(sqlOf('teachers who taught in May'), /JOIN lessons .* lessons\.taught_on >= '2025-05-01'/);
    assert.match(sqlOf('how many books did we sell in May'), /COUNT\(DISTINCT books\.id\).* sales\.sold_on >= /);
  });
});

describe('what was done', () => {
  it('by a kind of them tells who, and by one of them is told apart', () => {
    assert.match(
      sqlOf('notes sent by teachers in May'),
      /^SELECT \* FROM notes WHERE author = 'teacher' AND \(sent_on >= /,
    );
    assert.match(sqlOf('clubs opened by status in 2024'), /^SELECT status, COUNT\(\*\) .* GROUP BY status$/);
  });

  it('is no state where it says how they came to be', () => {
    assert.match(sqlOf('how many requests were placed by phone in May'), /\(asked_on >= .*\) AND channel = 'phone'$/);
  });

  it('is declined where a state and another table are called so', () => {
    assert.match(sqlOf('requests approved in May'), /^declined: .*“approved”/);
  });

  it('so much of is added up for each who did it', () => {
    assert.match(sqlOf('teachers who taught more than 4 hours in May'), /HAVING SUM\(lessons\.hours\) > 4$/);
  });
});

it('adds up the number of something in a period', () => {
  assert.match(sqlOf('number of points in 2024'), /^SELECT SUM\(points\)/);
});

it('does not pass over what became of a number', () => {
  assert.match(sqlOf('pay increases per faculty'), /^declined: .*“increases”/);
});

describe('the first of them', () => {
  it('are ranked by what adds up where that is said', () => {
    assert.match(sqlOf('which faculty has the highest pay in total'), /GROUP BY .* ORDER BY SUM\(teachers\.pay\) DESC/);
  });

  it('are shown by what they are the first by, where they bear no name and something is asked beside', () => {
    assert.equal(
      sqlOf('biggest fine in May and the cause'),
      "SELECT amount, cause FROM fines WHERE fined_on >= '2025-05-01' AND fined_on < '2025-06-01' ORDER BY amount DESC LIMIT 1",
    );
  });
});

it('lists what is asked for with them, whatever condition follows', () => {
  assert.equal(sqlOf('pupils with points for Oslo'), "SELECT name, points FROM pupils WHERE city = 'Oslo'");
});
