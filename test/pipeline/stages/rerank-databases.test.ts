import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'vitest';
import type { Answer } from '#src/domain/answer.ts';
import { entryOf, sayStage } from '#src/domain/trace.ts';
import { cohere, json, startRerankServer } from '#test/support/rerank-server.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

/** Two databases with customers, of which the description of one has a word of the question. */
const customers = (more: string) =>
  `CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT); ${more} INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bo');`;
const DATABASES = {
  shop: customers('CREATE TABLE refunds (id INTEGER PRIMARY KEY, amount REAL);'),
  desk: customers('CREATE TABLE tickets (id INTEGER PRIMARY KEY, subject TEXT);'),
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
async function startBoth(reply: Parameters<typeof startRerankServer>[0]) {
  const server = await startRerankServer(reply);
  const environment = { QUERENT_RERANK_URL: server.url, QUERENT_RERANK_MODEL: 'some-reranker' };
  const querent = await startSmallQuerent({ databases: DATABASES, environment });
  closing.push(server.stop, querent.close);
  return { server, querent };
}
const reranked = ({ trace }: Answer) => entryOf(trace, 'rerank');

describe('near databases and a rerank server (a stand-in)', () => {
  it('are settled by what it scores, and it reads names and no value', async () => {
    const { server, querent } = await startBoth(({ body: { documents = [] } }, response) =>
      json(response, {
        results: documents.map((text, index) => ({ index, relevance_score: /tickets/.test(text) ? 0.95 : 0.05 })),
      }),
    );
    const given = await querent.ask('How many customers are there?');
    assert.ok(given.kind === 'answer', given.kind);
    assert.equal(given.databaseId, 'desk');
    const [request] = server.asked;
    assert.equal(request?.body.model, 'some-reranker');
    assert.ok(request.body.documents?.some((text) => text.includes('customers(id, name)')));
    assert.doesNotMatch(JSON.stringify(request.body), /Ada/);
    const entry = reranked(given);
    assert.ok(entry && entry.how === 'reranked');
    assert.match(sayStage(entry), /^desk at \d\d %$/);
  });

  it('are asked about where it finds them alike', async () => {
    const { querent } = await startBoth(({ body: { documents = [] } }, response) =>
      json(response, { results: documents.map((_, index) => ({ index, relevance_score: 0.5 })) }),
    );
    assert.equal((await querent.ask('How many customers are there?')).kind, 'clarification');
  });

  it('are asked about as ever where it is down, and the trace says its fault', async () => {
    const { server, querent } = await startBoth(cohere);
    await server.stop();
    closing.length = 0;
    closing.push(querent.close);
    const given = await querent.ask('How many customers are there?');
    assert.equal(given.kind, 'clarification');
    const entry = reranked(given);
    assert.ok(entry);
    assert.equal(sayStage(entry), 'the rerank server gave nothing (unreachable)');
  });

  it('are not sent anywhere where retrieval is sure', async () => {
    const { server, querent } = await startBoth(cohere);
    const given = await querent.ask('How many refunds are there?');
    assert.ok(given.kind === 'answer' && given.databaseId === 'shop');
    assert.deepEqual([server.asked.length, reranked(given)], [0, undefined]);
  });
});
