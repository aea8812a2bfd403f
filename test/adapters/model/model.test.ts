import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { UNPROBED } from '#adapters/model/abilities.ts';
import { BREAK_AFTER, breaking, CircuitBreaker, REST_MS } from '#adapters/model/circuit-breaker.ts';
import { FairQueue, queued } from '#adapters/model/fair-queue.ts';
import { openOpenAiModel } from '#adapters/model/open-openai-model.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import { probeModel } from '#adapters/model/probe-model.ts';
import { RetryBudget, retrying } from '#adapters/model/retrying.ts';
import type { ModelFault } from '#src/domain/failure.ts';
import { fail, ok } from '#src/domain/result.ts';
import { type ChatModel, type ChatReply, type ChatRequest, NOBODY_WAITS } from '#src/ports/chat-model.ts';
import {
  type AskedRequest,
  json,
  type Reply,
  say,
  scriptedModel,
  sendPart,
  startStream,
} from '#test/support/scripted-model.ts';
import { eventually } from '#test/support/wait.ts';

const never = new AbortController().signal;
const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [{ role: 'user', content: 'hello' }],
  temperature: 0,
  maxTokens: 50,
  ...more,
});
const closed = (text: string) => /```[\s\S]*```/.test(text);

/** Asks a server that replies so, once. */
async function once(reply: Reply, more: Partial<ChatRequest> = {}, abilities?: typeof UNPROBED) {
  const script = await scriptedModel([reply, 'a second reply', 'a third']);
  const model = openOpenAiModel({
    baseUrl: script.baseUrl,
    model: 'scripted',
    timeoutMs: 400,
    countTokens: (text) => text.length,
    ...(abilities ? { abilities: () => abilities } : {}),
  });
  const given = await model.reply(request(more), never);
  await script.stop();
  return { given, asked: script.asked };
}

const able = {
  replySchemaKey: 'none',
  grammarKey: 'none',
  severalSamples: true,
  logprobs: true,
  saysCut: true,
} as const;

