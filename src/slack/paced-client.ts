import { setTimeout as sleep } from 'node:timers/promises';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { callFault } from '#src/slack-api/call-faults.ts';
import { openRateBuckets, type RateBuckets } from '#src/slack-api/rate-buckets.ts';
import type { Rates } from '#src/slack-api/rates.ts';

/** The buckets of one bot: a limit is of the app, whichever client calls. */
export const bucketsFor = (rates: Rates): RateBuckets =>
  openRateBuckets(rates, { now: () => performance.now(), sleep: (ms) => sleep(ms, undefined, { ref: false }) });

/** A client whose calls wait for their turn, so that Slack need not refuse them; where it does, the rest of the bucket waits with them. */
export class PacedClient extends WebClient {
  readonly #buckets: RateBuckets;
  readonly #onLimited: (method: string) => void;

  /** @param onLimited hears of each call that is refused for being one too many. */
  constructor(
    token: string,
    options: WebClientOptions,
    buckets: RateBuckets,
    onLimited: (method: string) => void = () => undefined,
  ) {
    super(token, options);
    this.#buckets = buckets;
    this.#onLimited = onLimited;
  }

  override async apiCall(...[method, body]: Parameters<WebClient['apiCall']>): ReturnType<WebClient['apiCall']> {
    const channel = typeof body?.channel === 'string' ? body.channel : undefined;
    await this.#buckets.turn(method, channel);
    try {
      return await super.apiCall(method, body);
    } catch (error) {
      const fault = callFault(error);
      if (fault?.code === 'ratelimited') this.#onLimited(method);
      if (fault?.kind === 'again' && fault.waitMs !== undefined) this.#buckets.pause(method, channel, fault.waitMs);
      throw error;
    }
  }
}
