import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type AuditEntry,
  type AuditLog,
  AuditUnavailable,
  type ChainCheck,
  type StoredEntry,
} from '#src/ports/audit.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, team TEXT, user TEXT, channel TEXT,
    entry TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS entries_by_person ON entries (team, user, at);
  CREATE INDEX IF NOT EXISTS entries_by_channel ON entries (team, channel, at);
  CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL,
    base_seq INTEGER NOT NULL, base_hash TEXT NOT NULL) STRICT;
  INSERT OR IGNORE INTO head VALUES (1, 0, '', 0, '');`;

const hashOf = (before: string, seq: number, at: string, entry: string) =>
  createHash('sha256')
    .update(JSON.stringify([before, seq, at, entry]))
    .digest('hex');

interface Row {
  readonly seq: number;
  readonly at: string;
  readonly entry: string;
  readonly hash: string;
}

/** The audit in a SQLite file of its own, readable by its owner only. A file that is damaged is told at first use, and nothing runs. */
export function openSqliteAudit(file: string): AuditLog {
  let opened: DatabaseSync | undefined;

  function db(): DatabaseSync {
    if (opened) return opened;
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      const fresh = !existsSync(file);
      const made = new DatabaseSync(file, { timeout: 5_000 });
      if (fresh) chmodSync(file, 0o600);
      made.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
      made.exec(SCHEMA);
      opened = made;
      return made;
    } catch (error) {
      throw new AuditUnavailable(error);
    }
  }

  function guarded<T>(work: (audit: DatabaseSync) => T): T {
    try {
      return work(db());
    } catch (error) {
      throw error instanceof AuditUnavailable ? error : new AuditUnavailable(error);
    }
  }

  function transaction<T>(audit: DatabaseSync, work: () => T): T {
    audit.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      audit.exec('COMMIT');
      return value;
    } catch (error) {
      audit.exec('ROLLBACK');
      throw error;
    }
  }

  const headOf = (audit: DatabaseSync) =>
    audit.prepare('SELECT seq, hash, base_seq, base_hash FROM head').get() as {
      seq: number;
      hash: string;
      base_seq: number;
      base_hash: string;
    };

  /** Writes the chain anew over what is left, and where it begins now. */
  function seal(audit: DatabaseSync): void {
    const { seq, base_seq, base_hash } = headOf(audit);
    const first = (audit.prepare('SELECT min(seq) AS seq FROM entries').get()?.seq as number | null) ?? seq + 1;
    let last = first - 1;
    let before = last === base_seq ? base_hash : `pruned:${last}`;
    audit.prepare('UPDATE head SET base_seq = ?, base_hash = ?').run(last, before);
    const update = audit.prepare('UPDATE entries SET hash = ? WHERE seq = ?');
    for (const row of audit.prepare('SELECT seq, at, entry FROM entries ORDER BY seq').all() as unknown as Row[]) {
      before = hashOf(before, row.seq, row.at, row.entry);
      update.run(before, row.seq);
      last = row.seq;
    }
    audit.prepare('UPDATE head SET seq = max(seq, ?), hash = ?').run(last, before);
  }

  const read = (row: Row): StoredEntry => ({
    ...(JSON.parse(row.entry) as AuditEntry),
    seq: row.seq,
    at: row.at,
    hash: row.hash,
  });

  return {
    append: (entry, at) =>
      guarded((audit) =>
        transaction(audit, () => {
          const head = headOf(audit);
          const seq = head.seq + 1;
          const text = JSON.stringify(entry);
          const when = at.toISOString();
          const hash = hashOf(head.hash, seq, when, text);
          const who = 'who' in entry ? entry.who : undefined;
          audit
            .prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)')
            .run(seq, when, who?.teamId ?? null, who?.userId ?? null, who?.channelId ?? null, text, hash);
          audit.prepare('UPDATE head SET seq = ?, hash = ?').run(seq, hash);
          return seq;
        }),
      ),
    *entries(since) {
      const rows = guarded((audit) =>
        audit
          .prepare('SELECT seq, at, entry, hash FROM entries WHERE at >= ? ORDER BY seq')
          .all(since?.toISOString() ?? ''),
      );
      for (const row of rows as unknown as Row[]) yield read(row);
    },
    verify: () => {
      try {
        return guarded(check);
      } catch (error) {
        return { kind: 'broken', seq: 0, why: `the file cannot be read (${(error as Error).cause ?? error})` };
      }
    },
    engineMs: (of, teamId, since) =>
      guarded((audit) => {
        const [column, value] = 'userId' in of ? ['user', of.userId] : ['channel', of.channelId];
        const row = audit
          .prepare(
            `SELECT total(json_extract(r.entry, '$.ms')) AS ms FROM entries s JOIN entries r
               ON r.at >= ? AND json_extract(r.entry, '$.kind') = 'result' AND json_extract(r.entry, '$.of') = s.seq
             WHERE s.team = ? AND s.${column} = ? AND s.at >= ? AND json_extract(s.entry, '$.kind') = 'statement'`,
          )
          .get(since.toISOString(), teamId, value, since.toISOString());
        return Number(row?.ms ?? 0);
      }),
    prune: (before) =>
      guarded((audit) =>
        transaction(audit, () => {
          const gone = Number(audit.prepare('DELETE FROM entries WHERE at < ?').run(before.toISOString()).changes);
          if (gone) seal(audit);
          return gone;
        }),
      ),
    forget: (teamId, userId, at) =>
      guarded((audit) => {
        const changed = transaction(audit, () => {
          const rows = audit
            .prepare('SELECT seq, at, entry, hash FROM entries WHERE team = ? AND (? IS NULL OR user = ?)')
            .all(teamId, userId ?? null, userId ?? null) as unknown as Row[];
          const runs = new Set(rows.map((row) => (JSON.parse(row.entry) as { run?: string }).run).filter(Boolean));
          const update = audit.prepare('UPDATE entries SET entry = ?, user = NULL, channel = NULL WHERE seq = ?');
          let changed = 0;
          for (const row of audit.prepare('SELECT seq, at, entry, hash FROM entries').all() as unknown as Row[]) {
            const entry = JSON.parse(row.entry) as AuditEntry;
            const own =
              'who' in entry && entry.who.teamId === teamId && (userId ?? entry.who.userId) === entry.who.userId;
            if (!own && !('run' in entry && runs.has(entry.run))) continue;
            update.run(JSON.stringify(forgotten(entry, at)), row.seq);
            changed += 1;
          }
          if (changed) seal(audit);
          return changed;
        });
        audit.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        return changed;
      }),
    close: () => opened?.close(),
  };

  function check(audit: DatabaseSync): ChainCheck {
    const head = headOf(audit);
    let [seq, before] = [head.base_seq, head.base_hash];
    for (const row of audit
      .prepare('SELECT seq, at, entry, hash FROM entries ORDER BY seq')
      .all() as unknown as Row[]) {
      if (row.seq !== seq + 1) return { kind: 'broken', seq: seq + 1, why: 'an entry is missing' };
      if (hashOf(before, row.seq, row.at, row.entry) !== row.hash) {
        return { kind: 'broken', seq: row.seq, why: 'an entry was changed' };
      }
      [seq, before] = [row.seq, row.hash];
    }
    if (seq !== head.seq || before !== head.hash)
      return { kind: 'broken', seq: seq + 1, why: 'the last entries are missing' };
    return { kind: 'sound', entries: seq - head.base_seq };
  }
}

/** An entry without the person and their words: that something happened stays, by whom and about what goes. */
function forgotten(entry: AuditEntry, at: Date): AuditEntry {
  const nobody = { teamId: 'forgotten', userId: 'forgotten' };
  const mark = `forgotten ${at.toISOString().slice(0, 10)}`;
  switch (entry.kind) {
    case 'question': {
      const { question: _, ...rest } = entry;
      return { ...rest, who: nobody, questionHash: mark };
    }
    case 'statement':
      return { ...entry, who: nobody, sql: mark };
    case 'answer':
      return { ...entry, refused: [] };
    case 'change':
      return { ...entry, who: nobody };
    case 'result':
      return entry;
  }
}
