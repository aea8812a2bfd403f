import { type Rates, SLACK_RATES } from '#src/slack-api/rates.ts';

/** How often methods may be called. */
export interface CallLimits {
  /** Counts a call. Seconds until it may be made, where it comes too soon; undefined where it may be made now. */
  take(method: string, channel: string): number | undefined;
}

/** Calls come no more evenly than the network lets them: what is so little too soon is taken. */
const LENIENT_MS = 250;

/** Limits by method, or by method and conversation, as Slack documents them (rates.ts says where). What has none is always taken. */
export function openCallLimits(now: () => number, rates: Rates = SLACK_RATES): CallLimits {
  /** When the next call would be due if calls came evenly. */
  const due = new Map<string, number>();
  return {
    take(method, channel) {
      const rate = rates[method];
      if (!rate) return undefined;
      const key = rate.each === 'channel' ? `${method} ${channel}` : method;
      const next = Math.max(due.get(key) ?? 0, now());
      const waitMs = next - (rate.burst - 1) * rate.everyMs - now();
      if (waitMs > LENIENT_MS) return Math.ceil(waitMs / 1_000);
      due.set(key, next + rate.everyMs);
      return undefined;
    },
  };
}
