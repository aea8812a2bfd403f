import { parseArgs } from 'node:util';
import { parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { registerDatabase } from '#src/databases/register.ts';
import type { Failure } from '#src/domain/failure.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { askAtTerminal, complain, type ExitCode, progressBar, untilInterrupted } from './terminal.ts';

export const REGISTER_USAGE = `querent register URL [--name NAME] [--description TEXT] [--owner WHO] [--password env:NAME|file:PATH]
                 [--search-values T.C,…] [--hide-values T.C,…] [--user-functions F,…] [--accept-warnings] [--replace] [--no-index]
  Connects to a database, looks at what its role may do, remembers it and indexes it. A role that may do more than read is
  refused (see querent roles script). Nobody may ask it yet: see querent grant.
  URL   postgres://user@host:port/database?schemas=a,b&ca=FILE (a private authority's certificate), mariadb://…, mysql://… or
        sqlite:PATH; ?tls=off goes in clear text
  --user-functions functions of the company's own that queries may call; one that is declared IMMUTABLE may write all the same
  --owner          who answers for it, told to those who ask
  --search-values  columns (table.column) whose values questions may name though they look personal
  --hide-values    columns whose values are not to be searched for; those that look personal never are`;

export async function register(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      description: { type: 'string' },
      owner: { type: 'string' },
      'search-values': { type: 'string' },
      'hide-values': { type: 'string' },
      password: { type: 'string' },
      'user-functions': { type: 'string' },
      'accept-warnings': { type: 'boolean' },
      replace: { type: 'boolean' },
      'no-index': { type: 'boolean' },
    },
  });
  if (positionals.length !== 1) {
    complain(`Usage: ${REGISTER_USAGE}`);
    return 2;
  }
  const parsed = parseDatabaseUrl(positionals[0]!);
  if (!parsed.ok) {
    complain(sayToOperator(parsed.failure));
    return 1;
  }
  const id = values.name ?? parsed.value.name;
  const secret =
    values.password ?? (parsed.value.password === undefined ? undefined : `plain:${parsed.value.password}`);
  if (secret?.startsWith('plain:')) {
    complain(
      'The password in the URL may stay in your shell’s history. It is kept sealed; --password env:NAME or file:PATH, or querent secrets set, are better.',
    );
  }
  const target = {
    id,
    url: parsed.value.url,
    ...(secret === undefined ? {} : { secret }),
    ...(values.description ? { description: values.description } : {}),
    ...(values.owner ? { owner: values.owner } : {}),
    ...(values['user-functions'] ? { userFunctions: values['user-functions'].split(',') } : {}),
    ...(values['search-values'] ? { searchValues: values['search-values'].split(',') } : {}),
    ...(values['hide-values'] ? { hideValues: values['hide-values'].split(',') } : {}),
  };
  const signal = untilInterrupted();
  const querent = compose(config);
  try {
    if (!values.replace && querent.store.databases().some((one) => one.id === id)) {
      complain(sayToOperator({ kind: 'database-exists', name: id }));
      return 1;
    }
    const context = {
      store: querent.store,
      vault: querent.vault,
      environment: config.environment,
      sqliteFolders: config.sqliteFolders,
      now: () => new Date(),
    };
    const accepted = values['accept-warnings'] ? ['all'] : [];
    let registered = await registerDatabase(target, accepted, context, signal);
    if (!registered.ok && registered.failure.kind === 'role-warned' && (await accepts(registered.failure, signal))) {
      registered = await registerDatabase(target, ['all'], context, signal);
    }
    if (!registered.ok) {
      complain(sayToOperator(registered.failure));
      return 1;
    }
    console.log(`Registered ${id} (${parsed.value.engine} ${registered.value.serverVersion}).`);
    if (values['no-index']) return 0;
    const indexed = await querent.index({ only: id, rebuild: true }, progressBar(), signal);
    if (!indexed.ok || indexed.value.failures.length) {
      complain(sayToOperator(indexed.ok ? indexed.value.failures[0]! : indexed.failure));
      complain(`${id} stays registered; run \`querent index\` once that is mended.`);
      return 1;
    }
    if (!querent.store.accessRules().some((rule) => rule.databaseId === id)) {
      console.log(
        `Only this command line may ask it yet: \`querent grant ${id} --to everyone\` opens it to the workspace.`,
      );
    }
    console.log(
      `The index now holds ${indexed.value.databases} databases, ${indexed.value.tables} tables, ${indexed.value.columns} columns.`,
    );
    return 0;
  } finally {
    await querent.close();
  }
}

/** At a terminal the admin is asked; elsewhere the flag must say it. */
async function accepts(failure: Failure, signal: AbortSignal): Promise<boolean> {
  if (process.stdin.isTTY && process.stderr.isTTY) complain(sayToOperator(failure));
  return /^y(?:es)?$/i.test((await askAtTerminal('Accept this and go on? [y/N] ', signal)) ?? '');
}
