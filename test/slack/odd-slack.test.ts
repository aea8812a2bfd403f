import assert from 'node:assert/strict';
import { afterEach, beforeAll, describe, it } from 'vitest';
import { SLACK_RATES } from '#src/slack-api/rates.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';
import { type Bot, invite } from './fault-runs.ts';

const MANY = { QUERENT_RUNS_PER_TEAM: '10' };

describe('a Slack whose events come out of order, twice, and by another clock', () => {
  let bot: Bot;
  beforeAll(async () => {
    bot = await startSmallBot(undefined, MANY);
    return () => bot.stop();
  });
  afterEach(() => {
    bot.sandbox.sockets.reorderEvents = false;
    bot.sandbox.sockets.duplicateEvents = false;
    bot.sandbox.workspace.skewMs = 0;
  });

  /** Questions of several people; how many answers each has. */
  async function answers(): Promise<readonly number[]> {
    const people = invite(bot, 4);
    const asked = people.map((one) => bot.sandbox.say(one, 'C0GENERAL', '<@U0QUERENT> How many refunds are there?'));
    await eventually('all answers', () => asked.every((one) => bot.answersTo(one, 'answer').length), 30_000);
    await bot.quiet();
    return asked.map((one) => bot.answersTo(one, 'answer').length);
  }

  it('answers each once though a mention comes before what was written earlier, and all twice', async () => {
    const order: string[] = [];
    const unhear = bot.sandbox.journal.onEntry(({ kind, name, ms }) => {
      if (kind === 'event' && ms === undefined) order.push(name);
    });
    bot.sandbox.sockets.reorderEvents = true;
    bot.sandbox.sockets.duplicateEvents = true;
    assert.deepEqual(await answers(), [1, 1, 1, 1]);
    unhear();
    assert.equal(order[0], 'message', 'Slack sends the mention first; it was held back');
  });

  it.each([
    ['an hour ahead', 3_600_000],
    ['an hour behind', -3_600_000],
  ])('answers each once where its clock is %s', async (_, skewMs) => {
    bot.sandbox.workspace.skewMs = skewMs;
    assert.deepEqual(await answers(), [1, 1, 1, 1]);
  });
});

describe('a Slack that counts calls', () => {
  it('gets every answer all the same, each once', { timeout: 60_000 }, async () => {
    const bot = await startSmallBot(undefined, MANY, undefined, undefined, { rates: SLACK_RATES });
    try {
      bot.sandbox.switches.limitsCalls = true;
      const people = invite(bot, 8);
      const asked = people.map((one) => bot.sandbox.say(one, 'C0GENERAL', '<@U0QUERENT> How many refunds are there?'));
      await eventually('all answers', () => asked.every((one) => bot.answersTo(one, 'answer').length), 40_000);
      await bot.quiet();
      assert.deepEqual(
        asked.map((one) => bot.answersTo(one, 'answer').length),
        people.map(() => 1),
      );
    } finally {
      await bot.stop();
    }
  });
});

describe('a Slack that hangs up', () => {
  it('is connected to again, though it refuses at first, and what was asked meanwhile is answered once', {
    timeout: 100_000,
  }, async () => {
    const bot = await startSmallBot();
    try {
      const { sandbox } = bot;
      for (let round = 0; round < 2; round += 1) {
        sandbox.faults.set('apps.connections.open', [{ status: 503 }, { drop: true }, { status: 503 }]);
        sandbox.sockets.drop();
        await eventually('nobody to be connected', () => !sandbox.sockets.connected);
        const message = sandbox.say('U0ADA', 'D0ADA', 'How many refunds are there?');
        await eventually('the answer', () => bot.answersTo(message, 'answer')[0], 40_000);
        await bot.quiet();
        assert.equal(bot.answersTo(message, 'answer').length, 1);
        assert.deepEqual(sandbox.faults.get('apps.connections.open'), []);
      }
    } finally {
      await bot.stop();
    }
  });
});
