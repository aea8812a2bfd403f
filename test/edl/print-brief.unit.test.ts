import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { compile } from '#src/edl/compile.ts';
import { edlGrammar } from '#src/edl/edl-grammar.ts';
import { explain } from '#src/edl/explain.ts';
import { isMend } from '#src/edl/mend.ts';
import { briefEdl } from '#src/edl/print-brief.ts';
import { bareCatalog } from '#test/support/catalogs.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { readGbnf } from '#test/support/gbnf.ts';

const books = bareCatalog('books', [
  'author: id, name, country',
  'Book: id, author_id, Title, kind, publisher, sold, sold_on',
]);
const options = { engine: 'sqlite', catalog: books } as const;
const { admits } = readGbnf(edlGrammar(books.tables) ?? '');
const briefOf = (sql: string) => briefEdl(succeeded(explain(sql, 'sqlite', books)).edl.steps, books);

const QUERIES = [
  'SELECT name FROM author',
  "SELECT DISTINCT a.name, COUNT(DISTINCT b.publisher) FROM author AS a JOIN book AS b ON b.author_id = a.id WHERE b.kind = 'novel' GROUP BY a.id, a.name HAVING COUNT(*) >= 2 ORDER BY SUM(b.sold) DESC LIMIT 3",
  'SELECT title FROM book WHERE sold > (SELECT AVG(sold) FROM book)',
  "SELECT name FROM author WHERE id NOT IN (SELECT author_id FROM book WHERE title LIKE '%the result of #2%')",
  "SELECT country FROM author EXCEPT SELECT publisher FROM book WHERE kind <> 'is greater than'",
  'SELECT a.name FROM author AS a LEFT JOIN book AS b ON b.author_id = a.id WHERE b.id IS NULL',
  'SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM book GROUP BY author_id) AS counts',
];

describe('steps in the brief way', () => {
  it('are as the prompt for EDL shows them, with names as the catalog spells them', () => {
    assert.equal(
      briefOf('SELECT title FROM book WHERE sold > (SELECT AVG(sold) FROM book)'),
      [
        '#1. From [Book].',
        '#2. From [Book].',
        '#3. Select average of [sold] in #2.',
        '#4. Keep rows of #1 where [sold] > #3.',
        '#5. Select [Title] in #4.',
      ].join('\n'),
    );
  });

  it.each(QUERIES)('are the same query again, without a mend: %s', (sql) => {
    const canonical = succeeded(compile(succeeded(explain(sql, 'sqlite', books)).text, options));
    const brief = compile(briefOf(sql), options);
    assert.equal(succeeded(brief).sql.toLowerCase(), canonical.sql.toLowerCase());
    assert.deepEqual(brief.ok && brief.warnings.filter(isMend), []);
  });

  it.each(QUERIES.slice(0, 6))('are of the grammar that replies are held to: %s', (sql) => {
    assert.ok(admits(`\`\`\`\n${briefOf(sql)}\n\`\`\``), briefOf(sql));
  });

  it('leave what stands in quotes and names as it is', () => {
    assert.match(briefOf(QUERIES[4]!), /\[kind\] <> 'is greater than'/);
    assert.match(briefOf(QUERIES[3]!), /contains 'the result of #2'/);
  });
});
