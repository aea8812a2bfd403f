import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from 'vitest';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

let bot: Awaited<ReturnType<typeof startSmallBot>>;

beforeAll(async () => {
  bot = await startSmallBot();
  bot.querent.store.saveAccessRules('desk', []);
  bot.querent.store.saveAccessRules('shop', [
    { effect: 'grant', databaseId: 'shop', to: { kind: 'user', id: 'U0ADA' } },
    { effect: 'grant', databaseId: 'shop', to: { kind: 'group', id: 'S0FINANCE' }, tables: ['refunds'] },
    { effect: 'grant', databaseId: 'shop', to: { kind: 'channel', id: 'C0GENERAL' }, shared: true },
  ]);
});
afterAll(() => bot.stop());

const inDirect = (user: string, after: string) =>
  bot.sandbox.workspace.messages.filter(
    (one) => one.channel === `D0${user.slice(2)}` && one.user === 'U0QUERENT' && one.ts > after,
  );

function pressShare(message: SandboxMessage): void {
  const value = /"action_id":"querent_share","value":"([^"]+)"/.exec(textOf(message))?.[1];
  assert.ok(value, 'no Share button');
  bot.sandbox.press('U0ADA', message.channel, message.ts, 'querent_share', value);
}

it('answers in a direct message what not everybody in the channel may see, and the thread learns only that', async () => {
  const { message, answer } = await bot.ask('<@U0QUERENT> How many refunds are there?', { channel: 'C0GENERAL' });
  assert.match(answer.text, /direct message/);
  assert.doesNotMatch(JSON.stringify(bot.answersTo(message)), /refunds/);
  const mine = await eventually('the private answer', () => inDirect('U0ADA', message.ts)[0]);
  assert.match(textOf(mine), /3/);

  const shared = () => bot.answersTo(message, 'shared');
  pressShare(mine);
  const posted = await eventually('the shared answer', () => shared()[0]);
  assert.equal(posted.channel, 'C0GENERAL');
  pressShare(mine);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(shared().length, 1);
});

it('answers a member of a granted group from the tables of the grant alone', async () => {
  const { answer } = await bot.ask('How many refunds are there?', { channel: 'D0MILES', user: 'U0MILES' });
  assert.match(textOf(answer), /3/);
  const { answer: other } = await bot.ask('How many customers are there?', { channel: 'D0MILES', user: 'U0MILES' });
  assert.match(textOf(other), /recognised no table of shop/);
});

it('tells somebody without a grant how to get one', async () => {
  bot.querent.store.saveAccessRules('shop', []);
  const { answer } = await bot.ask('How many refunds are there?', { channel: 'D0NORA', user: 'U0NORA' });
  assert.match(answer.text, /no access to any database/);
});

it('answers no guest, whatever is granted', async () => {
  bot.querent.store.saveAccessRules('shop', [{ effect: 'grant', databaseId: 'shop', to: { kind: 'everyone' } }]);
  const message = bot.sandbox.say('U0GUS', 'D0GUS', 'How many refunds are there?');
  const notice = await eventually('a refusal', () => inDirect('U0GUS', message.ts)[0]);
  assert.match(notice.text, /full members/);
  assert.equal(notice.threadTs, message.ts);
  assert.equal(notice.onlyFor, undefined, 'it is still there when the page is loaded anew');
});

it('names no path and no host where a database cannot be reached', async () => {
  bot.querent.store.saveAccessRules('shop', [{ effect: 'grant', databaseId: 'shop', to: { kind: 'everyone' } }]);
  const [shop] = bot.querent.store.databases().filter(({ id }) => id === 'shop');
  for (const url of ['sqlite:/nowhere/shop.sqlite', 'postgres://reader@127.0.0.1:1/shop']) {
    bot.querent.store.saveDatabase({ ...shop!, url });
    const { answer } = await bot.ask('How many refunds are there?');
    assert.match(answer.text, /shop is not reachable\. Whoever runs Querent here sees why/);
    assert.doesNotMatch(textOf(answer), /nowhere|127\.0|server/);
  }
  bot.querent.store.saveDatabase(shop!);
});

it('asks before a query that costs a lot, and runs it when told to', async () => {
  bot.querent.store.saveAccessRules('shop', [{ effect: 'grant', databaseId: 'shop', to: { kind: 'everyone' } }]);
  const database = bot.querent.database('shop');
  assert.ok(database.ok);
  const { run } = database.value;
  // The shop is small: what makes its queries dear is a budget that nothing fits in.
  const dear = { maxRowsOut: 0, maxRowsRead: 0, maxPairs: 0, maxCost: 0 };
  Object.assign(database.value, {
    run: ((sql, limits, signal) =>
      run(sql, limits.budget ? { ...limits, budget: dear } : limits, signal)) satisfies typeof run,
  });
  try {
    const { message, answer } = await bot.ask('How many refunds are there?');
    assert.match(answer.text, /did not run that on shop yet: about 3 rows would be read/);
    const value = /"action_id":"querent_anyway","value":"([^"]+)"/.exec(textOf(answer))?.[1];
    assert.ok(value);
    bot.sandbox.press('U0ADA', answer.channel, answer.ts, 'querent_anyway', value);
    const ran = await eventually('the answer', () => bot.answersTo(message)[1]);
    assert.match(ran.text, /3/);
  } finally {
    Object.assign(database.value, { run });
  }
});
