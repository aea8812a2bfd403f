import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { mergeTurns } from '#src/planner/follow-up.ts';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const today = '2025-06-30';

const THEATRE = catalogOf(
  `CREATE TABLE houses (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
   CREATE TABLE plays (id INTEGER PRIMARY KEY, title TEXT, genre TEXT, minutes REAL, price REAL, retired INTEGER, house_id INTEGER REFERENCES houses (id));
   CREATE TABLE bookings (id INTEGER PRIMARY KEY, play_id INTEGER REFERENCES plays (id), channel TEXT, status TEXT, seats INTEGER,
     amount REAL, booked_on DATE, cancelled_on DATE);
   CREATE TABLE staff (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, job TEXT, wage REAL, hired_on DATE, house_id INTEGER REFERENCES houses (id));
   INSERT INTO houses VALUES (1, 'Globe', 'Leeds'), (2, 'Lyric', 'York');
   INSERT INTO plays VALUES (1, 'Rain', 'comedy', 90, 20, 0, 1), (2, 'Ash', 'tragedy', 140, 35, 1, 2), (3, 'Salt', 'comedy', 75, 18, 0, 2);
   INSERT INTO bookings VALUES (1, 1, 'web', 'paid', 2, 40, '2025-05-02', NULL), (2, 2, 'phone', 'open', 4, 140, '2025-04-03', '2025-05-01'),
     (3, 3, 'web', 'paid', 1, 18, '2024-05-09', NULL);
   INSERT INTO staff VALUES (1, 'Ida', 'Berg', 'Usher', 2000, '2024-01-02', 1), (2, 'Jon', 'Moe', 'Usher', 2100, '2025-02-03', 2),
     (3, 'Kim', 'Lund', 'Porter', 1900, '2023-04-05', 1);`,
);

const sqlOf = (...turns: string[]) => sqlOver(THEATRE, ...turns);

