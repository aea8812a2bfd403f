import assert from 'node:assert/strict';
import type { EdlResult } from '#src/sql/problem.ts';

/** The value of an outcome that must be good. */
export function succeeded<T>(outcome: EdlResult<T>): T {
  assert.ok(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.problems));
  return outcome.value;
}
