import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Demo } from '#src/demo/start-demo.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { startTestDemo } from '#test/support/demo.ts';
import { textOf } from '#test/support/small-bot.ts';
import { eventually } from '#test/support/wait.ts';

/** Runs the demo in a process of its own until it has printed that, then sends it a signal. */
async function demoUntil(text: string, signal: NodeJS.Signals, port = '0') {
  const [home, temporary] = ['home', 'tmp'].map((what) => mkdtempSync(path.join(os.tmpdir(), `querent-${what}-`)));
  assert.ok(home && temporary);
  chmodSync(temporary, 0o755); // PostgreSQL does not run as root, and must get in here as its own user
  const env = { ...process.env, QUERENT_HOME: home, TMPDIR: temporary };
  const child = spawn(process.execPath, ['src/cli/main.ts', 'demo', '--port', port], { env });
  let printed = '';
  let isSent = false;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (more) => {
      printed += more;
      if (isSent || !printed.includes(text)) return;
      isSent = true;
      child.kill(signal);
    });
  const [code] = await once(child, 'close');
  return { code, printed, left: readdirSync(temporary), kept: readdirSync(home) };
}

describe('the demo', () => {
  it('takes a free port where its own is taken, and leaves nothing behind but embeddings', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    const ran = await demoUntil('Ctrl-C stops everything', 'SIGINT', String(port));
    taken.close();
    assert.match(ran.printed, new RegExp(`Port ${port} is taken; a free one is used\\.`));
    assert.match(ran.printed, /Open this page and ask:\n\n {2}http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    assert.deepEqual({ code: ran.code, left: ran.left, kept: ran.kept }, { code: 0, left: [], kept: ['cache'] });
  }, 120_000);

  it('stops its server, too, where the rest fails before that has started', () => {
    const program = `
      const { readConfig } = await import('#src/config/env.ts');
      const { startDemo } = await import('#src/demo/start-demo.ts');
      const config = readConfig({ QUERENT_HOME: process.env.TMPDIR + '/home' });
      const wrong = { ...config, calendar: { ...config.calendar, timeZone: 'Nowhere/Land' } };
      await startDemo(wrong, { port: 0, onProgress: () => undefined, signal: new AbortController().signal }).catch(
        (error) => console.log(error.message),
      );`;
    const temporary = mkdtempSync(path.join(os.tmpdir(), 'querent-tmp-'));
    chmodSync(temporary, 0o755);
    const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, TMPDIR: temporary },
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.match(ran.stdout, /Nowhere\/Land/, ran.stderr);
    assert.deepEqual({ code: ran.status, left: readdirSync(temporary) }, { code: 0, left: [] });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing behind when %s ends it while it starts',
    async (signal) => {
      const { code, left } = await demoUntil('making databases', signal);
      assert.deepEqual({ code, left }, { code: 0, left: [] });
    },
    120_000,
  );
});

describe('what the README tells to ask', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startTestDemo();
  }, 120_000);
  afterAll(() => demo?.stop());

  async function ask(text: string, thread?: SandboxMessage) {
    const { workspace } = demo.sandbox;
    const mine = demo.sandbox.say('U0ADA', 'D0ADA', text, thread?.ts);
    const isAnswer = ({ user, threadTs, ts }: SandboxMessage) =>
      user === 'U0QUERENT' && threadTs === (thread ?? mine).ts && ts > mine.ts;
    const answer = await eventually(`an answer to “${text}”`, () => workspace.messages.find(isAnswer));
    return { mine, answer };
  }

  it('is answered at once, and so are the replies; the page of its trace says how', async () => {
    const { mine, answer } = await ask('how many employees are in each department?');
    assert.equal(answer.text, 'Sales is first with 60 employees, of 11 departments.');
    for (const reply of ['only the top 3', 'and last year?', 'by country instead'])
      assert.match((await ask(reply, mine)).answer.text, / is first with .*, of (?:the )?3 /, reply);

    const { event_payload: payload } = answer.metadata as { event_payload: { run_id: string } };
    const open = (id: string) => {
      const { origin, search } = new URL(demo.url);
      return fetch(`${origin}/trace/${id}${search}`);
    };
    const page = await eventually('the trace', async () => {
      const response = await open(payload.run_id);
      return response.ok && response.text();
    });
    assert.match(page, /how many employees are in each department\?/);
    for (const said of ['GROUP BY', 'not asked']) assert.ok(page.includes(said), said);
    assert.equal((await open(payload.run_id.slice(0, 8))).status, 404);
  });

  it('is asked back where several databases could answer', async () => {
    const { answer } = await ask('how many orders are there by status?');
    assert.match(answer.text, /^Which database should answer this\?/);
    assert.match(textOf(answer), /"sales · orders"/);
  });
});
