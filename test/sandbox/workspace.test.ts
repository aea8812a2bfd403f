import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { eventually } from '#test/support/wait.ts';
import { codeOf, startSmallApp } from './small-app.ts';

type Event = Readonly<Record<string, unknown>>;

const EVENTS = [
  ...[
    'message.channels',
    'message.groups',
    'message.im',
    'message.mpim',
    'app_mention',
    'user_change',
    'channel_shared',
  ],
  ...['member_left_channel', 'channel_deleted', 'subteam_members_changed', 'agent_session_stopped'],
];
const MANIFEST = {
  features: { app_home: { home_tab_enabled: false } },
  oauth_config: { scopes: { bot: ['chat:write', 'channels:read', 'im:write', 'users:read', 'assistant:write'] } },
  settings: { event_subscriptions: { bot_events: EVENTS } },
};

let app: Awaited<ReturnType<typeof startSmallApp>>;
const seen: Event[] = [];
beforeAll(async () => {
  app = await startSmallApp((bolt) => bolt.event(/./, async ({ event }) => void seen.push(event as unknown as Event)), {
    manifest: MANIFEST,
    grid: true,
  });
});
afterAll(() => app.stop());

const next = (wanted: Event) =>
  eventually(`an event ${JSON.stringify(wanted)}`, () =>
    seen.find((event) => Object.entries(wanted).every(([key, value]) => event[key] === value)),
  );
const post = (channel: string, text = 'x') => app.client.chat.postMessage({ channel, text });

describe('messages', () => {
  it('that people edit or delete are told with what they were', async () => {
    const { sandbox } = app;
    const message = sandbox.say('U0ADA', 'C0GENERAL', 'how many?');
    sandbox.edit('C0GENERAL', message.ts, 'how many orders?');
    const changed = await next({ subtype: 'message_changed', channel: 'C0GENERAL' });
    assert.equal((changed.message as Event).text, 'how many orders?');
    assert.equal((changed.previous_message as Event).text, 'how many?');
    assert.deepEqual([changed.channel_type, changed.hidden], ['channel', true]);
    sandbox.remove('C0GENERAL', message.ts);
    const deleted = await next({ subtype: 'message_deleted', deleted_ts: message.ts });
    assert.equal((deleted.previous_message as Event).text, 'how many orders?');
    assert.equal(
      await codeOf(app.client.chat.getPermalink({ channel: 'C0GENERAL', message_ts: message.ts })),
      'message_not_found',
    );
  });

  it('of the app itself can be deleted, of others not', async () => {
    const { ts } = await post('C0GENERAL');
    await app.client.chat.delete({ channel: 'C0GENERAL', ts: ts! });
    await next({ subtype: 'message_deleted', deleted_ts: ts });
    const theirs = app.sandbox.say('U0ADA', 'C0GENERAL', 'mine');
    assert.equal(await codeOf(app.client.chat.delete({ channel: 'C0GENERAL', ts: theirs.ts })), 'cant_delete_message');
  });

  it('in a group of people are of their own kind', async () => {
    app.sandbox.say('U0ADA', 'G0PLANNING', 'hello');
    await next({ type: 'message', channel: 'G0PLANNING', channel_type: 'mpim', text: 'hello' });
    assert.equal(await codeOf(app.client.conversations.open({ users: 'U0ADA,U0NORA' })), 'missing_scope');
    assert.equal((await app.client.conversations.open({ users: 'U0ADA' })).channel?.id, 'D0ADA');
  });
});

describe('scopes and subscriptions', () => {
  it('are those of the manifest: another call is told what it needs and what there is', async () => {
    const refused = await app.client.conversations.info({ channel: 'C0FINANCE' }).catch((error) => error.data);
    assert.equal(refused.error, 'missing_scope');
    assert.equal(refused.needed, 'groups:read');
    assert.match(refused.provided, /^chat:write,channels:read/);
    assert.equal(await codeOf(app.client.usergroups.list()), 'missing_scope');
    const { members } = await app.client.users.list({ limit: 2 });
    assert.equal(members?.length, 2);
    assert.equal(members?.[0]?.profile?.email, undefined);
  });

  it('decide which events come', async () => {
    app.sandbox.openHome('U0ADA');
    app.sandbox.say('U0ADA', 'C0GENERAL', 'after Home');
    await next({ text: 'after Home' });
    assert.ok(!seen.some(({ type }) => type === 'app_home_opened'));
  });
});

