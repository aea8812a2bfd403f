import type { ChatModel } from '#src/ports/chat-model.ts';
import type { PromptStyle } from '#src/prompts/prompt-style.ts';
import { fenceClosed, readSqlReply } from '#src/prompts/read-reply.ts';
import { writePlainPrompt } from '#src/prompts/write-plain.ts';
import { sqlGrammar } from '#src/sql/sql-grammar.ts';
import { type GenerateContext, type Generator, shownExamples, sqlGenerator } from './generator.ts';

/** Answers that somebody of the company said to be right are shown in any style. */
const VERIFIED_SHOWN = 2;

/** Two sentences, the schema and the question, laid out as the model reads it best (`tune:prompts`). */
export function plainPrompt(context: GenerateContext, style: PromptStyle) {
  const { shown: schema, asked } = context;
  const examples = shownExamples(context);
  const others = examples
    .filter(({ explored, verified }) => !explored && (verified || style.examples > 0))
    .slice(-Math.max(style.examples, VERIFIED_SHOWN));
  const shown = examples.filter((one) => one.explored || others.includes(one));
  return writePlainPrompt(schema, asked, style, shown);
}

/** @param grammar whether the reply is held to SELECT statements over what is shown. */
export const plainGenerator = (model: ChatModel, style: PromptStyle, grammar: boolean): Generator =>
  sqlGenerator(
    'plain',
    model,
    (context) => plainPrompt(context, style),
    readSqlReply,
    fenceClosed,
    ({ shown, asked }) => (grammar ? sqlGrammar(shown.tables, asked.engine) : undefined),
  );
