import assert from 'node:assert/strict';
import { afterEach, beforeAll, describe, it } from 'vitest';
import { SLACK_RATES } from '#src/slack-api/rates.ts';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
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
    ['nine minutes behind', -540_000],
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

describe('a Slack that is short of patience', () => {
  const databases = slowDatabases();
  const progressTimes = { streamAfterMs: 100, messageAfterMs: 100, withoutStatusAfterMs: 100 };
  let bot: Bot;
  beforeAll(async () => {
    bot = await startSmallBot(undefined, MANY, undefined, databases.change, { progressTimes });
    return () => bot.stop();
  });

  it('ends a stream before the answer is there: what it showed is brought to its end all the same', async () => {
    const { sandbox } = bot;
    databases.slow(60_000);
    const message = sandbox.say('U0ADA', 'D0ADA', 'How many refunds are there?');
    const stream = await eventually('a stream', () =>
      sandbox.workspace.messages.find((one) => one.threadTs === message.ts && one.streaming === 'in_progress'),
    );
    sandbox.switches.streamMs = 0;
    databases.letGo();
    const answer = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(answer.text, /^3 refunds/);
    await eventually('the end of its steps', () => /Worked for/.test(stream.text + textOf(stream)));
    assert.doesNotMatch(textOf(stream), /in_progress/);
    assert.equal(bot.answersTo(message, 'answer').length, 1);
    sandbox.switches.streamMs = 300_000;
    await bot.quiet();
  });

  it('opens no modal any more: whoever pressed is told to press again, and then it opens', async () => {
    const { sandbox } = bot;
    const { answer } = await bot.ask('<@U0QUERENT> How many refunds are there?', { channel: 'C0GENERAL' });
    const [, run = ''] = /"value":"([^":]+):sql"/.exec(textOf(answer)) ?? [];
    const press = () => sandbox.press('U0ADA', answer.channel, answer.ts, 'querent_more', `${run}:sql`);
    sandbox.faults.set('views.open', ['expired_trigger_id']);
    press();
    await eventually('a word', () =>
      sandbox.workspace.messages.find(
        ({ onlyFor, text }) => onlyFor === 'U0ADA' && /took too long to open that. Please press it again/.test(text),
      ),
    );
    assert.equal(sandbox.modalOf('U0ADA'), undefined);
    press();
    await eventually('the query', () => /SELECT/.test(JSON.stringify(sandbox.modalOf('U0ADA') ?? '')));
  });
});
