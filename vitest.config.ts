import { defineConfig } from 'vitest/config';

// One thread pool without isolation: the suites share no state but real servers, and isolation cost ten times the run.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
