import { createInterface } from 'node:readline/promises';
import { type Cell, cellText, columnHeading, type ResultTable } from '#src/domain/result-table.ts';

/** A command's result: the exit code. 0 done, 1 it failed, 2 wrong usage, 3 it asks back (which database, which outcome). */
export type ExitCode = 0 | 1 | 2 | 3;

export function complain(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** A progress bar on stderr: redrawn on a terminal, one line at the end elsewhere. */
export function progressBar(): (step: string, done: number, total: number) => void {
  let shown = '';
  return (step, done, total) => {
    if (process.stderr.isTTY) {
      const width = 24;
      const filled = Math.round((width * done) / Math.max(total, 1));
      if (shown && shown !== step) process.stderr.write('\n');
      process.stderr.write(
        `\r\x1b[K${step.padEnd(20)} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}`,
      );
      shown = step;
      if (done === total) {
        process.stderr.write('\n');
        shown = '';
      }
    } else if (done === total) process.stderr.write(`${step}: ${done}\n`);
  };
}

const MAX_WIDTH = 40;

/** Rows as aligned text, numbers to the right. */
export function textTable(table: ResultTable, limit: number): string {
  const cells = [
    table.columns.map((column) => columnHeading(column.name)),
    ...table.rows.slice(0, limit).map((row) => row.map(shown)),
  ];
  const widths = table.columns.map((_, at) => Math.max(...cells.map((row) => row[at]!.length)));
  const line = (row: readonly string[], head: boolean) =>
    row
      .map((text, at) =>
        table.columns[at]!.kind === 'number' && !head ? text.padStart(widths[at]!) : text.padEnd(widths[at]!),
      )
      .join('  ')
      .trimEnd();
  const [head, ...rest] = cells;
  return [
    line(head!, true),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rest.map((row) => line(row, false)),
  ].join('\n');
}

function shown(cell: Cell): string {
  if (cell === null) return '—';
  const text = cellText(cell).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 1)}…` : text;
}

/** A cell for JSON: whole numbers beyond 2^53 as text, bytes in hex. */
export function jsonCell(cell: Cell): null | boolean | number | string {
  if (typeof cell === 'bigint') return cell.toString();
  return cell instanceof Uint8Array ? `\\x${Buffer.from(cell).toString('hex')}` : cell;
}

/** Aborts on Ctrl-C, so that work in progress can put things back; a second Ctrl-C ends the program at once. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    complain('\nStopping … (Ctrl-C again to quit at once)');
    controller.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  return controller.signal;
}

/** What somebody at the terminal replies, nothing if they leave (Ctrl-C, Ctrl-D); undefined where there is no terminal. */
export async function askAtTerminal(prompt: string, signal: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  lines.once('SIGINT', () => left.abort());
  lines.once('close', () => left.abort());
  try {
    return (await lines.question(prompt, { signal: AbortSignal.any([signal, left.signal]) })).trim();
  } catch {
    process.stderr.write('\n');
    return '';
  } finally {
    lines.close();
  }
}
