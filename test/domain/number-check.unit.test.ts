import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { type CheckOutcome, type NumberCheck, sayChecks } from '#src/domain/number-check.ts';
import { sayStage } from '#src/domain/trace.ts';

const check = (outcome: CheckOutcome): NumberCheck => ({ check: 'edge', outcome, says: '', sql: [], ms: 1 });

describe('the checks of an answer in words', () => {
  it.each([
    [['passed', 'told', 'corrected', 'not-applicable'], '3 checks passed'],
    [['passed', 'untested'], '1 check passed'],
    [['passed', 'passed', 'failed'], '2 checks passed, 1 failed'],
    [['failed'], '1 check failed'],
    [['not-applicable', 'untested'], undefined],
  ] as const)('%j: %s', (outcomes, says) => assert.equal(sayChecks(outcomes.map(check)), says));
});

it('a trace says what each check came to, with its statements and time', () => {
  const made = { check: 'repeats', outcome: 'corrected', sql: ['SELECT 1'], ms: 2.5 } as const;
  assert.equal(
    sayStage({
      stage: 'check',
      checks: [made, { ...made, check: 'edge', outcome: 'passed', sql: [] }, check('not-applicable')],
    }),
    'repeats corrected the query (1 statement, 2.5 ms), edge passed',
  );
  assert.equal(sayStage({ stage: 'check', checks: [] }), 'nothing to check');
});
