import assert from 'node:assert/strict';
import { beforeAll, describe, it } from 'vitest';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { type DatabaseCatalog, findTable } from '#src/domain/catalog.ts';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import { explore } from '#src/explore/explore.ts';
import { printSql } from '#src/sql/print-sql.ts';
import type { QueryIr, SelectIr } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { maskedQuery } from '#src/sql/skeleton.ts';
import { shopFile } from '../support/shop.ts';

const never = new AbortController().signal;

/** What was ordered: a table that leads to two others. */
const LINES = `
  CREATE TABLE product (id INTEGER PRIMARY KEY, title TEXT, colour TEXT, price REAL, weight_kg REAL);
  CREATE TABLE line (order_id INTEGER REFERENCES "order" (id), product_id INTEGER REFERENCES product (id), quantity INTEGER,
    PRIMARY KEY (order_id, product_id));
  INSERT INTO product VALUES (1, 'Desk', 'oak', 250, 30.5), (2, 'Lamp', 'red', 35.5, 1.5), (3, 'Chair', 'red', 80, 7.25);
  INSERT INTO line VALUES (1, 1, 1), (1, 2, 4), (2, 2, 2), (3, 2, 1);`;

interface Written {
  readonly pair: ExploredPair;
  readonly query: QueryIr;
  /** Names and literals masked: `SELECT c FROM t WHERE c = ''`. */
  readonly masked: string;
}

let catalog: DatabaseCatalog;
let written: readonly Written[];

beforeAll(async () => {
  const database = openSqlite({ id: 'shop', file: shopFile(LINES) });
  const read = await database.catalog({}, never);
  assert.ok(read.ok);
  catalog = read.value;
  const { pairs } = await explore(database, catalog, { pairs: 1_000, seed: 3 }, never);
  await database.close();
  written = pairs.map((pair) => {
    const parsed = parseSql(pair.sql, 'sqlite');
    assert.ok(parsed.ok, pair.sql);
    const { query } = resolve(parsed.value, 'sqlite', catalog);
    return { pair, query, masked: printSql(maskedQuery(query), 'sqlite') };
  });
}, 120_000);

describe('what is written by program', () => {
  it('is of every shape', () => {
    const shapes = new Set(written.map(({ pair }) => pair.shape));
    const all = ['above average', 'aggregate', 'group', 'having', 'list', 'rank', 'related', 'set operation', 'top'];
    assert.deepEqual([...shapes].sort(), all);
  });

  it.each([
    ['rows by one condition or another', /^SELECT [^(]* FROM t WHERE c \S+ (?:''|0) OR c \S+ (?:''|0)$/],
    ['two figures of one kind', /^SELECT (AVG|SUM|MIN|MAX)\(c\), \1\(c\) FROM t/],
    ['three figures of a measure', /^SELECT (?:(?:AVG|SUM|MIN|MAX)\(c\)(?:, )?){3} FROM t/],
    [
      'what is shown of the rows of another table, which are counted by their key',
      /^SELECT c, c(?:, c)? FROM t JOIN t ON c = c GROUP BY c /,
    ],
    ['groups of exactly so many', /HAVING COUNT\(\*\) = 0$/],
    [
      'groups in an order that is not shown',
      /^SELECT c FROM t(?: JOIN t ON c = c)? GROUP BY c ORDER BY COUNT\(\*\)(?: DESC)?$/,
    ],
    [
      'what rows of two values of a column have both',
      /^SELECT c FROM (.*) WHERE c = '' INTERSECT SELECT c FROM \1 WHERE c = ''$/,
    ],
    ['rows of a table without those that another leads to', /^SELECT c FROM t EXCEPT SELECT c FROM t JOIN t ON c = c/],
    ['keys without those that refer to them', /^SELECT c FROM t EXCEPT SELECT c FROM t$/],
    ['rows that no row by a condition of a third table refers to', /NOT IN \(SELECT c FROM t JOIN t ON c = c/],
    ['rows beyond an end of others', /WHERE c [<>] \(SELECT (?:MIN|MAX)\(c\) FROM t WHERE/],
    ['how many are above the average', /^SELECT COUNT\(\*\) FROM t WHERE c [<>] \(SELECT AVG\(c\) FROM t\)$/],
    ['rows of the most frequent group', /= \(SELECT c FROM t GROUP BY c ORDER BY COUNT\(\*\) (?:DESC )?LIMIT 1\)/],
    ['rows by what is two joins away', /^SELECT c FROM t JOIN t ON c = c JOIN t ON c = c WHERE c/],
  ] as const)('is %s, among others', (_, form) => {
    assert.ok(written.some(({ masked }) => form.test(masked)));
  });

  it('shows of a group nothing but what is one value in it: what it is grouped by, or the row of that key', () => {
    const selects = written.flatMap(({ query }) => (query.kind === 'select' && query.groupBy.length ? [query] : []));
    const ofRows = selects.filter((one) => unGrouped(one).length);
    assert.ok(ofRows.length > 5);
    for (const select of ofRows) {
      const [key] = select.groupBy;
      assert.ok(key?.kind === 'column' && select.groupBy.length === 1);
      const table = findTable(catalog, key.resolved ?? '');
      assert.deepEqual(table?.primaryKey, [key.name]);
      for (const shown of unGrouped(select)) assert.equal(shown.resolved, key.resolved);
    }
  });

  it('has two sides of a set operation that differ', () => {
    for (const { query, pair } of written)
      if (query.kind === 'set-operation')
        assert.notEqual(printSql(query.left, 'sqlite'), printSql(query.right, 'sqlite'), pair.question);
  });
});

/** Plain columns that are shown and not grouped by. */
function unGrouped({ items, groupBy }: SelectIr) {
  const keys = groupBy.flatMap((one) => (one.kind === 'column' ? [`${one.resolved}.${one.name}`] : []));
  return items.flatMap(({ expression }) =>
    expression.kind === 'column' && !keys.includes(`${expression.resolved}.${expression.name}`) ? [expression] : [],
  );
}
