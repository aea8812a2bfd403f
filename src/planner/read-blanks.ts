import { flagOf } from '#src/domain/column-meaning.ts';
import type { Frame } from './frame.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { nothingIn, somethingIn } from './nothing-in.ts';
import { capture, pattern } from './pattern.ts';
import { COLUMN } from './sentence.ts';

const BUT = '(?: ,)? (?:excluding|except(?: for)?|without|but not)';
const THOSE = '(?: (?:the|any|all|those|ones|rows|records|entries|[TB]\\d+|·))*';
const UNKNOWN = '(?:unknown|unspecified|missing|empty|blank|null|not (?:known|given|recorded|set|specified))';

/** What rows are told apart by, else what is reckoned of them. */
const askedFor = ({ groups, items }: Frame): ColumnRef | undefined =>
  groups.find(({ kind }) => kind === 'column')?.ref ??
  items.flatMap((item) => (item.kind === 'aggregate' || item.kind === 'column' ? [item.ref] : []))[0];

/** What is reckoned, else what rows are told apart by. */
const reckoned = (frame: Frame): ColumnRef | undefined =>
  frame.items.flatMap((item) => (item.kind === 'aggregate' ? [item.ref] : []))[0] ?? askedFor(frame);

function known(reading: Reading, ref: ColumnRef | undefined): boolean {
  if (!ref) return false;
  const something = somethingIn(ref, reading.resolver.catalog);
  // where every row has it there is nothing to leave out
  return (something.kind === 'null' && ref.column.nullShare === 0) || addFilter(reading, something);
}

/** Of a name that is said but for its ending: "account manager" of `account_manager_id`. */
const NEARLY = 0.8;
const isEmptyOfSome = ({ column }: ColumnRef): boolean =>
  (column.nullShare ?? 0) > 0 || (column.kind === 'text' && column.values.includes(''));

/** "how many people work for us, agency included": nobody is left out for it. */
export const readIncluded = rule(
  pattern`(?: ,)? ${capture('column', COLUMN)} (?:included|inclusive|or not)(?= $| ·| ,)`,
  ({ column }, reading) => {
    const ref = reading.resolver.column(column, subjectOf(reading));
    if (!ref || !flagOf(ref.column, reading.resolver.catalog.engine)) return false;
    reading.frame.lifted = new Set([...reading.frame.lifted, ref.column]);
    return true;
  },
);

/** "excluding the blanks", "excluding shipments without a delivery date", "where this is unknown": rows that do not have what is spoken of. */
export const readBlanks = inOrder(
  // "members who have an email but no phone"
  rule(
    pattern`(?<= T\d+|·)(?: (?:that|which|who))? (?:have|has|had|with) (?:an?|any) ${capture('column', COLUMN)}(?= $| ,| · $| (?:but|and) (?:no|without|not|have no|has no|with no|do not|does not) | but ·)`,
    ({ column: code }, reading) => {
      const table = subjectOf(reading);
      const ref = reading.resolver.column(code, table);
      if (!ref || ref.table !== table || flagOf(ref.column, reading.resolver.catalog.engine)) return false;
      return addFilter(reading, somethingIn(ref, reading.resolver.catalog));
    },
  ),
  rule(
    pattern`${BUT}${THOSE} (?:where|whose|for which) (?:this|that|it|the value) (?:is|was) ${UNKNOWN}(?= ·| $| ,)`,
    (_, reading) => known(reading, reckoned(reading.frame)),
  ),
  rule(
    pattern`${BUT}${THOSE} (?:without|with no|that have no|having no|missing)(?: (?:an?|any|the|their))* ${capture('column', COLUMN)}(?= ·| $| ,)`,
    ({ column }, reading) => known(reading, reading.resolver.column(column, subjectOf(reading))),
  ),
  // "customers that do not have an account manager": who refer to none
  rule(
    pattern`(?<= T\d+| ·)(?: (?:that|which|who))? (?:(?:do|does|did) not have|have no|has no|had no|with no|without|lacking|missing)(?: (?:an?|any|their|its))* ${capture('column', '[BCV]\\d+')}(?: (?:on file|on record|recorded|set|assigned|listed|at all|yet))?(?= ·| $| ,| (?:and|but|by|per|in) )`,
    ({ column: code }, reading) => {
      const table = subjectOf(reading);
      const [best] = reading.sentence.mention(code).columns.filter(({ target }) => target.table === table);
      if (!table || !best || best.score < NEARLY || !isEmptyOfSome(best.target)) return false;
      if (flagOf(best.target.column, reading.resolver.catalog.engine)) return false;
      return addFilter(reading, nothingIn(best.target, reading.resolver.catalog));
    },
  ),
);
