import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const TEAM = 'T0FERNHILL';
let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot();
}, 60_000);
afterAll(() => bot.stop());

const DECLINED = 'how many refunds did robots cause in secret?';
const offersOf = (message: SandboxMessage) =>
  [...textOf(message).matchAll(/"action_id":"(querent_offer_\d)","value":"([^"]+)"/g)].map(([, action, value]) => ({
    action: action!,
    value: value!,
  }));
const press = (message: SandboxMessage, at: number, user = 'U0ADA') => {
  const { action, value } = offersOf(message)[at]!;
  bot.sandbox.press(user, message.channel, message.ts, action, value);
};
const nthAnswer = (message: SandboxMessage, nth: number) =>
  eventually(`answer ${nth}`, () => bot.answersTo(message, 'answer')[nth - 1]);
/** What came of a thread, once nothing is under way. */
async function turnsOf({ channel, ts }: SandboxMessage) {
  await bot.quiet();
  return bot.querent.runs.turns(TEAM, [{ channel, thread: ts }]);
}

describe('what a decline offers', () => {
  it('is asked in the thread by a press, as a run of its own that is audited', async () => {
    const { message, answer } = await bot.ask(DECLINED);
    assert.match(textOf(answer), /I can answer, for example:\\n1\. How many refunds /);
    assert.doesNotMatch(textOf(answer), /querent_rerun/);
    press(answer, 0);
    const given = await nthAnswer(message, 2);
    assert.match(textOf(given), /refunds/);
    const runs = await turnsOf(message);
    const pressed = runs.find(({ cause }) => cause.kind === 'offer');
    assert.deepEqual([pressed?.user, pressed?.intent], ['U0ADA', { kind: 'from', databaseId: 'shop' }]);
    assert.equal(pressed?.result?.kind, 'answer');
    const audited: string[] = [];
    for await (const entry of bot.querent.audit.entries())
      if ('run' in entry && entry.run === pressed?.id) audited.push(entry.kind);
    assert.deepEqual([audited[0], audited.at(-1)], ['question', 'answer']);
    assert.ok(audited.includes('statement'));
    // Pressed again it is the same run.
    press(answer, 0);
    await bot.quiet();
    assert.equal(bot.answersTo(message, 'answer').length, 2);
  });

  it('is asked by whoever presses, with their own name and rights', async () => {
    const { message, answer } = await bot.ask(`<@U0QUERENT> ${DECLINED}`, { channel: 'C0GENERAL' });
    press(answer, 1, 'U0MILES');
    await nthAnswer(message, 2);
    const run = (await turnsOf(message)).find(({ cause }) => cause.kind === 'offer');
    assert.equal(run?.user, 'U0MILES');
  });

  it('is asked by a number, an order or its own words in the thread', async () => {
    for (const reply of ['2', 'the second one', 'two']) {
      const { message, answer } = await bot.ask(DECLINED);
      const [, second = ''] = /2\. (.+?) \(shop\)/.exec(textOf(answer)) ?? [];
      assert.ok(second, textOf(answer));
      bot.sandbox.say('U0ADA', 'D0ADA', reply === 'two' ? second : reply, message.ts);
      await nthAnswer(message, 2);
      const run = (await turnsOf(message)).at(-1);
      assert.deepEqual([run?.result?.kind, run?.result?.text], ['answer', second], reply);
    }
  });
});

describe('what is no question', () => {
  it('has a short reply, asks nothing and leaves nothing failed', async () => {
    for (const [said, says] of [
      ['Good morning!', /^Hello!/],
      ['thanks :tada:', /^You’re welcome/],
    ] as const) {
      const { message, answer } = await bot.ask(said);
      assert.match(answer.text, says);
      assert.equal((await turnsOf(message))[0]?.state, 'done');
    }
  });

  it('is help, with questions to press', async () => {
    const { message, answer } = await bot.ask('help');
    assert.match(answer.text, /^I answer questions about your company’s data/);
    assert.equal(offersOf(answer).length, 3);
    press(answer, 2);
    const given = await nthAnswer(message, 2);
    assert.match(textOf(given), /How this was computed/);
  });
});
