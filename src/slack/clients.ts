import { type Logger, LogLevel } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';

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

/** @param api where another server speaks Slack's API (the sandbox). */
export function openClients(botToken: string, api: Pick<WebClientOptions, 'slackApiUrl'>): SlackClients {
  const client = (timeout: number) =>
    new WebClient(botToken, {
      ...api,
      timeout,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: SILENT,
    });
  return {
    critical: client(TIMEOUTS_MS.critical),
    lookups: client(TIMEOUTS_MS.lookups),
    cosmetic: client(TIMEOUTS_MS.cosmetic),
  };
}
