import assert from 'node:assert/strict';
import { afterAll, describe, it } from 'vitest';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type Place, runQuery } from '#src/explore/run-query.ts';
import { explainQuery, type WrittenQuery } from '#src/explore/write-pair.ts';
import type { Database } from '#src/ports/database.ts';
import { shopFile } from '../support/shop.ts';

const never = new AbortController().signal;
const database = openSqlite({ id: 'shop', file: shopFile() });
afterAll(() => database.close());
const read = await database.catalog({}, never);
assert.ok(read.ok);
const catalog: DatabaseCatalog = read.value;

function written(sql: string, again?: string): WrittenQuery {
  const made = explainQuery(sql, catalog);
  assert.ok(typeof made !== 'string', `${made}`);
  return { ...made, ...(again === undefined ? {} : { again }) };
}

/** The shop on a clock of its own, by which each statement takes so long. */
function taking(seconds: number, from: Pick<Database, 'run'> = database): Place {
  let now = 0;
  const run: Database['run'] = (...asked) => {
    now += seconds * 1000;
    return from.run(...asked);
  };
  return { database: { run }, catalog, signal: never, now: () => now };
}

describe('a query that is tried', () => {
  const customers = written('SELECT name FROM customer');

  it('is kept after 24 seconds, and no more after 26', async () => {
    const kept = await runQuery(customers, taking(24));
    assert.ok(typeof kept !== 'string');
    assert.deepEqual([kept.table.rows.length, kept.ms], [3, 24_000]);
    assert.equal(await runQuery(customers, taking(26)), 'too slow');
  });

  it('is too slow where the database ends it', async () => {
    const ends: Database['run'] = async () => ({
      ok: false,
      failure: { kind: 'query-timed-out', database: 'shop', limitMs: 25_000 },
    });
    assert.equal(await runQuery(customers, taking(1, { run: ends })), 'too slow');
  });

  it('is not kept where its steps give other rows', async () => {
    const same = written('SELECT name FROM customer', 'SELECT name FROM customer ORDER BY name DESC');
    assert.ok(typeof (await runQuery(same, taking(0))) !== 'string');
    const other = written('SELECT name FROM customer', 'SELECT country FROM customer');
    assert.equal(await runQuery(other, taking(0)), 'not the same again');
  });

  it('is refused where the gate lets it read nothing of that', async () => {
    const other = { ...customers, sql: 'SELECT name FROM sqlite_master' };
    assert.equal(await runQuery(other, taking(0)), 'refused by the gate');
  });
});
