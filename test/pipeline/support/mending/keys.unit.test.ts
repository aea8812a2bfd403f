import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { joinByKeys } from '#src/pipeline/support/mending/keys.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE depot (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE vehicle (id INTEGER PRIMARY KEY, depot_id INTEGER REFERENCES depot (id), plate TEXT);
  CREATE TABLE trip (id INTEGER PRIMARY KEY, vehicle_id INTEGER REFERENCES vehicle (id), km REAL);
  CREATE TABLE holiday (day DATE, title TEXT);`);
const mended = (sql: string) => joinByKeys(sql, 'sqlite', catalog)?.sql;

describe('a join by nothing', () => {
  it.each([
    [
      'of a table with itself',
      'SELECT d.name, COUNT(*) FROM depot d JOIN vehicle v ON d.id = d.id GROUP BY d.name',
      'SELECT d.name, COUNT(*) FROM depot d JOIN vehicle v ON d.id = v.depot_id GROUP BY d.name',
    ],
    [
      'by tables that come later',
      'SELECT d.name FROM depot AS d JOIN vehicle AS v ON d.id = trip.id JOIN trip ON trip.vehicle_id = v.id',
      'SELECT d.name FROM depot AS d JOIN vehicle AS v ON d.id = v.depot_id JOIN trip ON trip.vehicle_id = v.id',
    ],
    [
      'where a table lies between',
      'SELECT d.name, SUM(t.km) FROM depot AS d LEFT JOIN trip AS t ON d.id = d.id GROUP BY d.id, d.name',
      'SELECT d.name, SUM(t.km) FROM depot AS d JOIN vehicle ON d.id = vehicle.depot_id LEFT JOIN trip AS t ON vehicle.id = t.vehicle_id GROUP BY d.id, d.name',
    ],
  ])('%s becomes one by keys', (_, sql, right) => {
    assert.equal(mended(sql), right);
  });

  it('is told as it was read', () => {
    assert.deepEqual(joinByKeys('SELECT 1 FROM depot d JOIN vehicle v ON d.id = d.id', 'sqlite', catalog)?.readAs, [
      { written: 'd.id = d.id', read: 'd.id = v.depot_id' },
    ]);
  });

  it.each([
    'SELECT 1 FROM depot AS d JOIN vehicle AS v ON v.depot_id = d.id',
    'SELECT 1 FROM depot JOIN vehicle ON depot_id = depot.id AND plate IS NOT NULL',
    'SELECT 1 FROM depot AS d JOIN holiday AS h ON d.id = d.id',
    'SELECT 1 FROM vehicle AS a JOIN vehicle AS b ON a.depot_id = b.depot_id',
    'SELECT 1 FROM depot, vehicle',
    'SELECT 1 FROM depot AS d JOIN (SELECT 1 AS x) AS o ON d.id = d.id',
  ])('stays where it holds or no key leads there: %s', (sql) => {
    assert.equal(mended(sql), undefined);
  });
});
