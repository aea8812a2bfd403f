import assert from 'node:assert/strict';
import { it } from 'vitest';
import { embeddedCollection } from '#adapters/vector/embedded/embedded-collection.ts';
import { openQdrant } from '#adapters/vector/qdrant/open-qdrant.ts';
import { VectorsUnavailable } from '#src/ports/vector-collection.ts';
import { vectorCollectionContract } from '#test/contracts/vector-collection.ts';
import { startQdrantDouble } from '#test/support/qdrant-double.ts';

vectorCollectionContract({
  name: 'the embedded index',
  open: async () => ({ collection: embeddedCollection(), close: async () => undefined }),
});

vectorCollectionContract({
  name: 'the Qdrant client against a double of the server',
  open: async () => {
    const double = await startQdrantDouble();
    return { collection: openQdrant({ url: double.url, name: 'querent' }), close: double.stop };
  },
});

const server = process.env.QDRANT_URL;
if (server)
  vectorCollectionContract({
    name: 'a Qdrant server',
    open: async () => ({
      collection: openQdrant({ url: server, name: `querent_test_${process.pid}` }),
      close: async () => undefined,
    }),
  });
else console.log('The contract of a real Qdrant server is skipped: set QDRANT_URL (deploy/compose starts one).');

it('says that a Qdrant server is unavailable when none answers', async () => {
  const collection = openQdrant({ url: 'http://127.0.0.1:9', name: 'querent', timeoutMs: 500 });
  await assert.rejects(collection.published(), VectorsUnavailable);
});

const made = { embedder: 'e', dimensions: 2, textVersion: 1, catalogs: 'x', groups: 'g' };

it('moves the alias in one request, and keeps the generation before for those who hold it, none older', async () => {
  const double = await startQdrantDouble();
  try {
    const collection = openQdrant({ url: double.url, name: 'querent' });
    const names: string[] = [];
    for (let nth = 0; nth < 4; nth += 1) {
      const generation = await collection.begin(made);
      names.push([...double.collections.keys()].at(-1)!);
      await generation.publish();
    }
    assert.equal(new Set(names).size, 4, 'a name is never used again');
    assert.deepEqual([...double.collections.keys()], names.slice(-2));
    assert.deepEqual(Object.fromEntries(double.aliases), { querent: names[3], querent_before: names[2] });
    assert.equal(double.requests.filter((one) => one === 'POST /collections/aliases').length, 4);
  } finally {
    await double.stop();
  }
});

it('says that a generation is unavailable once it is dropped', async () => {
  const double = await startQdrantDouble();
  try {
    const collection = openQdrant({ url: double.url, name: 'querent' });
    await (await collection.begin(made)).publish();
    const held = (await collection.published())!;
    const request = { dense: Float32Array.of(1, 0), filter: { workspace: ['T'] }, limit: 1 };
    await (await collection.begin(made)).publish();
    assert.deepEqual(await held.search(request), []);
    await (await collection.begin(made)).publish();
    await assert.rejects(held.search(request), VectorsUnavailable);
  } finally {
    await double.stop();
  }
});

it('drops what a killed run left behind after a day, and touches nothing else', async () => {
  const double = await startQdrantDouble();
  try {
    let now = 1_000_000;
    const collection = openQdrant({ url: double.url, name: 'querent', now: () => now });
    const other = openQdrant({ url: double.url, name: 'querent_test', now: () => now });
    await collection.begin(made); // never published
    const [left] = [...double.collections.keys()];
    await other.begin(made);
    now += 60_000;
    await (await collection.begin(made)).publish();
    assert.ok(double.collections.has(left!), 'another run may be writing it');
    now += 24 * 3_600_000;
    await (await collection.begin(made)).publish();
    assert.ok(!double.collections.has(left!));
    assert.deepEqual(
      [...double.collections.keys()].map((name) => name.replace(/_\d+_[0-9a-f]{8}$/, '')),
      ['querent_test', 'querent', 'querent'],
    );
  } finally {
    await double.stop();
  }
});
