/** How a statement reads in a person's words, part by part, and what each part can be changed to. */

/** A piece of what is said; `isName`: it names something of the database or of the question, and is set off. */
export interface Word {
  readonly text: string;
  readonly isName?: true;
}
export type Words = readonly Word[];

/** What a part of a reading is; each can be changed by itself. */
export const PART_KINDS = [
  'measure',
  'columns',
  'table',
  'date',
  'period',
  'filter',
  'grouping',
  'order',
  'limit',
] as const;
export type PartKind = (typeof PART_KINDS)[number];

export interface ReadingEdit {
  /** Made of what it does: the same change of the same reading has the same id. */
  readonly id: string;
  readonly words: string;
}

export interface ReadingPart {
  readonly kind: PartKind;
  /** What it says now. */
  readonly words: string;
  /** The nearest first. */
  readonly edits: readonly ReadingEdit[];
}

export interface Reading {
  /** The whole of it, after "Read as:". */
  readonly line: Words;
  readonly parts: readonly ReadingPart[];
}

/** A part of a reading that somebody changed: what it said, and what it says now. */
export interface ReadingChange {
  readonly part: PartKind;
  readonly from: string;
  readonly to: string;
}

export const sayWords = (words: Words): string => words.map(({ text }) => text).join('');

/** What the parts of a kind are called where their changes are listed. */
export const PART_NAMES: Readonly<Record<PartKind, string>> = {
  measure: 'Measure',
  columns: 'Shown',
  table: 'Table',
  date: 'Date',
  period: 'Period',
  filter: 'Only where',
  grouping: 'Grouping',
  order: 'Order',
  limit: 'Limit',
};

/** A change as one would ask for it after the answer: "in 2024 instead". */
export function sayChange({ part, to }: ReadingChange): string {
  const before = part === 'period' && !/^(?:in|on|from|before|at) /.test(to) ? 'in ' : '';
  return /^(?:without|no|not|at) /.test(to) ? to : `${before}${to} instead`;
}
