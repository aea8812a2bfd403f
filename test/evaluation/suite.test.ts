import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { explain } from '#src/edl/explain.ts';
import { summariseSuites } from '#src/evaluation/runs/suite-accuracy.ts';
import { agreesOn, makeSuite, rowsOf } from '#src/evaluation/suite/make-suite.ts';
import { openSuites } from '#src/evaluation/suite/open-suites.ts';
import { seededDatabase } from '#src/evaluation/suite/seeded-rows.ts';
import { succeeded } from '#test/support/edl-result.ts';

const column = (name: string, type: string, more = {}) => ({
  name,
  type,
  kind: type === 'INTEGER' ? ('number' as const) : ('text' as const),
  nullable: true,
  values: [],
  valuesComplete: false,
  ...more,
});

/** Airports by their codes, and flights between them. */
const flights: DatabaseCatalog = {
  databaseId: 'flights',
  engine: 'sqlite',
  serverVersion: '',
  warnings: [],
  tables: [
    {
      name: 'airports',
      kind: 'table',
      columns: [column('code', 'TEXT'), column('city', 'TEXT', { nullShare: 0 }), column('height', 'INTEGER')],
      primaryKey: ['code'],
      foreignKeys: [],
    },
    {
      name: 'flights',
      kind: 'table',
      columns: [column('id', 'INTEGER'), column('source', 'TEXT', { nullShare: 0 })],
      primaryKey: ['id'],
      foreignKeys: [{ columns: ['source'], targetTable: 'airports', targetColumns: ['code'] }],
    },
  ],
};
const FROM_ABERDEEN =
  "SELECT flights.id FROM flights JOIN airports ON flights.source = airports.code WHERE airports.city = 'Aberdeen'";
const suiteOf = (gold: string) => {
  const suite = makeSuite(gold, flights, 8);
  assert.ok(suite);
  return suite;
};

describe('a database of seeded rows', () => {
  const { query } = succeeded(explain(FROM_ABERDEEN, 'sqlite', flights));
  const made = (seed: number) => seededDatabase(flights, query, { seed, rows: 40 });
  const all = (database: DatabaseSync, sql: string) => rowsOf(database, sql)!.rows;

  it('is the same for the same seed and another for another', () => {
    const rows = [1, 1, 2].map((seed) => all(made(seed), 'SELECT * FROM airports, flights'));
    assert.deepEqual(rows[0], rows[1]);
    assert.notDeepEqual(rows[0], rows[2]);
  });

  it('holds the literals of the query and the same in other case', () => {
    const cities = all(made(1), "SELECT DISTINCT city FROM airports WHERE city LIKE 'aberdeen'").flat();
    assert.deepEqual(cities.sort(), ['Aberdeen', 'aberdeen']);
  });

  it('refers to rows that are there, by keys of texts too', () => {
    assert.deepEqual(all(made(1), 'SELECT source FROM flights WHERE source NOT IN (SELECT code FROM airports)'), []);
    assert.ok(all(made(1), FROM_ABERDEEN).length > 0);
  });

  it('misses nothing where the real data misses nothing', () => {
    assert.deepEqual(all(made(1), 'SELECT COUNT(*) FROM airports WHERE city IS NULL'), [[0]]);
  });
});

describe('a suite', () => {
  it.each([
    ['the same query', FROM_ABERDEEN, true],
    [
      'another query with the same meaning',
      "SELECT id FROM flights WHERE source IN (SELECT code FROM airports WHERE city = 'Aberdeen')",
      true,
    ],
    ['a code taken for a city', "SELECT id FROM flights WHERE source = 'Aberdeen'", false],
    ['another case', FROM_ABERDEEN.replace('Aberdeen', 'ABERDEEN'), false],
    ['a query that fails', 'SELECT nothing FROM flights', false],
    ['a text in double quotes, which the product does not know', FROM_ABERDEEN.replaceAll("'", '"'), false],
  ])('is agreed on by %s: %s', (_, predicted, agrees) => {
    assert.equal(agreesOn(suiteOf(FROM_ABERDEEN), flights, predicted), agrees);
  });

  it.each([
    ['SELECT city FROM airports WHERE height > 100', 'SELECT city FROM airports WHERE height >= 100'],
    ['SELECT city FROM airports WHERE height > 100', 'SELECT DISTINCT city FROM airports WHERE height > 100'],
    ['SELECT COUNT(*) FROM airports', 'SELECT COUNT(height) FROM airports'],
  ])('tells %s from %s', (gold, other) => {
    assert.equal(agreesOn(suiteOf(gold), flights, gold), true);
    assert.equal(agreesOn(suiteOf(gold), flights, other), false);
  });

  it('counts the mutants that it tells apart', () => {
    const { mutants, apart, databases } = suiteOf('SELECT city FROM airports WHERE height > 100');
    assert.ok(mutants > 2 && apart >= mutants - 1, `${apart} of ${mutants}`);
    assert.ok(databases.length > 0 && databases.length <= 8);
  });

  it('has no database on which the order of rows decides what the gold query gives', () => {
    const gold = 'SELECT city FROM airports ORDER BY height DESC LIMIT 1';
    assert.equal(
      agreesOn(suiteOf(gold), flights, 'SELECT city FROM airports ORDER BY height DESC, code DESC LIMIT 1'),
      true,
    );
  });

  it('is none where the gold query has an answer on no database', () => {
    assert.equal(makeSuite('SELECT city FROM airports WHERE height > 5 AND height < 2', flights, 8), undefined);
  });
});

describe('suites', () => {
  const suites = openSuites(4);
  afterAll(() => suites.close());

  it('judge in a process of their own by any of the accepted queries', async () => {
    const golds = ['SELECT code FROM airports', FROM_ABERDEEN];
    const { agrees, suites: made } = await suites.verdict(flights, golds, FROM_ABERDEEN);
    assert.deepEqual([agrees, made.length], [true, 2]);
    assert.equal((await suites.verdict(flights, golds, 'SELECT id FROM flights')).agrees, false);
    assert.equal((await suites.verdict(flights, golds, undefined)).agrees, false);
    assert.equal((await suites.verdict(flights, golds, 'DELETE FROM flights')).agrees, false);
  });

  it('stop a query that runs long, and go on', { timeout: 60_000 }, async () => {
    const long = `SELECT COUNT(*) FROM ${Array.from({ length: 8 }, (_, at) => `flights AS f${at}`).join(', ')}`;
    const gold = 'SELECT COUNT(*) FROM flights';
    assert.equal((await suites.verdict(flights, [gold], long)).agrees, false);
    assert.equal((await suites.verdict(flights, [gold], gold)).agrees, true);
  });
});

it('a question is right on data and suite together; without a suite the data alone speak', () => {
  const suite = { gold: 'a', databases: [{ seed: 1, rows: 6, tied: false }], mutants: 4, apart: 3 };
  const one = (id: string, right: boolean, agrees: boolean | undefined, goldEmpty = false) => ({
    id,
    right,
    goldEmpty,
    verdict: { agrees, suites: agrees === undefined ? [] : [suite] },
  });
  const cases = [one('a', true, true), one('b', true, false), one('c', false, true), one('d', true, undefined, true)];
  const { n, withSuite, onData, suiteRight, suiteRightNonEmpty, onDataOnly, onSuiteOnly, mutantsToldApart } =
    summariseSuites(cases);
  assert.deepEqual([n, withSuite, onData, suiteRight, mutantsToldApart], [4, 3, 0.75, 0.5, 0.75]);
  assert.deepEqual([suiteRightNonEmpty, onDataOnly, onSuiteOnly], [0.3333, ['b'], ['c']]);
});
