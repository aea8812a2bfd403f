import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'vitest';

it.each([
  ['by its exit code', 'process.exitCode = 7;'],
  ['outright', 'process.exit(7);'],
])('an embedded PostgreSQL leaves the end of its process alone, which ends %s', (_, end) => {
  const program = `
    const { startEmbeddedPostgres } = await import('#adapters/database/postgres/embedded.ts');
    const server = await startEmbeddedPostgres();
    await server.stop();
    ${end}`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  assert.deepEqual({ code: ended.status, says: ended.stderr }, { code: 7, says: '' });
});
