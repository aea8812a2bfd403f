import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from 'vitest';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import type { Bot } from './fault-runs.ts';
import { FOR_MODALS, modalTimes } from './modal-times.ts';

const databases = slowDatabases();
let bot: Bot;
beforeAll(async () => {
  bot = await startSmallBot(undefined, FOR_MODALS, undefined, databases.change);
});
afterAll(() => bot.stop());

/** How soon they open is for `npm run -s bench:slack` to say. */
it('every modal opens though no database behind answers', { timeout: 180_000 }, async () => {
  const { times, missed } = await modalTimes(bot, databases, 1);
  assert.deepEqual(missed, []);
  const opened = times.map(({ what }) => what);
  for (const what of ['querent_step', 'querent_more sql', '/querent add', 'global shortcut', 'message shortcut'])
    assert.ok(opened.includes(what), opened.join(', '));
});
