import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Sandbox, startSandbox } from '#src/sandbox/start-sandbox.ts';
import { eventually } from '#test/support/wait.ts';
import { querentIn } from './run-querent.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterAll(() => sandbox.stop());

const freshHome = () => mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
const tokens = () => ({
  SLACK_BOT_TOKEN: sandbox.botToken,
  SLACK_APP_TOKEN: sandbox.appToken,
  SLACK_API_URL: sandbox.apiUrl,
});

/** A state whose audit is not as it was written. */
async function brokenHome(): Promise<string> {
  const home = freshHome();
  const querent = querentIn(home);
  await querent(['forget', 'team:T1']);
  await querent(['forget', 'team:T2']);
  const audit = new DatabaseSync(path.join(home, 'audit.sqlite'));
  audit.exec('UPDATE entries SET at = at || 1 WHERE seq = 1');
  audit.close();
  return home;
}

/** Starts the bot as a container does. */
const main = (home: string, environment: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, ['src/main.ts'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, QUERENT_HOME: home, ...environment },
  });

describe('querent serve', () => {
  it('answers until it is stopped, and lets go of the state then', async () => {
    const home = freshHome();
    const stopping = new AbortController();
    const serving = querentIn(home)(['serve'], { environment: tokens(), stopped: stopping.signal });
    const question = await eventually(
      'the bot to connect',
      () => sandbox.sockets.connected && sandbox.say('U0ADA', 'D0ADA', 'hello there, how many?'),
    );
    await eventually('an answer', () => sandbox.workspace.messages.some(({ threadTs }) => threadTs === question.ts));
    const second = await querentIn(home)(['serve'], { environment: tokens() });
    assert.equal(second.code, 1);
    assert.match(second.err, /Another bot answers from this state already/);
    stopping.abort();
    const { code, out, err } = await serving;
    assert.deepEqual([code, out], [0, 'Querent is listening. Ctrl-C stops it.\n']);
    assert.match(err, /No database is registered yet: I will say so to whoever asks/);
  });

  it('does not start over a broken audit, and neither does the container', async () => {
    const home = await brokenHome();
    const says = /^The audit is broken at entry 1 \(.*\), so the bot does not start\./m;
    const ran = await querentIn(home)(['serve'], { environment: tokens() });
    assert.equal(ran.code, 1);
    assert.match(ran.err, says);
    const started = main(home, tokens());
    assert.equal(started.status, 2);
    assert.match(started.stderr, says);
  });

  it('asks for tokens where there are none', async () => {
    const ran = await querentIn(freshHome())(['serve']);
    assert.equal(ran.code, 2);
    assert.match(ran.err, /^Set SLACK_BOT_TOKEN .* or try `npm run demo`/);
    const started = main(freshHome(), {});
    assert.deepEqual(
      [started.status, started.stderr],
      [2, 'Set SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…).\n'],
    );
  });
});
