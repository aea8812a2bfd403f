import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const MARINA = catalogOf(
  `CREATE TABLE owners (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, state TEXT, gender TEXT, birth_date DATE, salary REAL);
   CREATE TABLE piers (pier_id INTEGER PRIMARY KEY, pier_name TEXT, list_price REAL, range TEXT, length_meters REAL, depth_millions_mm REAL, opening_year INTEGER, berth_count INTEGER);
   CREATE TABLE boats (id INTEGER PRIMARY KEY, title TEXT, owner_id INTEGER REFERENCES owners (id), pier_id INTEGER REFERENCES piers (pier_id), length REAL, hull_speed REAL, built_on DATE);
   CREATE TABLE crews (id INTEGER PRIMARY KEY, name TEXT, boat_id INTEGER REFERENCES boats (id));
   CREATE TABLE reservations (id INTEGER PRIMARY KEY, boat_id INTEGER REFERENCES boats (id), placed_on DATE);
   CREATE TABLE skills (skill_id INTEGER PRIMARY KEY, skill_name TEXT);
   CREATE TABLE teaches (crew_id INTEGER REFERENCES crews (id), skill_id INTEGER REFERENCES skills (skill_id), PRIMARY KEY (crew_id, skill_id));
   INSERT INTO owners VALUES (1, 'Linda', 'Smith', 'CA', 'F', '1970-01-02', 100), (2, 'Bo', 'Berg', 'NY', 'M', '1980-03-04', 200);
   INSERT INTO piers VALUES (1, 'North', 10, 'Inner', 30, 1, 1990, 4), (2, 'South', 20, 'Outer', 60, 2, 2001, 9);
   INSERT INTO boats VALUES (1, 'Gull', 1, 1, 9, 7, '2001-01-01'), (2, 'Tern', 2, 2, 12, 9, '2010-05-05');
   INSERT INTO crews VALUES (1, 'Red', 1), (2, 'Blue', 2);
   INSERT INTO reservations VALUES (1, 1, '2025-01-01'), (2, 2, '2025-02-02');
   INSERT INTO skills VALUES (1, 'Knots');
   INSERT INTO teaches VALUES (1, 1);`,
);

const sqlOf = (...turns: string[]) => sqlOver(MARINA, ...turns);

const reads = (cases: readonly (readonly [question: string, sql: string])[]) =>
  it.each(cases)('%s', (question, sql) => assert.equal(sqlOf(question), sql));

describe('names of columns', () => {
  reads([
    ['Show the opening year of each pier', 'SELECT opening_year FROM piers'],
    ['list price of pier North', "SELECT list_price FROM piers WHERE pier_name = 'North'"],
    ['What is the average length in meters of the piers?', 'SELECT AVG(length_meters) FROM piers'],
    ['average depth of piers', 'SELECT AVG(depth_millions_mm) FROM piers'],
    ['maximum speed of the boats', 'SELECT MAX(hull_speed) FROM boats'],
    ['Show the pier name and the number of berths of each pier', 'SELECT pier_name, berth_count FROM piers'],
    [
      "What are the names of boats on piers of the range 'Inner'?",
      'SELECT boats.title FROM boats JOIN piers ON boats.pier_id = piers.pier_id WHERE piers."range" = \'Inner\'',
    ],
  ]);
});

describe('counts of what belongs to each', () => {
  const two =
    'SELECT boats.title FROM boats JOIN reservations ON boats.id = reservations.boat_id GROUP BY boats.id, boats.title HAVING COUNT(*)';
  reads([
    ['Which boats have two reservations?', `${two} = 2`],
    ['Which boats have been reserved for more than 3 times?', `${two} > 3`],
    [
      'Which owners are in charge of more than one boat?',
      'SELECT owners.first_name, owners.last_name FROM owners JOIN boats ON owners.id = boats.owner_id GROUP BY owners.id, owners.first_name, owners.last_name HAVING COUNT(*) > 1',
    ],
    ['How many different boats are there?', 'SELECT COUNT(*) FROM boats'],
    [
      'number of boats per pier, ordered from most to least',
      'SELECT piers.pier_name, COUNT(*) FROM boats JOIN piers ON boats.pier_id = piers.pier_id GROUP BY piers.pier_id, piers.pier_name ORDER BY COUNT(*) DESC',
    ],
  ]);
});

