import assert from 'node:assert/strict';
import { it } from 'vitest';
import { databaseContract } from '#test/contracts/database.ts';
import { asAdmin, shopOnPostgres } from '#test/support/shop.ts';
import { endsOnServer } from './ends-on-server.ts';
import { openAt } from './open-at.ts';

const ENDLESS = 'SELECT count(*) FROM generate_series(1, 1000000000000)';

databaseContract({
  name: 'PostgreSQL',
  open: async () => openAt(await shopOnPostgres()),
  endless: ENDLESS,
  longCell: "SELECT lpad('x', 200000, 'y') AS cell",
  manyRows: 'SELECT i FROM generate_series(1, 5000) AS s (i)',
});

it('PostgreSQL: what is stopped ends on the server, too', async () => {
  const url = await shopOnPostgres();
  const name = new URL(url).pathname.slice(1);
  const database = await openAt(url);
  const active = "SELECT pid FROM pg_stat_activity WHERE usename = $1 AND state = 'active'";
  const busy = () => asAdmin(name, async (client) => (await client.query(active, [`${name}_reader`])).rows.length);
  await endsOnServer(database, ENDLESS, busy);
  await database.close();
});

it.each([
  ["COMMENT ON COLUMN customer.joined IS 'Day of the first order'", true],
  ['CREATE TABLE refund (id INTEGER)', false],
  ['ALTER TABLE customer ADD COLUMN vip BOOLEAN', true],
  ['INSERT INTO customer (id, name) SELECT i, i FROM generate_series(1000, 1999) AS s (i); ANALYZE', false],
] as const)(
  'PostgreSQL: the stamp of the schema, of what the role may see of it: %s changes it: %s',
  async (sql, changes) => {
    const url = await shopOnPostgres();
    const database = await openAt(url);
    const never = new AbortController().signal;
    const before = await database.schemaStamp(never);
    await asAdmin(new URL(url).pathname.slice(1), (client) => client.query(sql));
    const after = await database.schemaStamp(never);
    await database.close();
    assert.ok(before.ok && after.ok);
    assert.equal(before.value !== after.value, changes);
  },
);
