import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type SwapOptions, swapGenerations } from '#src/evaluation/swaps.ts';
import { NO_QDRANT_ENGINE, onQdrant, type QdrantShim, startQdrant } from '#test/support/qdrant/start-qdrant.ts';

async function swap(options: Partial<SwapOptions> = {}) {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
  const report = await swapGenerations(home, { swaps: 6, questions: 60, readers: 4, ...options }, () => undefined);
  assert.deepEqual(report.said, []);
  assert.deepEqual([report.mixed, report.otherwise, report.failed], [0, 0, 0]);
  assert.ok(report.questions >= 60 && report.started > 0, JSON.stringify(report));
  assert.equal(report.takenUp, report.processes);
  return report;
}

describe('questions while one generation of the index follows the other', () => {
  it('are answered from one of them, whole, by processes that stay and by those that start in the middle', async () => {
    await swap();
  }, 120_000);
});

describe.skipIf(NO_QDRANT_ENGINE)(onQdrant('questions while generations follow each other on a vector server'), () => {
  let engine: QdrantShim;
  beforeAll(async () => {
    engine = await startQdrant();
  });
  afterAll(() => engine.stop());

  it.each([
    ['that hold a copy', true],
    ['that hold none', false],
  ])(
    'are answered from one of them, whole, by processes %s',
    async (_, copy) => {
      const { roundTrips } = await swap({ swaps: 4, qdrant: { url: engine.url, name: `querent_${copy}`, copy } });
      assert.ok(copy ? roundTrips > 0 : roundTrips >= 1);
    },
    240_000,
  );
});
