import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { browserFile, openBrowser } from '#test/support/browser.ts';
import { startTestDemo } from '#test/support/demo.ts';

describe.skipIf(!browserFile)('the sandbox in a real browser', () => {
  let demo: Awaited<ReturnType<typeof startTestDemo>>;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    demo = await startTestDemo();
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 840 } });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(demo.url);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const answers = () => page.locator('#replies article:has(.avatar.bot)');

  it('goes from question to clarification to answer to follow-up to CSV', async () => {
    await page.fill('#say', '@Querent how many orders are there by status?');
    await page.keyboard.press('Enter');
    await page.locator('#replies button', { hasText: /^sales · orders$/ }).click();
    await page.locator('#replies .b-chart').waitFor();
    assert.match(await answers().nth(1).innerText(), /placed is first with [\d,]+ orders, of 5 statuses\./);
    assert.match(await answers().nth(0).innerText(), /Using sales, chosen by @Ada/);

    await answers().nth(1).locator('summary', { hasText: 'How this was computed' }).click();
    assert.match(await answers().nth(1).innerText(), /Group by status/);

    await page.fill('#reply', 'only the top 3');
    await page.keyboard.press('Enter');
    await answers().nth(2).waitFor();
    assert.equal(await answers().nth(2).locator('tbody tr').count(), 3);

    await page.fill('#say', '');
    await page.locator('#say').pressSequentially('ask @Que');
    await page.keyboard.press('Tab');
    assert.equal(await page.inputValue('#say'), 'ask @Querent ');
    await page.fill('#say', '');

    const download = page.waitForEvent('download');
    await answers().nth(2).getByRole('button', { name: 'Download CSV' }).click();
    await page.locator('#replies a.file').click();
    assert.match((await download).suggestedFilename(), /^sales-.*\.csv$/);
    await page.locator('#replies .preview summary').click();
    await page.locator('#replies .preview tbody tr').first().waitFor();
    assert.equal(await page.locator('#replies .preview tbody tr').count(), 3);
    assert.deepEqual(problems, []);
  });

  it('shows the SQL in a window and closes it', async () => {
    await answers().nth(2).getByLabel('More …').selectOption({ label: 'Show SQL' });
    await page.locator('#modal pre').waitFor();
    assert.match(await page.locator('#modal pre').innerText(), /SELECT status/);
    await page.locator('#modal').getByRole('button', { name: 'Close' }).click();
  });

  it('explains a step in a window', async () => {
    await answers().nth(2).locator('summary', { hasText: 'How this was computed' }).click();
    await answers().nth(2).getByLabel('Explain a step').selectOption({ label: '2. Group' });
    await page.locator('#modal pre').waitFor();
    const shown = await page.locator('#modal').innerText();
    assert.match(shown, /Group #1 by the status column/);
    assert.match(shown, /orders\.status/);
    await page.locator('#modal').getByRole('button', { name: 'Close' }).click();
  });

  it('offers questions that work', async () => {
    await page.locator('#prompts button').first().click();
    await page.locator('#replies', { hasText: 'How many orders did we ship last month?' }).waitFor();
    await answers().nth(0).waitFor();
    assert.match(await answers().nth(0).innerText(), /\d+ orders in \w+ \d{4} with status shipped\./);
  });

  it('says in a shared channel that it does not answer there, to the asker alone', async () => {
    await page.locator('#channels button', { hasText: 'acme-partners' }).click();
    await page.fill('#say', '@Querent how many orders are there?');
    await page.keyboard.press('Enter');
    await page.locator('.ephemeral').first().waitFor();
    assert.match(
      await page.locator('.ephemeral').first().innerText(),
      /Only visible to you[\s\S]*shared with other companies/,
    );
  });

  it('fits a phone: nothing is wider than the screen', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.reload();
    await page.locator('#menu').click();
    await page.locator('#channels button', { hasText: 'ask-data' }).click();
    await page.locator('[data-thread]').first().click();
    await answers().first().waitFor();
    // The thread scrolls by itself: what is too wide for it would be cut, and the page no wider.
    const overflow = await page.evaluate(() =>
      [document.documentElement, document.querySelector('#replies')].map(
        (one) => (one?.scrollWidth ?? 0) - (one?.clientWidth ?? 0),
      ),
    );
    assert.deepEqual(overflow, [0, 0]);
  });
});
