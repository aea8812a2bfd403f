import type { Question } from '#src/domain/question.ts';
import { mergeTurns } from '#src/planner/follow-up.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { readJsonReply } from '#src/prompts/json-reply.ts';
import { REWRITE_REPLY_SCHEMA, RewriteReply, rewriteFollowUpPrompt } from '#src/prompts/rewrite-follow-up.ts';

export interface RewrittenQuestion {
  /** The question as it can be understood without its thread. */
  readonly text: string;
  /** It changes the last question rather than asking a new one: what was said later wins, and the database stays. */
  readonly revised: boolean;
  /** A model rewrote it: the reader is shown how. */
  readonly rewritten: boolean;
}

/** Makes a follow-up stand alone: by rule where its form is known (“and last year?”), else by a model. */
export async function rewriteFollowUp(
  question: Question,
  linker: ChatModel | undefined,
  signal: AbortSignal,
): Promise<RewrittenQuestion> {
  const text = question.text.trim();
  const { earlier } = question.thread;
  if (!earlier.length) return { text, revised: false, rewritten: false };
  const merged = mergeTurns([...earlier, { text }], question.calendar);
  if (merged.revised || !linker) return { ...merged, rewritten: false };
  const reply = await linker.reply(
    {
      messages: rewriteFollowUpPrompt(text, earlier),
      temperature: 0,
      maxTokens: 300,
      replySchema: REWRITE_REPLY_SCHEMA,
      askerId: question.asker.userId,
    },
    signal,
  );
  const read = reply.ok ? readJsonReply(reply.value.choices[0]!.text, RewriteReply) : undefined;
  const rewritten = read?.question.trim();
  if (!rewritten || rewritten.toLowerCase() === text.toLowerCase()) return { ...merged, rewritten: false };
  return { text: rewritten, revised: true, rewritten: true };
}
