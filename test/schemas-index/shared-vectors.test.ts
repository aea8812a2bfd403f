import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { openQdrant } from '#adapters/vector/qdrant/open-qdrant.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { publishIndex, sharedSearch, withFallback } from '#schemas-index/index/shared-vectors.ts';
import { embeddedHits } from '#schemas-index/retrieve/dense-search.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import { bareCatalog } from '#test/support/catalogs.ts';
import { startQdrantDouble } from '#test/support/qdrant-double.ts';

const catalogs = [
  bareCatalog('fleet', ['vehicles: id, plate', 'trips: id, vehicle_id, distance_km']),
  bareCatalog('sales', ['customers: id, name', 'orders: id, customer_id, amount']),
];
const never = new AbortController().signal;
const embedder = openUseLite();
let index: SchemaIndex;
let double: Awaited<ReturnType<typeof startQdrantDouble>>;
beforeAll(async () => {
  index = await buildIndex(catalogs, { embedder, vectors: embeddedVectors }, () => undefined, never);
  double = await startQdrantDouble();
  await publishIndex(index, openQdrant({ url: double.url, name: 'querent' }), embedder, () => undefined, never);
});
afterAll(async () => {
  await double.stop();
  await embedder.close();
});
const shared = () => sharedSearch(index, openQdrant({ url: double.url, name: 'querent' }), embedder);

describe('an index shared through a vector server', () => {
  it('retrieves what the embedded one retrieves, within the same rights', async () => {
    const search = (await shared())!;
    const remote = indexRetriever(index, embedder, { search });
    const local = indexRetriever(index, embedder);
    for (const databaseIds of [undefined, ['sales']]) {
      const request = { text: 'distance of trips by vehicle', limit: 15, ...(databaseIds ? { databaseIds } : {}) };
      const [a, b] = [await remote.retrieve(request, never), await local.retrieve(request, never)];
      assert.deepEqual(
        a.tables.map(({ table }) => table.name),
        b.tables.map(({ table }) => table.name),
      );
      assert.ok(Math.abs(a.databases[0]!.probability - b.databases[0]!.probability) < 1e-4);
    }
  });

  it('is not used when it was made from other schemas', async () => {
    const changed = await buildIndex(catalogs.slice(1), { embedder, vectors: embeddedVectors }, () => undefined, never);
    const search = await sharedSearch(changed, openQdrant({ url: double.url, name: 'querent' }), embedder);
    assert.equal(search, undefined);
  });

  it('gives way to the embedded copy while the server is down, says so once, and is tried again later', async () => {
    let [now, calls, told] = [0, 0, 0];
    let down = true;
    const search = withFallback(
      index,
      async (question, databases) => {
        calls += 1;
        if (down) throw new Error('down');
        return embeddedHits(index, question, databases);
      },
      { now: () => now, retryMs: 1_000, onTrouble: () => (told += 1) },
    );
    const [question] = await embedder.embed(['trips']);
    assert.equal((await search(question!)).tables.length, 4);
    assert.equal((await search(question!)).tables.length, 4);
    assert.deepEqual([calls, told], [1, 1]);
    [now, down] = [2_000, false];
    await search(question!);
    assert.deepEqual([calls, told], [2, 1]);
  });
});
