import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { shifted, shiftOf } from '#src/evaluation/shift-confidence.ts';

const judged = (right: number, of: number, confidence = 0.8) =>
  Array.from({ length: of }, (_, at) => ({ confidence, right: at < right }));

describe('the shift of a database’s confidences', () => {
  it('is none where what was said is true, and none without answers', () => {
    assert.ok(Math.abs(shiftOf(judged(80, 100), 1)) < 1e-6);
    assert.equal(shiftOf([], 1), 0);
  });

  it('goes towards what its answers show, the farther the more they are', () => {
    const [few, many] = [shiftOf(judged(1, 2), 0.5), shiftOf(judged(200, 400), 0.5)];
    assert.ok(many < few && few < 0);
    assert.ok(Math.abs(shifted(0.8, few) - 0.8) < 0.06);
    assert.ok(shifted(0.8, many) < 0.55);
  });

  it('takes a confidence of 1 for nearly sure', () => assert.ok(Number.isFinite(shiftOf(judged(0, 5, 1), 1))));
});
