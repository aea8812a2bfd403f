import assert from 'node:assert/strict';
import type { ModalView, View } from '@slack/web-api';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { eventually } from '#test/support/wait.ts';
import { codeOf, startSmallApp } from './small-app.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(value.toUpperCase()), value });
const base = { type: 'modal' as const, title: plain('Database'), submit: plain('Save') };

const field = (id: string, element: object, more: object = {}) =>
  ({ type: 'input', block_id: id, label: plain(id), element: { action_id: 'v', ...element }, ...more }) as never;

const FORM: ModalView = {
  ...base,
  callback_id: 'form',
  notify_on_close: true,
  blocks: [
    field('name', { type: 'plain_text_input', min_length: 3, max_length: 10 }),
    field('engine', { type: 'static_select', options: [option('pg'), option('maria')], initial_option: option('pg') }),
    field('tables', { type: 'multi_external_select', min_query_length: 0 }, { optional: true }),
    field('people', { type: 'multi_users_select' }, { optional: true }),
    field('where', { type: 'conversations_select' }, { optional: true }),
    field('flags', { type: 'checkboxes', options: [option('a'), option('b')] }, { optional: true }),
    field('how', { type: 'radio_buttons', options: [option('x'), option('y')] }, { optional: true }),
    field('until', { type: 'datepicker' }, { optional: true }),
    {
      type: 'actions',
      block_id: 'more',
      elements: [{ type: 'button', action_id: 'over', text: plain('Over'), value: '7' }],
    },
  ],
};

const page = (title: string): ModalView => ({
  ...base,
  title: plain(title),
  blocks: [field('n', { type: 'plain_text_input' }, { optional: true })],
});

let app: Awaited<ReturnType<typeof startSmallApp>>;
let submitted: Record<string, Record<string, unknown>> = {};
let answer: unknown;
const seen: Record<string, unknown>[] = [];
let trigger = '';

beforeAll(async () => {
  app = await startSmallApp((bolt) => {
    bolt.command('/querent', async ({ ack, command, client, respond }) => {
      await ack();
      trigger = command.trigger_id;
      if (command.text === 'form') await client.views.open({ trigger_id: trigger, view: FORM });
      if (command.text === 'answer')
        for (let at = 0; at < 6; at += 1)
          seen.push({
            respond: await respond(`${at}`).then(
              () => 'ok',
              () => 'refused',
            ),
          });
    });
    bolt.view('form', async ({ ack, view }) => {
      submitted = view.state.values as never;
      await ack(answer as never);
    });
    bolt.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body }) => {
      await ack();
      seen.push({ closed: body.view.callback_id, cleared: (body as { is_cleared?: boolean }).is_cleared });
    });
    bolt.options('v', async ({ ack, payload }) =>
      ack({ options: ['orders', 'order_lines', 'refunds'].filter((one) => one.startsWith(payload.value)).map(option) }),
    );
    bolt.action('over', async ({ ack, body, client, action }) => {
      await ack();
      seen.push({
        pressed: (action as { value?: string }).value,
        in: (body as { view?: { callback_id: string } }).view?.callback_id,
      });
      await client.views.push({ trigger_id: (body as { trigger_id: string }).trigger_id, view: page('Over it') });
    });
    bolt.event('app_home_opened', async ({ event, client }) => {
      if (event.tab === 'home')
        await client.views.publish({
          user_id: event.user,
          view: { type: 'home', blocks: [{ type: 'section', text: plain(`Hello ${event.user}`) }] },
        });
    });
    bolt.shortcut('ask', async ({ ack, shortcut, client }) => {
      await ack();
      await client.views.open({ trigger_id: shortcut.trigger_id, view: page('Asked') });
    });
    bolt.shortcut('ask_about', async ({ ack, shortcut, respond }) => {
      await ack();
      await respond({
        text: `About ${(shortcut as { message: { text?: string } }).message.text}`,
        response_type: 'ephemeral',
      });
    });
  });
});
afterAll(() => app.stop());

const titleOf = (user = 'U0ADA') => (app.sandbox.modalOf(user)?.title as { text?: string } | undefined)?.text;
async function openForm(): Promise<void> {
  await app.sandbox.command('U0ADA', 'C0GENERAL', '/querent form');
  await eventually('the form', () => app.sandbox.modalOf('U0ADA')?.callback_id === 'form');
}