describe('bounds', () => {
  reads([
    [
      'names of piers whose list price is over 15 or under 5',
      'SELECT pier_name FROM piers WHERE list_price > 15 OR list_price < 5',
    ],
    ['owners who earn more than 150', 'SELECT first_name, last_name FROM owners WHERE salary > 150'],
    [
      'owners who earn more than the average',
      'SELECT first_name, last_name FROM owners WHERE salary > (SELECT AVG(salary) FROM owners)',
    ],
    [
      'piers that cost more than the average',
      'SELECT pier_name FROM piers WHERE list_price > (SELECT AVG(list_price) FROM piers)',
    ],
  ]);
});

describe('what is not there', () => {
  reads([
    [
      "names of piers which do not belong to the range 'Inner'",
      'SELECT pier_name FROM piers WHERE "range" <> \'Inner\'',
    ],
    [
      'names of crews that did not teach any skill',
      'SELECT name FROM crews WHERE id NOT IN (SELECT crew_id FROM teaches WHERE crew_id IS NOT NULL)',
    ],
    [
      'How many owners have no boat longer than 10?',
      'SELECT COUNT(*) FROM owners WHERE id NOT IN (SELECT owners.id FROM owners JOIN boats ON owners.id = boats.owner_id WHERE boats.length > 10)',
    ],
    [
      'names of the boats that have no reservations',
      'SELECT title FROM boats WHERE id NOT IN (SELECT boat_id FROM reservations WHERE boat_id IS NOT NULL)',
    ],
  ]);
});

describe('the first of them', () => {
  reads([
    ['Who is the oldest owner?', 'SELECT first_name, last_name FROM owners ORDER BY birth_date LIMIT 1'],
    [
      'Which 2 owners have the most boats?',
      'SELECT owners.first_name, owners.last_name, COUNT(*) FROM owners JOIN boats ON owners.id = boats.owner_id GROUP BY owners.id, owners.first_name, owners.last_name ORDER BY COUNT(*) DESC LIMIT 2',
    ],
    [
      'two largest piers in terms of list price',
      'SELECT pier_name, list_price FROM piers ORDER BY list_price DESC LIMIT 2',
    ],
    ['names of boats with the top two lowest lengths', 'SELECT title FROM boats ORDER BY length LIMIT 2'],
    ['Which range has the most records?', 'SELECT "range" FROM piers GROUP BY "range" ORDER BY COUNT(*) DESC LIMIT 1'],
    ['the owner who earns the lowest salary', 'SELECT first_name, last_name FROM owners ORDER BY salary LIMIT 1'],
    ['titles of boats by length from the largest to the smallest', 'SELECT title FROM boats ORDER BY length DESC'],
    ['date when the first reservation was placed', 'SELECT MIN(placed_on) FROM reservations'],
  ]);
});

describe('a period beside what is counted', () => {
  const of2025 = "WHERE reservations.placed_on >= '2025-01-01' AND reservations.placed_on < '2026-01-01'";
  reads([
    [
      'boats with the most reservations in 2025',
      `SELECT boats.title FROM boats JOIN reservations ON boats.id = reservations.boat_id ${of2025} GROUP BY boats.id, boats.title ORDER BY COUNT(*) DESC LIMIT 1`,
    ],
    [
      'boats with more than 3 reservations in 2025',
      `SELECT boats.title FROM boats JOIN reservations ON boats.id = reservations.boat_id ${of2025} GROUP BY boats.id, boats.title HAVING COUNT(*) > 3`,
    ],
    [
      'boats built in 2010 with more than 3 reservations',
      "SELECT boats.title FROM boats JOIN reservations ON boats.id = reservations.boat_id WHERE boats.built_on >= '2010-01-01' AND boats.built_on < '2011-01-01' GROUP BY boats.id, boats.title HAVING COUNT(*) > 3",
    ],
    [
      'How many boats are new in 2010?',
      "SELECT COUNT(*) FROM boats WHERE built_on >= '2010-01-01' AND built_on < '2011-01-01'",
    ],
  ]);
});

