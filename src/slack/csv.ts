import { type Cell, cellText, type ResultTable } from '#src/domain/result-table.ts';

/**
 * UTF-8 with BOM, RFC 4180. Text that a spreadsheet would run as a formula gets a leading apostrophe, line by line
 * (FILE-2, OUT-4); `csvText` takes it off again.
 */
export function toCsv(
  table: ResultTable,
  maxBytes: number,
): { readonly content: string; readonly rows: number; readonly cut: boolean } {
  const lines = [table.columns.map((column) => field(column.name)).join(',')];
  let bytes = Buffer.byteLength(lines[0]!) + 3;
  let rows = 0;
  for (const row of table.rows) {
    const line = row.map((cell) => field(cell)).join(',');
    bytes += Buffer.byteLength(line) + 2;
    if (bytes > maxBytes) break;
    lines.push(line);
    rows += 1;
  }
  return {
    content: `\ufeff${lines.join('\r\n')}\r\n`,
    rows,
    cut: rows < table.rows.length || table.truncated !== undefined,
  };
}

function field(cell: Cell): string {
  if (typeof cell === 'number' || typeof cell === 'bigint') return String(cell);
  const text = cell instanceof Uint8Array ? `\\x${Buffer.from(cell).toString('hex')}` : cellText(cell);
  // A NUL ends the file for some readers; nothing else is changed.
  const safe = text.toWellFormed().replaceAll('\u0000', '\u2400').replace(RUN_AS_FORMULA, "'$&");
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const LINE_START = '(?<=^|[\\r\\n\\v\\f\\u0085\\u2028\\u2029])';
/**
 * What a spreadsheet would run at the start of a line: blanks, then a sign of a formula, plain or full-width. Apostrophes before
 * it count as well, so that a text which has one of its own gets another and both can be told apart.
 */
const FORMULA = "'*(?:[^\\S\\r\\n\\v\\f\\u0085\\u2028\\u2029]|[\\u200b\\ufeff])*[=+\\-@\\t\\r＝＋－＠﹢﹣﹦﹫]";
const RUN_AS_FORMULA = new RegExp(`${LINE_START}${FORMULA}`, 'gu');
const NEUTRALISED = new RegExp(`${LINE_START}'(?=${FORMULA})`, 'gu');

/** The text that stood in a cell before the apostrophes were put. */
export const csvText = (field: string): string => field.replace(NEUTRALISED, '');

/** `<database>-<slug>-<date>.csv`, plain letters only. */
export function csvName(database: string, question: string, date: string): string {
  const slug = (text: string) =>
    text
      .toLowerCase()
      .normalize('NFKD')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40);
  return `${[slug(database), slug(question), date].filter(Boolean).join('-')}.csv`;
}
