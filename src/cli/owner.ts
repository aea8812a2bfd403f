import { Command } from '@commander-js/extra-typings';
import { OPERATOR } from '#src/domain/question.ts';
import { runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';

export const owner = (context: CommandContext) =>
  new Command('owner')
    .summary('say who answers for a database')
    .description(
      `Says who answers for a database: user:ID and group:ID of Slack may administer it there, other words are only told to
those who ask. Without an owner it has none.`,
    )
    .argument('<database>')
    .argument('[owner]')
    .action(
      runs((id, who) =>
        withQuerent(context, async (querent) => {
          const set = await querent.databases.setOwner(id, who, OPERATOR);
          if (!set.ok) return failed(context, set.failure);
          context.terminal.print(who === undefined ? `${id} has no owner.` : `${id} is owned by ${who}.`);
          return 0;
        }),
      ),
    );
