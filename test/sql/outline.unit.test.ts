import assert from 'node:assert/strict';
import { it } from 'vitest';
import { grainAmong } from '#src/sql/outline.ts';

/** Lines name their order and their product, orders their customer. */
const LEADS = ['lines orders', 'lines products', 'orders customers'];
const findsOne = (from: string, to: string) => LEADS.includes(`${from} ${to}`);

it('each row of joined sources is one of the source that leads to all others, and of none where there is no such', () => {
  assert.equal(grainAmong(['customers', 'orders', 'lines', 'products'], findsOne), 'lines');
  assert.equal(grainAmong(['customers', 'orders'], findsOne), 'orders');
  assert.equal(grainAmong(['orders', 'products'], findsOne), undefined);
  assert.equal(
    grainAmong(['customers', 'orders'], findsOne, ['customers']),
    undefined,
    'rows of orders may be missing',
  );
});
