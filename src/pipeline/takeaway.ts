import { type Cell, cellText, isNumberCell, type ResultTable } from '#src/domain/result-table.ts';

/**
 * The sentence above a result, written by a program: every number and name in it is a cell of the table or a count of
 * its rows, so it cannot say what the table does not.
 */
export function takeaway(table: ResultTable): string {
  const rows = table.rows.length;
  const [first] = table.rows;
  if (!first) return 'No rows match.';
  if (rows === 1 && first.length === 1) return `${headingOf(table, 0)}: ${numberText(first[0] ?? null)}.`;
  if (rows === 1) {
    const parts = first.slice(0, 4).map((cell, at) => `${headingOf(table, at)} ${numberText(cell)}`);
    return `${parts.join(', ')}.`;
  }
  const more = table.truncated ? 'the first ' : '';
  const measure = table.columns.findIndex((column, at) => at > 0 && column.kind === 'number');
  const label = table.columns.findIndex((column) => column.kind !== 'number');
  if (measure > 0 && label >= 0 && table.columns.length <= 3 && !table.truncated) {
    const ranked = table.rows.filter((row) => isNumberCell(row[measure] ?? null));
    const top = ranked.reduce<readonly Cell[] | undefined>(
      (best, row) => (!best || Number(row[measure]) > Number(best[measure]) ? row : best),
      undefined,
    );
    if (top)
      return `${rows.toLocaleString('en-US')} rows; the highest is ${numberText(top[label] ?? null)} with ${numberText(top[measure] ?? null)}.`;
  }
  return `Here are ${more}${rows.toLocaleString('en-US')} rows.`;
}

/** `count(*)` reads as "Count"; a name keeps its words. */
function headingOf(table: ResultTable, at: number): string {
  const name = table.columns[at]?.name ?? '';
  const call = /^(\w+)\s*\((.*)\)$/s.exec(name);
  const words: Readonly<Record<string, string>> = {
    count: 'Count',
    sum: 'Total',
    avg: 'Average',
    min: 'Minimum',
    max: 'Maximum',
  };
  if (call) {
    const said = words[call[1]!.toLowerCase()] ?? call[1]!;
    const of = call[2]!
      .replace(/^DISTINCT\s+/i, 'distinct ')
      .replace(/.*\./, '')
      .replaceAll('"', '')
      .replaceAll('_', ' ');
    return of === '*' ? said : `${said} of ${of}`;
  }
  const plain = words[name.toLowerCase()] ?? name.replaceAll('_', ' ');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

export function numberText(cell: Cell): string {
  if (cell === null) return 'no value';
  if (typeof cell === 'number') return cell.toLocaleString('en-US', { maximumFractionDigits: 2 });
  if (typeof cell === 'bigint') return cell.toLocaleString('en-US');
  return cellText(cell);
}
