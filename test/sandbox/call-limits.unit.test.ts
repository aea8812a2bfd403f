import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { openCallLimits } from '#src/sandbox/call-limits.ts';
import { openRateBuckets } from '#src/slack-api/rate-buckets.ts';
import { SLACK_RATES } from '#src/slack-api/rates.ts';

/** A clock that goes on by itself whenever somebody sleeps. */
function virtualClock() {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

describe('the limits of calls', () => {
  it('take a burst, then as many as come evenly, and say how long to wait', () => {
    let now = 0;
    const limits = openCallLimits(() => now, { post: { everyMs: 1_000, burst: 3, each: 'channel' } });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => limits.take('post', 'C1')),
      [undefined, undefined, undefined, 1],
    );
    assert.equal(limits.take('post', 'C2'), undefined);
    assert.equal(limits.take('other', 'C1'), undefined);
    now = 1_000;
    assert.equal(limits.take('post', 'C1'), undefined);
    assert.equal(limits.take('post', 'C1'), 1);
    now = 60_000;
    assert.equal(limits.take('post', 'C1'), undefined);
  });

  it('take all that the bot’s own buckets let through', async () => {
    const clock = virtualClock();
    const buckets = openRateBuckets(SLACK_RATES, clock);
    const limits = openCallLimits(clock.now);
    const refused: string[] = [];
    for (let nth = 0; nth < 300; nth += 1)
      for (const method of ['chat.postMessage', 'chat.update', 'chat.startStream', 'users.info']) {
        const channel = `C${nth % 2}`;
        await buckets.turn(method, channel);
        if (limits.take(method, channel) !== undefined) refused.push(`${method} ${nth}`);
      }
    assert.deepEqual(refused, []);
    assert.ok(clock.now() > 60_000, 'it had to wait');
  });
});
