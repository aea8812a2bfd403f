import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { stepText } from '#src/domain/edl.ts';
import { explain } from '#src/edl/explain.ts';
import { printSql } from '#src/sql/print-sql.ts';
import { canonical } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { library } from './library.ts';

const steps = (sql: string) => succeeded(explain(sql, 'sqlite')).edl.steps.map(stepText);

describe('the explanation of a statement', () => {
  it('follows the order in which the statement runs', () => {
    const sql =
      'SELECT T1.name, COUNT(*) AS n FROM stadium AS T1 JOIN concert AS T2 ON T1.id = T2.sid WHERE T2.year >= 2013 GROUP BY T1.id, T1.name HAVING COUNT(*) >= 2 ORDER BY COUNT(*) DESC, T1.name LIMIT 1';
    assert.deepEqual(steps(sql), [
      '#1. Scan Table: Retrieve all rows from the [stadium] table aliased as [T1].',
      '#2. Join: Join the [concert] table aliased as [T2] on the condition that [T1.id] equals [T2.sid].',
      '#3. Reserve Rows: Reserve rows of #2 where [T2.year] is greater than or equal to 2013.',
      '#4. Group: Group #3 by [T1.id], [T1.name].',
      '#5. Apply Having Clause: Reserve the grouped rows of #4 where the count of rows is greater than or equal to 2.',
      '#6. Sort Row: Order #5 by the count of rows in descending order, [T1.name] in ascending order.',
      '#7. Limit: Limit #6 to the top 1 record.',
      '#8. Select Column: Select [T1.name], the count of rows as [n] in #7.',
    ]);
  });

  it('tells a nested query before the filter that uses it', () => {
    assert.deepEqual(steps('SELECT name FROM stadium WHERE id NOT IN (SELECT sid FROM concert WHERE year = 2014)'), [
      '#1. Scan Table: Retrieve all rows from the [stadium] table.',
      '#2. Subquery: Retrieve all rows from the [concert] table in a subquery.',
      '#3. Reserve Rows: Reserve rows of #2 where [year] equals 2014.',
      '#4. Select Column: Select the [sid] column in #3.',
      '#5. Reserve Rows: Reserve rows of #1 where [id] is not in the result of #4.',
      '#6. Select Column: Select the [name] column in #5.',
    ]);
  });

  it('quotes what it has no words for, and only that', () => {
    const { edl } = succeeded(explain('SELECT a, SUM(b) OVER (ORDER BY b ROWS 3 PRECEDING) AS s FROM t', 'sqlite'));
    assert.equal(
      edl.steps.at(-1)!.text,
      'Select [a], the expression {{ SUM(b) OVER (ORDER BY b ROWS 3 PRECEDING) }} as [s] in #1.',
    );
    assert.deepEqual(
      edl.steps.map((step) => step.verbatim),
      [false, true],
    );
  });

  const sql =
    "SELECT DISTINCT a FROM t JOIN u ON t.x = u.y WHERE b = 'v' AND c BETWEEN 1 AND 2 AND d IS NOT NULL ORDER BY a DESC LIMIT 3";
  it.each([
    ["'v'", "'w'"],
    ['b =', 'b <>'],
    ['BETWEEN 1', 'BETWEEN 0'],
    ['NOT NULL', 'NULL'],
    ['DESC', 'ASC'],
    ['LIMIT 3', 'LIMIT 4'],
    ['DISTINCT ', ''],
    ['JOIN u', 'LEFT JOIN u'],
    ['t.x', 't.z'],
    ['SELECT DISTINCT a', 'SELECT DISTINCT COUNT(a)'],
  ])('changes when %s becomes %s', (from, to) => {
    assert.ok(sql.includes(from));
    assert.notDeepEqual(steps(sql.replace(from, to)), steps(sql));
  });
});

describe('the short form', () => {
  it('takes a comment for a name only where it reads as one', () => {
    const short = (comment: string) => {
      const tables = library.tables.map((table) => ({
        ...table,
        columns: table.columns.map((column) => (column.name === 'price' ? { ...column, comment } : column)),
      }));
      const explained = explain('SELECT AVG(price) FROM book', 'sqlite', { ...library, tables });
      return succeeded(explained)
        .edl.short.map(({ text }) => text)
        .join(' ');
    };
    assert.match(short('Shelf price'), /the average of \[Shelf price\]/);
    for (const remark of ['Including tax, in euro', 'in euro', 'What the shop asks for it', 'x'.repeat(31)])
      assert.match(short(remark), /the average of \[price\]/, remark);
  });
});

describe('printing and parsing', () => {
  it.each([
    "SELECT COUNT(DISTINCT a) FROM t WHERE NOT (b = 1 OR c LIKE '%x%')",
    'SELECT "group", "Mixed Case" FROM "Odd Näme" WHERE "quo""te" IN (1, 2)',
    'SELECT a FROM t UNION ALL SELECT b FROM u ORDER BY 1 DESC LIMIT 2 OFFSET 1',
    'SELECT (a + b) * 2 FROM (SELECT 1 AS a, 2 AS b) AS q CROSS JOIN r WHERE a > (SELECT AVG(a) FROM t)',
    "SELECT STRFTIME('%Y-%m', d) AS period, SUM(x) FROM t WHERE EXISTS (SELECT 1 FROM u) GROUP BY STRFTIME('%Y-%m', d)",
  ])('print(parse(sql)) reads the same: %s', (sql) => {
    const parsed = succeeded(parseSql(sql, 'sqlite'));
    assert.equal(canonical(succeeded(parseSql(printSql(parsed, 'sqlite'), 'sqlite'))), canonical(parsed));
  });

  it('writes dates, case-blind patterns and names in the way of each engine', () => {
    const query = succeeded(parseSql("SELECT a FROM t WHERE d >= DATE '2024-01-01' AND n ILIKE '%x%'", 'postgres'));
    assert.equal(printSql(query, 'postgres'), "SELECT a FROM t WHERE d >= DATE '2024-01-01' AND n ILIKE '%x%'");
    assert.equal(printSql(query, 'sqlite'), "SELECT a FROM t WHERE d >= '2024-01-01' AND n LIKE '%x%'");
  });

  it('never throws on text that is no SQL', () => {
    for (const text of ['', 'SELEC', "'", '((((', 'SELECT FROM WHERE', '\u0000', 'DELETE FROM t'])
      assert.equal(parseSql(text, 'sqlite').ok, false, text);
  });
});
