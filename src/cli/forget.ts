import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { TeamId, UserId } from '#src/domain/ids.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, counted, failed, withQuerent } from './context.ts';

interface Whose {
  readonly kind: 'user' | 'team';
  readonly id: string;
}

export const forget = (context: CommandContext) =>
  new Command('forget')
    .summary('remove what was kept of a person or a workspace')
    .description(
      `Removes everything that was kept of a person, or of a whole workspace: questions, SQL, verdicts, and their words
in the audit; with a person, too, every trace of their workspace, whose prompts may show their questions. That
something was asked and executed stays in the audit, by whom and about what does not.`,
    )
    .argument('<whose>', 'user:ID with --team, or team:ID', whose)
    .option('--team <id>', 'the workspace of the user')
    .action(
      runs(({ kind, id }, { team }, command) => {
        if (kind === 'team')
          return team === undefined ? forgetAll(context, id) : command.error('error: --team goes with user:ID');
        return team === undefined
          ? command.error('error: say the user’s workspace, with --team')
          : forgetAll(context, team, id);
      }),
    );

function whose(text: string): Whose {
  const [, kind, id] = /^(user|team):([A-Z0-9_-]+)$/i.exec(text) ?? [];
  if (id !== undefined && (kind === 'user' || kind === 'team')) return { kind, id };
  throw new InvalidArgumentError('It is user:ID or team:ID.');
}

function forgetAll(context: CommandContext, team: TeamId, user?: UserId): Promise<ExitCode> {
  return withQuerent(context, async (querent) => {
    const forgotten = await querent.forget(team, user);
    if (!forgotten.ok) return failed(context, forgotten.failure);
    const { runs: questions, entries, unreadable } = forgotten.value;
    context.terminal.print(`${counted(questions, 'question')} removed, ${entries} audit entries without the person.`);
    if (unreadable.length)
      context.terminal.complain(
        `The audit has entries that cannot be read, and whose they are is not known: ${unreadable.join(', ')}. Look into its file.`,
      );
    return unreadable.length ? 1 : 0;
  });
}
