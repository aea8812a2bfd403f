import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { browserFile, openBrowser } from '#test/support/browser.ts';
import { shopOnPostgres } from '#test/support/shop.ts';
import { startSmallBot } from '#test/support/small-bot.ts';

const QUESTION = 'How many customers are there?';
const WAIT_MS = 20_000;

describe.skipIf(!browserFile)('running Querent in a real browser, with no command line', () => {
  let bot: Awaited<ReturnType<typeof startSmallBot>>;
  let browser: Browser;
  let page: Page;
  let where: URL;
  const problems: string[] = [];

  beforeAll(async () => {
    where = new URL(await shopOnPostgres());
    const environment = { QUERENT_ADMINS: 'U0NORA', QUERENT_NETWORKS: 'loopback' };
    bot = await startSmallBot(undefined, environment, {});
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(bot.sandbox.url);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await bot?.stop();
  });

  const modal = () => page.locator('#modal');
  const field = (block: string) => modal().locator(`[data-key^="${block}/"]`);
  const press = (place: Locator, label: string) => place.getByRole('button', { name: label, exact: true }).click();
  const submit = () => modal().locator('#submit-view').click();
  const closeModal = () => modal().locator('#close-modal').click();
  const directly = () => page.locator('#channels button', { hasText: 'Querent' }).click();
  const saidOf = (place: Locator, says: RegExp) => place.locator('article', { hasText: says });

  /** Goes on as somebody else, in their direct messages with the bot. */
  async function actAs(user: string): Promise<void> {
    await page.selectOption('#acting', user);
    await directly();
  }
  async function openHome(): Promise<void> {
    await directly();
    await page.locator('[data-tab="home"]').click();
  }
  async function openMessages(): Promise<void> {
    await directly();
    await page.locator('[data-tab="messages"]').click();
  }
  async function ask(text: string): Promise<void> {
    await openMessages();
    await page.fill('#say', text);
    await page.keyboard.press('Enter');
  }
  async function openThread(): Promise<void> {
    await openMessages();
    await saidOf(page.locator('#messages'), /How many customers/)
      .locator('[data-thread]')
      .click();
  }
  /** Opens the page of the link, signs in there, and types what never goes through Slack. */
  async function typePassword(): Promise<void> {
    const opened = page.waitForEvent('popup');
    await press(saidOf(page.locator('#messages'), /shop waits for its password/), 'Open the page');
    const own = await opened;
    own.setDefaultTimeout(WAIT_MS);
    await own.getByRole('button', { name: 'Sign in with Slack' }).click();
    await own.getByRole('link', { name: 'Nora, admin' }).click();
    await own.getByLabel('Password of the role').fill(decodeURIComponent(where.password));
    await own.getByRole('button', { name: 'Seal it and connect' }).click();
    await own.getByText('shop is sealed').waitFor();
    await own.close();
  }
  const reply = (says: RegExp) => saidOf(page.locator('#replies'), says).last();

  it('registers a database from Home, its password typed on the bot’s own page, and reads it, as told in one direct message', async () => {
    await actAs('U0NORA');
    await openHome();
    await press(page.locator('#home'), 'Add a database');
    await field('id').waitFor();
    const typed = {
      id: 'shop',
      description: 'Web shop: customers, their orders and what they bought',
      host: where.hostname,
      port: where.port,
      database: where.pathname.slice(1),
      user: where.username,
    };
    for (const [block, value] of Object.entries(typed)) await field(block).fill(value);
    await submit();
    await modal().getByText('tell you in a direct message').waitFor();
    await closeModal();
    await openMessages();
    await typePassword();
    await press(saidOf(page.locator('#messages'), /may do more than it needs/), 'Accept and go on');
    await saidOf(page.locator('#messages'), /shop is registered/).waitFor();
    await openHome();
    await page.locator('#home', { hasText: /shop ok/ }).waitFor();
  });

  it('grants a user group, and one of its people is answered', async () => {
    await press(page.locator('#home'), 'Who may ask');
    await press(modal(), 'Grant');
    await field('groups').locator('input[value="S0FINANCE"]').check();
    await field('tables').fill('customer');
    await submit();
    await modal().locator('.view', { hasText: 'can be asked so' }).waitFor();
    await closeModal();
    // Of the group, and no admin.
    await actAs('U0MILES');
    await ask(QUESTION);
    await reply(/3 customers/).waitFor();
    assert.equal(await page.locator('#replies').getByRole('button', { name: 'Request access' }).count(), 0);
  });

  it('refuses a third person until the owner approves, and then answers by itself', async () => {
    await actAs('U0ADA');
    await ask(QUESTION);
    await press(page.locator('#replies'), 'Request access');
    await field('reason').fill('the month end');
    await submit();
    await modal().getByText('You hear from me once somebody decides').waitFor();
    await closeModal();
    await actAs('U0NORA');
    await press(saidOf(page.locator('#messages'), /asks for access to shop/), 'Approve for 7 days');
    await saidOf(page.locator('#messages'), /Approved by @Nora/).waitFor();
    await actAs('U0ADA');
    await openThread();
    await reply(/3 customers/).waitFor();
  });

  it('takes a bad answer to the owner’s list, and brings the verified one back to its thread', async () => {
    await reply(/3 customers/)
      .getByLabel('This answer is wrong')
      .click();
    await field('fault').getByText('A wrong or missing filter').click();
    await field('note').fill('only those with a country');
    await submit();
    await modal().getByText('Thank you').waitFor();
    await closeModal();
    await actAs('U0NORA');
    await openHome();
    await press(page.locator('#home'), 'Review');
    await modal().getByText('only those with a country').waitFor();
    await press(modal(), 'Verify');
    await field('sql').fill('SELECT COUNT(*) AS customers FROM customer WHERE country IS NOT NULL');
    await submit();
    await modal().getByText('It gives').waitFor();
    await submit();
    await modal().getByText('It is posted where it was asked').waitFor();
    await closeModal();
    await actAs('U0ADA');
    await openThread();
    await reply(/the data team found right/).waitFor();
    assert.match(await reply(/the data team found right/).innerText(), /\b2 customers/);
    assert.deepEqual(problems, []);
  });
});
