import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { COMPARISONS, type Comparison, equalBy } from '#src/evaluation/comparisons.ts';

/** A table whose first row names its columns. */
const table = ([names, ...rows]: readonly (readonly Cell[])[]): ResultTable => ({
  columns: names!.map((name) => ({ name: String(name), kind: 'text' })),
  rows,
  cellsCut: false,
  elapsedMs: 0,
});

type Rows = readonly (readonly Cell[])[];
interface Case {
  readonly of: string;
  readonly gold: Rows;
  readonly predicted: Rows;
  /** By which the two are equal. */
  readonly by: readonly Comparison[];
  readonly sql?: string;
  readonly asksOrder?: boolean;
}

const [A, B] = [
  ['a', 'b'],
  ['b', 'a'],
];

describe('two results are equal', () => {
  it.each<Case>([
    { of: 'the same rows', gold: [A, [1, 2]], predicted: [A, [1, 2]], by: COMPARISONS },
    { of: 'other values', gold: [A, [1, 2]], predicted: [A, [1, 3]], by: [] },
    { of: 'a row that occurs twice', gold: [A, [1, 2]], predicted: [A, [1, 2], [1, 2]], by: ['bird', 'sql-eval'] },
    {
      of: 'columns the other way round, their names too',
      gold: [A, [1, 2]],
      predicted: [B, [2, 1]],
      by: ['spider', 'sql-eval'],
    },
    {
      of: 'columns the other way round under other names',
      gold: [A, [1, 2]],
      predicted: [
        ['x', 'y'],
        [2, 1],
      ],
      by: ['spider', 'sql-eval'],
    },
    {
      of: 'a column more',
      gold: [['a'], [1], [2]],
      predicted: [
        ['x', 'a'],
        [7, 1],
        [8, 2],
      ],
      by: ['sql-eval'],
    },
    { of: 'a column less', gold: [A, [1, 2]], predicted: [['a'], [1]], by: [] },
    { of: 'rows in another order', gold: [['a'], [1], [2]], predicted: [['a'], [2], [1]], by: COMPARISONS },
    {
      of: 'rows in another order than the gold query sorts by',
      gold: [['a'], [1], [2]],
      predicted: [['a'], [2], [1]],
      sql: 'SELECT a FROM t ORDER BY a',
      by: ['bird', 'sql-eval'],
    },
    {
      of: 'rows in another order than the question asks for',
      gold: [['a'], [1], [2]],
      predicted: [['a'], [2], [1]],
      asksOrder: true,
      by: ['spider', 'bird'],
    },
    { of: 'nothing on either side', gold: [['a']], predicted: [['b']], by: COMPARISONS },
    { of: 'nothing on either side, of another width', gold: [['a']], predicted: [A], by: ['spider', 'bird'] },
    { of: 'whole numbers as decimals', gold: [['a'], [1]], predicted: [['a'], [1.0]], by: COMPARISONS },
    { of: 'a number as a text', gold: [['a'], [1]], predicted: [['a'], ['1']], by: [] },
    { of: 'a last digit', gold: [['a'], [0.1 + 0.2]], predicted: [['a'], [0.3]], by: ['sql-eval'] },
    { of: 'nothing known', gold: [['a'], [null]], predicted: [['a'], [null]], by: COMPARISONS },
    { of: 'cells paired otherwise', gold: [A, [1, 2], [3, 4]], predicted: [A, [1, 4], [3, 2]], by: [] },
  ])('$of: by $by', ({ gold, predicted, by, sql = 'SELECT a FROM t', asksOrder = false }) => {
    const answer = { sql, table: table(gold), asksOrder };
    assert.deepEqual(
      COMPARISONS.filter((one) => equalBy(one, answer, table(predicted))),
      by,
    );
  });
});
