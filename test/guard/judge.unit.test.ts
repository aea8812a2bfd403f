import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Engine } from '#src/domain/catalog.ts';
import { judge } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';

const scope = (engine: Engine): Scope => ({
  databaseId: 'shop',
  engine,
  tables: [
    { ...(engine === 'postgres' ? { schema: 'public' } : {}), name: 'orders', columns: ['id', 'amount', 'note'] },
    { ...(engine === 'postgres' ? { schema: 'public' } : {}), name: 'customers', columns: ['id', 'name'] },
  ],
  searchPath: engine === 'postgres' ? ['public'] : [],
});

const ALLOWED = [
  'SELECT count(*) FROM orders',
  'SELECT o.id, sum(o.amount) FROM orders o JOIN customers c ON c.id = o.id GROUP BY o.id ORDER BY 2 DESC LIMIT 3;',
  'WITH t AS (SELECT id FROM orders) SELECT * FROM t',
  'SELECT id FROM orders UNION SELECT id FROM customers',
  "SELECT 'DELETE FROM orders; --' AS harmless",
  'VALUES (1), (2)',
  'SELECT id, row_number() OVER (ORDER BY amount) FROM orders',
];

const REFUSED_BY_ALL: readonly (readonly [string, string])[] = [
  ['DELETE FROM orders', 'write-refused'],
  ["UPDATE orders SET note = 'x'", 'write-refused'],
  ['SELECT 1; DELETE FROM orders', 'write-refused'],
  ['DROP TABLE orders', 'write-refused'],
  ['EXPLAIN SELECT 1', 'write-refused'],
  ['SELECT * FROM secret', 'table-refused'],
  ['SELECT (SELECT count(*) FROM secret)', 'table-refused'],
  ['WITH t AS (SELECT * FROM secret) SELECT * FROM t', 'table-refused'],
  ['SELECT load_extension(1)', 'function-refused'],
  ['SELEC 1', 'unreadable-sql'],
  ['', 'unreadable-sql'],
  ["SELECT 'open", 'unreadable-sql'],
  ['SELECT 1 /* open', 'unreadable-sql'],
  ['SELECT\u0000 1', 'unreadable-sql'],
  ['SELECT \u202e1', 'unreadable-sql'],
];

const REFUSED_BY: Readonly<Partial<Record<Engine, readonly (readonly [string, string])[]>>> = {
  sqlite: [
    ['SELECT * FROM sqlite_master', 'table-refused'],
    ['SELECT 1 FROM sqlite_master', 'table-refused'],
    ["SELECT 1 FROM pragma_table_info('orders')", 'table-refused'],
    ['PRAGMA user_version', 'write-refused'],
    ["ATTACH 'x' AS y", 'write-refused'],
    ['SELECT 1 WHERE 1 IN secret', 'table-refused'],
    ['SELECT randomblob(1000000000)', 'function-refused'],
    ['BEGIN', 'write-refused'],
    ['VACUUM', 'write-refused'],
    ['SELECT missing FROM orders', 'unreadable-sql'],
  ],
  postgres: [
    ['WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d', 'write-refused'],
    ['SELECT * INTO copy FROM orders', 'write-refused'],
    ['SELECT * FROM orders FOR UPDATE', 'write-refused'],
    ['SELECT pg_read_file(1)', 'function-refused'],
    ["SELECT * FROM pg_ls_dir('/')", 'function-refused'],
    ["SELECT query_to_xml('select 1', true, true, '')", 'function-refused'],
    ['SELECT pg_sleep(100)', 'function-refused'],
    ["SELECT 'secret'::regclass", 'function-refused'],
    ['SELECT * FROM pg_shadow', 'table-refused'],
    ['SELECT * FROM pg_catalog.pg_class', 'table-refused'],
    ['SELECT * FROM information_schema.tables', 'table-refused'],
    ['SELECT * FROM ONLY secret', 'table-refused'],
    ['TABLE secret', 'table-refused'],
    ['SELECT ARRAY(SELECT id FROM secret)', 'table-refused'],
    ['WITH secret AS (SELECT * FROM secret) SELECT * FROM secret', 'table-refused'],
    ["COPY orders TO PROGRAM 'id'", 'write-refused'],
    ['DO $$ BEGIN END $$', 'write-refused'],
    ['SELECT U&"\\0073ecret" FROM orders', 'unreadable-sql'],
    ['SELECT 1 OPERATOR(evil.+) 2', 'function-refused'],
    ['SELECT $1', 'unreadable-sql'],
  ],
  mariadb: [
    ['SELECT /*!50000 1 */ + 1', 'unreadable-sql'],
    ['SELECT /*M! 1 */ + 1', 'unreadable-sql'],
    ['SELECT 1--1', 'unreadable-sql'],
    ['SELECT 1 # x', 'unreadable-sql'],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", 'write-refused'],
    ['SELECT * FROM orders FOR UPDATE', 'write-refused'],
    ['SELECT * FROM orders LOCK IN SHARE MODE', 'write-refused'],
    ["SELECT LOAD_FILE('/etc/passwd')", 'function-refused'],
    ["SELECT load_file ('/etc/passwd')", 'function-refused'],
    ['SELECT `load_file`(1)', 'function-refused'],
    ['SELECT other.f(1)', 'function-refused'],
    ['SELECT SLEEP(100)', 'function-refused'],
    ['SELECT BENCHMARK(1, 1)', 'function-refused'],
    ['SELECT @@version', 'unreadable-sql'],
    ['SELECT @a := 1', 'unreadable-sql'],
    ['SELECT * FROM mysql.user', 'table-refused'],
    ['SELECT * FROM information_schema.tables', 'table-refused'],
    ['SELECT * FROM other.orders', 'table-refused'],
    ['WITH secret AS (SELECT * FROM secret) SELECT * FROM secret', 'table-refused'],
    ['SET STATEMENT max_statement_time=0 FOR SELECT 1', 'write-refused'],
    ["SELECT '\\'' , SLEEP(5), '\\''", 'function-refused'],
    [`SELECT ${'('.repeat(70)}1${')'.repeat(70)}`, 'unreadable-sql'],
    [`SELECT IFNULL((SELECT 1 FROM orders PROCEDURE ANALYSE()), 1)`, 'write-refused'],
  ],
};

describe.each(['sqlite', 'postgres', 'mariadb'] as const)('the guard for %s', (engine) => {
  it.each(ALLOWED)('lets through %s', async (sql) => {
    const judged = await judge(sql, engine, scope(engine));
    assert.ok(judged.ok, JSON.stringify(judged));
    assert.equal(judged.value.text, sql);
  });

  it.each([...REFUSED_BY_ALL, ...(REFUSED_BY[engine] ?? [])])('refuses %.80s', async (sql, kind) => {
    const judged = await judge(sql, engine, scope(engine));
    assert.equal(judged.ok ? 'allowed' : judged.failure.kind, kind);
  });

  it('refuses a statement of forty thousand characters', async () => {
    const judged = await judge(`SELECT ${'1 + '.repeat(10_000)} 1`, engine, scope(engine));
    assert.equal(judged.ok ? 'allowed' : judged.failure.kind, 'unreadable-sql');
  });

  it('lists the tables that a statement reads', async () => {
    const judged = await judge(
      'SELECT c.name FROM customers c WHERE id IN (SELECT id FROM orders)',
      engine,
      scope(engine),
    );
    assert.ok(judged.ok);
    assert.deepEqual(judged.value.tables.map((table) => table.name).sort(), ['customers', 'orders']);
  });
});
