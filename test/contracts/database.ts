import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { findColumn, findTable } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { ANSWER_LIMITS, ANYWAY_LIMITS, type ResultTable, type StatementLimits } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';

export interface Backend {
  readonly name: string;
  readonly open: () => Promise<Database>;
  /** A statement that would run for minutes if nothing stopped it. */
  readonly endless: string;
  /** One cell of 200,000 characters named `cell`. */
  readonly longCell: string;
  /** 5,000 rows of one number. */
  readonly manyRows: string;
  /** The quote around names: `"` unless said otherwise. */
  readonly quote?: '`';
  /** What this backend cannot do, by the promise's title, with the reason. */
  readonly cannot?: Readonly<Record<string, string>>;
}

const never = new AbortController().signal;

/** MySQL's quote is another, `quo"te` needs no doubling in it, and its names know no character beyond the first plane. */
const withQuotes = (sql: string, quote: string | undefined) =>
  quote ? sql.replaceAll('""', '\u0000').replaceAll('"', quote).replaceAll('\u0000', '"').replaceAll('🛒', '☂') : sql;

/** What every database adapter promises, on the shop of test/support/shop.ts. */
export function databaseContract(backend: Backend): void {
  const own = (sql: string) => withQuotes(sql, backend.quote);
  const promises = (title: string, check: (database: Database) => Promise<void>) => {
    const reason = backend.cannot?.[title];
    it.skipIf(reason !== undefined)(reason ? `${title} (skipped: ${reason})` : title, async () => {
      const database = await backend.open();
      try {
        await check(database);
      } finally {
        await database.close();
      }
    });
  };

  describe(`${backend.name} as a database`, () => {
    promises('says its version', async (database) => {
      const pinged = await database.ping(never);
      assert.ok(pinged.ok);
      assert.match(pinged.value.serverVersion, /^\d+\.\d+/);
    });

    promises('gives its schema a stamp that stays the same while nothing changes', async (database) => {
      const [first, second] = [await database.schemaStamp(never), await database.schemaStamp(never)];
      assert.ok(first.ok && second.ok);
      assert.equal(first.value, second.value);
    });

    promises('reads tables, views, types, keys and row estimates', async (database) => {
      const catalog = await catalogOf(database);
      assert.deepEqual(
        catalog.tables.map((table) => table.name).sort(),
        [own('Odd Näme 🛒'), 'customer', 'order', 'shipped'].sort(),
      );
      const order = findTable(catalog, 'order')!;
      assert.deepEqual(order.primaryKey, ['id']);
      assert.equal(order.foreignKeys[0]?.targetTable, 'customer');
      assert.deepEqual(order.foreignKeys[0]?.columns, ['customer_id']);
      assert.deepEqual(order.foreignKeys[0]?.targetColumns, ['id']);
      assert.equal(order.rowEstimate, 3);
      assert.equal(findTable(catalog, 'shipped')?.kind, 'view');
      const kinds = Object.fromEntries(order.columns.map((column) => [column.name, column.kind]));
      assert.deepEqual(kinds, {
        id: 'number',
        customer_id: 'number',
        status: 'text',
        amount: 'number',
        placed_at: 'timestamp',
      });
      assert.equal(findColumn(findTable(catalog, 'customer')!, 'joined')?.kind, 'date');
    });

    promises('samples values, most frequent first, and never keeps binary', async (database) => {
      const catalog = await catalogOf(database);
      const status = findColumn(findTable(catalog, 'order')!, 'status')!;
      assert.deepEqual(status.values, ['shipped', 'placed']);
      assert.equal(status.valuesComplete, true);
      const odd = findTable(catalog, own('Odd Näme 🛒'))!;
      assert.deepEqual(findColumn(odd, 'payload')?.values, []);
      assert.equal(findColumn(odd, 'only null')?.nullShare, 1);
    });

    promises('reads column comments', async (database) => {
      const customer = findTable(await catalogOf(database), 'customer')!;
      assert.equal(customer.comment, 'People who bought something');
      assert.equal(findColumn(customer, 'joined')?.comment, 'First purchase');
    });

    promises('reports progress table by table', async (database) => {
      const seen: string[] = [];
      await database.catalog({ onTable: (done, total) => seen.push(`${done}/${total}`) }, never);
      assert.deepEqual(seen, ['1/4', '2/4', '3/4', '4/4']);
    });

    promises('returns typed rows', async (database) => {
      const table = await rowsOf(
        database,
        own(
          'SELECT c.id, c.name, o.amount, o.placed_at, c.country FROM customer c JOIN "order" o ON o.customer_id = c.id ORDER BY o.id',
        ),
      );
      assert.deepEqual(
        table.columns.map((column) => column.name),
        ['id', 'name', 'amount', 'placed_at', 'country'],
      );
      assert.deepEqual(table.rows[0]?.slice(0, 3), [1, 'Ada', 10.5]);
      assert.match(String(table.rows[0]?.[3]), /^2024-01-01[T ]10:00:00$/);
      assert.equal(table.rows[2]?.[2], null);
      assert.equal(table.truncated, undefined);
    });

    promises('keeps whole numbers exact beyond 2^53', async (database) => {
      assert.deepEqual((await rowsOf(database, 'SELECT 9007199254740993 AS big')).rows, [[9007199254740993n]]);
    });

    promises('returns binary as bytes', async (database) => {
      const table = await rowsOf(database, own('SELECT payload FROM "Odd Näme 🛒"'));
      assert.deepEqual(table.rows, [[Uint8Array.of(0, 255, 16)]]);
    });

    promises('reads odd names: spaces, quotes, emoji, reserved words, mixed case', async (database) => {
      const table = await rowsOf(database, own('SELECT "select", "quo""te", "Mixed Case" FROM "Odd Näme 🛒"'));
      assert.deepEqual(table.rows, [['x', 1, "It's"]]);
    });

    promises('names the columns of an empty result', async (database) => {
      const table = await rowsOf(database, "SELECT id, name FROM customer WHERE name = 'nobody'");
      assert.deepEqual([table.columns.map((column) => column.name), table.rows], [['id', 'name'], []]);
    });

    promises('stops at the row limit and says so', async (database) => {
      const table = await rowsOf(database, backend.manyRows, { maxRows: 10 });
      assert.equal(table.rows.length, 10);
      assert.equal(table.truncated, 'rows');
      assert.equal((await rowsOf(database, 'SELECT 1 AS one')).rows.length, 1);
    });

    promises('does not call a result of exactly the limit truncated', async (database) => {
      const table = await rowsOf(database, 'SELECT id FROM customer', { maxRows: 3 });
      assert.deepEqual([table.rows.length, table.truncated], [3, undefined]);
    });

    promises('stops at the byte limit and says so', async (database) => {
      const table = await rowsOf(database, backend.manyRows, { maxResultBytes: 1_000 });
      assert.equal(table.truncated, 'bytes');
      assert.ok(table.rows.length > 0 && table.rows.length < 1_000);
    });

    promises('cuts a 200,000-character cell and says so', async (database) => {
      const table = await rowsOf(database, backend.longCell);
      assert.equal(table.cellsCut, true);
      assert.ok(String(table.rows[0]?.[0]).length <= ANSWER_LIMITS.maxCellBytes + 1);
    });

    promises('refuses more columns than the limit', async (database) => {
      const failure = await failureOf(database, 'SELECT id, name, country FROM customer', { maxColumns: 2 });
      assert.equal(failure.kind, 'query-too-big');
    });

    promises('refuses a write that slipped past the guard', async (database) => {
      for (const sql of [
        'DELETE FROM customer',
        "UPDATE customer SET name = 'x'",
        'DROP TABLE customer',
        'CREATE TABLE t (a int)',
      ]) {
        assert.equal((await database.run(forged(sql), ANSWER_LIMITS, never)).ok, false, sql);
      }
      assert.deepEqual((await rowsOf(database, 'SELECT count(*) FROM customer')).rows, [[3]]);
    });

    promises('refuses a second statement that slipped past the guard', async (database) => {
      await database.run(forged('SELECT 1; DELETE FROM customer'), ANSWER_LIMITS, never);
      assert.deepEqual((await rowsOf(database, 'SELECT count(*) FROM customer')).rows, [[3]]);
    });

    promises('ends a statement at its time limit and answers the next', async (database) => {
      const failure = await failureOf(database, backend.endless, { timeoutMs: 300 });
      assert.equal(failure.kind, 'query-timed-out');
      assert.deepEqual((await rowsOf(database, 'SELECT 1 AS one')).rows, [[1]]);
    });

    promises('asks before it runs what would take for ever', async (database) => {
      const result = await database.run(await checked(database, backend.endless), ANSWER_LIMITS, never);
      assert.equal(result.ok ? 'ran' : result.failure.kind, 'query-too-costly');
      assert.deepEqual((await rowsOf(database, 'SELECT 1 AS one')).rows, [[1]]);
    });

    promises('tells what a statement may cost without running it', async (database) => {
      const expected = await database.estimate(await checked(database, 'SELECT name FROM customer'), never);
      assert.ok(expected.ok, JSON.stringify(expected));
      assert.ok(expected.value.rowsRead >= 1 && expected.value.rowsRead < 10_000, JSON.stringify(expected.value));
      assert.equal(expected.value.pairs, 0);
    });

    promises('lets go of a running query when the signal aborts', async (database) => {
      const stop = new AbortController();
      const running = database.run(await checked(database, backend.endless), ANYWAY_LIMITS, stop.signal);
      await sleep(200);
      stop.abort();
      const result = await running;
      assert.deepEqual(result.ok ? 'ran' : result.failure.kind, 'cancelled');
      assert.deepEqual((await rowsOf(database, 'SELECT 1 AS one')).rows, [[1]]);
    });

    promises('starts nothing when the signal has aborted already', async (database) => {
      const result = await database.run(await checked(database, 'SELECT 1'), ANSWER_LIMITS, AbortSignal.abort());
      assert.equal(result.ok ? '' : result.failure.kind, 'cancelled');
    });

    promises('answers two questions at once', async (database) => {
      const both = await Promise.all([
        rowsOf(database, 'SELECT count(*) FROM customer'),
        rowsOf(database, own('SELECT count(*) FROM "order"')),
      ]);
      assert.deepEqual(
        both.map((table) => table.rows),
        [[[3]], [[3]]],
      );
    });

    promises('says a missing column is a missing name', async (database) => {
      const result = await database.run(forged('SELECT amout FROM customer'), ANSWER_LIMITS, never);
      assert.ok(!result.ok && result.failure.kind === 'query-failed');
      assert.equal(result.failure.reason, 'unknown-name');
    });
  });

  function forged(text: string): ReadOnlySql {
    const readable = [
      { name: 'customer', columns: ['id', 'name'], schema: 'public' },
      { name: 'order', columns: ['id'], schema: 'public' },
    ];
    const uses = { readable, callable: [], tables: [], functions: [] };
    return { text, engine: 'sqlite', asker: '', searchPath: ['public'], ...uses } as unknown as ReadOnlySql;
  }
}

const scopes = new WeakMap<Database, ReturnType<typeof wholeCatalog>>();

async function catalogOf(database: Database) {
  const catalog = await database.catalog({}, never);
  assert.ok(catalog.ok, JSON.stringify(catalog));
  return catalog.value;
}

async function checked(database: Database, sql: string): Promise<ReadOnlySql> {
  const scope = scopes.get(database) ?? wholeCatalog(await catalogOf(database));
  scopes.set(database, scope);
  const judged = await judge(sql, database.engine, scope);
  assert.ok(judged.ok, JSON.stringify(judged));
  return judged.value;
}

async function rowsOf(database: Database, sql: string, limits: Partial<StatementLimits> = {}): Promise<ResultTable> {
  const result = await database.run(await checked(database, sql), { ...ANSWER_LIMITS, ...limits }, never);
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.failure));
  return result.value;
}

async function failureOf(database: Database, sql: string, limits: Partial<StatementLimits> = {}): Promise<Failure> {
  const result = await database.run(await checked(database, sql), { ...ANYWAY_LIMITS, ...limits }, never);
  assert.ok(!result.ok);
  return result.failure;
}
