import { Command } from '@commander-js/extra-typings';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import type { Querent } from '#src/service/querent.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, counted, failed, registered, withQuerent } from './context.ts';

export const databases = (context: CommandContext) =>
  new Command('databases')
    .summary('list what is registered, or describe one')
    .description(
      `Lists the registered databases, with those that are paused; or describes one: its tables with their columns, the role
of each (key, measure, label, event date, …) and why it is taken for that. Where a role is wrong, column-roles in
querent.config.yaml sets it.`,
    )
    .option('--describe <name>', 'the columns of one database with their roles')
    .option('--json', 'print one JSON array, or object of the one that is described')
    .action(
      runs(({ describe, json = false }) =>
        withQuerent(context, async (querent) =>
          describe === undefined ? list(querent, json, context) : describeOne(describe, querent, json, context),
        ),
      ),
    );

async function list(querent: Querent, json: boolean, { terminal }: CommandContext): Promise<ExitCode> {
  const listed: ListedDatabase[] = [];
  for (const { id, url, description, paused } of await querent.databases.list()) {
    const tables = (await querent.index.catalogOf(id))?.tables.length ?? null;
    listed.push({ id, url, description: description ?? null, tables, paused: paused ?? null });
  }
  terminal.print(json ? JSON.stringify(listed) : listText(listed));
  return 0;
}

async function describeOne(
  name: DatabaseId,
  querent: Querent,
  json: boolean,
  context: CommandContext,
): Promise<ExitCode> {
  const known = await registered(querent, name);
  if (!known.ok) return failed(context, known.failure);
  const catalog = await querent.index.catalogOf(name);
  if (!catalog) {
    context.terminal.complain(`The schema of ${name} was not read yet. Run \`querent index ${name}\`.`);
    return 1;
  }
  const { describeDatabase, descriptionText } = await import('./describe-database.ts');
  const described = describeDatabase(catalog, known.value);
  context.terminal.print(json ? JSON.stringify(described) : descriptionText(described));
  return 0;
}

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
