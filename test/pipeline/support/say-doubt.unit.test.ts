import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { sayDoubt } from '#src/pipeline/support/say-doubt.ts';

describe('what a reader may check about a reading', () => {
  it('is the doubt that weighs most of those that can be checked', () => {
    const doubts = [
      { kind: 'further part', about: '' },
      { kind: 'near name', about: 'orders.state' },
      { kind: 'usual column', about: 'orders.placed_on' },
      { kind: 'join', about: 'customers' },
    ] as const;
    assert.equal(sayDoubt(doubts), 'no word names a column for it; orders.placed_on was taken.');
  });

  it('is nothing of what only makes a query longer', () => {
    assert.equal(sayDoubt([{ kind: 'join', about: 'customers' }]), undefined);
    assert.equal(sayDoubt([]), undefined);
  });
});
