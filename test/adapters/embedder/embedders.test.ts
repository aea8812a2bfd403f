import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openOpenAiEmbedder } from '#adapters/embedder/open-openai-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { type Embedder, EmbedderUnavailable } from '#src/ports/embedder.ts';

/** What every embedder promises. */
function embedderContract(name: string, open: () => Promise<Embedder>) {
  describe(`${name} as an embedder`, () => {
    it('gives unit vectors, one a text, in order, and the same again', async () => {
      const embedder = await open();
      const [first, second] = [
        await embedder.embed(['orders', 'the weather', '']),
        await embedder.embed(['the weather']),
      ];
      assert.equal(first.length, 3);
      for (const vector of first) {
        assert.equal(vector.length, embedder.dimensions);
        assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-3);
      }
      const same = first[1]!.reduce((sum, value, at) => sum + value * second[0]![at]!, 0);
      assert.ok(same > 0.9999);
      await embedder.close();
    });
  });
}

embedderContract('USE-lite', async () => openUseLite());
embedderContract('the cache', async () =>
  cachedEmbedder(openUseLite(), mkdtempSync(path.join(os.tmpdir(), 'querent-test-'))),
);

it('USE-lite gives on several threads what it gives alone, each text once, and ends the further threads with itself', async () => {
  const distinct = Array.from({ length: 300 }, (_, at) => `${'orders by month of '.repeat((at % 3) + 1)}${at}`);
  const texts = [...distinct, ...distinct];
  const several = openUseLite({ threads: 3 });
  const vectors = await several.embed(texts);
  assert.equal(several.threads(), 3);
  const one = openUseLite({ threads: 1 });
  for (const at of [0, 1, 2, 31, 299]) {
    const [alone] = await one.embed([texts[at]!]);
    assert.ok(
      alone?.every((value, of) => Math.abs(value - vectors[at]![of]!) < 1e-6),
      texts[at],
    );
  }
  assert.equal(one.threads(), 1);
  for (const at of distinct.keys()) assert.equal(vectors[at], vectors[at + distinct.length]);
  await Promise.all([several.close(), one.close()]);
  assert.equal(several.threads(), 0);
});

it('USE-lite embeds a question at once on one thread, and leaves what is given up', async () => {
  const embedder = openUseLite({ threads: 3 });
  await embedder.embed(['how many orders are there']);
  assert.equal(embedder.threads(), 1);
  const giveUp = new AbortController();
  const embedding = embedder.embed(
    Array.from({ length: 1_000 }, (_, at) => `column ${at}`),
    giveUp.signal,
  );
  giveUp.abort(new Error('given up'));
  await assert.rejects(embedding, /given up/);
  await embedder.close();
});

/** A fake of the embeddings endpoint: real HTTP, the real protocol, vectors made of letter counts. */
async function fakeServer(handle?: (response: http.ServerResponse) => boolean) {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (handle?.(response)) return;
    const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] };
    const data = input.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: [text.length, text.split('e').length, 1, 0],
    }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ object: 'list', model: 'letters', data: data.reverse() }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { baseUrl, server };
}

embedderContract('an OpenAI-compatible server (a fake of it)', async () => {
  const { baseUrl, server } = await fakeServer();
  const embedder = openOpenAiEmbedder({ baseUrl, model: 'letters', dimensions: 4 });
  return { ...embedder, close: async () => void server.close() };
});

describe('an embedding server in trouble', () => {
  it('is said to be unavailable when it refuses', async () => {
    const { baseUrl, server } = await fakeServer((response) => {
      response.writeHead(500).end('{}');
      return true;
    });
    await assert.rejects(openOpenAiEmbedder({ baseUrl, model: 'm', dimensions: 4 }).embed(['x']), {
      name: 'EmbedderUnavailable',
    });
    server.close();
  });

  it('is refused when its vectors have another width than configured', async () => {
    const { baseUrl, server } = await fakeServer();
    await assert.rejects(
      openOpenAiEmbedder({ baseUrl, model: 'm', dimensions: 3 }).embed(['x']),
      /4 dimensions, 3 are configured/,
    );
    server.close();
  });
});

it('kept vectors are those of whole replies: what gives fewer vectors than texts is unavailable, and the next time is asked again', async () => {
  const vector = Float32Array.of(1, 0);
  let gives = 1;
  const inner: Embedder = {
    id: 'short of vectors',
    dimensions: 2,
    embed: async () => Array.from({ length: gives }, () => vector),
    close: async () => undefined,
  };
  const kept = cachedEmbedder(inner, mkdtempSync(path.join(os.tmpdir(), 'querent-test-')));
  await assert.rejects(kept.embed(['a', 'b']), EmbedderUnavailable);
  gives = 2;
  assert.deepEqual(await kept.embed(['a', 'b', 'a']), [vector, vector, vector]);
  await kept.close();
});

describe('a model that is told questions from texts', () => {
  const opened = async () => {
    const { baseUrl, server } = await fakeServer();
    const open = (model: string, prefixes = {}) => openOpenAiEmbedder({ baseUrl, model, dimensions: 4, prefixes });
    return { open, close: () => server.close() };
  };

  it('reads what its kind wants before each, and what was set before what is known', async () => {
    const { open, close } = await opened();
    const [bare, e5] = [open('letters'), open('intfloat/multilingual-e5-small')];
    assert.deepEqual(await e5.embed(['trips'], undefined, 'question'), await bare.embed(['query: trips']));
    assert.deepEqual(await e5.embed(['trips']), await bare.embed(['passage: trips']));
    const set = open('multilingual-e5-small', { question: 'ask ', text: '' });
    assert.deepEqual(await set.embed(['trips'], undefined, 'question'), await bare.embed(['ask trips']));
    assert.deepEqual(await set.embed(['trips']), await bare.embed(['trips']));
    assert.equal(bare.prefixes, undefined);
    assert.equal(new Set([bare, e5, set].map(({ id }) => id)).size, 3, 'vectors with other prefixes are kept apart');
    assert.equal(open('e5-mistral-7b-instruct').prefixes, undefined);
    close();
  });

  it('has two vectors kept for the same words', async () => {
    const { open, close } = await opened();
    const e5 = open('e5-small');
    const kept = cachedEmbedder(e5, mkdtempSync(path.join(os.tmpdir(), 'querent-test-')));
    const both = async () => [await kept.embed(['trips']), await kept.embed(['trips'], undefined, 'question')];
    const first = await both();
    close();
    assert.notDeepEqual(first[0], first[1]);
    assert.deepEqual(await both(), first);
    await kept.close();
  });
});
