import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { isGrounded } from '#src/pipeline/support/grounded.ts';

const table = (names: readonly string[], rows: readonly (readonly Cell[])[]): ResultTable => ({
  columns: names.map((name, at) => ({ name, kind: typeof rows[0]?.[at] === 'number' ? 'number' : 'text' })),
  rows,
  cellsCut: false,
  elapsedMs: 1,
});
const sales = table(
  ['country', 'orders', 'since'],
  [
    ['Norway', 120, '2024-01-05'],
    ['Chile', 80, '2023-07-01'],
  ],
);
const check = (sentence: string) => isGrounded(sentence, sales, 'How many orders per country in 2024?');

describe('a sentence about a result', () => {
  it.each([
    'Norway has 120 orders, Chile 80.',
    'There are 2 countries with 200 orders in all.',
    'On average a country has 100 orders.',
    'Norway has 40 more orders than Chile.',
    'Norway has 60 % of the orders.',
    'Norway has ordered since 2024-01-05.',
    'In 2024 Norway leads with 120.',
    'The highest is “Norway”.',
  ])('may say: %s', (sentence) => assert.equal(check(sentence), true));

  it.each([
    ['another number', 'Norway has 121 orders.'],
    ['another name', 'The leader is Sweden with 120 orders.'],
    ['another date', 'Norway has ordered since 2024-01-06.'],
    ['a number in words that nothing checks', 'Norway has more than half of the orders.'],
    ['a quoted text that is not there', 'The status is "shipped".'],
    ['a number rounded wrongly', 'Norway has 60.4 % of the orders.'],
  ])('may not say %s', (_, sentence) => assert.equal(check(sentence), false));
});
