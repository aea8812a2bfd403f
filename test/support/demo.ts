import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readConfig } from '#src/config/env.ts';
import { type Demo, startDemo } from '#src/demo/start-demo.ts';

/** The whole demo on a free port, as `npm run demo` starts it. */
export async function startTestDemo(): Promise<Demo> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-home-'));
  const signal = new AbortController().signal;
  const demo = await startDemo(readConfig({ QUERENT_HOME: home }), { port: 0, onProgress: () => undefined, signal });
  assert.ok(demo);
  return demo;
}
