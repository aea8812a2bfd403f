import OpenAI from 'openai';
import type { ChatMessage } from '#src/domain/chat.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { ChatRequest } from '#src/ports/chat-model.ts';

/**
 * What a server or its model does otherwise than most: its template has no system role; it thinks before it answers; it gives one sample a
 * request, knows no streams, or not the schema or the grammar of a reply. Learned from the request that failed of it, which is then asked again.
 */
export const QUIRKS = [
  'no-system-role',
  'thinks',
  'one-sample',
  'no-streams',
  'no-reply-schema',
  'no-grammar',
] as const;
export type Quirk = (typeof QUIRKS)[number];

/** Quirks as `querent doctor` says them: what the server does, and what is done about it. */
export const SAY_QUIRK: Readonly<Record<Quirk, string>> = {
  'no-system-role': 'no system role, so the rules go into the first message',
  thinks: 'it thinks first, which slows every answer',
  'one-sample': 'several samples are refused and asked for one by one',
  'no-streams': 'no streams, so every reply is waited for to its end',
  'no-reply-schema': 'a reply’s JSON schema is refused and left out',
  'no-grammar': 'a grammar is refused and left out',
};

/** Tokens for thoughts, besides those of the answer: models that think aloud take one to three thousand for a question of this kind. */
export const THOUGHT_TOKENS = 4_000;

/** The cause of thoughts without an answer that repeat themselves. */
export const IN_CIRCLES = 'thoughts repeat themselves';

/** As templates say it: Gemma's by name, Mistral's by the turns that a system message breaks. */
const NO_SYSTEM_ROLE = /system (?:role|message|prompt)s? (?:is |are )?not supported|roles must alternate/i;

/** What a failed request teaches; undefined where another try would go the same way. */
export function quirkOf(failure: Failure, request: ChatRequest, known: ReadonlySet<Quirk>): Quirk | undefined {
  return quirksOf(failure, request).find((one) => !known.has(one));
}

function quirksOf(failure: Failure, request: ChatRequest): readonly Quirk[] {
  if (failure.kind !== 'model-unavailable') return [];
  const { fault, cause } = failure;
  // Thoughts that go round in circles would only do so for longer.
  if (fault === 'only-thoughts') return cause === IN_CIRCLES ? [] : ['thinks'];
  // What was sent as a stream and is none may be a plain reply.
  if (fault === 'unreadable' && request.enough) return ['no-streams'];
  if (cause instanceof OpenAI.APIError && NO_SYSTEM_ROLE.test(cause.message)) return ['no-system-role'];
  if (fault !== 'refused') return [];
  return [
    ...(request.replySchema ? (['no-reply-schema'] as const) : []),
    ...(request.grammar ? (['no-grammar'] as const) : []),
    ...((request.samples ?? 1) > 1 ? (['one-sample'] as const) : []),
    ...(request.enough ? (['no-streams'] as const) : []),
  ];
}

/** The request as a server with these quirks takes it. */
export function adapted(request: ChatRequest, quirks: ReadonlySet<Quirk>): ChatRequest {
  const { replySchema, grammar, enough, ...rest } = request;
  return {
    ...rest,
    ...(replySchema && !quirks.has('no-reply-schema') ? { replySchema } : {}),
    ...(grammar && !quirks.has('no-grammar') ? { grammar } : {}),
    ...(enough && !quirks.has('no-streams') ? { enough } : {}),
    ...(quirks.has('no-system-role') ? { messages: withoutSystem(request.messages) } : {}),
    ...(quirks.has('thinks') ? { maxTokens: request.maxTokens + THOUGHT_TOKENS } : {}),
  };
}

/** What the system says, at the head of the first turn of the user's. */
export function withoutSystem(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const said = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const [first, ...turns] = messages.filter(({ role }) => role !== 'system');
  if (!first || !said.length) return messages;
  return [{ ...first, content: [...said, first.content].join('\n\n') }, ...turns];
}
