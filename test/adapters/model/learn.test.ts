import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { checkModel } from '#adapters/model/check-model.ts';
import { openModels } from '#adapters/model/open-models.ts';
import { PROBE_MESSAGES } from '#adapters/model/probe-model.ts';
import { ODD_MODELS } from '#test/support/odd-models.ts';
import { type AskedRequest, json, type Reply, say, scriptedModel } from '#test/support/scripted-model.ts';

const never = new AbortController().signal;
const PROBES: ReadonlySet<string> = new Set(Object.values(PROBE_MESSAGES));
const isProbe = (asked: AskedRequest) => PROBES.has(String(asked.messages[0]?.content));
const newHome = () => mkdtempSync(path.join(os.tmpdir(), 'querent-models-'));

/** A server that holds replies to a schema by `guided_json`, gives several samples, and says when it cut a reply. */
const capable = (): Exclude<Reply, string> => (asked, response) => {
  if (asked.response_format || asked.structured_outputs || asked.logprobs)
    return json(response, 400, { error: { message: 'unknown key' } });
  say(
    response,
    asked,
    asked.guided_json ? '{"colour": "green"}' : 'banana',
    asked.max_tokens === 8 ? 'length' : 'stop',
  );
};

function optionsOf(baseUrl: string) {
  const role = { linker: 'm', generator: 'm', refiner: 'm', selector: 'm' };
  return { baseUrl, name: 'm', ...role, adapters: [], timeoutMs: 1_000, concurrency: 4 };
}

const modelsAt = (baseUrl: string, home: string, now = () => new Date(0)) =>
  openModels(optionsOf(baseUrl), home, (text) => text.length, now);

const asksForJson = (models: ReturnType<typeof modelsAt>) =>
  models.roles.selector.reply(
    {
      messages: [{ role: 'user', content: 'choose' }],
      temperature: 0,
      maxTokens: 20,
      replySchema: { name: 'choice', schema: { type: 'object' } },
    },
    never,
  );

const asksInStream = (models: ReturnType<typeof modelsAt>) =>
  models.roles.generator.reply(
    {
      messages: [
        { role: 'system', content: 'write SQL' },
        { role: 'user', content: 'how many' },
      ],
      temperature: 0,
      maxTokens: 20,
      enough: () => false,
    },
    never,
  );

