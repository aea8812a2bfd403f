import { type Cell, cellText, type ResultTable } from '#src/domain/result-table.ts';

/** UTF-8 with BOM, RFC 4180. Text that a spreadsheet would run as a formula gets a leading apostrophe (slack.md FILE-2). */
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
  const safe = text
    .split('\n')
    .map((line) => (/^[\s\u00a0]*[=+\-@＝＋－＠\t\r]/.test(line) ? `'${line}` : line))
    .join('\n');
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

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
