import { type CellForm, displayedCell, numberOf } from '#src/domain/display.ts';
import type { Cell } from '#src/domain/result-table.ts';
import { slackLimits } from '../limits.ts';
import { cut, neutral } from '../text.ts';

export type TableCell =
  | { readonly type: 'raw_text'; readonly text: string }
  | { readonly type: 'raw_number'; readonly value: number; readonly text: string };

/** A result cell as Slack shows it without parsing it (MSG-6). */
export function toTableCell(cell: Cell, form: CellForm): TableCell {
  if (cell === null) return { type: 'raw_text', text: '—' };
  const figure = typeof cell === 'number' || (typeof cell === 'string' && form.kind !== 'plain' && form.kind !== 'day');
  const value = figure ? numberOf(cell) : undefined;
  // What we wrote ourselves needs no cleaning.
  if (value !== undefined) return { type: 'raw_number', value, text: displayedCell(cell, form) };
  const text = neutral(displayedCell(cell, form)).trim();
  return { type: 'raw_text', text: text === '' ? '∅' : cut(text, slackLimits.cellText) };
}
