import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { querentIn } from './run-querent.ts';

const home = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'home');
const querent = querentIn(home);

describe('querent roles script', () => {
  it('prints what makes a role that may only read, and neither reads nor keeps anything', async () => {
    const tables = ['--role', 'reader', '--tables', 'public.orders,refunds'];
    const { code, out, err } = await querent(['roles', 'script', 'postgres://u:p@db/shop', ...tables]);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^CREATE ROLE "reader" LOGIN /m);
    assert.match(out, /^GRANT CONNECT ON DATABASE "shop" TO "reader";$/m);
    for (const table of ['orders', 'refunds'])
      assert.match(out, new RegExp(`^GRANT SELECT ON "public"\\."${table}" TO "reader";$`, 'm'));
    assert.equal(existsSync(home), false);
  });

  it('says what is wrong with an address', async () => {
    const { code, out, err } = await querent(['roles', 'script', 'oracle://db/shop']);
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /^\S.+\.\n$/);
  });
});
