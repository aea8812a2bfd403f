import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { KnownQuestion } from '#src/domain/known-question.ts';
import type { QuestionIndex } from '#src/ports/question-index.ts';

const never = new AbortController().signal;

export const known = (databaseId: string, text: string, table = 'orders'): KnownQuestion => {
  return { kind: 'explored', databaseId, text, tables: [table], columns: [] };
};

const SALES = [
  known('sales', 'Show the number of orders for each status.'),
  known('sales', 'List the country of the customers whose country is not “Norway”.', 'customers'),
];
const FLEET = [known('fleet', 'What is the average mileage of the vehicles whose plate is “orders 7”?', 'vehicles')];

/** What every index of known questions promises. */
export function questionIndexContract(backend: {
  readonly name: string;
  readonly open: (known: readonly KnownQuestion[]) => QuestionIndex;
}) {
  describe(`${backend.name} as an index of known questions`, () => {
    it('finds them by what they share with a question, the nearest first, and not by the values that they say', async () => {
      const text = 'Which orders have which status in Norway?';
      const [sales, fleet] = await backend.open([...SALES, ...FLEET]).near({ text }, never);
      assert.deepEqual(
        sales?.nearest.map(({ question }) => question),
        [SALES[0]],
      );
      assert.deepEqual([sales?.known, fleet?.known, fleet?.nearest], [2, 1, []]);
    });

    it('has one as near as could be where all their words are the same', async () => {
      const [sales] = await backend.open(SALES).near({ text: 'number of orders by status' }, never);
      assert.ok(Math.abs((sales?.nearest[0]?.similarity ?? 0) - 1) < 1e-9);
    });

    it('lets those of databases that are not asked for change nothing, not even what a word is worth', async () => {
      const request = { text: 'Which orders are of which status?', databaseIds: ['sales'] };
      const others = Array.from({ length: 9 }, (_, at) => known(`other-${at}`, 'List the status of all orders.'));
      assert.deepEqual(
        await backend.open([...SALES, ...others]).near(request, never),
        await backend.open(SALES).near(request, never),
      );
    });
  });
}
