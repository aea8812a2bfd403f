import assert from 'node:assert/strict';
import { it } from 'vitest';
import { wilson } from '#src/domain/wilson.ts';

it.each([1, 3, 10, 97])('the interval of all of %d, and of none, holds the share itself', (n) => {
  assert.equal(wilson(n, n)[1], 1);
  assert.equal(wilson(0, n)[0], 0);
});

it('the interval of 8 of 10 is that of the books', () => {
  const [low, high] = wilson(8, 10);
  assert.deepEqual([Math.round(low * 1_000), Math.round(high * 1_000)], [490, 943]);
});
