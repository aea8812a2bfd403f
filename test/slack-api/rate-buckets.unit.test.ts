import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { openRateBuckets, type RateBuckets } from '#src/slack-api/rate-buckets.ts';
import { type Rates, SLACK_RATES } from '#src/slack-api/rates.ts';

/** A clock that goes on by what is waited for, the soonest first. */
function virtualClock() {
  let time = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ at: time + ms, wake })),
    /** Goes on until nobody waits. */
    async run() {
      for (;;) {
        for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
        const next = sleepers.sort((one, other) => one.at - other.at).shift();
        if (!next) return;
        time = next.at;
        next.wake();
      }
    },
  };
}

type Wanted = readonly [method: string, channel?: string];

/** When each of these calls is made, all of them wanted at once. */
function called(buckets: RateBuckets, now: () => number, calls: readonly Wanted[]) {
  const made: [name: string, at: number][] = [];
  for (const [method, channel] of calls)
    void buckets
      .turn(method, channel)
      .then(() => made.push([channel === undefined ? method : `${method} ${channel}`, now()]));
  return made;
}

const many = (count: number, ...call: Wanted): readonly Wanted[] => Array.from({ length: count }, () => call);
const RATES: Rates = { post: { everyMs: 1_000, burst: 2, each: 'channel' }, look: { everyMs: 100, burst: 1 } };

describe('calls of a bucket', () => {
  it('are made in their order, a burst at once and then one in its time; none is lost', async () => {
    const clock = virtualClock();
    const made = called(openRateBuckets(RATES, clock), clock.now, many(5, 'post', 'C1'));
    await clock.run();
    assert.deepEqual(
      made.map(([, at]) => at),
      [0, 0, 1_000, 2_000, 3_000],
    );
  });

  it('wait for no other conversation and no other method', async () => {
    const clock = virtualClock();
    const wanted = [...many(4, 'post', 'C1'), ['post', 'C2'], ['look', 'C1'], ['unnamed', 'C1']] as const;
    const made = called(openRateBuckets(RATES, clock), clock.now, wanted);
    await clock.run();
    assert.deepEqual(made.flatMap(([name, at]) => (at === 0 ? [name] : [])).sort(), [
      'look C1',
      'post C1',
      'post C1',
      'post C2',
      'unnamed C1',
    ]);
  });

  it('wait as long as Slack says, those in the line too, and none that comes after is made sooner', async () => {
    const clock = virtualClock();
    const buckets = openRateBuckets(RATES, clock);
    await Promise.all(many(2, 'post', 'C1').map((call) => buckets.turn(...call)));
    const inLine = called(buckets, clock.now, [['post', 'C1']]);
    buckets.pause('post', 'C1', 30_000);
    const later = called(buckets, clock.now, [
      ['post', 'C1'],
      ['post', 'C2'],
    ]);
    await clock.run();
    assert.deepEqual(inLine, [['post C1', 30_000]]);
    assert.deepEqual(later, [
      ['post C2', 0],
      ['post C1', 30_000],
    ]);
  });

  it('are paused by Slack’s word where no rate of them is known', async () => {
    const clock = virtualClock();
    const buckets = openRateBuckets({}, clock);
    buckets.pause('odd', undefined, 5_000);
    const made = called(buckets, clock.now, many(2, 'odd'));
    await clock.run();
    assert.deepEqual(made, [
      ['odd', 5_000],
      ['odd', 5_000],
    ]);
  });

  it('may be a burst again after a rest', async () => {
    const clock = virtualClock();
    const buckets = openRateBuckets(RATES, clock);
    called(buckets, clock.now, many(3, 'post', 'C1'));
    void clock.sleep(10_000);
    await clock.run();
    const made = called(buckets, clock.now, many(2, 'post', 'C1'));
    await clock.run();
    assert.deepEqual(
      made.map(([, at]) => at),
      [10_000, 10_000],
    );
  });
});

describe('the rates of Slack', () => {
  it('let one message a second into a conversation, each conversation by itself', () => {
    const rate = SLACK_RATES['chat.postMessage'];
    assert.deepEqual([rate?.everyMs, rate?.each], [1_000, 'channel']);
  });
});
