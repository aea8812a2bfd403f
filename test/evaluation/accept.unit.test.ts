import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { type Acceptance, accepts } from '#src/evaluation/accept.ts';

const table = (...rows: Cell[][]): ResultTable => ({
  columns: (rows[0] ?? []).map((_, at) => ({ name: `c${at}`, kind: 'other' })),
  rows,
  cellsCut: false,
  elapsedMs: 0,
});
const isAccepted = (gold: ResultTable, given: ResultTable, more: Partial<Acceptance & { anyForm: number }> = {}) => {
  const { anyForm = 0, extra = false, ordered = false } = more;
  return accepts({ table: gold, anyForm }, given, { extra, ordered });
};

describe('a result is accepted', () => {
  it('with its columns and rows in any order', () => {
    assert.ok(isAccepted(table(['a', 1], ['b', 2]), table([2, 'b'], [1, 'a'])));
    assert.ok(!isAccepted(table(['a', 1], ['b', 2]), table([1, 'b'], [2, 'a'])));
  });

  it('in its order alone, where that counts', () => {
    assert.ok(!isAccepted(table([1], [2]), table([2], [1]), { ordered: true }));
    assert.ok(isAccepted(table([1], [2]), table([1], [2]), { ordered: true }));
  });

  it('with further columns only where they are permitted, never without a required one', () => {
    const wide = table(['a', 1, 7], ['b', 2, 8]);
    assert.ok(!isAccepted(table(['a', 1], ['b', 2]), wide));
    assert.ok(isAccepted(table(['a', 1], ['b', 2]), wide, { extra: true }));
    assert.ok(!isAccepted(wide, table(['a', 1], ['b', 2]), { extra: true }));
  });

  it('with as many rows, repeats counted', () => {
    assert.ok(!isAccepted(table(['a'], ['a']), table(['a']), { extra: true }));
    assert.ok(!isAccepted(table(['a'], ['a'], ['b']), table(['a'], ['b'], ['b'])));
  });

  it('with numbers rounded by half a percent at most, but no count that is off by one', () => {
    assert.ok(isAccepted(table([37.9123]), table([37.91])));
    assert.ok(isAccepted(table([37.9123]), table([38])));
    assert.ok(!isAccepted(table([0.3791]), table([0.4])));
    assert.ok(!isAccepted(table([37.9123]), table([37.93])));
    assert.ok(!isAccepted(table([1_000]), table([1_001])));
    assert.ok(isAccepted(table([23362669.69]), table(['23362669.690000001'])));
  });

  it('with midnight for a day, and 1 for true', () => {
    assert.ok(isAccepted(table(['2026-05-01', true]), table(['2026-05-01T00:00:00', 1])));
    assert.ok(!isAccepted(table(['2026-05-01']), table(['2026-05-01T08:00:00'])));
  });

  it('whatever form a label has, where its form is free, but not without one that tells the rows apart', () => {
    const gold = table(['2026-05', 3], ['2026-06', 3]);
    const free = { anyForm: 1, extra: true };
    assert.ok(isAccepted(gold, table(['May', 3], ['June', 3]), free));
    assert.ok(isAccepted(gold, table([2026, 5, 3], [2026, 6, 3]), free));
    assert.ok(!isAccepted(gold, table([3], [3]), free));
    assert.ok(!isAccepted(gold, table([2026, 3], [2026, 3]), free));
    assert.ok(!isAccepted(gold, table(['May', 3], ['June', 4]), free));
  });

  it('where many columns are alike, and an empty one is not a filled one', () => {
    assert.ok(isAccepted(table([1, 1, 1, 1, 2]), table([2, 1, 1, 1, 1])));
    assert.ok(!isAccepted(table([1]), table()));
  });
});
