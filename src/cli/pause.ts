import { Command } from '@commander-js/extra-typings';
import type { DatabaseId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';

export const pause = (context: CommandContext) =>
  new Command('pause')
    .summary('keep a database from being asked')
    .description(
      `Keeps a database from being asked, by anybody, until querent resume. It stays registered, indexed and granted as
it is; a bot that runs minds it from its next question on.`,
    )
    .argument('<database>')
    .action(runs((id) => setPaused(id, true, context)));

export const resume = (context: CommandContext) =>
  new Command('resume')
    .summary('let a paused database be asked again')
    .description(
      `Lets a database be asked again that querent pause kept from it. One whose role may do more than read stays
paused until querent roles check finds it mended.`,
    )
    .argument('<database>')
    .action(runs((id) => setPaused(id, false, context)));

function setPaused(id: DatabaseId, paused: boolean, context: CommandContext): Promise<ExitCode> {
  return withQuerent(context, async (querent) => {
    const set = await querent.databases.pause(id, paused, OPERATOR);
    if (!set.ok) return failed(context, set.failure);
    context.terminal.print(
      paused
        ? `${id} is paused: nobody may ask it until \`querent resume ${id}\`.`
        : `${id} may be asked again by whoever it is granted to.`,
    );
    return 0;
  });
}
