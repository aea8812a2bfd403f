import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { readAct } from '#src/slack/modals/acts.ts';
import { textIn } from '#src/slack/modals/form-values.ts';
import { showModal } from '#src/slack/modals/show-modal.ts';
import { type Acknowledgement, keyOf, type Submit, takeSubmission } from '#src/slack/modals/submissions.ts';
import { modal } from '#src/slack/modals/view.ts';
import type { ActionPorts } from '#src/slack/press.ts';

/** What the Slack surface works with, as far as modals do; everything that is called is told in order. */
function standIn(kind: 'reader' | 'guest' = 'reader', opens = true) {
  const calls: string[] = [];
  const seen = new Set<string>();
  const views = {
    open: async () => {
      calls.push('views.open');
      if (!opens)
        throw Object.assign(new Error('expired'), {
          code: 'slack_webapi_platform_error',
          data: { error: 'expired_trigger_id' },
        });
      return { ok: true, view: { id: 'V1' } };
    },
    update: async ({ view }: { view: { title: { text: string }; blocks: unknown } }) => {
      calls.push(`views.update ${JSON.stringify(view.blocks)}`);
      return { ok: true };
    },
  };
  const chat = {
    postMessage: async ({ text }: { text: string }) => {
      calls.push(`said ${text}`);
      return { ok: true };
    },
  };
  const conversations = { open: async () => ({ ok: true, channel: { id: 'D1' } }) };
  const ports = {
    clients: { critical: { views, chat, conversations } },
    people: {
      admit: async () => {
        calls.push('admitted');
        return kind === 'reader' ? { kind, reader: { teamId: 'T1', userId: 'U1' } } : { kind };
      },
    },
    querent: {
      runs: {
        record: async (key: string) => !seen.has(key) && Boolean(seen.add(key)),
        wasRecorded: async (key: string) => seen.has(key),
      },
    },
    now: () => new Date(),
    log: (line: string) => void calls.push(`log ${line}`),
    stopping: new AbortController().signal,
  } as unknown as ActionPorts;
  return { calls, ports };
}

const raw = readAct({
  team: { id: 'T1' },
  user: { id: 'U1' },
  trigger_id: 'trigger',
  actions: [{ action_ts: '1.1', value: 'sales' }],
})!;

const form = (values: Record<string, unknown>, hash = 'h1') => {
  const state = Object.fromEntries(Object.entries(values).map(([block, input]) => [block, { value: input }]));
  const read = readAct({
    team: { id: 'T1' },
    user: { id: 'U1' },
    view: { id: 'V1', hash, private_metadata: 'about', state: { values: state } },
  })!;
  return { ...read, view: read.view! };
};

describe('a modal', () => {
  it('is open before anything else is asked, however slow that is', async () => {
    const { calls, ports } = standIn();
    const fill = async () => {
      calls.push('the slow database');
      return modal({ title: 'Sales', blocks: [] });
    };
    await showModal(raw, { title: 'Sales', fill }, ports);
    assert.deepEqual(calls, ['views.open', 'admitted', 'the slow database', 'views.update []']);
  });

  it('shows a guest why, and nothing else', async () => {
    const { calls, ports } = standIn('guest');
    await showModal(raw, { title: 'Sales', fill: () => assert.fail('it was filled') }, ports);
    assert.match(calls.at(-1)!, /full members/);
  });

  it('that could not be opened in time is told of, and pressed again', async () => {
    const { calls, ports } = standIn('reader', false);
    await showModal(raw, { title: 'Sales', fill: () => assert.fail('it was filled') }, ports);
    assert.match(calls.at(-1)!, /^said .*press it again/);
  });

  it('that cannot be filled says so in its place', async () => {
    const { calls, ports } = standIn();
    const fill = () => Promise.reject(new Error('host db.internal'));
    await showModal(raw, { title: 'Sales', fill }, ports);
    assert.match(calls.at(-1)!, /^views.update .*Something broke/);
    assert.ok(!calls.join().includes('db.internal'));
  });
});

