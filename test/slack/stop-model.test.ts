import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from 'vitest';
import { startSmallBot } from '#test/support/small-bot.ts';
import { type Bot, invite, MANY_AT_ONCE } from './fault-runs.ts';
import { overModel, silentModel, stoppedModelCalls } from './stops.ts';

const progressTimes = { streamAfterMs: 5_000, messageAfterMs: 200, withoutStatusAfterMs: 200 };
let model: Awaited<ReturnType<typeof silentModel>>;
let bot: Bot;
beforeAll(async () => {
  model = await silentModel();
  bot = await startSmallBot(undefined, { ...MANY_AT_ONCE, ...overModel(model) }, undefined, undefined, {
    progressTimes,
  });
});
afterAll(async () => {
  await bot.stop();
  await model.stop();
});

it('Stop ends the request at the model server, and whoever waits for it is next', { timeout: 60_000 }, async () => {
  const stops = await stoppedModelCalls(bot, model, invite(bot, 3));
  assert.equal(stops.length, 2);
  // Each question asked the server once, and none of the requests was left to run.
  assert.equal(model.begun.length, 3);
  assert.equal(model.aborted.length, 3);
});
