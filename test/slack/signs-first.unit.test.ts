import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { openSignsFirst } from '#src/slack/signs-first.ts';
import { eventually } from '#test/support/wait.ts';

function noting() {
  const woken: string[] = [];
  const signs = openSignsFirst(() => woken.push('woken'));
  return { woken, signs };
}

describe('signs of life before work', () => {
  it('let who works be woken at once where none is on its way', () => {
    const { woken, signs } = noting();
    signs.wake();
    assert.equal(woken.length, 1);
  });

  it('are waited for, all of them, and then who works is woken once', async () => {
    const { woken, signs } = noting();
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    signs.sign(one.promise);
    signs.sign(other.promise);
    signs.wake();
    signs.wake();
    one.resolve();
    await one.promise;
    assert.deepEqual(woken, []);
    other.reject(new Error('Slack did not take it'));
    await eventually('the work to begin', () => woken.length > 0);
    assert.equal(woken.length, 1);
  });

  it('are not waited for where Slack takes none: the work begins all the same', async () => {
    const { woken, signs } = noting();
    signs.sign(new Promise(() => undefined));
    signs.wake();
    assert.deepEqual(woken, []);
    await eventually('the work to begin', () => woken.length > 0);
    signs.wake();
    await eventually('it to be woken again', () => woken.length > 1);
  });
});
