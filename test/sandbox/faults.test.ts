import assert from 'node:assert/strict';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { BAD_DAY } from '#src/sandbox/fault.ts';
import { eventually } from '#test/support/wait.ts';
import { codeOf, startSmallApp } from './small-app.ts';

let app: Awaited<ReturnType<typeof startSmallApp>>;
let client: WebClient;
let deaf = false;
beforeAll(async () => {
  app = await startSmallApp((bolt) =>
    bolt.action('go', async ({ ack }) => {
      if (!deaf) await ack();
    }),
  );
  client = new WebClient(app.sandbox.botToken, {
    slackApiUrl: app.sandbox.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 500,
    logLevel: LogLevel.ERROR,
  });
});
afterAll(() => app.stop());

const post = (text: string) => client.chat.postMessage({ channel: 'C0GENERAL', text });
const failed = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
const held = (text: string) => app.sandbox.workspace.messages.filter((one) => one.text === text).length;

describe('a fault', () => {
  it('strikes before or after the effect of a call', async () => {
    const { failing } = app.sandbox;
    failing.add({ method: 'chat.postMessage', faults: [{ status: 503 }], times: 1 });
    assert.equal(await failed(post('before')), 'slack_webapi_http_error');
    failing.add({ method: 'chat.*', faults: [{ drop: true, after: true }], times: 1 });
    assert.equal(await failed(post('after')), 'slack_webapi_request_error');
    failing.add({ method: '*', faults: [{ hang: true, after: true }], times: 1 });
    assert.equal(await failed(post('hangs')), 'slack_webapi_request_error');
    failing.add({ method: 'chat.postMessage', faults: [{ status: 429, retryAfterS: 7 }], times: 1 });
    assert.equal(await failed(post('limited')), 'slack_webapi_rate_limited_error');
    failing.add({ method: 'chat.postMessage', faults: ['channel_not_found'], times: 1 });
    assert.equal(await codeOf(post('coded')), 'channel_not_found');
    assert.deepEqual(['before', 'after', 'hangs', 'limited', 'coded'].map(held), [0, 1, 1, 0, 0]);
    assert.equal(await failed(post('well')), undefined);
  });

  it('strikes a share of calls, the same ones for a seed', async () => {
    const strikes = async (seed: number) => {
      app.sandbox.failing.clear();
      app.sandbox.failing.seed(seed);
      app.sandbox.failing.add({ method: 'auth.test', faults: BAD_DAY, share: 0.3 });
      const all: string[] = [];
      for (let at = 0; at < 40; at += 1) all.push((await failed(client.auth.test())) ?? '');
      app.sandbox.failing.clear();
      return all;
    };
    const [first, again, other] = [await strikes(7), await strikes(7), await strikes(8)];
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
    const share = first.filter((code) => code !== '').length / first.length;
    assert.ok(share > 0.1 && share < 0.5, String(share));
  });
});

describe('a workspace that counts calls', () => {
  it('refuses what is above the limit of a method, and says how long to wait; another conversation has its own', async () => {
    const { switches } = app.sandbox;
    const posts = async (channel: string) => {
      const texts = Array.from({ length: 6 }, (_, nth) => `${channel} ${nth}`);
      return Promise.all(texts.map((text) => failed(client.chat.postMessage({ channel, text }))));
    };
    switches.limitsCalls = true;
    const all = await posts('C0GENERAL');
    assert.deepEqual(
      all.filter((code) => code !== undefined),
      ['slack_webapi_rate_limited_error'],
    );
    assert.equal(await failed(client.chat.postMessage({ channel: 'D0ADA', text: 'elsewhere' })), undefined);
    switches.limitsCalls = false;
    assert.ok((await posts('C0GENERAL')).every((code) => code === undefined));
    const refused = app.sandbox.journal.entries.find(({ note }) => note === 'ratelimited');
    assert.equal(refused?.name, 'chat.postMessage');
  });
});

describe('the journal', () => {
  it('has every call with what became of it, and every interaction with its acknowledgement', async () => {
    const { journal, workspace, press } = app.sandbox;
    await post('noted');
    const call = journal.entries.findLast(({ name }) => name === 'chat.postMessage');
    assert.deepEqual([call?.failed, (call?.sent as { text?: string } | undefined)?.text], [false, 'noted']);
    assert.ok(!JSON.stringify(journal.entries).includes(app.sandbox.botToken));
    await codeOf(client.chat.postMessage({ channel: 'C1', text: 'x' }));
    assert.equal(journal.entries.at(-1)?.note, 'channel_not_found');
    const button = {
      type: 'button' as const,
      action_id: 'go',
      text: { type: 'plain_text' as const, text: 'Go' },
      value: '1',
    };
    const { ts } = await client.chat.postMessage({
      channel: 'C0GENERAL',
      text: 'x',
      blocks: [{ type: 'actions', elements: [button] }],
    });
    press('U0ADA', 'C0GENERAL', ts!, 'go', '1');
    const pressed = await eventually('the acknowledgement', () =>
      journal.entries.find(({ name, ms }) => name === 'block_actions go' && ms !== undefined),
    );
    assert.equal(pressed.failed, false);
    deaf = true;
    let told = '';
    const off = workspace.onChange((change) => {
      if (change.kind === 'trouble') told = change.text;
    });
    press('U0ADA', 'C0GENERAL', ts!, 'go', '1');
    await eventually('the person to be told', () => told !== '');
    off();
    assert.equal(journal.entries.findLast(({ name }) => name === 'block_actions go')?.note, 'not acknowledged');
  });
});
