import type { ResultDisplay } from '#src/domain/display.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import { withoutThoughts } from '#src/prompts/read-reply.ts';
import { writeTakeawayPrompt } from '#src/prompts/write-takeaway.ts';
import type { PipelineSettings } from '../settings.ts';
import { isGrounded } from '../support/grounded.ts';
import { asSentence, type RanStatement, sayResult } from '../support/saying/sentence.ts';

const LONGEST = 300;

/** A result that is to be said, with what is known of how it came about. */
export interface Sayable {
  readonly question: string;
  readonly table: ResultTable;
  /** The statement that gave it; absent where nothing but the result is known. */
  readonly ran?: RanStatement;
  /** Today where it was asked, `YYYY-MM-DD`. */
  readonly today?: string;
}

export interface SaidTakeaway {
  readonly text: string;
  readonly by: 'program' | 'model';
  /** Why a model's sentence was not taken. */
  readonly refused?: 'no-sentence' | 'not-in-result';
  /** How the columns of the result are shown. */
  readonly display: ResultDisplay;
}

/**
 * The sentence above a result: the program's, or where the settings say so a model's, which is taken only if every number, date and name in
 * it is of the result.
 */
export async function sayTakeaway(
  sayable: Sayable,
  settings: PipelineSettings,
  models: ModelRoles | undefined,
  signal: AbortSignal,
): Promise<SaidTakeaway> {
  const { question, table } = sayable;
  const { text: own, display } = takeaway(sayable);
  if (settings.takeaway === 'program' || !models || !table.rows.length) return { text: own, by: 'program', display };
  const reply = await models.selector.reply(
    { messages: writeTakeawayPrompt(question, table), temperature: 0, maxTokens: 120 },
    signal,
  );
  const text = reply.ok ? withoutThoughts(reply.value.choices[0]!.text).replace(/\s+/g, ' ').trim() : '';
  if (!text || text.length > LONGEST) return { text: own, by: 'program', refused: 'no-sentence', display };
  return isGrounded(text, table, question)
    ? { text, by: 'model', display }
    : { text: own, by: 'program', refused: 'not-in-result', display };
}

/**
 * The sentence above a result, written by a program from the statement that gave it, the result, and the question's form (whether something
 * exists, what has the least): every number and name in it is a cell of the table, a count of its rows, a literal of the statement, or what
 * two cells come to ("up 4 %"), so it cannot say what the table does not.
 */
export function takeaway({ question, table, ran, today }: Sayable): { text: string; display: ResultDisplay } {
  const asked = { least: LEAST.test(question), ...(today === undefined ? {} : { today }) };
  const { sentence, display } = sayResult(table, ran, asked);
  if (!YES_OR_NO.test(question.trim())) return { text: asSentence(sentence, table), display };
  // "Are there any …?" is answered first, by the rows that there are or by their count.
  const [first] = table.rows;
  const single = table.rows.length === 1 && first?.length === 1 ? first[0] : undefined;
  const count = typeof single === 'number' || typeof single === 'bigint' ? Number(single) : undefined;
  const no = !first || (single !== undefined && (count === 0 || single === null || single === false));
  return { text: asSentence(`${no ? 'No' : 'Yes'}: ${sentence}`, table), display };
}

/** Questions whose answer is yes or no, by the existence of something. */
const YES_OR_NO =
  /^(?:<@\w+>\s*)?(?:is there|are there|was there|were there|do we have|did we have|have we|has any|did any|does any|do any)\b/i;
/** Questions about the least of something: the lowest row is told, not the highest. */
const LEAST = /\b(?:lowest|least|fewest|smallest|cheapest|shortest|slowest|worst|minimum|bottom)\b/i;
