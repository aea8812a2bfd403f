import assert from 'node:assert/strict';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import type { AccessRule } from '#src/domain/access.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { ok } from '#src/domain/result.ts';
import type { Database } from '#src/ports/database.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const DAY_MS = 24 * 3_600_000;
/** The shop is small: what makes its queries dear is a budget that nothing fits in. */
const NOTHING_FITS = { maxRowsOut: 0, maxRowsRead: 0, maxPairs: 0, maxCost: 0 };

let bot: Awaited<ReturnType<typeof startSmallBot>>;
let dear = false;
let later = 0;

const withDearQueries = (database: Database): Database => ({
  ...database,
  run: (sql, limits, signal) =>
    database.run(sql, dear && limits.budget ? { ...limits, budget: NOTHING_FITS } : limits, signal),
});
const granted = (id: string, rules: readonly AccessRule[]) => bot.querent.access.change(id, () => rules, OPERATOR);
const grantTo = (databaseId: string, id: string): AccessRule => ({
  effect: 'grant',
  databaseId,
  to: { kind: 'user', id },
});

beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: 'U0NORA' }, undefined, (parts) => ({
    ...parts,
    clock: { ...parts.clock, now: () => new Date(Date.now() + later) },
    opener: {
      ...parts.opener,
      async open(database) {
        const opened = await parts.opener.open(database);
        return opened.ok ? ok(withDearQueries(opened.value)) : opened;
      },
    },
  }));
  await own('shop', { owner: 'user:U0ADA' });
});
afterAll(() => bot.stop());
beforeEach(async () => {
  await granted('shop', []);
  await granted('desk', []);
});

async function own(id: string, change: object) {
  const found = (await bot.parts.store.databases()).find((one) => one.id === id);
  assert.ok(found);
  await bot.parts.store.saveDatabase({ ...found, ...change });
}

const directOf = (user: string) => `D0${user.slice(2)}`;
const inDirect = (user: string, after: string, says: RegExp) =>
  bot.sandbox.workspace.messages.find(
    (one) =>
      one.channel === directOf(user) && one.user === 'U0QUERENT' && one.ts > after && says.test(one.text + textOf(one)),
  );
const dmOf = (user: string, after: string, says: RegExp) =>
  eventually(`a message to ${user} that says ${says}`, () => inDirect(user, after, says));
const buttonOf = (message: SandboxMessage, actionId: string) => {
  const value = new RegExp(`"action_id":"${actionId}","value":"([^"]+)"`).exec(textOf(message))?.[1];
  assert.ok(value, `no ${actionId} in ${textOf(message)}`);
  return value;
};
const press = (user: string, message: SandboxMessage, actionId: string) =>
  bot.sandbox.press(user, message.channel, message.ts, actionId, buttonOf(message, actionId));
const modalOf = (user: string, says: RegExp) =>
  eventually(`a modal of ${user} that says ${says}`, () => {
    const view = JSON.stringify(bot.sandbox.modalOf(user) ?? null);
    return says.test(view) ? view : undefined;
  });

/** Asks, is refused, and asks for access, as a person does. */
async function askFor(user: string, text: string, reason = '') {
  const { message, answer } = await bot.ask(text, { channel: directOf(user), user });
  assert.match(textOf(answer), /Request access/);
  press(user, answer, 'querent_request_access');
  await modalOf(user, /What do you need it for/);
  await bot.sandbox.submit(user, reason ? { reason } : {});
  bot.sandbox.closeView(user, true);
  return { message, answer };
}