describe('a model over HTTP', () => {
  it('gives the text, the tokens as the server counts them', async () => {
    const { given } = await once('hi');
    assert.deepEqual(
      given,
      ok({
        choices: [{ text: 'hi', cut: false }],
        promptTokens: 10,
        completionTokens: 5,
      }),
    );
  });

  it('knows a reply that was cut at the limit, whole or streamed', async () => {
    const cut: Reply = (asked, response) => say(response, asked, 'SELECT a FR', 'length');
    for (const more of [{}, { enough: closed }]) {
      const { given } = await once(cut, more);
      assert.ok(given.ok);
      assert.equal(given.value.choices[0]!.cut, true);
    }
  });

  it('stops the server once the reply only repeats itself, and takes it for cut', async () => {
    const piece = 'AND a.b NOT IN (SELECT b FROM c) ';
    const script = await scriptedModel([
      (_, response) => {
        startStream(response);
        sendPart(response, '```sql\nSELECT a FROM b WHERE 1 ');
        const more = setInterval(() => sendPart(response, piece), 5);
        response.on('close', () => clearInterval(more));
      },
    ]);
    const given = await script.model.reply(request({ enough: closed, maxTokens: 1_000 }), never);
    assert.ok(given.ok);
    assert.ok(given.value.choices[0]?.cut);
    assert.ok((given.value.choices[0]?.text.length ?? 0) < 10 * piece.length);
    await eventually('the server to see the client go', () => script.hungUp() === 1 || undefined);
    await script.stop();
  });

  it('takes a stream that breaks off for cut, and counts its tokens itself', async () => {
    const { given } = await once(
      (_, response) => {
        startStream(response);
        sendPart(response, 'SELECT 1');
        response.end();
      },
      { enough: closed },
    );
    assert.ok(given.ok);
    assert.deepEqual([given.value.choices[0], given.value.completionTokens], [{ text: 'SELECT 1', cut: true }, 8]);
  });

  it('stops the server once the reply holds all that is wanted', async () => {
    let wrote = 0;
    const script = await scriptedModel([
      (_, response) => {
        startStream(response);
        sendPart(response, '```sql\nSELECT 1\n```');
        const more = setInterval(() => {
          wrote += 1;
          sendPart(response, ' and so on');
        }, 20);
        response.on('close', () => clearInterval(more));
      },
    ]);
    const given = await script.model.reply(request({ enough: closed }), never);
    assert.ok(given.ok);
    assert.match(given.value.choices[0]!.text, /^```sql\nSELECT 1\n```/);
    await eventually('the server to see the client go', () => script.hungUp() === 1 || undefined);
    const then = wrote;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(wrote <= then + 1);
    await script.stop();
  });

  it('tells a reply that was cut by a server which does not say so', async () => {
    const { given } = await once((asked, response) =>
      say(response, asked, 'SELECT a FR', 'stop', { prompt_tokens: 3, completion_tokens: 50 }),
    );
    assert.ok(given.ok);
    assert.equal(given.value.choices[0]!.cut, true);
  });

  it('ends a stream that never ends, and calls it cut', async () => {
    const { given } = await once(
      (_, response) => {
        startStream(response);
        const more = setInterval(() => sendPart(response, 'blah '.repeat(50)), 1);
        response.on('close', () => clearInterval(more));
      },
      { enough: closed },
    );
    assert.ok(given.ok);
    assert.equal(given.value.choices[0]!.cut, true);
  });

  const faults: readonly (readonly [string, Reply, ModelFault])[] = [
    ['says 429', (_, response) => json(response, 429, { error: { message: 'slow down' } }), 'overloaded'],
    ['says 500', (_, response) => json(response, 500, { error: { message: 'CUDA out of memory' } }), 'server-error'],
    [
      'has no such model',
      (_, response) => json(response, 404, { error: { message: 'no model of that name' } }),
      'refused',
    ],
    [
      'has too short a context',
      (_, response) =>
        json(response, 400, { error: { message: "This model's maximum context length is 4096 tokens" } }),
      'prompt-too-long',
    ],
    ['returns no choices', (_, response) => json(response, 200, { id: 'x', choices: [] }), 'empty'],
    ['returns blanks', '  \n', 'empty'],
    ['returns something else', (_, response) => json(response, 200, { hello: 'world' }), 'unreadable'],
    [
      'returns garbage for JSON',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"choices": [');
      },
      'unreadable',
    ],
    ['closes the connection', (_, response) => void response.socket?.destroy(), 'unreachable'],
    ['says nothing', () => undefined, 'timed-out'],
    [
      'drips a body that never ends',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(more));
      },
      'timed-out',
    ],
  ];
  it.each(faults)('that %s is a failure of its own kind', async (_, reply, fault) => {
    const { given } = await once(reply);
    assert.ok(!given.ok && given.failure.kind === 'model-unavailable');
    assert.equal(given.failure.fault, fault);
  });

  it('that is not there is unreachable', async () => {
    const model = openOpenAiModel({
      baseUrl: 'http://127.0.0.1:9/v1',
      model: 'x',
      timeoutMs: 500,
      countTokens: () => 0,
    });
    const given = await model.reply(request(), never);
    assert.ok(!given.ok && given.failure.kind === 'model-unavailable' && given.failure.fault === 'unreachable');
  });

  it('asks one by one for the samples that a server does not give', async () => {
    const all = await once((asked, response) => say(response, asked, 'one'), { samples: 3 }, able);
    assert.ok(all.given.ok);
    assert.deepEqual([all.given.value.choices.length, all.asked.length, all.asked[0]!.n], [3, 1, 3]);
    const less: Reply = (asked, response) => say(response, { ...asked, n: 1 } as AskedRequest, 'one');
    const some = await once(less, { samples: 3 }, able);
    assert.ok(some.given.ok);
    assert.deepEqual(some.given.value.choices.map(({ text }) => text).sort(), ['a second reply', 'a third', 'one']);
    const plain = await once('one', { samples: 2 });
    assert.ok(plain.given.ok);
    assert.deepEqual([plain.given.value.choices.length, plain.asked.every(({ n }) => n === undefined)], [2, true]);
  });

  it('asks for a shape by the key that the server takes, and for none where it takes none', async () => {
    const shape = { name: 'x', schema: { type: 'object' } };
    const keyed = async (replySchemaKey: typeof UNPROBED.replySchemaKey) =>
      (await once('{}', { replySchema: shape }, { ...able, replySchemaKey: replySchemaKey })).asked[0]!;
    assert.deepEqual((await keyed('response_format')).response_format, {
      type: 'json_schema',
      json_schema: { name: 'x', schema: shape.schema, strict: true },
    });
    assert.deepEqual((await keyed('structured_outputs')).structured_outputs, { json: shape.schema });
    assert.deepEqual((await keyed('guided_json')).guided_json, shape.schema);
    assert.deepEqual(Object.keys(await keyed('none')).sort(), ['max_tokens', 'messages', 'model', 'temperature']);
  });

  it('asks whole and plainly where a server refuses streams or the schema of the reply', async () => {
    const refuse = (asked: AskedRequest) => asked.stream || asked.response_format;
    const picky: Reply = (asked, response) =>
      refuse(asked) ? json(response, 400, { error: { message: 'unknown parameter' } }) : say(response, asked, 'hi');
    const script = await scriptedModel(() => picky);
    const model = openOpenAiModel({
      baseUrl: script.baseUrl,
      model: 'scripted',
      timeoutMs: 1_000,
      countTokens: () => 0,
      abilities: () => ({ ...able, replySchemaKey: 'response_format' }),
    });
    for (const more of [{ enough: closed }, { replySchema: { name: 'x', schema: {} } }]) {
      const given = await model.reply(request(more), never);
      assert.ok(given.ok);
      assert.equal(given.value.choices[0]!.text, 'hi');
    }
    assert.equal(script.asked.length, 4);
    await script.stop();
  });

  it('gives up when its caller does, and says so', async () => {
    const script = await scriptedModel([() => undefined]);
    const stop = new AbortController();
    const pending = script.model.reply(request(), stop.signal);
    await eventually('the request to arrive', () => script.asked[0]);
    stop.abort();
    assert.deepEqual(await pending, fail({ kind: 'cancelled' }));
    await eventually('the server to see it', () => script.hungUp() === 1 || undefined);
    await script.stop();
  });
});

