import { Command } from '@commander-js/extra-typings';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, withQuerent } from './context.ts';

export const serve = (context: CommandContext) =>
  new Command('serve')
    .summary('start the Slack bot')
    .description(
      'Starts the Slack bot over Socket Mode, with the tokens SLACK_BOT_TOKEN and SLACK_APP_TOKEN. Stops on Ctrl-C.',
    )
    .action(runs(() => serveSlack(context)));

async function serveSlack(context: CommandContext): Promise<ExitCode> {
  const { terminal, config } = context;
  const { slack } = await config();
  if (!slack) {
    terminal.complain(
      'Set SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…), or try `npm run demo`, which needs neither.',
    );
    return 2;
  }
  return withQuerent(context, async (querent) => {
    if (!(await querent.databases.list()).length)
      terminal.complain('No database is registered yet: I will say so to whoever asks. Run `querent register URL`.');
    // They bring Bolt and what keeps house, which no other command wants.
    const { startBot } = await import('#src/slack/start-bot.ts');
    const { runBot } = await import('#src/service/run-bot.ts');
    const trouble = await runBot(querent, (signal) => startBot(querent, slack, { signal }), {
      until: terminal.stopped(),
      log: terminal.complain,
      onStarted: () => terminal.print('Querent is listening. Ctrl-C stops it.'),
    });
    if (trouble !== undefined) terminal.complain(trouble.text);
    return trouble === undefined ? 0 : 1;
  });
}
