import { Command } from '@commander-js/extra-typings';
import type { Config } from '#src/config/env.ts';
import { DECLARED_FILE } from '#src/domain/declared-file.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { RemovalPreview } from '#src/service/database-service.ts';
import type { Querent } from '#src/service/querent.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, counted, failed, withQuerent } from './context.ts';
import { isDeclared } from './declared-file.ts';

export const remove = (context: CommandContext) =>
  new Command('remove')
    .summary('remove a database and all that is kept of it')
    .description(
      `Says what goes, asks for the name once more, and removes a database: its registration, catalog, part of the
index, access rules, sealed password, and the questions answered from it with their SQL, verdicts and examples.
The audit stays; the database itself is not touched.`,
    )
    .argument('<database>')
    .option('--yes', 'do not ask, for scripts')
    .action(runs((id, { yes }) => removeDatabase(id, yes ?? false, context)));

function removeDatabase(id: DatabaseId, yes: boolean, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent, { examplesFile }) => {
    const signal = terminal.interrupted();
    const preview = await querent.databases.previewRemoval(id);
    if (!preview.ok) return failed(context, preview.failure);
    terminal.print(whatGoes(preview.value, examplesFile, await isDeclared(id)));
    if (!yes) {
      const typed = await terminal.ask(`Type ${id} to remove it: `, signal);
      if (typed !== id) {
        const why = typed === undefined ? ': there is nobody to ask. --yes says it.' : '.';
        terminal.complain(`Nothing was removed${why}`);
        return typed === undefined ? 2 : 1;
      }
    }
    return removeNow(id, querent, context, signal);
  });
}

async function removeNow(
  id: DatabaseId,
  querent: Querent,
  context: CommandContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { terminal } = context;
  const removed = await querent.databases.remove(id, OPERATOR, terminal.progress(), signal);
  if (!removed.ok) return failed(context, removed.failure);
  const { questions, examples, warnings } = removed.value;
  for (const warning of warnings) terminal.complain(warning);
  terminal.print(`Removed ${id}, with ${counted(questions, 'question')} and ${counted(examples, 'example')}.`);
  if (await isDeclared(id))
    terminal.complain(
      `${DECLARED_FILE} declares ${id}: \`querent config apply\` would register it again. Take it out there.`,
    );
  return warnings.length ? 1 : 0;
}

function whatGoes(
  { database, tables, rules, questions, examples }: RemovalPreview,
  examplesFile: Config['examplesFile'],
  declared: boolean,
): string {
  const { id, url, secret } = database;
  const catalog =
    tables === undefined
      ? 'no catalog: it was not indexed'
      : `its catalog of ${counted(tables, 'table')}, and its part of the index`;
  return [
    `Removing ${id} takes:`,
    `  its registration (${url})${secret === 'sealed' ? ', and its sealed password' : ''}`,
    `  ${catalog}`,
    `  ${counted(rules, 'access rule')}`,
    `  ${counted(questions, 'question')} asked of it, with their SQL, verdicts and what was learnt from them`,
    ...(examples ? [`  ${counted(examples, 'example')} in ${examplesFile}`] : []),
    'The audit stays, and so does what was posted to Slack. The database itself is not touched.',
    ...(/^(?:env|file):/.test(secret ?? '') ? [`Its password stays where it is (${secret}).`] : []),
    ...(declared ? [`${DECLARED_FILE} declares it, and would register it again.`] : []),
  ].join('\n');
}
