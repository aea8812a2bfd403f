import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { unansweredCues } from '#src/pipeline/support/cues.ts';
import { catalogOf } from '#test/support/catalogs.ts';

describe('words of a question that a query does not answer to', () => {
  it.each([
    ['Zip codes with an average visibility below 10', 'SELECT zip FROM weather WHERE visibility < 10', ['average']],
    ['Zip codes with an average visibility below 10', 'SELECT zip FROM w GROUP BY zip HAVING AVG(v) < 10', []],
    ['What does a trip cost on average?', 'SELECT SUM(cost) / COUNT(*) FROM trip', []],
    ['Who speaks both German and French?', "SELECT name FROM s WHERE l = 'German' OR l = 'French'", ['both']],
    [
      'Who speaks both German and French?',
      "SELECT name FROM s WHERE l = 'g' INTERSECT SELECT name FROM s WHERE l = 'f'",
      [],
    ],
    ['Who speaks both?', "SELECT a.name FROM s AS a JOIN s AS b ON a.id = b.id WHERE a.l = 'g' AND b.l = 'f'", []],
    ['Who speaks both?', 'SELECT name FROM s GROUP BY name HAVING COUNT(*) = 2', []],
    ['All cities', 'SELECT city FROM customer', []],
    ['On average, what is not a query?', 'SELEC', []],
  ])('%s %s', (question, sql, names) => {
    assert.deepEqual(unansweredCues(question, sql, 'sqlite'), names);
  });

  const catalog = catalogOf(`
    CREATE TABLE courses (id INTEGER PRIMARY KEY, title TEXT, grade TEXT);
    INSERT INTO courses VALUES (1, 'Consumer Behaviour', 'F');`);
  const [table] = catalog.tables;
  const named = (value: string, asked = value.toLowerCase()) => {
    const column = table?.columns.find(({ name }) => name === 'title');
    return table && column ? [{ table, column, value, asked }] : [];
  };

  it.each([
    ["SELECT COUNT(*) FROM courses WHERE title = 'Consumer Behaviour'", []],
    ["SELECT COUNT(*) FROM courses WHERE title LIKE '%consumer%'", []],
    ["SELECT COUNT(*) FROM courses WHERE grade = 'F'", ['consumer behaviour']],
    ['SELECT COUNT(*) FROM courses', ['consumer behaviour']],
  ])('a stored value of several words: %s', (sql, words) => {
    const question = 'how many people have failed consumer behaviour';
    assert.deepEqual(unansweredCues(question, sql, 'sqlite', named('Consumer Behaviour')), words);
    assert.deepEqual(unansweredCues(question, sql, 'sqlite', named('F')), [], 'one word may mean another thing');
  });
});
