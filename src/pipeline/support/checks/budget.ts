import { COST_BUDGET } from '#src/domain/cost.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { fail, type Result } from '#src/domain/result.ts';
import { ANSWER_LIMITS, type ResultTable, type StatementLimits } from '#src/domain/result-table.ts';
import type { Database } from '#src/ports/database.ts';

/** What the checks of one answer may cost, all together (CAP-2). */
export const CHECK_BUDGET = {
  statements: 8,
  ms: 3_000,
  /** Queries that are run in place of the chosen one, under an answer's own limits. */
  corrections: 2,
  /** Of one statement. */
  limits: {
    ...ANSWER_LIMITS,
    timeoutMs: 1_500,
    maxRows: 10,
    budget: {
      maxRowsOut: COST_BUDGET.maxRowsOut,
      maxRowsRead: COST_BUDGET.maxRowsRead / 10,
      maxPairs: COST_BUDGET.maxPairs,
      maxCost: COST_BUDGET.maxCost / 10,
    },
  } satisfies StatementLimits,
} as const;

/** Runs the probes of one answer until their budget is spent. */
export interface ProbeBudget {
  run(sql: ReadOnlySql, signal: AbortSignal, maxRows?: number): Promise<Result<ResultTable>>;
}

export function openCheckBudget(database: Database): ProbeBudget {
  const { statements, ms, limits } = CHECK_BUDGET;
  let [left, spentMs] = [statements as number, 0];
  return {
    async run(sql, signal, maxRows = limits.maxRows) {
      const roomMs = ms - spentMs;
      if (left <= 0 || roomMs <= 0 || signal.aborted)
        return fail({ kind: 'query-timed-out', database: database.id, limitMs: ms });
      left -= 1;
      const started = performance.now();
      const timeoutMs = Math.min(limits.timeoutMs, roomMs);
      const ran = await database.run(sql, { ...limits, maxRows, timeoutMs }, signal);
      spentMs += performance.now() - started;
      return ran;
    },
  };
}
