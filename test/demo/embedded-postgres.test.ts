import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'vitest';

const LINES = {
  start: "const { startEmbeddedPostgres } = await import('#src/demo/embedded-postgres.ts');",
  server: 'const server = await startEmbeddedPostgres();',
  stop: 'await server.stop();',
};

function run(...lines: readonly string[]) {
  const program = lines.join('\n');
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { code: status, signal, printed: stdout, says: stderr };
}

it.each([
  ['by its exit code', 'process.exitCode = 7;'],
  ['outright', 'process.exit(7);'],
])('an embedded PostgreSQL leaves the end of its process alone, which ends %s', (_, end) => {
  const ended = run(LINES.start, LINES.server, LINES.stop, end);
  assert.deepEqual(ended, { code: 7, signal: null, printed: '', says: '' });
});

it('leaves signals to whoever started it, who can put things back', () => {
  const ended = run(
    LINES.start,
    LINES.server,
    `process.once('SIGINT', async () => { ${LINES.stop} console.log('put back'); process.exit(7); });`,
    "process.kill(process.pid, 'SIGINT');",
    'setInterval(() => undefined, 1_000);',
  );
  assert.deepEqual(ended, { code: 7, signal: null, printed: 'put back\n', says: '' });
});

const PID = [
  "const { execFileSync } = await import('node:child_process');",
  "const [pid] = execFileSync('pgrep', ['-P', String(process.pid), 'postgres'], { encoding: 'utf8' }).split('\\n');",
];

it('stops though its server has ended already, as by a Ctrl-C that reached both', () => {
  const ended = run(
    LINES.start,
    LINES.server,
    ...PID,
    "process.kill(Number(pid), 'SIGINT');",
    'await new Promise((resolve) => setTimeout(resolve, 700));',
    LINES.stop,
    "console.log('stopped');",
  );
  assert.deepEqual(ended, { code: 0, signal: null, printed: 'stopped\n', says: '' });
}, 20_000);

it('stops a server that does not heed it, after a while', () => {
  const ended = run(
    LINES.start,
    LINES.server,
    ...PID,
    "process.kill(Number(pid), 'SIGSTOP');",
    LINES.stop,
    "console.log('stopped');",
    'try { process.kill(Number(pid), 0); } catch { process.exit(); }',
    "console.log('and still runs');",
  );
  assert.deepEqual(ended, { code: 0, signal: null, printed: 'stopped\n', says: '' });
}, 40_000);

it('leaves no server and no folder where nobody stops it', () => {
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'querent-unstopped-'));
  chmodSync(temporary, 0o755); // PostgreSQL does not run as root, and must get in here as its own user
  const ended = run(`process.env.TMPDIR = '${temporary}';`, LINES.start, LINES.server, 'process.exit(7);');
  assert.deepEqual(ended, { code: 7, signal: null, printed: '', says: '' });
  assert.deepEqual(readdirSync(temporary), []);
});
