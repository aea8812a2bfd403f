import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { lineAndColumn, sayProblem } from '#src/sql/problem.ts';
import { succeeded } from '#test/support/edl-result.ts';
import { library } from './library.ts';

const problemOf = (sql: string, engine: 'sqlite' | 'postgres' | 'mariadb' = 'sqlite') => {
  const explained = explain(sql, engine, library);
  assert.ok(!explained.ok, explained.ok ? explained.value.text : '');
  return explained.problems[0]!;
};

describe('SQL that cannot be explained', () => {
  it.each([
    ['', 'S_EMPTY'],
    ['   -- only a comment', 'S_EMPTY'],
    ['SELECT title FROM book; DROP TABLE book', 'S_SEVERAL'],
    ['DELETE FROM book', 'S_NOT_SELECT'],
    ['PRAGMA user_version', 'S_NOT_SELECT'],
    ['SELEC title FROM book', 'S_NOT_SELECT'],
    ['SELECT FROM WHERE', 'S_SYNTAX'],
    ['SELECT title FROM book WHERE', 'S_SYNTAX'],
    ["SELECT title FROM book WHERE kind = 'open", 'S_SYNTAX'],
    ['SELECT (title FROM book', 'S_SYNTAX'],
    ['SELECT title FROM book )', 'S_SYNTAX'],
  ])('%j is refused with %s', (sql, code) => {
    const problem = problemOf(sql);
    if (code !== 'S_NOT_SELECT' || problem.code !== 'S_SYNTAX')
      assert.ok([code, 'S_SYNTAX'].includes(problem.code), problem.code);
    assert.match(problem.message, /\.$/);
  });

  it('says where', () => {
    const sql = 'SELECT title\nFROM book\nWHERE pages >';
    const problem = problemOf(sql);
    assert.equal(lineAndColumn(sql, problem.at!), 'line 3, column 14');
    assert.equal(
      sayProblem(problem, sql),
      'S_SYNTAX at line 3, column 14: the statement does not parse: the text ends where a value should follow.',
    );
  });

  it('says which quote or comment is left open', () => {
    assert.match(problemOf('SELECT 1 /* open', 'postgres').message, /comment opened by \/\* is never closed/);
    assert.match(problemOf('SELECT $tag$ open', 'postgres').message, /text opened by \$tag\$ is never closed/);
  });

  it('refuses a comment that a MySQL server would run', () => {
    assert.match(problemOf('SELECT 1 /*! + 1 */', 'mariadb').message, /comment that the server would run/);
  });
});

describe('large and odd statements', () => {
  it('takes 200 nested parentheses, and says so when there are far too many', () => {
    const nested = (depth: number) => `SELECT ${'('.repeat(depth)}id + 1${')'.repeat(depth)} FROM book`;
    const { text, certificate } = succeeded(explain(nested(200), 'sqlite', library));
    assert.match(text, /Select \[id\] \+ 1 in #1/);
    assert.ok(certificate.complete);
    assert.match(problemOf(nested(5_000)).message, /nested deeper than/);
  });

  it.each([100, 1_000, 5_000, 50_000])('takes or clearly refuses a sum of %i terms', (terms) => {
    const explained = explain(`SELECT ${'id + '.repeat(terms)}1 FROM book`, 'sqlite', library);
    if (terms <= 1_000) {
      const { text, certificate } = succeeded(explained);
      assert.ok(certificate.complete);
      assert.ok(succeeded(compile(text, { engine: 'sqlite' })).sql.endsWith('id + 1 FROM book'));
    } else if (!explained.ok) assert.match(explained.problems[0]!.message, /nested too deeply/);
    const steps = `#1. Retrieve all rows from the [book] table. #2. Select ${'[id] + '.repeat(terms)}1 in #1.`;
    const compiled = compile(steps, { engine: 'sqlite' });
    if (!compiled.ok) assert.match(compiled.problems[0]!.message, /nested too deeply/);
  });

  it('keeps all 5,000 members of a list', () => {
    const members = Array.from({ length: 5_000 }, (_, at) => at * 7);
    const { text, certificate } = succeeded(explain(`SELECT id FROM book WHERE id IN (${members})`, 'sqlite', library));
    assert.ok(text.includes(`(${members.join(', ')})`));
    assert.ok(certificate.complete);
    assert.match(succeeded(compile(text, { engine: 'sqlite', catalog: library })).sql, /, 34993\)$/);
  });

  it('keeps names with every odd character', () => {
    const odd = [
      'a b',
      'a]b',
      'a[b',
      "a'b",
      'a`b',
      'a.b',
      'a#1.',
      'a{{b}}',
      'ä🛒',
      'select',
      '1',
      '-',
      ':',
      'in #3',
      'a\\b',
      'a\nb',
    ];
    for (const name of odd) {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      const sql = `SELECT ${quoted}, x.${quoted} AS ${quoted} FROM ${quoted} AS x ORDER BY ${quoted}`;
      const { text, certificate } = succeeded(explain(sql, 'postgres'));
      assert.deepEqual(certificate.missing, [], `${name}\n${text}`);
      assert.ok(compile(text, { engine: 'mariadb' }).ok);
    }
  });

  it('is not led astray by comments', () => {
    const sql = "SELECT /* , secret */ title -- FROM author\nFROM book WHERE kind = '/* no comment */ -- nor this'";
    const { text } = succeeded(explain(sql, 'sqlite', library));
    assert.match(text, /\[kind\] equals '\/\* no comment \*\/ -- nor this'/);
    assert.doesNotMatch(text, /secret|author/);
  });

  it('names an ambiguous column', () => {
    const explained = succeeded(explain('SELECT id FROM book JOIN author ON author_id = author.id', 'sqlite', library));
    assert.deepEqual(
      explained.unknown.map(({ code, message }) => [code, message]),
      [['S_COLUMN_AMBIGUOUS', 'id is a column of book and author.']],
    );
  });
});
