import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { type Sandbox, startSandbox } from '#src/sandbox/start-sandbox.ts';
import { eventually } from '#test/support/wait.ts';
import { healthPageAt } from './health-page.ts';

/** Runs in the bot's process: a signal makes a rejection that nobody handles. */
const STRAY =
  'data:text/javascript,process.on("SIGUSR2",()=>void Promise.reject(new TypeError(["of","Lovelace"].join(" "))))';

let sandbox: Sandbox;
let child: ChildProcessWithoutNullStreams;
let said = '';
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterEach(() => void child.kill('SIGKILL'));
afterAll(() => sandbox.stop());

async function freePort(): Promise<number> {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The program that a container runs, connected. */
async function startMain(port: number): Promise<void> {
  said = '';
  child = spawn(process.execPath, ['--import', STRAY, 'src/main.ts'], {
    env: {
      PATH: process.env.PATH,
      QUERENT_HOME: mkdtempSync(path.join(os.tmpdir(), 'querent-test-')),
      SLACK_BOT_TOKEN: sandbox.botToken,
      SLACK_APP_TOKEN: sandbox.appToken,
      SLACK_API_URL: sandbox.apiUrl,
      QUERENT_HEALTH_PORT: String(port),
    },
  });
  child.stderr.on('data', (data) => {
    said += String(data);
  });
  const { get } = healthPageAt(port);
  const isReady = async () => (await get('/readyz').catch(() => undefined))?.status === 200;
  await eventually('the bot to be ready', isReady, 40_000);
}

describe('a rejection that nobody handles', { timeout: 100_000 }, () => {
  it('of the connection makes the client anew: a Slack that refused the app for a moment is answered again', async () => {
    const port = await freePort();
    await startMain(port);
    sandbox.faults.set('apps.connections.open', ['invalid_auth']);
    sandbox.sockets.drop();
    const { counted, get } = healthPageAt(port);
    await counted('querent_clients_recreated_total{why="rejection"} 1');
    await counted('querent_reconnects_total 1');
    assert.equal((await get('/readyz')).status, 200);
    const question = sandbox.say('U0ADA', 'D0ADA', 'how many?');
    const isAnswered = () => sandbox.workspace.messages.some(({ threadTs }) => threadTs === question.ts);
    await eventually('an answer', isAnswered, 20_000);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await exit, [0, null]);
  });

  it('of anything else ends the program with 1, and its log names no more than its kind and place', async () => {
    await startMain(await freePort());
    const exit = once(child, 'exit');
    child.kill('SIGUSR2');
    assert.deepEqual(await exit, [1, null]);
    assert.match(said, /an error that nothing expected: TypeError\n {4}at /);
    assert.match(said, /An error that nothing expected ended the bot; its log says where\./);
    assert.doesNotMatch(said, /of Lovelace/);
    assert.equal(sandbox.sockets.connected, false);
  });
});
