import { startBot } from './bot.ts';
import { compose } from './compose.ts';
import { readConfig } from './config.ts';

// Starts the bot from the environment: what a container runs. `querent serve` does the same with checks around it.
const config = readConfig();
if (!config.slack) throw new Error('SLACK_BOT_TOKEN and SLACK_APP_TOKEN are not set');
const querent = compose(config);
const bot = await startBot(querent, config.slack);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await bot.stop();
    await querent.close();
    process.exit(0);
  });
}
