import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startSandbox } from '#src/sandbox/start-sandbox.ts';
import { callAgain } from '#src/slack/calls.ts';
import { openClients, type SlackClients } from '#src/slack/clients.ts';

/** As Slack's, in less time. */
const RATES = { 'chat.postMessage': { everyMs: 150, burst: 2, each: 'channel' } } as const;
const patience = { lastsMs: 10_000, signal: new AbortController().signal, onFault: () => undefined };

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterAll(() => sandbox.stop());

const clients = () => openClients(sandbox.botToken, { slackApiUrl: sandbox.apiUrl }, RATES);
const post = ({ critical }: SlackClients, channel: string, text: string) =>
  callAgain('chat.postMessage', () => critical.chat.postMessage({ channel, text }), patience);
/** The texts that were posted since. */
const postedSince = (from: number) => sandbox.workspace.messages.slice(from).map(({ text }) => text);

describe('messages to one conversation', () => {
  it('are posted no faster than Slack takes them, and none is lost', async () => {
    const [from, own] = [sandbox.workspace.messages.length, clients()];
    const started = performance.now();
    const texts = ['1', '2', '3', '4', '5', '6'];
    await Promise.all(texts.map((text) => post(own, 'C0GENERAL', text)));
    assert.ok(performance.now() - started >= 4 * RATES['chat.postMessage'].everyMs);
    assert.deepEqual(postedSince(from).sort(), texts);
  });

  it('wait as long as Slack says, all of them, and none is lost', async () => {
    const [from, own] = [sandbox.workspace.messages.length, clients()];
    sandbox.faults.set('chat.postMessage', [{ status: 429, retryAfterS: 1 }]);
    const started = performance.now();
    const refused = post(own, 'C0GENERAL', 'refused');
    while (sandbox.faults.get('chat.postMessage')?.length) await new Promise((next) => setTimeout(next, 5));
    await new Promise((next) => setTimeout(next, 100)); // Slack's word is there
    await post(own, 'C0GENERAL', 'after');
    assert.ok(performance.now() - started >= 1_000, 'no call was made meanwhile');
    await refused;
    assert.deepEqual(postedSince(from).sort(), ['after', 'refused']);
  });
});
