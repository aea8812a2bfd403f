import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Engine } from '#src/domain/catalog.ts';
import { maskStatement } from '#src/query-log/mask-statement.ts';
import { statementsIn } from '#src/query-log/statements-in.ts';
import { usageOf } from '#src/query-log/usage.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { catalogOf } from '../support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE regions (country TEXT, code TEXT, PRIMARY KEY (country, code));
  CREATE TABLE shops (id INTEGER PRIMARY KEY, country TEXT, region TEXT, email TEXT, opened_on DATE);
  CREATE TABLE sales (id INTEGER PRIMARY KEY, shop INTEGER, amount REAL, channel TEXT);`);

const usage = (text: string, calls = 1) => usageOf([{ text, calls }], catalog).queries[0];
const names = (columns: readonly { readonly table: { name: string }; readonly column: { name: string } }[] = []) =>
  columns.map(({ table, column }) => `${table.name}.${column.name}`);

describe('a statement without its literals', () => {
  it.each([
    ['sqlite', "SELECT a FROM t WHERE b = 'canary' AND c > 4711", 'SELECT a FROM t WHERE b = ? AND c > ?'],
    ['postgres', 'SELECT a FROM t WHERE d >= DATE $1 LIMIT $2', "SELECT a FROM t WHERE d >= DATE '2000-01-01' LIMIT 1"],
    ['postgres', 'SELECT a FROM t WHERE d > now() - INTERVAL $1', "SELECT a FROM t WHERE d > now() - INTERVAL '1 day'"],
    ['postgres', 'SELECT a FROM t WHERE b IN ($1 /*, ... */);', 'SELECT a FROM t WHERE b IN ($1 )'],
    ['mysql', 'SELECT `a` FROM `t` WHERE `b` IN (...) LIMIT ?, ...', 'SELECT `a` FROM `t` WHERE `b` IN (?) LIMIT 1, 1'],
    [
      'mysql',
      'SELECT `a` FROM `t` WHERE `d` > NOW ( ) - INTERVAL ? DAY',
      'SELECT `a` FROM `t` WHERE `d` > NOW ( ) - INTERVAL 1 DAY',
    ],
    ['sqlite', 'SELECT CAST(a AS DECIMAL(10, 2)) FROM t -- canary', 'SELECT CAST(a AS DECIMAL(10, 2)) FROM t'],
    ['postgres', "SELECT $$canary$$, E'canary\\n', 'can''ary'", 'SELECT $1, $1, $1'],
  ] as const)('of %s: %s', (engine, text, masked) => {
    assert.equal(maskStatement(text, engine), masked);
    assert.ok(parseSql(masked, engine).ok);
  });

  it.each([
    ['postgres', "CREATE ROLE r PASSWORD 'canary'"],
    ['mysql', 'SET @x = ?'],
    ['sqlite', "SELECT 'never closed"],
    ['sqlite', ''],
  ] as const)('is none of %s: %s', (engine: Engine, text) => assert.equal(maskStatement(text, engine), undefined));
});

describe('what queries use', () => {
  it('is their columns, how they join and by what they choose', () => {
    const used = usage(
      "SELECT shops.country, SUM(amount) FROM sales JOIN shops ON sales.shop = shops.id WHERE channel IN ('web') AND opened_on > '2024-01-01' AND email LIKE 'canary%' GROUP BY 1",
      12,
    );
    assert.deepEqual(names(used?.columns).sort(), [
      ...['sales.amount', 'sales.channel', 'sales.shop', 'shops.country', 'shops.email', 'shops.id', 'shops.opened_on'],
    ]);
    assert.deepEqual(
      used?.matches.map((pair) => names(pair)),
      [['sales.shop', 'shops.id']],
    );
    assert.deepEqual(
      used?.filters.map(({ column, kind }) => [...names([column]), kind]),
      [
        ['sales.channel', 'list'],
        ['shops.opened_on', 'range'],
        ['shops.email', 'pattern'],
      ],
    );
    assert.equal(used?.calls, 12);
    assert.ok(!JSON.stringify(used).includes('canary'));
  });

  it('is a join by columns of one name, too', () =>
    assert.deepEqual(
      usage('SELECT COUNT(*) FROM shops JOIN regions USING (country)')?.matches.map((pair) => names(pair)),
      [['shops.country', 'regions.country']],
    ));

  it('is counted by statement; what tells nothing of these tables is told apart', () => {
    const { queries, unread } = usageOf(
      ['SELECT amount FROM sales', 'SELECT x FROM elsewhere', 'DELETE FROM sales', 'SELECT 1'].map((text) => ({
        text,
        calls: 1,
      })),
      catalog,
    );
    assert.deepEqual([queries.length, unread], [1, 3]);
  });
});

describe('a file of statements', () => {
  it('is split at semicolons that are no part of a text, and counts what it has twice', () =>
    assert.deepEqual(statementsIn("SELECT ';' FROM t;\nSELECT 2;  SELECT 2; -- ;\n", 'sqlite'), [
      { text: "SELECT ';' FROM t", calls: 1 },
      { text: 'SELECT 2', calls: 2 },
    ]));

  it('is split at the ends of lines where a part of it is no SQL', () =>
    assert.deepEqual(
      statementsIn("SELECT 1;\nSELECT 'open;\nSELECT 2;", 'sqlite').map(({ text }) => text),
      ['SELECT 1', "SELECT 'open", 'SELECT 2'],
    ));
});
