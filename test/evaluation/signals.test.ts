import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';

/** What a program had left when it was ended: entries of its temporary folder, processes that run on one of them. */
interface Ended {
  readonly code: number | null;
  readonly left: readonly string[];
  readonly running: string;
}

/** A bench that starts a server, ended at some time by signals that follow one another at once. */
async function endedBench(
  when: (child: ChildProcess, temporary: string) => unknown,
  signals: readonly NodeJS.Signals[],
) {
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'querent-signals-'));
  chmodSync(temporary, 0o755); // PostgreSQL does not run as root, and must get in here as its own user
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, ['src/evaluation/cli/bench-cancel.ts', '--rounds', '4'], { env });
  child.stdout.resume();
  const closed = once(child, 'close');
  await when(child, temporary);
  for (const signal of signals) {
    child.kill(signal);
    await sleep(50);
  }
  const [code] = await closed;
  const running = spawnSync('pgrep', ['-f', temporary], { encoding: 'utf8' }).stdout;
  return { code, left: readdirSync(temporary), running } satisfies Ended;
}

/** Once its server is being started. */
async function starting({ stderr }: ChildProcess, temporary: string): Promise<void> {
  stderr?.resume();
  while (!readdirSync(temporary).length) await sleep(5);
}

/** Once it has measured something. */
const measuring = ({ stderr }: ChildProcess) => once(stderr?.resume() ?? process.stderr, 'data');

describe('a program that measures puts away its server', () => {
  it.each([
    ['while it measures', 'Ctrl-C, however many pass it on', measuring, ['SIGINT', 'SIGINT'], 130],
    ['while it measures', 'SIGTERM', measuring, ['SIGTERM'], 143],
    ['while the server starts', 'SIGTERM', starting, ['SIGTERM'], 143],
  ] as const)('%s: %s', async (_, __, when, signals, code) => {
    assert.deepEqual(await endedBench(when, signals), { code, left: [], running: '' });
  });
});
