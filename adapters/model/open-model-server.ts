import { setTimeout as pause } from 'node:timers/promises';
import type { ChatModel, CountTokens } from '#src/ports/chat-model.ts';
import type { UNPROBED } from './abilities.ts';
import { breaking, CircuitBreaker } from './circuit-breaker.ts';
import { FairQueue, queued } from './fair-queue.ts';
import { openOpenAiModel } from './open-openai-model.ts';
import { RetryBudget, retrying } from './retrying.ts';

export interface ModelServerOptions {
  readonly baseUrl: string;
  readonly apiKey?: string;
  /** For one request, its retries not counted. */
  readonly timeoutMs: number;
  /** Requests at once. */
  readonly concurrency: number;
  readonly abilities?: () => typeof UNPROBED;
  readonly countTokens: CountTokens;
}

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 500;

/** A model server: its models by name share one queue, one retry budget and one breaker. */
export function openModelServer(options: ModelServerOptions): {
  /** @param more what every request of this model says besides, read at each. */
  model(name: string, more?: () => Readonly<Record<string, unknown>>): ChatModel;
} {
  const queue = new FairQueue(options.concurrency);
  const breaker = new CircuitBreaker(Date.now);
  const budget = new RetryBudget();
  const retries = {
    attempts: ATTEMPTS,
    firstWaitMs: FIRST_WAIT_MS,
    wait: (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal }).catch(() => undefined),
    random: Math.random,
  };
  const open = (name: string, more: () => Readonly<Record<string, unknown>>) =>
    queued(breaking(retrying(openOpenAiModel({ ...options, model: name, more }), budget, retries), breaker), queue);
  const opened = new Map<string, ChatModel>();
  return {
    model(name, more = () => ({})) {
      // One a name: what one role learned of it, the others need not.
      const model = opened.get(name) ?? open(name, more);
      opened.set(name, model);
      return model;
    },
  };
}
