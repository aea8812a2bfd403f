import type { Calendar } from '#src/domain/calendar.ts';
import type { PartKind, Words } from '#src/domain/reading.ts';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import type { SelectIr } from '#src/sql/query-ir.ts';

/** What a reading is made for: the question ranks what is near, the calendar says which days are past. */
export interface ReadFor {
  readonly question: string;
  readonly calendar: Calendar;
}

/** One change of a part. */
export interface Edit {
  readonly words: string;
  /** What the part says then; nothing where it is gone. */
  readonly becomes: string | undefined;
  /** The statement with it. */
  readonly query: SelectIr;
  /** Makes the id instead of the words, where the same words can say two things. */
  readonly does?: string;
}

/** A part of a reading with all of its changes, the nearest first. */
export interface Part {
  readonly kind: PartKind;
  readonly words: Words;
  /** It says what is not there ("at any time"): it can be changed and goes without saying. */
  readonly isUnsaid?: true;
  readonly edits: readonly Edit[];
}

/** Things by how many of the question's words their names have, else in their own order. */
export function nearestFirst<T>(all: readonly T[], nameOf: (one: T) => string, question: string): readonly T[] {
  const asked = contentWords(question);
  const score = (one: T) =>
    new Set(
      splitIdentifier(nameOf(one))
        .map(stem)
        .filter((word) => asked.has(word)),
    ).size;
  return all
    .map((one) => ({ one, near: score(one) }))
    .sort((a, b) => b.near - a.near)
    .map(({ one }) => one);
}
