import { parseArgs } from 'node:util';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import type { ExitCode } from './terminal.ts';

export const DATABASES_USAGE = `querent databases [--json]
  Lists the registered databases.`;

export async function databases(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } });
  const querent = compose(config);
  try {
    const listed = querent.store.databases().map(({ id, url, description }) => {
      const catalog = querent.catalogOf(id);
      return { id, url, description: description ?? null, tables: catalog?.tables.length ?? null };
    });
    if (values.json) console.log(JSON.stringify(listed));
    else if (!listed.length) console.log('No database is registered yet. Run `querent register URL`.');
    for (const one of values.json ? [] : listed) {
      console.log(
        `${one.id.padEnd(20)} ${one.tables === null ? 'not indexed' : `${one.tables} tables`.padEnd(11)}  ${one.url}${one.description ? `  ${one.description}` : ''}`,
      );
    }
    return 0;
  } finally {
    await querent.close();
  }
}