const REPLY: ChatReply = { choices: [{ text: 'x', cut: false }], promptTokens: 1, completionTokens: 1 };

/** A model that fails so often, then replies. */
function failing(times: number, fault: ModelFault = 'unreachable'): ChatModel & { calls: () => number } {
  let calls = 0;
  return {
    id: 'failing',
    calls: () => calls,
    async reply() {
      calls += 1;
      return calls <= times ? fail({ kind: 'model-unavailable', fault }) : ok(REPLY);
    },
  };
}

describe('retries', () => {
  const options = { attempts: 3, firstWaitMs: 100, random: () => 0.5 };

  it('wait longer each time, and end with the reply', async () => {
    const waits: number[] = [];
    const model = retrying(failing(2), new RetryBudget(), { ...options, wait: async (ms) => void waits.push(ms) });
    assert.ok((await model.reply(request(), never)).ok);
    assert.deepEqual(waits, [100, 200]);
  });

  it('wait as long as the server asks, unless that is too long', async () => {
    const asks = (retryAfterMs: number): ChatModel => ({
      id: 'busy',
      reply: async () => fail({ kind: 'model-unavailable', fault: 'overloaded', retryAfterMs }),
    });
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    await retrying(asks(5_000), new RetryBudget(), { ...options, wait }).reply(request(), never);
    await retrying(asks(60_000), new RetryBudget(), { ...options, wait }).reply(request(), never);
    assert.deepEqual(waits, [5_000, 5_000]);
  });

  it.each(['timed-out', 'refused', 'prompt-too-long'] as const)('are not made for what is %s', async (fault) => {
    const inner = failing(1, fault);
    const model = retrying(inner, new RetryBudget(), { ...options, wait: async () => undefined });
    assert.ok(!(await model.reply(request(), never)).ok);
    assert.equal(inner.calls(), 1);
  });

  it('stop when the budget is spent: a server that is down gets a tenth more requests, not three times as many', async () => {
    const inner = failing(1_000);
    const model = retrying(inner, new RetryBudget(), { ...options, wait: async () => undefined });
    for (let at = 0; at < 100; at += 1) await model.reply(request(), never);
    assert.ok(inner.calls() <= 100 + 10 + 10, String(inner.calls()));
  });
});

