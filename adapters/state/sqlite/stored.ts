import { createHash } from 'node:crypto';
import { z } from 'zod';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';

/** A row of a table, as SQLite gives it. */
export type StateRow = Readonly<Record<string, string | number | null>>;

/** Records that change with what they describe carry the version that they were written in. */
export const RECORD_VERSION = 1;
export const versioned = { version: z.literal(RECORD_VERSION) };

export const text = z.string();
/** A code out of a list that grows with versions: it is shown, or compared with others, and nothing hangs on what it may be. */
export const codeOf = <Code extends string>() => z.custom<Code>((value) => typeof value === 'string');

/**
 * Reads a record that is stored as JSON. One that was damaged, or that another version wrote, is told and never half read.
 * @param what such as "the run 1234".
 */
export function readStored<T>(schema: z.ZodType<T>, stored: string, what: string): T {
  try {
    return schema.parse(JSON.parse(stored));
  } catch (error) {
    throw new StateUnreadable(what, error);
  }
}

/** What `read` gives; nothing where it says that what is stored cannot be read. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof StateUnreadable) return undefined;
    throw error;
  }
}

export const writeVersioned = (record: object): string => JSON.stringify({ version: RECORD_VERSION, ...record });

export const digestOf = (stored: string): string => createHash('sha256').update(stored).digest('hex');