describe('the workspace', () => {
  it('loses a channel, the bot its place in another, and a channel is shared with a company', async () => {
    const { sandbox } = app;
    sandbox.shareChannel('C0GENERAL');
    assert.equal((await next({ type: 'channel_shared' })).channel, 'C0GENERAL');
    assert.equal((await app.client.conversations.info({ channel: 'C0GENERAL' })).channel?.is_ext_shared, true);
    sandbox.shareChannel('C0GENERAL', false);
    sandbox.removeBot('C0GENERAL');
    await next({ type: 'member_left_channel', user: 'U0QUERENT' });
    assert.equal(await codeOf(post('C0GENERAL')), 'not_in_channel');
    sandbox.removeBot('C0FINANCE');
    assert.equal(await codeOf(post('C0FINANCE')), 'channel_not_found');
    sandbox.inviteBot('C0GENERAL');
    assert.equal(await codeOf(post('C0GENERAL')), undefined);
    sandbox.archiveChannel('C0GENERAL');
    assert.equal(await codeOf(post('C0GENERAL')), 'is_archived');
    sandbox.deleteChannel('C0GENERAL');
    assert.equal((await next({ type: 'channel_deleted' })).channel, 'C0GENERAL');
    assert.equal(await codeOf(post('C0GENERAL')), 'channel_not_found');
  });

  it('tells of a person whose account ends, and of a group that changes', async () => {
    app.sandbox.deactivate('U0MILES');
    assert.equal(((await next({ type: 'user_change' })).user as Event).deleted, true);
    assert.equal(await codeOf(app.client.conversations.open({ users: 'U0MILES' })), 'user_disabled');
    app.sandbox.setGroup('S0FINANCE', ['U0NORA', 'U0ADA']);
    const changed = await next({ type: 'subteam_members_changed' });
    assert.deepEqual([changed.added_users, changed.removed_users], [['U0ADA'], ['U0MILES']]);
  });

  it('has people of a sister workspace, and of another company', async () => {
    app.sandbox.say('U0SOL', 'C0ORG', 'hello from the north');
    assert.equal((await next({ text: 'hello from the north' })).user_team, 'T0NORTH');
    assert.equal((await app.client.users.info({ user: 'U0SOL' })).user?.enterprise_user?.enterprise_id, 'E0FERNHILL');
    assert.equal((await app.client.users.info({ user: 'U0PIA' })).user?.team_id, 'T0ACME');
    assert.equal((await app.client.conversations.info({ channel: 'C0ORG' })).channel?.is_org_shared, true);
  });
});

