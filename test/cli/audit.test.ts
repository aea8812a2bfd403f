import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { openSqliteAudit } from '#adapters/state/sqlite/open-sqlite-audit.ts';
import { querentIn } from './run-querent.ts';

const who = { teamId: 'T1', userId: 'U1', channelId: 'C1' };
const at = new Date('2026-01-05T10:00:00Z');

/** A state whose audit has an entry that cannot be read. */
async function damagedHome(): Promise<string> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-test-'));
  const file = path.join(home, 'audit.sqlite');
  const audit = openSqliteAudit(file);
  const asked = { run: 'r1', who, questionHash: 'h', question: 'how many', scopeDigest: 's', policyVersion: 'p' };
  await audit.append({ kind: 'question', ...asked }, at);
  await audit.append({ kind: 'answer', run: 'r1', outcome: 'answer', refused: [] }, at);
  await audit.append({ kind: 'change', who, what: 'access rules of shop', before: [], after: [] }, at);
  await audit.close();
  const db = new DatabaseSync(file);
  db.exec(`UPDATE entries SET entry = '{"kind":"answer","run' WHERE seq = 2`);
  db.close();
  return home;
}

describe('an audit of which one entry cannot be read', () => {
  it('is shown all the same, with that told as such', async () => {
    const querent = querentIn(await damagedHome());
    const { code, out } = await querent(['audit']);
    assert.equal(code, 0);
    assert.deepEqual(out.trimEnd().split('\n'), [
      '1  2026-01-05T10:00:00.000Z  question  U1 in C1: how many',
      '2  2026-01-05T10:00:00.000Z  unreadable it was damaged or emptied, or another version of Querent wrote it',
      '3  2026-01-05T10:00:00.000Z  change    U1 in C1: access rules of shop',
    ]);
    assert.equal((await querent(['audit', '--verify'])).code, 1);
  });

  it('is without a person who is forgotten, and says where words of theirs may still be', async () => {
    const querent = querentIn(await damagedHome());
    const { code, out, err } = await querent(['forget', 'user:U1', '--team', 'T1']);
    assert.deepEqual([code, out], [1, '0 questions removed, 2 audit entries without the person.\n']);
    assert.match(err, /entries that cannot be read, and whose they are is not known: 2\./);
    assert.doesNotMatch((await querent(['audit'])).out, /U1|how many/);
  });
});
