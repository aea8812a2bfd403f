import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { browserFile, openBrowser as openRealBrowser } from '#test/support/browser.ts';
import { shopOnPostgres } from '#test/support/shop.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

const NORA = 'U0NORA';
const DIRECT = 'D0NORA';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
let where: URL;
beforeAll(async () => {
  where = new URL(await shopOnPostgres());
  bot = await startSmallBot(undefined, { QUERENT_ADMINS: NORA, QUERENT_NETWORKS: 'loopback' });
});
afterAll(() => bot?.stop());

/** A browser, as far as the page needs one: cookies, and forms that say where they stood. */
function openBrowser() {
  const cookies = new Map<string, string>();
  return async (url: string, form?: Readonly<Record<string, string>>, origin = new URL(url).origin) => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((one) => one.join('=')).join('; '), ...(form ? { origin } : {}) },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      cookies.set(name, value);
    }
    const to = response.headers.get('location');
    return {
      status: response.status,
      text: await response.text(),
      to: to && new URL(to, url).href,
      headers: response.headers,
    };
  };
}
type Browser = ReturnType<typeof openBrowser>;

/** Signs in as somebody, from the page of a link. */
async function signIn(browse: Browser, link: string, user: string) {
  const asked = await browse(`${link}/sign-in`, {});
  const back = await browse(`${asked.to}&as=${user}`);
  return browse(back.to!);
}

const told = () => bot.sandbox.workspace.messages.filter((one) => one.channel === DIRECT && one.user === 'U0QUERENT');
const latest = (pattern: RegExp) =>
  eventually(`a message like ${pattern}`, () => told().findLast((one) => pattern.test(one.text)), 60_000);
const linkIn = (message: { readonly blocks: readonly unknown[] }) =>
  /http:\/\/127\.0\.0\.1:\d+\/setup\/[\w-]+/.exec(JSON.stringify(message.blocks))![0];

async function describe_(id: string) {
  await bot.sandbox.command(NORA, DIRECT, '/querent add');
  await eventually('the form', () => /plain_text_input/.test(JSON.stringify(bot.sandbox.modalOf(NORA) ?? '')));
  const sent = await bot.sandbox.submit(NORA, {
    id,
    description: 'Web shop: customers, their orders and what they bought',
    host: where.hostname,
    port: where.port,
    database: where.pathname.slice(1),
    user: where.username,
  });
  assert.equal(sent.kind, 'updated');
  return linkIn(await latest(new RegExp(`${id}.* waits for its password`)));
}

describe('the page on which a password is typed', () => {
  it('asks who is there before it shows anything of the database', async () => {
    const link = await describe_('page1');
    const shown = await openBrowser()(link);
    assert.match(shown.text, /Sign in with Slack/);
    assert.ok(!shown.text.includes('page1') && !shown.text.includes(where.hostname));
    assert.match(shown.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.ok(!/<script/i.test(shown.text));
  });

  it('is for the admin alone who described it, in the browser that they signed in with', async () => {
    const link = await describe_('page2');
    const other = openBrowser();
    const refused = await signIn(other, link, 'U0ADA');
    assert.equal(refused.status, 403);
    assert.match(refused.text, /for somebody else/);
    const hers = openBrowser();
    assert.equal((await signIn(hers, link, NORA)).to, link);
    assert.match((await hers(link)).text, /type="password"/);
    assert.equal((await openBrowser()(link, { password: 'reader' })).status, 410);
    assert.equal((await hers(link, { password: 'reader' }, 'https://elsewhere.example')).status, 404);
    assert.match((await hers(link)).text, /type="password"/); // nothing of that used it
  });

  it('takes a password once, seals it, and goes on; a replay is told that it was used', async () => {
    const link = await describe_('page3');
    const browse = openBrowser();
    await signIn(browse, link, NORA);
    const sealed = await browse(link, { password: 'reader' });
    assert.match(sealed.text, /page3 is sealed/);
    const replayed = await browse(link, { password: 'other' });
    assert.equal(replayed.status, 410);
    assert.match(replayed.text, /used already/);
    const warned = await latest(/page3.* may do more than it needs/);
    const value = /"querent_setup_accept","value":"([^"]*)"/.exec(textOf(warned))![1]!;
    bot.sandbox.press(NORA, DIRECT, warned.ts, 'querent_setup_accept', value);
    await latest(/page3.* is registered/);
    const kept = (await bot.querent.databases.list()).find(({ id }) => id === 'page3');
    assert.equal(kept?.secret, 'sealed');
    const stored = JSON.stringify([...(await bot.parts.store.sealed())]);
    assert.ok(!stored.includes('reader') && !stored.includes('setup:'), stored);
    assert.ok(!bot.log.join('\n').includes(link.split('/').at(-1)!));
  });

  it('gives way to a newer link, and to none after its time', async () => {
    const link = await describe_('page4');
    const waits = await latest(/page4.* waits for its password/);
    const value = /"querent_setup_link","value":"([^"]*)"/.exec(textOf(waits))![1]!;
    bot.sandbox.press(NORA, DIRECT, waits.ts, 'querent_setup_link', value);
    const newer = await eventually('another link', () => {
      const found = linkIn(told().find(({ ts }) => ts === waits.ts)!);
      return found === link ? undefined : found;
    });
    assert.equal((await openBrowser()(link)).status, 410);
    const setup = await bot.querent.setups.find(value);
    const late = { ...setup!, link: { ...setup!.link!, until: '2020-01-01T00:00:00.000Z' } };
    assert.ok(await bot.parts.store.changeSetup(setup!, late));
    assert.equal((await openBrowser()(newer)).status, 410);
  });
});

describe.skipIf(!browserFile)('the page in a real browser', () => {
  it('leads through the signing in to the field, and from there to the message in Slack, on a phone and in the dark', async () => {
    const link = await describe_('page5');
    const browser = await openRealBrowser();
    try {
      const problems: string[] = [];
      const page = await browser.newPage({ viewport: { width: 360, height: 640 }, colorScheme: 'dark' });
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await page.goto(link);
      await page.getByRole('button', { name: 'Sign in with Slack' }).click();
      await page.getByText('Nora').click();
      await page.getByLabel('Password of the role').fill('reader');
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
      await page.getByRole('button', { name: 'Seal it and connect' }).click();
      await page.getByText('page5 is sealed').waitFor();
      await latest(/page5.* may do more than it needs/);
      await page.goto(link);
      await page.getByText('leads nowhere any more').waitFor();
      assert.deepEqual(
        problems.filter((one) => !/410|404/.test(one)),
        [],
      );
    } finally {
      await browser.close();
    }
  }, 120_000);
});

describe('a secret in a message', () => {
  it('is not kept, and its author told what to do', async () => {
    const { sandbox } = bot;
    sandbox.say('U0ADA', 'D0ADA', 'use postgres://reader:hunter2@db.example/shop please');
    const refused = await eventually('the advice', () =>
      sandbox.workspace.messages.find((one) => one.channel === 'D0ADA' && /Never paste credentials/.test(one.text)),
    );
    assert.ok(!refused.text.includes('hunter2'));
    await bot.quiet();
    const runs = await bot.querent.runs.turns('T0FERNHILL', [{ channel: 'D0ADA', thread: refused.threadTs ?? '' }]);
    assert.deepEqual(runs, []);
    assert.ok(!bot.log.join().includes('hunter2'));
  });
});
