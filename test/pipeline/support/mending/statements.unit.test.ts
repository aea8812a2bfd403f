import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { sideBySide } from '#src/pipeline/support/mending/statements.ts';

const mended = (sql: string) => sideBySide(sql, 'postgres');

describe('several statements of one figure each', () => {
  it('are shown side by side, by their own names where each has one', () => {
    assert.equal(
      mended(
        `SELECT COUNT(*) AS this_year FROM notes WHERE issued_on >= '2026-01-01';\n\nSELECT COUNT(*) AS last_year FROM notes WHERE issued_on < '2026-01-01' AND note <> ';';`,
      ),
      `SELECT (SELECT COUNT(*) FROM notes WHERE issued_on >= '2026-01-01') AS this_year, (SELECT COUNT(*) FROM notes WHERE issued_on < '2026-01-01' AND note <> ';') AS last_year`,
    );
    assert.equal(
      mended('SELECT SUM(a) FROM t; SELECT SUM(b) / COUNT(*) AS mean FROM t'),
      'SELECT (SELECT SUM(a) FROM t) AS figure_1, (SELECT SUM(b) / COUNT(*) FROM t) AS figure_2',
    );
  });

  it.each([
    ['there is one', 'SELECT COUNT(*) FROM t;'],
    ['one has several rows', 'SELECT COUNT(*) FROM t; SELECT kind, COUNT(*) FROM t GROUP BY kind'],
    ['one is no figure', 'SELECT COUNT(*) FROM t; SELECT name FROM t'],
    ['one would write', 'SELECT COUNT(*) FROM t; DELETE FROM t'],
    ['there are too many', 'SELECT SUM(a) FROM t; '.repeat(5)],
    ['they cannot be read', "SELECT COUNT(*) FROM t; SELECT 'open"],
  ])('are nothing where %s', (_, sql) => assert.equal(mended(sql), undefined));
});
