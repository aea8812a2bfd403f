import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { embeddedCollection } from '#adapters/vector/embedded/embedded-collection.ts';
import { openQdrant } from '#adapters/vector/qdrant/open-qdrant.ts';
import { VectorsUnavailable } from '#src/ports/vector-collection.ts';
import { vectorCollectionContract } from '#test/contracts/vector-collection.ts';
import { NO_QDRANT_ENGINE, onQdrant, type QdrantShim, startQdrant } from '#test/support/qdrant/start-qdrant.ts';

vectorCollectionContract({
  name: 'the embedded index',
  open: async () => ({ collection: embeddedCollection(), close: async () => undefined }),
});

const server = process.env.QDRANT_URL;
describe.skipIf(!server && NO_QDRANT_ENGINE !== undefined)(
  server ? 'On the server of QDRANT_URL' : onQdrant('A client'),
  () => {
    vectorCollectionContract({
      name: 'Qdrant',
      open: async () => {
        const own = server ? { url: server, stop: async () => undefined } : await startQdrant();
        return { collection: openQdrant({ url: own.url, name: `querent_test_${process.pid}` }), close: own.stop };
      },
    });
  },
);

it('says that a Qdrant server is unavailable when none answers', async () => {
  const collection = openQdrant({ url: 'http://127.0.0.1:9', name: 'querent', timeoutMs: 500 });
  await assert.rejects(collection.published(), VectorsUnavailable);
});

const made = { embedder: 'e', dimensions: 2, textVersion: 1, catalogs: 'x', groups: 'g' };

describe.skipIf(NO_QDRANT_ENGINE)(onQdrant('Generations'), () => {
  let engine: QdrantShim;
  beforeEach(async () => {
    engine = await startQdrant();
  });
  afterEach(() => engine.stop());

  it('moves the alias in one request, and keeps the generation before for those who hold it, none older', async () => {
    const collection = openQdrant({ url: engine.url, name: 'querent' });
    const names: string[] = [];
    for (let nth = 0; nth < 4; nth += 1) {
      const generation = await collection.begin(made);
      names.push((await engine.collections()).at(-1)!);
      await generation.publish();
    }
    assert.equal(new Set(names).size, 4, 'a name is never used again');
    assert.deepEqual(await engine.collections(), names.slice(-2));
    assert.deepEqual(await engine.aliases(), { querent: names[3], querent_before: names[2] });
    assert.equal((await engine.requests()).filter((one) => one === 'POST /collections/aliases').length, 4);
  });

  it('says that a server is unavailable that wants another key, and is let in by its own', async () => {
    const locked = await startQdrant({ key: 'right' });
    const open = (apiKey: string) => openQdrant({ url: locked.url, name: 'querent', apiKey });
    await (await open('right').begin(made)).publish();
    assert.deepEqual((await open('right').published())?.made, made);
    await assert.rejects(open('wrong').published(), VectorsUnavailable);
    await locked.stop();
  });

  it('finds what an exact scan finds, with the same scores, though it looks through a graph and int8 copies', async () => {
    const [dimensions, count, limit] = [192, 750, 50];
    let state = 3;
    const draw = () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state / 2 ** 31 - 0.5;
    };
    const drawn = () => Float32Array.from({ length: dimensions }, draw);
    const unit = (vector: Float32Array) => vector.map((value) => value / Math.hypot(...vector));
    const topics = Array.from({ length: 20 }, drawn);
    const nearTopic = (at: number) => unit(drawn().map((value, on) => value + topics[at % 20]![on]!));
    const payload = { workspace: 'T', kind: 'table' as const, database: ['d'], schema: ['s'], table: ['t'] };
    const points = Array.from({ length: count }, (_, id) => ({ id, dense: nearTopic(id), payload }));
    const searches = topics.map((_, at) => ({ dense: nearTopic(at), filter: { workspace: ['T'] }, limit }));
    const wide = { ...made, dimensions };
    const found = [];
    for (const collection of [embeddedCollection(), openQdrant({ url: engine.url, name: 'querent' })]) {
      const generation = await collection.begin(wide);
      await generation.upsert(points);
      await generation.publish();
      found.push(await (await collection.published())!.search(searches));
    }
    const [exact, quantized] = found;
    let same = 0;
    for (const [at, list] of exact!.entries()) {
      const scores = new Map(quantized![at]!.map(({ id, score }) => [id, score]));
      for (const { id, score } of list) {
        const given = scores.get(id);
        if (given === undefined) continue;
        same += 1;
        assert.ok(Math.abs(given - score) < 1e-5, `${given}, not ${score}`);
      }
    }
    assert.ok(same >= 0.99 * limit * topics.length, `${same} of ${limit * topics.length}`);
  });

  it('says that a generation is unavailable once it is dropped', async () => {
    const collection = openQdrant({ url: engine.url, name: 'querent' });
    await (await collection.begin(made)).publish();
    const held = (await collection.published())!;
    const request = [{ dense: Float32Array.of(1, 0), filter: { workspace: ['T'] }, limit: 1 }];
    await (await collection.begin(made)).publish();
    assert.deepEqual(await held.search(request), [[]]);
    await (await collection.begin(made)).publish();
    await assert.rejects(held.search(request), VectorsUnavailable);
  });

  it('drops what a killed run left behind after a day, and touches nothing else', async () => {
    let now = 1_000_000;
    const collection = openQdrant({ url: engine.url, name: 'querent', now: () => now });
    const other = openQdrant({ url: engine.url, name: 'querent_test', now: () => now });
    await collection.begin(made); // never published
    const [left] = await engine.collections();
    await other.begin(made);
    now += 60_000;
    await (await collection.begin(made)).publish();
    assert.ok((await engine.collections()).includes(left!), 'another run may be writing it');
    now += 24 * 3_600_000;
    await (await collection.begin(made)).publish();
    assert.ok(!(await engine.collections()).includes(left!));
    assert.deepEqual(
      (await engine.collections()).map((name) => name.replace(/_\d+_[0-9a-f]{8}$/, '')),
      ['querent_test', 'querent', 'querent'],
    );
  });
});
