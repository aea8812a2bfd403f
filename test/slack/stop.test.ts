import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { NewRun } from '#src/domain/run.ts';
import type { Fault } from '#src/sandbox/sandbox-context.ts';
import type { Querent } from '#src/service/querent.ts';
import { runBot } from '#src/service/run-bot.ts';
import { answerRun } from '#src/slack/answer-run.ts';
import { openClients } from '#src/slack/clients.ts';
import { openMetrics } from '#src/slack/health/metrics.ts';
import { openPeople } from '#src/slack/people.ts';
import { openProgress } from '#src/slack/progress/run-progress.ts';
import { openRefusedBlocks } from '#src/slack/refused-blocks.ts';
import type { SlackPorts } from '#src/slack/slack-ports.ts';
import { startBot } from '#src/slack/start-bot.ts';
import { openUnderWay } from '#src/slack/under-way.ts';
import { startSmallBot } from '#test/support/small-bot.ts';

let bot: Awaited<ReturnType<typeof startSmallBot>>;
beforeAll(async () => {
  bot = await startSmallBot();
  await bot.stopBot();
});
afterAll(() => bot.stop());
afterEach(() => bot.sandbox.faults.clear());

const AWAY = Array<Fault>(100).fill({ status: 503 });

describe('a stop while the bot starts', () => {
  it.each(['auth.test', 'apps.connections.open'])('ends the start at once while Slack fails on %s', async (method) => {
    bot.sandbox.faults.set(method, [...AWAY]);
    const stop = new AbortController();
    const { botToken, appToken, apiUrl } = bot.sandbox;
    const options = { print: () => undefined };
    const running = runBot(
      bot.querent,
      (signal) => startBot(bot.querent, { botToken, appToken, apiUrl }, { ...options, signal }),
      { until: stop.signal, log: () => undefined },
    );
    await sleep(1_000);
    stop.abort();
    assert.equal(await Promise.race([running, sleep(3_000, 'still starting')]), undefined);
    const held = bot.querent.holdState();
    assert.ok(held.ok, 'the state is let go of');
    held.value();
  });

  it('ends a container that SIGTERM is sent to', async () => {
    bot.sandbox.faults.set('auth.test', [...AWAY]);
    const { botToken, appToken, apiUrl } = bot.sandbox;
    const child = spawn(process.execPath, ['src/main.ts'], {
      env: {
        PATH: process.env.PATH,
        QUERENT_HOME: mkdtempSync(path.join(os.tmpdir(), 'querent-test-')),
        SLACK_BOT_TOKEN: botToken,
        SLACK_APP_TOKEN: appToken,
        SLACK_API_URL: apiUrl,
      },
    });
    const exit = once(child, 'exit');
    await once(child.stderr, 'data'); // it has tried and failed
    child.kill('SIGTERM');
    const ended = await Promise.race([exit, sleep(8_000, 'still starting')]);
    child.kill('SIGKILL');
    assert.deepEqual(ended, [0, null]);
  });
});

describe('a stop while a question is answered', () => {
  const asked: NewRun = {
    id: 'stopped-run',
    team: 'T0FERNHILL',
    channel: 'D0ADA',
    thread: '1.1',
    message: '1.1',
    cause: { kind: 'message' },
    user: 'U0ADA',
    text: 'How many refunds are there?',
    intent: { kind: 'any' },
    turnedDown: [],
    direct: true,
    external: false,
  };

  /** What answering a run takes, over a service that is so. */
  function portsOver(change: Partial<Querent>): SlackPorts {
    const clients = openClients(bot.sandbox.botToken, { slackApiUrl: bot.sandbox.apiUrl });
    const patience = { lastsMs: 1_000, signal: new AbortController().signal, onFault: () => undefined };
    const querent = { ...bot.querent, ...change };
    const underWay = openUnderWay();
    const now = () => new Date();
    const metrics = openMetrics();
    return {
      querent,
      underWay,
      refusedBlocks: openRefusedBlocks(now),
      metrics,
      progress: openProgress({ clients, now, underWay, querent, metrics }),
      clients,
      people: openPeople(
        clients.lookups,
        async () => [],
        () => new Date(),
        () => patience,
      ),
      tellAdmins: async () => undefined,
      newId: crypto.randomUUID.bind(crypto),
      now,
      log: () => undefined,
    };
  }

  async function leased(id: string) {
    await bot.querent.runs.record(id, { ...asked, id, message: id, thread: id }, new Date());
    const run = await bot.querent.runs.lease();
    assert.equal(run?.id, id);
    return run;
  }

  const goesOn = async (id: string) => {
    assert.equal((await bot.querent.runs.run(id))?.state, 'running', 'it is taken up at the next start');
    const said = bot.sandbox.workspace.messages.filter(({ user }) => user === 'U0QUERENT');
    assert.deepEqual(said, []);
  };

  it('leaves the run for the next start, though what was stopped throws, and says nothing of it', async () => {
    const run = await leased('1.1');
    const stopping = new AbortController();
    const ports = portsOver({
      ask: async (_, __, signal) => {
        stopping.abort();
        throw signal.reason;
      },
    });
    await answerRun(run, ports, stopping.signal);
    await goesOn(run.id);
  });

  it('leaves the run for the next start, though Slack could no longer be asked who and where it is', async () => {
    const run = await leased('1.2');
    bot.sandbox.faults.set('conversations.info', [...AWAY]);
    const stopping = new AbortController();
    const answering = answerRun(run, portsOver({}), stopping.signal);
    await sleep(300);
    stopping.abort();
    await answering;
    await goesOn(run.id);
  });
});
