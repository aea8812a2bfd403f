import { Command } from '@commander-js/extra-typings';
import type { DatabaseId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { isRefused, type RoleReport } from '#src/domain/role-report.ts';
import type { Querent } from '#src/service/querent.ts';
import { type ExitCode, nameList, runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, registered, withQuerent } from './context.ts';

export const roles = (context: CommandContext) =>
  new Command('roles')
    .summary('make a role that may only read; look at what the roles may do')
    .description(
      `Prints the statements that make a role which may only read, or looks at what the roles of the registered
databases may do.`,
    )
    .addCommand(script(context))
    .addCommand(check(context));

const script = (context: CommandContext) =>
  new Command('script')
    .description('Prints the statements that make a role which may only read, for an administrator to run.')
    .argument('<url>', 'the address of the database')
    .option('--role <name>', 'the role’s name', 'querent_reader')
    .option('--tables <tables>', 'these tables; all, if left out', nameList)
    .action(
      runs(async (url, { role, tables = [] }) => {
        const { roleScriptFor } = await import('#src/compose.ts');
        const written = roleScriptFor(url, role, tables);
        if (!written.ok) return failed(context, written.failure);
        context.terminal.print(written.value);
        return 0;
      }),
    );

const check = (context: CommandContext) =>
  new Command('check')
    .description(
      `Looks at what the role of a database may do, or of all. A role that may do more than read pauses its database,
and ends this with 1.`,
    )
    .argument('[database]')
    .option('--json', 'print one JSON object a database')
    .action(
      runs((database, { json }) =>
        withQuerent(context, async (querent) => {
          const ids = await named(database, querent);
          if (!ids.ok) return failed(context, ids.failure);
          return checkAll(ids.value, json ?? false, querent, context);
        }),
      ),
    );

async function named(id: DatabaseId | undefined, querent: Querent) {
  if (id === undefined) return { ok: true, value: (await querent.databases.list()).map((one) => one.id) } as const;
  const found = await registered(querent, id);
  return found.ok ? ({ ok: true, value: [id] } as const) : found;
}

async function checkAll(
  ids: readonly DatabaseId[],
  json: boolean,
  querent: Querent,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const signal = terminal.interrupted();
  let code: ExitCode = 0;
  for (const id of ids) {
    const report = await querent.databases.checkRole(id, OPERATOR, signal);
    if (!report.ok) code = failed(context, report.failure);
    else {
      terminal.print(json ? JSON.stringify({ database: id, ...report.value }) : reportText(id, report.value));
      if (isRefused(report.value)) code = 1;
    }
  }
  return code;
}

function reportText(id: DatabaseId, report: RoleReport): string {
  const verdict = isRefused(report) ? 'PAUSED' : report.findings.length ? 'usable, with warnings' : 'fine';
  return [
    `${id}: ${report.role} is ${verdict}.`,
    ...report.findings.map(({ severity, what }) => `  ${severity === 'refuse' ? 'refused' : 'warning'}: ${what}`),
  ].join('\n');
}
