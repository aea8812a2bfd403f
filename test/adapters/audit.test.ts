import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { openSqliteAudit } from '#adapters/state/sqlite/open-sqlite-audit.ts';
import { type AuditEntry, AuditUnavailable } from '#src/ports/audit.ts';

const newFile = () => path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-audit-')), 'audit.sqlite');
const at = (day: number) => new Date(`2026-01-${String(day).padStart(2, '0')}T10:00:00Z`);
const who = { teamId: 'T1', userId: 'U1', channelId: 'C1' };
const asked = (run: string, by = who): AuditEntry => ({
  kind: 'question',
  run,
  who: by,
  questionHash: 'h',
  question: `what does ${by.userId} earn`,
  scopeDigest: 's',
  policyVersion: 'p',
});

function filled() {
  const file = newFile();
  const audit = openSqliteAudit(file);
  audit.append(asked('r1'), at(1));
  const of = audit.append(
    { kind: 'statement', run: 'r1', who, database: 'shop', sql: 'SELECT 1', tables: [], scopeDigest: 's' },
    at(1),
  );
  audit.append({ kind: 'result', run: 'r1', of, code: 'ran', rows: 1, bytes: 8, ms: 40 }, at(1));
  audit.append(asked('r2', { ...who, userId: 'U2' }), at(5));
  return { file, audit };
}

function meddle(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

describe('the audit', () => {
  it('is sound as it was written', () => {
    const { audit } = filled();
    assert.deepEqual(audit.verify(), { kind: 'sound', entries: 4 });
    assert.deepEqual(
      [...audit.entries(at(4))].map((entry) => entry.kind),
      ['question'],
    );
  });

  it.each([
    ["UPDATE entries SET entry = replace(entry, 'SELECT 1', 'SELECT 2') WHERE seq = 2", 2, 'an entry was changed'],
    ['DELETE FROM entries WHERE seq = 2', 2, 'an entry is missing'],
    ['DELETE FROM entries WHERE seq = 4', 4, 'the last entries are missing'],
    ["UPDATE entries SET at = '2020-01-01' WHERE seq = 1", 1, 'an entry was changed'],
  ])('shows that somebody did %s', (sql, seq, why) => {
    const { file, audit } = filled();
    audit.close();
    meddle(file, sql);
    assert.deepEqual(openSqliteAudit(file).verify(), { kind: 'broken', seq, why });
  });

  it('adds up the database time of a person and of a channel', () => {
    const { audit } = filled();
    assert.equal(audit.engineMs({ userId: 'U1' }, 'T1', at(1)), 40);
    assert.equal(audit.engineMs({ channelId: 'C1' }, 'T1', at(1)), 40);
    assert.equal(audit.engineMs({ userId: 'U1' }, 'T2', at(1)), 0);
    assert.equal(audit.engineMs({ userId: 'U1' }, 'T1', at(2)), 0);
  });

  it('forgets a person and stays sound', () => {
    const { file, audit } = filled();
    assert.ok(audit.forget('T1', 'U1', at(9)) > 0);
    assert.deepEqual(audit.verify(), { kind: 'sound', entries: 4 });
    const left = JSON.stringify([...audit.entries()]);
    assert.doesNotMatch(left, /U1|SELECT 1/);
    assert.match(left, /U2/);
    audit.append(asked('r3'), at(9));
    assert.deepEqual(openSqliteAudit(file).verify(), { kind: 'sound', entries: 5 });
  });

  it('lets go of what is old and stays sound', () => {
    const { audit } = filled();
    assert.equal(audit.prune(at(3)), 3);
    assert.deepEqual(audit.verify(), { kind: 'sound', entries: 1 });
    audit.append(asked('r4'), at(6));
    assert.deepEqual(audit.verify(), { kind: 'sound', entries: 2 });
    audit.prune(at(20));
    assert.deepEqual(audit.verify(), { kind: 'sound', entries: 0 });
  });

  it('that cannot be read refuses to take an entry, and says so when it is checked', () => {
    const file = newFile();
    writeFileSync(
      file,
      'this is no audit, but it is long enough to be looked at as a database header, is it not?'.repeat(20),
    );
    const audit = openSqliteAudit(file);
    assert.throws(() => audit.append(asked('r1'), at(1)), AuditUnavailable);
    assert.equal(audit.verify().kind, 'broken');
  });
});
