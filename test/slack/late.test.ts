import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const QUESTION = 'How many refunds are there?';
const MENTION = `<@U0QUERENT> ${QUESTION}`;
const ELEVEN_MINUTES_MS = 660_000;

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot();
});
afterAll(() => bot.stop());
afterEach(() => {
  bot.sandbox.workspace.skewMs = 0;
  bot.sandbox.sockets.duplicateEvents = false;
});

/** Says something so that it reaches the bot eleven minutes after it was written. */
function sayLate(channel: string, text: string, thread?: SandboxMessage): SandboxMessage {
  bot.sandbox.workspace.skewMs = -ELEVEN_MINUTES_MS;
  const message = bot.sandbox.say('U0ADA', channel, text, thread?.ts);
  bot.sandbox.workspace.skewMs = 0;
  return message;
}

const offerIn = (thread: SandboxMessage) => eventually('the offer', () => bot.answersTo(thread, 'late')[0]);

function press(user: string, offer: SandboxMessage): void {
  const [, run] = /"action_id":"querent_run_now","value":"([^"]+)"/.exec(textOf(offer)) ?? [];
  bot.sandbox.press(user, offer.channel, offer.ts, 'querent_run_now', run ?? assert.fail(textOf(offer)));
}

const whispered = (user: string, says: RegExp) =>
  eventually(`a word to ${user}`, () =>
    bot.sandbox.workspace.messages.find(({ onlyFor, text }) => onlyFor === user && says.test(text)),
  );

describe('a question that comes eleven minutes after it was asked', () => {
  it('in a direct message is told once, and run once by a press', async () => {
    bot.sandbox.sockets.duplicateEvents = true;
    const message = sayLate('D0ADA', QUESTION);
    const offer = await offerIn(message);
    await bot.quiet();
    assert.equal(offer.text, 'I was offline; ask again.');
    assert.equal(bot.answersTo(message).length, 1);
    press('U0ADA', offer);
    press('U0ADA', offer);
    const answer = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(answer.text, /^3 refunds/);
    await whispered('U0ADA', /asked already/);
    await bot.quiet();
    assert.equal(bot.answersTo(message, 'answer').length, 1);
  });

  it('is for its asker alone to have run', async () => {
    const message = sayLate('D0ADA', QUESTION);
    const offer = await offerIn(message);
    press('U0MILES', offer);
    await eventually('a word to who pressed', () =>
      bot.sandbox.workspace.messages.find((one) => one.channel === 'D0MILES' && /Only <@U0ADA> can/.test(one.text)),
    );
    await bot.quiet();
    assert.deepEqual(bot.answersTo(message), [offer]);
  });

  it.each(['C0GENERAL', 'G0PLANNING'])('is left in silence in %s', async (channel) => {
    const message = sayLate(channel, MENTION);
    await eventually('the log', () =>
      bot.log.find((line) => line.includes(`message ${message.ts} in ${channel} came`)),
    );
    const { message: next } = await bot.ask(MENTION, { channel });
    await bot.quiet();
    assert.equal(bot.answersTo(next, 'answer').length, 1);
    assert.deepEqual(
      bot.sandbox.workspace.messages.filter(({ threadTs }) => threadTs === message.ts),
      [],
    );
  });

  it('chooses of a question back as any reply, once it is run', async () => {
    const { message, answer: back } = await bot.ask('How many customers are there?');
    assert.match(textOf(back), /querent_choose_/);
    sayLate('D0ADA', 'desk', message);
    press('U0ADA', await offerIn(message));
    const answer = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(answer.text, /^2 customers/);
  });
});

describe('a question that was answered in time', () => {
  it('is no late one when Slack tells of it once more', async () => {
    const { message } = await bot.ask(QUESTION);
    await bot.quiet();
    bot.sandbox.workspace.skewMs = -ELEVEN_MINUTES_MS;
    const { user, channel, text, ts } = message;
    bot.sandbox.tell({ type: 'message', channel_type: 'im', user, channel, text, ts }); // under an id of its own
    await bot.quiet();
    assert.equal(bot.answersTo(message).length, 1);
  });

  it('goes on after a stop of the bot, however long that took', async () => {
    await bot.stopBot();
    const message = sayLate('D0ADA', QUESTION); // told again once somebody listens
    const run = {
      id: 'before-the-stop',
      team: 'T0FERNHILL',
      channel: 'D0ADA',
      thread: message.ts,
      message: message.ts,
      cause: { kind: 'message' },
      user: 'U0ADA',
      text: QUESTION,
      intent: { kind: 'any' },
      turnedDown: [],
      direct: true,
      external: false,
    } as const;
    const hourAgo = new Date(Date.now() - 3_600_000);
    await bot.querent.runs.record('its delivery', run, hourAgo);
    assert.equal((await bot.querent.runs.lease())?.id, run.id);
    await bot.restartBot();
    const answer = await eventually('the answer', () => bot.answersTo(message, 'answer')[0]);
    assert.match(answer.text, /^3 refunds/);
    await bot.quiet();
    assert.equal(bot.answersTo(message, 'late').length, 0);
  });
});
