import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Engine } from '#src/domain/catalog.ts';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { parseEdl } from '#src/edl/parse-edl.ts';
import { printBody } from '#src/edl/print-edl.ts';
import { canonical } from '#src/sql/query-ir.ts';
import { holdsVerbatim } from '#src/sql/reader/parse-sql.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { library } from './library.ts';

const catalogOn = (engine: Engine) => ({ ...library, engine });

/** Statements that EDL has words for, each with a turn of its own. */
const SPOKEN: Readonly<Record<'sqlite' | 'postgres' | 'mariadb', readonly string[]>> = {
  sqlite: [
    'SELECT 1',
    'SELECT * FROM book',
    'SELECT b.* FROM book AS b',
    "SELECT title FROM book WHERE kind = 'it''s' AND title <> '%_\\'",
    'SELECT DISTINCT kind FROM book ORDER BY kind DESC LIMIT 3 OFFSET 2',
    'SELECT title FROM book LIMIT 2, 5',
    'SELECT title FROM book LIMIT -1 OFFSET 4',
    'SELECT COUNT(*), COUNT(1), COUNT(DISTINCT kind), SUM(price * pages) FROM book',
    'SELECT kind, COUNT(*) AS n FROM book GROUP BY kind HAVING n > 1 ORDER BY n DESC, 1',
    'SELECT kind FROM book GROUP BY 1 ORDER BY COUNT(*) DESC',
    'SELECT MAX(price, pages) FROM book',
    'SELECT a.name FROM author a, book b WHERE a.id = b.author_id',
    'SELECT name FROM author LEFT JOIN book USING (id)',
    'SELECT a.name FROM author a NATURAL JOIN loan',
    'SELECT a.name FROM author a CROSS JOIN book b LEFT OUTER JOIN loan l ON l.book_id = b.id AND l.due IS NULL',
    'SELECT name FROM author WHERE id IN (SELECT author_id FROM book WHERE pages > (SELECT AVG(pages) FROM book))',
    'SELECT name FROM author a WHERE NOT EXISTS (SELECT 1 FROM book b WHERE b.author_id = a.id)',
    'SELECT name, (SELECT COUNT(*) FROM book b WHERE b.author_id = a.id) AS books FROM author a ORDER BY books DESC',
    'SELECT name FROM author UNION ALL SELECT title FROM book EXCEPT SELECT country FROM author ORDER BY 1 LIMIT 9',
    'SELECT t.k FROM (SELECT kind AS k, COUNT(*) AS n FROM book GROUP BY kind) AS t WHERE t.n = (SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM book GROUP BY kind))',
    'SELECT kind, pages FROM (SELECT kind, pages FROM book)',
    'SELECT n FROM (WITH k AS (SELECT COUNT(*) AS n FROM book) SELECT n FROM k) AS t WHERE n > 1',
    'WITH k AS (SELECT kind, COUNT(*) AS n FROM book GROUP BY kind), m AS (SELECT MAX(n) AS n FROM k) SELECT kind FROM k, m WHERE k.n = m.n',
    "SELECT CASE WHEN pages > 500 THEN 'long' WHEN pages IS NULL THEN NULL ELSE 'short' END AS size FROM book",
    "SELECT CASE kind WHEN 'novel' THEN 1 ELSE 0 END FROM book",
    "SELECT IIF(price > 5, 'dear', 'cheap'), SUM(kind = 'novel'), COUNT(CASE WHEN price > 5 THEN id END) FROM book",
    "SELECT CAST(SUM(CASE WHEN kind = 'novel' THEN 1 ELSE 0 END) AS REAL) * 100 / COUNT(*) AS share FROM book",
    'SELECT a - (b - c) - d * (e + f) / -g FROM t',
    "SELECT STRFTIME('%Y-%m', sold_on) AS month, SUM(price) FROM book WHERE STRFTIME('%Y', sold_on) = '2024' GROUP BY month",
    "SELECT CAST(STRFTIME('%Y', 'now') AS INTEGER) - CAST(STRFTIME('%Y', sold_on) AS INTEGER) FROM book",
    "SELECT title FROM book WHERE sold_on >= DATE('now', '-7 days') AND sold_on < DATE('now', 'start of month', '+1 month')",
    "SELECT CAST(JULIANDAY('now') - JULIANDAY(sold_on) AS INTEGER) FROM book",
    "SELECT SUBSTR(title, 2), SUBSTR(title, 1, 3) || '…' FROM book",
    "SELECT title FROM book WHERE NOT (pages BETWEEN 1 AND 9 OR kind LIKE '%x%') AND kind NOT IN ('a', 'b')",
    "SELECT title FROM book WHERE kind IS NOT 'a' AND (price IS TRUE OR pages NOTNULL)",
    'SELECT RANK() OVER (PARTITION BY kind ORDER BY price DESC) AS place, LAG(price, 1, 0) OVER (ORDER BY id) FROM book',
    "SELECT GROUP_CONCAT(title, '; ') FROM book",
    'SELECT title FROM book ORDER BY price NULLS LAST, CASE WHEN kind IS NULL THEN 1 ELSE 0 END',
    'SELECT "title" FROM "book" WHERE "kind" = "novel" AND [pages] > 1 AND `price` > 2',
    'SELECT "odd ]name", "a.b", t."c.d" FROM "odd "" table" AS t',
    'SELECT COUNT(*) FILTER (WHERE pages > 1) FROM book',
    'SELECT -id, - (price), +pages, 1e3, .5 FROM book',
    'SELECT (((title))) FROM book /* comment */ WHERE 1 -- trailing',
  ],
  postgres: [
    "SELECT title FROM book WHERE sold_on >= CURRENT_DATE - INTERVAL '30 days' AND sold_on < '2024-01-01'::date",
    "SELECT DATE_TRUNC('month', sold_on) AS m, COUNT(*) FROM book GROUP BY m ORDER BY m DESC NULLS LAST",
    'SELECT EXTRACT(YEAR FROM sold_on), EXTRACT(DOW FROM sold_on), EXTRACT(EPOCH FROM sold_on) FROM book',
    "SELECT title FROM book WHERE title ILIKE '%sea%' AND kind IS DISTINCT FROM 'x'",
    'SELECT COUNT(*)::float / NULLIF(COUNT(DISTINCT kind), 0), ROUND(AVG(price)::numeric, 2) FROM book',
    "SELECT TO_CHAR(sold_on, 'YYYY-MM') FROM book",
    'SELECT name FROM author WHERE id = ANY (SELECT author_id FROM book) AND id > ALL (SELECT book_id FROM loan)',
    'SELECT "title", Kind FROM public.book FETCH FIRST 3 ROWS ONLY',
    "SELECT STRING_AGG(title, ', ') FROM book",
  ],
  mariadb: [
    "SELECT DATE_FORMAT(sold_on, '%Y-%m') AS m FROM book WHERE sold_on > CURDATE() - INTERVAL 7 DAY GROUP BY m",
    'SELECT DATE_SUB(NOW(), INTERVAL 1 MONTH), DATEDIFF(NOW(), sold_on), TIMESTAMPDIFF(MONTH, sold_on, NOW()) FROM book',
    "SELECT CONCAT(title, ' (', kind, ')'), CHAR_LENGTH(title) FROM book WHERE kind = \"novel\" && pages > 1",
    'SELECT IF(price > 5, 1, 0), IFNULL(price, 0), YEAR(sold_on), `price` % 2 FROM book',
    "SELECT GROUP_CONCAT(DISTINCT title SEPARATOR '; ') FROM book WHERE title = 'it\\'s'",
    'SELECT 1 + 1 FROM DUAL',
  ],
};

