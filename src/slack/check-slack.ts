import { LogLevel, WebAPIPlatformError, WebClient } from '@slack/web-api';
import type { CheckResult } from '#src/domain/health.ts';
import type { BotTokens } from './start-bot.ts';

const TIMEOUT_MS = 5_000;
const part = 'Slack';

export const NO_SLACK: CheckResult = {
  part,
  state: 'off',
  says: 'no tokens; set SLACK_BOT_TOKEN and SLACK_APP_TOKEN for `querent serve`',
};

/** Signs in with the bot's token, and says as whom or why not. */
export async function checkSlack({ botToken, apiUrl }: BotTokens): Promise<CheckResult> {
  try {
    const api = apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
    const client = new WebClient(botToken, {
      timeout: TIMEOUT_MS,
      retryConfig: { retries: 0 },
      logLevel: LogLevel.ERROR, // what fails is told below
      ...api,
    });
    const { team, user } = await client.auth.test();
    return { part, state: 'ok', says: `signed in to ${team} as ${user}` };
  } catch (error) {
    const says =
      error instanceof WebAPIPlatformError
        ? `Slack answers ${error.data.error}. Check SLACK_BOT_TOKEN.`
        : 'Slack is not reachable from here.';
    return { part, state: 'wrong', says };
  }
}
