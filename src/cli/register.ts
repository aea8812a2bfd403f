import { parseArgs } from 'node:util';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { complain, type ExitCode, progressBar, untilInterrupted } from './terminal.ts';

export const REGISTER_USAGE = `querent register URL [--name NAME] [--description TEXT] [--owner WHO] [--password env:NAME|file:PATH]
                 [--search-values T.C,…] [--hide-values T.C,…] [--replace] [--no-index]
  Connects to a database, remembers it and indexes it. Use a role that may only SELECT.
  URL   postgres://user@host:port/database?schemas=a,b or sqlite:PATH
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
    complain(sayFailure(parsed.failure));
    return 1;
  }
  const id = values.name ?? parsed.value.name;
  const secret =
    values.password ?? (parsed.value.password === undefined ? undefined : `plain:${parsed.value.password}`);
  if (secret?.startsWith('plain:')) {
    complain(
      'The password in the URL is kept in the state file, which only you can read. --password env:NAME or file:PATH keeps it elsewhere.',
    );
  }
  const target = {
    id,
    url: parsed.value.url,
    ...(secret === undefined ? {} : { secret }),
    ...(values.description ? { description: values.description } : {}),
    ...(values.owner ? { owner: values.owner } : {}),
    ...(values['search-values'] ? { searchValues: values['search-values'].split(',') } : {}),
    ...(values['hide-values'] ? { hideValues: values['hide-values'].split(',') } : {}),
  };
  const signal = untilInterrupted();
  const querent = compose(config);
  try {
    if (!values.replace && querent.store.databases().some((one) => one.id === id)) {
      complain(sayFailure({ kind: 'database-exists', name: id }));
      return 1;
    }
    const opened = openDatabase(target, config.environment);
    const pinged = opened.ok ? await opened.value.ping(signal) : opened;
    if (opened.ok) await opened.value.close();
    if (!pinged.ok) {
      complain(sayFailure(pinged.failure));
      return 1;
    }
    querent.store.saveDatabase(target);
    console.log(`Registered ${id} (${parsed.value.engine} ${pinged.value.serverVersion}).`);
    if (values['no-index']) return 0;
    const indexed = await querent.index({ only: id, rebuild: true }, progressBar(), signal);
    if (!indexed.ok || indexed.value.failures.length) {
      complain(sayFailure(indexed.ok ? indexed.value.failures[0]! : indexed.failure));
      complain(`${id} stays registered; run \`querent index\` once that is mended.`);
      return 1;
    }
    console.log(
      `The index now holds ${indexed.value.databases} databases, ${indexed.value.tables} tables, ${indexed.value.columns} columns.`,
    );
    return 0;
  } finally {
    await querent.close();
  }
}
