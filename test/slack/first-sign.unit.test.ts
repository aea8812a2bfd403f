import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { NewRun } from '#src/domain/run.ts';
import type { SlackClients } from '#src/slack/clients.ts';
import { afterRecorded } from '#src/slack/follow-messages.ts';
import { recordDelivery } from '#src/slack/ingress.ts';
import { openPeople } from '#src/slack/people.ts';
import { openProgress } from '#src/slack/progress/run-progress.ts';
import type { SlackPorts } from '#src/slack/slack-ports.ts';
import { openUnderWay } from '#src/slack/under-way.ts';

const now = () => new Date('2026-01-05T10:00:00Z');

/** What a message is recorded and greeted with; each call that it makes is written down. */
function standIn(user: Readonly<Record<string, unknown>> = {}) {
  const calls: string[] = [];
  const gives =
    <T>(name: string, value: T) =>
    async () => {
      calls.push(name);
      return value;
    };
  const sign = gives('the sign', {});
  const client = {
    users: { info: gives('users.info', { user }) },
    usergroups: { users: { list: gives('usergroups.users.list', { users: [] }) } },
    agents: { sessions: { setStatus: sign } },
    assistant: { threads: { setStatus: sign } },
  };
  const runs = { waiting: gives('waiting', []), record: gives('record', true), run: gives('run', { id: 'r' }) };
  const conversations = { threadMode: gives('threadMode', undefined) };
  const querent = { runs, conversations, runSettings: { perPerson: 2, perTeam: 10 } };
  const patience = { lastsMs: 1_000, signal: new AbortController().signal, onFault: () => undefined };
  const clients = { critical: client, lookups: client, cosmetic: client } as unknown as SlackClients;
  const people = openPeople(clients.lookups, gives('the groups of rules', ['S1', 'S2']), now, () => patience);
  const around = { clients, now, underWay: openUnderWay(), querent } as unknown as SlackPorts;
  const ports = {
    ...around,
    people,
    progress: openProgress(around),
    log: (line: string) => void calls.push(line),
    stopping: patience.signal,
  };
  const ingress = {
    ...{
      runs,
      conversations,
      threadMode: 'asker',
      botUserId: 'UBOT',
      perThread: 3,
      newId: () => crypto.randomUUID(),
      now,
    },
  } as unknown as Parameters<typeof recordDelivery>[1];
  return { calls, ports, ingress };
}

const delivery = (more: Readonly<Record<string, unknown>>) => ({
  type: 'event_callback',
  team_id: 'T1',
  event_id: crypto.randomUUID(),
  event_time: now().getTime() / 1_000,
  event: { type: 'message', channel: 'D1', channel_type: 'im', user: 'U1', text: 'How many?', ts: '1.1', ...more },
});

/** All that is called from a message to its sign of life. */
async function callsFor({ calls, ports, ingress }: ReturnType<typeof standIn>, more = {}): Promise<readonly string[]> {
  const from = calls.length;
  const recorded = await recordDelivery(delivery(more), ingress);
  void afterRecorded({ ...recorded, run: recorded.run as NewRun }, ports);
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  return calls.slice(from);
}

describe('before the first sign of life', () => {
  it('a question is stored and its asker looked up, and nothing else is asked of anybody', async () => {
    const asked = standIn();
    assert.deepEqual(await callsFor(asked), ['waiting', 'record', 'run', 'users.info', 'the sign']);
  });

  it('nobody is looked up who was lately', async () => {
    const asked = standIn();
    await callsFor(asked);
    assert.deepEqual(await callsFor(asked, { ts: '2.2' }), ['waiting', 'record', 'run', 'the sign']);
  });

  it('a mention in a channel takes no more than a direct message', async () => {
    const mention = { type: 'app_mention', channel: 'C1', channel_type: 'channel', text: '<@UBOT> How many?' };
    assert.deepEqual(await callsFor(standIn(), mention), ['waiting', 'record', 'run', 'users.info', 'the sign']);
  });

  it('a guest, or somebody of another company, is shown none', async () => {
    for (const user of [{ is_restricted: true }, { team_id: 'T2' }, { deleted: true }])
      assert.deepEqual(await callsFor(standIn(user)), ['waiting', 'record', 'run', 'users.info']);
  });
});