describe('a modal', () => {
  it('sends what was put in, each element as its type has it', async () => {
    answer = undefined;
    await openForm();
    const offered = await app.sandbox.suggest('U0ADA', 'tables', 'order');
    assert.deepEqual(
      offered.map(({ value }) => value),
      ['orders', 'order_lines'],
    );
    const values = {
      name: 'sales',
      tables: ['orders'],
      people: ['U0MILES'],
      where: 'C0GENERAL',
      flags: ['b'],
      how: 'y',
      until: '2026-03-01',
    };
    assert.deepEqual(await app.sandbox.submit('U0ADA', values), { kind: 'closed' });
    assert.equal(app.sandbox.modalOf('U0ADA'), undefined);
    const said = Object.fromEntries(Object.entries(submitted).map(([id, actions]) => [id, actions.v]));
    assert.deepEqual(said, {
      name: { type: 'plain_text_input', value: 'sales' },
      engine: { type: 'static_select', selected_option: option('pg') },
      tables: { type: 'multi_external_select', selected_options: [option('orders')] },
      people: { type: 'multi_users_select', selected_users: ['U0MILES'] },
      where: { type: 'conversations_select', selected_conversation: 'C0GENERAL' },
      flags: { type: 'checkboxes', selected_options: [option('b')] },
      how: { type: 'radio_buttons', selected_option: option('y') },
      until: { type: 'datepicker', selected_date: '2026-03-01' },
    });
  });

  it('keeps a required or too short field with the person, and shows what the app says of another', async () => {
    await openForm();
    assert.deepEqual(await app.sandbox.submit('U0ADA'), {
      kind: 'errors',
      errors: { name: 'Please complete this required field.' },
    });
    assert.deepEqual(await app.sandbox.submit('U0ADA', { name: 'ab' }), {
      kind: 'errors',
      errors: { name: 'Must be at least 3 characters.' },
    });
    answer = { response_action: 'errors', errors: { name: 'Taken.' } };
    assert.deepEqual(await app.sandbox.submit('U0ADA', { name: 'abc' }), {
      kind: 'errors',
      errors: { name: 'Taken.' },
    });
    answer = { response_action: 'errors', errors: { nowhere: 'Taken.' } };
    assert.deepEqual(await app.sandbox.submit('U0ADA'), { kind: 'trouble' });
    answer = { response_action: 'update', view: page('Testing') };
    assert.deepEqual(await app.sandbox.submit('U0ADA'), { kind: 'updated' });
    assert.equal(titleOf(), 'Testing');
  });

  it('lies over another, three at most, and gives way to the one below', async () => {
    answer = { response_action: 'push', view: page('Third') };
    await openForm();
    await app.sandbox.pressInView('U0ADA', 'over', undefined, { name: 'kept' });
    await eventually('the second view', () => titleOf() === 'Over it');
    app.sandbox.closeView('U0ADA');
    assert.equal(titleOf(), 'Database');
    assert.deepEqual(await app.sandbox.submit('U0ADA'), { kind: 'pushed' });
    assert.equal((submitted.name!.v as { value: string }).value, 'kept');
    const { client, sandbox } = app;
    await sandbox.command('U0ADA', 'C0GENERAL', '/querent nothing');
    await client.views.push({ trigger_id: trigger, view: page('Fourth') });
    await sandbox.command('U0ADA', 'C0GENERAL', '/querent nothing');
    assert.equal(await codeOf(client.views.push({ trigger_id: trigger, view: page('Fifth') })), 'push_limit_reached');
    seen.length = 0;
    sandbox.closeView('U0ADA', true);
    await eventually('the app to hear of it', () => seen.length > 0);
    assert.deepEqual(seen, [{ closed: 'form', cleared: true }]);
  });

  it('opens by a trigger that works once, for three seconds', async () => {
    const { client, sandbox } = app;
    const open = (view: View) => codeOf(client.views.open({ trigger_id: trigger, view }));
    await sandbox.command('U0ADA', 'C0GENERAL', '/querent nothing');
    assert.equal(await open(page('One')), undefined);
    assert.equal(await open(page('Two')), 'exchanged_trigger_id');
    await sandbox.command('U0ADA', 'C0GENERAL', '/querent nothing');
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    assert.equal(await open(page('Late')), 'expired_trigger_id');
    assert.equal(titleOf(), 'One');
  });

  it('is updated by its id, unless it was changed since', async () => {
    const { client, sandbox } = app;
    await openForm();
    const { id, hash } = sandbox.modalOf('U0ADA') as { id: string; hash: string };
    await client.views.update({ view_id: id, hash, view: page('Filled') });
    assert.equal(titleOf(), 'Filled');
    assert.equal(await codeOf(client.views.update({ view_id: id, hash, view: page('Late') })), 'hash_conflict');
    assert.equal(await codeOf(client.views.update({ view_id: 'V0', view: page('Gone') })), 'not_found');
    const broken = { ...page('x'), title: plain('x'.repeat(25)) };
    const refused = await client.views.update({ view_id: id, view: broken }).catch((error) => error.data);
    assert.equal(refused.error, 'invalid_arguments');
    assert.match(refused.response_metadata.messages[0], /json-pointer:\/view\/title/);
  });
});

describe('Home, commands and shortcuts', () => {
  it('shows a person the Home that the app publishes when they open it', async () => {
    app.sandbox.openHome('U0MILES');
    const home = await eventually('a Home', () => app.sandbox.homeOf('U0MILES'));
    assert.match(JSON.stringify(home.blocks), /Hello U0MILES/);
    assert.equal(app.sandbox.homeOf('U0ADA'), undefined);
  });

  it('takes five answers at a response_url', async () => {
    seen.length = 0;
    await app.sandbox.command('U0ADA', 'C0GENERAL', '/querent answer');
    await eventually('all of them', () => seen.length === 6);
    const shown = app.sandbox.workspace.messages.filter(
      ({ onlyFor, text }) => onlyFor === 'U0ADA' && /^\d$/.test(text),
    );
    assert.deepEqual(
      shown.map(({ text }) => text),
      ['0', '1', '2', '3', '4'],
    );
  });

  it('knows the commands and shortcuts of the manifest, and no others', async () => {
    const { sandbox } = app;
    assert.equal(await sandbox.command('U0ADA', 'C0GENERAL', '/weather'), false);
    const message = sandbox.say('U0MILES', 'C0GENERAL', 'sales are down');
    await sandbox.messageShortcut('U0ADA', 'C0GENERAL', message.ts, 'ask_about');
    await eventually('an answer', () =>
      sandbox.workspace.messages.find(({ text, onlyFor }) => text === 'About sales are down' && onlyFor === 'U0ADA'),
    );
    await sandbox.shortcut('U0ADA', 'ask');
    await eventually('the modal', () => titleOf() === 'Asked');
    await assert.rejects(sandbox.shortcut('U0ADA', 'nothing'), /no global shortcut/);
  });
});
