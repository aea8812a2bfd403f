import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { AccessRule } from '#src/domain/access.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { allOf } from '#test/support/all-of.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: 'U0NORA' });
  const shop = (await bot.parts.store.databases()).find(({ id }) => id === 'shop');
  assert.ok(shop);
  await bot.parts.store.saveDatabase({ ...shop, owner: 'user:U0ADA' });
}, 60_000);
afterAll(() => bot.stop());

const homeThat = (user: string, holds: RegExp) =>
  eventually(`a Home of ${user} that has ${holds}`, () => {
    const home = JSON.stringify(bot.sandbox.homeOf(user) ?? null);
    return holds.test(home) ? home : undefined;
  });
const modalThat = (user: string, holds: RegExp) =>
  eventually(`a modal of ${user} that has ${holds}`, () => {
    const view = JSON.stringify(bot.sandbox.modalOf(user) ?? null);
    return holds.test(view) ? view : undefined;
  });
const openHome = (user: string) => {
  bot.sandbox.openHome(user);
  return homeThat(user, /What you may ask/);
};
const rulesButtons = (home: string) =>
  [...home.matchAll(/"action_id":"querent_access","value":"(\w+)"/g)].map(([, id]) => id).sort();

describe('Home of who administers something', () => {
  it('leads admins to a new database, to those that there are, and to the rules of each', async () => {
    const home = await openHome('U0NORA');
    assert.deepEqual(rulesButtons(home), ['desk', 'shop']);
    await bot.sandbox.pressInView('U0NORA', 'querent_add', 'new');
    await modalThat('U0NORA', /Register a database[\s\S]*"block_id":"host"/);
    bot.sandbox.closeView('U0NORA', true);
    await openHome('U0NORA');
    await bot.sandbox.pressInView('U0NORA', 'querent_databases', 'all');
    await modalThat('U0NORA', /"action_id":"querent_manage","value":"desk"/);
    await bot.sandbox.pressInView('U0NORA', 'querent_manage', 'desk');
    await modalThat('U0NORA', /"action_id":"querent_access","value":"desk"/);
    await bot.sandbox.pressInView('U0NORA', 'querent_access', 'desk');
    await modalThat('U0NORA', /can be asked so/);
    bot.sandbox.closeView('U0NORA', true);
  });

  it('leads owners to the rules of their own databases, and to nobody else’s', async () => {
    const home = await openHome('U0ADA');
    assert.deepEqual(rulesButtons(home), ['shop']);
    assert.doesNotMatch(home, /querent_add/);
    await bot.sandbox.pressInView('U0ADA', 'querent_access', 'shop');
    await modalThat('U0ADA', /can be asked so/);
    bot.sandbox.closeView('U0ADA', true);
  });

  it('shows nothing of it to others', async () => {
    assert.doesNotMatch(await openHome('U0MILES'), /querent_access|querent_add|querent_databases/);
  });
});

describe('Home before there is anything to ask', () => {
  it('leads admins to the form for the first database, and tells others that there is none', async () => {
    const empty = await startSmallBot(undefined, { QUERENT_ADMINS: 'U0NORA' }, {});
    try {
      const homeOf = (user: string) =>
        eventually(`a Home of ${user}`, () => {
          const home = JSON.stringify(empty.sandbox.homeOf(user) ?? null);
          return home === 'null' ? undefined : home;
        });
      empty.sandbox.openHome('U0NORA');
      assert.match(await homeOf('U0NORA'), /"action_id":"querent_add"/);
      empty.sandbox.openHome('U0MILES');
      assert.match(await homeOf('U0MILES'), /There is nothing to ask yet/);
    } finally {
      await empty.stop();
    }
  });
});

describe('a channel that comes to be shared with another company', () => {
  it('loses what was granted to it alone, in the audit, and admins are told once', async () => {
    const grant = (databaseId: string, to: AccessRule['to']): AccessRule => ({ effect: 'grant', databaseId, to });
    const general = { kind: 'channel', id: 'C0GENERAL' } as const;
    const finance = { kind: 'channel', id: 'C0FINANCE' } as const;
    const deny: AccessRule = { ...grant('shop', general), effect: 'deny', tables: ['refunds'] };
    const set = (id: string, rules: readonly AccessRule[]) => bot.querent.access.change(id, () => rules, OPERATOR);
    await set('shop', [grant('shop', general), grant('shop', finance), deny]);
    await set('desk', [grant('desk', general)]);
    bot.sandbox.shareChannel('C0GENERAL');
    const notices = () =>
      bot.sandbox.workspace.messages.filter(
        ({ channel, text }) => channel === 'D0NORA' && /shared with another company now/.test(text),
      );
    const notice = await eventually('that the admin is told', () => notices()[0]);
    assert.match(notice.text, /<#C0GENERAL>[\s\S]*granted of \*(?:shop\*, \*desk|desk\*, \*shop)\* was taken back/);
    assert.deepEqual(
      (await bot.querent.access.rules('shop')).map(({ effect, to }) => [effect, to]),
      [
        ['grant', finance],
        ['deny', general],
      ],
    );
    assert.deepEqual(await bot.querent.access.rules('desk'), []);
    const entries = await allOf(bot.querent.audit.entries());
    const changes = entries.filter((one) => one.kind === 'change' && one.who.userId === 'querent');
    assert.equal(changes.length, 2);
    assert.equal(notices().length, 1);
  });
});