describe('a reply that changes what was asked', () => {
  it('turns a ranking to its other end, and keeps how many are asked for', () => {
    assert.match(sqlOf('longest plays, top 2', 'shortest instead'), /ORDER BY minutes LIMIT 2$/);
    assert.match(sqlOf('2 cheapest plays', 'and the 3 dearest'), /ORDER BY price DESC LIMIT 3$/);
    assert.match(sqlOf('three best paid staff', 'make it ten'), /ORDER BY wage DESC LIMIT 10$/);
  });

  it('asks for the first of what was reckoned, from either end', () => {
    assert.match(sqlOf('average minutes by genre', 'lowest 1'), /ORDER BY AVG\(minutes\) LIMIT 1$/);
    assert.match(sqlOf('average minutes by genre', 'fastest 1'), /ORDER BY AVG\(minutes\) LIMIT 1$/);
    assert.match(
      sqlOf('average minutes by genre, lowest 1', 'only the top 2'),
      /ORDER BY AVG\(minutes\) DESC LIMIT 2$/,
    );
    assert.match(sqlOf('bookings per channel', 'bottom 1'), /ORDER BY COUNT\(\*\) LIMIT 1$/);
  });

  it('exchanges a count for another figure, or for what the counted are called', () => {
    assert.match(sqlOf('bookings per channel', 'total seats instead of the count'), /SUM\(seats\).* GROUP BY channel$/);
    assert.match(sqlOf('plays per genre', 'titles, not the number'), /^SELECT title FROM plays$/);
    assert.match(sqlOf('houses per city', 'names, not the number'), /^SELECT name FROM houses$/);
    assert.match(sqlOf('average wage in York', 'what is the highest one'), /^SELECT MAX\(staff\.wage\)/);
  });

  it('asks for the share or the number of what was said', () => {
    assert.match(
      sqlOf('how many paid bookings in May', 'what share of all is that'),
      /100\.0 \* SUM\(CASE WHEN status = 'paid'/,
    );
    assert.match(
      sqlOf('paid booking amount this year', 'how many bookings are that'),
      /^SELECT COUNT\(\*\) FROM bookings/,
    );
    assert.match(
      sqlOf('total amount of paid bookings this year', 'how much is still open'),
      /^SELECT SUM\(amount\) .*status = 'open'/,
    );
  });

  it('takes a condition back', () => {
    const taken = sqlOf('bookings by web per month this year', 'for all channels');
    assert.match(taken, /^SELECT .*COUNT\(\*\) FROM bookings WHERE booked_on/);
    assert.doesNotMatch(taken, /channel/);
    assert.doesNotMatch(sqlOf('how many paid bookings this year', 'all statuses again, but last year'), /status/);
  });

  it('does not lose what is shown besides, nor leaves out more than it was told to', () => {
    assert.match(
      sqlOf('comedy plays with their prices', 'over 19 only'),
      /^SELECT title, price FROM plays WHERE .*price > 19/,
    );
    assert.match(
      sqlOf('comedy plays with their price', 'without the retired ones', 'now tragedy'),
      /^SELECT title, price FROM plays WHERE retired = (?:FALSE|0) AND genre = 'tragedy'$/,
    );
    assert.match(sqlOf('amount by channel', 'seats as well'), /SUM\(amount\), SUM\(seats\)/);
    assert.match(sqlOf('plays per house', 'only houses with more than 1 play'), /HAVING COUNT\(\*\) > 1$/);
  });

  it('groups by the date that the question speaks of', () => {
    assert.match(
      sqlOf('bookings cancelled this year by channel', 'and by month?'),
      /^SELECT STRFTIME\('%Y-%m', cancelled_on\).* WHERE cancelled_on >= /,
    );
  });
});

describe('people told by their job', () => {
  it('are spoken of as their own table', () => {
    assert.match(
      sqlOf('ushers hired since 2025'),
      /^SELECT first_name, last_name FROM staff WHERE .*hired_on >= '2025-01-01'/,
    );
    assert.match(sqlOf('how many ushers'), /^SELECT COUNT\(\*\) FROM staff WHERE job = 'Usher'$/);
    assert.match(sqlOf('ushers per house', 'and porters', 'hired since 2024 only'), /job = 'Porter'.* GROUP BY houses/);
    assert.match(sqlOf('two best paid ushers, names + wage', 'porters?'), /job = 'Porter' ORDER BY wage DESC LIMIT 2$/);
  });
});

describe('so many of the first', () => {
  it('are said before the things', () => {
    assert.match(sqlOf('2 houses with the most plays'), /ORDER BY COUNT\(\*\) DESC LIMIT 2$/);
    assert.match(sqlOf('the 2 houses with the lowest average wage'), /ORDER BY AVG\(staff\.wage\) LIMIT 2$/);
    assert.match(sqlOf('average wage by house, top 1'), /ORDER BY AVG\(staff\.wage\) DESC LIMIT 1$/);
    assert.match(sqlOf('total amount by channel, lowest first, top 1'), /ORDER BY SUM\(amount\) LIMIT 1$/);
  });
});

describe('a reply that asks for something else of the same', () => {
  it('takes another figure for the one that was reckoned or counted', () => {
    assert.match(sqlOf('bookings by channel this year', 'average seats'), /AVG\(seats\).* GROUP BY channel$/);
    assert.match(
      sqlOf('total amount of bookings in 2025 by channel', 'average seats'),
      /AVG\(seats\).* WHERE booked_on >= '2025-01-01'.* GROUP BY channel$/,
    );
    assert.match(sqlOf('bookings by channel this year', 'highest first'), /ORDER BY COUNT\(\*\) DESC$/);
  });

  it('looks at the period before, or sets one beside another', () => {
    assert.match(
      sqlOf('bookings by channel in May', 'and the month before'),
      /booked_on >= '2025-04-01' AND booked_on < '2025-05-01'/,
    );
    assert.match(
      sqlOf('total amount this year by channel', 'compare with last year'),
      /SUM\(CASE WHEN .*'2025-01-01'.*SUM\(CASE WHEN .*'2024-01-01'.*GROUP BY channel$/,
    );
    assert.match(sqlOf('total amount this year by month', 'vs last year'), /^declined: I cannot set two periods/);
  });

  it('lists, counts or shows more of what was found', () => {
    assert.match(sqlOf('bookings this year by channel', 'list them'), /^SELECT \* FROM bookings WHERE/);
    assert.match(sqlOf('bookings this year', 'how many are still open'), /^SELECT COUNT\(\*\) .*status = 'open'/);
    assert.match(sqlOf('plays over 100 minutes', 'which genre'), /^SELECT title, genre FROM plays/);
    assert.match(sqlOf('plays over 80 minutes', 'cheapest one'), /ORDER BY price LIMIT 1$/);
  });

  it('adds up what was listed, and tells it apart by what is asked of it', () => {
    assert.match(
      sqlOf('open bookings', 'how much is that'),
      /^SELECT SUM\(amount\) FROM bookings WHERE status = 'open'$/,
    );
    assert.match(
      sqlOf('open bookings', 'how much is that', 'which plays'),
      /^SELECT plays\.title, SUM\(bookings\.amount\)/,
    );
    assert.match(
      sqlOf('average seats by channel this year', 'how many bookings is that'),
      /COUNT\(\*\).* GROUP BY channel$/,
    );
    assert.match(sqlOf('plays with their price', 'cheaper ones first'), /ORDER BY price$/);
  });

  it('that came to nothing is passed over by the next', () => {
    const turns = [{ text: 'how many bookings in May', sql: 'SELECT 1' }, { text: 'why' }, { text: 'by channel' }];
    assert.equal(mergeTurns(turns, { today }).text, 'how many bookings in May by channel');
    const anew = [turns[0]!, { text: 'which staff were hired in the spring', sql: 'SELECT 1' }, { text: 'by job' }];
    assert.equal(mergeTurns(anew, { today }).text, 'which staff were hired in the spring by job');
  });

  it('in capitals is a name, not a pronoun', () => {
    assert.match(sqlOf('plays per genre', 'only IT'), /^declined: I did not understand “IT”/);
  });
});

describe('a reply that narrows or ranks', () => {
  it('holds what was asked for to a figure of its own', () => {
    const sql = sqlOf('ushers in York with their wage', 'wage over 2000');
    assert.match(sql, /wage > 2000/);
    assert.match(sql, /city = 'York'/);
  });

  it('asks for the first of the groups, or of others', () => {
    assert.match(
      sqlOf('bookings per channel this year', 'which one had the most'),
      /GROUP BY channel ORDER BY COUNT\(\*\) DESC LIMIT 1$/,
    );
    assert.match(
      sqlOf('average seats by channel', 'which play got the lowest'),
      /GROUP BY plays.*ORDER BY AVG\(bookings\.seats\) LIMIT 1$/,
    );
  });

  it('sets the month before beside the one that was asked about', () => {
    assert.match(
      sqlOf('bookings by channel in May', 'april too'),
      /'2025-05-01'.*'2025-06-01'.*'2025-04-01'.*'2025-05-01'/,
    );
    assert.match(
      sqlOf('bookings by channel in May', 'vs the month before'),
      /'2025-05-01'.*'2025-06-01'.*'2025-04-01'.*'2025-05-01'/,
    );
  });

  it('counts what was done on a day, whatever the day is called', () => {
    assert.match(sqlOf('how many bookings booked in May'), /^SELECT COUNT\(\*\) FROM bookings/);
  });
});

describe('a reply about what is shown', () => {
  it('shows what is asked for besides, with what the things are called', () => {
    assert.match(sqlOf('bookings in May', 'also show the play'), /^SELECT bookings\.id, plays\.title FROM bookings/);
    assert.match(sqlOf('comedy plays', 'add the house name'), /^SELECT plays\.title, houses\.name/);
    assert.match(sqlOf('open bookings', 'seats and amount only'), /^SELECT seats, amount FROM bookings/);
  });

  it('counts the same, and never all there are', () => {
    assert.match(
      sqlOf('total amount by channel this year', 'how many bookings'),
      /^SELECT channel, COUNT\(\*\) FROM bookings WHERE booked_on >= '2025-01-01'/,
    );
    assert.doesNotMatch(sqlOf('comedy plays', 'how many bookings'), /^SELECT COUNT\(\*\) FROM bookings$/);
  });
});

it('shows what is theirs, and holds those who did something to what was asked', () => {
  assert.match(sqlOf('staff in York', 'their wages'), /^SELECT staff\.first_name, staff\.last_name, staff\.wage FROM/);
  assert.match(sqlOf('ushers per house', 'who were hired this year'), /job = 'Usher'.* GROUP BY houses\.id/);
  assert.match(sqlOf('staff in York', 'who joined in 2025'), /hired_on >= '2025-01-01'.*city = 'York'$/);
});
