import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { dbGraph } from '#src/planner/db-graph.ts';
import { catalogOf } from '#test/support/catalogs.ts';

/** A warehouse whose tables were loaded without keys. */
const LOADED = `
  CREATE TABLE author (aid INTEGER, name TEXT);
  CREATE TABLE writes (aid INTEGER, pid INTEGER);
  CREATE TABLE publication (pid INTEGER, title TEXT, city_name TEXT);
  CREATE TABLE place (city_name TEXT, region TEXT);
  CREATE TABLE shop (id INTEGER, name TEXT);
  CREATE TABLE address (shop_id INTEGER, street TEXT);
  INSERT INTO author VALUES (1, 'Ada'), (2, 'Bo'), (3, 'Cy');
  INSERT INTO writes VALUES (1, 11), (1, 12), (2, 12);
  INSERT INTO publication VALUES (11, 'One', 'Oslo'), (12, 'Two', 'Oslo'), (13, 'Three', 'Bergen');
  INSERT INTO place VALUES ('Oslo', 'East'), ('Bergen', 'West');
  INSERT INTO shop VALUES (5, 'Ada'), (6, 'Bo');
  INSERT INTO address VALUES (5, 'Main Street 1'), (5, 'Main Street 2');`;

const joins = (sql: string) => {
  const catalog = catalogOf(sql);
  return catalog.tables.flatMap((table) =>
    (dbGraph(catalog).edges.get(table) ?? []).map(
      ({ to, pairs }) => `${table.name} → ${to.name} by ${pairs.map((pair) => pair.join('='))}`,
    ),
  );
};

describe('a database that declares no key', () => {
  it('is joined by columns that one table has once a row', () => {
    assert.deepEqual(
      joins(LOADED)
        .filter((one) => /^(?:writes|publication|address)/.test(one))
        .sort(),
      [
        'address → shop by shop_id=id',
        'publication → place by city_name=city_name',
        'publication → writes by pid=pid',
        'writes → author by aid=aid',
        'writes → publication by pid=pid',
      ],
    );
  });

  it('is not joined by names alone, nor by values that come twice on both sides', () => {
    assert.ok(!joins(LOADED).some((one) => /name=name/.test(one)));
    const twice = LOADED.replace("('Bergen', 'West')", "('Bergen', 'West'), ('Bergen', 'North')");
    assert.ok(!joins(twice).some((one) => /city_name/.test(one)));
  });

  it('is left to what is declared as soon as one table says what its key is', () => {
    assert.deepEqual(joins(LOADED.replace('author (aid INTEGER', 'author (aid INTEGER PRIMARY KEY')), [
      'author → writes by aid=aid',
      'writes → author by aid=aid',
    ]);
  });
});
