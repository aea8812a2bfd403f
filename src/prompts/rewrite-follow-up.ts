import { z } from 'zod';
import type { ChatMessage } from '#src/domain/chat.ts';
import { asData } from '#src/domain/m-schema.ts';
import type { Turn } from '#src/domain/question.ts';
import { saidWrong } from './question-block.ts';

export const RewriteReply = z.object({ question: z.string().min(1).max(2_000) });

export const REWRITE_REPLY_SCHEMA = {
  name: 'question',
  schema: {
    type: 'object',
    properties: { question: { type: 'string' } },
    required: ['question'],
    additionalProperties: false,
  },
} as const;

const SYSTEM = `You rewrite the last message of a thread as one question that can be understood without the thread.
- Keep what the earlier questions said and the last message does not change: what is asked about, conditions, grouping, order.
- What the last message says wins over what was said before, also where it contradicts it.
- "they", "those", "of these" mean what the question just before was about. Use the words of the thread; add nothing of your own.
- A last message that needs nothing from the thread stays as it is.
Reply with one JSON object and nothing else: {"question": "…"}`;

const TURNS_SHOWN = 4;

/** The step that makes a follow-up stand alone. */
export function rewriteFollowUpPrompt(text: string, earlier: readonly Turn[]): ChatMessage[] {
  const turns = earlier
    .slice(-TURNS_SHOWN)
    .map(
      (turn) =>
        `- ${asData(turn.text)}${turn.sql ? `\n  (answered${saidWrong(turn.wrong)} by: ${asData(turn.sql)})` : ''}`,
    );
  return [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: `<thread>\n${turns.join('\n')}\n</thread>\nLast message: ${asData(text)}` },
  ];
}
