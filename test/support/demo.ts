import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startDemo } from '#src/cli/demo.ts';
import { readConfig } from '#src/config/env.ts';

/** The whole demo on a free port, as `npm run demo` starts it. */
export function startTestDemo() {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-home-'));
  return startDemo(readConfig({ QUERENT_HOME: home }), 0, () => undefined);
}
