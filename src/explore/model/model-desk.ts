import type { z } from 'zod';
import type { ChatMessage } from '#src/domain/chat.ts';
import type { Failure, ModelFault } from '#src/domain/failure.ts';
import { type ChatModel, type ChatRequest, NOBODY_WAITS } from '#src/ports/chat-model.ts';
import { readJsonReply } from '#src/prompts/json-reply.ts';
import { fenceClosed, readSqlReply, withoutThoughts } from '#src/prompts/read-reply.ts';
import type { Random } from '../random.ts';

/** What a model may be asked while a database is explored; the rest is written by program. */
export interface ModelBudget {
  readonly calls: number;
  /** Read and written. */
  readonly tokens: number;
  readonly minutes: number;
}

/** The model as exploring asks it: one call at a time, each within the budget. */
export interface ModelDesk {
  /** The first JSON object of a reply that fits; nothing where none does. */
  json<T>(ask: JsonAsk<T>, signal: AbortSignal): Promise<T | undefined>;
  /** The text of a reply; nothing where there was none. */
  text(ask: Ask, enough: (textSoFar: string) => boolean, signal: AbortSignal): Promise<string | undefined>;
  /** The SQL of a reply; nothing where there is none. */
  sql(ask: Ask, signal: AbortSignal): Promise<string | undefined>;
  /** Whether it may still be asked. */
  isOpen(): boolean;
  spent(): { readonly calls: number; readonly tokens: number };
  /** Why the server is asked no more. */
  failure(): Failure | undefined;
}

export interface Ask {
  readonly of: 'writer' | 'judge';
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly maxTokens: number;
  readonly replySchema?: ChatRequest['replySchema'];
}

export interface JsonAsk<T> extends Ask {
  readonly schema: z.ZodType<T>;
}

export interface DeskOptions {
  readonly writer: ChatModel;
  readonly judge: ChatModel;
  readonly budget: ModelBudget;
  readonly random: Random;
  /** Milliseconds that only rise. */
  readonly now: () => number;
}

/** Faults of a server, not of one request, after so many of which in a row it is asked no more. */
const FAULTS_IN_A_ROW = 3;
const OF_THE_SERVER: ReadonlySet<ModelFault> = new Set([
  'unreachable',
  'overloaded',
  'server-error',
  'loading',
  'timed-out',
  'refused',
  'unreadable',
]);

export function openModelDesk({ writer, judge, budget, random, now }: DeskOptions): ModelDesk {
  const started = now();
  const spent = { calls: 0, tokens: 0 };
  let faults = 0;
  let failure: Failure | undefined;
  const isOpen = () =>
    !failure && spent.calls < budget.calls && spent.tokens < budget.tokens && now() - started < budget.minutes * 60_000;

  async function text(ask: Ask, enough: (textSoFar: string) => boolean, signal: AbortSignal) {
    if (!isOpen() || signal.aborted) return undefined;
    const { of, messages, temperature, maxTokens, replySchema } = ask;
    spent.calls += 1;
    const reply = await (of === 'writer' ? writer : judge).reply(
      {
        messages,
        temperature,
        maxTokens,
        seed: random.below(1_000_000_000),
        askerId: NOBODY_WAITS,
        enough,
        ...(replySchema ? { replySchema } : {}),
      },
      signal,
    );
    if (reply.ok) {
      faults = 0;
      spent.tokens += reply.value.promptTokens + reply.value.completionTokens;
      return withoutThoughts(reply.value.choices[0]?.text ?? '');
    }
    const isFault = reply.failure.kind === 'model-unavailable' && OF_THE_SERVER.has(reply.failure.fault);
    faults = isFault ? faults + 1 : 0;
    if (faults >= FAULTS_IN_A_ROW) failure = reply.failure;
    return undefined;
  }

  return {
    text,
    async json({ schema, ...ask }, signal) {
      const read = (soFar: string) => readJsonReply(withoutThoughts(soFar), schema);
      const written = await text(ask, (soFar) => read(soFar) !== undefined, signal);
      return written === undefined ? undefined : read(written);
    },
    async sql(ask, signal) {
      const written = await text(ask, fenceClosed, signal);
      const read = written === undefined ? undefined : readSqlReply(written, false);
      return read?.kind === 'written' ? read.text : undefined;
    },
    isOpen,
    spent: () => ({ ...spent }),
    failure: () => failure,
  };
}
