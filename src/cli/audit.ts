import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { AuditedPerson, StoredEntry } from '#src/domain/audit-entry.ts';
import type { Querent } from '#src/service/querent.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import type { Terminal } from '#src/terminal/terminal.ts';
import { type CommandContext, withQuerent } from './context.ts';

export const audit = (context: CommandContext) =>
  new Command('audit')
    .summary('show what was asked, executed, refused and changed')
    .description('Shows what was asked, executed, refused and changed, oldest first.')
    .option('--since <date>', 'from this day on, such as 2026-01-31', day)
    .option('--json', 'print one JSON object a line, for export')
    .option('--verify', 'look whether any entry was taken out or changed since it was written')
    .action(
      runs(({ since, json, verify }) =>
        withQuerent(context, (querent) =>
          verify
            ? verifyAudit(querent, context.terminal)
            : printEntries(querent, since, json ? JSON.stringify : entryLine, context.terminal),
        ),
      ),
    );

function day(text: string): Date {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('It takes a date, such as 2026-01-31.');
}

async function verifyAudit({ audit }: Querent, terminal: Terminal): Promise<ExitCode> {
  const checked = await audit.verify();
  if (checked.kind === 'sound') {
    terminal.print(`${checked.entries} entries, all as they were written.`);
    return 0;
  }
  terminal.complain(
    `The audit is broken at entry ${checked.seq}: ${checked.why}. Keep the file, and put a sound copy in its place.`,
  );
  return 1;
}

async function printEntries(
  { audit }: Querent,
  since: Date | undefined,
  lineOf: (entry: StoredEntry) => string,
  terminal: Terminal,
): Promise<ExitCode> {
  for await (const entry of audit.entries(since)) terminal.print(lineOf(entry));
  return 0;
}

const personText = ({ userId, channelId }: AuditedPerson) => `${userId}${channelId ? ` in ${channelId}` : ''}`;

function entryLine(entry: StoredEntry): string {
  const head = `${entry.seq}  ${entry.at}  ${entry.kind.padEnd(9)}`;
  switch (entry.kind) {
    case 'question':
      return `${head} ${personText(entry.who)}: ${entry.question ?? `(${entry.questionHash.slice(0, 16)})`}`;
    case 'statement':
      return `${head} ${personText(entry.who)} on ${entry.database}: ${entry.sql.replace(/\s+/g, ' ')}`;
    case 'result':
      return `${head} of ${entry.of}: ${entry.code}, ${entry.rows} rows, ${entry.bytes} bytes, ${entry.ms} ms`;
    case 'answer': {
      const from = entry.database ? ` from ${entry.database}` : '';
      const refused = entry.refused.length ? `, ${entry.refused.length} refused` : '';
      return `${head} ${entry.outcome}${from}${refused}`;
    }
    case 'change':
      return `${head} ${personText(entry.who)}: ${entry.what}`;
    case 'unreadable':
      return `${head} it was damaged or emptied, or another version of Querent wrote it`;
  }
}
