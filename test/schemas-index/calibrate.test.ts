import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { openSchemaIndexes } from '#schemas-index/open-schema-indexes.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const never = new AbortController().signal;
const LOST = 'a question without a vector';
const labelled = (texts: readonly string[]) => texts.map((text) => ({ text, databaseId: 'shop', right: true }));
const questions = Array.from({ length: 25 }, (_, at) => `How many orders does customer ${at} have?`);

/** An index of one database whose embedder gives no vector for one question. */
async function indexOfShop() {
  const whole = openUseLite();
  const embedder: Embedder = {
    ...whole,
    embed: (texts, signal) => (texts.includes(LOST) ? Promise.resolve([]) : whole.embed(texts, signal)),
  };
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
  const options = {
    folder,
    retrieval: 'groups' as const,
    embedder,
    uncached: embedder,
    vectors: embeddedVectors,
    now: () => new Date(0),
  };
  const built = await openSchemaIndexes({ ...options, log: () => undefined }).build(
    [catalogOf(SHOP)],
    { forgetNames: false },
    () => undefined,
    never,
  );
  assert.ok(built.ok);
  return built.value;
}

describe('a calibration', () => {
  it('is fitted on every question that was labelled', async () => {
    const fitted = await (await indexOfShop()).calibrate(labelled(questions), 'test', () => undefined, never);
    assert.deepEqual(fitted, { ok: true, value: { questions: 25, right: 25 } });
  });

  it('leaves out no question: where one has no vector there is none', async () => {
    const index = await indexOfShop();
    const fitted = await index.calibrate(labelled([...questions, LOST]), 'test', () => undefined, never);
    assert.equal(fitted.ok ? 'fitted' : fitted.failure.kind, 'embedder-unavailable');
  });
});