describe('a submission', () => {
  const acknowledged: Acknowledgement[] = [];
  const acknowledge = async (reply: Acknowledgement) => void acknowledged.push(reply);
  const taken = async (values: Record<string, unknown>, submit: Submit, ports: ActionPorts, hash?: string) => {
    await takeSubmission(form(values, hash), submit, acknowledge, ports);
    return acknowledged.at(-1);
  };

  it('gives what was filled in, of whatever kind', () => {
    const { values } = form({
      host: { type: 'plain_text_input', value: ' db.example ' },
      engine: { type: 'static_select', selected_option: { value: 'postgres' } },
      owner: { type: 'users_select', selected_user: 'U2' },
      groups: { type: 'multi_static_select', selected_options: [{ value: 'S1' }, { value: 'S2' }] },
      schemas: { type: 'plain_text_input', value: null },
    }).view;
    assert.equal(textIn(values, 'host'), 'db.example');
    assert.equal(textIn(values, 'engine'), 'postgres');
    assert.equal(textIn(values, 'owner'), 'U2');
    assert.deepEqual(values.get('groups'), ['S1', 'S2']);
    assert.ok(!values.has('schemas'));
  });

  it('with a secret is refused at its field before anybody reads it', async () => {
    const { calls, ports } = standIn();
    const reply = await taken(
      { host: { value: 'postgres://u:hunter2@db/x' }, name: { value: 'sales' } },
      () => assert.fail('it was read'),
      ports,
    );
    assert.ok(reply?.response_action === 'errors' && /Never paste/.test(reply.errors.host ?? ''));
    assert.ok(reply?.response_action === 'errors' && reply.errors.name === undefined);
    assert.ok(!calls.join().includes('hunter2'));
  });

  it('can be sent in again after an error, and is done once after it was accepted', async () => {
    const { ports } = standIn();
    const done: string[] = [];
    const submit: Submit = async ({ view }) =>
      textIn(view.values, 'port') === '0'
        ? { kind: 'errors', errors: { port: 'A port is 1 to 65535.' } }
        : { kind: 'close', after: async () => void done.push(form.name) };
    assert.deepEqual(await taken({ port: { value: '0' } }, submit, ports), {
      response_action: 'errors',
      errors: { port: 'A port is 1 to 65535.' },
    });
    await taken({ port: { value: '5432' } }, submit, ports);
    await taken({ port: { value: '5432' } }, submit, ports);
    assert.equal(done.length, 1);
  });

  it('that a stop cut short is done when it is sent again, with the same key for what it makes', async () => {
    const { ports } = standIn();
    const made: string[] = [];
    const submit: Submit = async (submission) => ({
      kind: 'close',
      after: async () => void made.push(keyOf(submission)),
    });
    const cut = async () => assert.fail('the process ends here');
    await assert.rejects(takeSubmission(form({ a: { value: 'b' } }, 'h3'), submit, cut, ports));
    assert.deepEqual(made, []);
    await taken({ a: { value: 'b' } }, submit, ports, 'h3');
    await taken({ a: { value: 'b' } }, submit, ports, 'h3');
    assert.deepEqual(made, ['view:V1:h3']);
  });

  it('that is sent again while it is worked on is done once', async () => {
    const { ports } = standIn();
    const slow = Promise.withResolvers<void>();
    let begun = 0;
    const submit: Submit = async () => {
      begun += 1;
      await slow.promise;
      return { kind: 'close' };
    };
    const first = taken({ a: { value: 'b' } }, submit, ports, 'h4');
    await taken({ a: { value: 'b' } }, submit, ports, 'h4');
    slow.resolve();
    await first;
    assert.equal(begun, 1);
  });

  it('is acknowledged before its work begins', async () => {
    const { ports } = standIn();
    const order: string[] = [];
    const submit: Submit = async () => ({ kind: 'clear', after: async () => void order.push('work') });
    await takeSubmission(form({ a: { value: 'b' } }, 'h2'), submit, async () => void order.push('acknowledged'), ports);
    assert.deepEqual(order, ['acknowledged', 'work']);
  });
});
