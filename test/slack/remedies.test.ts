import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot();
});
afterAll(() => bot.stop());

describe('an answer without rows', () => {
  it('offers the query without the condition that left nothing, and runs it once for whoever presses', async () => {
    const { message, answer } = await bot.ask('How many refunds were there in 2031?');
    assert.match(textOf(answer), /Without “[^”]*2031” there are 3 rows\./);
    const value = /"action_id":"querent_remedy_0","value":"([^"]+)"/.exec(textOf(answer))?.[1] ?? '';
    assert.match(value, /^[0-9a-f-]+:0$/);
    bot.sandbox.press('U0ADA', 'D0ADA', answer.ts, 'querent_remedy_0', value);
    const second = await eventually('the answer without it', () => bot.answersTo(message)[1]);
    assert.match(second.text, /^3 /);
    bot.sandbox.press('U0ADA', 'D0ADA', answer.ts, 'querent_remedy_0', value);
    await eventually('a word that it was asked', () =>
      bot.sandbox.workspace.messages.find(
        ({ onlyFor, text }) => onlyFor === 'U0ADA' && /asked that already/.test(text),
      ),
    );
    assert.equal(bot.answersTo(message, 'answer').length, 2);
  });
});
