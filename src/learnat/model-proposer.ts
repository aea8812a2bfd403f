import { ok } from '#src/domain/result.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { NEXT_STEP_REPLY_SCHEMA, nextStepPrompt, readNextStep, type TakenApart } from '#src/prompts/take-apart.ts';
import type { Proposer } from './search.ts';

const TEMPERATURE = 0.8;
const STEP_TOKENS = 300;

/**
 * A model that is asked for the next step: one prompt, so many replies drawn as children are wanted. What cannot be read is a reply all the same, and counts.
 * @param shown demonstrations, from the one that is farthest to the one that is nearest.
 */
export function modelProposer(
  model: ChatModel,
  task: Omit<TakenApart, 'steps'>,
  shown: readonly TakenApart[],
  signal: AbortSignal,
): Proposer {
  let drawn = 0;
  return {
    async next(path, most) {
      const seed = 1 + drawn;
      drawn += most;
      const reply = await model.reply(
        {
          messages: nextStepPrompt({ ...task, steps: path }, shown),
          temperature: TEMPERATURE,
          maxTokens: STEP_TOKENS,
          samples: most,
          seed,
          replySchema: NEXT_STEP_REPLY_SCHEMA,
        },
        signal,
      );
      if (!reply.ok) return reply;
      const { choices, promptTokens, completionTokens } = reply.value;
      const steps = choices.flatMap(({ text }) => readNextStep(text) ?? []);
      return ok({ steps, calls: most, tokens: promptTokens + completionTokens });
    },
  };
}
