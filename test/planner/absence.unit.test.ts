import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const THEATRE = catalogOf(
  `CREATE TABLE agents (agent_id INTEGER PRIMARY KEY, agent_name TEXT, city TEXT);
   CREATE TABLE actors (actor_id INTEGER PRIMARY KEY, actor_name TEXT, home_town TEXT, age INTEGER, union_name TEXT, agent_id INTEGER REFERENCES agents (agent_id));
   CREATE TABLE plays (play_id INTEGER PRIMARY KEY, title TEXT, genre TEXT, opening_year INTEGER, director TEXT, ticket_price REAL);
   CREATE TABLE castings (actor_id INTEGER REFERENCES actors (actor_id), play_id INTEGER REFERENCES plays (play_id), PRIMARY KEY (actor_id, play_id));
   CREATE TABLE reviews (review_id INTEGER PRIMARY KEY, play_id INTEGER REFERENCES plays (play_id), paper TEXT, stars INTEGER, written_on DATE, print_date DATE);
   CREATE TABLE contracts (contract_id INTEGER PRIMARY KEY, drafted_by_agent_id INTEGER REFERENCES agents (agent_id), signed_by_agent_id INTEGER REFERENCES agents (agent_id));
   CREATE TABLE prizes (prize_id INTEGER PRIMARY KEY, review_id INTEGER REFERENCES reviews (review_id), prize_name TEXT);
   CREATE TABLE injuries (actor_id INTEGER REFERENCES actors (actor_id), injured_limb TEXT, hours INTEGER);
   INSERT INTO agents VALUES (1, 'Ada', 'Oslo'), (2, 'Bea', 'Bergen');
   INSERT INTO actors VALUES (1, 'Cy', 'Hull', 61, 'Equity', 1), (2, 'Di', 'Hull', 33, 'Equity', 2), (3, 'Ed', 'York', 45, 'Freelance', 2);
   INSERT INTO plays VALUES (1, 'Hamlet', 'tragedy', 1999, 'Ilse Moor', 20), (2, 'Macbeth', 'tragedy', 2000, 'Jon Dale', 25), (3, 'Twelfth Night', 'comedy', 2004, 'Ilse Moor', 30);
   INSERT INTO castings VALUES (1, 1), (2, 2);
   INSERT INTO reviews VALUES (1, 1, 'Echo', 4, '2024-01-02', NULL), (2, 2, 'Herald', 2, '2025-02-03', '2025-02-05');
   INSERT INTO contracts VALUES (1, 1, 2);
   INSERT INTO prizes VALUES (1, 1, 'Laurel');
   INSERT INTO injuries VALUES (1, 'arm', 3);`,
);

const sqlOf = (...turns: string[]) => sqlOver(THEATRE, ...turns);

const reads = (cases: readonly (readonly [question: string, sql: string])[]) =>
  it.each(cases)('%s', (question, sql) => assert.equal(sqlOf(question), sql));

describe('no row is there', () => {
  const uncast =
    'SELECT actor_name FROM actors WHERE actor_id NOT IN (SELECT actor_id FROM castings WHERE actor_id IS NOT NULL)';
  reads([
    // of what links the two, by whatever it is named
    ['names of actors who have never been cast in any play', uncast],
    ['names of actors that have not had any castings in plays', uncast],
    ['names of actors who do no have castings', uncast],
    [
      'How many plays do not have an associated review in our records?',
      'SELECT COUNT(*) FROM plays WHERE play_id NOT IN (SELECT play_id FROM reviews WHERE play_id IS NOT NULL)',
    ],
    // a column names the table that has it
    [
      'names of actors who do not have any injured limb',
      'SELECT actor_name FROM actors WHERE actor_id NOT IN (SELECT actor_id FROM injuries WHERE actor_id IS NOT NULL)',
    ],
    [
      'titles of plays except for those that had a review in 2024',
      "SELECT title FROM plays WHERE play_id NOT IN (SELECT play_id FROM reviews WHERE play_id IS NOT NULL AND (written_on >= '2024-01-01' AND written_on < '2025-01-01'))",
    ],
    // by way of many: a play may have reviews and none with a prize
    [
      'titles of plays with no prizes',
      'SELECT title FROM plays WHERE play_id NOT IN (SELECT reviews.play_id FROM reviews JOIN prizes ON reviews.review_id = prizes.review_id WHERE reviews.play_id IS NOT NULL)',
    ],
    // by the one of two keys that bears the verb, without a verb by neither
    [
      'names of agents who did not sign any contract',
      'SELECT agent_name FROM agents WHERE agent_id NOT IN (SELECT signed_by_agent_id FROM contracts WHERE signed_by_agent_id IS NOT NULL)',
    ],
    [
      'names of agents without a contract',
      'SELECT agent_name FROM agents WHERE agent_id NOT IN (SELECT signed_by_agent_id FROM contracts WHERE signed_by_agent_id IS NOT NULL) AND agent_id NOT IN (SELECT drafted_by_agent_id FROM contracts WHERE drafted_by_agent_id IS NOT NULL)',
    ],
    // of the rows that are named a column is empty
    [
      'Which play reviews have no print date? title and stars',
      'SELECT plays.title, reviews.stars FROM plays JOIN reviews ON plays.play_id = reviews.play_id WHERE reviews.print_date IS NULL',
    ],
    // the last of a list says whose its names are, and not the first table that is named
    [
      'ids and names of actors who do not have any castings',
      'SELECT actor_id, actor_name FROM actors WHERE actor_id NOT IN (SELECT actor_id FROM castings WHERE actor_id IS NOT NULL)',
    ],
  ]);
});

