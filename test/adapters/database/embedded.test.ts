import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'vitest';

it('an embedded PostgreSQL leaves the exit code of its process alone', () => {
  const program = `
    const { startEmbeddedPostgres } = await import('#adapters/database/postgres/embedded.ts');
    const server = await startEmbeddedPostgres();
    await server.stop();
    process.exitCode = 7;`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  assert.equal(ended.status, 7, ended.stderr);
});
