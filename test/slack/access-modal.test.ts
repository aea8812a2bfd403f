import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { AccessRule } from '#src/domain/access.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const DAY_MS = 24 * 3_600_000;
let bot: Awaited<ReturnType<typeof startSmallBot>>;
/** Something of ours to press under, for each who administers. */
const under = new Map<string, SandboxMessage>();

beforeAll(async () => {
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: 'U0NORA' });
  const shop = (await bot.parts.store.databases()).find(({ id }) => id === 'shop');
  assert.ok(shop);
  await bot.parts.store.saveDatabase({ ...shop, owner: 'user:U0ADA' });
  await bot.querent.access.change('shop', () => [], OPERATOR);
  await bot.querent.access.change('desk', () => [], OPERATOR);
  for (const user of ['U0ADA', 'U0NORA', 'U0MILES'])
    under.set(user, (await bot.ask('hello', { channel: `D0${user.slice(2)}`, user })).answer);
});
afterAll(() => bot.stop());

const rules = () => bot.querent.access.rules('shop');
const seen = (user: string) => JSON.stringify(bot.sandbox.modalOf(user) ?? null);
const shows = (user: string, what: RegExp) =>
  eventually(`${user} to see ${what} in ${seen(user)}`, () => (what.test(seen(user)) ? seen(user) : undefined));

/** Opens the rules of a database, anew. */
async function opens(user: string, id = 'shop') {
  bot.sandbox.closeView(user, true);
  const message = under.get(user);
  assert.ok(message);
  bot.sandbox.press(user, message.channel, message.ts, 'querent_access', id);
  return shows(user, /access-of|Only admins|no database/);
}
async function form(user: string, action: string, what: RegExp) {
  await bot.sandbox.pressInView(user, action);
  return shows(user, what);
}

