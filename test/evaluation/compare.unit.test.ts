import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { compareSpider } from '#src/evaluation/compare.ts';

const table = (...rows: Cell[][]): ResultTable => ({
  columns: (rows[0] ?? []).map((_, at) => ({ name: `c${at}`, kind: 'other' })),
  rows,
  cellsCut: false,
  elapsedMs: 0,
});
const equal = (gold: ResultTable, predicted: ResultTable, ordered = false) =>
  compareSpider(gold, predicted, ordered).equal;

describe("Spider's comparison of results", () => {
  it('counts duplicate rows', () => {
    assert.equal(equal(table([1], [1]), table([1])), false);
    assert.equal(equal(table([1], [1], [2]), table([1], [2], [2])), false);
  });
  it('takes columns in any one order for the whole table', () => {
    assert.equal(equal(table([1, 'a'], [2, 'b']), table(['a', 1], ['b', 2])), true);
    assert.equal(equal(table([1, 2], [2, 1]), table([1, 1], [2, 2])), false);
  });
  it('minds the order of rows only where gold sorts', () => {
    assert.equal(equal(table([1], [2]), table([2], [1])), true);
    assert.equal(equal(table([1], [2]), table([2], [1]), true), false);
  });
  it('tells 1 from "1" but not from 1.0, and null from an empty text', () => {
    assert.equal(equal(table([1]), table([1n])), true);
    assert.equal(equal(table([1]), table(['1'])), false);
    assert.equal(equal(table([null]), table([''])), false);
    assert.equal(equal(table([null]), table([null])), true);
    assert.equal(equal(table([0]), table([-0])), true);
  });
  it('finds two empty results equal, whatever their columns', () => {
    assert.equal(equal(table(), table()), true);
    assert.equal(equal(table(), table([1])), false);
  });
  it('sorts out many columns with equal contents', () => {
    const wide = [1, 1, 1, 1, 1, 1, 1, 2];
    assert.equal(equal(table(wide), table([2, 1, 1, 1, 1, 1, 1, 1])), true);
  });
});
