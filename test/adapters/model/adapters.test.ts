import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import type { NamedAdapter } from '#adapters/model/adapter-servers.ts';
import { checkAdapters } from '#adapters/model/check-adapters.ts';
import { openModels } from '#adapters/model/open-models.ts';
import type { AdapterManifest } from '#src/domain/adapter.ts';
import { schemaFingerprint } from '#src/domain/schema-fingerprint.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { bareCatalog } from '#test/support/catalogs.ts';
import { type AskedRequest, json, say } from '#test/support/scripted-model.ts';

const never = new AbortController().signal;
const SMALL = { name: 'Qwen2.5-Coder-0.5B-Instruct', sha256: 'ab', parameters: 4.94e8, width: 896 };
const MANIFEST: AdapterManifest = { task: 'sql', style: 'kinds', base: SMALL };
const generator = (name: string, more: Partial<NamedAdapter> = {}): NamedAdapter => ({
  name,
  role: 'generator',
  ...more,
});

/** A server of what GET says under each path, and of what it does with messages. */
async function serverOf(got: Readonly<Record<string, unknown>>, chat: (request: AskedRequest) => string) {
  const asked: AskedRequest[] = [];
  const server = createServer(async (request, response) => {
    const said = got[request.url ?? ''];
    if (request.method === 'GET') return json(response, said === undefined ? 404 : 200, said ?? {});
    const body = JSON.parse(await textOf(request)) as AskedRequest;
    asked.push(body);
    say(response, body, chat(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    asked,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function modelsAt(baseUrl: string, adapters: readonly NamedAdapter[], told: string[] = []) {
  const role = { linker: 'base', generator: 'base', refiner: 'base', selector: 'base' };
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-models-'));
  const options = { baseUrl, name: 'base', ...role, adapters, timeoutMs: 2_000, concurrency: 2 };
  return openModels(
    options,
    home,
    (text) => text.length,
    undefined,
    (message) => told.push(message),
  );
}

const PROMPT = { messages: [{ role: 'user' as const, content: 'CREATE TABLE pet (name TEXT)\n\nHow many pets?' }] };

async function ask(model: ChatModel | undefined): Promise<string> {
  assert.ok(model);
  const reply = await model.reply({ ...PROMPT, temperature: 0, maxTokens: 50 }, never);
  assert.ok(reply.ok);
  return reply.value.choices[0]!.text;
}

/**
 * llama.cpp with adapters, as its source has it: a request that names none gets those that are on by default, and the beginning of a
 * prompt that is taken from the cache stays as the adapter before read it.
 */
function llamaWith(...names: readonly string[]) {
  const cached = new Map<string, string>();
  const loaded = names.map((name, id) => ({ id, path: `/adapters/${name}.gguf`, scale: 1 }));
  const sizes = { n_embd: SMALL.width, n_params: 6.3e8 };
  return serverOf(
    { '/v1/models': { data: [{ id: 'coder', meta: sizes }] }, '/lora-adapters': loaded },
    ({ messages, lora, cache_prompt }) => {
      const scales = (lora as { id: number; scale: number }[] | undefined) ?? loaded;
      const on = loaded.filter(({ id }) => scales.some((one) => one.id === id && one.scale > 0));
      const readBy = on.map(({ path: file }) => path.basename(file, '.gguf')).join('+') || 'untrained';
      const prompt = messages.map(({ content }) => content).join('\n');
      const before = cache_prompt === false ? undefined : cached.get(prompt);
      cached.set(prompt, readBy);
      return `read by ${before ?? readBy}`;
    },
  );
}

describe('adapters of a llama.cpp server', () => {
  it('answer for themselves, whoever read the same prompt before', async () => {
    const server = await llamaWith('shop-sql', 'shop-edl');
    const models = modelsAt(server.baseUrl, [generator('shop-sql'), generator('shop-edl')]);
    await models.learn(never);
    const [sql, edl] = models.roles.adapters.map(({ model }) => model);
    const replies = [];
    for (const model of [models.roles.generator, sql, edl, models.roles.generator, sql]) replies.push(await ask(model));
    assert.deepEqual(
      replies,
      ['untrained', 'shop-sql', 'shop-edl', 'untrained', 'shop-sql'].map((by) => `read by ${by}`),
    );
    await server.stop();
  });

  it('would answer for each other if nothing were said (so the test before can fail)', async () => {
    const server = await llamaWith('shop-sql');
    const models = modelsAt(server.baseUrl, []);
    await models.learn(never);
    assert.equal(await ask(models.roles.generator), 'read by shop-sql');
    await server.stop();
  });

  it('keep the prompt cache where a server has one adapter and nothing else is asked of it', async () => {
    const [main, own] = [await llamaWith(), await llamaWith('shop-sql')];
    const models = modelsAt(main.baseUrl, [generator('shop-sql', { baseUrl: own.baseUrl })]);
    await models.learn(never);
    assert.equal(await ask(models.roles.adapters[0]?.model), 'read by shop-sql');
    assert.equal(await ask(models.roles.generator), 'read by untrained');
    assert.deepEqual([own.asked.at(-1)?.cache_prompt, own.asked.at(-1)?.lora], [undefined, undefined]);
    await Promise.all([main.stop(), own.stop()]);
  });

  it('are not asked where the server has not loaded them', async () => {
    const [server, told] = [await llamaWith('other'), [] as string[]];
    const models = modelsAt(server.baseUrl, [generator('shop-sql')], told);
    await models.learn(never);
    assert.deepEqual(models.roles.adapters, []);
    assert.deepEqual(told, [
      'The adapter shop-sql is not asked: its server has loaded other.gguf and no shop-sql.gguf.',
    ]);
    await server.stop();
  });
});

/** vLLM with --enable-lora: an adapter is a model of its own name, whose parent is the base. */
const vllmWith = (root: string, ...names: readonly string[]) =>
  serverOf(
    {
      '/v1/models': {
        data: [
          { id: 'base', root, parent: null },
          ...names.map((id) => ({ id, root: `/adapters/${id}`, parent: 'base' })),
        ],
      },
    },
    ({ model }) => `read by ${model}`,
  );

describe('adapters of a vLLM server', () => {
  it('are asked by their names, and nothing is said that it does not know', async () => {
    const server = await vllmWith('Qwen/Qwen2.5-Coder-0.5B-Instruct-AWQ', 'shop-sql');
    const models = modelsAt(server.baseUrl, [generator('shop-sql', { manifest: MANIFEST })]);
    await models.learn(never);
    assert.equal(await ask(models.roles.adapters[0]?.model), 'read by shop-sql');
    assert.equal(await ask(models.roles.generator), 'read by base');
    assert.ok(server.asked.every((request) => !('lora' in request) && !('cache_prompt' in request)));
    assert.equal(models.roles.adapters[0]?.trained?.style, 'kinds');
    await server.stop();
  });

  it('are asked in the role that they fit, where another entry names them in one that they do not', async () => {
    const [server, told] = [await vllmWith('Qwen/Qwen2.5-Coder-0.5B-Instruct', 'shop-sql'), [] as string[]];
    const odd: NamedAdapter = { name: 'shop-sql', role: 'selector', refused: 'it was trained as generator (sql)' };
    const models = modelsAt(server.baseUrl, [odd, generator('shop-sql', { manifest: MANIFEST })], told);
    await models.learn(never);
    assert.deepEqual(
      models.roles.adapters.map(({ role }) => role),
      ['generator'],
    );
    assert.deepEqual(told, ['The adapter shop-sql is not asked: it was trained as generator (sql).']);
    await server.stop();
  });

  it('are not asked where they are on another base, or not there', async () => {
    const [server, told] = [await vllmWith('Qwen/Qwen2.5-Coder-7B-Instruct', 'shop-sql'), [] as string[]];
    const models = modelsAt(server.baseUrl, [generator('shop-sql', { manifest: MANIFEST }), generator('gone')], told);
    await models.learn(never);
    assert.deepEqual(models.roles.adapters, []);
    assert.deepEqual(told, [
      'The adapter shop-sql is not asked: it was trained on Qwen2.5-Coder-0.5B-Instruct, and its server has Qwen/Qwen2.5-Coder-7B-Instruct.',
      'The adapter gone is not asked: its server lists no model of that name; it lists base, shop-sql.',
    ]);
    await server.stop();
  });
});

describe('doctor', () => {
  const shop = bareCatalog('shop', ['orders: id, customer_id, amount, placed_on', 'customers: id, name, country']);
  const changed = bareCatalog('shop', ['orders: id, customer_id, total, placed_on', 'customers: id, name, country']);
  const measured = { questions: 200, before: 100, after: 124, low: 6, high: 18 };
  const manifest = { ...MANIFEST, databases: { shop: schemaFingerprint(shop) }, measured };

  it('lists adapters with what they were trained for and gained, and suggests training again after a change', async () => {
    const server = await llamaWith('shop-sql', 'plain');
    const adapters = [generator('shop-sql', { manifest }), generator('plain')];
    const check = (catalog: typeof shop) => checkAdapters({ baseUrl: server.baseUrl, adapters }, [catalog], never);
    assert.deepEqual(
      (await check(shop)).map(({ state, says }) => [state, says]),
      [
        [
          'ok',
          'generator, trained for sql in style kinds on Qwen2.5-Coder-0.5B-Instruct over shop; 100 → 124 of 200 right',
        ],
        ['ok', 'generator; no manifest says what it learned, so it is asked by the direct prompt'],
      ],
    );
    const [again] = await check(changed);
    assert.match(again?.says ?? '', /; 25 % of shop changed since: train it again \(deploy\/training\)$/);
    await server.stop();
  });

  it('says why an adapter is not asked', async () => {
    const server = await llamaWith('shop-sql', 'wide', 'picker');
    const wide = {
      ...manifest,
      base: { ...SMALL, name: 'Qwen2.5-Coder-1.5B-Instruct', parameters: 1.5e9, width: 1_536 },
    };
    const adapters = [
      generator('shop-sql', { manifest }),
      generator('wide', { manifest: wide }),
      generator('picker', { refused: 'it was trained as selector (selection) and is named as generator' }),
    ];
    const elsewhere = bareCatalog('warehouse', ['parcels: id, weight']);
    const found = await checkAdapters({ baseUrl: server.baseUrl, adapters }, [elsewhere], never);
    assert.deepEqual(
      found.map(({ state, says }) => [state, says]),
      [
        [
          'wrong',
          'not asked: it was trained for shop, which is not registered, or another database by now; train it again (deploy/training)',
        ],
        [
          'wrong',
          'not asked: it was trained on Qwen2.5-Coder-1.5B-Instruct, and its server has a model of width 896, not 1536',
        ],
        ['wrong', 'not asked: it was trained as selector (selection) and is named as generator'],
      ],
    );
    await server.stop();
  });
});
