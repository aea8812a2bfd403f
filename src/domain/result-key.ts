import type { Cell, ResultTable } from './result-table.ts';

/**
 * A text that two results share when they say the same: cells normalised (1, 1.0 and '1.0' in a number column are one; floats to nine
 * digits), columns in any order, rows as a multiset, or as a list where order was asked for (sources.md#equal-results).
 */
export function resultKey(table: ResultTable, ordered: boolean): string {
  const columns = columnKeys(table);
  const inOrder = columns
    .map((cells) => ({ cells, content: (ordered ? cells : [...cells].sort()).join('\u0001') }))
    .sort((a, b) => (a.content < b.content ? -1 : a.content > b.content ? 1 : 0));
  const rows = table.rows.map((_, at) => inOrder.map(({ cells }) => cells[at]).join('\u0001'));
  return [table.columns.length, ...(ordered ? rows : rows.sort())].join('\u0002');
}

/** The cells of each column, normalised, in the order of the rows. */
export const columnKeys = (table: ResultTable): readonly (readonly string[])[] =>
  table.columns.map((column, at) => table.rows.map((row) => cellKey(row[at] ?? null, column.kind)));

function cellKey(cell: Cell, kind: string): string {
  if (cell === null) return 'null';
  if (typeof cell === 'boolean') return cell ? '1' : '0';
  if (typeof cell === 'bigint') return String(cell);
  if (typeof cell === 'number') return numberKey(cell);
  if (cell instanceof Uint8Array) return `bytes:${Buffer.from(cell).toString('hex')}`;
  const text = cell.normalize('NFC').trimEnd();
  if (kind === 'number' && text !== '' && Number.isFinite(Number(text))) return numberKey(Number(text));
  return `text:${text}`;
}

const numberKey = (value: number) => (Number.isInteger(value) ? String(value || 0) : value.toPrecision(9));