describe('who is refused asks for access', () => {
  it('of the owner, who approves for seven days, and the question is answered by itself', async () => {
    const { message, answer } = await askFor('U0MILES', 'How many refunds are there?', 'the <!channel> month end');
    assert.doesNotMatch(textOf(answer), /shop|desk/);
    const asked = await dmOf('U0ADA', message.ts, /asks for access to \*shop\*/);
    assert.match(textOf(asked), /How many refunds are there\?[\s\S]*the &lt;!channel&gt; month end/);
    assert.equal(inDirect('U0NORA', message.ts, /asks for access/), undefined);
    press('U0ADA', asked, 'querent_request_week');
    const second = await eventually('the answer', () =>
      bot.answersTo(message, 'answer').find((one) => /refunds/.test(one.text) && one.ts > answer.ts),
    );
    assert.match(second.text, /3/);
    await eventually(
      'the buttons to go',
      () => /Approved by <@U0ADA>, until /.test(textOf(asked)) && !/querent_request_week/.test(textOf(asked)),
    );
    const told = await eventually('the asker to be told', () =>
      bot.answersTo(message).find((one) => /lets you ask \*shop\* until/.test(one.text)),
    );
    assert.ok(told);
    const [rule] = await bot.querent.access.rules('shop');
    assert.ok(rule?.until && Date.parse(rule.until) > Date.now() + 6 * DAY_MS);

    // A replay, and a press on a message as it was: nothing happens twice.
    bot.sandbox.press('U0ADA', asked.channel, asked.ts, 'querent_request_always', asked.ts);
    await dmOf('U0ADA', asked.ts, /not kept any more/);
    assert.equal((await bot.querent.access.rules('shop')).length, 1);
  });

  it('and hears of a decline with its reason, and of no database', async () => {
    const { message } = await askFor('U0NORA', 'How many refunds are there?');
    const asked = await dmOf('U0ADA', message.ts, /<@U0NORA> asks for access to \*shop\*/);
    press('U0ADA', asked, 'querent_request_decline');
    await modalOf('U0ADA', /Why, for whoever asked/);
    await bot.sandbox.submit('U0ADA', { reason: 'Ask finance instead' });
    const told = await eventually('the asker to be told', () =>
      bot.answersTo(message).find((one) => /declined your request for access/.test(one.text)),
    );
    assert.match(told.text, /Ask finance instead/);
    assert.doesNotMatch(textOf(told), /shop/);
    assert.equal(bot.answersTo(message, 'answer').length, 1);
    const audited: string[] = [];
    for await (const entry of bot.querent.audit.entries()) audited.push(JSON.stringify(entry));
    assert.doesNotMatch(audited.join('\n'), /Ask finance instead|month end/);
    assert.ok(audited.some((line) => /"declined"/.test(line)));
    bot.sandbox.press('U0ADA', asked.channel, asked.ts, 'querent_request_always', buttonIdOf(asked));
    await dmOf('U0ADA', asked.ts, /declined already/);
    assert.deepEqual(await bot.querent.access.rules('shop'), []);
  });

  it('of the admins where nothing seems to hold it, who say which database; a second press sends nothing', async () => {
    const { message, answer } = await askFor('U0MILES', 'How tall is the tower?');
    const asked = await dmOf('U0NORA', message.ts, /not clear from the question/);
    press('U0MILES', answer, 'querent_request_access');
    await modalOf('U0MILES', /What do you need it for/);
    await bot.sandbox.submit('U0MILES');
    await modalOf('U0MILES', /Nothing was sent again/);
    bot.sandbox.closeView('U0MILES', true);
    press('U0NORA', asked, 'querent_request_other');
    await modalOf('U0NORA', /For how long/);
    await bot.sandbox.submit('U0NORA', { database: 'desk', days: 'always' });
    await eventually('the grant', async () => (await bot.querent.access.rules('desk'))[0]);
    assert.equal((await bot.querent.access.rules('desk'))[0]?.until, undefined);
    const messages = bot.sandbox.workspace.messages.filter(
      (one) => one.channel === 'D0NORA' && /asks for access/.test(one.text) && one.ts > message.ts,
    );
    assert.equal(messages.length, 1);
  });

  it('decided by nobody but who may, whatever they press', async () => {
    const { message } = await askFor('U0NORA', 'How many refunds are there?');
    const asked = await dmOf('U0ADA', message.ts, /<@U0NORA> asks for access/);
    bot.sandbox.press(
      'U0MILES',
      asked.channel,
      asked.ts,
      'querent_request_always',
      buttonOf(asked, 'querent_request_always'),
    );
    await eventually('the refusal', () =>
      bot.sandbox.workspace.messages.find((one) => /owner of shop may do that/.test(one.text)),
    );
    assert.deepEqual(await bot.querent.access.rules('shop'), []);
  });

  it('is told when nobody decides in time, and what was decided at the command line or while the bot was away', async () => {
    const { message } = await askFor('U0MILES', 'How many customers are there in Norway?');
    const open = await eventually('the request', async () =>
      (await bot.querent.requests.list()).find((one) => one.userId === 'U0MILES' && !one.decision),
    );
    await bot.stopBot();
    later = 8 * DAY_MS;
    await bot.restartBot();
    await eventually('the asker to be told', () =>
      bot.answersTo(message).find((one) => /Nobody decided your request/.test(one.text)),
    );
    const over = await bot.querent.requests.decide(open.id, { kind: 'approve', databaseId: 'shop' }, OPERATOR);
    assert.equal(over.ok ? '' : over.failure.kind, 'request-over');
    later = 0;
    await granted('shop', []);
  });
});

