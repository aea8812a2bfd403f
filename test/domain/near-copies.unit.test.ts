import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { areNearCopies, nearCopiesAmong } from '#src/domain/near-copies.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const SHOP = ['customers: id, name, country', 'orders: id, customer_id, amount, ordered_on', 'refunds: id, order_id'];
const shop = (id: string, lines: readonly string[] = SHOP) => bareCatalog(id, lines);

describe('near copies', () => {
  it('are databases whose tables and columns are nearly the same, whatever the order and case of their names', () => {
    const copies = nearCopiesAmong([
      shop('shop_de'),
      bareCatalog('fleet', ['trucks: id, plate', 'trips: id, truck_id, started_at']),
      shop(
        'shop_fr',
        [...SHOP].reverse().map((line) => line.toUpperCase().replace(', ', ', ')),
      ),
      shop('shop_uk', [...SHOP, 'vat_numbers: id, customer_id']),
    ]);
    assert.deepEqual(copies.of('shop_fr'), ['shop_de', 'shop_uk']);
    assert.deepEqual(copies.of('shop_uk'), ['shop_de', 'shop_fr']);
    assert.deepEqual([copies.of('fleet'), copies.of('unknown')], [[], []]);
    assert.deepEqual(copies.families, [['shop_de', 'shop_fr', 'shop_uk']]);
  });

  it('are not databases that share what many have: keys, customers and their names', () => {
    const copies = nearCopiesAmong([
      shop('shop', ['customers: id, name, country', 'baskets: id, customer_id, paid_at, total']),
      shop('desk', ['customers: id, name, country', 'tickets: id, customer_id, subject, status']),
    ]);
    assert.deepEqual(copies.families, []);
  });

  it('need not be copies of each other to be one family, and each names only its own', () => {
    const columns = (from: number, to: number) =>
      `readings: ${Array.from({ length: to - from }, (_, at) => `sensor_${from + at}`).join(', ')}`;
    const copies = nearCopiesAmong([
      shop('y2021', [columns(0, 10)]),
      shop('y2022', [columns(3, 13)]),
      shop('y2023', [columns(6, 16)]),
    ]);
    assert.deepEqual(copies.families, [['y2021', 'y2022', 'y2023']]);
    assert.deepEqual([copies.of('y2021'), copies.of('y2022')], [['y2022'], ['y2021', 'y2023']]);
  });

  it('are looked at as they are seen: a part that somebody may read can be a copy of nothing', () => {
    const whole = shop('shop_de');
    assert.ok(areNearCopies(whole, shop('shop_fr')));
    assert.ok(!areNearCopies(whole, { ...shop('shop_fr'), tables: shop('shop_fr').tables.slice(2) }));
    assert.ok(!areNearCopies({ ...whole, tables: [] }, { ...shop('shop_fr'), tables: [] }));
  });

  it('found by their rarest columns are those that comparing every two finds', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const catalogs = Array.from({ length: 60 }, (_, at) => {
      const kind = at % 12;
      const columns = Array.from({ length: 12 }, (_, column) => `c${kind}_${column}`).filter(() => random() > 0.25);
      return shop(`db_${at}`, [`t${kind % 5}: id, ${columns.join(', ')}`]);
    });
    const copies = nearCopiesAmong(catalogs);
    let pairs = 0;
    for (const one of catalogs) {
      const others = catalogs.filter((other) => other !== one && areNearCopies(one, other));
      pairs += others.length;
      assert.deepEqual(
        copies.of(one.databaseId),
        others.map(({ databaseId }) => databaseId),
      );
    }
    assert.ok(pairs > 50, `${pairs} pairs`);
  });

  it('of two thousand tenants are found in seconds', () => {
    const tables = Array.from({ length: 20 }, (_, table) => `t${table}: ${'abcdefghij'.split('').join(', ')}`);
    const tenants = Array.from({ length: 2_000 }, (_, at) => shop(`tenant_${at}`, tables));
    const started = performance.now();
    const copies = nearCopiesAmong(tenants);
    assert.equal(copies.of('tenant_7').length, 1_999);
    assert.equal(copies.families.length, 1);
    assert.ok(performance.now() - started < 10_000);
  });
});
