import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { OPERATOR } from '#src/domain/question.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const ASK = '<@U0QUERENT> How many refunds are there?';
const CHANNEL = 'C0GENERAL';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot();
});
afterAll(() => bot?.stop());

const toldBy = (user: string, from: number) =>
  bot.sandbox.workspace.messages.slice(from).filter((one) => one.onlyFor === user && /I no longer have/.test(one.text));
const ACTIONS = ['querent_rerun', 'querent_csv', 'querent_wrong_database', 'querent_team'];
/** These open a window at once, which then says it. */
const WINDOWS = ['querent_sql', 'querent_step'];

/** Presses and waits for the one sentence. */
async function isTold(ts: string, action: string, value: string, user = 'U0ADA') {
  const from = bot.sandbox.workspace.messages.length;
  bot.sandbox.press(user, CHANNEL, ts, action, value);
  await eventually(`${action} to be answered`, () => toldBy(user, from)[0]);
  await bot.quiet();
  assert.equal(toldBy(user, from).length, 1);
}

/** Presses, and waits for the sentence in the window that opens. */
async function isShown(ts: string, action: string, value: string, user: string) {
  bot.sandbox.press(user, CHANNEL, ts, action, value);
  await eventually(`${action} to be answered`, () =>
    /I no longer have/.test(JSON.stringify(bot.sandbox.modalOf(user) ?? null)),
  );
  bot.sandbox.closeView(user);
}

describe('a press under a message whose question is gone', () => {
  it('is told so after the person was forgotten, whatever the button', async () => {
    const { answer } = await bot.ask(ASK, { channel: CHANNEL });
    const id = /"value":"([\w-]{36}):sql"/.exec(textOf(answer))?.[1] ?? assert.fail(textOf(answer));
    await bot.querent.forget('T0FERNHILL', 'U0ADA');
    for (const action of ACTIONS) await isTold(answer.ts, action, `${id}:0`, 'U0MILES');
    for (const action of WINDOWS) await isShown(answer.ts, action, `${id}:0`, 'U0MILES');
    await isShown(answer.ts, 'querent_more', `${id}:sql`, 'U0ADA');
  });

  it('says nothing to somebody of another company', async () => {
    const from = bot.sandbox.workspace.messages.length;
    const message = bot.sandbox.say('U0ADA', CHANNEL, 'hello');
    bot.sandbox.press('U0PIA', CHANNEL, message.ts, 'querent_rerun', 'no-such-run');
    await isTold(message.ts, 'querent_rerun', 'no-such-run');
    assert.deepEqual(toldBy('U0PIA', from), []);
  });

  it('is told so where the database was removed since', async () => {
    const { answer } = await bot.ask(ASK, { channel: CHANNEL, user: 'U0MILES' });
    const id = /"value":"([\w-]{36}):sql"/.exec(textOf(answer))?.[1] ?? assert.fail(textOf(answer));
    const removed = await bot.querent.databases.remove('shop', OPERATOR, () => undefined, new AbortController().signal);
    assert.ok(removed.ok);
    for (const action of ['querent_csv', 'querent_wrong_database'])
      await isTold(answer.ts, action, `${id}:0`, 'U0MILES');
    for (const action of WINDOWS) await isShown(answer.ts, action, `${id}:0`, 'U0MILES');
  });
});
