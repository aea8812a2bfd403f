import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { ageMs, readMessage, readPress } from '#src/slack/deliveries.ts';

const event = { type: 'message', channel: 'D0ADA', user: 'U0ADA', text: 'How many?', ts: '1.1' };
const envelope = { type: 'event_callback', team_id: 'T0FERNHILL', event_id: 'E1' };

describe('a message that Slack delivers', () => {
  it('may have null in the place of what it may leave out', () => {
    const nothing = { subtype: null, channel_type: null, bot_id: null, thread_ts: null };
    const read = readMessage({ ...envelope, is_ext_shared_channel: null, event: { ...event, ...nothing } });
    assert.deepEqual({ ...read?.event }, { ...event, ...allUndefined(nothing) });
    assert.equal(read?.is_ext_shared_channel, undefined);
  });

  it('is none without what it must have', () => {
    assert.equal(readMessage({ ...envelope, event: { ...event, text: null } }), undefined);
    assert.equal(readMessage({ ...envelope, event: { ...event, type: 'reaction_added' } }), undefined);
  });
});

describe('the age of what Slack delivers', () => {
  const ageOf = (more: object, nowMs: number) => {
    const read = readMessage({ ...envelope, event: { ...event, ts: '1000.5' }, ...more });
    return ageMs(read ?? assert.fail('no message'), new Date(nowMs));
  };

  it('is of the time when it happened, else of its message', () => {
    assert.equal(ageOf({ event_time: 1_100 }, 1_160_000), 60_000);
    assert.equal(ageOf({ event_time: null }, 1_160_000), 159_500);
    assert.equal(ageOf({ event_time: 1_100 }, 1_000_000), -100_000);
  });
});

describe('a press that Slack delivers', () => {
  it('may have null in the place of what it may leave out', () => {
    const action = { action_id: 'querent_sql', action_ts: '2.2', value: 'run', selected_option: null };
    const body = { user: { id: 'U0ADA' }, channel: null, message: null, trigger_id: 'T1', actions: [action] };
    assert.deepEqual(readPress(body), {
      user: 'U0ADA',
      channel: undefined,
      messageTs: undefined,
      actionTs: '2.2',
      value: 'run',
    });
  });
});

const allUndefined = (fields: object) => Object.fromEntries(Object.keys(fields).map((name) => [name, undefined]));
