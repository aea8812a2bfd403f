import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const CARE = catalogOf(
  `CREATE TABLE visit_types (code TEXT PRIMARY KEY, descr TEXT);
   CREATE TABLE visits (id INTEGER PRIMARY KEY, type_code TEXT REFERENCES visit_types (code), fee REAL, visited_on DATE);
   CREATE TABLE repairs (id INTEGER PRIMARY KEY, cause TEXT, cost REAL, reported_on DATE, resolved_on DATE);
   CREATE TABLE rooms (id INTEGER PRIMARY KEY, total_price REAL);
   CREATE TABLE diagnoses (id INTEGER PRIMARY KEY, visit_id INTEGER REFERENCES visits (id), severity TEXT, made_on DATE);
   INSERT INTO visit_types VALUES ('SUR', 'Surgery'), ('CON', 'Consultation');
   INSERT INTO visits VALUES (1, 'SUR', 10, '2025-01-02'), (2, 'CON', 20, '2025-03-04'), (3, 'CON', 5, '2024-05-06');
   INSERT INTO repairs VALUES (1, 'wear', 5, '2025-01-02', '2025-01-05'), (2, 'misuse', 7, '2025-02-03', NULL);
   INSERT INTO rooms VALUES (1, 50);
   INSERT INTO diagnoses VALUES (1, 1, 'mild', '2025-01-02'), (2, 2, 'severe', '2025-03-04');`,
);

function sqlOf(question: string): string {
  const made = plan({ question, catalog: CARE, ranked: [], today: '2025-06-30' });
  return made.kind === 'planned' ? made.sql : `declined: ${made.missing}`;
}

describe('a state that a day tells', () => {
  it('holds where that day is known, and does not where it is empty', () => {
    assert.equal(sqlOf('how many resolved repairs'), 'SELECT COUNT(*) FROM repairs WHERE resolved_on IS NOT NULL');
    assert.equal(sqlOf('how many unresolved repairs'), 'SELECT COUNT(*) FROM repairs WHERE resolved_on IS NULL');
  });
});

describe('things that are called by their kind', () => {
  it('are the rows of that kind', () => {
    const sql = sqlOf('surgeries in 2025');
    assert.match(sql, /FROM visits JOIN visit_types/);
    assert.match(sql, /visit_types\.descr = 'Surgery'/);
    assert.match(sql, /visited_on >= '2025-01-01'/);
  });

  it('are the most common by a column of the table that is named before it', () => {
    assert.equal(
      sqlOf('most common repair cause'),
      'SELECT cause FROM repairs GROUP BY cause ORDER BY COUNT(*) DESC LIMIT 1',
    );
  });

  it('are one of several, however the plural is made', () => {
    assert.equal(sqlOf('how many diagnoses'), sqlOf('number of diagnosis'));
    assert.match(sqlOf('how many diagnoses'), /^SELECT COUNT\(\*\) FROM diagnoses$/);
  });
});

describe('a total', () => {
  it('is of the column that is named, not of one that begins so', () => {
    assert.equal(sqlOf('total cost of repairs'), 'SELECT SUM(cost) FROM repairs');
  });
});
