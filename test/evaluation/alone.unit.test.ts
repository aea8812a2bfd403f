import assert from 'node:assert/strict';
import { beforeAll, describe, it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { type AloneCase, aloneCases, fitAlone, scoreAlone } from '#src/evaluation/alone.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

describe('a database that alone can answer', () => {
  const embedder = openUseLite();
  let index: SchemaIndex;
  beforeAll(async () => {
    const catalogs = [
      bareCatalog('shop', ['customers: id, name', 'refunds: id, amount']),
      bareCatalog('desk', ['customers: id, name', 'tickets: id, subject']),
    ];
    index = await buildIndex(
      catalogs,
      { embedder, vectors: embeddedVectors },
      () => undefined,
      new AbortController().signal,
    );
  });

  it('is found among questions by whether the planner can read them over it and over no other that is near', async () => {
    const ask = (question: string, db_id: string) => ({ id: question, question, db_id });
    const questions = [ask('How many customers are there?', 'shop'), ask('How many refunds are there?', 'desk')];
    // Both can answer the first. At a price of 0 even a sure one is looked at, and it alone can answer the second.
    const [only, ...others] = await aloneCases(
      index,
      questions,
      { embedder, retrieval: 'groups', price: 0 },
      () => undefined,
    );
    assert.deepEqual(others, []);
    assert.ok(only && only.share > 0.5 && !only.right, 'the label says desk');
  });

  it('is fitted as the log odds that the questions show', () => {
    // Of a hundred at each share, as many are right as log odds of 1 + 0.5 · log odds of the share say.
    const cases = [0.1, 0.3, 0.5, 0.7].flatMap((share): AloneCase[] => {
      const right = 100 / (1 + Math.exp(-(1 + 0.5 * Math.log(share / (1 - share)))));
      return Array.from({ length: 100 }, (_, at) => ({ share, right: at < Math.round(right) }));
    });
    const { intercept, slope } = fitAlone(cases);
    assert.ok(Math.abs(intercept - 1) < 0.05 && Math.abs(slope - 0.5) < 0.05, `${intercept} ${slope}`);
    const { n, byShare, right, claimed } = scoreAlone(cases);
    assert.deepEqual([n, Number(byShare.toFixed(3))], [400, 0.4]);
    assert.ok(right > byShare && claimed > byShare);
  });
});
