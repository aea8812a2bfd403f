import { Command } from '@commander-js/extra-typings';
import { DECLARED_FILE } from '#src/domain/declared-file.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';
import { isDeclared } from './declared-file.ts';

export const rename = (context: CommandContext) =>
  new Command('rename')
    .summary('give a database another name')
    .description(
      `Gives a database another name everywhere that it is kept: its rules, its part of the index, its sealed password,
and the questions that were answered from it. The audit keeps the old one. The database itself is not touched.`,
    )
    .argument('<database>', 'its name now')
    .argument('<name>', 'its new name: a letter and then letters, digits, - and _')
    .action(runs((id, name) => renameDatabase(id, name, context)));

function renameDatabase(id: DatabaseId, name: DatabaseId, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent) => {
    const renamed = await querent.databases.rename(id, name, OPERATOR, terminal.progress(), terminal.interrupted());
    if (!renamed.ok) {
      if (renamed.failure.kind !== 'database-exists') return failed(context, renamed.failure);
      terminal.complain(`A database named ${name} is registered already. Choose another name.`);
      return 1;
    }
    for (const warning of renamed.value) terminal.complain(warning);
    terminal.print(`${id} is named ${name} now.`);
    if (await isDeclared(id))
      terminal.complain(
        `${DECLARED_FILE} declares ${id}: \`querent config apply\` would register it again. Rename it there, too.`,
      );
    return renamed.value.length ? 1 : 0;
  });
}
