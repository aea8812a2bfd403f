import type { Span } from '#src/sql/query-ir.ts';

/** What takes the place of a part of a statement: the rest stays as it was written. */
export interface Edit extends Span {
  readonly text: string;
}

/** A text with parts of it replaced. */
export const edited = (text: string, edits: readonly Edit[]): string =>
  [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((so, { start, end, text: replacement }) => so.slice(0, start) + replacement + so.slice(end), text);
