import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { showLabels } from '#src/pipeline/support/mending/labels.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE staff (staff_id INTEGER PRIMARY KEY, full_name TEXT, phone TEXT);
  CREATE TABLE beers (beer_id INTEGER PRIMARY KEY, beer_name TEXT);
  CREATE TABLE batches (batch_id INTEGER PRIMARY KEY, brewer_id INTEGER REFERENCES staff (staff_id), helper_id INTEGER REFERENCES staff (staff_id),
    beer_id INTEGER REFERENCES beers (beer_id), litres REAL, favourite INTEGER REFERENCES beers (beer_id));
  INSERT INTO staff VALUES (1, 'Ada Berg', '1'), (2, 'Bo Dahl', '2'), (3, 'Cy Ek', '3');
  INSERT INTO beers VALUES (7, 'Harbour Light'), (8, 'Old Pier');
  INSERT INTO batches VALUES (1, 1, 2, 7, 100, 7), (2, 1, 3, 8, 200, 7);`);
const shown = (question: string, sql: string, engine: 'sqlite' | 'postgres' = 'sqlite') =>
  showLabels(sql, engine, catalog, question)?.sql;

describe('a key that is shown', () => {
  it.each([
    [
      'of the rows themselves',
      'which beers have we never brewed',
      'SELECT beer_id FROM beers WHERE beer_id NOT IN (SELECT beer_id FROM batches)',
      'SELECT beers.beer_name FROM beers WHERE beer_id NOT IN (SELECT beer_id FROM batches)',
    ],
    [
      'of a table that is read',
      'brewers of each beer',
      'SELECT b.beer_name, t.brewer_id FROM batches AS t JOIN beers AS b ON b.beer_id = t.beer_id JOIN staff AS s ON s.staff_id = t.brewer_id',
      'SELECT b.beer_name, s.full_name FROM batches AS t JOIN beers AS b ON b.beer_id = t.beer_id JOIN staff AS s ON s.staff_id = t.brewer_id',
    ],
    [
      'of a table that is read under another name for another reference',
      'who brewed what Bo helped with',
      "SELECT t.brewer_id FROM batches AS t JOIN staff AS h ON h.staff_id = t.helper_id WHERE h.full_name = 'Bo Dahl'",
      "SELECT staff.full_name FROM batches AS t JOIN staff AS h ON h.staff_id = t.helper_id LEFT JOIN staff ON t.brewer_id = staff.staff_id WHERE h.full_name = 'Bo Dahl'",
    ],
    [
      'of a table that a reference leads to, and of groups',
      'which brewer has done the most batches',
      'SELECT t.brewer_id FROM batches AS t GROUP BY t.brewer_id ORDER BY COUNT(*) DESC LIMIT 1',
      'SELECT staff.full_name FROM batches AS t LEFT JOIN staff ON t.brewer_id = staff.staff_id GROUP BY t.brewer_id, staff.full_name ORDER BY COUNT(*) DESC LIMIT 1',
    ],
  ])('gives way to what the row is called: %s', (_, question, sql, mended) => {
    assert.equal(shown(question, sql), mended);
    assert.equal(shown(question, sql, 'postgres'), mended);
  });

  it.each([
    ['where the question asks for keys', 'beer ids that were never brewed', 'SELECT beer_id FROM beers'],
    ['beside what the row is called', 'all beers', 'SELECT beer_id, beer_name FROM beers'],
    ['that is counted', 'how many beers', 'SELECT COUNT(beer_id) FROM beers'],
    ['of a row that is called nothing', 'batches above 150 litres', 'SELECT batch_id FROM batches WHERE litres > 150'],
    ['beside another of the same table', 'who brewed with whom', 'SELECT brewer_id, helper_id FROM batches'],
    ['that is not called one', 'the different favourites', 'SELECT DISTINCT favourite FROM batches'],
    [
      'of a table that is joined by another reference',
      'who brewed what Bo helped with',
      "SELECT t.brewer_id FROM batches AS t JOIN staff ON staff.staff_id = t.helper_id WHERE staff.full_name = 'Bo Dahl'",
    ],
    ['of a subquery', 'beers brewed', 'SELECT beer_name FROM beers WHERE beer_id IN (SELECT beer_id FROM batches)'],
  ])('stays: one %s', (_, question, sql) => {
    assert.equal(shown(question, sql), undefined);
  });
});
