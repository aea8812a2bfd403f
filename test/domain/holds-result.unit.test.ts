import assert from 'node:assert/strict';
import { it } from 'vitest';
import { holdsResult } from '#src/domain/holds-result.ts';
import { counted } from '#src/domain/pilot.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';

const table = (...rows: readonly (readonly Cell[])[]): ResultTable => ({
  columns: (rows[0] ?? []).map((_, at) => ({ name: `c${at}`, kind: 'other' })),
  rows,
  cellsCut: false,
  elapsedMs: 0,
});

it.each([
  ['the same', table(['a', 1]), table(['a', 1]), true],
  ['a name beside the number', table(['a', 1], ['b', 2]), table([2], [1]), true],
  ['columns in another order', table(['a', 1]), table([1, 'a']), true],
  ['pairs that belong to other rows', table(['a', 1], ['b', 2]), table(['a', 2], ['b', 1]), false],
  ['a row more', table(['a'], ['b']), table(['a']), false],
  ['another number', table(['a', 1]), table([2]), false],
  ['two columns alike, wanted twice', table([1, 1]), table([1, 1]), true],
  ['one column, wanted twice', table([1, 2]), table([1, 1]), false],
] as const)('a result holds %s: %s', (_, given, wanted, holds) =>
  assert.equal(holdsResult(given, wanted, false), holds),
);

it('minds the order of rows where that was asked for', () => {
  const [given, wanted] = [table(['a'], ['b']), table(['b'], ['a'])];
  assert.deepEqual([holdsResult(given, wanted, false), holdsResult(given, wanted, true)], [true, false]);
});

it('gives a share its interval', () => {
  const { share, from, to } = counted(9, 10);
  assert.deepEqual([share, from.toFixed(3), to.toFixed(3)], [0.9, '0.596', '0.982']);
  assert.deepEqual([counted(0, 0).from, counted(0, 0).to], [0, 1]);
});
