import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { changedSince, fitsDatabase, roleOfTask } from '#src/domain/adapter.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { changedShare, schemaFingerprint } from '#src/domain/schema-fingerprint.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const SHOP = bareCatalog('shop', ['orders: id, customer_id, amount, placed_on', 'customers: id, name, country']);
const before = schemaFingerprint(SHOP);
const trained = { databases: { shop: before } };

describe('the fingerprint of a schema', () => {
  it('is the same for the same columns in another order, with other comments and samples', () => {
    const again = {
      ...SHOP,
      tables: [...SHOP.tables].reverse().map((table) => ({ ...table, comment: 'all of them' })),
    };
    assert.deepEqual(schemaFingerprint(again), before);
    assert.equal(changedShare(before, again), 0);
  });

  it('names nothing', () => {
    assert.equal(before.length, 7);
    assert.ok(before.every((mark) => /^[0-9a-f]{16}$/.test(mark)));
    assert.equal(new Set(before).size, 7);
  });

  it('counts a column that came, went, was renamed or has another type', () => {
    const more = bareCatalog('shop', [
      'orders: id, customer_id, amount, placed_on',
      'customers: id, name, country, email',
    ]);
    assert.equal(changedShare(before, more), 1 / 8);
    const renamed = bareCatalog('shop', ['orders: id, customer_id, total, placed_on', 'customers: id, name, country']);
    assert.equal(changedShare(before, renamed), 2 / 8);
    const retyped: DatabaseCatalog = {
      ...SHOP,
      tables: SHOP.tables.map((table) => ({
        ...table,
        columns: table.columns.map((one) => (one.name === 'amount' ? { ...one, type: 'integer' } : one)),
      })),
    };
    assert.equal(changedShare(before, retyped), 2 / 8);
  });
});

describe('an adapter', () => {
  it('is asked over the databases alone that it was trained for, as long as they are mostly the same', () => {
    assert.ok(fitsDatabase(trained, SHOP));
    assert.ok(!fitsDatabase(trained, bareCatalog('warehouse', ['orders: id, customer_id, amount, placed_on'])));
    assert.ok(!fitsDatabase(trained, bareCatalog('shop', ['parcels: id, weight, sent_on', 'customers: id, name'])));
    assert.ok(fitsDatabase({ databases: { shop: [] } }, SHOP), 'where its columns are not known, its name is');
    assert.ok(!fitsDatabase({ databases: { shop: [] } }, bareCatalog('warehouse', ['t: a'])));
    assert.ok(fitsDatabase({}, bareCatalog('any', ['t: a'])), 'one that is for any is asked over any');
  });

  it('says how much of its database changed', () => {
    assert.equal(changedSince(trained, SHOP), 0);
    assert.equal(changedSince(trained, bareCatalog('warehouse', ['t: a'])), undefined);
  });

  it('has the role of its task, if a stage asks for that', () => {
    assert.deepEqual(['sql', 'edl', 'linking', 'selection', 'merge', 'refine'].map(roleOfTask), [
      'generator',
      'generator',
      'linker',
      'selector',
      'merger',
      'refiner',
    ]);
    assert.equal(roleOfTask('question'), undefined);
    assert.equal(roleOfTask('toString'), undefined);
  });
});
