import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { openNovelty, saysLiterals, screenResult } from '#src/explore/screen.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';

const table = (rows: readonly (readonly Cell[])[], truncated?: 'rows'): ResultTable => ({
  columns: [],
  rows,
  cellsCut: false,
  elapsedMs: 1,
  ...(truncated ? { truncated } : {}),
});
const query = (sql: string) => {
  const parsed = parseSql(sql, 'sqlite');
  assert.ok(parsed.ok);
  return parsed.value;
};

describe('what came of a query', () => {
  it.each([
    [table([]), 'empty'],
    [table([[0]]), 'empty'],
    [table([[null], [null]]), 'constant'],
    [table([['a'], ['a']]), 'constant'],
    [table([['a'], ['b']], 'rows'), 'too many rows'],
    [table([['a'], ['b']]), undefined],
    [table([[7]]), undefined],
  ] as const)('%j: %s', (result, said) => assert.equal(screenResult(result, false), said));

  it('may have any number of rows where it is a plain list', () =>
    assert.equal(screenResult(table([['a'], ['b']], 'rows'), true), undefined));
});

describe('the literals of a query', () => {
  it.each([
    ["SELECT a FROM t WHERE b = 'Oslo'", 'Which are in oslo?', true],
    ["SELECT a FROM t WHERE b = 'USA'", 'Which are North American?', false],
    ["SELECT a FROM t WHERE b LIKE '%gold%'", 'Which contain gold?', true],
    ["SELECT a FROM t WHERE d >= '2024-03-01' AND d < '2024-04-01'", 'Which are of March 2024?', true],
    ["SELECT a FROM t WHERE d >= '2024-03-01'", 'Which are of March?', false],
  ] as const)('%s is asked for by “%s”: %s', (sql, question, all) =>
    assert.equal(saysLiterals(query(sql), question), all),
  );
});

it('keeps three queries of one skeleton over the same columns, and each question once', () => {
  const { isNew } = openNovelty();
  const tried = ['one', 'two', 'Two', 'three', 'four'].map((question) => isNew('s', ['t.a', 't.b'], question));
  assert.deepEqual(tried, [true, true, false, true, false]);
  assert.ok(isNew('s', ['t.a'], 'five'));
  assert.ok(isNew('other', ['t.a', 't.b'], 'six'));
});
