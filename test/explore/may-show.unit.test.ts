import assert from 'node:assert/strict';
import { it } from 'vitest';
import type { Column, DatabaseCatalog } from '#src/domain/catalog.ts';
import { openMayShow } from '#src/explore/may-show.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const catalog = catalogOf(SHOP);
const pair = { columns: ['orders.status', 'customers.country'] };

/** The catalog with one column changed, or taken out. */
const changed = (name: string, change: Partial<Column> | undefined): DatabaseCatalog => ({
  ...catalog,
  tables: catalog.tables.map((table) => ({
    ...table,
    columns: table.columns.flatMap((column) =>
      column.name !== name ? [column] : change ? [{ ...column, ...change }] : [],
    ),
  })),
});

it.each<readonly [string, DatabaseCatalog, boolean]>([
  ['is shown as long as its columns are there', catalog, true],
  ['is not once an admin hid the values of one', changed('country', { indexValues: false }), false],
  ['is not once one looks personal', changed('country', { values: ['a@b.example', 'c@d.example'] }), false],
  ['is not once one is gone', changed('status', undefined), false],
  [
    'is not where everybody sees other rows of a table',
    { ...catalog, tables: catalog.tables.map((table) => ({ ...table, rowSecurity: table.name === 'orders' })) },
    false,
  ],
])('a pair %s', (_, over, shown) => assert.equal(openMayShow(over)(pair), shown));
