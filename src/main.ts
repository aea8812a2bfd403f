import { startBot } from './bot.ts';
import { compose } from './compose.ts';
import { type Config, ConfigError, readConfig } from './config/env.ts';
import { sayFailure } from './domain/failure.ts';
import { scrub } from './domain/scrub.ts';
import { brokenAudit, startHousekeeping } from './service/housekeeping.ts';

// Starts the bot from the environment: what a container runs. `querent serve` does the same with advice around it.
const config = configOrExit();
if (!config.slack) exitWith('Set SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…).');
const querent = compose(config);
const broken = brokenAudit(querent);
if (broken) exitWith(broken);
const bot = await startBot(querent, config.slack);
if (!bot.ok) {
  await querent.close();
  exitWith(sayFailure(bot.failure));
}
const upkeep = startHousekeeping(querent, (message) => console.error(scrub(message)));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    upkeep.stop();
    await bot.value.stop();
    await querent.close();
    process.exit(0);
  });
}

function configOrExit(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.message);
    throw error;
  }
}

function exitWith(message: string): never {
  console.error(message);
  process.exit(2);
}
