import type { Rate, Rates } from './rates.ts';

/** Calls in the order that they come, one bucket a method, or a method and a conversation. */
export interface RateBuckets {
  /** Resolves once a call may be made. None is turned away: each waits for its turn. */
  turn(method: string, channel?: string): Promise<void>;
  /** Slack said to wait: no call of the bucket is made before. */
  pause(method: string, channel: string | undefined, ms: number): void;
}

export interface BucketClock {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

interface Bucket {
  /** When the next call would be due if calls came evenly. */
  due: number;
  pausedUntil: number;
  /** Those that wait, as one line. */
  line: Promise<void>;
  waiting: number;
}

/** A bucket that rests is let go of where there are so many. */
const MOST = 1_000;

export function openRateBuckets(rates: Rates, { now, sleep }: BucketClock): RateBuckets {
  const buckets = new Map<string, Bucket>();
  const keyOf = (method: string, channel: string | undefined) =>
    rates[method]?.each === 'channel' ? `${method} ${channel ?? ''}` : method;

  function bucketOf(key: string): Bucket {
    const known = buckets.get(key);
    if (known) return known;
    if (buckets.size >= MOST)
      for (const [other, { due, pausedUntil, waiting }] of buckets)
        if (!waiting && Math.max(due, pausedUntil) <= now()) buckets.delete(other);
    const fresh: Bucket = { due: 0, pausedUntil: 0, line: Promise.resolve(), waiting: 0 };
    buckets.set(key, fresh);
    return fresh;
  }

  /** A pause may come while it waits: it looks again. */
  async function wait(bucket: Bucket, rate: Rate | undefined): Promise<void> {
    for (;;) {
      const spared = rate ? bucket.due - (rate.burst - 1) * rate.everyMs : 0;
      const ms = Math.max(spared, bucket.pausedUntil) - now();
      if (ms <= 0) break;
      await sleep(ms);
    }
    if (rate) bucket.due = Math.max(bucket.due, now()) + rate.everyMs;
  }

  return {
    turn(method, channel) {
      const bucket = bucketOf(keyOf(method, channel));
      bucket.waiting += 1;
      bucket.line = bucket.line
        .then(() => wait(bucket, rates[method]))
        .finally(() => {
          bucket.waiting -= 1;
        });
      return bucket.line;
    },
    pause(method, channel, ms) {
      const bucket = bucketOf(keyOf(method, channel));
      bucket.pausedUntil = Math.max(bucket.pausedUntil, now() + ms);
    },
  };
}
