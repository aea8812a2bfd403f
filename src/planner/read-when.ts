import type { Measure } from './frame.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, optional, pattern } from './pattern.ts';
import { TABLE } from './sentence.ts';
import { isEvent, isRelation, participleOf } from './verbs.ts';

const LAST = /^(?:last|latest|newest|most recent)$/;

/** The date that a verb is said of: that of its name, or the one by which things come to be. */
function dateOf(reading: Reading, verb: string): ColumnRef | undefined {
  const { sentence, resolver } = reading;
  const table = subjectOf(reading);
  const said = sentence.wording(verb).toLowerCase();
  return table && (resolver.dateNamed(said, [table]) ?? (isEvent(said) ? resolver.eventDate(table) : undefined));
}

function show({ frame }: Reading, ref: ColumnRef | undefined): boolean {
  if (!ref) return false;
  const item: Measure = { kind: 'column', ref };
  frame.items.push(item);
  return true;
}

const verb = capture('verb', '[a-z]{4,}|[VC]\\d+');

/** "when was the first order placed", "and when they started": what is asked for is a date. */
export const readWhen = inOrder(
  rule(
    pattern`^ (?:when (?:was|were|is|did)|(?:(?:tell me|what is|what was|show|show me|give me|find|return) )?(?:the )*(?:date|C\d+) (?:when|on which))(?: (?:the|our|we|very))* ${capture('which', 'first|last|latest|earliest|oldest|newest|most recent')} ${capture('table', TABLE)}
      (?: (?:was|were|is))?(?: ${optional(verb)})?(?= ·| $| ,| D\d| (?:of|for|by|from|in|with) )`,
    ({ which, table: code, verb }, reading) => {
      const { sentence, frame, resolver } = reading;
      const table = resolver.table(code);
      const said = verb === undefined ? undefined : sentence.wording(verb).toLowerCase();
      const date =
        table && ((said === undefined ? undefined : resolver.dateNamed(said, [table])) ?? resolver.eventDate(table));
      if (!table || !date || (said !== undefined && !isEvent(said) && !isRelation(said))) return false;
      frame.main ??= table;
      frame.touched.add(table);
      frame.items.push({ kind: 'aggregate', name: LAST.test(which) ? 'max' : 'min', ref: date });
      return true;
    },
  ),
  // "when did we last send a newsletter", "when was the last time we sent one"
  rule(
    pattern`^ when (?:did|have|has|had)(?: (?:we|you|they|anybody|somebody|anyone|someone))? ${capture('which', 'last|first')} ${verb}(?: (?:out|up))? (?:an?|the|any|our|one of our) ${capture('table', TABLE)}(?= )`,
    ({ which, verb, table: code }, reading) => {
      const { sentence, frame, resolver } = reading;
      const table = resolver.table(code);
      const said = sentence.wording(verb).toLowerCase();
      const done = participleOf(said) ?? said;
      const date =
        table && (resolver.dateNamed(done, [table]) ?? (isEvent(said) ? resolver.eventDate(table) : undefined));
      if (!table || !date) return false;
      frame.main ??= table;
      frame.touched.add(table);
      frame.items.push({ kind: 'aggregate', name: which === 'last' ? 'max' : 'min', ref: date });
      return true;
    },
  ),
  // "names of agents and when they started"
  rule(
    pattern`(?: ,)?(?: and)? when (?:they|it|he|she|each|those|these)(?: (?:was|were|had|have|has|been|is|are))* ${verb}(?= ·| $| ,)`,
    ({ verb }, reading, { before }) => {
      // "agents and when they started": who they are is asked for, too
      if (!/ [CB]\d/.test(before)) reading.frame.withLabels = true;
      return show(reading, dateOf(reading, verb));
    },
  ),
  // "owners with the date they joined", "… and when was each commissioned"
  rule(
    pattern`(?: ,)?(?: and| with)*(?: when (?:was|were|did)| (?:(?:the|their|its) )?${optional(capture('date', 'dates?|C\\d+'))}(?: on which| when| that)?) (?:they|it|each(?: one)?(?: of them)?|those|these)(?: (?:was|were|had|have|has|been|is|are))* ${verb}(?= ·| $| ,)`,
    ({ date, verb }, reading, { said, before }) => {
      if (/ (?:by|on|of|from|in)(?: the)?$/.test(before)) return false;
      const isDate = date === undefined ? / when /.test(said) : /^dates?$/i.test(reading.sentence.wording(date));
      const ref = isDate ? dateOf(reading, verb) : undefined;
      if (ref && !/ [CB]\d/.test(before)) reading.frame.withLabels = true;
      return show(reading, ref);
    },
  ),
  // "name, start"
  rule(
    pattern`(?<= [CB]\d+(?: ,)?(?: and)?(?: [CB]\d+(?: ,)?(?: and)?)*) ${capture('which', 'start|end')}(?= ·| $| ,)`,
    ({ which }, reading) => {
      const table = subjectOf(reading);
      return show(reading, table && reading.resolver.dateNamed(which, [table]));
    },
  ),
  rule(pattern`(?: ,)?(?: and) since when(?= ·| $| ,)`, (_, reading) => {
    const table = subjectOf(reading);
    return show(reading, table && reading.resolver.eventDate(table));
  }),
  // "when was Anna Berg hired"
  rule(
    pattern`^ when (?:was|were|did|has|have) ${capture('whom', '(?:(?:the|our|an?|all) )*[TBCV]\\d+(?: [TBCVNQ]\\d+)*')} ${verb}(?: (?:up|in|on))?(?= $| ·)`,
    ({ whom, verb }, reading) => show(reading, dateOf(reading, verb)) && { leaving: whom },
  ),
);
