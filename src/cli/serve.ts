import { startBot } from '#src/bot.ts';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { brokenAudit, startHousekeeping } from '#src/service/housekeeping.ts';
import { complain, type ExitCode, untilInterrupted } from './terminal.ts';

export const SERVE_USAGE = `querent serve
  Starts the Slack bot over Socket Mode, with the tokens SLACK_BOT_TOKEN and SLACK_APP_TOKEN. Stops on Ctrl-C.`;

export async function serve(_args: readonly string[], config: Config): Promise<ExitCode> {
  if (!config.slack) {
    complain('Set SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…), or try `npm run demo`, which needs neither.');
    return 2;
  }
  const stop = untilInterrupted();
  const terminated = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true });
    process.once('SIGTERM', () => resolve());
  });
  const querent = compose(config);
  const broken = brokenAudit(querent);
  if (broken) {
    complain(broken);
    await querent.close();
    return 1;
  }
  if (!querent.store.databases().length)
    complain('No database is registered yet: I will say so to whoever asks. Run `querent register URL`.');
  try {
    const bot = await startBot(querent, config.slack);
    if (!bot.ok) {
      complain(sayFailure(bot.failure));
      return 1;
    }
    const upkeep = startHousekeeping(querent, complain);
    console.log('Querent is listening. Ctrl-C stops it.');
    await terminated;
    upkeep.stop();
    await bot.value.stop();
    return 0;
  } finally {
    await querent.close();
  }
}
