import assert from 'node:assert/strict';
import { it } from 'vitest';
import { compareOutcomes, type Outcome, sayOutcome } from '#src/domain/outcomes.ts';

const posted = (right?: boolean): Omit<Outcome, 'question'> => ({
  decision: 'post',
  ...(right === undefined ? {} : { right }),
});
const declined = { decision: 'decline' } as const;
const checked = (right: boolean) => ({ decision: 'check', right }) as const;

it.each<readonly [string, Omit<Outcome, 'question'>, Omit<Outcome, 'question'>, 'better' | 'worse' | 'neither']>([
  ['a right answer that is no longer given', posted(true), declined, 'worse'],
  ['a wrong one that is no longer given', posted(false), declined, 'better'],
  ['a wrong one that is told to be checked', posted(false), checked(false), 'better'],
  ['a right one that has to be checked now', posted(true), checked(true), 'worse'],
  ['a wrong one in the place of none', declined, checked(false), 'worse'],
  ['one of which nobody knows in the place of none', declined, posted(), 'neither'],
  ['the same', posted(true), posted(true), 'neither'],
])('%s: %j, then %j, is %s', (_, before, after, how) => {
  const question = 'How many?';
  const compared = compareOutcomes(
    [{ question, ...before }],
    [
      { question, ...after },
      { question: 'new', ...after },
    ],
  );
  assert.equal(compared.both, 1);
  assert.deepEqual(
    [compared.better.length, compared.worse.length],
    [how === 'better' ? 1 : 0, how === 'worse' ? 1 : 0],
  );
});

it('an outcome is said in words', () => {
  assert.equal(sayOutcome({ question: '', ...checked(false) }), 'posted with something to check, not right');
  assert.equal(sayOutcome({ question: '', decision: 'ask' }), 'asked back');
});