describe('what leads from one to the next', () => {
  const house = catalogOf(
    `CREATE TABLE houses (id INTEGER PRIMARY KEY, name TEXT, stars INTEGER);
     CREATE TABLE rooms (id INTEGER PRIMARY KEY, house_id INTEGER REFERENCES houses (id));
     CREATE TABLE stays (id INTEGER PRIMARY KEY, room_id INTEGER REFERENCES rooms (id), nights INTEGER, topic TEXT, begins_on DATE);
     CREATE TABLE faults (id INTEGER PRIMARY KEY, text TEXT, mended_on DATE, is_paid INTEGER);
     INSERT INTO faults VALUES (1, 'leak', '2025-01-01', 1), (2, 'noise', NULL, 0);
     CREATE TABLE guests (id INTEGER PRIMARY KEY, full_name TEXT, nationality TEXT, hired_on DATE);
     INSERT INTO houses VALUES (1, 'Elm', 3), (2, 'Oak', 5);
     INSERT INTO rooms VALUES (1, 1), (2, 2);
     INSERT INTO stays VALUES (1, 1, 2, 'work', '2025-01-01'), (2, 1, 3, 'work', '2025-01-01'), (3, 2, 1, 'work', '2025-01-01'), (4, 2, 1, 'work', '2025-01-01'), (5, 2, 1, 'work', '2025-01-01');
     INSERT INTO guests VALUES (1, 'Ann', 'Italian', '2025-02-02');`,
  );
  it.each([
    [
      'Which house had the most stays in 2025?',
      "SELECT houses.name FROM houses JOIN rooms ON houses.id = rooms.house_id JOIN stays ON rooms.id = stays.room_id WHERE stays.begins_on >= '2025-01-01' AND stays.begins_on < '2026-01-01' GROUP BY houses.id, houses.name ORDER BY COUNT(*) DESC LIMIT 1",
    ],
    ['stays per topic', 'SELECT topic, COUNT(*) FROM stays GROUP BY topic'],
    ['How many faults are not mended yet?', 'SELECT COUNT(*) FROM faults WHERE mended_on IS NULL'],
    ['How many unmended faults are there?', 'SELECT COUNT(*) FROM faults WHERE mended_on IS NULL'],
    ['How many faults are unpaid?', 'SELECT COUNT(*) FROM faults WHERE is_paid = 0'],
    ['5 star houses', 'SELECT name FROM houses WHERE stars = 5'],
    ['How many guests are from Italy?', "SELECT COUNT(*) FROM guests WHERE nationality = 'Italian'"],
    [
      'who was hired this year',
      "SELECT full_name FROM guests WHERE hired_on >= '2025-01-01' AND hired_on < '2026-01-01'",
    ],
  ])('%s', (question, sql) => {
    const made = plan({ question, catalog: house, ranked: [], today: '2025-06-30' });
    assert.equal(made.kind === 'planned' ? made.sql : made.missing, sql);
  });
});

describe('who and where', () => {
  reads([
    ['How many owners are from California?', "SELECT COUNT(*) FROM owners WHERE state = 'CA'"],
    [
      'titles of boats of "Linda Smith"',
      "SELECT boats.title FROM boats JOIN owners ON boats.owner_id = owners.id WHERE owners.first_name = 'Linda' AND owners.last_name = 'Smith'",
    ],
    ['average salary for male and female owners', 'SELECT gender, AVG(salary) FROM owners GROUP BY gender'],
    ['average length per boat', 'SELECT AVG(length) FROM boats'],
    [
      'number of boats per owner',
      'SELECT owners.first_name, owners.last_name, COUNT(*) FROM boats JOIN owners ON boats.owner_id = owners.id GROUP BY owners.id, owners.first_name, owners.last_name',
    ],
    ['title of boat 2', 'SELECT title FROM boats WHERE id = 2'],
  ]);

  it('is somebody else where it is asked who does something with the one that is named', () =>
    assert.match(sqlOf('Who advises crew 1?'), /^declined: I cannot tell who is meant/));
});

const YARD = catalogOf(
  `CREATE TABLE masters (id INTEGER PRIMARY KEY, first_name TEXT, middle_name TEXT, last_name TEXT, sex TEXT, weight VARCHAR(20));
   CREATE TABLE ships (id INTEGER PRIMARY KEY, name TEXT, flag TEXT, ship_type TEXT, berth TEXT, beds INTEGER, hours REAL, founded INTEGER, master_id INTEGER REFERENCES masters (id), payment_way TEXT);
   CREATE TABLE voyages (id INTEGER PRIMARY KEY, ship_id INTEGER REFERENCES ships (id), gold INTEGER, price REAL, harbour TEXT, reached_by TEXT);
   INSERT INTO masters VALUES (1, 'Ada', 'B', 'Kay', 'F', '61.5'), (2, 'Bo', 'C', 'Lie', 'M', '104'), (3, 'Cy', 'D', 'Moe', 'M', '98');
   INSERT INTO ships VALUES (1, 'Gull', 'Malta', 'cargo', '268', 2, 120, 1950, 1, 'card'), (2, 'Tern', 'Panama', 'tanker', '12b', 4, 300, 1980, 2, 'cash');
   CREATE TABLE ship_kinds (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE tugs (id INTEGER PRIMARY KEY, name TEXT, ship_kind_id INTEGER REFERENCES ship_kinds (id));
   CREATE TABLE tows (id INTEGER PRIMARY KEY, towed_on DATE);
   CREATE TABLE tow_lines (id INTEGER PRIMARY KEY, tow_id INTEGER REFERENCES tows (id), load REAL);
   INSERT INTO voyages VALUES (1, 1, 3, 10, 'Oslo', 'bus'), (2, 2, 1, 20, 'Bari', 'walk');`,
);

