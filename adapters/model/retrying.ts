import type { Failure, ModelFault } from '#src/domain/failure.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';

export interface RetryOptions {
  /** Tries of one request, the first included. */
  readonly attempts: number;
  readonly firstWaitMs: number;
  /** Waits, unless the signal aborts first. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

/** What a second try may mend. A time-out is not among them: it has cost its time already. */
const WORTH_A_RETRY: ReadonlySet<ModelFault> = new Set([
  'unreachable',
  'overloaded',
  'server-error',
  'loading',
  'empty',
  'unreadable',
]);

/** A server that wants to be left alone for longer is not waited for: its sentence is worth more than a late answer. */
const LONGEST_WAIT_MS = 20_000;

/** Retries that a request earns and that are kept at most: a server that fails every request gets a tenth more, not thrice as many. */
const EARNED = 0.1;
const MOST_SAVED = 10;

/** Tries again what a second try may mend, with growing waits, as long as the server's retry budget lasts. */
export class RetryBudget {
  #saved = MOST_SAVED;
  earn(): void {
    this.#saved = Math.min(MOST_SAVED, this.#saved + EARNED);
  }
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}

export function retrying(model: ChatModel, budget: RetryBudget, options: RetryOptions): ChatModel {
  return {
    id: model.id,
    async reply(request, signal) {
      budget.earn();
      for (let attempt = 1; ; attempt += 1) {
        const reply = await model.reply(request, signal);
        if (reply.ok || attempt >= options.attempts || !mayHelp(reply.failure) || !budget.spend()) return reply;
        const asked = retryAfterMs(reply.failure);
        if (asked > LONGEST_WAIT_MS) return reply;
        await options.wait(
          Math.max(asked, options.firstWaitMs * 2 ** (attempt - 1) * (0.5 + options.random())),
          signal,
        );
        if (signal.aborted) return reply;
      }
    },
  };
}

const mayHelp = (failure: Failure) => failure.kind === 'model-unavailable' && WORTH_A_RETRY.has(failure.fault);

const retryAfterMs = (failure: Failure) => (failure.kind === 'model-unavailable' ? (failure.retryAfterMs ?? 0) : 0);
