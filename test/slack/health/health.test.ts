import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { readConfig } from '#src/config/env.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { Fault } from '#src/sandbox/fault.ts';
import { openMetrics } from '#src/slack/health/metrics.ts';
import { serveHealth } from '#src/slack/health/serve-health.ts';
import { slowDatabases } from '#test/support/slow-databases.ts';
import { startSmallBot, textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';
import { type HealthPage, healthPageAt } from './health-page.ts';

const ANY_PORT = { host: '127.0.0.1', port: 0 };
const TOKENS = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };

describe('the setting of the health page', () => {
  it('is off unless a port is named, and of this machine alone unless a host is', () => {
    assert.equal(readConfig(TOKENS).slack?.health, undefined);
    const on = { ...TOKENS, QUERENT_HEALTH_PORT: '4983' };
    assert.deepEqual(readConfig(on).slack?.health, { host: '127.0.0.1', port: 4983 });
    assert.equal(readConfig({ ...on, QUERENT_HEALTH_HOST: '0.0.0.0' }).slack?.health?.host, '0.0.0.0');
    assert.throws(() => readConfig({ ...on, QUERENT_HEALTH_PORT: '70000' }), /QUERENT_HEALTH_PORT must be a port/);
  });

  it('names the address that is taken, and what to set', async () => {
    const other = http.createServer().listen(0, '127.0.0.1');
    await eventually('a server', () => other.listening);
    const { port } = other.address() as AddressInfo;
    const served = await serveHealth({ ...ANY_PORT, port }, { isReady: () => true, metrics: openMetrics() });
    other.close();
    assert.ok(!served.ok);
    assert.match(sayFailure(served.failure), new RegExp(`cannot listen on 127.0.0.1:${port}. Set QUERENT_HEALTH_PORT`));
  });
});

describe('the health page of a bot', () => {
  let bot: Awaited<ReturnType<typeof startSmallBot>>;
  let page: HealthPage;
  beforeAll(async () => {
    bot = await startSmallBot(undefined, {}, undefined, undefined, { health: ANY_PORT });
    page = healthPageAt(bot.healthPort() ?? 0);
  });
  afterAll(() => bot.stop());

  it('says that it lives and is ready, and knows nothing else', async () => {
    assert.deepEqual(await page.get('/healthz'), { status: 200, body: 'ok\n' });
    assert.deepEqual(await page.get('/readyz'), { status: 200, body: 'ready\n' });
    assert.equal((await page.get('/')).status, 404);
    assert.equal((await page.get('/metrics', 'POST')).status, 405);
  });

  it('counts an answer, its first sign, acknowledgements, what came twice and a thumb', async () => {
    bot.sandbox.sockets.duplicateEvents = true;
    const { answer } = await bot.ask('<@U0QUERENT> How many refunds are there?', { channel: 'C0GENERAL' });
    await bot.quiet();
    bot.sandbox.sockets.duplicateEvents = false;
    await page.counted('querent_runs_begun_total 1');
    await page.counted('querent_runs_ended_total{state="done"} 1');
    await page.counted('querent_first_sign_seconds_count 1');
    // The mention and its message, each twice; what the bot posts itself is delivered as well.
    await page.countedTo('querent_ack_seconds_count', 4);
    await page.countedTo('querent_duplicates_dropped_total{kind="delivery"}', 2);
    await page.counted('querent_duplicates_dropped_total{kind="twin"} 1');
    const [, up = ''] = /"value":"([^"]+:up)"/.exec(textOf(answer)) ?? [];
    bot.sandbox.press('U0ADA', answer.channel, answer.ts, 'querent_feedback', up);
    await page.counted('querent_feedback_total{verdict="up"} 1');
  });

  it('counts a question back, a refusal, a call too many and a block that Slack does not take', async () => {
    await bot.ask('How many customers are there?');
    await page.counted('querent_clarifications_total{about="database"} 1');
    await page.counted('querent_runs_ended_total{state="asked"} 1');
    await bot.ask('How many purple elephants danced yesterday?');
    await eventually('a refusal', async () =>
      /querent_refusals_total\{reason="[a-z-]+"\} 1/.test((await page.get('/metrics')).body),
    );
    bot.sandbox.faults.set('chat.postMessage', [{ status: 429, retryAfterS: 1 }]);
    bot.sandbox.switches.refusedBlocks.add('container');
    await bot.ask('How many refunds are there?');
    await page.counted('querent_rate_limited_total{method="chat.postMessage"} 1');
    await eventually('a block in its place', async () =>
      /querent_blocks_downgraded_total\{type="container",became="\w+"\} \d/.test((await page.get('/metrics')).body),
    );
  });

  it('names no person, channel, workspace, database, question or value', async () => {
    const { body } = await page.get('/metrics');
    assert.match(body, /querent_runs_ended_total/);
    assert.doesNotMatch(body, /[UCDT]0[A-Z]|refund|customers|elephant|shop|desk|Norway|\d{10}\.\d/);
  });
});

