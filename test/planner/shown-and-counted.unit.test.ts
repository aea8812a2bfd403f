import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const HARBOUR = catalogOf(
  `CREATE TABLE captains (captain_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, rank_code TEXT, age TEXT);
   CREATE TABLE ports (port_id INTEGER PRIMARY KEY, port_name TEXT, region TEXT);
   CREATE TABLE ships (ship_id INTEGER PRIMARY KEY, ship_name TEXT, hull_type TEXT, hulls INTEGER, captain_id INTEGER REFERENCES captains (captain_id), port_id INTEGER REFERENCES ports (port_id), tonnage REAL, max_speed REAL);
   CREATE TABLE voyages (voyage_id INTEGER PRIMARY KEY, ship_id INTEGER REFERENCES ships (ship_id), outcome TEXT, cargo_tons REAL);
   CREATE TABLE catches (catches_id INTEGER PRIMARY KEY, port_id INTEGER REFERENCES ports (port_id), year INTEGER, catches INTEGER);
   INSERT INTO captains VALUES (1, 'Ida', 'Moe', 'A1', '41'), (2, 'Per', 'Lie', 'B2', '58'), (3, 'Ida', 'Aas', 'A1', '35');
   INSERT INTO ports VALUES (1, 'Northport', 'Arctic'), (2, 'Southport', 'Tropic');
   INSERT INTO ships VALUES (1, 'Gull', 'Steel', 1, 1, 1, 500, 20), (2, 'Tern', 'Wooden', 2, 2, 1, 90, 12), (3, 'Auk', 'Carbon', 2, 3, 2, 40, 31);
   INSERT INTO voyages VALUES (1, 1, 'Arrived', 10), (2, 1, 'Lost', 20), (3, 2, 'Arrived', 5);
   INSERT INTO catches VALUES (1, 1, 2023, 120), (2, 1, 2024, 130), (3, 2, 2024, 80);`,
);

const sqlOf = (...turns: string[]) => sqlOver(HARBOUR, ...turns);

const reads = (cases: readonly (readonly [question: string, sql: string])[]) =>
  it.each(cases)('%s', (question, sql) => assert.equal(sqlOf(question), sql));

describe('what is shown', () => {
  const with_ = (outcome: string) =>
    `ship_id IN (SELECT ships.ship_id FROM ships JOIN voyages ON ships.ship_id = voyages.ship_id WHERE voyages.outcome = '${outcome}')`;
  reads([
    // the column of a value that stands beside its name is not asked for
    [
      'What are the names of the ships that have both "Arrived" and "Lost" outcomes?',
      `SELECT ship_name FROM ships WHERE ${with_('Arrived')} AND ${with_('Lost')}`,
    ],
    [
      'List the names of ships with steel or wooden hulls',
      "SELECT ship_name FROM ships WHERE hull_type IN ('Steel', 'Wooden')",
    ],
    // the last sentence says what to show, and what is told apart stays told apart
    [
      'Which ships have more than 1 voyage? Give me the hull types.',
      'SELECT ships.hull_type FROM ships JOIN voyages ON ships.ship_id = voyages.ship_id GROUP BY ships.ship_id, ships.hull_type HAVING COUNT(*) > 1',
    ],
    // what a list names is shown, whatever a condition says of it
    [
      "Show the last name, rank code and age of the captain with last name 'Moe'",
      "SELECT last_name, rank_code, age FROM captains WHERE last_name = 'Moe'",
    ],
    // of one whose name is said, nothing is grouped
    [
      "Show the ship name and tonnage for all ships by the captain with first name 'Ida'",
      "SELECT ships.ship_name, ships.tonnage FROM ships JOIN captains ON ships.captain_id = captains.captain_id WHERE captains.first_name = 'Ida'",
    ],
    // a list that opens with what looks like a table
    [
      'What are the hull type and tonnage of ships above 60 tonnage?',
      'SELECT hull_type, tonnage FROM ships WHERE tonnage > 60',
    ],
    // of a category that nobody speaks of the rows of, each kind once
    ['Show all rank codes', 'SELECT DISTINCT rank_code FROM captains'],
    ['Show the rank codes of all captains', 'SELECT rank_code FROM captains'],
    // what is not so is told of the rows that are named
    [
      'Which ports are not in the Arctic region? Give me the port names.',
      "SELECT port_name FROM ports WHERE region <> 'Arctic'",
    ],
    ['Which ports have "North" in their names?', "SELECT port_name FROM ports WHERE port_name LIKE '%North%'"],
  ]);
});

describe('what is sorted by', () => {
  reads([
    [
      'Show the hull types and the number of ships in descending order',
      'SELECT hull_type, COUNT(*) FROM ships GROUP BY hull_type ORDER BY COUNT(*) DESC',
    ],
    ['List the ship names by ascending number of hulls', 'SELECT ship_name FROM ships ORDER BY hulls'],
    [
      'List name and tonnage for all ships in a descending order of max speed',
      'SELECT ship_name, tonnage FROM ships ORDER BY max_speed DESC',
    ],
    [
      'How many ships are there per hull type? Order the hull types by decreasing number of ships.',
      'SELECT hull_type, COUNT(*) FROM ships GROUP BY hull_type ORDER BY COUNT(*) DESC',
    ],
    [
      'Show the names of ships that have total cargo tons above 5, in descending order of the total cargo tons',
      'SELECT ships.ship_name FROM ships JOIN voyages ON ships.ship_id = voyages.ship_id GROUP BY ships.ship_id, ships.ship_name HAVING SUM(voyages.cargo_tons) > 5 ORDER BY SUM(voyages.cargo_tons) DESC',
    ],
  ]);
});

