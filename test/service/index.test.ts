import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const SHOP = { shop: 'CREATE TABLE refunds (id INTEGER PRIMARY KEY); INSERT INTO refunds VALUES (1), (2)' };

describe('the index that answers are given from', () => {
  it('is read again where reading it threw, without a new start', async () => {
    const first = await startSmallQuerent({ databases: SHOP });
    await first.close();
    let broken = true;
    const { ask, close } = await startSmallQuerent({
      home: first.home,
      change: (parts) => ({
        ...parts,
        indexes: {
          ...parts.indexes,
          load: (catalogs) => (broken ? Promise.reject(new RangeError('no disk')) : parts.indexes.load(catalogs)),
        },
      }),
    });
    try {
      const asked = () => ask('How many refunds are there?');
      await Promise.all([asked(), asked()].map((one) => assert.rejects(one, RangeError)));
      await assert.rejects(asked(), RangeError);
      broken = false;
      const given = await asked();
      assert.equal(given.kind === 'answer' && given.table.rows[0]?.[0], 2);
    } finally {
      await close();
    }
  });
});