describe('a query above its budget', () => {
  it('is run when its owner says so, who sees what it does and costs, and not before', async () => {
    await granted('shop', [grantTo('shop', 'U0MILES')]);
    await bot.querent.access.setCostlyBy('shop', 'owner', OPERATOR);
    dear = true;
    try {
      const { message, answer } = await bot.ask('How many refunds are there?', { channel: 'D0MILES', user: 'U0MILES' });
      assert.match(answer.text, /did not run that on shop yet/);
      press('U0MILES', answer, 'querent_anyway');
      await eventually('the asker to hear that', () =>
        bot.answersTo(message).find((one) => /for the owner of the database to say/.test(one.text)),
      );
      const asked = await dmOf('U0ADA', message.ts, /above its budget/);
      assert.match(textOf(asked), /about 3 rows would be read/);
      assert.match(textOf(asked), /What it does[\s\S]*refunds/);
      assert.doesNotMatch(textOf(asked), /SELECT count/);
      press('U0MILES', answer, 'querent_anyway');
      await eventually('the asker to hear that', () =>
        bot.answersTo(message).find((one) => /was asked already/.test(one.text)),
      );
      await bot.restartBot(); // what is open is in the store
      press('U0ADA', asked, 'querent_request_run');
      const ran = await eventually('the answer', () =>
        bot.answersTo(message, 'answer').find((one) => one.ts > answer.ts),
      );
      assert.match(ran.text, /3/);
    } finally {
      dear = false;
      await bot.querent.access.setCostlyBy('shop', 'asker', OPERATOR);
    }
  });

  it('is not run, though approved, once its asker may not read it any more', async () => {
    await granted('shop', [grantTo('shop', 'U0MILES')]);
    await bot.querent.access.setCostlyBy('shop', 'owner', OPERATOR);
    dear = true;
    try {
      const { message, answer } = await bot.ask('How many refunds are there in 2025?', {
        channel: 'D0MILES',
        user: 'U0MILES',
      });
      press('U0MILES', answer, 'querent_anyway');
      const asked = await dmOf('U0ADA', message.ts, /above its budget/);
      await granted('shop', []);
      press('U0ADA', asked, 'querent_request_run');
      const refused = await eventually('the refusal', () =>
        bot.answersTo(message, 'answer').find((one) => one.ts > answer.ts),
      );
      assert.match(refused.text, /no access to any database/);
    } finally {
      dear = false;
      await bot.querent.access.setCostlyBy('shop', 'asker', OPERATOR);
    }
  });
});

/** The id in the buttons of a message that has none left. */
const buttonIdOf = (message: SandboxMessage) => /"block_id":"request-([^"]+)"/.exec(textOf(message))?.[1] ?? '';
