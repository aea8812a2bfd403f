import assert from 'node:assert/strict';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { databaseContract } from '#test/contracts/database.ts';
import { shopOnPostgres } from '#test/support/shop.ts';

databaseContract({
  name: 'PostgreSQL',
  open: async () => openAt(await shopOnPostgres()),
  endless: 'SELECT count(*) FROM generate_series(1, 1000000000000)',
  longCell: "SELECT lpad('x', 200000, 'y') AS cell",
  manyRows: 'SELECT i FROM generate_series(1, 5000) AS s (i)',
});

function openAt(url: string) {
  const parsed = parseDatabaseUrl(url);
  assert.ok(parsed.ok);
  const secret = `plain:${parsed.value.password}`;
  const opened = openDatabase({ id: 'shop', url: parsed.value.url, secret }, {});
  assert.ok(opened.ok);
  return opened.value;
}
