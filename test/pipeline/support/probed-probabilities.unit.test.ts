import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseScore } from '#src/domain/schema-slice.ts';
import type { DatabaseProbe } from '#src/domain/trace.ts';
import { probedProbabilities } from '#src/pipeline/support/probed-probabilities.ts';

const scores = (probabilities: Readonly<Record<string, number>>): readonly DatabaseScore[] =>
  Object.entries(probabilities).map(([databaseId, probability]) => ({
    databaseId,
    probability,
    score: 0,
    tables: [],
    evidence: [],
  }));
const probe = (databaseId: string, found?: 'rows' | 'nothing', unread = 0, explained = 2): DatabaseProbe => ({
  databaseId,
  unread,
  explained,
  ...(found ? { found } : {}),
});
const after = (probabilities: Readonly<Record<string, number>>, ...probes: readonly DatabaseProbe[]) =>
  probedProbabilities(scores(probabilities), probes).map(
    ({ databaseId, probability }) => [databaseId, probability] as const,
  );
const sum = (all: readonly (readonly [string, number])[]) => all.reduce((total, [, one]) => total + one, 0);

describe('probabilities of databases that were probed', () => {
  it('stay what they are where none was', () => {
    assert.deepEqual(after({ a: 0.6, b: 0.4 }), [
      ['a', 0.6],
      ['b', 0.4],
    ]);
  });

  it('rise for one from which alone something came back, and fall where others have as much', () => {
    const [alone] = after({ a: 0.5, b: 0.4, c: 0.1 }, probe('a', 'rows'), probe('b', 'nothing'));
    const [both] = after({ a: 0.5, b: 0.4, c: 0.1 }, probe('a', 'rows'), probe('b', 'rows'));
    assert.ok(alone && both && alone[0] === 'a' && both[0] === 'a');
    assert.ok(alone[1] > 0.7 && both[1] < 0.6, `${alone[1]} ${both[1]}`);
  });

  it('leave what was known before the question as it was: a habit is not doubted for what two have', () => {
    const probes = [probe('a', 'rows'), probe('b', 'rows')];
    const prior = new Map([['a', 1.5]]);
    const share = 1 / (1 + Math.exp(-1.5));
    const [first] = probedProbabilities(scores({ a: share, b: 1 - share }), probes, { prior });
    assert.equal(first?.databaseId, 'a');
    assert.ok(Math.abs(first.probability - share) < 0.02, `${first.probability}`);
    const [doubted] = probedProbabilities(scores({ a: share, b: 1 - share }), probes);
    assert.ok(doubted && doubted.probability < share - 0.05);
  });

  it('put one first over which the whole question is read, before one that leaves words unread', () => {
    const [first] = after({ a: 0.5, b: 0.45 }, probe('a', undefined, 3), probe('b', 'rows'));
    assert.equal(first?.[0], 'b');
  });

  it('together keep what they had together, and descend, whatever came back', () => {
    for (const found of [undefined, 'rows', 'nothing'] as const)
      for (const before of [
        { a: 0.5, b: 0.3, c: 0.1 },
        { a: 0.4, b: 0.4, c: 1e-12 },
        { a: 0.02, b: 0.01, c: 0.01 },
      ]) {
        const made = after(before, probe('a', found, 2), probe('b', 'rows'), probe('c', found));
        assert.ok(Math.abs(sum(made) - Object.values(before).reduce((x, y) => x + y, 0)) < 1e-9);
        for (const [at, [, one]] of made.entries()) assert.ok(one <= (made[at - 1]?.[1] ?? 1) + 1e-12);
      }
  });
});
