import { type Cell, cellText, columnHeading, type ResultTable } from '#src/domain/result-table.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import { withoutThoughts } from '#src/prompts/read-reply.ts';
import { writeTakeawayPrompt } from '#src/prompts/write-takeaway.ts';
import type { PipelineSettings } from '../settings.ts';
import { isGrounded } from '../support/grounded.ts';

const LONGEST = 300;

export interface SaidTakeaway {
  readonly text: string;
  readonly by: 'program' | 'model';
  /** Why a model's sentence was not taken. */
  readonly refused?: 'no-sentence' | 'not-in-result';
}

/**
 * The sentence above a result: the program's, or where the settings say so a model's, which is taken only if every number, date and name in
 * it is of the result.
 */
export async function sayTakeaway(
  question: string,
  table: ResultTable,
  settings: PipelineSettings,
  models: ModelRoles | undefined,
  signal: AbortSignal,
): Promise<SaidTakeaway> {
  const own = takeaway(table, question);
  if (settings.takeaway === 'program' || !models || !table.rows.length) return { text: own, by: 'program' };
  const reply = await models.selector.reply(
    { messages: writeTakeawayPrompt(question, table), temperature: 0, maxTokens: 120 },
    signal,
  );
  const text = reply.ok ? withoutThoughts(reply.value.choices[0]!.text).replace(/\s+/g, ' ').trim() : '';
  if (!text || text.length > LONGEST) return { text: own, by: 'program', refused: 'no-sentence' };
  return isGrounded(text, table, question)
    ? { text, by: 'model' }
    : { text: own, by: 'program', refused: 'not-in-result' };
}

/**
 * The sentence above a result, written by a program from the result and the question's form (whether something exists, what has the
 * most or the least): every number and name in it is a cell of the table or a count of
 * its rows, so it cannot say what the table does not.
 */
export function takeaway(table: ResultTable, question = ''): string {
  const said = ofResult(table, LEAST.test(question) ? 'lowest' : 'highest');
  if (!YES_OR_NO.test(question.trim())) return said;
  // "Are there any …?" is answered first, by the rows that there are or by their count.
  const [first] = table.rows;
  const single = table.rows.length === 1 && first?.length === 1 ? first[0] : undefined;
  const count = typeof single === 'number' || typeof single === 'bigint' ? Number(single) : undefined;
  const no = !first || (single !== undefined && (count === 0 || single === null || single === false));
  return `${no ? 'No' : 'Yes'}. ${said}`;
}

/** Questions whose answer is yes or no, by the existence of something. */
const YES_OR_NO =
  /^(?:<@\w+>\s*)?(?:is there|are there|was there|were there|do we have|did we have|have we|has any|did any|does any|do any)\b/i;
/** Questions about the least of something: the lowest row is told, not the highest. */
const LEAST = /\b(?:lowest|least|fewest|smallest|cheapest|shortest|slowest|worst|minimum|bottom)\b/i;

function ofResult(table: ResultTable, end: 'highest' | 'lowest'): string {
  const rows = table.rows.length;
  const [first] = table.rows;
  if (!first) return 'No rows match.';
  if (rows === 1 && first.length === 1) {
    const heading = headingOf(table, 0);
    // What the engine called by the words of the query is no name that people would say.
    return `${heading.includes('(') ? 'Result' : heading}: ${cellWords(table, first, 0)}.`;
  }
  if (rows === 1) {
    const parts = first.slice(0, 4).map((_, at) => `${headingOf(table, at)} ${cellWords(table, first, at)}`);
    return `${parts.join(', ')}.`;
  }
  const counted = rows.toLocaleString('en-US');
  const measure = table.columns.findIndex((column, at) => at > 0 && column.kind === 'number');
  const label = table.columns.findIndex((column) => column.kind !== 'number');
  if (measure > 0 && label >= 0 && table.columns.length <= 3 && !table.truncated) {
    const ranked = table.rows.filter((row) => row[measure] !== null);
    const sign = end === 'highest' ? 1 : -1;
    const top = ranked.reduce<readonly Cell[] | undefined>(
      (best, row) => (!best || sign * Number(row[measure]) > sign * Number(best[measure]) ? row : best),
      undefined,
    );
    const shared = top ? ranked.filter((row) => Number(row[measure]) === Number(top[measure])).length : 0;
    if (top && shared > 1 && shared < rows)
      return `${counted} rows; the ${end} is ${cellWords(table, top, measure)}, which ${shared} share.`;
    if (top)
      return `${counted} rows; the ${end} is ${cellWords(table, top, label)} with ${cellWords(table, top, measure)}.`;
  }
  return `Here are ${table.truncated ? 'the first ' : ''}${counted} rows.`;
}

const headingOf = (table: ResultTable, at: number) => {
  const words = columnHeading(table.columns[at]?.name ?? '');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** A cell in a sentence: numbers rounded to two places, exact decimals too; everything else as it is. */
function cellWords(table: ResultTable, row: readonly Cell[], at: number): string {
  const cell = row[at] ?? null;
  if (cell === null) return 'no value';
  const exact = typeof cell === 'string' && table.columns[at]?.kind === 'number' && Number.isFinite(Number(cell));
  if (typeof cell === 'number' || exact) return Number(cell).toLocaleString('en-US', { maximumFractionDigits: 2 });
  return typeof cell === 'bigint' ? cell.toLocaleString('en-US') : cellText(cell);
}
