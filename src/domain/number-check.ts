/** What the numbers of an answer are tested for before it is posted, in the order in which they are. */
export const NUMBER_CHECKS = ['filters', 'repeats', 'units', 'groups', 'period', 'gone', 'edge'] as const;
export type NumberCheckName = (typeof NUMBER_CHECKS)[number];

export const CHECK_OUTCOMES = ['passed', 'told', 'corrected', 'failed', 'not-applicable', 'untested'] as const;
/**
 * What a check came to: it passed; it found what a reader should know, which casts no doubt on the query; the query was corrected by
 * it; it failed; there was nothing to test; its statement was not run or gave nothing.
 */
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export interface NumberCheck {
  readonly check: NumberCheckName;
  readonly outcome: CheckOutcome;
  /** One sentence; none where nothing was tested. */
  readonly says: string;
  /** The statements that it asked the database by. */
  readonly sql: readonly string[];
  readonly ms: number;
}

/** What a trace keeps of a check: its sentence may hold stored values. */
export type CheckRecord = Omit<NumberCheck, 'says'>;

const HOLDS: ReadonlySet<CheckOutcome> = new Set(['passed', 'told', 'corrected']);
/** Those that were made and did not fail. */
export const passedChecks = (checks: readonly NumberCheck[]): readonly NumberCheck[] =>
  checks.filter(({ outcome }) => HOLDS.has(outcome));
export const failedChecks = (checks: readonly NumberCheck[]): readonly NumberCheck[] =>
  checks.filter(({ outcome }) => outcome === 'failed');

/** "3 checks passed", "2 checks passed, 1 failed"; nothing where none was made. */
export function sayChecks(checks: readonly NumberCheck[]): string | undefined {
  const [passed, failed] = [passedChecks(checks).length, failedChecks(checks).length];
  if (passed + failed === 0) return undefined;
  const counted = (count: number) => `${count} ${count === 1 ? 'check' : 'checks'}`;
  if (failed === 0) return `${counted(passed)} passed`;
  return passed === 0 ? `${counted(failed)} failed` : `${counted(passed)} passed, ${failed} failed`;
}