describe.each(['sqlite', 'postgres', 'mariadb'] as const)('what is explained on %s is compiled again', (engine) => {
  it.each(SPOKEN[engine])('%s', (sql) => {
    const { text, certificate, query } = succeeded(explain(sql, engine, undefined));
    assert.deepEqual(certificate.missing, []);
    assert.ok(certificate.complete);
    assert.equal(holdsVerbatim(query), false, text);
    const compiled = succeeded(compile(text, { engine }));
    // The statement made of the explanation is explained alike.
    assert.equal(succeeded(explain(compiled.sql, engine)).text, text);
  });

  it('resolves names against a catalog the same way on both sides', () => {
    for (const sql of SPOKEN[engine]) {
      const explained = succeeded(explain(sql, engine, catalogOn(engine)));
      if (explained.unknown.length) continue;
      assert.ok(explained.certificate.complete, `${sql}\n${explained.text}\n${explained.certificate.missing}`);
    }
  });

  it('prints canonical text that reads back as itself', () => {
    for (const sql of SPOKEN[engine]) {
      const { text } = succeeded(explain(sql, engine));
      for (const step of succeeded(parseEdl(text)).steps) {
        const again = succeeded(
          parseEdl(`#${step.number}. ${/^Run/.test(text) ? 'Run as written: ' : ''}${printBody(step.body)}`),
        );
        assert.equal(canonical(again.steps[0]!.body), canonical(step.body));
      }
    }
  });
});

