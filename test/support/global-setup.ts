import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startScratchMariadb } from '#adapters/database/mysql/scratch.ts';
import { startEmbeddedPostgres } from '#src/demo/embedded-postgres.ts';

/** One real PostgreSQL, and MariaDB where it is installed, for all suites; each makes databases of its own in it. All temporary files lie in one folder. */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-tests-'));
  chmodSync(folder, 0o755); // PostgreSQL does not run as root, and must get in here as its own user
  process.env.TMPDIR = folder;
  const server = await startEmbeddedPostgres();
  project.provide('postgresUrl', server.url('postgres'));
  const given = process.env.QUERENT_MARIADB_URL;
  const mariadb = given ? undefined : await startScratchMariadb();
  project.provide('mariadbUrl', given ?? mariadb?.url('') ?? '');
  return async () => {
    await mariadb?.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    /** Empty where no MariaDB is to be had. */
    mariadbUrl: string;
  }
}
