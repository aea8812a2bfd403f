import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AuditUnavailable } from '#src/ports/audit.ts';

/** The layout of the file. */
const LAYOUT = 1;

/** The statement that an entry is the result of; null of every other, and of one that cannot be read. A number, as `seq` is: else the index is of no use. */
export const STATEMENT_OF_RESULT = "CAST(CASE WHEN json_valid(entry) THEN json_extract(entry, '$.of') END AS INTEGER)";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, team TEXT, user TEXT, channel TEXT,
    entry TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS entries_by_person ON entries (team, user, at);
  CREATE INDEX IF NOT EXISTS entries_by_channel ON entries (team, channel, at);
  CREATE INDEX IF NOT EXISTS entries_by_team ON entries (team, at);
  CREATE INDEX IF NOT EXISTS results_by_statement ON entries (${STATEMENT_OF_RESULT});
  CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL,
    base_seq INTEGER NOT NULL, base_hash TEXT NOT NULL) STRICT;
  INSERT OR IGNORE INTO head VALUES (1, 0, '', 0, '');
  PRAGMA user_version = ${LAYOUT};`;

export interface EntryRow {
  readonly seq: number;
  readonly at: string;
  /** Whose it is, of those that are somebody's. */
  readonly team: string | undefined;
  readonly user: string | undefined;
  readonly entry: string;
  readonly hash: string;
}

/** Where the chain ends, and what it begins after: entry 0, or the last one that was let go of. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly baseSeq: number;
  readonly baseHash: string;
}

export const hashOf = (before: string, seq: number, at: string, entry: string): string =>
  createHash('sha256')
    .update(JSON.stringify([before, seq, at, entry]))
    .digest('hex');

/** The audit's file, opened by the first use of it. Whatever goes wrong with it is AuditUnavailable. */
export interface AuditFile {
  use<T>(work: (db: DatabaseSync) => T): T;
  /** The same over the file as it is at one moment; nothing may be changed. */
  reading<T>(work: (db: DatabaseSync) => T): T;
  /** The same as one transaction that may change it. */
  transaction<T>(work: (db: DatabaseSync) => T): T;
  close(): void;
}

export function openAuditFile(file: string): AuditFile {
  let opened: DatabaseSync | undefined;

  function use<T>(work: (db: DatabaseSync) => T): T {
    try {
      opened ??= openSound(file);
      return work(opened);
    } catch (error) {
      throw error instanceof AuditUnavailable ? error : new AuditUnavailable(error);
    }
  }

  const within = <T>(begin: string, work: (db: DatabaseSync) => T): T =>
    use((db) => {
      db.exec(begin);
      try {
        const value = work(db);
        db.exec('COMMIT');
        return value;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    });

  return {
    use,
    reading: (work) => within('BEGIN', work),
    transaction: (work) => within('BEGIN IMMEDIATE', work),
    close: () => opened?.close(),
  };
}

function openSound(file: string): DatabaseSync {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file, { timeout: 5_000 });
  try {
    chmodSync(file, 0o600);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
    const layout = Number(db.prepare('PRAGMA user_version').get()?.user_version);
    if (layout > LAYOUT) throw new Error(`${file} has layout ${layout}, this version reads ${LAYOUT}`);
    db.exec(SCHEMA);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function headOf(db: DatabaseSync): Head {
  const row = db.prepare('SELECT seq, hash, base_seq, base_hash FROM head').get();
  return {
    seq: Number(row?.seq),
    hash: String(row?.hash),
    baseSeq: Number(row?.base_seq),
    baseHash: String(row?.base_hash),
  };
}

const PAGE = 1_000;

/** Entries from a time on, oldest first, read a page at a time. */
export function* rowsOf(db: DatabaseSync, since = ''): Generator<EntryRow> {
  const page = db.prepare('SELECT * FROM entries WHERE seq > ? AND at >= ? ORDER BY seq LIMIT ?');
  const known = (value: unknown) => (value === null || value === undefined ? undefined : String(value));
  for (let last = 0; ; ) {
    const rows = page.all(last, since, PAGE);
    for (const { seq, at, team, user, entry, hash } of rows) {
      last = Number(seq);
      yield {
        seq: last,
        at: String(at),
        team: known(team),
        user: known(user),
        entry: String(entry),
        hash: String(hash),
      };
    }
    if (rows.length < PAGE) return;
  }
}