describe('who may ask a database, in a modal', () => {
  it('is granted by its owner to a group, which is answered then, and whose members see what the form says', async () => {
    assert.match(await opens('U0ADA'), /Nobody in Slack may ask \*shop\*/);
    await form('U0ADA', 'querent_access_grant', /User groups/);
    const granted = await bot.sandbox.submit('U0ADA', {
      groups: ['S0FINANCE'],
      hide: 'customers.name',
      end: '30',
    });
    assert.equal(granted.kind, 'updated');
    assert.match(seen('U0ADA'), /<!subteam\^S0FINANCE> may ask shop, without customers\.name, until /);
    const { answer } = await bot.ask('How many refunds are there?', { channel: 'D0MILES', user: 'U0MILES' });
    assert.match(JSON.stringify(answer.blocks), /3/);

    await form('U0ADA', 'querent_access_see', /In the channel/);
    await bot.sandbox.submit('U0ADA', { person: 'U0MILES' });
    const sees = await shows('U0ADA', /may ask 2 of 2 tables/);
    assert.match(sees, /<@U0MILES>\* may ask[\s\S]*customers without name[\s\S]*refunds/);
    await form('U0ADA', 'querent_access_see', /In the channel/);
    await bot.sandbox.submit('U0ADA', { person: 'U0ADA', channel: 'C0GENERAL' });
    await shows('U0ADA', /<@U0ADA> in <#C0GENERAL>\* may ask nothing of it/);
    await form('U0ADA', 'querent_access_see', /In the channel/);
    await bot.sandbox.submit('U0ADA', { person: 'U0GUS' });
    await shows('U0ADA', /only full members/);
    await form('U0ADA', 'querent_access_back', /S0FINANCE/);
  });

  it('tells at their fields what is not there, what is nobody, and channels of other companies', async () => {
    const before = await rules();
    await opens('U0ADA');
    await form('U0ADA', 'querent_access_grant', /User groups/);
    const wrong = async (values: Parameters<typeof bot.sandbox.submit>[1]) => {
      const became = await bot.sandbox.submit('U0ADA', values);
      return became.kind === 'errors' ? became.errors : became.kind;
    };
    assert.match(JSON.stringify(await wrong({})), /people.*Choose somebody/);
    assert.match(
      JSON.stringify(await wrong({ people: ['U0MILES'], tables: 'refund', hide: 'customers.mane' })),
      /"tables":"shop has no table refund\. Did you mean refunds\?".*"hide":"shop has no column customers\.mane/,
    );
    assert.match(JSON.stringify(await wrong({ tables: '', hide: 'name' })), /hide.*table\.column, which name is not/);
    assert.match(
      JSON.stringify(await wrong({ hide: '', people: [], channels: ['C0PARTNERS'] })),
      /channels.*shared with another company/,
    );
    assert.match(
      JSON.stringify(await wrong({ people: ['U0MILES'], channels: [], shared: 'shared' })),
      /for channels alone/,
    );
    assert.match(
      JSON.stringify(await wrong({ shared: 'posted', tables: 'password=hunter22' })),
      /looks like a password/,
    );
    assert.deepEqual(await rules(), before);
  });

  it('tells what contradicts, and that the stricter wins', async () => {
    await opens('U0NORA');
    await form('U0NORA', 'querent_access_deny', /These columns alone/);
    await bot.sandbox.submit('U0NORA', { groups: ['S0FINANCE'], tables: 'refunds' });
    assert.match(seen('U0NORA'), /What is odd about them[\s\S]*both granted and denied[\s\S]*the deny wins/);
  });

  it('is changed by two admins at once: the second is told, and nothing is lost', async () => {
    await bot.querent.access.change('shop', () => [grantTo('U0MILES')], OPERATOR);
    await opens('U0ADA');
    await opens('U0NORA');
    await form('U0ADA', 'querent_access_change', /Change it as below/);
    await form('U0NORA', 'querent_access_change', /Change it as below/);
    await bot.sandbox.submit('U0ADA', { tables: 'refunds', end: '7' });
    await bot.sandbox.submit('U0NORA', { do: 'take-back' });
    assert.match(seen('U0NORA'), /Somebody else changed the rules of shop/);
    const [rule, ...others] = await rules();
    assert.deepEqual([rule?.tables, others.length], [['refunds'], 0]);
    assert.ok(Date.parse(rule?.until ?? '') > Date.now() + 6 * DAY_MS);

    // Two new rules are both kept.
    await opens('U0ADA');
    await opens('U0NORA');
    await form('U0ADA', 'querent_access_grant', /User groups/);
    await form('U0NORA', 'querent_access_grant', /User groups/);
    await Promise.all([
      bot.sandbox.submit('U0ADA', { people: ['U0ADA'] }),
      bot.sandbox.submit('U0NORA', { channels: ['C0GENERAL'], shared: 'shared' }),
    ]);
    assert.deepEqual((await rules()).map(({ to, shared }) => [to.kind, shared]).sort(), [
      ['channel', true],
      ['user', undefined],
      ['user', undefined],
    ]);
    await opens('U0NORA');
    await form('U0NORA', 'querent_access_change', /Change it as below/);
    await bot.sandbox.submit('U0NORA', { do: 'take-back' });
    assert.equal((await rules()).length, 2);
  });

  it('is for nobody else, nor for an owner of another database, whatever they press', async () => {
    assert.match(await opens('U0MILES'), /Only admins of Querent and the owner of shop/);
    assert.match(await opens('U0ADA', 'desk'), /Only admins of Querent and the owner of desk/);
    await opens('U0ADA');
    await form('U0ADA', 'querent_access_grant', /User groups/);
    const shop = (await bot.parts.store.databases()).find(({ id }) => id === 'shop');
    assert.ok(shop);
    await bot.parts.store.saveDatabase({ ...shop, owner: 'user:U0NORA' });
    const before = await rules();
    await bot.sandbox.submit('U0ADA', { everyone: 'everyone' });
    assert.match(seen('U0ADA'), /Only admins of Querent/);
    assert.deepEqual(await rules(), before);
    await bot.parts.store.saveDatabase(shop);
  });

  it('says who lets costly queries run', async () => {
    await opens('U0ADA');
    await form('U0ADA', 'querent_access_costly', /when the owner or an admin says so/);
    assert.ok(!(await bot.querent.mayRunAnyway('shop', { teamId: 'T0FERNHILL', userId: 'U0MILES' })));
    await form('U0ADA', 'querent_access_costly', /when whoever asked says so/);
  });

  it('has every change in the audit, with who made it', async () => {
    const who = new Set<string>();
    for await (const entry of bot.querent.audit.entries()) {
      const stored = JSON.stringify(entry);
      if (/access rules of shop/.test(stored)) who.add(/U0ADA|U0NORA|operator/.exec(stored)?.[0] ?? '');
    }
    assert.ok(who.has('U0ADA') && who.has('U0NORA'), [...who].join());
  });
});

const grantTo = (id: string): AccessRule => ({ effect: 'grant', databaseId: 'shop', to: { kind: 'user', id } });
