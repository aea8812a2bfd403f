import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { browserFile, openBrowser } from '#test/support/browser.ts';
import { eventually } from '#test/support/wait.ts';
import { startSmallApp, WHOLE_MANIFEST } from './small-app.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(value), value });
const field = (id: string, label: string, element: object, more: object = {}) =>
  ({ type: 'input', block_id: id, label: plain(label), element: { action_id: 'v', ...element }, ...more }) as never;

const FORM = {
  type: 'modal' as const,
  callback_id: 'form',
  title: plain('Register a database'),
  submit: plain('Save'),
  blocks: [
    field('name', 'Name', { type: 'plain_text_input' }, { hint: plain('As people call it') }),
    field('engine', 'Engine', { type: 'static_select', options: [option('PostgreSQL'), option('MariaDB')] }),
    field('tables', 'Tables', { type: 'multi_external_select', min_query_length: 0 }, { optional: true }),
    field('people', 'People', { type: 'multi_users_select' }, { optional: true }),
    field('secret', 'Secret', {
      type: 'radio_buttons',
      options: [option('page'), option('reference')],
      initial_option: option('page'),
    }),
    field('until', 'Until', { type: 'datepicker' }, { optional: true }),
  ],
};

describe.skipIf(!browserFile)('the page of the sandbox', () => {
  let app: Awaited<ReturnType<typeof startSmallApp>>;
  let browser: Browser;
  let page: Page;
  let submitted: Record<string, Record<string, unknown>> | undefined;
  const problems: string[] = [];

  beforeAll(async () => {
    const events = {
      settings: {
        event_subscriptions: {
          bot_events: ['app_home_opened', 'message.im', 'agent_session_stopped', 'message.channels'],
        },
      },
    };
    app = await startSmallApp(
      (bolt) => {
        bolt.command('/querent', async ({ ack, command, client }) => {
          await ack();
          await client.views.open({ trigger_id: command.trigger_id, view: FORM });
        });
        bolt.options('v', async ({ ack, payload }) =>
          ack({
            options: ['orders', 'order_lines', 'refunds'].filter((one) => one.includes(payload.value)).map(option),
          }),
        );
        bolt.view('form', async ({ ack, view }) => {
          const name = (view.state.values.name!.v as { value?: string }).value;
          if (name === 'taken')
            return ack({ response_action: 'errors', errors: { name: 'There is a database of this name.' } });
          submitted = view.state.values as never;
          await ack();
        });
        bolt.event('app_home_opened', async ({ event, client }) => {
          const greeting = { type: 'section' as const, text: plain('Your databases') };
          const more = {
            type: 'actions' as const,
            elements: [{ type: 'button' as const, action_id: 'add', text: plain('Add database') }],
          };
          if (event.tab === 'home')
            await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [greeting, more] } });
        });
        bolt.action('add', async ({ ack, body, client }) => {
          await ack();
          await client.views.open({ trigger_id: (body as { trigger_id: string }).trigger_id, view: FORM });
        });
        bolt.shortcut('ask_about', async ({ ack, respond }) => {
          await ack();
          await respond('You asked about a message');
        });
        bolt.event('agent_session_stopped', async ({ client, event }) => {
          await client.agents.sessions.setStatus({
            channel_id: event.channel,
            thread_ts: event.thread_ts,
            status: 'active',
          });
        });
      },
      { manifest: { ...WHOLE_MANIFEST, ...events } },
    );
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 840 } });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(app.sandbox.url);
    await page.locator('#channels button', { hasText: 'ask-data' }).click();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  /** For whoever looks: set QUERENT_SHOTS to a folder. */
  const shoot = async (name: string) => {
    const folder = process.env.QUERENT_SHOTS;
    if (!folder) return;
    for (const [size, width, height] of [
      ['desktop', 1280, 840],
      ['phone', 390, 800],
    ] as const)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png` });
      }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 840 });
  };
  const modal = () => page.locator('#modal');

  it('fills in a form from a command: what is wrong stands under its field, what is right is sent', async () => {
    await page.fill('#say', '/querent add');
    await page.keyboard.press('Enter');
    await modal().getByLabel('Name').waitFor();
    await modal().getByRole('button', { name: 'Save' }).click();
    await modal().locator('.error:visible').first().waitFor();
    assert.deepEqual(await modal().locator('.error:visible').allInnerTexts(), [
      'Please complete this required field.',
      'Please complete this required field.',
    ]);
    await modal().getByLabel('Name').fill('taken');
    await modal().getByLabel('Engine').selectOption('MariaDB');
    await modal().getByLabel('Search: Tables').fill('order');
    await modal().getByLabel('order_lines').check();
    await modal().getByLabel('Miles').check();
    await modal().getByLabel('reference').check();
    await modal().getByRole('button', { name: 'Save' }).click();
    await modal().getByText('There is a database of this name.').waitFor();
    await shoot('modal');
    await modal().getByLabel('Name').fill('sales');
    await modal().getByRole('button', { name: 'Save' }).click();
    await modal().waitFor({ state: 'hidden' });
    const said = (id: string) => submitted?.[id]?.v as Record<string, unknown> | undefined;
    assert.equal(said('name')?.value, 'sales');
    assert.deepEqual(said('tables')?.selected_options, [option('order_lines')]);
    assert.deepEqual(said('people')?.selected_users, ['U0MILES']);
    assert.deepEqual(said('secret')?.selected_option, option('reference'));
  });

  it('has the shortcuts of the app in the menu of a message, and edits and deletes of its author', async () => {
    const message = app.sandbox.say('U0ADA', 'C0GENERAL', 'sales are down');
    const shown = page.locator(`#messages [data-ts="${message.ts}"]`);
    await shown.getByLabel('More actions').click();
    await shown.getByRole('button', { name: 'Ask about this' }).click();
    await page.getByText('You asked about a message').first().waitFor();
    page.once('dialog', (dialog) => void dialog.accept('sales are up'));
    await shown.getByLabel('More actions').click();
    await shown.getByRole('button', { name: 'Edit message' }).click();
    await shown.getByText('sales are up').waitFor();
    await shown.getByLabel('More actions').click();
    await shown.getByRole('button', { name: 'Delete message' }).click();
    await shown.waitFor({ state: 'detached' });
  });

  it('shows the Home of the app, whose buttons open forms', async () => {
    await page.locator('#channels [data-channel=D0ADA]').click();
    await page.getByRole('tab', { name: 'Home' }).click();
    await page.locator('#home').getByText('Your databases').waitFor();
    await shoot('home');
    await page.locator('#home').getByRole('button', { name: 'Add database' }).click();
    await modal().getByLabel('Name').waitFor();
    await modal().getByRole('button', { name: 'Close' }).click();
    await modal().waitFor({ state: 'hidden' });
    await page.getByRole('tab', { name: 'Messages' }).click();
  });

  it('draws a stream as it grows, and stops the session', async () => {
    const root = app.sandbox.say('U0ADA', 'D0ADA', 'how many orders?');
    await page.locator(`#messages [data-ts="${root.ts}"] .replies`).click();
    const { client } = app;
    await client.agents.sessions.setStatus({
      channel_id: 'D0ADA',
      thread_ts: root.ts,
      status: 'processing',
      title: 'q',
    });
    const stream = client.chatStream({ channel: 'D0ADA', thread_ts: root.ts, task_display_mode: 'plan' });
    const step = (id: string, title: string, status: 'complete' | 'in_progress') => ({
      type: 'task_update' as const,
      id,
      title,
      status,
    });
    await stream.append({
      chunks: [
        { type: 'plan_update', title: 'Working' },
        { ...step('find', 'Found the database', 'complete'), output: '3 of 90 tables' },
        step('run', 'Running on sales', 'in_progress'),
      ],
    });
    await page.locator('#replies .b-task.in_progress', { hasText: 'Running on sales' }).waitFor();
    await shoot('stream');
    await page.locator('#status').getByRole('button', { name: 'Stop' }).click();
    await eventually(
      'the session to be stopped',
      () => app.sandbox.sessions.get(`D0ADA/${root.ts}`)?.status === 'active',
    );
    await page.locator('#status').waitFor({ state: 'hidden' });
  });

  it('lets things go wrong, and shows what went between Slack and the app', async () => {
    await page.getByRole('button', { name: 'Inspector and faults' }).click();
    const lab = page.locator('#lab');
    await lab.getByText('What goes wrong').click();
    await lab.getByLabel('Call').first().selectOption('chat.postMessage');
    await lab.getByLabel('or an error code').fill('not_in_channel');
    await lab.getByRole('button', { name: 'Let it go wrong' }).click();
    await lab.locator('#rules', { hasText: 'not_in_channel · 1 more' }).waitFor();
    await lab.getByLabel('Agent surface').selectOption('feature_disabled');
    await lab.getByLabel('data_table').check();
    await lab.getByLabel('Too many calls are refused').check();
    await lab.getByLabel('Events out of their order').check();
    await lab.getByLabel('clock is ahead').fill('90');
    await lab.getByLabel('clock is ahead').blur();
    await eventually(
      'the switches',
      () =>
        app.sandbox.switches.agentSurface === 'feature_disabled' &&
        app.sandbox.switches.refusedBlocks.has('data_table') &&
        app.sandbox.switches.limitsCalls &&
        app.sandbox.sockets.reorderEvents &&
        app.sandbox.workspace.skewMs === 90_000,
    );
    await app.client.chat.postMessage({ channel: 'C0GENERAL', text: 'x' }).catch(() => undefined);
    const shown = await lab
      .locator('[data-entry]')
      .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.entry)));
    assert.ok(shown.length > 3);
    assert.deepEqual(
      shown,
      shown.toSorted((one, other) => other - one),
      'the newest first',
    );
    await lab.getByLabel('Show').selectOption('failed');
    const entry = lab.locator('#journal li', { hasText: 'chat.postMessage' }).first();
    assert.match(await entry.innerText(), /not_in_channel/);
    await entry.locator('summary').click();
    assert.match(await entry.locator('pre').first().innerText(), /C0GENERAL/);
    await shoot('lab');
    await lab.getByRole('button', { name: 'Close the inspector' }).click();
    assert.deepEqual(problems, []);
  });

  it('fits a phone, with the form and with the inspector', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(await overflow(), 0);
    await page.evaluate(() => document.getElementById('open-lab')?.click());
    assert.equal(await overflow(), 0);
  });
});
