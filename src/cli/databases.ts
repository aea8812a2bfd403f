import { Command } from '@commander-js/extra-typings';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { runs } from '#src/terminal/command.ts';
import { type CommandContext, counted, withQuerent } from './context.ts';

export const databases = (context: CommandContext) =>
  new Command('databases')
    .summary('list what is registered')
    .description('Lists the registered databases, with those that are paused.')
    .option('--json', 'print one JSON array')
    .action(
      runs(({ json }) =>
        withQuerent(context, async (querent) => {
          const listed: ListedDatabase[] = [];
          for (const { id, url, description, paused } of await querent.databases.list()) {
            const tables = (await querent.index.catalogOf(id))?.tables.length ?? null;
            listed.push({ id, url, description: description ?? null, tables, paused: paused ?? null });
          }
          context.terminal.print(json ? JSON.stringify(listed) : listText(listed));
          return 0;
        }),
      ),
    );

interface ListedDatabase {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** Null where it is not indexed. */
  readonly tables: number | null;
  readonly paused: NonNullable<RegisteredDatabase['paused']> | null;
}

const listText = (listed: readonly ListedDatabase[]) =>
  listed.length ? listed.map(databaseLine).join('\n') : 'No database is registered yet. Run `querent register URL`.';

function databaseLine({ id, url, description, tables, paused }: ListedDatabase): string {
  const size = tables === null ? 'not indexed' : counted(tables, 'table').padEnd(11);
  const about = description === null ? [] : [description];
  const since = paused ? [`paused since ${paused.since} by ${paused.by}`] : [];
  return [`${id.padEnd(20)} ${size}`, url, ...about, ...since].join('  ');
}
