import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const LIBRARY = catalogOf(
  `CREATE TABLE readers (reader_id INTEGER PRIMARY KEY, name TEXT, birth_date DATE, town TEXT);
   CREATE TABLE books (book_id INTEGER PRIMARY KEY, title TEXT, publisher TEXT, price REAL, weight REAL, printed_on DATE);
   CREATE TABLE loans (loan_id INTEGER PRIMARY KEY, reader_id INTEGER REFERENCES readers (reader_id), book_id INTEGER REFERENCES books (book_id), lent_on DATE);
   CREATE TABLE halls (hall_id INTEGER PRIMARY KEY, hall_name TEXT, max_seats INTEGER, founded INTEGER);
   CREATE TABLE visits (visit_id INTEGER PRIMARY KEY, reader_id INTEGER REFERENCES readers (reader_id), hall_id INTEGER REFERENCES halls (hall_id), visited_on DATE);
   CREATE TABLE guards (guard_id INTEGER PRIMARY KEY, guard_name TEXT, age INTEGER, rank TEXT, hall_id INTEGER REFERENCES halls (hall_id));
   CREATE TABLE concerts (concert_id INTEGER PRIMARY KEY, theme TEXT, host_hall_id INTEGER REFERENCES halls (hall_id));
   INSERT INTO readers VALUES (1, 'Ada Holm', '1970-01-02', 'Lund'), (2, 'Bo Berg', '1980-03-04', 'Lund'), (3, 'Cy Dahl', '1990-05-06', 'Ystad');
   INSERT INTO books VALUES (1, 'Tides', 'Norden', 10, 3, '2001-01-01'), (2, 'Winds', 'Norden', 20, 2, '2010-05-05'), (3, 'Sands', 'Syd', 15, 1, '2012-07-07');
   INSERT INTO loans VALUES (1, 1, 1, '2025-01-01'), (2, 1, 2, '2025-02-02'), (3, 2, 1, '2025-03-03');
   INSERT INTO halls VALUES (1, 'East', 90, 1950), (2, 'West', 120, 1980);
   INSERT INTO guards VALUES (1, 'Dan Ek', 40, 'chief', 1), (2, 'Eva Falk', 30, 'helper', 1), (3, 'Fia Gran', 25, 'helper', 2);
   INSERT INTO visits VALUES (1, 1, 1, '2025-01-01'), (2, 2, 2, '2025-02-02');
   INSERT INTO concerts VALUES (1, 'Jazz', 1), (2, 'Folk', 1), (3, 'Jazz', 2);`,
);

const sqlOf = (...turns: string[]) => sqlOver(LIBRARY, ...turns);

const reads = (cases: readonly (readonly [question: string, sql: string])[]) =>
  it.each(cases)('%s', (question, sql) => assert.equal(sqlOf(question), sql));

describe('how often something happens', () => {
  reads([
    [
      'Which book was borrowed most often?',
      'SELECT books.title FROM books JOIN loans ON books.book_id = loans.book_id GROUP BY books.book_id, books.title ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    [
      'What is the title of the book that has been lent the fewest number of times?',
      'SELECT books.title FROM books JOIN loans ON books.book_id = loans.book_id GROUP BY books.book_id, books.title ORDER BY COUNT(*) LIMIT 1',
    ],
    [
      'Which hall has been visited the most?',
      'SELECT halls.hall_name FROM halls JOIN visits ON halls.hall_id = visits.hall_id GROUP BY halls.hall_id, halls.hall_name ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    [
      'Which readers visited a hall at least twice?',
      'SELECT readers.name FROM readers JOIN visits ON readers.reader_id = visits.reader_id JOIN halls ON visits.hall_id = halls.hall_id GROUP BY readers.reader_id, readers.name HAVING COUNT(*) >= 2',
    ],
    [
      'What are the names of readers who borrowed at most 3 times?',
      'SELECT readers.name FROM readers JOIN loans ON readers.reader_id = loans.reader_id GROUP BY readers.reader_id, readers.name HAVING COUNT(*) <= 3',
    ],
    [
      'For each book, show its title and the number of times it was borrowed.',
      'SELECT books.title, COUNT(*) FROM books JOIN loans ON books.book_id = loans.book_id GROUP BY books.book_id, books.title',
    ],
    [
      'Which readers borrowed more than twice this year?',
      "SELECT readers.name FROM readers JOIN loans ON readers.reader_id = loans.reader_id WHERE loans.lent_on >= '2025-01-01' AND loans.lent_on < '2026-01-01' GROUP BY readers.reader_id, readers.name HAVING COUNT(*) > 2",
    ],
    [
      'How many times was each hall visited?',
      'SELECT halls.hall_name, COUNT(*) FROM halls JOIN visits ON halls.hall_id = visits.hall_id GROUP BY halls.hall_id, halls.hall_name',
    ],
    ['Which theme occurs most frequently?', 'SELECT theme FROM concerts GROUP BY theme ORDER BY COUNT(*) DESC LIMIT 1'],
    [
      'Which publishers were used more than twice?',
      'SELECT publisher FROM books GROUP BY publisher HAVING COUNT(*) > 2',
    ],
    ['Which theme is the least common?', 'SELECT theme FROM concerts GROUP BY theme ORDER BY COUNT(*) LIMIT 1'],
    [
      'Which publisher has published the most books?',
      'SELECT publisher FROM books GROUP BY publisher ORDER BY COUNT(*) DESC LIMIT 1',
    ],
  ]);
});

