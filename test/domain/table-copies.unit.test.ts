import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { tableCopiesIn } from '#src/domain/table-copies.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const ORDER = 'id, customer_id, amount, ordered_on';
const familiesOf = (catalog: DatabaseCatalog) =>
  tableCopiesIn(catalog).map(({ name, members }) => [name, ...members.map(({ table }) => table.name)]);

describe('near copies within a database', () => {
  it('are tables of the same columns whose names differ in one word: a year, a country, an owner', () => {
    const catalog = bareCatalog('shop', [
      `orders_2024: ${ORDER}`,
      'customers: id, name, city, country',
      `orders_2025: ${ORDER}`,
      'refunds_de: id, order_id, amount',
      'refunds_fr: id, order_id, amount',
      'patents: id, title, filed_on',
      'patents_google: id, title, filed_on',
    ]);
    assert.deepEqual(familiesOf(catalog).sort(), [
      ['orders', 'orders_2024', 'orders_2025'],
      ['patents', 'patents', 'patents_google'],
      ['refunds', 'refunds_de', 'refunds_fr'],
    ]);
    const [patents] = tableCopiesIn(catalog).filter(({ name }) => name === 'patents');
    assert.deepEqual(
      patents?.members.map(({ part }) => part),
      [[], ['googl']],
    );
  });

  it('are tables of one name in several schemas', () => {
    const lines = [`publications: ${ORDER}`];
    const [one] = bareCatalog('patents', lines).tables;
    const catalog = {
      ...bareCatalog('patents', []),
      tables: [
        { ...one!, schema: 'patents' },
        { ...one!, schema: 'patents_google' },
      ],
    };
    assert.deepEqual(
      tableCopiesIn(catalog).map(({ members }) => members.map(({ table }) => table.schema)),
      [['patents', 'patents_google']],
    );
  });

  it('are not tables that share a word and other columns, tables of next to no columns, or rows and what belongs to them', () => {
    const catalog = bareCatalog('shop', [
      'order_items: id, order_id, product_id, quantity',
      'order_refunds: id, order_id, reason, refunded_on',
      'item_types: id, name',
      'order_types: id, name',
      'batches: id, parent_id, started_on',
      'batches_failed: id, parent_id, started_on',
    ]);
    const tables = catalog.tables.map((table) =>
      table.name === 'batches_failed'
        ? { ...table, foreignKeys: [{ columns: ['parent_id'], targetTable: 'batches', targetColumns: ['id'] }] }
        : table,
    );
    assert.deepEqual(familiesOf({ ...catalog, tables }), []);
  });

  it('of twenty thousand tables are found, each in one family', { timeout: 60_000 }, () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, at) => `readings_site${at % 4_000}_${2_000 + Math.floor(at / 4_000)}: ${ORDER}`,
    );
    const families = familiesOf(bareCatalog('plant', lines));
    const members = families.flatMap(([, ...tables]) => tables);
    assert.equal(new Set(members).size, members.length);
    assert.equal(members.length, 20_000);
  });
});
