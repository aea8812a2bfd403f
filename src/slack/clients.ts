import { type Logger, LogLevel } from '@slack/bolt';
import type { WebClient, WebClientOptions } from '@slack/web-api';
import { type Rates, SLACK_RATES } from '#src/slack-api/rates.ts';
import { bucketsFor, PacedClient } from './paced-client.ts';

/**
 * Clients of the Web API. One that is told to slow down holds up all its calls, so each kind of call has its own (REL-4). Calls are made
 * again by rules of our own (calls.ts): the client's would post a message twice after a lost connection.
 */
export interface SlackClients {
  /** For messages. */
  readonly critical: WebClient;
  /** For who asks and where. */
  readonly lookups: WebClient;
  /** For status and the like: what fails is let go. */
  readonly cosmetic: WebClient;
}

const TIMEOUTS_MS = { critical: 10_000, lookups: 5_000, cosmetic: 3_000 } as const;

/** What goes wrong in a call is logged here with its run (log-line.ts), not by the client, whose lines may hold what was sent. */
export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/**
 * @param api where another server speaks Slack's API (the sandbox).
 * @param rates how often calls are made at most: their lines are one for all clients, since Slack counts the app's calls.
 * @param onLimited hears the method of each call that Slack refused all the same (429).
 */
export function openClients(
  botToken: string,
  api: Pick<WebClientOptions, 'slackApiUrl'>,
  rates: Rates = SLACK_RATES,
  onLimited?: (method: string) => void,
): SlackClients {
  const buckets = bucketsFor(rates);
  const client = (timeout: number) =>
    new PacedClient(
      botToken,
      { ...api, timeout, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, logger: SILENT },
      buckets,
      onLimited,
    );
  return {
    critical: client(TIMEOUTS_MS.critical),
    lookups: client(TIMEOUTS_MS.lookups),
    cosmetic: client(TIMEOUTS_MS.cosmetic),
  };
}
