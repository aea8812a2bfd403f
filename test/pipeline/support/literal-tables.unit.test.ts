import assert from 'node:assert/strict';
import { it } from 'vitest';
import { databaseOfIdentifier, databasesNaming, withSpokenTables } from '#src/pipeline/support/literal-tables.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const catalogs = new Map([
  ['erp', bareCatalog('erp', ['tbl_Auftr_kopf: id', 'customers: id', 'order_items: id'])],
  ['shop', bareCatalog('shop', ['customers: id', 'order_items: id'])],
]);
const ids = [...catalogs.keys()];
const catalogOf = (id: string) => catalogs.get(id);

it('a database is named by a table of it, in any case, and with blanks for what joins its words', () => {
  assert.deepEqual([...databasesNaming('How many TBL_AUFTR_KOPF are open?', ids, catalogOf)], ['erp']);
  assert.deepEqual([...databasesNaming('all order items, please', ids, catalogOf)], ['erp', 'shop']);
  assert.deepEqual([...databasesNaming('how many orders', ids, catalogOf)], []);
});

it('a name that only a catalog has settles on the one database that has it', () => {
  assert.equal(databaseOfIdentifier('rows of tbl_Auftr_kopf by month', ids, catalogOf), 'erp');
  assert.equal(databaseOfIdentifier('rows of order_items by month', ids, catalogOf), undefined);
  assert.equal(databaseOfIdentifier('customers by month', ids, catalogOf), undefined);
});

it('a name that only a catalog has is said in words to the planner', () => {
  const erp = catalogs.get('erp')!;
  assert.equal(withSpokenTables('how many TBL_Auftr_kopf by status_code?', erp), 'how many auftr kopf by status_code?');
});
