import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { SQLITE_BUSY, sqliteCode } from './sqlite-codes.ts';

/** Lets go of the state. */
export type Release = () => void;

/**
 * Holds a state for one process: two bots on one state would take each other's runs. The lock is one of the operating system's,
 * taken through SQLite, so it ends with its process however that ends; beside it stands who holds it.
 */
export function lockState(file: string, now: Date): Result<Release> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const holder = `${file}.json`;
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (sqliteCode(error) !== SQLITE_BUSY) throw error;
    return fail({ kind: 'state-held', by: sayHolder(holder) });
  }
  writeFileSync(holder, JSON.stringify({ pid: process.pid, host: os.hostname(), since: now.toISOString() }), {
    mode: 0o600,
  });
  return ok(() => {
    rmSync(holder, { force: true });
    lock.close();
  });
}

const Holder = z.object({ pid: z.number(), host: z.string(), since: z.string() });

/** Who wrote the note beside the lock. */
function sayHolder(file: string): string {
  try {
    const { pid, host, since } = Holder.parse(JSON.parse(readFileSync(file, 'utf8')));
    return `process ${pid} on ${host}, since ${since}`;
  } catch {
    return 'a process that left no note of itself';
  }
}
