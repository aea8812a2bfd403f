import { asData, type MSchema } from '#src/domain/m-schema.ts';
import { WORDING_REPLY_SCHEMA, type WordedPair, Wording, wordingPrompt } from '#src/prompts/explore-wording.ts';
import { isQuestion } from './keeps-said.ts';
import type { ModelDesk } from './model-desk.ts';

const WORDING_TOKENS = 120;

/** The question of a query in a model's words; nothing where it gave none that can be read. */
export async function wordQuestion(
  pair: WordedPair,
  schema: MSchema,
  desk: ModelDesk,
  signal: AbortSignal,
): Promise<string | undefined> {
  const worded = await desk.json(
    {
      of: 'writer',
      messages: wordingPrompt(schema, pair),
      temperature: 0.7, // at 0 small models say the stiff question again
      maxTokens: WORDING_TOKENS,
      replySchema: WORDING_REPLY_SCHEMA,
      schema: Wording,
    },
    signal,
  );
  return worded && isQuestion(worded.question) ? asData(worded.question) : undefined;
}
