import type { TraceEntry } from '#src/domain/answer.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';

/** What a stage spent on models. */
interface Spent {
  calls: number;
  promptTokens: number;
  completionTokens: number;
}

/** What each stage took and gave, in order; Slack, evaluation and the command line read the same. */
export class Trace {
  readonly entries: TraceEntry[] = [];
  /** The stages under way, the innermost last: model calls are booked on it. */
  readonly #open: Spent[] = [];

  async time<T>(stage: string, work: () => Promise<T>, note: (value: T) => string): Promise<T> {
    const started = performance.now();
    const spent: Spent = { calls: 0, promptTokens: 0, completionTokens: 0 };
    this.#open.push(spent);
    try {
      const value = await work();
      const ms = Math.round((performance.now() - started) * 10) / 10;
      this.entries.push({ stage, ms, note: note(value), ...(spent.calls ? { model: spent } : {}) });
      return value;
    } finally {
      this.#open.splice(this.#open.indexOf(spent), 1);
    }
  }

  /** The model, each of its calls booked on the stage that is under way. */
  booked(model: ChatModel): ChatModel {
    return {
      id: model.id,
      reply: async (request, signal) => {
        const spent = this.#open.at(-1);
        const reply = await model.reply(request, signal);
        if (spent) {
          spent.calls += 1;
          spent.promptTokens += reply.ok ? reply.value.promptTokens : 0;
          spent.completionTokens += reply.ok ? reply.value.completionTokens : 0;
        }
        return reply;
      },
    };
  }
}
