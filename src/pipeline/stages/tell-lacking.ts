import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { MSchema } from '#src/domain/m-schema.ts';
import type { Plan } from '#src/planner/plan.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { askAnswerablePrompt, readAnswerable } from '#src/prompts/ask-answerable.ts';
import { lackPoints, type Unexplained, unexplained } from '../support/unexplained.ts';

/** Whether it is told that a database lacks what is asked for: by the question's words, with a model where they leave doubt, or not at all. */
export type LackingMode = 'untold' | 'words' | 'words-and-model';

/** Points from which the words tell by themselves, where no model is asked, and from which they leave doubt. */
const TELLS = { alone: 1, doubtful: -1 };

/**
 * The probability of yes below which the model tells: the more speaks against a question already, the surer it must be. Set on Spider's training questions, the
 * company's tuning half and SQL-eval with its unanswerable questions together (docs/figures.md).
 */
const leastYes = (points: number) => Math.min(0.2 + 0.08 * points, 0.9);

export interface TellLackingInput {
  readonly text: string;
  readonly catalog: DatabaseCatalog;
  readonly shown: MSchema;
  /** The planner writes a query only where it understood every word. */
  readonly planned: Plan;
  /** What else says what words mean. */
  readonly taught: readonly string[];
  readonly mode: LackingMode;
  readonly askerId: string;
}

export interface Lacking {
  /** Words that nothing of the database stands for; empty where nothing is in doubt. */
  readonly words: readonly string[];
  /** What is missing, in words, where the question is not to be answered. */
  readonly missing?: string;
  /** The probability that a model gave the question to be answerable. */
  readonly yes?: number;
}

/** Tells, before a query is written, that a question asks for what the database does not hold. */
export async function tellLacking(input: TellLackingInput, model: ChatModel, signal: AbortSignal): Promise<Lacking> {
  const { text, catalog, planned, taught, mode } = input;
  if (mode === 'untold' || planned.kind === 'planned') return { words: [] };
  const read = unexplained(text, catalog, taught);
  const points = lackPoints(read);
  if (points < TELLS.doubtful) return { words: [] };
  const words = [...read.things, ...read.names];
  const lacks = (yes?: number) => ({ words, missing: sayMissing(read), ...(yes === undefined ? {} : { yes }) });
  if (mode === 'words') return points >= TELLS.alone ? lacks() : { words };
  const reply = await askModel(input, model, signal);
  // A server in trouble is told by those that write the query.
  if (!reply.ok) return { words };
  const [choice] = reply.value.choices;
  const yes = choice && readAnswerable(choice.text, choice.logprob);
  if (yes === undefined) return points >= TELLS.alone ? lacks() : { words };
  return yes < leastYes(points) ? lacks(yes) : { words, yes };
}

const askModel = ({ shown, text, askerId }: TellLackingInput, model: ChatModel, signal: AbortSignal) =>
  model.reply(
    { messages: askAnswerablePrompt(shown, text), temperature: 0, maxTokens: 1, logprobs: true, askerId },
    signal,
  );

const MOST_SAID = 4;

function sayMissing({ things, names, relations }: Unexplained): string {
  const lacked = things.length || names.length ? [...things, ...names] : relations;
  if (!lacked.length) return 'it asks for an explanation, not for what is stored';
  const said = lacked.slice(0, MOST_SAID).map((word) => `“${word}”`);
  const last = said.length > 1 ? ` or ${said.at(-1)}` : '';
  return `nothing in it stands for ${(said.length > 1 ? said.slice(0, -1) : said).join(', ')}${last}`;
}
