import { fail } from '#src/domain/result.ts';
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
