import type { NameReading } from '#src/domain/name-reading.ts';
import type { Span } from '#src/sql/query-ir.ts';

/** A statement that a program mended, and how each name or value of it was read, in order. */
export interface MendedStatement {
  readonly sql: string;
  readonly readAs: readonly NameReading[];
}

/** What takes the place of a part of a text. */
export interface Edit extends Span {
  readonly text: string;
}

/** A text with parts of it replaced. */
export const edited = (text: string, edits: readonly Edit[]): string =>
  [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((so, { start, end, text: replacement }) => so.slice(0, start) + replacement + so.slice(end), text);
