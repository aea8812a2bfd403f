import { mcnemar, pairedDifference } from '#src/domain/paired.ts';
import { type EvalCase, STAGES } from './eval-case.ts';
import type { EvalRun } from './eval-run.ts';

export interface PairedRow {
  readonly what: string;
  readonly n: number;
  readonly first: number;
  readonly second: number;
  /** Second less first, with its 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Exact McNemar. */
  readonly p: number;
}

export interface EvalRunComparison {
  readonly n: number;
  /** Questions that only one of the runs asked. */
  readonly unpaired: number;
  readonly accuracy: readonly PairedRow[];
  /** Where each run lost its questions, by stage. */
  readonly lostAt: readonly { readonly stage: string; readonly first: number; readonly second: number }[];
  /** Means a question. */
  readonly cost: readonly { readonly what: string; readonly first: number; readonly second: number }[];
}

/** Two runs on the same questions: paired differences overall and by level, stages of failure, and costs. */
export function compareRuns(first: EvalRun, second: EvalRun): EvalRunComparison {
  const others = new Map(second.cases.map((one) => [one.id, one]));
  const pairs = first.cases.flatMap((one): (readonly [EvalCase, EvalCase])[] => {
    const other = others.get(one.id);
    return other && !one.goldFailed && !other.goldFailed ? [[one, other]] : [];
  });
  const levels = [...new Set(pairs.map(([one]) => one.level))].sort();
  const row = (what: string, list: typeof pairs, hit: (one: EvalCase) => boolean = (one) => one.right): PairedRow => {
    const count = (a: boolean, b: boolean) => list.filter(([one, other]) => hit(one) === a && hit(other) === b).length;
    const [both, onlyFirst, onlySecond, neither] = [
      count(true, true),
      count(true, false),
      count(false, true),
      count(false, false),
    ];
    return {
      what,
      n: list.length,
      first: (both + onlyFirst) / list.length,
      second: (both + onlySecond) / list.length,
      ...pairedDifference(both, onlyFirst, onlySecond, neither),
      p: mcnemar(onlyFirst, onlySecond),
    };
  };
  const mean = (pick: (one: EvalCase) => number, at: 0 | 1) =>
    pairs.reduce((sum, pair) => sum + pick(pair[at]), 0) / Math.max(1, pairs.length);
  const costs: readonly (readonly [string, (one: EvalCase) => number])[] = [
    ['calls', (one) => one.calls],
    ['prompt tokens', (one) => one.promptTokens],
    ['completion tokens', (one) => one.completionTokens],
    ['model seconds', (one) => one.modelMs / 1_000],
    ['seconds', (one) => one.ms / 1_000],
  ];
  return {
    n: pairs.length,
    unpaired: first.cases.length + second.cases.length - 2 * pairs.length,
    accuracy: pairs.length
      ? [
          row(
            'gold not empty',
            pairs.filter(([one]) => !one.goldEmpty),
          ),
          row('all', pairs),
          ...levels.map((level) =>
            row(
              level,
              pairs.filter(([one]) => one.level === level),
            ),
          ),
          row('some candidate right', pairs, (one) => one.oracle),
        ]
      : [],
    lostAt: STAGES.map((stage) => ({
      stage,
      first: pairs.filter(([one]) => one.failedAt === stage).length,
      second: pairs.filter(([, other]) => other.failedAt === stage).length,
    })),
    cost: costs.map(([what, pick]) => ({ what, first: mean(pick, 0), second: mean(pick, 1) })),
  };
}
