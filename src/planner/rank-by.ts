import type { Measure } from './frame.ts';
import type { Reading } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import type { Taken } from './sentence.ts';

export const ROWS: Measure = { kind: 'count', distinct: false };

export function limitTo({ sentence, frame }: Reading, count: string): true {
  frame.limit = sentence.numberAt(count);
  return true;
}

/** Ranks by a measure; the first alone is asked for unless a number says how many, or said so before. */
export function rank(reading: Reading, measure: Measure, descending: boolean, count?: string): true {
  reading.frame.order.push({ measure, descending });
  if (count !== undefined) limitTo(reading, count);
  reading.frame.limit ??= 1;
  return true;
}

/** Ranks by a column, which may not have been found. */
export function rankByColumn(reading: Reading, ref: ColumnRef | undefined, descending: boolean, count?: string): Taken {
  return ref !== undefined && rank(reading, { kind: 'column', ref }, descending, count);
}
