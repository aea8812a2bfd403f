import { fail } from '#src/domain/result.ts';
import { type ChatModel, NOBODY_WAITS } from '#src/ports/chat-model.ts';

/** At most so many requests at once; those that wait are taken in turns by asker, so that one with many keeps nobody waiting; what nobody waits for comes last. */
export class FairQueue {
  #running = 0;
  readonly #limit: number;
  /** Askers who wait, the next one first, each with what waits in order. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits for a turn; false when the signal aborts before it comes. Every turn taken must be given back. */
  take(asker: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.#running < this.#limit) {
      this.#running += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      const leave = () => {
        const left = (this.#waiting.get(asker) ?? []).filter((one) => one !== go);
        if (left.length) this.#waiting.set(asker, left);
        else this.#waiting.delete(asker);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.set(asker, [...(this.#waiting.get(asker) ?? []), go]);
    });
  }

  giveBack(): void {
    const waiting = [...this.#waiting];
    const next = waiting.find(([asker]) => asker !== NOBODY_WAITS) ?? waiting[0];
    if (!next) {
      this.#running -= 1;
      return;
    }
    const [asker, [go, ...rest]] = next;
    this.#waiting.delete(asker);
    if (rest.length) this.#waiting.set(asker, rest); // behind the others
    go!();
  }
}

export function queued(model: ChatModel, queue: FairQueue): ChatModel {
  return {
    id: model.id,
    async reply(request, signal) {
      if (!(await queue.take(request.askerId ?? '', signal))) return fail({ kind: 'cancelled' });
      try {
        return await model.reply(request, signal);
      } finally {
        queue.giveBack();
      }
    },
  };
}
