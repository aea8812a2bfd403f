import { parseArgs } from 'node:util';
import { parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { roleScript } from '#adapters/database/role-script.ts';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { probeAgain } from '#src/databases/register.ts';
import { isRefused, type RoleReport } from '#src/domain/role-report.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { complain, type ExitCode, untilInterrupted } from './terminal.ts';

export const ROLES_USAGE = `querent roles script URL [--role NAME] [--tables T,…]
querent roles check [DATABASE] [--json]
  Prints the statements that make a role which may only read, for an administrator to run; or looks at what the roles of the
  registered databases may do. A role that may do more than read pauses its database.`;

export async function roles(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { role: { type: 'string' }, tables: { type: 'string' }, json: { type: 'boolean' } },
  });
  const [what, about] = positionals;
  if (what === 'script' && about) return printScript(about, values.role ?? 'querent_reader', values.tables);
  if (what === 'check') return check(about, values.json === true, config);
  complain(`Usage: ${ROLES_USAGE}`);
  return 2;
}

function printScript(address: string, role: string, tables: string | undefined): ExitCode {
  const parsed = parseDatabaseUrl(address);
  if (!parsed.ok) {
    complain(sayToOperator(parsed.failure));
    return 1;
  }
  const { engine, name, url } = parsed.value;
  const schemas =
    engine === 'postgres' ? (new URL(url).searchParams.get('schemas')?.split(',').filter(Boolean) ?? []) : [];
  const named = (tables?.split(',') ?? []).filter(Boolean).map((label) => {
    const [table, schema] = label.split('.').reverse();
    return { name: table!, ...(schema === undefined ? {} : { schema }) };
  });
  console.log(roleScript({ engine, role, database: name, schemas, tables: named }));
  return 0;
}

async function check(about: string | undefined, json: boolean, config: Config): Promise<ExitCode> {
  const querent = compose(config);
  const signal = untilInterrupted();
  try {
    const ids = querent.store.databases().map((one) => one.id);
    if (about !== undefined && !ids.includes(about)) {
      complain(sayToOperator({ kind: 'unknown-database', name: about, known: ids }));
      return 1;
    }
    let refused = false;
    for (const id of about === undefined ? ids : [about]) {
      const opened = querent.database(id, 'even if paused');
      const report = opened.ok ? await probeAgain(opened.value, querent.store, new Date(), signal) : opened;
      if (!report.ok) {
        complain(sayToOperator(report.failure));
        refused = true;
      } else if (json) console.log(JSON.stringify({ database: id, ...report.value }));
      else print(id, report.value);
      refused ||= report.ok && isRefused(report.value);
    }
    return refused ? 1 : 0;
  } finally {
    await querent.close();
  }
}

function print(id: string, report: RoleReport): void {
  const verdict = isRefused(report) ? 'PAUSED' : report.findings.length ? 'usable, with warnings' : 'fine';
  console.log(`${id}: ${report.role} is ${verdict}.`);
  for (const { severity, what } of report.findings)
    console.log(`  ${severity === 'refuse' ? 'refused' : 'warning'}: ${what}`);
}
