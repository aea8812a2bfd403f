import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from 'vitest';
import type { AccessRule } from '#src/domain/access.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { ok } from '#src/domain/result.ts';
import type { Database } from '#src/ports/database.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

let bot: Awaited<ReturnType<typeof startSmallBot>>;

/** The shop is small: what makes its queries dear is a budget that nothing fits in. */
const NOTHING_FITS = { maxRowsOut: 0, maxRowsRead: 0, maxPairs: 0, maxCost: 0 };
let dear = false;
const withDearQueries = (database: Database): Database => ({
  ...database,
  run: (sql, limits, signal) =>
    database.run(sql, dear && limits.budget ? { ...limits, budget: NOTHING_FITS } : limits, signal),
});

const TO_EVERYONE: readonly AccessRule[] = [{ effect: 'grant', databaseId: 'shop', to: { kind: 'everyone' } }];
const granted = (id: string, rules: readonly AccessRule[]) => bot.querent.access.change(id, () => rules, OPERATOR);

beforeAll(async () => {
  bot = await startSmallBot(undefined, {}, undefined, (parts) => ({
    ...parts,
    opener: {
      ...parts.opener,
      async open(database) {
        const opened = await parts.opener.open(database);
        return opened.ok ? ok(withDearQueries(opened.value)) : opened;
      },
    },
  }));
  await granted('desk', []);
  await granted('shop', [
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

async function audited(): Promise<number> {
  let answers = 0;
  for await (const entry of bot.querent.audit.entries()) answers += entry.kind === 'answer' ? 1 : 0;
  return answers;
}

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
  await bot.quiet(); // while it is being shared, a further press is told so and does nothing
  const before = await audited();
  pressShare(mine);
  await eventually('the second to be looked at', async () => (await audited()) > before);
  await bot.ask('How many refunds are there?', { channel: 'D0ADA' });
  assert.equal(shared().length, 1);
});

it('is shared once, though Share is pressed twice while its query runs', async () => {
  const { message } = await bot.ask('<@U0QUERENT> How many refunds are there?', { channel: 'C0GENERAL' });
  const mine = await eventually('the private answer', () => inDirect('U0ADA', message.ts)[0]);
  // The first to be sent waits a second, in which the other would find nothing posted.
  bot.sandbox.faults.set('chat.postMessage', [{ status: 429, retryAfterS: 1 }]);
  pressShare(mine);
  pressShare(mine);
  await eventually('the second to be told', () =>
    bot.sandbox.workspace.messages.find((one) => one.onlyFor === 'U0ADA' && one.text === 'It is being shared.'),
  );
  await eventually('the shared answer', () => bot.answersTo(message, 'shared')[0]);
  await bot.quiet();
  assert.equal(bot.answersTo(message, 'shared').length, 1);
});

it('answers a member of a granted group from the tables of the grant alone', async () => {
  const { answer } = await bot.ask('How many refunds are there?', { channel: 'D0MILES', user: 'U0MILES' });
  assert.match(textOf(answer), /3/);
  const { answer: other } = await bot.ask('How many customers are there?', { channel: 'D0MILES', user: 'U0MILES' });
  assert.match(textOf(other), /No table or column that I know is called like that/);
});

it('answers nobody who was taken out of the group since, though they were known to be in it', async () => {
  const members = bot.sandbox.workspace.groups.S0FINANCE ?? [];
  bot.sandbox.setGroup('S0FINANCE', []);
  await bot.quiet();
  const { answer } = await bot.ask('How many refunds are there?', { channel: 'D0MILES', user: 'U0MILES' });
  assert.match(answer.text, /no access to any database/);
  bot.sandbox.setGroup('S0FINANCE', members);
  await bot.quiet();
  const { answer: again } = await bot.ask('How many refunds are there?', { channel: 'D0MILES', user: 'U0MILES' });
  assert.match(textOf(again), /3/);
});

it('offers in a channel no change that names what not everybody there may see', async () => {
  const mine = { effect: 'grant', databaseId: 'shop', to: { kind: 'user', id: 'U0ADA' } } as const;
  const ofChannel = { kind: 'channel', id: 'C0GENERAL' } as const;
  await granted('shop', [mine, { effect: 'grant', databaseId: 'shop', to: ofChannel, tables: ['refunds'] }]);
  const { answer: direct } = await bot.ask('How many refunds are there?', { channel: 'D0ADA' });
  assert.match(textOf(direct), /by the customer’s country/);
  const { answer: posted } = await bot.ask('<@U0QUERENT> How many refunds are there?', { channel: 'C0GENERAL' });
  assert.match(textOf(posted), /Read as: number of \*refunds\*/);
  assert.doesNotMatch(textOf(posted), /country/);
});

it('runs a change with the rights of who makes it', async () => {
  await granted('shop', [
    { effect: 'grant', databaseId: 'shop', to: { kind: 'channel', id: 'C0GENERAL' } },
    { effect: 'deny', databaseId: 'shop', to: { kind: 'user', id: 'U0MILES' }, tables: ['customers'] },
  ]);
  const { message, answer } = await bot.ask('<@U0QUERENT> How many refunds are there?', { channel: 'C0GENERAL' });
  const value = /"value":"([^"]+:grouping-by-the-customer-s-country[^"]*)"/.exec(textOf(answer))?.[1];
  assert.ok(value, textOf(answer));
  bot.sandbox.press('U0MILES', 'C0GENERAL', answer.ts, 'querent_reading', value);
  await eventually('the refusal', () =>
    bot.answersTo(message).find((one) => one.onlyFor === 'U0MILES' && /no longer fits/.test(one.text)),
  );
  assert.equal(bot.answersTo(message, 'answer').length, 1);
});

it('tells somebody without a grant how to get one', async () => {
  await granted('shop', []);
  const { answer } = await bot.ask('How many refunds are there?', { channel: 'D0NORA', user: 'U0NORA' });
  assert.match(answer.text, /no access to any database/);
});

it('answers no guest, whatever is granted', async () => {
  await granted('shop', TO_EVERYONE);
  const message = bot.sandbox.say('U0GUS', 'D0GUS', 'How many refunds are there?');
  const notice = await eventually('a refusal', () => inDirect('U0GUS', message.ts)[0]);
  assert.match(notice.text, /full members/);
  assert.equal(notice.threadTs, message.ts);
  assert.equal(notice.onlyFor, undefined, 'it is still there when the page is loaded anew');
});

it('names no path and no host where a database cannot be reached', async () => {
  await granted('shop', TO_EVERYONE);
  const shop = (await bot.querent.databases.list()).find(({ id }) => id === 'shop');
  assert.ok(shop);
  for (const url of ['sqlite:/nowhere/shop.sqlite', 'postgres://reader@127.0.0.1:1/shop']) {
    await bot.parts.store.saveDatabase({ ...shop, url });
    const { answer } = await bot.ask('How many refunds are there?');
    assert.match(answer.text, /shop is not reachable\. Whoever runs Querent here sees why/);
    assert.doesNotMatch(textOf(answer), /nowhere|127\.0|server/);
  }
  await bot.parts.store.saveDatabase(shop);
});

it('asks before a query that costs a lot, and runs it when told to', async () => {
  await granted('shop', TO_EVERYONE);
  dear = true;
  try {
    const { message, answer } = await bot.ask('How many refunds are there?');
    assert.match(answer.text, /did not run that on shop yet: about 3 rows would be read/);
    const value = /"action_id":"querent_anyway","value":"([^"]+)"/.exec(textOf(answer))?.[1];
    assert.ok(value);
    bot.sandbox.press('U0ADA', answer.channel, answer.ts, 'querent_anyway', value);
    const ran = await eventually('the answer', () => bot.answersTo(message)[1]);
    assert.match(ran.text, /3/);
  } finally {
    dear = false;
  }
});