describe('the breaker', () => {
  it('opens after failures in a row, lets one request try again after the rest, and closes when that is answered', async () => {
    let now = 0;
    const inner = failing(BREAK_AFTER + 1);
    const model = breaking(inner, new CircuitBreaker(() => now));
    const ask = async () => (await model.reply(request(), never)).ok;
    for (let at = 0; at < BREAK_AFTER; at += 1) assert.equal(await ask(), false);
    assert.equal(await ask(), false);
    assert.equal(inner.calls(), BREAK_AFTER);
    now += REST_MS;
    assert.deepEqual(await Promise.all([ask(), ask()]), [false, false]);
    assert.equal(inner.calls(), BREAK_AFTER + 1);
    now += REST_MS;
    assert.equal(await ask(), true);
    assert.equal(await ask(), true);
  });

  it('is not opened by what is wrong with one request', async () => {
    const inner = failing(100, 'prompt-too-long');
    const model = breaking(inner, new CircuitBreaker(() => 0));
    for (let at = 0; at < 20; at += 1) await model.reply(request(), never);
    assert.equal(inner.calls(), 20);
  });
});

describe('the queue', () => {
  it('takes askers in turns, so that one with many requests keeps nobody waiting', async () => {
    const order: string[] = [];
    const slow: ChatModel = {
      id: 'slow',
      async reply({ askerId }) {
        order.push(askerId ?? '');
        await new Promise((resolve) => setTimeout(resolve, 5));
        return ok(REPLY);
      },
    };
    const model = queued(slow, new FairQueue(1));
    const asks = ['a', 'a', 'a', 'a', 'b', 'c'].map((askerId) => model.reply(request({ askerId }), never));
    await Promise.all(asks);
    assert.deepEqual(order, ['a', 'a', 'b', 'c', 'a', 'a']);
  });

  it('comes to what nobody waits for once nobody else waits', async () => {
    const order: string[] = [];
    const slow: ChatModel = {
      id: 'slow',
      async reply({ askerId = '' }) {
        order.push(askerId);
        await new Promise((resolve) => setTimeout(resolve, 2));
        return ok(REPLY);
      },
    };
    const model = queued(slow, new FairQueue(1));
    const asks = ['a', NOBODY_WAITS, NOBODY_WAITS, 'a', 'b'].map((askerId) => model.reply(request({ askerId }), never));
    await Promise.all(asks);
    assert.deepEqual(order, ['a', 'a', 'b', NOBODY_WAITS, NOBODY_WAITS]);
  });

  it('lets go of a place in the line when its caller gives up', async () => {
    let letGo: () => void = () => undefined;
    const held: ChatModel = { id: 'held', reply: () => new Promise((resolve) => (letGo = () => resolve(ok(REPLY)))) };
    const model = queued(held, new FairQueue(1));
    const first = model.reply(request(), never);
    const stop = new AbortController();
    const second = model.reply(request(), stop.signal);
    stop.abort();
    assert.deepEqual(await second, fail({ kind: 'cancelled' }));
    letGo();
    assert.ok((await first).ok);
    const third = model.reply(request(), never);
    await new Promise((resolve) => setTimeout(resolve, 5));
    letGo();
    assert.ok((await third).ok);
  });
});

