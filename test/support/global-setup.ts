import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '#adapters/database/postgres/embedded.ts';

/** One real PostgreSQL for all suites; each makes databases of its own in it. */
export default async function setup(project: TestProject) {
  const server = await startEmbeddedPostgres();
  project.provide('postgresUrl', server.url('postgres'));
  return () => server.stop();
}

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}