describe('what is counted', () => {
  reads([
    // several rows may be called so
    [
      'What is the most common first name of the captains?',
      'SELECT first_name FROM captains GROUP BY first_name ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    [
      'What is the id of the captain with the most ranks?',
      'declined: Each group would hold one row of captains: I could not see what to count.',
    ],
    // a table that holds how many there are
    ['How many catches were there in 2024?', 'SELECT SUM(catches) FROM catches WHERE year = 2024'],
    [
      'Show the number of ships for different ports',
      'SELECT ports.port_name, COUNT(*) FROM ships JOIN ports ON ships.port_id = ports.port_id GROUP BY ports.port_id, ports.port_name',
    ],
    // who is not joined would be left out
    [
      "What are the names of ships with tonnage above 300 or with outcome 'Lost'?",
      'declined: I cannot tell which ships without voyages are meant.',
    ],
    // two bounds need two counts
    ['Which ports have 2 ships and less than 2 catches?', 'declined: I did not understand “2”.'],
    // an age is no number of rows
    [
      'How many captains with younger than 50 are in each rank code?',
      'SELECT rank_code, COUNT(*) FROM captains WHERE CAST(age AS REAL) < 50 GROUP BY rank_code',
    ],
    // what is no money is counted, and the size of something named is no sum
    ['the amount of ships', 'SELECT COUNT(*) FROM ships'],
    ['What is the average tonnage size of the ships?', 'SELECT AVG(tonnage) FROM ships'],
    // each ship has the one port
    [
      'What are the ship ids of ships with two or more ports?',
      'declined: Each group would hold one row of ships: I could not see what to count.',
    ],
  ]);
});

const COLLEGE = catalogOf(
  `CREATE TABLE halls (hallid INTEGER UNIQUE, hall_name TEXT, state_province_county TEXT, zip_postcode TEXT);
   CREATE TABLE facilities (facid INTEGER PRIMARY KEY, facility_name TEXT);
   CREATE TABLE has_facility (hallid INTEGER REFERENCES halls (hallid), facid INTEGER REFERENCES facilities (facid));
   CREATE TABLE grade_codes (grade_code TEXT PRIMARY KEY, grade_description TEXT);
   CREATE TABLE courses (course_id INTEGER PRIMARY KEY, title TEXT, grade_code TEXT REFERENCES grade_codes (grade_code));
   CREATE TABLE prerequisites (course_id INTEGER REFERENCES courses (course_id), needed_id INTEGER REFERENCES courses (course_id));
   CREATE TABLE pupils (pupil_id INTEGER PRIMARY KEY, last_name TEXT, sex TEXT, hallid INTEGER);
   CREATE TABLE pupil_cards (card_id INTEGER PRIMARY KEY, pupil_id INTEGER REFERENCES pupils (pupil_id));
   INSERT INTO halls VALUES (1, 'Elm', 'Texas', '918'), (2, 'Oak', 'Ohio', '197');
   INSERT INTO facilities VALUES (1, 'TV Lounge'), (2, 'Study Room');
   INSERT INTO has_facility VALUES (1, 1), (2, 2);
   INSERT INTO grade_codes VALUES ('HR', 'Honours');
   INSERT INTO courses VALUES (1, 'Algebra', 'HR'), (2, 'Logic', 'HR');
   INSERT INTO prerequisites VALUES (1, 2);
   INSERT INTO pupils VALUES (1, 'Moe', 'F', 1), (2, 'Lie', 'M', 2);
   INSERT INTO pupil_cards VALUES (1, 1), (2, 1);`,
);

describe('what is told by what stands beside it', () => {
  it.each([
    // what makes two conditions one
    ['Show the last names of female pupils. Their sex is F.', "SELECT last_name FROM pupils WHERE sex = 'F'"],
    // by the key of the same name
    [
      'What are the titles of courses without prerequisites?',
      'SELECT title FROM courses WHERE course_id NOT IN (SELECT course_id FROM prerequisites WHERE course_id IS NOT NULL)',
    ],
    // a value that is only found where others refer to it
    [
      'What is the description of the grade with code HR?',
      "SELECT grade_description FROM grade_codes WHERE grade_code = 'HR'",
    ],
    // rows that no key tells apart, by the column that others refer to
    [
      'Find the names of halls that do not have facility TV Lounge.',
      "SELECT hall_name FROM halls WHERE hallid NOT IN (SELECT halls.hallid FROM halls JOIN has_facility ON halls.hallid = has_facility.hallid JOIN facilities ON has_facility.facid = facilities.facid WHERE facilities.facility_name = 'TV Lounge')",
    ],
    // every word of the one name, and not of the other
    [
      'What is the pupil id with the most pupil cards?',
      'SELECT pupils.pupil_id FROM pupils JOIN pupil_cards ON pupils.pupil_id = pupil_cards.pupil_id GROUP BY pupils.pupil_id ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    // a name that says what it is by the country
    ['How many halls are in the state of Texas?', "SELECT COUNT(*) FROM halls WHERE state_province_county = 'Texas'"],
    ['Which halls have zip code 197?', "SELECT hall_name FROM halls WHERE zip_postcode = '197'"],
  ])('%s', (question, sql) => {
    const made = plan({ question, catalog: COLLEGE, ranked: [], today: '2025-06-30' });
    assert.equal(made.kind === 'planned' ? made.sql : `declined: ${made.missing}`, sql);
  });
});
