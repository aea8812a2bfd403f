import type OpenAI from 'openai';
import type { ChatChoice } from '#src/ports/chat-model.ts';
import { repeatsItself } from './repeats-itself.ts';

/** Characters of a reply beyond which a server is taken to ignore max_tokens: no token is longer on average. */
const CHARACTERS_A_TOKEN = 12;
/** Characters after all that was wanted until a sample is taken as whole: most end there by themselves. */
const GRACE = 24;

/** A token with its log-probability, and what might have stood in its place. */
interface TokenOfReply {
  readonly logprob: number;
  readonly top_logprobs?: readonly { readonly token: string; readonly logprob: number }[];
}

/** One sample of a reply, as far as it came. */
export interface Sample {
  readonly text: string;
  /** What servers put beside the answer where they know that the model thinks. */
  readonly thoughts: string;
  readonly finish: string | null;
  readonly tokens: readonly TokenOfReply[];
  /** It is whole, or nothing more of it is read: it has all that is wanted, or ran away. */
  readonly ended: boolean;
  /** It ended here, while its server goes on. */
  readonly stopped?: boolean;
  /** It repeats itself, or is longer than was allowed. */
  readonly ranAway?: boolean;
  /** Characters at which it held all that is wanted. */
  readonly enoughAt?: number;
}

export const NO_SAMPLE: Sample = { text: '', thoughts: '', finish: null, tokens: [], ended: false };

/** What a message or a piece of one holds: text, or parts with text; thoughts under the names that vLLM, llama.cpp and Ollama use. */
interface Said {
  readonly content?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part: { text?: unknown }) => textOf(part?.text)).join('') : '';
}

const thoughtsOf = ({ reasoning_content, reasoning }: Said) => textOf(reasoning_content ?? reasoning);

type Chosen = Pick<OpenAI.ChatCompletion.Choice, 'finish_reason' | 'logprobs'> & { readonly message: Said };

/** A sample that came whole. */
export function sampleOf(choice: Chosen, maxTokens: number): Sample {
  const [text, thoughts] = [textOf(choice?.message?.content), thoughtsOf(choice?.message ?? {})];
  const finish = isTooLong(text + thoughts, maxTokens) ? 'length' : (choice?.finish_reason ?? 'stop');
  return { text, thoughts, finish, tokens: choice?.logprobs?.content ?? [], ended: true };
}

/** A sample with the next piece of it. */
export function withPiece(
  sample: Sample,
  piece: OpenAI.ChatCompletionChunk.Choice,
  { maxTokens, enough }: { readonly maxTokens: number; readonly enough: (text: string) => boolean },
): Sample {
  const delta: Said = piece.delta ?? {};
  const text = sample.text + textOf(delta.content);
  const finish = piece.finish_reason ?? sample.finish;
  const enoughAt = sample.enoughAt ?? (enough(text) ? text.length : undefined);
  const hasEnough = enoughAt !== undefined && text.length > enoughAt + GRACE;
  const thoughts = sample.thoughts + thoughtsOf(delta);
  const ranAway = isTooLong(text + thoughts, maxTokens) || repeatsItself(text || thoughts);
  return {
    text,
    thoughts,
    finish: ranAway ? 'length' : (finish ?? (hasEnough ? 'stop' : null)),
    tokens: [...sample.tokens, ...(piece.logprobs?.content ?? [])],
    ended: ranAway || finish !== null || hasEnough,
    stopped: finish === null && (ranAway || hasEnough),
    ...(enoughAt === undefined ? {} : { enoughAt }),
    ...(ranAway ? { ranAway } : {}),
  };
}

const isTooLong = (text: string, maxTokens: number) => text.length > maxTokens * CHARACTERS_A_TOKEN;

/** Thoughts in the text itself, whose end is missing. */
const STILL_THINKING = /^\s*<(think|thinking|reasoning)>(?![\s\S]*<\/\1>)/i;

/** Whether all that it may write went into thinking. */
export const onlyThought = ({ text, thoughts, finish }: Sample): boolean =>
  finish === 'length' && (STILL_THINKING.test(text) || (!text.trim() && thoughts !== ''));

/** The sample as a choice; none where it is empty. A stream that ended without saying why was cut. */
export function choiceOf(sample: Sample): readonly ChatChoice[] {
  const { text, thoughts, finish, tokens } = sample;
  if (onlyThought(sample)) return [];
  // Where a server takes the whole reply for thoughts, the answer is among them.
  const said = text.trim() || finish !== 'stop' ? text : thoughts;
  return said.trim() ? [{ text: said, cut: finish !== 'stop', ...logprobOf(tokens) }] : [];
}

/** Of the tokens that a sample is made of, where the server tells them: how many, their mean log-probability, and what might have stood first. */
function logprobOf(tokens: Sample['tokens']): Partial<ChatChoice> {
  if (!tokens.length) return {};
  const first = tokens[0]?.top_logprobs?.map(({ token, logprob }) => ({ text: token, logprob }));
  return {
    tokens: tokens.length,
    logprob: tokens.reduce((sum, one) => sum + one.logprob, 0) / tokens.length,
    ...(first?.length ? { first } : {}),
  };
}