describe('asked of ships', () => {
  const sqlOfYard = (question: string): string => {
    const made = plan({ question, catalog: YARD, ranked: [], today: '2025-06-30' });
    return made.kind === 'planned' ? made.sql : `declined: ${made.missing}`;
  };
  it.each([
    // numbers that are held as text
    ['average weight of the masters', 'SELECT AVG(CAST(weight AS REAL)) FROM masters'],
    [
      'Which master has the highest weight?',
      'SELECT first_name, last_name FROM masters ORDER BY CAST(weight AS REAL) DESC LIMIT 1',
    ],
    ['last names of masters with a weight above 99', 'SELECT last_name FROM masters WHERE CAST(weight AS REAL) > 99'],
    // letters and numbers as they are stored
    ['last names of masters with sex M', "SELECT last_name FROM masters WHERE sex = 'M'"],
    ['names of ships in berth 268', "SELECT name FROM ships WHERE berth = '268'"],
    ['names of ships with 4 beds', 'SELECT name FROM ships WHERE beds = 4'],
    ['names of ships with between 100 and 200 hours', 'SELECT name FROM ships WHERE hours BETWEEN 100 AND 200'],
    // values behind which their column stands
    ['names of ships with Malta as their flag', "SELECT name FROM ships WHERE flag = 'Malta'"],
    ['How many voyages can be reached by bus?', "SELECT COUNT(*) FROM voyages WHERE reached_by = 'bus'"],
    // lists
    [
      'What are the first, middle, and last names of all masters?',
      'SELECT first_name, middle_name, last_name FROM masters',
    ],
    ['the alphabetically ordered list of all flags of ships', 'SELECT flag FROM ships ORDER BY flag'],
    ['names of ships, ordered by beds from greatest to least', 'SELECT name FROM ships ORDER BY beds DESC'],
    ['order all ship names by flag', 'SELECT name FROM ships ORDER BY flag'],
    // the first of them
    [
      'names of the 3 ships with the most voyages',
      'SELECT ships.name FROM ships JOIN voyages ON ships.id = voyages.ship_id GROUP BY ships.id, ships.name ORDER BY COUNT(*) DESC LIMIT 3',
    ],
    ['top 3 expensive voyages', 'SELECT * FROM voyages ORDER BY price DESC LIMIT 3'],
    [
      'name and highest price for each ship',
      'SELECT ships.name, MAX(voyages.price) FROM ships JOIN voyages ON ships.id = voyages.ship_id GROUP BY ships.id, ships.name',
    ],
    // what its column or its table says beside it
    ['average price and gold of voyages', 'SELECT AVG(price), AVG(gold) FROM voyages'],
    ['average hours for different flags', 'SELECT flag, AVG(hours) FROM ships GROUP BY flag'],
    ['number of records of each flag', 'SELECT flag, COUNT(*) FROM ships GROUP BY flag'],
    [
      "names of ships whose name contains 'Gu' or 'Te'",
      "SELECT name FROM ships WHERE name LIKE '%Gu%' OR name LIKE '%Te%'",
    ],
    ['flags provided by all ships', 'SELECT flag FROM ships'],
    // a row of its own table, though another has a reference named so
    [
      'which ship kind has the most tugs',
      'SELECT ship_kinds.name FROM ship_kinds JOIN tugs ON ship_kinds.id = tugs.ship_kind_id GROUP BY ship_kinds.id, ship_kinds.name ORDER BY COUNT(*) DESC LIMIT 1',
    ],
    // what else a column is called by, and nothing that restricts
    ['average number of gold medals of the voyages', 'SELECT AVG(gold) FROM voyages'],
  ])('%s', (question, sql) => assert.equal(sqlOfYard(question), sql));

  it.each([
    'refunded voyages',
    'hires per flag',
    'Where is the ship Gull?',
    'How many ships are there per flag in the US?',
    'Show all flags with the number of flags',
    'how many harbour visits',
    // of tows alone, which no key ties to ships
    'How many ships with flag Malta did we tow?',
    'names of ships using the most popular flag',
    'the average price of the ship with the most voyages',
    'voyages that were refunded more than 400',
  ])('declines %s', (question) => assert.match(sqlOfYard(question), /^declined/));
});
