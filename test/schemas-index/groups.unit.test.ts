import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { groupTables, MAX_GROUP } from '#schemas-index/cluster/group-tables.ts';
import { type IndexedTable, indexWords } from '#schemas-index/index/schema-index.ts';
import { readTerms } from '#schemas-index/retrieve/read-question.ts';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { looksPersonal } from '#src/domain/personal.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const never = () => 0;
const many = (count: number, of: (at: number) => Partial<Table>): DatabaseCatalog => {
  const catalog = bareCatalog(
    'erp',
    Array.from({ length: count }, (_, at) => `t${at}: id, note`),
  );
  return { ...catalog, tables: catalog.tables.map((table, at) => ({ ...table, ...of(at) })) };
};
const key = (targetTable: string) => ({
  foreignKeys: [{ columns: ['id'], targetTable, targetColumns: ['id'] }],
});
const groupsOf = (catalog: DatabaseCatalog, similar: (a: IndexedTable, b: IndexedTable) => number = never) =>
  groupTables(indexWords([catalog]), similar);

describe('groups of tables', () => {
  it('keep a small database whole', () => {
    assert.deepEqual(
      groupsOf(many(MAX_GROUP, () => ({}))).map(({ tables }) => tables.length),
      [MAX_GROUP],
    );
  });

  it('are the schemas of a large one', () => {
    const groups = groupsOf(many(100, (at) => ({ schema: at % 2 ? 'sales' : 'stock' })));
    assert.deepEqual(
      groups.map(({ tables }) => tables.length),
      [50, 50],
    );
  });

  it('are the tables that keys connect, where a schema is large; a hub does not hold them together', () => {
    // t0 is a hub that every table points at; besides, each table but the first of its ten points at its neighbour.
    const catalog = many(101, (at) =>
      at === 0
        ? {}
        : { foreignKeys: [...key('t0').foreignKeys, ...(at % 10 === 1 ? [] : key(`t${at - 1}`).foreignKeys)] },
    );
    const sizes = groupsOf(catalog).map(({ tables }) => tables.length);
    assert.deepEqual(sizes, [...Array(10).fill(10), 1]);
  });

  it('are tables alike where nothing else tells them apart, and none is larger than the limit', () => {
    const groups = groupsOf(
      many(200, () => ({})),
      (a, b) => (a.row % 2 === b.row % 2 ? 0.9 : 0.1),
    );
    assert.ok(groups.every(({ tables }) => tables.length <= MAX_GROUP));
    assert.ok(groups.every(({ tables }) => new Set(tables.map(({ row }) => row % 2)).size === 1));
    assert.equal(groups.flatMap(({ tables }) => tables).length, 200);
  });
});

describe('the words of a question', () => {
  const words = indexWords([
    bareCatalog('web', ['page_views: id, session_id', 'pageload: id, ms', 'accident_2016: id']),
  ]);
  const stems = (text: string) => readTerms(words, text).map((term) => term.stem);

  it('leave out keys, dates, decimals and instructions, but keep years', () => {
    assert.deepEqual(
      stems('Calculate accidents in 2016 for 0x40c10f19, top 3 since 2021-01-05 at 99.5, https://a.example/b'),
      ['accid', '2016', 'top', 'sinc'],
    );
  });
  it('fall back to all of them when none would be left', () => {
    assert.deepEqual(stems('compare january'), ['compar', 'januari']);
  });
  it('meet names that they misspell', () => {
    const [acident] = readTerms(words, 'acidents');
    assert.deepEqual(
      acident?.others.map(([other]) => other),
      ['accid'],
    );
    assert.deepEqual(readTerms(words, 'walrus')[0]?.others, []);
  });
  it('meet names that are run together or cut apart', () => {
    const [pageviews] = readTerms(words, 'pageviews');
    assert.ok(words.mentions.has('pageview') || pageviews!.others.length);
    const load = readTerms(words, 'time of page load').find((term) => term.stem === 'load');
    assert.deepEqual(load?.others, [['pageload', 1]]);
  });
});

describe('personal data', () => {
  const column = (name: string, values: string[] = []) => ({ name, values });
  it.each([
    ['email', [], 'users'],
    ['first_name', [], 'people'],
    ['CustomerName', [], 'orders'],
    ['LName', [], 'enrolments'],
    ['name', [], 'employees'],
    ['contact', ['ann@example.com', 'bo@example.org'], 'shops'],
    ['reach_at', ['+47 22 33 44 55', '(212) 555-0100'], 'shops'],
    ['account', ['DE89370400440532013000'], 'transfers'],
  ])('is seen in %s %j of %s', (name, values, table) => assert.ok(looksPersonal(column(name, values), table)));
  it.each([
    ['name', [], 'products'],
    ['country', ['Norway'], 'customers'],
    ['shipped_on', ['2024-01-05'], 'orders'],
    ['status', ['placed', 'shipped'], 'orders'],
  ])('is not seen in %s %j of %s', (name, values, table) => assert.ok(!looksPersonal(column(name, values), table)));
});
