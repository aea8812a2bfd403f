import type { Answered } from '#src/domain/answer.ts';
import { displayByName, displayedCell, type ResultDisplay } from '#src/domain/display.ts';
import { listed } from '#src/domain/plain-names.ts';
import { sayWords } from '#src/domain/reading.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn, neutral } from '../text.ts';
import { type TableCell, toTableCell } from './cells.ts';
import { type Block, context, preformatted, shown } from './message.ts';

/** Names of columns that are told where a table leaves them out. */
const COLUMNS_NAMED = 6;

export const displayOf = ({ display, table }: Answered): ResultDisplay => display ?? displayByName(table);

/** Whether there are rows to look at and to take away: the takeaway says a single cell whole. */
export const hasRows = ({ table: { rows, columns } }: Answered): boolean =>
  rows.length > 1 || (rows.length === 1 && columns.length > 1);

export interface AnswerTable {
  readonly blocks: readonly Block[];
  readonly rowsShown: number;
}

/** The rows of an answer within what a table of Slack takes; what it leaves out is said below it. */
export function answerTable(answer: Answered, blockId: string): AnswerTable {
  const { rows } = answer.table;
  if (!hasRows(answer)) return { blocks: [], rowsShown: rows.length };
  const display = displayOf(answer);
  const kept = display.slice(0, slackLimits.tableColumns);
  const head = kept.map(({ heading }) => ({ type: 'raw_text', text: cut(neutral(heading).trim() || '∅', 60) }));
  const body = bodyOf(
    answer,
    kept,
    head.reduce((sum, cell) => sum + cell.text.length, 0),
  );
  if (!body.length) {
    const lines = kept.map(({ heading, form }, at) => `${heading}: ${displayedCell(rows[0]?.[at] ?? null, form)}`);
    return { blocks: [preformatted(cut(lines.join('\n'), slackLimits.sectionText), blockId)], rowsShown: 1 };
  }
  const table: Block = {
    type: 'data_table',
    block_id: blockId,
    caption: cut(shown(neutral(captionOf(answer))), 150),
    page_size: slackLimits.tablePage,
    row_header_column_index: 0,
    rows: [head, ...body],
  };
  const further = display.slice(kept.length).map(({ heading }) => heading);
  return { blocks: [table, ...(further.length ? [goesOn(further, `${blockId}-more`)] : [])], rowsShown: body.length };
}

/** Whether a table of Slack leaves rows or columns out: then they come as a file. */
export const isCutShort = (answer: Answered): boolean =>
  hasRows(answer) &&
  (answer.table.truncated !== undefined ||
    answer.table.columns.length > slackLimits.tableColumns ||
    answerTable(answer, 'table').rowsShown < answer.table.rows.length);

function bodyOf({ table }: Answered, kept: ResultDisplay, characters: number): TableCell[][] {
  const body: TableCell[][] = [];
  let left = slackLimits.tableCharacters - characters;
  for (const row of table.rows.slice(0, slackLimits.tableRows)) {
    const cells = kept.map(({ form }, at) => toTableCell(row[at] ?? null, form));
    left -= cells.reduce((sum, cell) => sum + cell.text.length, 0);
    if (left < 0) break;
    body.push(cells);
  }
  return body;
}

/** That the table has more columns than are shown, which, and where they are. */
function goesOn(further: readonly string[], blockId: string): Block {
  const named = further.slice(0, COLUMNS_NAMED).map((name) => escapeMrkdwn(cut(name, 40)));
  const rest = further.length - named.length;
  const which = listed([...named, ...(rest > 0 ? [`${rest} others`] : [])]);
  const columns = further.length === 1 ? 'column is' : 'columns are';
  return context([`The table goes on: ${further.length} more ${columns} in the CSV (${which}).`], blockId);
}

/** The question, or how it reads now where a person changed that: it is no answer to the words that were asked. */
const captionOf = ({ question, reading, origin }: Answered) =>
  origin.changed && reading ? sayWords(reading.line) : question.text;
