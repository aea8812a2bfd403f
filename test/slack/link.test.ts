import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, it } from 'vitest';
import { startBot } from '#src/slack/start-bot.ts';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';
import type { Bot } from './fault-runs.ts';

const QUESTION = 'How many refunds are there?';
/** Longer than the client waits before it connects again. */
const RECONNECT_MS = 20_000;

describe('a Slack that says why it disconnects', { timeout: 90_000 }, () => {
  const databases = slowDatabases();
  let bot: Bot;
  beforeAll(async () => {
    bot = await startSmallBot(undefined, {}, undefined, databases.change);
    return () => bot.stop();
  });

  /** The panel of the page, by its route. */
  async function inPanel(fields: object) {
    const response = await fetch(new URL(`/lab${new URL(bot.sandbox.url).search}`, bot.sandbox.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
    assert.equal(response.status, 200);
    return (await response.json()) as { linkDisabled: boolean };
  }
  const entries = (name: string) => bot.sandbox.journal.entries.filter((one) => one.name === name);
  const tickets = () => entries('apps.connections.open').length;
  const ask = () => bot.sandbox.say('U0ADA', 'D0ADA', QUESTION);
  const answers = (message: ReturnType<typeof ask>) => bot.answersTo(message, 'answer').length;
  const logged = (what: RegExp) => bot.log.filter((line) => what.test(line)).length;

  it('warning: work under way goes on, and the bot is back by itself, on a new ticket', async () => {
    databases.slow(60_000);
    const underWay = ask();
    await eventually('the statement', () => databases.begun.length);
    const before = tickets();
    await inPanel({ kind: 'disconnect', reason: 'warning' });
    databases.letGo();
    await eventually('the answer', () => answers(underWay));
    const meanwhile = ask();
    await eventually('the next answer', () => answers(meanwhile), RECONNECT_MS);
    await bot.quiet();
    assert.deepEqual([answers(underWay), answers(meanwhile)], [1, 1]);
    assert.equal(tickets(), before + 1);
    assert.equal(entries('disconnect/warning').length, 1);
    assert.equal(entries('disconnect/warning')[0]?.failed, false, 'it had to be closed from our side');
  });

  it('refresh_requested: nothing of what is asked at that moment is lost or answered twice', async () => {
    const before = tickets();
    const asked = [ask()];
    await inPanel({ kind: 'disconnect', reason: 'refresh_requested' });
    asked.push(ask());
    await eventually('nobody to be connected', () => !bot.sandbox.sockets.connected);
    asked.push(ask());
    await eventually('all answers', () => asked.every(answers), RECONNECT_MS);
    await bot.quiet();
    assert.deepEqual(asked.map(answers), [1, 1, 1]);
    assert.equal(tickets(), before + 1);
  });

  it('link_disabled: the log says once what an admin has to do, and the bot goes on by itself when it is done', async () => {
    assert.equal((await inPanel({ kind: 'link', value: true })).linkDisabled, true);
    const meanwhile = ask();
    await eventually('two tries', () => entries('disconnect/link_disabled').length > 2, RECONNECT_MS);
    assert.equal(logged(/admin of the app can switch it on under “Socket Mode” at https:\/\/api\.slack\.com\/apps/), 1);
    assert.equal(answers(meanwhile), 0);
    await inPanel({ kind: 'link', value: false });
    await eventually('the answer', () => answers(meanwhile), RECONNECT_MS);
    await bot.quiet();
    assert.equal(answers(meanwhile), 1);
    assert.equal(logged(/Socket Mode is on again/), 1);
  });

  it('link_disabled: a bot that waits for it is stopped without an error, and one that starts then connects later', async () => {
    const { sockets } = bot.sandbox;
    const before = entries('disconnect/link_disabled').length;
    sockets.linkDisabled = true;
    await eventually('a try', () => entries('disconnect/link_disabled').length > before + 1, RECONNECT_MS);
    await bot.stopBot();
    const told = logged(/link_disabled/);
    const started = bot.restartBot();
    await eventually('the log', () => logged(/link_disabled/) > told);
    sockets.linkDisabled = false;
    await started;
    const message = ask();
    await eventually('the answer', () => answers(message));
  });

  it('link_disabled: a start that is ended tries no more', async () => {
    await bot.stopBot();
    const { sandbox, querent } = bot;
    sandbox.sockets.linkDisabled = true;
    const ending = new AbortController();
    const before = entries('disconnect/link_disabled').length;
    const starting = startBot(querent, sandbox, { print: () => undefined, signal: ending.signal });
    await eventually('a try', () => entries('disconnect/link_disabled').length > before);
    ending.abort();
    const started = await starting;
    assert.equal(started.ok ? undefined : started.failure.kind, 'cancelled');
    const tried = tickets();
    sandbox.sockets.linkDisabled = false;
    await sleep(6_000); // it would have tried again by now
    assert.equal(tickets(), tried);
    assert.equal(sandbox.sockets.connected, false);
  });
});