describe('bounds on how many there are', () => {
  reads([
    [
      'Which halls have hosted more than one concert?',
      'SELECT halls.hall_name FROM halls JOIN concerts ON halls.hall_id = concerts.host_hall_id GROUP BY halls.hall_id, halls.hall_name HAVING COUNT(*) > 1',
    ],
    [
      'Which readers hold two or more loans?',
      'SELECT readers.name FROM readers JOIN loans ON readers.reader_id = loans.reader_id GROUP BY readers.reader_id, readers.name HAVING COUNT(*) >= 2',
    ],
    ['Which themes have at least two records?', 'SELECT theme FROM concerts GROUP BY theme HAVING COUNT(*) >= 2'],
    [
      'What are the towns in which there are more than 2 readers?',
      'SELECT town FROM readers GROUP BY town HAVING COUNT(*) > 2',
    ],
    [
      'List the publishers that more than 3 books have.',
      'SELECT publisher FROM books GROUP BY publisher HAVING COUNT(*) > 3',
    ],
    [
      'Which readers have a number of loans greater than 4?',
      'SELECT readers.name FROM readers JOIN loans ON readers.reader_id = loans.reader_id GROUP BY readers.reader_id, readers.name HAVING COUNT(*) > 4',
    ],
    [
      'Which readers did not borrow two or more books?',
      'declined: I did not understand “not”, “borrow”, “two” and “or”.',
    ],
  ]);
});

describe('figures of groups', () => {
  reads([
    [
      'Which halls have between one and 5 concerts?',
      'SELECT halls.hall_name FROM halls JOIN concerts ON halls.hall_id = concerts.host_hall_id GROUP BY halls.hall_id, halls.hall_name HAVING COUNT(*) BETWEEN 1 AND 5',
    ],
    [
      'Show the publishers whose average price is above 12',
      'SELECT publisher FROM books GROUP BY publisher HAVING AVG(price) > 12',
    ],
    [
      'Which publisher has an average price higher than the average price of all books?',
      'SELECT publisher FROM books GROUP BY publisher HAVING AVG(price) > (SELECT AVG(price) FROM books)',
    ],
    [
      'For each publisher, what is the highest price of its books?',
      'SELECT publisher, MAX(price) FROM books GROUP BY publisher',
    ],
    [
      'Show the theme for which there are the fewest concerts',
      'SELECT theme FROM concerts GROUP BY theme ORDER BY COUNT(*) LIMIT 1',
    ],
    [
      'Find the publisher whose average price is the lowest',
      'SELECT publisher FROM books GROUP BY publisher ORDER BY AVG(price) LIMIT 1',
    ],
    [
      'Show the different themes, ascending by frequency',
      'SELECT theme FROM concerts GROUP BY theme ORDER BY COUNT(*)',
    ],
  ]);
});

describe('ages', () => {
  reads([
    ['How old is each rank, on average?', 'SELECT "rank", AVG(age) FROM guards GROUP BY "rank"'],
    ['How old is the average guard for each rank?', 'SELECT "rank", AVG(age) FROM guards GROUP BY "rank"'],
    [
      'On average, how old are the guards of hall East?',
      "SELECT AVG(guards.age) FROM guards JOIN halls ON guards.hall_id = halls.hall_id WHERE halls.hall_name = 'East'",
    ],
    [
      'Show the names of halls with guards older than 35.',
      'SELECT halls.hall_name FROM halls JOIN guards ON halls.hall_id = guards.hall_id WHERE guards.age > 35',
    ],
    ['How old is the youngest guard of each rank?', 'SELECT "rank", MIN(age) FROM guards GROUP BY "rank"'],
    ['How old is the oldest book?', 'declined: I did not understand “how” and “old”.'],
  ]);
});

