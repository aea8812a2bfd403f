import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '#adapters/database/postgres/embedded.ts';

/** One real PostgreSQL for all suites; each makes databases of its own in it. All temporary files lie in one folder. */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-tests-'));
  chmodSync(folder, 0o755); // PostgreSQL does not run as root, and must get in here as its own user
  process.env.TMPDIR = folder;
  const server = await startEmbeddedPostgres();
  project.provide('postgresUrl', server.url('postgres'));
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}
