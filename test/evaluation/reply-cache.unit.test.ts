import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { ok } from '#src/domain/result.ts';
import { openReplyCache, withReplyCache } from '#src/evaluation/replies/reply-cache.ts';
import type { ChatModel, ChatRequest } from '#src/ports/chat-model.ts';

const never = new AbortController().signal;
const folder = () => mkdtempSync(path.join(os.tmpdir(), 'querent-replies-'));
const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [{ role: 'user', content: 'how many?' }],
  temperature: 0.7,
  maxTokens: 50,
  samples: 2,
  ...more,
});

/** A model that says which samples it was asked for: `seed` and how many. */
function counting() {
  const asked: (readonly [seed: number | undefined, samples: number | undefined])[] = [];
  const model: ChatModel = {
    id: 'counting',
    reply: async ({ seed, samples = 1 }) => {
      asked.push([seed, samples]);
      const choices = Array.from({ length: samples }, (_, at) => ({
        text: `s${(seed ?? 0) + at}`,
        cut: false,
        tokens: 3,
      }));
      return ok({ choices, promptTokens: 7, completionTokens: 3 * samples });
    },
  };
  return { model, asked };
}
let clock = 0;
const now = () => (clock += 10);
const textsOf = async (model: ChatModel, asked: ChatRequest) => {
  const reply = await model.reply(asked, never);
  assert.ok(reply.ok);
  return { texts: reply.value.choices.map(({ text }) => text), ...reply.value };
};

describe('kept replies', () => {
  it('keep what might have stood first, apart from those for which it was not asked', async () => {
    const kept = folder();
    const first = [{ text: 'yes', logprob: -0.1 }];
    let asked = 0;
    const model: ChatModel = {
      id: 'sure',
      reply: async ({ alternatives }) => {
        asked += 1;
        const choice = { text: 'yes', cut: false, tokens: 1, ...(alternatives ? { first } : {}) };
        return ok({ choices: [choice], promptTokens: 7, completionTokens: 1 });
      },
    };
    const one = { temperature: 0, samples: 1 };
    const firstOf = async (more: Partial<ChatRequest>) => {
      const cached = withReplyCache(model, openReplyCache(kept, 'a model'), now);
      return (await textsOf(cached, request({ ...one, ...more }))).choices[0]?.first;
    };
    assert.deepEqual(await firstOf({}), undefined);
    assert.deepEqual(await firstOf({ alternatives: 5 }), first);
    assert.deepEqual(await firstOf({ alternatives: 5 }), first);
    assert.equal(asked, 2);
  });

  it('are computed once, across runs, with their tokens and time', async () => {
    const kept = folder();
    const { model, asked } = counting();
    const first = await textsOf(withReplyCache(model, openReplyCache(kept, 'a model'), now), request());
    const again = await textsOf(withReplyCache(model, openReplyCache(kept, 'a model'), now), request());
    assert.deepEqual(again, first);
    assert.deepEqual([again.texts, again.promptTokens, again.completionTokens, again.keptMs], [['s1', 's2'], 7, 6, 10]);
    assert.deepEqual(asked, [[1, 2]]);
  });

  it('are other ones where another grammar holds them', async () => {
    const { model, asked } = counting();
    const cached = withReplyCache(model, openReplyCache(folder(), 'a model'), now);
    for (const grammar of ['root ::= "a"', 'root ::= "b"', 'root ::= "a"'])
      await cached.reply(request({ grammar }), never);
    await cached.reply(request(), never);
    assert.equal(asked.length, 3);
  });

  it('are asked for only as far as they are not there', async () => {
    const { model, asked } = counting();
    const cached = withReplyCache(model, openReplyCache(folder(), 'a model'), now);
    await cached.reply(request(), never);
    assert.deepEqual((await textsOf(cached, request({ samples: 5 }))).texts, ['s1', 's2', 's3', 's4', 's5']);
    assert.deepEqual((await textsOf(cached, request({ samples: 1 }))).texts, ['s1']);
    assert.deepEqual(asked, [
      [1, 2],
      [3, 3],
    ]);
  });

  it('are others for another text, temperature, seed or model', async () => {
    const kept = folder();
    const { model, asked } = counting();
    const cached = withReplyCache(model, openReplyCache(kept, 'a model'), now);
    await cached.reply(request(), never);
    const others: Partial<ChatRequest>[] = [
      { messages: [{ role: 'user', content: 'how much?' }] },
      { temperature: 0.9 },
      { seed: 40 },
    ];
    for (const other of others) await cached.reply(request(other), never);
    await withReplyCache(model, openReplyCache(kept, 'another model'), now).reply(request(), never);
    assert.equal(asked.length, 5);
    assert.equal(readdirSync(kept).length, 2);
  });

  it('hold for any limit that they ended within, and where they were cut for no larger one', async () => {
    const limits: number[] = [];
    const long: ChatModel = {
      id: 'long',
      async reply({ maxTokens }) {
        limits.push(maxTokens);
        const tokens = Math.min(100, maxTokens);
        return ok({ choices: [{ text: 'x', cut: tokens < 100, tokens }], promptTokens: 1, completionTokens: tokens });
      },
    };
    const cached = withReplyCache(long, openReplyCache(folder(), 'a model'), now);
    for (const maxTokens of [50, 40, 150, 120, 100, 60]) await cached.reply(request({ maxTokens, samples: 1 }), never);
    assert.deepEqual(limits, [50, 150, 60]);
  });

  it('have no seed where nothing is drawn', async () => {
    const { model, asked } = counting();
    const cached = withReplyCache(model, openReplyCache(folder(), 'a model'), now);
    for (const seed of [1, 2]) await cached.reply(request({ temperature: 0, samples: 1, seed }), never);
    assert.equal(asked.length, 1);
  });

  it('pass over a line that was cut, and keep no failure', async () => {
    const kept = folder();
    const { model, asked } = counting();
    await withReplyCache(model, openReplyCache(kept, 'a model'), now).reply(request(), never);
    appendFileSync(path.join(kept, readdirSync(kept)[0] ?? ''), '{"key":"x","te');
    await withReplyCache(model, openReplyCache(kept, 'a model'), now).reply(request(), never);
    assert.equal(asked.length, 1);
    const failing: ChatModel = {
      id: 'failing',
      reply: async () => ({ ok: false, failure: { kind: 'model-unavailable', fault: 'unreachable' } }),
    };
    const cached = withReplyCache(failing, openReplyCache(kept, 'a model'), now);
    assert.ok(!(await cached.reply(request(), never)).ok);
    assert.ok(!(await cached.reply(request(), never)).ok);
  });
});
