import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const NORA = 'U0NORA';
const ADA = 'U0ADA';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
const declared: string[] = [];
beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: NORA }, undefined, (parts) => ({
    ...parts,
    declared: async () => declared,
  }));
});
afterAll(() => bot?.stop());

const shownTo = (user: string, pattern: RegExp) =>
  eventually(`${user} to see ${pattern}`, () => pattern.test(JSON.stringify(bot.sandbox.modalOf(user) ?? '')));
const said = (user: string, pattern: RegExp) =>
  eventually(`${user} to be told ${pattern}`, () =>
    bot.sandbox.workspace.messages.find((one) => one.channel === `D0${user.slice(2)}` && pattern.test(one.text)),
  );

/** Opens the view of one database. */
async function manage(user: string, id: string) {
  bot.sandbox.closeView(user, true);
  await bot.sandbox.command(user, `D0${user.slice(2)}`, '/querent databases');
  await shownTo(user, new RegExp(`"value":"${id}"`));
  await bot.sandbox.pressInView(user, `database-${id}/querent_manage`, id);
  await shownTo(user, /Manage a database.*Test again|Test again.*Manage a database/);
}
const pressed = (user: string, what: string, id: string) => bot.sandbox.pressInView(user, `querent_manage_${what}`, id);

describe('managing databases in Slack', () => {
  it('tests and reads one again, pauses and resumes it', async () => {
    await manage(NORA, 'shop');
    await pressed(NORA, 'test', 'shop');
    await said(NORA, /\*shop\* answers, and its role may only read/);
    await manage(NORA, 'shop');
    await pressed(NORA, 'read', 'shop');
    await said(NORA, /\*shop\* was read again: 2 tables/);
    await manage(NORA, 'shop');
    await pressed(NORA, 'pause', 'shop');
    await shownTo(NORA, /paused since/);
    await pressed(NORA, 'resume', 'shop');
    await shownTo(NORA, /"Pause"/);
    assert.ok(!(await bot.querent.databases.list()).some(({ paused }) => paused));
  });

  it('tells once what comes of it, though Slack took the message and did not say so', async () => {
    const from = bot.sandbox.workspace.messages.length;
    bot.sandbox.faults.set('chat.postMessage', [{ drop: true, after: true }]);
    await manage(NORA, 'shop');
    await pressed(NORA, 'test', 'shop');
    const told = () =>
      bot.sandbox.workspace.messages.slice(from).filter((one) => one.channel === 'D0NORA' && /\*shop\*/.test(one.text));
    await eventually('the end', () => told().find(({ text }) => /its role may only read/.test(text)));
    assert.equal(told().length, 1);
  });

  it('gives one an owner, who administers that one alone, until another is given', async () => {
    await manage(NORA, 'desk');
    await pressed(NORA, 'owner', 'desk');
    await shownTo(NORA, /querent_owner/);
    const mistyped = await bot.sandbox.submit(NORA, { group: 'S0NOBODY' });
    assert.ok(mistyped.kind === 'errors' && /does not tell me who is in S0NOBODY/.test(mistyped.errors.group ?? ''));
    await bot.sandbox.submit(NORA, { owner: ADA, group: '' });
    await shownTo(NORA, /desk has its owner now/);
    await manage(ADA, 'desk');
    assert.ok(!JSON.stringify(bot.sandbox.modalOf(ADA)).includes('shop'));
    await pressed(ADA, 'remove', 'desk');
    await shownTo(ADA, /Type desk to remove it/);
    const set = await bot.querent.databases.setOwner('desk', undefined, { teamId: 'T', userId: NORA });
    assert.ok(set.ok);
    await bot.sandbox.submit(ADA, { typed: 'desk' });
    await shownTo(ADA, /Only admins of Querent and the owner of desk/);
    assert.ok((await bot.querent.databases.list()).some(({ id }) => id === 'desk'));
  });

  it('says of what is declared that the file wins, and changes nothing of it', async () => {
    declared.push('shop');
    await manage(NORA, 'shop');
    const view = JSON.stringify(bot.sandbox.modalOf(NORA));
    assert.match(view, /querent\.config\.yaml, which wins/);
    assert.ok(!view.includes('querent_manage_rename'));
    declared.pop();
  });

  it('renames one, with a name that is free', async () => {
    await manage(NORA, 'desk');
    await pressed(NORA, 'rename', 'desk');
    await shownTo(NORA, /querent_rename/);
    const taken = await bot.sandbox.submit(NORA, { name: 'shop' });
    assert.ok(taken.kind === 'errors' && /registered already/.test(taken.errors.name ?? ''));
    await bot.sandbox.submit(NORA, { name: 'helpdesk' });
    await said(NORA, /\*desk\* is \*helpdesk\* now/);
  });

  it('removes one once its name was typed, and says what goes before', async () => {
    assert.ok((await bot.querent.setups.beginPassword('helpdesk', { teamId: 'T0FERNHILL', userId: NORA })).ok);
    await manage(NORA, 'helpdesk');
    await pressed(NORA, 'remove', 'helpdesk');
    await shownTo(NORA, /its catalog of 2 tables/);
    const wrong = await bot.sandbox.submit(NORA, { typed: 'desk' });
    assert.ok(wrong.kind === 'errors' && /nothing was removed/.test(wrong.errors.typed ?? ''));
    await bot.sandbox.submit(NORA, { typed: 'helpdesk' });
    await said(NORA, /\*helpdesk\* is removed/);
    assert.deepEqual(await bot.querent.setups.list(), []); // the new password was for it
    assert.deepEqual(
      (await bot.querent.databases.list()).map(({ id }) => id),
      ['shop'],
    );
  });

  it('goes on after a start with no setup of somebody who may not administer', async () => {
    const by = { teamId: 'T0FERNHILL', userId: ADA };
    const database = { id: 'other', url: 'postgres://reader@db.example:5432/other' };
    const at = new Date().toISOString();
    await bot.parts.store.addSetup({ id: 'S1', by, database, of: 'registration', state: 'ready', accepted: [], at });
    await bot.restartBot();
    await eventually('it to be dropped', async () => !(await bot.querent.setups.find('S1')));
    assert.ok(!bot.sandbox.workspace.messages.some((one) => one.channel === 'D0ADA' && /other/.test(one.text)));
  });

  it('shows nothing to manage to whoever administers nothing', async () => {
    await bot.sandbox.command('U0MILES', 'D0MILES', '/querent databases');
    await shownTo('U0MILES', /no database yet that you administer/);
    assert.ok(!JSON.stringify(bot.sandbox.modalOf('U0MILES')).includes('shop'));
  });
});
