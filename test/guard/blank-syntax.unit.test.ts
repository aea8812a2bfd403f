import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { blankSyntax, cteTexts } from '#src/guard/blank-syntax.ts';
import { Refused } from '#src/guard/refused.ts';
import { lexSql } from '#src/sql/reader/lex-sql.ts';

const blanked = (sql: string) => blankSyntax(sql, lexSql(sql, 'sqlite'));

describe('what our reader does not know of SQLite', () => {
  it('is blanked out place for place, and the names in it are handed over', () => {
    const sql = `WITH RECURSIVE n (i, j) AS (SELECT 1, 2 UNION ALL SELECT i + 1, j FROM n WHERE i < 5)
      SELECT sum(i) OVER w FROM (n JOIN orders ON n.i = orders.id) WINDOW w AS (PARTITION BY orders.status ORDER BY amount)`;
    const { text, blanked: names } = blanked(sql);
    assert.equal(text.length, sql.length);
    assert.equal(
      text.replace(/\s+/g, ' ').trim(),
      'WITH n AS (SELECT 1, 2 UNION ALL SELECT i + 1, j FROM n WHERE i < 5) SELECT sum(i) OVER w FROM n JOIN orders ON n.i = orders.id',
    );
    assert.deepEqual([...names.recursive], ['n']);
    assert.deepEqual([...names.columns], [['n', ['i', 'j']]]);
    assert.deepEqual(
      names.windows.columns.filter(({ loose }) => !loose).map(({ path }) => path),
      [['orders', 'status'], ['amount']],
    );
  });

  it('is left alone where there is none of it', () => {
    const sql = 'SELECT id FROM orders WHERE id IN (SELECT 1)';
    assert.equal(blanked(sql).text, sql);
  });

  it('is refused where two WITH queries of one name could not be told apart', () => {
    assert.throws(() => blanked('WITH a (x) AS (SELECT 1), a (y) AS (SELECT 2) SELECT 1'), Refused);
    assert.throws(() => blanked('SELECT 1 WINDOW w AS (ORDER BY x'), Refused);
  });

  it('gives each WITH query as a statement that reads it, after those before it', () => {
    const sql = 'WITH a AS (SELECT 1), b (x) AS (SELECT * FROM a) SELECT * FROM b';
    assert.deepEqual(cteTexts(sql, lexSql(sql, 'sqlite')), [
      { name: 'a', text: 'WITH a AS (SELECT 1) SELECT 1 FROM a' },
      { name: 'b', text: 'WITH a AS (SELECT 1), b (x) AS (SELECT * FROM a) SELECT 1 FROM b' },
    ]);
  });
});
