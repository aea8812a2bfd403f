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
  await assert.rejects(collection.made(), VectorsUnavailable);
});

it('moves the alias in one request and drops the old generation', async () => {
  const double = await startQdrantDouble();
  const collection = openQdrant({ url: double.url, name: 'querent' });
  const made = { embedder: 'e', dimensions: 2, textVersion: 1, catalogs: 'x' };
  await (await collection.begin(made)).publish();
  await (await collection.begin(made)).publish();
  assert.deepEqual([...double.collections.keys()], ['querent_b']);
  assert.equal(double.requests.filter((one) => one === 'POST /collections/aliases').length, 2);
  await double.stop();
});
