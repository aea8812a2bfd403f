import { type CheckOutcome, NUMBER_CHECKS } from '#src/domain/number-check.ts';
import { rounded } from '../statistics.ts';
import type { CheckedCase } from './check-statements.ts';

/** Gold queries, the planner's right answers and its wrong ones: how often each check was made and what it came to. */
export function summariseChecks(cases: readonly CheckedCase[]) {
  const planned = cases.filter(({ of }) => of === 'planner');
  return {
    gold: ofAll(cases.filter(({ of }) => of === 'gold')),
    plannerRight: ofAll(planned.filter(({ isRight }) => isRight)),
    plannerWrong: ofAll(planned.filter(({ isRight }) => !isRight)),
  };
}

function ofAll(cases: readonly CheckedCase[]) {
  const checks = Object.fromEntries(NUMBER_CHECKS.map((check) => [check, ofOne(cases, check)]));
  const corrected = cases.flatMap((one) => one.corrected ?? []);
  const statements = cases.flatMap(({ checks }) => checks.flatMap(({ sql }) => sql)).length;
  const times = cases.map(({ checks }) => checks.reduce((sum, { ms }) => sum + ms, 0)).sort((a, b) => a - b);
  return {
    n: cases.length,
    empty: cases.filter(({ isEmpty }) => isEmpty).length,
    failed: cases.filter(({ checks }) => checks.some(({ outcome }) => outcome === 'failed')).length,
    corrected: corrected.length,
    correctedRight: corrected.filter(({ isRight }) => isRight).length,
    statements: rounded(statements / Math.max(1, cases.length)),
    p50Ms: times[Math.floor(times.length / 2)] ?? 0,
    p95Ms: times[Math.floor(times.length * 0.95)] ?? 0,
    ...checks,
  };
}

function ofOne(cases: readonly CheckedCase[], name: (typeof NUMBER_CHECKS)[number]) {
  const outcomes = cases.flatMap(({ checks }) => checks.filter(({ check }) => check === name));
  const count = (outcome: CheckOutcome) => outcomes.filter((one) => one.outcome === outcome).length;
  const [failed, corrected] = [count('failed'), count('corrected')];
  return {
    made: outcomes.length - count('not-applicable') - count('untested'),
    passed: count('passed'),
    told: count('told'),
    failed,
    corrected,
    untested: count('untested'),
    failedShare: rounded((failed + corrected) / Math.max(1, cases.length)),
  };
}
