import { fail } from '#src/domain/result.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';

/** Statements and engine time of one question, all attempts together (CAP-2). */
const MAX_STATEMENTS = 12;
const MAX_ENGINE_MS = 60_000;

/** The database for one question: once its attempts are used up, what was found so far has to do. */
export function withinRunBudget(database: Database): Database {
  let statements = 0;
  let spentMs = 0;
  return {
    ...database,
    async run(sql, limits, signal) {
      if (statements >= MAX_STATEMENTS || spentMs >= MAX_ENGINE_MS) {
        return fail({ kind: 'query-timed-out', database: database.id, limitMs: MAX_ENGINE_MS });
      }
      statements += 1;
      const started = performance.now();
      const timeoutMs = Math.max(1_000, Math.min(limits.timeoutMs, MAX_ENGINE_MS - spentMs));
      try {
        return await database.run(sql, { ...limits, timeoutMs }, signal);
      } finally {
        spentMs += performance.now() - started;
      }
    },
  };
}

/** What the models may still write for one question, of all stages and roles together. */
export interface TokenBudget {
  left: number;
}

/** The model as long as the question's tokens last: no reply is begun once they are spent. Those under way then are not cut. */
export function withinTokens(model: ChatModel, budget: TokenBudget): ChatModel {
  return {
    id: model.id,
    async reply(request, signal) {
      if (budget.left <= 0) return fail({ kind: 'model-unavailable', fault: 'spent' });
      const reply = await model.reply(request, signal);
      if (reply.ok) budget.left -= reply.value.completionTokens;
      return reply;
    },
  };
}
