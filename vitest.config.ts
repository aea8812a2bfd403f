import { defineConfig } from 'vitest/config';

const UNIT = 'test/**/*.unit.test.ts';

/**
 * Two projects: `unit` starts no server and no process (test/architecture.unit.test.ts holds it to that), `integration` has real ones.
 * One thread pool without isolation: the suites share no state but the servers, and isolation cost ten times the run.
 */
export default defineConfig({
  test: {
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: [UNIT] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [UNIT],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