describe('what might have stood first in a reply', () => {
  const yes = [
    { token: 'yes', logprob: -0.1 },
    { token: 'no', logprob: -2.4 },
  ];
  const says: Reply = (_request, response) =>
    json(response, 200, {
      choices: [
        {
          finish_reason: 'stop',
          message: { content: 'yes' },
          logprobs: { content: [{ token: 'yes', logprob: -0.1, top_logprobs: yes }] },
        },
      ],
      usage: { prompt_tokens: 10, completion_tokens: 1 },
    });

  it('is asked for and told, with the likelihoods', async () => {
    const { given, asked } = await once(says, { alternatives: 5 }, able);
    assert.deepEqual([asked[0]?.logprobs, asked[0]?.top_logprobs], [true, 5]);
    assert.ok(given.ok);
    assert.deepEqual(given.value.choices[0]?.first, [
      { text: 'yes', logprob: -0.1 },
      { text: 'no', logprob: -2.4 },
    ]);
  });

  it('is not asked of a server that has no probabilities', async () => {
    const { asked } = await once(says, { alternatives: 5 });
    assert.deepEqual([asked[0]?.logprobs, asked[0]?.top_logprobs], [undefined, undefined]);
  });
});

/** A server that answers what it is asked about itself. */
const PROBED = { probed: true };

describe('the probe of a model server', () => {
  it('finds what the server does, by asking it', async () => {
    const script = await scriptedModel(
      () => (asked, response) => {
        const text = asked.structured_outputs ? '{"colour": "green"}' : 'banana';
        if (asked.response_format) return json(response, 400, { error: { message: 'unknown key' } });
        if (asked.logprobs)
          return json(response, 200, {
            choices: [{ message: { content: text }, logprobs: { content: [{ logprob: -1 }] } }],
          });
        say(response, asked, text, asked.max_tokens === 8 ? 'length' : 'stop');
      },
      PROBED,
    );
    const { abilities, listed } = await probeModel(
      { baseUrl: script.baseUrl, model: 'scripted', timeoutMs: 1_000 },
      never,
      new Date(0),
    );
    assert.deepEqual(abilities, {
      version: 3,
      baseUrl: script.baseUrl,
      model: 'scripted',
      contextTokens: 8_192,
      replySchemaKey: 'structured_outputs',
      grammarKey: 'none',
      severalSamples: true,
      logprobs: true,
      saysCut: true,
      probedAt: '1970-01-01T00:00:00.000Z',
    });
    assert.deepEqual(listed, ['scripted']);
    const other = await probeModel(
      { baseUrl: script.baseUrl, model: 'big-model', timeoutMs: 1_000 },
      never,
      new Date(0),
    );
    assert.equal(other.answersAs, 'scripted');
    await script.stop();
  });

  it('takes a server that ignores the shape for one that holds to none', async () => {
    const script = await scriptedModel(() => 'banana', PROBED);
    const { abilities } = await probeModel(
      { baseUrl: script.baseUrl, model: 'm', timeoutMs: 1_000 },
      never,
      new Date(0),
    );
    assert.deepEqual([abilities.replySchemaKey, abilities.logprobs, abilities.saysCut], ['none', false, false]);
    await script.stop();
  });
});

/** Asks a server that replies so to the canary what it does with grammars. */
async function grammarKeyOf(reply: (asked: AskedRequest) => Reply, timeoutMs = 5_000) {
  const script = await scriptedModel((asked) => reply(asked), PROBED);
  const probing = { baseUrl: script.baseUrl, model: 'm', timeoutMs };
  const { abilities } = await probeModel(probing, never, new Date(0));
  await script.stop();
  return abilities.grammarKey;
}

/** The grammar of a request under the key of one server or another. */
const grammarOf = ({ grammar, structured_outputs: held, guided_grammar: guided }: AskedRequest) => ({
  grammar,
  structured_outputs: (held as { grammar?: string } | undefined)?.grammar,
  guided_grammar: guided,
});

/** A reply with its thoughts beside it. */
const thinking =
  (thoughts: string, content: string): Reply =>
  (_, response) =>
    json(response, 200, {
      choices: [{ message: { content, reasoning_content: thoughts }, finish_reason: 'stop' }],
    });

