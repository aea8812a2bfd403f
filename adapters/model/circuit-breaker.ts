import type { Failure, ModelFault } from '#src/domain/failure.ts';
import { fail } from '#src/domain/result.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';

/** Faults of a server, as against those of one request. */
const OF_THE_SERVER: ReadonlySet<ModelFault> = new Set(['unreachable', 'server-error', 'timed-out', 'unreadable']);

/** Failures in a row after which a server is left alone, and for how long before one request tries it again. */
export const BREAK_AFTER = 4;
export const REST_MS = 15_000;

/** One a server: remembers that it is down, so that nobody waits for it in vain. */
export class CircuitBreaker {
  #failures = 0;
  #openedAt: number | undefined;
  #probing = false;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether a request may go: all while closed; one probe at a time once the rest is over. */
  admits(): boolean {
    if (this.#openedAt === undefined) return true;
    if (this.#probing || this.#now() - this.#openedAt < REST_MS) return false;
    this.#probing = true;
    return true;
  }

  note(failure: Failure | undefined): void {
    this.#probing = false;
    if (failure?.kind === 'cancelled') return;
    if (failure?.kind === 'model-unavailable' && OF_THE_SERVER.has(failure.fault)) {
      this.#failures += 1;
      if (this.#failures >= BREAK_AFTER) this.#openedAt = this.#now();
      return;
    }
    this.#failures = 0;
    this.#openedAt = undefined;
  }
}

/** The model behind its server's breaker: while that is open, requests fail at once. */
export function breaking(model: ChatModel, breaker: CircuitBreaker): ChatModel {
  return {
    id: model.id,
    async reply(request, signal) {
      if (!breaker.admits()) return fail({ kind: 'model-unavailable', fault: 'unreachable' });
      const reply = await model.reply(request, signal);
      breaker.note(reply.ok ? undefined : reply.failure);
      return reply;
    },
  };
}
