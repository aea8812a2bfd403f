import type { EvalCase } from '#src/evaluation/runs/eval-case.ts';

/** One answered question of a stored run. */
export const evalCase = (id: string, right: boolean, more: Partial<EvalCase> = {}): EvalCase => ({
  id,
  level: 'easy',
  answered: true,
  right,
  goldEmpty: false,
  databaseRight: true,
  ms: 1_000,
  calls: 2,
  promptTokens: 100,
  completionTokens: 10,
  modelMs: 900,
  overheadMs: 5,
  oracle: right,
  selectedFrom: 1,
  byGenerator: {},
  ...(right ? {} : { failedAt: 'generation' as const }),
  ...more,
});