describe('a workspace without streams', () => {
  const databases = slowDatabases();
  const progressTimes = { streamAfterMs: 100, messageAfterMs: 100, withoutStatusAfterMs: 100 };

  it('counts that a message is edited in the place of one', async () => {
    const more = { health: ANY_PORT, progressTimes };
    const bot = await startSmallBot(undefined, {}, undefined, databases.change, more);
    try {
      bot.sandbox.faults.set('chat.startStream', ['feature_disabled']);
      databases.slow(60_000);
      bot.sandbox.say('U0ADA', 'D0ADA', 'How many refunds are there?');
      await healthPageAt(bot.healthPort() ?? 0).counted('querent_stream_fallbacks_total 1');
      databases.letGo();
      await bot.quiet();
    } finally {
      await bot.stop();
    }
  });
});

describe('a connection that does not come back', () => {
  it('is made anew where it opens and is never greeted', { timeout: 60_000 }, async () => {
    let nowMs = 0;
    const watchTimes = { nowMs: () => nowMs, lookEveryMs: 20 };
    const bot = await startSmallBot(undefined, {}, undefined, undefined, { health: ANY_PORT, watchTimes });
    try {
      const { sockets } = bot.sandbox;
      sockets.greets = false;
      sockets.drop();
      await eventually('nobody to be connected', () => !sockets.connected);
      await eventually('the client to connect again', () => sockets.connected, 20_000);
      sockets.greets = true;
      nowMs += 60_000;
      const { counted } = healthPageAt(bot.healthPort() ?? 0);
      await counted('querent_clients_recreated_total{why="away"} 1');
      await counted('querent_reconnects_total 1');
      await eventually('one connection alone', () => sockets.connections === 1);
      const { answer } = await bot.ask('How many refunds are there?');
      assert.match(answer.text, /^3 refunds/);
      // It can be stopped in that state as well: nothing rejects that nobody handles, which fails a test run.
      sockets.greets = false;
      sockets.drop();
      await eventually('nobody to be connected', () => !sockets.connected);
      await eventually('the client to connect again', () => sockets.connected, 20_000);
    } finally {
      await bot.stop();
    }
  });

  it('is made anew after a minute, once, and the bot is not ready after five', { timeout: 90_000 }, async () => {
    let nowMs = 0;
    const watchTimes = { nowMs: () => nowMs, lookEveryMs: 20 };
    const bot = await startSmallBot(undefined, {}, undefined, undefined, { health: ANY_PORT, watchTimes });
    try {
      const page = healthPageAt(bot.healthPort() ?? 0);
      const { sockets, faults } = bot.sandbox;
      faults.set('apps.connections.open', Array<Fault>(100).fill({ status: 503 }));
      sockets.drop();
      await eventually('nobody to be connected', () => !sockets.connected);
      await eventually('the client to try', () => (faults.get('apps.connections.open') ?? []).length < 100, 20_000);
      nowMs += 60_000;
      await page.counted('querent_clients_recreated_total{why="away"} 1');
      assert.equal((await page.get('/readyz')).status, 200, 'a minute is no reason to take it out of service');
      nowMs += 4 * 60_000;
      await page.counted('querent_clients_recreated_total{why="away"} 2');
      assert.deepEqual(await page.get('/readyz'), { status: 503, body: 'not connected to Slack\n' });
      assert.equal((await page.get('/healthz')).status, 200);
      faults.set('apps.connections.open', []);
      await page.counted('querent_reconnects_total 1');
      assert.equal((await page.get('/readyz')).status, 200);
      const { answer } = await bot.ask('How many refunds are there?');
      assert.match(answer.text, /^3 refunds/);
      await bot.quiet();
      assert.equal(sockets.connections, 1, 'those that were disposed of stay away');
    } finally {
      await bot.stop();
    }
  });
});
