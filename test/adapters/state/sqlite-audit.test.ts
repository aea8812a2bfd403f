import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { describe, it } from 'vitest';
import { engineMsOf, openSqliteAudit } from '#adapters/state/sqlite/open-sqlite-audit.ts';
import { AuditUnavailable } from '#src/ports/audit.ts';
import { asked, auditContract, day, type Meddling } from '#test/contracts/audit.ts';

const newFile = () => path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-audit-')), 'audit.sqlite');

const ADAPTER = import.meta.resolve('#adapters/state/sqlite/open-sqlite-audit.ts');
/** Adds entries until it is stopped. */
const WRITER = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.adapter).then(async ({ openSqliteAudit }) => {
    const audit = openSqliteAudit(workerData.file);
    for (let nth = 0; ; nth += 1) {
      await audit.append(workerData.entry, new Date());
      if (nth === 0) parentPort.postMessage('writing');
    }
  });`;

function meddle(file: string, how: Meddling): void {
  const db = new DatabaseSync(file);
  switch (how.kind) {
    case 'change':
      db.prepare('UPDATE entries SET entry = replace(entry, ?, ?) WHERE seq = ?').run(how.from, how.to, how.seq);
      break;
    case 'backdate':
      db.prepare("UPDATE entries SET at = '2020-01-01' WHERE seq = ?").run(how.seq);
      break;
    case 'remove':
      db.prepare('DELETE FROM entries WHERE seq = ?').run(how.seq);
      break;
    case 'overwrite':
      db.prepare('UPDATE entries SET entry = ? WHERE seq = ?').run(how.entry, how.seq);
  }
  db.close();
}

auditContract({
  name: 'a SQLite file',
  make() {
    const file = newFile();
    return {
      open: () => openSqliteAudit(file),
      everything: () =>
        readdirSync(path.dirname(file))
          .map((name) => readFileSync(path.join(path.dirname(file), name), 'latin1'))
          .join('\n'),
      meddle: (how) => meddle(file, how),
    };
  },
});

describe('the audit in a SQLite file', () => {
  it('is readable by its owner alone', async () => {
    const file = newFile();
    const audit = openSqliteAudit(file);
    await audit.append(asked('r1'), day(1));
    await audit.close();
    assert.equal(statSync(file).mode & 0o077, 0);
  });

  it('looks up what somebody used of a database, however much else it holds', async () => {
    const file = newFile();
    const audit = openSqliteAudit(file);
    await audit.append(asked('r1'), day(1));
    await audit.close();
    const db = new DatabaseSync(file);
    for (const column of ['team', 'user', 'channel'] as const) {
      const plan = db
        .prepare(`EXPLAIN QUERY PLAN ${engineMsOf(column)}`)
        .all('T1', 'U1', '')
        .map(({ detail }) => String(detail));
      assert.equal(plan.filter((step) => step.startsWith('SEARCH')).length, 2, plan.join('; '));
      assert.deepEqual(
        plan.filter((step) => step.startsWith('SCAN')),
        [],
      );
    }
    db.close();
  });

  it('is sound whenever it is looked at while another process writes', async () => {
    const file = newFile();
    const audit = openSqliteAudit(file);
    for (let nth = 0; nth < 1_500; nth += 1) await audit.append(asked(`r${nth}`), day(1));
    const writer = new Worker(WRITER, {
      eval: true,
      workerData: { file, adapter: ADAPTER, entry: asked('meanwhile') },
    });
    try {
      await once(writer, 'message');
      const found = new Set<string>();
      const entries = new Set<number>();
      for (let nth = 0; nth < 20; nth += 1) {
        const checked = await audit.verify();
        found.add(checked.kind);
        if (checked.kind === 'sound') entries.add(checked.entries);
      }
      assert.deepEqual([...found], ['sound']);
      assert.ok(entries.size > 1, 'it was written to meanwhile');
    } finally {
      await writer.terminate();
      await audit.close();
    }
  });

  it('that cannot be read refuses to take an entry, and says so when it is checked', async () => {
    const file = newFile();
    writeFileSync(
      file,
      'this is no audit, but it is long enough to be looked at as a database header, is it not?'.repeat(20),
    );
    const audit = openSqliteAudit(file);
    await assert.rejects(audit.append(asked('r1'), day(1)), AuditUnavailable);
    assert.equal((await audit.verify()).kind, 'broken');
  });

  it('that a later version wrote takes no entry', async () => {
    const file = newFile();
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE entries_of_later (id); PRAGMA user_version = 2');
    db.close();
    const audit = openSqliteAudit(file);
    await assert.rejects(audit.append(asked('r1'), day(1)), AuditUnavailable);
    const checked = await audit.verify();
    assert.match(checked.kind === 'broken' ? checked.why : '', /has layout 2, this version reads 1/);
  });
});
