import { Command } from '@commander-js/extra-typings';
import type { DeclaredDatabase } from '#src/config/declared.ts';
import { DECLARED_FILE } from '#src/domain/declared-file.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sayRule } from '#src/domain/say-rule.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import type { Querent } from '#src/service/querent.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import type { Terminal } from '#src/terminal/terminal.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';

export const config = (context: CommandContext) =>
  new Command('config')
    .summary('check or apply the declared configuration')
    .description(`Databases and rules declared in a file (${DECLARED_FILE}).`)
    .addCommand(
      new Command('check')
        .description(
          `Checks the file, each fault with its line. A rule or a column role that names a table or column that is not there
is told, and ends this with 1.`,
        )
        .argument('[file]', 'the file', DECLARED_FILE)
        .action(runs((file) => check(file, context))),
    )
    .addCommand(
      new Command('apply')
        .description(
          `Registers the databases, indexes what is new, and replaces their rules by those declared: at once where a database
is registered at this address already, else once its schema was read. Databases that the file does not name are
left as they are. Where a rule names a table or column that is not there, the rules of its database stay as they
were, and this ends with 1; so it does where a column role cannot be.`,
        )
        .argument('[file]', 'the file', DECLARED_FILE)
        .action(runs((file) => apply(file, context))),
    );

async function check(file: string, context: CommandContext): Promise<ExitCode> {
  const { readConfigFile } = await import('#src/config/declared.ts');
  const declared = readConfigFile(file);
  if (!declared.ok) return failed(context, declared.failure);
  return withQuerent(context, async (querent) => {
    const { access } = querent;
    const rules = declared.value.flatMap((one) => one.rules);
    const roles = await misnamedRoles(declared.value, querent);
    const odd = [...(await access.oddities(rules)), ...roles];
    context.terminal.print([`${file}: ${declared.value.length} databases, ${rules.length} rules.`, ...odd].join('\n'));
    return roles.length || (await access.misnamed(rules)).length ? 1 : 0;
  });
}

/** What is wrong with the column roles of some databases, a sentence each. */
async function misnamedRoles(declared: readonly DeclaredDatabase[], { databases }: Querent): Promise<string[]> {
  const found: string[] = [];
  for (const { database } of declared) found.push(...(await databases.misnamedRoles(database)));
  return found;
}

async function apply(file: string, context: CommandContext): Promise<ExitCode> {
  const { readConfigFile } = await import('#src/config/declared.ts');
  const declared = readConfigFile(file);
  if (!declared.ok) return failed(context, declared.failure);
  const { terminal } = context;
  return withQuerent(context, async (querent) => {
    const signal = terminal.interrupted();
    // At once, where their names can be looked up: a denial does not wait until everything is indexed.
    const early = await storeRules(await registeredAlready(declared.value, querent), querent, terminal);
    const registered = await registerEach(declared.value, querent, terminal, signal);
    const indexed = await querent.index.build({}, terminal.progress(), signal);
    const failures = indexed.ok ? indexed.value.failures : [indexed.failure];
    for (const failure of failures) failed(context, failure);
    if (signal.aborted) return 1;
    const left = registered.filter((one) => !early.stored.includes(one));
    const faults = [
      ...(await storeRules(left, querent, terminal)).faults,
      ...(await misnamedRoles(registered, querent)),
    ];
    const odd = await querent.access.oddities(await querent.access.rules());
    for (const line of [...faults, ...odd]) terminal.complain(line);
    return registered.length === declared.value.length && !faults.length && !failures.length ? 0 : 1;
  });
}

/** Those that are registered at the same address: elsewhere it is another database, whose rules come with it. */
async function registeredAlready(
  declared: readonly DeclaredDatabase[],
  { databases }: Querent,
): Promise<readonly DeclaredDatabase[]> {
  const known = await databases.list();
  return declared.filter(({ database }) => known.some(({ id, url }) => id === database.id && url === database.url));
}

/** Registers what can be, tells that, and why the rest cannot be; gives those that are. */
async function registerEach(
  declared: readonly DeclaredDatabase[],
  querent: Querent,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<readonly DeclaredDatabase[]> {
  const registered: DeclaredDatabase[] = [];
  for (const one of declared) {
    const { database, acceptWarnings } = one;
    const known = await querent.databases.register(database, { acceptWarnings, replace: true }, OPERATOR, signal);
    if (known.ok) {
      registered.push(one);
      terminal.print(`Registered ${database.id}.`);
    } else terminal.complain(`${database.id}: ${sayToOperator(known.failure)}`);
  }
  return registered;
}

/** Puts the declared rules in the place of those of their databases, and says which; a sentence for each that could not be. */
async function storeRules(
  declared: readonly DeclaredDatabase[],
  { access }: Querent,
  terminal: Terminal,
): Promise<{ readonly stored: readonly DeclaredDatabase[]; readonly faults: readonly string[] }> {
  const stored: DeclaredDatabase[] = [];
  const faults: string[] = [];
  for (const one of declared) {
    const { database, rules } = one;
    const changed = await access.change(database.id, () => rules, OPERATOR);
    if (changed.kind === 'changed') {
      stored.push(one);
      terminal.print(
        [`Rules of ${database.id}: ${rules.length}`, ...rules.map((rule) => `  ${sayRule(rule, new Date())}`)].join(
          '\n',
        ),
      );
      continue;
    }
    const why = changed.kind === 'misnamed' ? changed.faults : [sayToOperator(changed.failure)];
    faults.push(...why, `The rules of ${database.id} stay as they were.`);
  }
  return { stored, faults };
}
