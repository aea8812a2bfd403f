import { parseArgs } from 'node:util';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { AuditUnavailable, type StoredEntry } from '#src/ports/audit.ts';
import { complain, type ExitCode } from './terminal.ts';

export const AUDIT_USAGE = `querent audit [--since YYYY-MM-DD] [--json] [--verify]
  Shows what was asked, executed, refused and changed, oldest first; --json writes one JSON object a line, for export.
  --verify  looks whether any entry was taken out or changed since it was written`;

export async function audit(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values } = parseArgs({
    args: [...args],
    options: { since: { type: 'string' }, json: { type: 'boolean' }, verify: { type: 'boolean' } },
  });
  const since = values.since === undefined ? undefined : new Date(values.since);
  if (since && Number.isNaN(since.getTime())) {
    complain(`--since takes a date, such as 2026-01-31.\nUsage: ${AUDIT_USAGE}`);
    return 2;
  }
  const querent = compose(config);
  try {
    if (values.verify) {
      const checked = querent.audit.verify();
      if (checked.kind === 'sound') console.log(`${checked.entries} entries, all as they were written.`);
      else
        complain(
          `The audit is broken at entry ${checked.seq}: ${checked.why}. Keep the file, and put a sound copy in its place.`,
        );
      return checked.kind === 'sound' ? 0 : 1;
    }
    for (const entry of querent.audit.entries(since)) console.log(values.json ? JSON.stringify(entry) : line(entry));
    return 0;
  } catch (error) {
    if (!(error instanceof AuditUnavailable)) throw error;
    complain(
      'The audit cannot be read. `querent audit --verify` says more; questions are refused until it can be written again.',
    );
    return 1;
  } finally {
    await querent.close();
  }
}

function line(entry: StoredEntry): string {
  const who = 'who' in entry ? `${entry.who.userId}${entry.who.channelId ? ` in ${entry.who.channelId}` : ''}` : '';
  const head = `${entry.seq}  ${entry.at}  ${entry.kind.padEnd(9)}`;
  switch (entry.kind) {
    case 'question':
      return `${head} ${who}: ${entry.question ?? `(${entry.questionHash.slice(0, 16)})`}`;
    case 'statement':
      return `${head} ${who} on ${entry.database}: ${entry.sql.replace(/\s+/g, ' ')}`;
    case 'result':
      return `${head} of ${entry.of}: ${entry.code}, ${entry.rows} rows, ${entry.bytes} bytes, ${entry.ms} ms`;
    case 'answer':
      return `${head} ${entry.outcome}${entry.database ? ` from ${entry.database}` : ''}${entry.refused.length ? `, ${entry.refused.length} refused` : ''}`;
    case 'change':
      return `${head} ${who}: ${entry.what}`;
  }
}
