import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { openQdrant } from '#adapters/vector/qdrant/open-qdrant.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { loadOutline, saveIndex } from '#schemas-index/index/index-file.ts';
import { publishIndex } from '#schemas-index/index/publish-index.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { sharedStore, withFallback } from '#schemas-index/index/shared-vectors.ts';
import { indexRetriever, outlineRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import { embeddedStore, type IndexStore } from '#schemas-index/retrieve/index-search.ts';
import { readTerms } from '#schemas-index/retrieve/read-question.ts';
import { RETRIEVALS } from '#src/domain/retrieval.ts';
import { VectorsUnavailable } from '#src/ports/vector-collection.ts';
import { bareCatalog } from '#test/support/catalogs.ts';
import { NO_QDRANT_ENGINE, onQdrant, type QdrantShim, startQdrant } from '#test/support/qdrant/start-qdrant.ts';

const catalogs = [
  bareCatalog('fleet', ['vehicles: id, plate', 'trips: id, vehicle_id, distance_km']),
  bareCatalog('sales', ['customers: id, name', 'orders: id, customer_id, amount']),
];
const never = new AbortController().signal;
const embedder = openUseLite();
let index: SchemaIndex;
beforeAll(async () => {
  index = await buildIndex(catalogs, { embedder, vectors: embeddedVectors }, () => undefined, never);
});
afterAll(() => embedder.close());

const asking = async (text: string) => ({ terms: readTerms(index, text), vector: (await embedder.embed([text]))[0]! });

describe('an index whose vectors are searched elsewhere', () => {
  it('gives way to the embedded copy while the server is down, says so once, and is tried again later', async () => {
    let [now, calls, told] = [0, 0, 0];
    let down = true;
    const own = embeddedStore(index);
    const { search } = withFallback(
      own,
      async () => ({
        ...own,
        async search(request) {
          calls += 1;
          if (down) throw new Error('down');
          return own.search(request);
        },
      }),
      { now: () => now, retryMs: 1_000, onTrouble: () => (told += 1) },
    );
    const request = await asking('trips');
    assert.equal((await search(request)).tables.length, 4);
    assert.equal((await search(request)).tables.length, 4);
    assert.deepEqual([calls, told], [1, 1]);
    [now, down] = [2_000, false];
    await search(request);
    assert.deepEqual([calls, told], [2, 1]);
  });

  it('is looked for again where another index was published, and taken up once it fits', async () => {
    let now = 0;
    const told: string[] = [];
    let fits = false;
    const own = embeddedStore(index);
    const { search } = withFallback(own, async () => (fits ? own : undefined), {
      now: () => now,
      retryMs: 1_000,
      onTrouble: (trouble) => told.push(trouble),
    });
    const request = await asking('trips');
    for (now of [0, 500, 1_000, 1_500]) assert.equal((await search(request)).tables.length, 4);
    assert.deepEqual(told, ['another index']);
    fits = true;
    for (now of [2_000, 2_001]) assert.equal((await search(request)).tables.length, 4);
    fits = false; // what fits is kept and not looked for again
    assert.equal((await search(request)).tables.length, 4);
    assert.deepEqual(told, ['another index']);
  });

  it('without a copy looks again at once, and says that there is none to search', async () => {
    const own = embeddedStore(index);
    let dropped = false;
    const gone: IndexStore = { ...own, search: async () => Promise.reject(new VectorsUnavailable('gone')) };
    const told: string[] = [];
    const options = { now: () => 0, retryMs: 1_000, onTrouble: (trouble: string) => told.push(trouble) };
    let looked = 0;
    const { search } = withFallback(undefined, async () => (looked++ && !dropped ? own : gone), options);
    const request = await asking('trips');
    assert.equal((await search(request)).tables.length, 4); // the first was dropped meanwhile, and the next stands there anew
    assert.equal(looked, 2);
    dropped = true;
    const down = withFallback(undefined, async () => undefined, options);
    await assert.rejects(down.search(request), VectorsUnavailable);
    assert.deepEqual(told, ['not answering', 'another index']);
  });
});

describe.skipIf(NO_QDRANT_ENGINE)(onQdrant('an index shared through a vector server'), () => {
  let engine: QdrantShim;
  beforeAll(async () => {
    engine = await startQdrant();
    await publishIndex(index, openQdrant({ url: engine.url, name: 'querent' }), embedder, () => undefined, never);
  });
  afterAll(() => engine.stop());
  const shared = () => sharedStore(index, openQdrant({ url: engine.url, name: 'querent' }), embedder);

  it('retrieves what the embedded one retrieves, within the same rights', async () => {
    const store = (await shared())!;
    for (const retrieval of RETRIEVALS)
      for (const databaseIds of [undefined, ['sales']]) {
        const remote = indexRetriever(index, embedder, { retrieval, store });
        const local = indexRetriever(index, embedder, { retrieval });
        const request = { text: 'distance of trips by vehicle', limit: 15, ...(databaseIds ? { databaseIds } : {}) };
        const [a, b] = [await remote.retrieve(request, never), await local.retrieve(request, never)];
        assert.deepEqual(
          a.tables.map(({ table }) => table.name),
          b.tables.map(({ table }) => table.name),
        );
        assert.ok(Math.abs(a.databases[0]!.probability - b.databases[0]!.probability) < 1e-4);
      }
  });

  it('is searched by whoever holds its names alone, to the same answers', async () => {
    const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'index');
    await saveIndex(folder, index, embedder, embeddedVectors, new Date());
    const loaded = await loadOutline(folder, catalogs, embedder);
    assert.ok(loaded.ok);
    const outline = loaded.value;
    assert.ok(!('bm25' in outline || 'mentions' in outline || 'tableVectors' in outline));
    const store = (await sharedStore(outline, openQdrant({ url: engine.url, name: 'querent' }), embedder))!;
    const near = { databaseId: 'sales', question: 'orders by customer', phrases: ['customer', 'sum'], limit: 5 };
    for (const retrieval of RETRIEVALS) {
      const [remote, local] = [
        outlineRetriever(outline, embedder, { retrieval, store }),
        indexRetriever(index, embedder, { retrieval }),
      ];
      // A misspelt word, one run together of two, and a name.
      for (const text of ['distnace of trips', 'vehicletrips', 'orders by customer']) {
        const [a, b] = [
          await remote.retrieve({ text, limit: 15 }, never),
          await local.retrieve({ text, limit: 15 }, never),
        ];
        assert.deepEqual(
          a.tables.map(({ table }) => table.name),
          b.tables.map(({ table }) => table.name),
        );
        assert.deepEqual(
          a.databases.map(({ evidence }) => evidence),
          b.databases.map(({ evidence }) => evidence),
        );
      }
      const namesOf = async (of: typeof local) =>
        (await of.columnsNear(near, never)).map(({ phrase, column }) => `${phrase} ${column.name}`);
      assert.deepEqual(await namesOf(remote), await namesOf(local));
    }
  });

  it('is not used when it was made from other schemas', async () => {
    const changed = await buildIndex(catalogs.slice(1), { embedder, vectors: embeddedVectors }, () => undefined, never);
    const store = await sharedStore(changed, openQdrant({ url: engine.url, name: 'querent' }), embedder);
    assert.equal(store, undefined);
  });

  it('answers every process from its own generation, while others are published over and over', {
    timeout: 240_000,
  }, async () => {
    const own = await startQdrant();
    try {
      const collection = () => openQdrant({ url: own.url, name: 'querent' });
      const wider = bareCatalog(
        'archive',
        Array.from({ length: 12 }, (_, at) => `box_${at}: id, label_${at}, shelf_${at}`),
      );
      const build = (of: typeof catalogs) =>
        buildIndex(of, { embedder, vectors: embeddedVectors }, () => undefined, never);
      const indexes = [index, await build([wider, ...catalogs]), await build(catalogs.toReversed())];
      const tablesOf = async (retriever: ReturnType<typeof indexRetriever>, text: string) =>
        (await retriever.retrieve({ text, limit: 5 }, never)).tables.map(({ table }) => table.name);
      const asked = ['distance of trips by vehicle', 'label of the box on the shelf', 'amount of orders by customer'];
      /** A process: it holds one index and asks the collection as it was when it looked. */
      const startProcess = async (of: SchemaIndex) => {
        await publishIndex(of, collection(), embedder, () => undefined, never);
        const options = { now: Date.now, retryMs: 1, onTrouble: () => undefined };
        const store = withFallback(embeddedStore(of), () => sharedStore(of, collection(), embedder), options);
        const alone = indexRetriever(of, embedder);
        const right = new Map<string, readonly string[]>();
        for (const text of asked) right.set(text, await tablesOf(alone, text));
        return { shared: indexRetriever(of, embedder, { store }), right };
      };
      const processes = [];
      for (const of of indexes) {
        const process = await startProcess(of);
        await tablesOf(process.shared, asked[0]!); // it holds this generation from here on
        processes.push(process);
      }
      const searches = async () => (await own.requests()).filter((one) => one.endsWith('/points/query/batch')).length;
      for (let swap = 0; swap < 6; swap += 1) {
        const swapping = publishIndex(indexes[swap % 3]!, collection(), embedder, () => undefined, never);
        for (const process of processes)
          for (const text of asked) assert.deepEqual(await tablesOf(process.shared, text), process.right.get(text));
        await swapping;
      }
      // Each is back on the server once what it holds is what was published.
      for (const [at, process] of processes.entries()) {
        await publishIndex(indexes[at]!, collection(), embedder, () => undefined, never);
        await sleep(5);
        const before = await searches();
        for (const text of asked) assert.deepEqual(await tablesOf(process.shared, text), process.right.get(text));
        assert.equal((await searches()) - before, asked.length);
      }
    } finally {
      await own.stop();
    }
  });
});
