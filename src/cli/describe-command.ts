import { Command } from '@commander-js/extra-typings';
import type { DatabaseId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';

export const describe = (context: CommandContext) =>
  new Command('describe')
    .summary('say what a table or column holds')
    .description(
      `Says in the company’s words what a table or column holds, in the place of what the database says of it. The index, the
prompts of models and explanations read it from then on. The schema in the database is left as it is.`,
    )
    .argument('<database>')
    .argument('<name>', 'a table, or a column as table.column')
    .argument('[text]', 'what it holds, in a sentence')
    .option('--remove', 'take back what was said')
    .action(
      runs((database, name, text, { remove }, command) =>
        text === undefined && !remove
          ? command.error('error: say what it holds, or --remove')
          : describeIt(database, name, remove ? undefined : text, context),
      ),
    );

function describeIt(
  databaseId: DatabaseId,
  name: string,
  text: string | undefined,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent) => {
    const request = { databaseId, name, ...(text === undefined ? {} : { text }) };
    const made = await querent.descriptions.describe(request, OPERATOR, terminal.progress(), terminal.interrupted());
    if (!made.ok) return failed(context, made.failure);
    terminal.print(
      text === undefined
        ? `Nothing is said of ${databaseId}.${made.value.name} but what the database says.`
        : `${databaseId}.${made.value.name} is described.`,
    );
    for (const warning of made.value.warnings) terminal.complain(warning);
    return 0;
  });
}
