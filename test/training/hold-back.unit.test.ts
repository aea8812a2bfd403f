import assert from 'node:assert/strict';
import { it } from 'vitest';
import { holdBack } from '#src/training/hold-back.ts';

const pair = (question: string, sql: string) => ({ question, sql });
const PAIRS = [
  pair('How many orders are there?', 'SELECT COUNT(*) FROM orders'),
  pair('Count the orders.', 'select count( * ) from orders o'),
  pair('count the orders', 'SELECT COUNT(id) FROM orders'),
  ...Array.from({ length: 20 }, (_, at) => pair(`Orders above ${at}?`, `SELECT id FROM orders WHERE total > ${at}`)),
];
const options = { engine: 'sqlite', seed: 1 } as const;

it('parts off at most so many, and all others are learned', () => {
  const { learned, heldBack } = holdBack(PAIRS, 7, options);
  assert.ok(heldBack.length <= 7 && heldBack.length >= 5, String(heldBack.length));
  assert.deepEqual(new Set([...learned, ...heldBack]), new Set(PAIRS));
  assert.equal(learned.length + heldBack.length, PAIRS.length);
});

it('never has a query or a question on both sides, however they are written', () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const { heldBack } = holdBack(PAIRS, 8, { engine: 'sqlite', seed });
    const same = PAIRS.slice(0, 3).filter((one) => heldBack.includes(one)).length;
    assert.ok(same === 0 || same === 3, `seed ${seed}: ${same} of 3`);
  }
});

it('the seed draws which', () => {
  assert.deepEqual(holdBack(PAIRS, 7, options), holdBack(PAIRS, 7, options));
  assert.notDeepEqual(holdBack(PAIRS, 7, options).heldBack, holdBack(PAIRS, 7, { engine: 'sqlite', seed: 2 }).heldBack);
});

it('holds nothing back where all ask the same', () => {
  assert.deepEqual(holdBack(PAIRS.slice(0, 3), 2, options).heldBack, []);
});
