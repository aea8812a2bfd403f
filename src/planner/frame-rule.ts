import type { Table } from '#src/domain/catalog.ts';
import type { Filter, Frame } from './frame.ts';
import type { Found, Pattern } from './pattern.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence, Taken } from './sentence.ts';

/** A question on its way to a frame: what of it is left, what was read so far, and who knows what its names mean. */
export interface Reading {
  readonly sentence: Sentence;
  readonly frame: Frame;
  readonly resolver: FrameResolver;
}

/** One way of saying something: changes the frame, and takes from the sentence, what is said so. */
export type FrameRule = (reading: Reading) => void;

/** A pattern and what it does to the frame wherever it matches. */
export function rule<Captures>(
  pattern: Pattern<Captures>,
  read: (captures: Captures, reading: Reading, found: Found<Captures>) => Taken,
): FrameRule {
  return (reading) => reading.sentence.take(pattern, (found) => read(found.captures, reading, found));
}

/** Rules one after the other: each sees what those before it left. */
export function inOrder(...rules: readonly FrameRule[]): FrameRule {
  return (reading) => {
    for (const one of rules) one(reading);
  };
}

/** The table that the question is about, as far as that is known. */
export const subjectOf = ({ frame, resolver }: Reading): Table | undefined => frame.main ?? resolver.named[0];

export function addFilter({ frame }: Reading, filter: Filter): true {
  frame.filters.push(filter);
  return true;
}
