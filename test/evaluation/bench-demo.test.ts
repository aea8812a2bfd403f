import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'vitest';
import { z } from 'zod';
import { scriptedModel } from '#test/support/scripted-model.ts';

const Summary = z.object({ questions: z.number(), leftOut: z.number().exactOptional(), secondsP50: z.number() });

/** Runs bench:demo over the same folders; Ctrl-C comes, if it is to, with the line of the first question. */
async function bench(home: string, args: readonly string[], interrupted: boolean) {
  const env = { ...process.env, QUERENT_HOME: home, TMPDIR: home };
  const child = spawn(process.execPath, ['src/evaluation/cli/bench-demo.ts', ...args, '--each', '--json'], { env });
  child.stderr.resume();
  let out = '';
  child.stdout.on('data', (more) => {
    if (interrupted && !out) child.kill('SIGINT');
    out += more;
  });
  const [code] = await once(child, 'close');
  const lines = out.trimEnd().split('\n');
  return { code, each: lines.slice(0, -1), summary: Summary.parse(JSON.parse(lines.at(-1) ?? '')) };
}

it('bench:demo ends on Ctrl-C with the figures of what was asked by then, and goes on from there', async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-bench-demo-'));
  chmodSync(home, 0o755); // PostgreSQL does not run as root, and must get in here as its own user
  const model = await scriptedModel(() => '```sql\nSELECT 1\n```');
  const args = ['--model-url', model.baseUrl, '--limit', '3', '--out', path.join(home, 'asked.jsonl')];
  const first = await bench(home, args, true);
  assert.equal(first.code, 130);
  const asked = first.summary.questions;
  assert.ok(asked >= 1 && asked === first.each.length, `${asked} asked`);
  assert.equal(first.summary.leftOut ?? 0, 3 - asked);
  const second = await bench(home, [...args, '--resume'], false);
  assert.equal(second.code, 0);
  assert.deepEqual([second.each.length, second.summary.questions], [3 - asked, 3]);
  assert.equal(second.summary.leftOut, undefined);
  await model.stop();
}, 240_000);
