import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import { LAYOUT, MIGRATIONS } from './layout.ts';
import { isDamaged } from './sqlite-codes.ts';
import type { StateRow } from './stored.ts';

type Value = string | number | null;

/** The file that holds a deployment's state: statements over it, and transactions of several. One that is damaged is StateUnreadable. */
export interface StateFile {
  readonly name: string;
  all(sql: string, ...values: Value[]): readonly StateRow[];
  /** What is read of each row, one after the other: the rows of large records are never there all at once. */
  each<T>(sql: string, read: (row: StateRow) => T): readonly T[];
  /** Runs a statement that changes something and gives the number of rows changed. */
  change(sql: string, ...values: Value[]): number;
  transaction<T>(work: () => T): T;
  /** Overwrites what was removed in the file that changes are written to first. */
  wipeRemoved(): void;
  close(): void;
}

/** Opens or makes the file, readable by its owner only, and brings an older layout to this one. */
export function openStateFile(file: string): StateFile {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file, { timeout: 5_000 });
  const readable = <T>(work: () => T): T => orUnreadable(file, work);
  try {
    chmodSync(file, 0o600);
    readable(() => {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
      bringToLayout(db, file);
    });
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    name: file,
    all: (sql, ...values) => readable(() => db.prepare(sql).all(...values) as readonly StateRow[]),
    each: (sql, read) => readable(() => Array.from(db.prepare(sql).iterate(), (row) => read(row as StateRow))),
    change: (sql, ...values) => readable(() => Number(db.prepare(sql).run(...values).changes)),
    transaction: (work) => inTransaction(db, work),
    wipeRemoved: () => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    close: () => db.close(),
  };
}

function orUnreadable<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isDamaged(error) ? new StateUnreadable(file, error) : error;
  }
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

const layoutOf = (db: DatabaseSync) => Number(db.prepare('PRAGMA user_version').get()?.user_version);

function bringToLayout(db: DatabaseSync, file: string): void {
  for (let found = layoutOf(db); found !== LAYOUT; found = layoutOf(db)) {
    if (found > LAYOUT) throw new StateUnreadable(`${file} (it has layout ${found}, this version reads ${LAYOUT})`);
    inTransaction(db, () => {
      if (layoutOf(db) !== found) return; // another process was faster
      MIGRATIONS[found]?.(db);
      db.exec(`PRAGMA user_version = ${found === 0 ? LAYOUT : found + 1}`);
    });
  }
}
