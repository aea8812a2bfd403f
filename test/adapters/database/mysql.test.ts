import assert from 'node:assert/strict';
import { createConnection } from 'mysql2/promise';
import { describe, inject, it } from 'vitest';
import { START_MARIADB } from '#adapters/database/mysql/scratch.ts';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { ANSWER_LIMITS, ANYWAY_LIMITS } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { databaseContract } from '#test/contracts/database.ts';
import { shopOnMariadb } from '#test/support/shop.ts';

const never = new AbortController().signal;
const url = inject('mariadbUrl');
const crossed = (name: string, times: number) =>
  Array.from({ length: times }, (_, at) => `customer ${name}${at}`).join(', ');

describe.skipIf(!url)(url ? 'MariaDB' : `MariaDB (skipped: none here; ${START_MARIADB})`, () => {
  databaseContract({
    name: 'MariaDB',
    open: async () => openAt(await shopOnMariadb()),
    // Each of the two joins stays below the session's limit of rows; one inside the other does not end.
    endless: `SELECT SUM((SELECT COUNT(*) FROM ${crossed('d', 14)} WHERE d0.id <> c0.id)) FROM ${crossed('c', 14)}`,
    longCell: "SELECT LPAD('x', 200000, 'y') AS cell",
    manyRows: `SELECT c0.id * 100000 + c1.id AS i FROM ${crossed('c', 8)} LIMIT 5000`,
    quote: '`',
  });

  it('gives up a statement that does not look up while it runs, and answers the next', async () => {
    const database = openAt(await shopOnMariadb());
    const scope = await scopeOf(database);
    const deaf = `SELECT SUM(LENGTH(REPLACE(LPAD(c0.name, 100000, c1.name), 'a', 'b'))) FROM ${crossed('c', 14)}`;
    const judged = await judge(deaf, 'mariadb', scope);
    assert.ok(judged.ok);
    const ran = await database.run(judged.value, { ...ANYWAY_LIMITS, timeoutMs: 300 }, never);
    assert.equal(ran.ok ? '' : ran.failure.kind, 'query-timed-out');
    const next = await judge('SELECT COUNT(*) FROM customer', 'mariadb', scope);
    assert.ok(next.ok && (await database.run(next.value, ANSWER_LIMITS, never)).ok);
    await database.close();
  });

  it.each([
    ['a text that was cut', `SELECT GROUP_CONCAT(LPAD(c0.name, 100000, 'x')) FROM ${crossed('c', 3)}`],
    [
      'a recursion that was ended',
      'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT COUNT(*) FROM n',
    ],
  ])('never takes %s for an answer, though the server says that all is well', async (_, text) => {
    const database = openAt(await shopOnMariadb());
    const judged = await judge(text, 'mariadb', await scopeOf(database));
    assert.ok(judged.ok, JSON.stringify(judged));
    const ran = await database.run(judged.value, ANYWAY_LIMITS, never);
    assert.equal(ran.ok ? 'ran' : ran.failure.kind, 'query-incomplete');
    await database.close();
  });

  it('reads instants in UTC, whatever zone the server is set to', async () => {
    const filled = "SET time_zone = '+00:00'; INSERT INTO seen VALUES ('2026-10-25 22:30:00')";
    const address = await shopOnMariadb(`CREATE TABLE seen (at TIMESTAMP); ${filled}`);
    const { hostname, port, username, password } = new URL(url);
    const admin = await createConnection({ host: hostname, port: Number(port), user: username, password });
    await admin.query("SET GLOBAL time_zone = '+05:00'"); // which connections from now on begin with
    const database = openAt(address);
    try {
      const judged = await judge('SELECT at, DATE(at) FROM seen', 'mariadb', await scopeOf(database));
      assert.ok(judged.ok);
      const ran = await database.run(judged.value, ANSWER_LIMITS, never);
      assert.deepEqual(ran.ok && ran.value.rows, [['2026-10-25T22:30:00', '2026-10-25']]);
    } finally {
      await admin.query('SET GLOBAL time_zone = SYSTEM');
      await admin.end();
      await database.close();
    }
  });

  it('says a wrong password is one', async () => {
    const address = new URL(await shopOnMariadb());
    address.password = 'other';
    const database = openAt(address.toString());
    const pinged = await database.ping(never);
    assert.equal(pinged.ok ? '' : pinged.failure.kind, 'wrong-credentials');
    await database.close();
  });
});

function openAt(address: string) {
  const parsed = parseDatabaseUrl(address);
  assert.ok(parsed.ok);
  const secret = `plain:${parsed.value.password}`;
  const opened = openDatabase({ id: 'shop', url: parsed.value.url, secret }, {});
  assert.ok(opened.ok);
  return opened.value;
}

async function scopeOf(database: Database) {
  const catalog = await database.catalog({}, never);
  assert.ok(catalog.ok);
  return wholeCatalog(catalog.value);
}