describe('the canary of grammars', () => {
  it.each(['grammar', 'structured_outputs', 'guided_grammar'] as const)(
    'finds that a server holds replies to a grammar by %s',
    async (key) => assert.equal(await grammarKeyOf((asked) => (grammarOf(asked)[key] ? 'zephyr' : 'banana')), key),
  );

  it('finds none where a grammar is taken and ignored without a word', async () =>
    assert.equal(await grammarKeyOf(() => 'banana'), 'none'));

  it('finds none where a grammar is refused', async () =>
    assert.equal(
      await grammarKeyOf((asked) =>
        Object.values(grammarOf(asked)).some(Boolean)
          ? (_, response) => json(response, 400, { error: { message: 'failed to parse grammar' } })
          : 'banana',
      ),
      'none',
    ));

  it('finds none where a model that thinks first is held while it thinks', async () => {
    const heldAtOnce = (asked: AskedRequest): Reply =>
      asked.grammar ? 'zephyr' : thinking('They want a fruit.', 'banana');
    assert.equal(await grammarKeyOf(heldAtOnce), 'none');
    const heldThoughts = (asked: AskedRequest): Reply => thinking(asked.grammar ? 'zephyr' : 'A fruit.', '');
    assert.equal(await grammarKeyOf(heldThoughts), 'none');
    const inTheText = (asked: AskedRequest): Reply => (asked.grammar ? 'zephyr' : '<think>They want a fruit.');
    assert.equal(await grammarKeyOf(inTheText), 'none');
  });

  it('finds the key where the thoughts are free and the answer is held', async () => {
    const reply = (asked: AskedRequest): Reply =>
      thinking('They want a fruit.', grammarOf(asked).structured_outputs ? 'zephyr' : 'banana');
    assert.equal(await grammarKeyOf(reply), 'structured_outputs');
  });

  it('takes a model that thinks on and on about it for one without grammars, not for a server that is gone', async () => {
    const reply = (asked: AskedRequest): Reply =>
      Object.values(grammarOf(asked)).some(Boolean) ? () => undefined : thinking('They want a fruit.', 'banana');
    assert.equal(await grammarKeyOf(reply, 700), 'none');
  });
});

describe('a request with a grammar', () => {
  const grammar = 'root ::= "yes"';
  const asked = async (grammarKey: typeof UNPROBED.grammarKey) =>
    (await once('yes', { grammar }, { ...able, grammarKey })).asked[0]!;

  it('has it under the key that the server takes, and nowhere else', async () => {
    assert.deepEqual(grammarOf(await asked('grammar')), {
      grammar,
      structured_outputs: undefined,
      guided_grammar: undefined,
    });
    assert.deepEqual((await asked('structured_outputs')).structured_outputs, { grammar });
    assert.equal((await asked('guided_grammar')).guided_grammar, grammar);
    assert.deepEqual(Object.values(grammarOf(await asked('none'))), [undefined, undefined, undefined]);
  });

  it('is made without it where the server refuses it, streamed or whole', async () => {
    for (const more of [{}, { enough: closed }]) {
      const refusing = (body: AskedRequest): Reply =>
        body.grammar ? (_, response) => json(response, 400, { error: { message: 'failed to parse grammar' } }) : 'yes';
      const script = await scriptedModel(refusing);
      const abilities = () => ({ ...able, grammarKey: 'grammar' as const });
      const countTokens = (text: string) => text.length;
      const held = openOpenAiModel({ baseUrl: script.baseUrl, model: 'm', timeoutMs: 1_000, countTokens, abilities });
      const given = await held.reply(request({ grammar, ...more }), never);
      assert.equal(given.ok && given.value.choices[0]?.text, 'yes');
      await script.stop();
    }
  });
});

it('the tokenizer counts what looks like a special token as plain text', () => {
  const count = openTokenizer();
  assert.equal(count('SELECT name FROM singer'), 4);
  assert.ok(count('<|endoftext|>') > 1);
});