describe('none of those that are described', () => {
  const cast = (title: string) =>
    `(SELECT actors.actor_id FROM actors JOIN castings ON actors.actor_id = castings.actor_id JOIN plays ON castings.play_id = plays.play_id WHERE plays.title = '${title}')`;
  const reviewed = (condition: string) =>
    `SELECT title FROM plays WHERE play_id NOT IN (SELECT plays.play_id FROM plays JOIN reviews ON plays.play_id = reviews.play_id WHERE reviews.${condition})`;
  reads([
    ['titles of plays without a review in the paper Echo', reviewed("paper = 'Echo'")],
    ['titles of plays without any Echo reviews', reviewed("paper = 'Echo'")],
    ['titles of plays that did not get 4 stars', reviewed('stars = 4')],
    ['titles of plays which have no reviews with stars higher than 3', reviewed('stars > 3')],
    [
      'names of actors who did not act in Hamlet or Macbeth',
      `SELECT actor_name FROM actors WHERE actor_id NOT IN ${cast('Hamlet')} AND actor_id NOT IN ${cast('Macbeth')}`,
    ],
    [
      'names of actors who acted in Hamlet but not in Macbeth',
      `SELECT actor_name FROM actors WHERE actor_id NOT IN ${cast('Macbeth')} AND actor_id IN ${cast('Hamlet')}`,
    ],
    // of all rows of what is listed
    [
      'Show all home towns except for those having an actor older than 60',
      'SELECT DISTINCT home_town FROM actors WHERE home_town NOT IN (SELECT home_town FROM actors WHERE age > 60)',
    ],
    [
      'Which directors have never worked on the genre comedy?',
      "SELECT DISTINCT director FROM plays WHERE director NOT IN (SELECT director FROM plays WHERE genre = 'comedy')",
    ],
    // of which each has one: it is another
    [
      'names of actors who do not have Equity as union name',
      "SELECT actor_name FROM actors WHERE union_name <> 'Equity'",
    ],
    ['titles of plays not of the genre equal to comedy', "SELECT title FROM plays WHERE genre <> 'comedy'"],
    [
      'names of actors that Ada does not represent',
      "SELECT actors.actor_name FROM actors JOIN agents ON actors.agent_id = agents.agent_id WHERE agents.agent_name <> 'Ada'",
    ],
  ]);
});

describe('what is not there cannot be told', () => {
  it.each([
    ['of what many share: contracts are of the agents', 'names of actors without a contract'],
    ['of the first by some order', 'names of actors who were not cast in the play with the most reviews'],
  ])('%s', (_, question) => assert.match(sqlOf(question), /^declined: /));
});

describe('both, and either', () => {
  const both = (condition: string) => `director IN (SELECT director FROM plays WHERE opening_year = ${condition})`;
  const town = (union: string) => `home_town IN (SELECT home_town FROM actors WHERE union_name = '${union}')`;
  reads([
    [
      'which directors had a play in both 1999 and 2004',
      `SELECT DISTINCT director FROM plays WHERE ${both('1999')} AND ${both('2004')}`,
    ],
    [
      'which directors had a play in either 1999 or 2004',
      'SELECT director FROM plays WHERE opening_year = 1999 OR opening_year = 2004',
    ],
    [
      'titles of plays opened after 2003 or before 2000',
      'SELECT title FROM plays WHERE opening_year >= 2004 OR opening_year < 2000',
    ],
    ['titles of plays opened in the year 2000 or earlier', 'SELECT title FROM plays WHERE opening_year < 2001'],
    [
      'which home towns have both an actor with union Equity and an actor with union Freelance',
      `SELECT DISTINCT home_town FROM actors WHERE ${town('Equity')} AND ${town('Freelance')}`,
    ],
    [
      'How many plays are there in each genre? Return both the genre and the count.',
      'SELECT genre, COUNT(*) FROM plays GROUP BY genre',
    ],
  ]);
});

describe('whose', () => {
  it('a bound that stands behind another thing is, is not guessed', () =>
    assert.match(sqlOf('titles and genres of plays with castings of below 3'), /^declined: /));

  it('what is done often is, is no number of it', () =>
    assert.match(
      sqlOf('title and ticket price of the play that has been performed the greatest number of times'),
      /^declined: /,
    ));

  it('a name is, is said by the thing before it', () =>
    assert.equal(
      sqlOf('What are the names of the actors represented by the agents with the name Ada?'),
      "SELECT actors.actor_name FROM actors JOIN agents ON actors.agent_id = agents.agent_id WHERE agents.agent_name = 'Ada'",
    ));
});