describe('what has no words', () => {
  it.each([
    ['sqlite', "SELECT title FROM book WHERE title GLOB 'A*' AND pages > 3", "title GLOB 'A*'"],
    [
      'sqlite',
      'SELECT SUM(price) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM book',
      'ROWS BETWEEN',
    ],
    ['sqlite', "SELECT json_extract(title, '$.a') FROM book", "json_extract(title, '$.a')"],
    ['sqlite', "SELECT title FROM book WHERE title LIKE 'a!%' ESCAPE '!'", "ESCAPE '!'"],
    ['sqlite', 'SELECT title FROM book WHERE (id, pages) IN (SELECT id, pages FROM book)', '(id, pages)'],
    [
      'sqlite',
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n',
      'RECURSIVE',
    ],
    ['sqlite', 'VALUES (1), (2)', 'VALUES'],
    ['postgres', "SELECT payload ->> 'a' FROM book WHERE title ~ '^a'", "payload ->> 'a'"],
    ['postgres', 'SELECT DISTINCT ON (kind) title FROM book', 'DISTINCT ON'],
    ['postgres', 'SELECT kind, COUNT(*) FROM book GROUP BY ROLLUP (kind)', 'ROLLUP (kind)'],
    [
      'postgres',
      'SELECT x.n FROM author a, LATERAL (SELECT COUNT(*) AS n FROM book b WHERE b.author_id = a.id) x',
      'LATERAL',
    ],
    ['postgres', 'SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY price) FROM book', 'WITHIN GROUP'],
    ['mariadb', "SELECT title FROM book WHERE title REGEXP '^A'", "REGEXP '^A'"],
    ['mariadb', 'SELECT kind FROM book GROUP BY kind WITH ROLLUP', 'WITH ROLLUP'],
  ] as const)('%s quotes it: %s', (engine, sql, quoted) => {
    const { edl, text, certificate } = succeeded(explain(sql, engine));
    assert.ok(text.includes(quoted), text);
    assert.ok(edl.steps.some((step) => step.verbatim));
    assert.deepEqual(certificate.missing, []);
    const compiled = succeeded(compile(text, { engine }));
    assert.ok(compiled.sql.includes(quoted), compiled.sql);
    const other = engine === 'postgres' ? 'sqlite' : 'postgres';
    const refused = compile(text, { engine: other, verbatimEngine: engine });
    assert.equal(refused.ok ? '' : refused.problems[0]!.code, 'E_VERBATIM_DIALECT');
  });
});

describe('the certificate', () => {
  it('names the step and the place of every part', () => {
    const sql = "SELECT DISTINCT title FROM book WHERE kind = 'novel' ORDER BY pages DESC LIMIT 3 OFFSET 1";
    const { certificate } = succeeded(explain(sql, 'sqlite', library));
    const told = certificate.entries.map(({ kind, step, span }) => [
      kind,
      step,
      span && sql.slice(span.start, span.end),
    ]);
    assert.deepEqual(
      told
        .filter(([kind]) => kind !== 'item' && kind !== 'subquery')
        .sort((a, b) => String(a).localeCompare(String(b))),
      [
        ['column', 2, 'kind'],
        ['column', 3, 'pages'],
        ['column', 5, 'title'],
        ['distinct', 5, sql],
        ['limit', 4, 'LIMIT 3 OFFSET 1'],
        ['literal', 2, "'novel'"],
        ['offset', 4, 'LIMIT 3 OFFSET 1'],
        ['operator', 2, "kind = 'novel'"],
        ['order key', 3, 'pages DESC'],
        ['table', 1, 'book'],
      ],
    );
  });

  it('is kept by an explanation of names that no catalog knows, and says so', () => {
    const { unknown } = succeeded(explain('SELECT titel FROM boks', 'sqlite', library));
    assert.deepEqual(
      unknown.map(({ code, suggestion }) => [code, suggestion]),
      [['S_TABLE_UNKNOWN', 'Did you mean book?']],
    );
  });

  it('is refused where a nested common table would hide a table of the same name', () => {
    const sql = 'SELECT title FROM book WHERE id IN (WITH book AS (SELECT 1 AS id) SELECT id FROM book)';
    const { certificate } = succeeded(explain(sql, 'sqlite', library));
    assert.equal(certificate.complete, false);
    assert.deepEqual(certificate.missing, ['The steps, read back, do not give the same query.']);
  });

  it('takes a double-quoted name that no table has for the text that SQLite takes it for', () => {
    const { text } = succeeded(
      explain('SELECT title FROM book WHERE kind = "novel" AND "pages" > 3', 'sqlite', library),
    );
    assert.match(text, /\[kind\] equals 'novel' and \[pages\] is greater than 3/);
  });
});
