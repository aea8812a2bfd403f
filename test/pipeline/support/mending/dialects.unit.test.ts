import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { inDialect } from '#src/pipeline/support/mending/dialects.ts';

describe('functions of another engine', () => {
  it.each([
    ['YEAR(t.opened_on) = 2026', "CAST(STRFTIME('%Y', t.opened_on) AS INTEGER) = 2026"],
    ["DATE_FORMAT(t.opened_on, '%Y-%m') = '2026-05'", "STRFTIME('%Y-%m', t.opened_on) = '2026-05'"],
    ["TO_CHAR(t.opened_on, 'YYYY') = '2026'", "STRFTIME('%Y', t.opened_on) = '2026'"],
    ['DATEDIFF(t.closed_on, t.opened_on) > 3', 'CAST(JULIANDAY(t.closed_on) - JULIANDAY(t.opened_on) AS INTEGER) > 3'],
    ["DATE_TRUNC('month', t.opened_on) = '2026-05-01'", "DATE(t.opened_on, 'start of month') = '2026-05-01'"],
    ["t.opened_on >= NOW() - INTERVAL '30 days'", "t.opened_on >= DATETIME('now', '-30 days')"],
    ['t.opened_on >= DATE_SUB(CURDATE(), INTERVAL 1 YEAR)', "t.opened_on >= DATE(DATE('now'), '-1 years')"],
    ["t.title ILIKE '%printer%'", "t.title LIKE '%printer%'"],
  ])('are said as SQLite says the same: %s', (where, said) => {
    assert.equal(
      inDialect(`SELECT COUNT(*) FROM tickets AS t WHERE ${where}`, 'sqlite'),
      `SELECT COUNT(*) FROM tickets AS t WHERE ${said}`,
    );
  });

  it('are the texts that SQLite writes where years or months are shown and grouped by', () => {
    assert.equal(
      inDialect(
        'SELECT YEAR(t.opened_on), COUNT(*) FROM tickets AS t WHERE YEAR(t.opened_on) > 2024 GROUP BY YEAR(t.opened_on)',
        'sqlite',
      ),
      "SELECT STRFTIME('%Y', t.opened_on), COUNT(*) FROM tickets AS t WHERE CAST(STRFTIME('%Y', t.opened_on) AS INTEGER) > 2024 GROUP BY STRFTIME('%Y', t.opened_on)",
    );
  });

  it.each([
    ['postgres', 'YEAR(t.opened_on)', 'EXTRACT(YEAR FROM t.opened_on)'],
    ['postgres', "STRFTIME('%Y-%m', t.opened_on)", "TO_CHAR(t.opened_on, 'YYYY-MM')"],
    ['postgres', 'CURDATE()', 'CURRENT_DATE'],
    ['mysql', "STRFTIME('%Y', t.opened_on)", "DATE_FORMAT(t.opened_on, '%Y')"],
    ['mariadb', "DATE_TRUNC('month', t.opened_on)", "CAST(DATE_FORMAT(t.opened_on, '%Y-%m-01') AS DATE)"],
  ] as const)('are said as %s says the same: %s', (engine, written, said) => {
    assert.equal(inDialect(`SELECT ${written} FROM tickets AS t`, engine), `SELECT ${said} FROM tickets AS t`);
  });

  it('are said within others, and where they hold others', () => {
    assert.equal(
      inDialect('SELECT ROUND(AVG(YEAR(CURDATE()) - YEAR(t.opened_on)), 1) FROM tickets AS t', 'sqlite'),
      "SELECT ROUND(AVG(CAST(STRFTIME('%Y', DATE('now')) AS INTEGER) - CAST(STRFTIME('%Y', t.opened_on) AS INTEGER)), 1) FROM tickets AS t",
    );
  });

  it.each([
    ['that the engine has itself', "SELECT STRFTIME('%Y', t.opened_on), COUNT(*) FROM tickets AS t", 'sqlite'],
    ['of a comparison that all have', "SELECT t.id FROM tickets AS t WHERE t.title LIKE '%printer%'", 'sqlite'],
    ['that no engine has', 'SELECT FORTNIGHT(t.opened_on) FROM tickets AS t', 'sqlite'],
    ['that the engine has no words for', 'SELECT MONTHNAME(t.opened_on) FROM tickets AS t', 'sqlite'],
    ['in what cannot be read', 'SELECT YEAR(t.opened_on FROM tickets', 'sqlite'],
  ] as const)('stay as they are: one %s', (_, sql, engine) => {
    assert.equal(inDialect(sql, engine), undefined);
  });
});
