import type { ModelCall, StageRecord, TraceEntry } from '#src/domain/trace.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';

const rounded = (ms: number) => Math.round(ms * 10) / 10;

/** What each stage took, gave and spent, in order; Slack, evaluation and the command line read the same. */
export class Trace {
  readonly entries: TraceEntry[] = [];
  readonly #now: () => number;
  readonly #began: number;
  /** The calls of the stages under way, the innermost last. */
  readonly #open: ModelCall[][] = [];

  /** @param now milliseconds that only rise. */
  constructor(now: () => number) {
    this.#now = now;
    this.#began = now();
  }

  /** Does a stage's work and writes down what came of it. */
  async stage<T>(work: () => Promise<T>, recordOf: (value: T) => StageRecord): Promise<T> {
    const started = this.#now();
    const calls: ModelCall[] = [];
    this.#open.push(calls);
    try {
      const value = await work();
      const [atMs, ms] = [rounded(started - this.#began), rounded(this.#now() - started)];
      this.entries.push({ ...recordOf(value), atMs, ms, calls });
      return value;
    } finally {
      this.#open.splice(this.#open.indexOf(calls), 1);
    }
  }

  /** The model, each of its calls booked on the stage that is under way. */
  booked(model: ChatModel, role: string): ChatModel {
    return {
      id: model.id,
      reply: async (request, signal) => {
        const calls = this.#open.at(-1);
        const started = this.#now();
        const reply = await model.reply(request, signal);
        calls?.push({
          model: model.id,
          role,
          messages: request.messages,
          replies: reply.ok ? reply.value.choices.map(({ text }) => text) : [],
          promptTokens: reply.ok ? reply.value.promptTokens : 0,
          completionTokens: reply.ok ? reply.value.completionTokens : 0,
          ms: rounded((reply.ok ? reply.value.keptMs : undefined) ?? this.#now() - started),
          ...(reply.ok ? {} : { failure: reply.failure.kind }),
        });
        return reply;
      },
    };
  }
}