describe('rows that are told by what they hold', () => {
  reads([
    ['Which books have a lower price than weight?', 'SELECT title FROM books WHERE price < weight'],
    [
      'Which books have more than the average price?',
      'SELECT title FROM books WHERE price > (SELECT AVG(price) FROM books)',
    ],
    [
      'Show the names of readers and the number of times they visited halls',
      'SELECT readers.name, COUNT(*) FROM visits JOIN halls ON visits.hall_id = halls.hall_id JOIN readers ON visits.reader_id = readers.reader_id GROUP BY readers.reader_id, readers.name',
    ],
    [
      'Which books were printed before 2005 or after 2010?',
      "SELECT title FROM books WHERE printed_on < '2005-01-01' OR printed_on >= '2011-01-01'",
    ],
    ['Which books were printed in 2005 or before?', "SELECT title FROM books WHERE printed_on < '2006-01-01'"],
    [
      'Which books were lent in May 2025?',
      "SELECT books.title FROM books JOIN loans ON books.book_id = loans.book_id WHERE loans.lent_on >= '2025-05-01' AND loans.lent_on < '2025-06-01'",
    ],
    [
      'What is the most expensive Norden book?',
      "SELECT title FROM books WHERE publisher = 'Norden' ORDER BY price DESC LIMIT 1",
    ],
    ['How many books are there in record?', 'SELECT COUNT(*) FROM books'],
    [
      'Which halls were visited at most once?',
      'SELECT halls.hall_name FROM halls JOIN visits ON halls.hall_id = visits.hall_id GROUP BY halls.hall_id, halls.hall_name HAVING COUNT(*) <= 1',
    ],
  ]);
});

describe('what is said of something else than the thing asked about', () => {
  reads([
    [
      'What are the names of readers with books heavier than 2?',
      'SELECT readers.name FROM readers JOIN loans ON readers.reader_id = loans.reader_id JOIN books ON loans.book_id = books.book_id WHERE books.weight > 2',
    ],
    ['Which books have more weight than 2?', 'SELECT title FROM books WHERE weight > 2'],
    ['Show the highest price', 'SELECT MAX(price) FROM books'],
  ]);
});

describe('first and last in time', () => {
  reads([
    ['Which hall was founded the earliest?', 'SELECT hall_name FROM halls ORDER BY founded LIMIT 1'],
    ['Which hall was founded most recently?', 'SELECT hall_name FROM halls ORDER BY founded DESC LIMIT 1'],
    ['What are the names of all halls starting with the oldest?', 'SELECT hall_name FROM halls ORDER BY founded'],
    ['What are the titles of the two most recent books?', 'SELECT title FROM books ORDER BY printed_on DESC LIMIT 2'],
    [
      'What are the titles of books sorted by the date they were printed, descending?',
      'SELECT title FROM books ORDER BY printed_on DESC',
    ],
    ['What is the name of the oldest reader?', 'SELECT name FROM readers ORDER BY birth_date LIMIT 1'],
    [
      'What is the name of the reader who most recently visited a hall?',
      'SELECT readers.name FROM readers JOIN visits ON readers.reader_id = visits.reader_id JOIN halls ON visits.hall_id = halls.hall_id ORDER BY visits.visited_on DESC LIMIT 1',
    ],
    ['Which books were printed after March 5th, 2005?', "SELECT title FROM books WHERE printed_on >= '2005-03-06'"],
    ['Which books were printed before 5 March 2005?', "SELECT title FROM books WHERE printed_on < '2005-03-05'"],
    ['Which books were printed since March 5, 2005?', "SELECT title FROM books WHERE printed_on >= '2005-03-05'"],
  ]);
});

describe('what it is sorted by', () => {
  reads([
    ['List the titles of books by price descending', 'SELECT title FROM books ORDER BY price DESC'],
    [
      'Show the publishers sorted by the average price in descending order',
      'SELECT publisher FROM books GROUP BY publisher ORDER BY AVG(price) DESC',
    ],
    [
      'List the titles of books sorted by price decreasing and title ascending',
      'SELECT title FROM books ORDER BY price DESC, title',
    ],
    [
      'number of books per publisher, sorted ascending',
      'SELECT publisher, COUNT(*) FROM books GROUP BY publisher ORDER BY COUNT(*)',
    ],
    ['List the titles of all books alphabetically descending', 'SELECT title FROM books ORDER BY title DESC'],
    [
      'Show the names of halls sorted by the ones with the highest max seats first',
      'SELECT hall_name FROM halls ORDER BY max_seats DESC',
    ],
    ['What is the max seats of hall East?', "SELECT max_seats FROM halls WHERE hall_name = 'East'"],
  ]);
});
