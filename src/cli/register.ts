import { Command } from '@commander-js/extra-typings';
import type { Failure } from '#src/domain/failure.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import type { Result } from '#src/domain/result.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import type { Querent } from '#src/service/querent.ts';
import { type ExitCode, nameList, runs } from '#src/terminal/command.ts';
import { shellWord } from '#src/terminal/shell-word.ts';
import type { Terminal } from '#src/terminal/terminal.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';

interface RegisterFlags {
  readonly name?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly password?: string;
  readonly searchValues?: readonly string[];
  readonly hideValues?: readonly string[];
  readonly userFunctions?: readonly string[];
  readonly acceptWarnings?: true;
  readonly replace?: true;
  readonly index: boolean;
}

export const register = (context: CommandContext) =>
  new Command('register')
    .summary('remember and index a database')
    .description(
      `Connects to a database, looks at what its role may do, remembers it and indexes it. A role that may do more than
read is refused (see querent roles script). Nobody may ask it yet: see querent grant.`,
    )
    .argument(
      '<url>',
      'postgres://user@host:port/database?schemas=a,b, mariadb://…, mysql://… or sqlite:PATH; ' +
        '&ca=FILE names a private authority’s certificate, &tls=off goes in clear text',
    )
    .option('--name <name>', 'what it is called here; the name in the address, if left out')
    .option('--description <text>', 'what it holds: helps to find it')
    .option('--owner <who>', 'who answers for it, told to those who ask')
    .option('--password <source>', 'env:NAME or file:PATH, where its password is read each time')
    .option(
      '--search-values <columns>',
      'columns (table.column) whose values questions may name though they look personal',
      nameList,
    )
    .option(
      '--hide-values <columns>',
      'columns whose values are not to be searched for; those that look personal never are',
      nameList,
    )
    .option(
      '--user-functions <functions>',
      'functions of the company’s own that queries may call; one that is declared IMMUTABLE may write all the same',
      nameList,
    )
    .option('--accept-warnings', 'take a role that may do more than is needed, though nothing dangerous')
    .option('--replace', 'take the place of one that is registered under this name; it stays paused if that was')
    .option('--no-index', 'do not read its schema yet')
    .action(runs((url, flags) => registerUrl(url, flags, context)));

async function registerUrl(url: string, flags: RegisterFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent) => {
    const address = querent.databases.parseAddress(url);
    if (!address.ok) return failed(context, address.failure);
    const { name, password, engine } = address.value;
    const secret = flags.password ?? (password === undefined ? undefined : `plain:${password}`);
    if (secret?.startsWith('plain:'))
      terminal.complain(
        'The password in the URL may stay in your shell’s history. It is kept sealed; ' +
          '--password env:NAME or file:PATH, or querent secrets set, are better.',
      );
    const target = targetOf(flags.name ?? name, address.value.url, secret, flags);
    const [twin] = await querent.databases.sameAs(target);
    if (twin !== undefined)
      terminal.complain(
        `This is the database that is registered as ${twin}. Under two names it is asked back about each time; \`querent remove ${shellWord(twin)}\` takes the other away.`,
      );
    const signal = terminal.interrupted();
    const known = await registerAccepting(target, flags, querent, terminal, signal);
    if (!known.ok) {
      const code = failed(context, known.failure);
      if (known.failure.kind === 'bad-name') terminal.complain('Give it another one with --name.');
      return code;
    }
    terminal.print(`Registered ${target.id} (${engine} ${known.value.serverVersion}).`);
    return flags.index ? indexNew(target.id, querent, context, signal) : 0;
  });
}

function targetOf(id: string, url: string, secret: string | undefined, flags: RegisterFlags): RegisteredDatabase {
  const { description, owner, userFunctions, searchValues, hideValues } = flags;
  return {
    id,
    url,
    ...(secret === undefined ? {} : { secret }),
    ...(description ? { description } : {}),
    ...(owner ? { owner } : {}),
    ...(userFunctions ? { userFunctions } : {}),
    ...(searchValues ? { searchValues } : {}),
    ...(hideValues ? { hideValues } : {}),
  };
}

/**
 * Registers it; at a terminal an admin is asked whether they accept what its role is warned of, elsewhere the flag must
 * say it.
 */
async function registerAccepting(
  target: RegisteredDatabase,
  { acceptWarnings, replace }: RegisterFlags,
  querent: Querent,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Result<{ readonly serverVersion: string }>> {
  const attempt = (accepted: readonly string[]) =>
    querent.databases.register(target, { acceptWarnings: accepted, replace: replace ?? false }, OPERATOR, signal);
  const first = await attempt(acceptWarnings ? ['all'] : []);
  if (first.ok || first.failure.kind !== 'role-warned' || !(await accepts(first.failure, terminal, signal)))
    return first;
  return attempt(first.failure.findings.map(({ what }) => what)); // what was told, and nothing that came since
}

async function accepts(warned: Failure, terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  if (terminal.attended) terminal.complain(sayToOperator(warned));
  return /^y(?:es)?$/i.test((await terminal.ask('Accept this and go on? [y/N] ', signal)) ?? '');
}

async function indexNew(id: string, querent: Querent, context: CommandContext, signal: AbortSignal): Promise<ExitCode> {
  const { terminal } = context;
  const indexed = await querent.index.build({ only: id, rebuild: true }, terminal.progress(), signal);
  const failure = indexed.ok ? indexed.value.failures[0] : indexed.failure;
  if (!indexed.ok || failure) {
    if (failure) failed(context, failure);
    terminal.complain(`${id} stays registered; run \`querent index\` once that is mended.`);
    return 1;
  }
  if (!(await querent.access.rules(id)).length)
    terminal.print(
      `Only this command line may ask it yet: \`querent grant ${shellWord(id)} --to everyone\` opens it to the workspace.`,
    );
  const { databases, tables, columns } = indexed.value;
  terminal.print(`The index now holds ${databases} databases, ${tables} tables, ${columns} columns.`);
  return 0;
}
