import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { sayFailure } from '#src/domain/failure.ts';
import { type FaultOf, startFaultyServer } from '#test/support/qdrant/faulty-server.ts';
import { NO_QDRANT_ENGINE, onQdrant, type QdrantShim, startQdrant } from '#test/support/qdrant/start-qdrant.ts';
import { makeSqlite, startSmallQuerent } from '#test/support/small-querent.ts';

const never = new AbortController().signal;
const SHOP = {
  shop: 'CREATE TABLE refunds (id INTEGER PRIMARY KEY, reason TEXT); INSERT INTO refunds VALUES (1, 2), (2, 3);',
};
const ADDED =
  'CREATE TABLE parcels (id INTEGER PRIMARY KEY, weight REAL); INSERT INTO parcels VALUES (1, 2), (2, 3), (3, 4);';

type Small = Awaited<ReturnType<typeof startSmallQuerent>>;

describe.skipIf(NO_QDRANT_ENGINE)(onQdrant('a vector server in trouble'), () => {
  let engine: QdrantShim;
  let server: Awaited<ReturnType<typeof startFaultyServer>>;
  let small: Small | undefined;
  beforeAll(async () => {
    engine = await startQdrant();
    server = await startFaultyServer(engine.url);
  });
  afterEach(async () => {
    server.faults(() => undefined);
    await small?.close();
    small = undefined;
    await engine.clear();
  });
  afterAll(async () => {
    await server.stop();
    await engine.stop();
  });

  const start = async (copy: 'keep' | 'none'): Promise<Small> => {
    small = await startSmallQuerent({
      databases: SHOP,
      environment: { QUERENT_QDRANT_URL: server.url, QUERENT_QDRANT_COPY: copy },
    });
    return small;
  };
  const count = async ({ ask }: Small, text: string) => {
    const given = await ask(text);
    return given.kind === 'answer'
      ? given.table.rows[0]?.[0]
      : given.kind === 'failure'
        ? given.failure.kind
        : given.kind;
  };

  /** Takes one more table up while a fault is on: the index is built, and half of it or nothing is published. */
  async function addTable({ home, querent }: Small, faults: FaultOf) {
    makeSqlite(`${home}/shop.sqlite`, ADDED);
    server.faults(faults);
    const built = await querent.index.build({}, () => undefined, never);
    server.faults(() => undefined);
    assert.ok(built.ok);
    return built.value.warnings.join(' ');
  }

  it.each([
    ['that dies between two calls of a publication', 'cut'],
    ['whose disk is full', 'disk full'],
  ] as const)(
    '%s keeps half a generation, which nobody reads; the next index run publishes it whole',
    async (_, fault) => {
      const one = await start('keep');
      const published = (await engine.aliases()).querent;
      // The collection is made; what should be written to it is not.
      const warned = await addTable(one, (request) => (/^PUT .*\/points$/.test(request) ? fault : undefined));
      assert.match(warned, /The vector server did not take the index/);
      assert.equal((await engine.aliases()).querent, published);
      assert.equal((await engine.collections()).length, 2, 'the half is there');
      assert.equal(await count(one, 'How many parcels are there?'), 3);
      assert.ok((await one.querent.index.build({}, () => undefined, never)).ok);
      assert.notEqual((await engine.aliases()).querent, published);
      assert.equal(await count(one, 'How many refunds are there?'), 2);
    },
  );

  it('that dies before a generation gets its alias publishes nothing', async () => {
    const one = await start('keep');
    const published = (await engine.aliases()).querent;
    const warned = await addTable(one, (request) => (request === 'POST /collections/aliases' ? 'cut' : undefined));
    assert.match(warned, /did not take the index/);
    assert.equal((await engine.aliases()).querent, published);
    assert.equal(await count(one, 'How many parcels are there?'), 3);
  });

  it('that dies between finding a generation and searching it is done without, where a copy is kept, and else said to be away', async () => {
    const search: FaultOf = (request) => (request.endsWith('/points/query/batch') ? 'cut' : undefined);
    const withCopy = await start('keep');
    server.faults(search);
    assert.equal(await count(withCopy, 'How many refunds are there?'), 2);
    assert.match(withCopy.said.join(), /goes on from the embedded copy/);
    server.faults(() => undefined);
    await withCopy.close();
    const without = await start('none');
    server.faults(search);
    const given = await without.ask('How many refunds are there?');
    assert.match(
      given.kind === 'failure' ? sayFailure(given.failure) : given.kind,
      /is not answering.*try again in a minute/,
    );
    server.faults(() => undefined);
    assert.equal(await count(without, 'How many refunds are there?'), 2);
  });

  it('that holds the index alone and did not take the next answers from the one before, and from the next once it has it', async () => {
    const one = await start('none');
    assert.equal(await count(one, 'How many refunds are there?'), 2);
    await addTable(one, (request) => (/^PUT .*\/points$/.test(request) ? 'disk full' : undefined));
    assert.equal(await count(one, 'How many refunds are there?'), 2);
    assert.equal(await count(one, 'How many parcels are there?'), 'no-relevant-tables');
    const other = await startSmallQuerent({
      home: one.home,
      environment: { QUERENT_QDRANT_URL: server.url, QUERENT_QDRANT_COPY: 'none' },
    });
    assert.equal(await count(other, 'How many refunds are there?'), 'index-unpublished');
    assert.ok((await one.querent.index.build({}, () => undefined, never)).ok);
    assert.equal(await count(other, 'How many parcels are there?'), 3);
    await other.close();
  });
});
