import { Command } from '@commander-js/extra-typings';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';

interface IndexFlags {
  readonly db?: string;
  readonly rebuild?: true;
}

export const index = (context: CommandContext) =>
  new Command('index')
    .summary('read the schemas again and index what has changed')
    .description(
      `Reads the schemas of all registered databases (or of one) again and, where one has changed, builds the index
anew. Only new texts are embedded; an interrupted run goes on where it stopped; answers go on from the old index
meanwhile.`,
    )
    .option('--db <name>', 'read this database alone')
    .option('--rebuild', 'build even if nothing has changed')
    .action(runs((flags) => build(flags, context)))
    .addCommand(
      new Command('verify').description('Checks the stored index and changes nothing.').action(
        runs((_, command) => {
          // Those of `querent index`, which stand before or behind.
          const [option] = Object.keys(command.parent?.opts() ?? {});
          if (option !== undefined) command.error(`The whole index is checked: verify takes no --${option}.`);
          return verify(context);
        }),
      ),
    );

function build({ db, rebuild }: IndexFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent) => {
    const options = { ...(db === undefined ? {} : { only: db }), ...(rebuild ? { rebuild } : {}) };
    const indexed = await querent.index.build(options, terminal.progress(), terminal.interrupted());
    if (!indexed.ok) {
      if (indexed.failure.kind === 'cancelled')
        terminal.complain('Answers are as before. Run `querent index` to go on; what was embedded is kept.');
      return failed(context, indexed.failure);
    }
    const { built, databases, tables, columns, failures, warnings, copies } = indexed.value;
    for (const failure of failures) failed(context, failure);
    for (const warning of warnings) terminal.complain(warning);
    const size = `${databases} databases, ${tables} tables, ${columns} columns`;
    terminal.print(
      built ? `Indexed ${size}.` : `No schema has changed; the index holds ${size}. --rebuild builds it anyway.`,
    );
    for (const family of copies.slice(0, FAMILIES_TOLD)) terminal.print(familyLine(family));
    if (copies.length > FAMILIES_TOLD) terminal.print(`And ${copies.length - FAMILIES_TOLD} more such families.`);
    return failures.length ? 1 : 0;
  });
}

/** Families of near copies that are told, and databases of each. */
const FAMILIES_TOLD = 10;
const COPIES_TOLD = 5;

function familyLine(family: readonly string[]): string {
  const more = family.length - COPIES_TOLD;
  const named = [...family.slice(0, COPIES_TOLD), ...(more > 0 ? [`${more} more`] : [])];
  return `Near copies, asked about as one family: ${named.join(', ')}.`;
}

function verify(context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent) => {
    const verified = await querent.index.verify(terminal.interrupted());
    if (!verified.ok) {
      if (verified.failure.kind !== 'index-missing') return failed(context, verified.failure);
      terminal.complain('There is no index of the schemas as they are now. Run `querent index`.');
      return 1;
    }
    const { checked, faults } = verified.value;
    for (const one of checked) terminal.print(`checked: ${one}`);
    for (const fault of faults) terminal.complain(`fault: ${fault}`);
    terminal.print(faults.length ? 'The index is damaged. Run `querent index --rebuild`.' : 'The index is sound.');
    return faults.length ? 1 : 0;
  });
}
