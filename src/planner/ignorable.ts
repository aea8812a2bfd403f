/**
 * The words that may stand in a question and be no part of the query: they neither restrict nor shape what is asked for. Every other
 * word is accounted for by a part of the frame, or the question is declined. What restricts in some sentence ("current",
 * "available", "only"), counts, compares or groups has no place here.
 */
export const IGNORABLE: ReadonlySet<string> = new Set(
  `a an the i we you me us my our your it its they them their he she his her this that these those there here
   is are was were be been being am do does did done has have had having can could would should will may might shall
   what which who whom whose of in on at to for from with and all any
   please hi hello hey thanks thank kindly ok okay
   show list give find tell return get display provide retrieve see know want need like let s look select identify`.split(
    /\s+/,
  ),
);
