import { type Cell, cellText, columnHeading, type ResultTable } from '#src/domain/result-table.ts';

/** Characters of a cell that are shown. */
const MAX_WIDTH = 40;

/** The first rows as aligned text, numbers to the right; cells cut at a width. */
export function textTable(
  { columns, rows }: Pick<ResultTable, 'columns' | 'rows'>,
  limit: number,
  width = MAX_WIDTH,
): string {
  const shown = rows.slice(0, limit).map((row) => row.map((cell) => cellLine(cell, width)));
  const aligned = columns.map((column, at) => {
    const heading = columnHeading(column.name);
    const cells = shown.map((row) => row[at] ?? '');
    const widest = Math.max(heading.length, ...cells.map((cell) => cell.length));
    const pad = (cell: string) => (column.kind === 'number' ? cell.padStart(widest) : cell.padEnd(widest));
    return [heading.padEnd(widest), '─'.repeat(widest), ...cells.map(pad)];
  });
  return Array.from({ length: shown.length + 2 }, (_, line) =>
    aligned
      .map((cells) => cells[line])
      .join('  ')
      .trimEnd(),
  ).join('\n');
}

function cellLine(cell: Cell, width: number): string {
  if (cell === null) return '—';
  const text = cellText(cell).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** A cell for JSON: whole numbers beyond 2^53 as text, bytes in hex. */
export function jsonCell(cell: Cell): null | boolean | number | string {
  if (typeof cell === 'bigint') return cell.toString();
  return cell instanceof Uint8Array ? `\\x${Buffer.from(cell).toString('hex')}` : cell;
}
