import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { filledFrom, readAddForm } from '#src/slack/admin/add-form.ts';
import { allOf } from '#test/support/all-of.ts';
import { asAdmin, shopOnPostgres } from '#test/support/shop.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const NORA = 'U0NORA';
const DIRECT = 'D0NORA';

const AUTHORITY = 'test/fixtures/tls/ca.pem';
/** A function that reads with the rights of its owner. */
const DEFINER =
  'CREATE FUNCTION sees_all() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT count(*) FROM customer $$';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
let where: URL;

beforeAll(async () => {
  where = new URL(await shopOnPostgres());
  bot = await startSmallBot(undefined, {
    QUERENT_ADMINS: NORA,
    QUERENT_NETWORKS: 'loopback',
    QUERENT_PASSWORD_SHOP: decodeURIComponent(where.password),
    QUERENT_PASSWORD_WRONG: 'wrong',
    SOMEBODY_ELSES_SECRET: 'keep me',
  });
});
afterAll(() => bot?.stop());

const form = (more: Readonly<Record<string, string>> = {}) => ({
  id: 'web',
  description: 'Web shop: customers, their orders and what they bought',
  engine: 'postgres',
  host: where.hostname,
  port: where.port,
  database: where.pathname.slice(1),
  user: where.username,
  tls: 'on',
  authority: '',
  source: 'reference',
  reference: 'env:QUERENT_PASSWORD_SHOP',
  group: '',
  ...more,
});

async function open(user = NORA) {
  assert.ok(await bot.sandbox.command(user, `D0${user.slice(2)}`, '/querent add'));
  return eventually('the form', () => {
    const view = bot.sandbox.modalOf(user);
    return view && !JSON.stringify(view).includes('Loading …') ? view : undefined;
  });
}

const told = () =>
  bot.sandbox.workspace.messages.filter(({ channel, user }) => channel === DIRECT && user === 'U0QUERENT');
const latest = (pattern: RegExp) =>
  eventually(`a message like ${pattern}`, () => told().findLast((one) => pattern.test(one.text)), 60_000);

describe('registering a database in Slack', () => {
  it('is for admins alone', async () => {
    const view = await open('U0ADA');
    assert.match(JSON.stringify(view), /Only admins of Querent/);
    assert.ok(!JSON.stringify(view).includes('plain_text_input'));
    bot.sandbox.closeView('U0ADA');
  });

  it('tells at each field what is wrong with it, and keeps the form as it is', async () => {
    await open();
    const wrong = {
      id: '1web',
      description: 'short',
      host: 'db/x?y',
      port: '70000',
      reference: 'hunter2',
      group: 'data',
      authority: '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----',
    };
    const sent = await bot.sandbox.submit(NORA, form(wrong));
    assert.equal(sent.kind, 'errors');
    assert.deepEqual(sent.kind === 'errors' && Object.keys(sent.errors).sort(), Object.keys(wrong).sort());
  });

  it('takes the certificate of an authority on an encrypted connection alone, and keeps it', async () => {
    const authority = readFileSync(AUTHORITY, 'utf8');
    const clear = await bot.sandbox.submit(NORA, form({ authority, tls: 'off' }));
    assert.deepEqual(clear.kind === 'errors' && Object.keys(clear.errors), ['tls']);
    const { group: _, authority: _none, ...filled } = form({ host: 'db.example.com' });
    const read = readAddForm({ ...filled, authority });
    assert.ok('target' in read);
    assert.equal(read.target.authority, authority);
    assert.equal(filledFrom(read.target).authority, authority);
    const off = readAddForm({ ...filled, tls: 'off' });
    assert.ok('target' in off);
    assert.equal(new URL(off.target.url).searchParams.get('tls'), 'off');
    assert.equal(filledFrom(off.target).tls, 'off');
  });

  it.each([
    ['a taken name', { id: 'shop' }, 'id', /registered already/],
    ['an address that is closed', { host: '169.254.169.254' }, 'host', /services of a host/],
    ['a private network', { host: '10.1.2.3' }, 'host', /private network/],
    ['a low port', { port: '22' }, 'port', /below 1024/],
    [
      'a secret of the machine that is not for databases',
      { reference: 'env:SOMEBODY_ELSES_SECRET' },
      'reference',
      /and from nowhere else/,
    ],
    ['a file elsewhere', { reference: 'file:/etc/passwd' }, 'reference', /and from nowhere else/],
    ['a password in a field', { host: 'postgres://u:hunter2@db' }, 'host', /Never paste credentials/],
    [
      'a token in a field',
      { description: 'the password is password=hunter22, do not tell' },
      'description',
      /change this one/,
    ],
  ])('refuses %s at its field', async (_, more: Record<string, string>, field, why) => {
    const sent = await bot.sandbox.submit(NORA, form(more));
    assert.ok(sent.kind === 'errors', JSON.stringify(sent));
    assert.match(sent.errors[field] ?? '', why);
    assert.ok(!bot.log.join().includes('hunter2'));
  });

  it('tells in a direct message what the role is warned of with the script that mends it, and goes on once that is accepted', async () => {
    const sent = await bot.sandbox.submit(NORA, form());
    assert.equal(sent.kind, 'updated');
    const warned = await latest(/may do more than it needs/);
    assert.match(textOf(warned), /CREATE ROLE/);
    assert.ok(!(await bot.querent.databases.list()).some(({ id }) => id === 'web'));
    const first = buttonOf(warned, 'querent_setup_accept');
    // What came since it was shown is not accepted with it.
    await asAdmin(where.pathname.slice(1), (client) => client.query(DEFINER));
    bot.sandbox.press(NORA, DIRECT, warned.ts, 'querent_setup_accept', first);
    await eventually('the new warning', () => /sees_all/.test(textOf(warned)), 60_000);
    assert.ok(!(await bot.querent.databases.list()).some(({ id }) => id === 'web'));
    const button = buttonOf(warned, 'querent_setup_accept');
    assert.notEqual(button, first);
    bot.sandbox.press(NORA, DIRECT, warned.ts, 'querent_setup_accept', button);
    const done = await latest(/is registered/);
    assert.equal(done.ts, warned.ts); // one message, which is changed
    assert.match(done.text, /You may ask it, and nobody else yet/);
    const value = buttonOf(done, 'querent_try_0');
    bot.sandbox.press(NORA, DIRECT, done.ts, 'querent_try_0', value);
    await eventually('an answer in the thread', () =>
      bot.sandbox.workspace.messages.find((one) => one.threadTs === done.ts && /Asked|rows|web/.test(textOf(one))),
    );
    const registered = (await bot.querent.databases.list()).find(({ id }) => id === 'web');
    assert.ok(registered?.fromForm && registered.secret === 'env:QUERENT_PASSWORD_SHOP');
    assert.deepEqual(await bot.querent.setups.list(), []);
    const entries = await allOf(bot.querent.audit.entries());
    const change = entries.find((one) => one.kind === 'change' && one.what === 'registered web');
    assert.ok(change?.kind === 'change' && change.who.userId === NORA);
  });
});

function buttonOf(message: { readonly blocks: readonly unknown[] }, actionId: string): string {
  const found = new RegExp(`"action_id":"${actionId}","value":"([^"]*)"`).exec(JSON.stringify(message.blocks));
  assert.ok(found, `${actionId} in ${JSON.stringify(message.blocks)}`);
  return found[1]!;
}
