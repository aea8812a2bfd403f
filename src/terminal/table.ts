import { type CellForm, displayByName, displayedCell, type ResultDisplay } from '#src/domain/display.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';

/** Characters of a cell that are shown. */
const MAX_WIDTH = 40;

/** A table as text, and the headings of the columns that it had no room for. */
export interface TextTable {
  readonly text: string;
  readonly left: readonly string[];
}

/** The first rows as aligned text, numbers to the right; of a wide table the columns that fit, the first always. */
export function textTable(
  { columns, rows }: Pick<ResultTable, 'columns' | 'rows'>,
  {
    rows: limit,
    width = Number.POSITIVE_INFINITY,
    cellWidth = MAX_WIDTH,
    display = displayByName({ columns }),
  }: TextTableOptions,
): TextTable {
  const shown = rows.slice(0, limit).map((row) => row.map((cell, at) => cellLine(cell, display[at]!.form, cellWidth)));
  const all = columns.map((column, at) => {
    const { heading } = display[at]!;
    const cells = shown.map((row) => row[at] ?? '');
    const widest = Math.max(heading.length, ...cells.map((cell) => cell.length));
    const pad = (cell: string) => (column.kind === 'number' ? cell.padStart(widest) : cell.padEnd(widest));
    return [heading.padEnd(widest), '─'.repeat(widest), ...cells.map(pad)];
  });
  const aligned = all.slice(
    0,
    fitting(
      all.map((cells) => cells[0]!.length),
      width,
    ),
  );
  const lines = Array.from({ length: shown.length + 2 }, (_, line) =>
    aligned
      .map((cells) => cells[line])
      .join('  ')
      .trimEnd(),
  );
  return { text: lines.join('\n'), left: display.slice(aligned.length).map(({ heading }) => heading) };
}

export interface TextTableOptions {
  /** The most rows that are shown. */
  readonly rows: number;
  /** The most characters of a cell. */
  readonly cellWidth?: number;
  /** The most characters of a line. */
  readonly width?: number;
  readonly display?: ResultDisplay;
}

/** How many columns fit side by side, at least one. */
function fitting(widths: readonly number[], most: number): number {
  let used = -2;
  const at = widths.findIndex((width) => {
    used += width + 2;
    return used > most;
  });
  return at < 0 ? widths.length : Math.max(1, at);
}

function cellLine(cell: Cell, form: CellForm, width: number): string {
  if (cell === null) return '—';
  const text = displayedCell(cell, form).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** A cell for JSON: whole numbers beyond 2^53 as text, bytes in hex. */
export function jsonCell(cell: Cell): null | boolean | number | string {
  if (typeof cell === 'bigint') return cell.toString();
  return cell instanceof Uint8Array ? `\\x${Buffer.from(cell).toString('hex')}` : cell;
}
