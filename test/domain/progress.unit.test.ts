import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { inWordsOf } from '#src/domain/in-words-of.ts';
import { sayPhase } from '#src/domain/progress.ts';
import { wordsToldApart } from '#src/pipeline/support/told-apart.ts';

describe('what is said while somebody waits', () => {
  it('has words of the question where there are some', () => {
    assert.equal(sayPhase({ phase: 'find' }), 'finding the right database');
    assert.equal(
      sayPhase({ phase: 'find', about: ['refunds', 'norway'] }),
      'looking for the database that knows “refunds” and “norway”',
    );
    assert.equal(sayPhase({ phase: 'write', about: ['refunds'] }), 'writing the query');
  });

  it('says which words of the question two readings take differently', () => {
    const [one, other] = [
      "SELECT count(*) FROM customer WHERE status = 'active'",
      'SELECT count(DISTINCT customer_id) FROM orders',
    ];
    const about = wordsToldApart('How many active customers are there?', one, other);
    assert.deepEqual(about, ['active']);
    assert.equal(sayPhase({ phase: 'check', readings: 2, about }), 'comparing two readings of “active”');
    assert.equal(sayPhase({ phase: 'check', readings: 2, about: [] }), 'comparing two readings');
  });
  it('says no word to others that only a private follow-up holds', () => {
    const news = { phase: 'tables', about: ['refunds', 'acme', 'art'] } as const;
    assert.deepEqual(inWordsOf('And the Refunds since the start?', news).about, ['refunds']);
    assert.deepEqual(inWordsOf('And since May?', { phase: 'run' }), { phase: 'run' });
  });
});
