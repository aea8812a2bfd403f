import { Command } from '@commander-js/extra-typings';
import type { CheckResult } from '#src/domain/health.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, withQuerent } from './context.ts';

export const doctor = (context: CommandContext) =>
  new Command('doctor')
    .summary('check every configured part and say what to do next')
    .description(
      `Checks every configured part and says what to do next. What a model server can do is asked once and kept;
nothing else is changed. With --slack, looks at the workspace alone: token, scopes against the manifest, Socket Mode;
with --channel as well, posts every layout in a thread of that channel, says what the workspace refuses, and whether events come.`,
    )
    .option('--slack', 'look at the Slack workspace alone, more closely')
    .option('--channel <id>', 'with --slack: a channel that the bot is in, where each layout is posted')
    .action(runs(({ slack, channel }) => (slack || channel ? examineSlack(context, channel) : examine(context))));

const MARKS: Readonly<Record<CheckResult['state'], string>> = { ok: '✓', off: '–', wrong: '✗' };

function examine(context: CommandContext): Promise<ExitCode> {
  return withQuerent(context, async (querent, { stateFile, slack }) => {
    // Slack's client, which no other command wants.
    const { checkSlack, NO_SLACK } = await import('#src/slack/check-slack.ts');
    const findings: readonly CheckResult[] = [
      { part: 'Node', state: 'ok', says: process.versions.node },
      { part: 'state', state: 'ok', says: stateFile },
      ...(await querent.health(context.terminal.interrupted())),
      slack ? await checkSlack(slack) : NO_SLACK,
    ];
    return report(context, findings);
  });
}

/** Looks at the workspace by itself: no database and no model is asked. */
async function examineSlack(context: CommandContext, channel: string | undefined): Promise<ExitCode> {
  const { slack } = await context.config();
  const { NO_SLACK } = await import('#src/slack/check-slack.ts');
  if (!slack) return report(context, [{ ...NO_SLACK, state: 'wrong' }]);
  const { checkWorkspace } = await import('#src/slack/check-workspace.ts');
  return report(context, await checkWorkspace(slack, channel));
}

function report({ terminal }: CommandContext, findings: readonly CheckResult[]): ExitCode {
  const lines = findings.map(({ part, state, says }) => `${MARKS[state]} ${part.padEnd(24)} ${says}`);
  const wrong = findings.filter(({ state }) => state === 'wrong').length;
  const verdict = wrong
    ? `${wrong} of ${findings.length} parts need attention; the first one first.`
    : 'All that is configured works.';
  terminal.print([...lines, '', verdict].join('\n'));
  return wrong ? 1 : 0;
}
