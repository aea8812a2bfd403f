import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'vitest';
import { checkReranker } from '#adapters/reranker/check-reranker.ts';
import { openReranker } from '#adapters/reranker/open-reranker.ts';
import type { ModelFault } from '#src/domain/failure.ts';
import { cohere, json, logits, type RerankReply, startRerankServer, tei } from '#test/support/rerank-server.ts';

const never = new AbortController().signal;
const TEXTS = ['trucks(id, plate)', 'refunds(id, amount)'];
const QUESTION = 'How many refunds are there?';

type Server = Awaited<ReturnType<typeof startRerankServer>>;
const started: Server[] = [];
async function start(...how: Parameters<typeof startRerankServer>): Promise<Server> {
  const server = await startRerankServer(...how);
  started.push(server);
  return server;
}
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

describe('a rerank server (a stand-in)', () => {
  it('is sent the question and the texts in Cohere’s shape with its key, and its scores are put in their order', async () => {
    const { url, asked } = await start();
    const reranker = openReranker({ baseUrl: url, model: 'some-reranker', apiKey: 'k' });
    assert.deepEqual(await reranker.rerank(QUESTION, TEXTS, never), { ok: true, value: [0, 1] });
    assert.deepEqual(asked, [
      {
        path: '/v1/rerank',
        key: 'Bearer k',
        body: { model: 'some-reranker', query: QUESTION, documents: TEXTS, top_n: 2 },
      },
    ]);
  });

  it('may be named with the end of its address, and is asked nothing where there is no text', async () => {
    const { url, asked } = await start();
    const reranker = openReranker({ baseUrl: `${url}/rerank/`, model: 'm' });
    assert.deepEqual(await reranker.rerank(QUESTION, [], never), { ok: true, value: [] });
    assert.ok((await reranker.rerank(QUESTION, TEXTS, never)).ok);
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['/v1/rerank'],
    );
  });

  it('that misses texts is sent texts, and from then on at once', async () => {
    const { url, asked } = await start(tei);
    const reranker = openReranker({ baseUrl: url, model: 'm' });
    for (const _ of [1, 2])
      assert.deepEqual(await reranker.rerank(QUESTION, TEXTS, never), { ok: true, value: [0, 1] });
    assert.deepEqual(
      asked.map(({ body }) => Object.keys(body).includes('texts')),
      [false, true, true],
    );
  });

  it('that gives logits is read as giving logits', async () => {
    const { url } = await start(logits);
    const scored = await openReranker({ baseUrl: url, model: 'm' }).rerank(QUESTION, TEXTS, never);
    assert.ok(scored.ok);
    const [trucks = 1, refunds = 0] = scored.value;
    assert.ok(trucks > 0 && trucks < 0.01 && refunds > 0.99 && refunds < 1);
  });

  const status =
    (code: number): RerankReply =>
    (_, response) =>
      json(response, { error: 'no' }, code);
  const endless: RerankReply = (_, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(64 * 1024)));
    };
    response.on('drain', more);
    more();
  };
  const faulty: readonly (readonly [string, RerankReply, ModelFault])[] = [
    ['has too much to do', status(429), 'overloaded'],
    ['fails', status(500), 'server-error'],
    ['wants another key', status(401), 'refused'],
    ['refuses either shape', status(422), 'refused'],
    ['replies with a page', (_, response) => void response.end('<html>'), 'unreadable'],
    [
      'leaves a text without a score',
      (_, response) => json(response, { results: [{ index: 0, relevance_score: 1 }] }),
      'unreadable',
    ],
    [
      'scores by something that is no number',
      (_, response) =>
        json(
          response,
          [0, 1].map((index) => ({ index, score: 'high' })),
        ),
      'unreadable',
    ],
    ['goes on and on', endless, 'unreadable'],
    ['says nothing', () => undefined, 'timed-out'],
    ['closes the connection', (_, response) => void response.destroy(), 'unreachable'],
    [
      'sends its caller elsewhere',
      (_, response) => void response.writeHead(307, { location: 'http://169.254.169.254/' }).end(),
      'unreachable',
    ],
  ];
  it.each(faulty)('that %s is a failure with its fault', async (_, reply, fault) => {
    const { url } = await start(reply);
    const scored = await openReranker({ baseUrl: url, model: 'm', timeoutMs: 500 }).rerank(QUESTION, TEXTS, never);
    assert.ok(!scored.ok && scored.failure.kind === 'model-unavailable', JSON.stringify(scored));
    assert.equal(scored.failure.fault, fault);
  });

  it('that is down is left alone for a while, and asked again then', async () => {
    const { url, asked } = await start(status(500));
    let now = 0;
    const reranker = openReranker({ baseUrl: url, model: 'm', now: () => now });
    for (let time = 0; time < 10; time += 1) assert.ok(!(await reranker.rerank(QUESTION, TEXTS, never)).ok);
    assert.equal(asked.length, 4);
    now = 60_000;
    await reranker.rerank(QUESTION, TEXTS, never);
    assert.equal(asked.length, 5);
  });

  it('is not waited for by somebody who stopped', async () => {
    const { url } = await start(() => undefined);
    const stopped = AbortSignal.timeout(50);
    const scored = await openReranker({ baseUrl: url, model: 'm' }).rerank(QUESTION, TEXTS, stopped);
    assert.ok(!scored.ok && scored.failure.kind === 'cancelled');
  });
});

describe('querent doctor', () => {
  it('says that a rerank server answers', async () => {
    const { url } = await start(cohere);
    assert.deepEqual(await checkReranker({ baseUrl: url, model: 'm' }, never), {
      part: 'reranker',
      state: 'ok',
      says: 'm answers',
    });
  });

  it('says what is wrong with one, and what to look at', async () => {
    const { url, stop } = await start((_, response) => json(response, { error: 'key' }, 401));
    const refused = await checkReranker({ baseUrl: url, model: 'm' }, never);
    assert.equal(refused.state, 'wrong');
    assert.match(refused.says, /refuses the request.*QUERENT_RERANK_KEY/);
    await stop();
    assert.match((await checkReranker({ baseUrl: url, model: 'm' }, never)).says, /is not answering/);
    const { url: blind } = await start(({ body }, response) =>
      json(response, { results: body.documents?.map((_, index) => ({ index, relevance_score: 0.5 })) }),
    );
    assert.match((await checkReranker({ baseUrl: blind, model: 'm' }, never)).says, /Is it a model that reranks\?/);
  });
});
