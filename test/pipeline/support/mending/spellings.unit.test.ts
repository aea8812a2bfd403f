import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { spellAsStored } from '#src/pipeline/support/mending/spellings.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const VALUES: Readonly<Record<string, readonly string[]>> = {
  result: ['passed', 'failed', 'not-done'],
  city: ['Málaga', 'Oslo', 'OSLO'],
};
const bare = catalogOf('CREATE TABLE inspections (id INTEGER PRIMARY KEY, result TEXT, city TEXT, note TEXT);');
const catalog: DatabaseCatalog = {
  ...bare,
  tables: bare.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, values: VALUES[column.name] ?? [] })),
  })),
};
const spelt = (where: string) =>
  spellAsStored(`SELECT COUNT(*) FROM inspections AS i WHERE ${where}`, 'sqlite', { catalog, values: [] });

describe('a text that is stored in another spelling', () => {
  it.each([
    ["i.result = 'Failed'", "i.result = 'failed'"],
    ["'FAILED' = i.result", "'failed' = i.result"],
    ["i.result <> 'Passed'", "i.result <> 'passed'"],
    ["i.result IN ('failed', 'Not Done')", "i.result IN ('failed', 'not-done')"],
    ["i.result LIKE 'Failed'", "i.result LIKE 'failed'"],
    ["i.city = 'malaga'", "i.city = 'Málaga'"],
  ])('is compared as it is stored: %s', (where, mended) => {
    assert.equal(spelt(where)?.sql, `SELECT COUNT(*) FROM inspections AS i WHERE ${mended}`);
  });

  it('also inside an expression, and is told', () => {
    const made = spellAsStored("SELECT SUM(CASE WHEN result = 'Failed' THEN 1 ELSE 0 END) FROM inspections", 'sqlite', {
      catalog,
      values: [],
    });
    assert.match(made?.sql ?? '', /result = 'failed' THEN/);
    assert.deepEqual(made?.readAs, [{ written: 'Failed', read: "'failed'" }]);
  });

  it('is one that the question names, too', () => {
    const [table] = catalog.tables;
    const column = table?.columns.find(({ name }) => name === 'note');
    assert.ok(table && column);
    const values = [{ table, column, value: 'Door broken', asked: 'door broken', score: 1 }];
    const sql = "SELECT id FROM inspections WHERE note = 'door broken'";
    assert.equal(
      spellAsStored(sql, 'sqlite', { catalog, values })?.sql,
      "SELECT id FROM inspections WHERE note = 'Door broken'",
    );
  });

  it.each([
    ['where it is stored so', "i.result = 'failed'"],
    ['where nothing like it is stored', "i.result = 'broken'"],
    ['where two are stored that it could be', "i.city = 'oslo'"],
    ['where nothing is known of the column', "i.note = 'Failed'"],
    ['where more than spelling differs', "i.result LIKE '%Failed%'"],
  ])('stays as it is %s', (_, where) => assert.equal(spelt(where), undefined));
});