describe('what a model server can do', () => {
  it('is found out before the first question, once, and its requests are made for it from then on', async () => {
    const script = await scriptedModel(capable, { probed: true });
    const models = modelsAt(script.baseUrl, newHome());
    await Promise.all([models.learn(never), models.learn(never)]);
    const probes = script.asked.filter(isProbe).length;
    await models.learn(never);
    assert.ok((await asksForJson(models)).ok);
    assert.equal(script.asked.filter(isProbe).length, probes);
    assert.deepEqual(script.asked.at(-1)?.guided_json, { type: 'object' });
    await script.stop();
  });

  it('is remembered by the next process', async () => {
    const script = await scriptedModel(capable, { probed: true });
    const home = newHome();
    await modelsAt(script.baseUrl, home).learn(never);
    const probes = script.asked.length;
    const next = modelsAt(script.baseUrl, home);
    await next.learn(never);
    assert.equal(script.asked.length, probes);
    assert.ok((await asksForJson(next)).ok);
    assert.deepEqual(script.asked.at(-1)?.guided_json, { type: 'object' });
    await script.stop();
  });

  it('is the least while the server does not say, which is asked again after some minutes', async () => {
    let silent = true;
    const script = await scriptedModel(
      (asked) => (silent && isProbe(asked) ? (_, response) => json(response, 503, { error: {} }) : capable()),
      { probed: true },
    );
    let now = 0;
    const models = modelsAt(script.baseUrl, newHome(), () => new Date(now));
    await models.learn(never);
    assert.ok((await asksForJson(models)).ok);
    assert.equal(script.asked.at(-1)?.guided_json, undefined);
    silent = false;
    const asked = script.asked.length;
    now = 4 * 60_000;
    await models.learn(never);
    assert.equal(script.asked.length, asked);
    now = 6 * 60_000;
    await models.learn(never);
    await asksForJson(models);
    assert.deepEqual(script.asked.at(-1)?.guided_json, { type: 'object' });
    await script.stop();
  });

  it.each([
    ['grammars', 'zephyr'],
    ['no grammars', 'banana'],
  ])('is said by doctor, %s among it', async (said, reply) => {
    const script = await scriptedModel((asked) => (asked.grammar ? reply : 'banana'), { probed: true });
    const checked = await checkModel({ model: optionsOf(script.baseUrl), home: newHome() }, never, new Date(0));
    const says = [checked]
      .flat()
      .map((one) => one.says)
      .join('\n');
    assert.ok(says.includes(`, ${said}, `), says);
    await script.stop();
  });

  it.each([
    ['no system role', 'no-system-role', 'has no system role'],
    ['no streams', 'no-streams', 'knows no streams'],
    ['it thinks first', 'thinks', 'thinks beyond its limit, in tags'],
  ] as const)('with what it does otherwise than most, is said by doctor: %s', async (said, quirk, odd) => {
    const script = await scriptedModel(ODD_MODELS[odd]!.odd, { probed: true });
    const home = newHome();
    const checked = [await checkModel({ model: optionsOf(script.baseUrl), home }, never, new Date(0))].flat();
    assert.equal(checked.filter(({ says }) => says.includes(`, ${said}, `)).length, 1, checked[0]?.says);
    const models = modelsAt(script.baseUrl, home);
    await models.learn(never);
    const probed = script.asked.length;
    await asksInStream(models);
    assert.equal(script.asked.length - probed, 1, `${quirk} is known to the bot: no question fails of it`);
    await script.stop();
  });

  it('is found out anew where a version before this one found it out', async () => {
    const home = newHome();
    const script = await scriptedModel(capable, { probed: true });
    const older = {
      version: 2,
      baseUrl: script.baseUrl,
      model: 'm',
      replySchemaKey: 'none',
      severalSamples: false,
      logprobs: false,
    };
    const file = path.join(home, 'model-abilities.json');
    writeFileSync(file, JSON.stringify({ ...older, saysCut: true, probedAt: '2026-01-15T00:00:00.000Z' }));
    await modelsAt(script.baseUrl, home).learn(never);
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    assert.deepEqual([kept.version, kept.grammarKey, kept.replySchemaKey], [3, 'none', 'guided_json']);
    await script.stop();
  });

  it('is waited for by nobody who gave up, and goes on for the others', async () => {
    const free = Promise.withResolvers<void>();
    const slow = (): Exclude<Reply, string> => async (asked, response) => {
      await free.promise;
      return capable()(asked, response);
    };
    const script = await scriptedModel(slow, { probed: true });
    const models = modelsAt(script.baseUrl, newHome());
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [models.learn(first.signal), models.learn(second.signal)] as const;
    second.abort();
    await waiting[1];
    first.abort();
    await waiting[0];
    const third = models.learn(never);
    free.resolve();
    await third;
    assert.ok((await asksForJson(models)).ok);
    assert.deepEqual(script.asked.at(-1)?.guided_json, { type: 'object' });
    assert.equal(script.asked.filter((asked) => asked.messages[0]?.content === PROBE_MESSAGES.count).length, 1);
    await script.stop();
  });

  it('is found out by the next question where the first was given up meanwhile', async () => {
    const script = await scriptedModel(capable, { probed: true });
    const models = modelsAt(script.baseUrl, newHome());
    await models.learn(AbortSignal.abort());
    await models.learn(never);
    await asksForJson(models);
    assert.deepEqual(script.asked.at(-1)?.guided_json, { type: 'object' });
    await script.stop();
  });
});
