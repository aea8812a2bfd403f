import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const NORA = 'U0NORA';
const ADA = 'U0ADA';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: NORA });
}, 120_000);
afterAll(() => bot?.stop());

const shownTo = (user: string, pattern: RegExp) =>
  eventually(`${user} to see ${pattern}`, () => pattern.test(JSON.stringify(bot.sandbox.modalOf(user) ?? '')));
const told = (user: string, pattern: RegExp, timeoutMs = 15_000) =>
  eventually(
    `${user} to be told ${pattern}`,
    () => bot.sandbox.workspace.messages.find((one) => one.channel === `D0${user.slice(2)}` && pattern.test(one.text)),
    timeoutMs,
  );
const homeThat = (user: string, holds: RegExp) =>
  eventually(`a Home of ${user} that has ${holds}`, () => {
    const home = JSON.stringify(bot.sandbox.homeOf(user) ?? null);
    return holds.test(home) ? home : undefined;
  });

/** From Home to the list of what can be explored. */
async function openList(user: string) {
  bot.sandbox.closeView(user, true);
  bot.sandbox.openHome(user);
  await homeThat(user, /querent_explore/);
  await bot.sandbox.pressInView(user, 'querent_explore', 'all');
  await shownTo(user, /querent_explore_one/);
}

describe('exploring a database from Home', () => {
  it('goes on in the background and tells the admin how many questions are kept, by shape', async () => {
    await openList(NORA);
    await bot.sandbox.pressInView(NORA, 'explore-shop/querent_explore_one', 'shop');
    await shownTo(NORA, /tell you in a direct message/);
    const { text } = await told(NORA, /\*shop\* is explored/, 240_000);
    const kept = await bot.querent.exploring.pairsOf('shop');
    assert.ok(kept.length > 20);
    assert.match(
      text,
      new RegExp(`: ${kept.length} questions are kept of it, ${kept.length} of them new \\(\\d+ \\w+`),
    );
    await openList(NORA);
    await shownTo(NORA, new RegExp(`${kept.length} questions kept`));
  }, 300_000);

  it('is a sentence where it is explored already', async () => {
    const stop = new AbortController();
    const going = bot.querent.exploring.explore('desk', { pairs: 5_000, seed: 1 }, () => undefined, stop.signal);
    await openList(NORA);
    await bot.sandbox.pressInView(NORA, 'explore-desk/querent_explore_one', 'desk');
    await told(NORA, /\*desk\*: desk is being explored already\. Wait for that to end/);
    stop.abort();
    assert.ok((await going).ok);
  }, 300_000);

  it('is offered to nobody who administers nothing, and refused to who no longer does', async () => {
    bot.sandbox.openHome(ADA);
    const home = await homeThat(ADA, /What you may ask/);
    assert.doesNotMatch(home, /querent_explore/);
    const desk = { teamId: 'T', userId: NORA };
    await bot.querent.databases.setOwner('desk', `user:${ADA}`, desk);
    await openList(ADA);
    assert.ok(!JSON.stringify(bot.sandbox.modalOf(ADA)).includes('shop'));
    await bot.querent.databases.setOwner('desk', undefined, desk);
    await bot.sandbox.pressInView(ADA, 'explore-desk/querent_explore_one', 'desk');
    await shownTo(ADA, /Only admins of Querent and the owner of desk/);
  }, 120_000);
});
