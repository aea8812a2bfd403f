import { compose } from './compose.ts';
import { type Config, readConfig } from './config/env.ts';
import { ConfigError } from './domain/config-error.ts';
import { scrub } from './domain/scrub.ts';
import { runBot } from './service/run-bot.ts';
import { startBot } from './slack/start-bot.ts';
import { onFirst } from './terminal/interrupt.ts';

// Starts the bot from the environment: what a container runs. `querent serve` does the same with advice around it.
const config = configOrExit();
const { slack } = config;
if (!slack) exitWith('Set SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…).');
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) onFirst(signal, () => stop.abort());
const log = (message: string) => console.error(scrub(message));
const querent = compose(config, log);
const trouble = await runBot(querent, (signal) => startBot(querent, slack, { signal }), { until: stop.signal, log });
await querent.close();
if (trouble) exitWith(trouble.text, trouble.kind === 'broken' ? 1 : 2);
process.exit(0);

function configOrExit(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.message);
    throw error;
  }
}

function exitWith(message: string, code = 2): never {
  console.error(message);
  process.exit(code);
}
