import assert from 'node:assert/strict';
import type { Outcome } from '#src/sql/problem.ts';

/** The value of an outcome that must be good. */
export function succeeded<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.problems));
  return outcome.value;
}
