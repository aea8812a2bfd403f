import { type Cell, cellText } from '#src/domain/result-table.ts';
import { slackLimits } from '../limits.ts';
import { cut, neutral } from '../text.ts';

export type TableCell =
  | { readonly type: 'raw_text'; readonly text: string }
  | { readonly type: 'raw_number'; readonly value: number; readonly text: string };

/** A result cell as Slack shows it without parsing it (MSG-6). */
export function toTableCell(cell: Cell): TableCell {
  if (cell === null) return { type: 'raw_text', text: '—' };
  if (typeof cell === 'number' && Number.isFinite(cell)) {
    return { type: 'raw_number', value: cell, text: cell.toLocaleString('en-US', { maximumFractionDigits: 6 }) };
  }
  const text = neutral(cellText(cell)).trim();
  return { type: 'raw_text', text: text === '' ? '∅' : cut(text, slackLimits.cellText) };
}
