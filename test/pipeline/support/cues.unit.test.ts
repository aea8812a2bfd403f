import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { unansweredCues } from '#src/pipeline/support/cues.ts';

describe('words of a question that a query does not answer to', () => {
  it.each([
    ['Zip codes with an average visibility below 10', 'SELECT zip FROM weather WHERE visibility < 10', ['average']],
    ['Zip codes with an average visibility below 10', 'SELECT zip FROM w GROUP BY zip HAVING AVG(v) < 10', []],
    [
      'Stations that never had fewer than 7 bikes',
      'SELECT id FROM station JOIN status USING (id) WHERE bikes > 7',
      ['without'],
    ],
    [
      'Stations that never had fewer than 7 bikes',
      'SELECT id FROM s WHERE id NOT IN (SELECT id FROM t WHERE b < 7)',
      [],
    ],
    ['Customers without orders', 'SELECT c.name FROM c LEFT JOIN o ON o.c = c.id WHERE o.id IS NULL', []],
    ['Products that are not red', "SELECT name FROM product WHERE colour <> 'red'", []],
    ['Products that are not red', "SELECT name FROM product WHERE colour = 'red'", ['not']],
    ['Who speaks both German and French?', "SELECT name FROM s WHERE l = 'German' OR l = 'French'", ['both']],
    [
      'Who speaks both German and French?',
      "SELECT name FROM s WHERE l = 'g' INTERSECT SELECT name FROM s WHERE l = 'f'",
      [],
    ],
    ['Who is the oldest?', 'SELECT name FROM person', ['most']],
    ['Who is the oldest?', 'SELECT name FROM person WHERE age = (SELECT MAX(age) FROM person)', []],
    ['How many orders per channel?', 'SELECT COUNT(*) FROM orders', ['each']],
    ['How many different cities?', 'SELECT COUNT(city) FROM customer', ['different']],
    ['How much did we spend on fuel?', 'SELECT AVG(cost) FROM fuel', ['no average']],
    ['What does a trip usually cost?', 'SELECT AVG(cost) FROM trip', []],
    ['All cities', 'SELECT city FROM customer', []],
    ['On average, what is not a query?', 'SELEC', []],
  ])('%s %s', (question, sql, names) => {
    assert.deepEqual(unansweredCues(question, sql, 'sqlite'), names);
  });
});
