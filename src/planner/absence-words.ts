import type { Table } from '#src/domain/catalog.ts';
import type { RowFilter } from './frame.ts';
import type { Reading } from './frame-rule.ts';
import { capture, optional, part } from './pattern.ts';
import { dateFor } from './read-dates.ts';
import { isEvent, isRelation } from './verbs.ts';

/** "that do no have", "have no had": slips of the pen for "not". */
const SLIP = '(?<= (?:do|does|did|have|has|had) )no(?= (?:not )?(?:have|had|been))';

/** Says that something is not, with the verbs that carry it. */
export const NOT = part`(?: (?:and|but|that|which|who|whose|they|we))*(?: (?:do|does|did|have|has|had|is|are|was|were|can|could))?
  (?: (?:not|never|${SLIP})(?: not)?)(?: yet)?(?: (?:been|had|have|having|be))*`;

/** "without", "with no", "but no". */
export const WITHOUT = part`(?: (?:and|but))?(?: (?:that|who|which|we))?(?: without| (?:with|have|has|had|having) no| but no| where no)`;

/** "except for those that had": all but those of which it is so. */
export const EXCEPT = part`(?: except(?: for)? (?:those|the ones)(?: (?:that|which|who|whose))?
  (?: (?:had|have|has|with|having|hold|holding|in|is|are|was|were))*)`;

export const TO = '(?:in charge of |responsible for |in |to |by |with |for |of |on |at |from |as )?';
export const ANY = '(?:any |an? |the |some |single |one |of the |listed |associated |corresponding )*';
/** What adds nothing to a thing that is not there. */
export const AT_ALL =
  '(?: (?:at all|yet|ever|so far|before|in the past|associated|(?:(?:in|on|of) (?:our|the|their|its) )?records?|in records?|recorded|listed|here|(?:from|with|by) us|anywhere))*';

/** What stands between "not" and the thing that is not there. */
export const verb = optional(
  capture(
    'verb',
    part`(?!(?:an?|the|any|some|single|one|in|on|at|to|by|of|for|with|from)(?= ))[a-z]+|
      [VTBC]\d+(?= (?:in |to |by |with |for |on |at |from )?(?:any|an?) )|T\d+(?= (?:in |to |by |for |on |at |from )?(?:the )?[TB]\d)`,
  ),
);

/** Whether a verb between "not" and a thing says no more than that the two belong together. */
export function isTie(reading: Reading, verb: string): boolean {
  const said = reading.sentence.wording(verb);
  return !said || /^[VTB]\d/.test(verb) || isRelation(said) || isEvent(said.toLowerCase()) || TIES.test(said);
}
const TIES = /^(?:been|used|ordered|bought|taken|hold|have)$/;

/** That a row of a table is of the time that a code stands for, by the date or the year that its events are told by. */
export function periodOf({ sentence, frame, resolver }: Reading, table: Table, date: string): RowFilter | undefined {
  const span = sentence.dateAt(date);
  const ref = span && dateFor(table, span, resolver);
  if (!span || !ref) return undefined;
  frame.assumptions.push(`The period ${span.label} is read on ${table.name}.${ref.column.name}.`);
  return { kind: 'period', ref, span, ...resolver.zoneOf(ref) };
}