describe('the agent surface', () => {
  const thread = { channel: 'D0ADA', thread_ts: '1.1' };
  const shown = (ts: string | undefined) => app.sandbox.workspace.find('D0ADA', ts ?? '')!;

  it('streams a plan and words into one message, until it is stopped', async () => {
    const stream = app.client.chatStream(thread);
    const step = (status: 'in_progress' | 'complete') => ({
      type: 'task_update' as const,
      id: 'find',
      title: 'Find',
      status,
    });
    await stream.append({
      chunks: [
        { type: 'plan_update', title: 'Working' },
        { ...step('in_progress'), details: 'two ' },
      ],
    });
    assert.equal(
      await codeOf(app.client.chat.update({ channel: 'D0ADA', ts: stream.ts!, text: 'x' })),
      'streaming_state_conflict',
    );
    await stream.append({ chunks: [{ ...step('complete'), details: 'tables' }] });
    await stream.stop({ markdown_text: '**Done**', session_status: 'active' });
    const message = shown(stream.ts);
    const [plan, words] = message.blocks as { tasks?: Event[]; text?: string; title?: string }[];
    assert.equal(plan?.title, 'Working');
    assert.equal(plan?.tasks?.length, 1);
    assert.equal(plan?.tasks?.[0]?.status, 'complete');
    assert.match(JSON.stringify(plan?.tasks?.[0]?.details), /two tables/);
    assert.equal(words?.text, '**Done**');
    assert.equal(
      await codeOf(app.client.chat.appendStream({ channel: 'D0ADA', ts: stream.ts!, markdown_text: 'x' })),
      'message_not_in_streaming_state',
    );
    assert.equal(app.sandbox.sessions.get('D0ADA/1.1')?.status, 'active');
  });

  it('lets a stream live for its time, and says what a call lacks', async () => {
    const started = await app.client.chat.startStream({ ...thread, markdown_text: 'a' });
    app.sandbox.switches.streamMs = -1;
    assert.equal(
      await codeOf(app.client.chat.appendStream({ channel: 'D0ADA', ts: started.ts!, markdown_text: 'b' })),
      'message_not_in_streaming_state',
    );
    app.sandbox.switches.streamMs = 300_000;
    assert.equal(
      await codeOf(app.client.chat.startStream({ channel: 'G0PLANNING', thread_ts: '1.1' })),
      'missing_recipient_user_id',
    );
    const long = [{ type: 'plan_update' as const, title: 'x'.repeat(257) }];
    assert.equal(await codeOf(app.client.chat.startStream({ ...thread, chunks: long })), 'invalid_arguments');
  });

  it('has sessions that a person stops', async () => {
    const { client, sandbox } = app;
    await client.agents.sessions.setStatus({ channel_id: 'D0ADA', thread_ts: '1.1', status: 'processing', title: 'q' });
    const { ts } = await client.chat.startStream({ ...thread, markdown_text: 'a' });
    sandbox.stopSession('U0ADA', 'D0ADA', '1.1');
    const stopped = await next({ type: 'agent_session_stopped' });
    assert.deepEqual([stopped.user, stopped.thread_ts, stopped.streaming_message_ts], ['U0ADA', '1.1', [ts]]);
    assert.equal(await codeOf(client.chat.stopStream({ channel: 'D0ADA', ts: ts! })), 'message_not_in_streaming_state');
    const odd = client.agents.sessions.setStatus({ channel_id: 'D0ADA', thread_ts: '1.1', status: 'thinking' });
    assert.equal(await codeOf(odd), 'invalid_arguments');
  });

  it('is lacking where a switch says so', async () => {
    app.sandbox.switches.agentSurface = 'feature_disabled';
    const call = app.client.agents.sessions.setStatus({ channel_id: 'D0ADA', thread_ts: '1.1', status: 'active' });
    assert.equal(await codeOf(call), 'feature_disabled');
    assert.equal(await codeOf(app.client.chat.startStream({ ...thread, markdown_text: 'a' })), 'feature_disabled');
    assert.equal(
      await codeOf(app.client.assistant.threads.setStatus({ channel_id: 'D0ADA', thread_ts: '1.1', status: 'x' })),
      undefined,
    );
    app.sandbox.switches.agentSurface = 'on';
  });

  it('takes plans, tables, Markdown and pictures in messages, alerts in modals alone, and refuses a block by switch', async () => {
    const task = { type: 'task_card', task_id: 'a', title: 'A', status: 'pending' };
    const cell = (text: string) => ({ type: 'raw_text', text });
    const blocks = [
      { type: 'plan', title: 'P', tasks: [task] },
      { type: 'table', rows: [[cell('a'), cell('b')]] },
      { type: 'markdown', text: '# M' },
      { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' },
    ] as never[];
    const say = (given: unknown[]) =>
      codeOf(app.client.chat.postMessage({ channel: 'D0ADA', text: 'x', blocks: given as never }));
    assert.equal(await say(blocks), undefined);
    assert.equal((await app.client.blocks.validate({ blocks })).ok, true);
    assert.equal(await say([{ type: 'alert', text: { type: 'plain_text', text: 'x' } }]), 'invalid_blocks');
    assert.equal(await say([{ ...task, status: 'asleep' }]), 'invalid_blocks');
    app.sandbox.switches.refusedBlocks.add('plan');
    assert.equal(await say(blocks), 'invalid_blocks');
    app.sandbox.switches.refusedBlocks.clear();
  });
});
