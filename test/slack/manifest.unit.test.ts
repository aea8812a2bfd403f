import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { ManifestSchema } from '#test/support/manifest-schema.ts';

const manifest = JSON.parse(readFileSync('deploy/slack/manifest.json', 'utf8'));
const sources = readdirSync('src/slack', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(`src/slack/${file}`, 'utf8'))
  .join('\n');

/** The scopes of each Web API call that the bot's code can make (Slack's method pages). A call not named here fails the test. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'apps.connections.open': [],
  'blocks.validate': [],
  'views.open': [],
  'views.publish': [],
  'chat.getPermalink': [],
  'views.push': [],
  'views.update': [],
  'openid.connect.token': [],
  'agents.sessions.setStatus': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.startStream': ['chat:write'],
  'chat.appendStream': ['chat:write'],
  'chat.stopStream': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'conversations.info': ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  'conversations.members': ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  'conversations.history': ['im:history'],
  'conversations.open': ['im:write'],
  'users.info': ['users:read'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'assistant.threads.setStatus': ['assistant:write'],
  'assistant.threads.setSuggestedPrompts': ['assistant:write'],
  filesUploadV2: ['files:write'],
};
const EVENT_SCOPES: Readonly<Record<string, string>> = {
  app_mention: 'app_mentions:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  'message.mpim': 'mpim:history',
  subteam_members_changed: 'usergroups:read',
};

describe('the Slack manifest', () => {
  it('is one that Slack takes: every property known, every text within its limit', () => {
    assert.deepEqual(ManifestSchema.safeParse(manifest).error?.issues ?? [], []);
    const misnamed = structuredClone(manifest);
    misnamed.features.agent_view.description = misnamed.features.agent_view.agent_description;
    assert.ok(!ManifestSchema.safeParse(misnamed).success);
  });

  it('opens the messages of the app and connects without a public address', () => {
    assert.equal(manifest.features.app_home.messages_tab_enabled, true);
    assert.equal(manifest.features.app_home.messages_tab_read_only_enabled, false);
    assert.equal(manifest.settings.socket_mode_enabled, true);
  });

  it('subscribes to the events that have a listener, and to no others', () => {
    const heard = [...sources.matchAll(/app\.event\('([a-z_]+)'/g)].map((match) => match[1]);
    const subscribed: string[] = manifest.settings.event_subscriptions.bot_events;
    assert.deepEqual([...new Set(subscribed.map((event) => event.split('.')[0]))].sort(), heard.sort());
  });

  it('has the shortcuts that have a listener, and no others', () => {
    const [, listed = ''] = /for \(const callbackId of \[([^\]]+)\]\)\s*app\.shortcut/.exec(sources) ?? [];
    const heard = [...listed.matchAll(/'(\w+)'/g)].map(([, id]) => id!);
    const named: { readonly callback_id: string }[] = manifest.features.shortcuts;
    assert.deepEqual(named.map(({ callback_id: id }) => id).sort(), heard.sort());
  });

  it('asks for the scopes that the calls and events need, and for no others', () => {
    const flat = sources.replace(/\s*\n\s*\./g, '.');
    const called = [
      ...flat.matchAll(/(?:critical|lookups|cosmetic|client)\.(?:apiCall\('([a-zA-Z.]+)'|([a-zA-Z0-9.]+)\()/g),
    ]
      .map((match) => match[1] ?? match[2]!)
      .filter((method) => method !== 'disconnect');
    assert.deepEqual(
      called.filter((method) => !SCOPES[method]),
      [],
    );
    assert.ok(called.includes('filesUploadV2') && called.includes('assistant.threads.setStatus'), called.join());
    const events: string[] = manifest.settings.event_subscriptions.bot_events;
    const needed = new Set([
      ...called.flatMap((method) => SCOPES[method]!),
      ...events.flatMap((event) => EVENT_SCOPES[event] ?? []),
      ...(manifest.features.slash_commands ? ['commands'] : []),
    ]);
    assert.deepEqual([...manifest.oauth_config.scopes.bot].sort(), [...needed].sort());
  });
});
