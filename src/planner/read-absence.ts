import type { Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { ANY, AT_ALL, EXCEPT, isTie, NOT, periodOf, TO, verb, WITHOUT } from './absence-words.ts';
import { until } from './date-span.ts';
import type { RowFilter } from './frame.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { IGNORABLE } from './ignorable.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, optional, pattern } from './pattern.ts';
import { readWithoutSuch } from './read-such-absence.ts';
import { stillToCome } from './read-time-states.ts';
import { NAME, TABLE, type Taken } from './sentence.ts';
import { ABBREVIATIONS } from './short-forms.ts';
import { isRelation } from './verbs.ts';

const table = capture('table', TABLE);
const thing = capture('thing', NAME);
const within = optional(capture('date', 'D\\d+'));
const IN = '(?:held |made |placed |in |during )*';
/** Other tables that say what it is: "devices in stock", "assigned to repair machines". */
const more = optional(capture('more', '(?:(?: (?!(?:and|or|but|than|who|that|which|whose) )[a-z]+){0,3} [TB]\\d+)+'));

interface Lacking {
  readonly verb?: string | undefined;
  readonly thing: string;
  readonly more?: string | undefined;
  /** "no ticket in 2026" is none of that time. */
  readonly date: string | undefined;
}

/** Verbs that say nothing of how two things belong together. */
const HAVE = /^(?:have|has|had|having|use|used|hold)$/;

/** No row is there of what is named, or of what ties it to the things asked about. */
function without(reading: Reading, { verb = '', thing, more = '', date }: Lacking): Taken {
  const words = more.split(' ').filter(Boolean);
  const ties = words.filter((word) => !/^[TB]\d/.test(word));
  if (!isTie(reading, verb) || !ties.every((word) => IGNORABLE.has(word) || isRelation(word))) return false;
  if (thing.startsWith('C') && isOfRows(reading, thing)) return false;
  // what is done may be called as a column is: "did not attend any performance"
  const codes = [verb.startsWith('C') ? '' : verb, thing, ...words].filter((word) => /^[TBC]\d/.test(word));
  const table = lackingOf(reading, codes, verb);
  if (!table || !leaveOut(reading, table, date)) return false;
  const { frame, sentence } = reading;
  const columns = [verb, ...codes].filter((code) => code.startsWith('C'));
  frame.lacked.push(...columns.flatMap((code) => columnOf(reading, code) ?? []));
  if (verb && !HAVE.test(verb)) frame.tie = sentence.wording(verb);
  // "who never opened a message": none that was opened; "households without a smart meter": none that is smart
  for (const code of columns) {
    const ref = columnOf(reading, code);
    const flag = ref?.table === table ? flagOf(ref.column, reading.resolver.catalog.engine) : undefined;
    if (ref && flag) frame.absent.push({ kind: 'compare', ref, operator: '=', value: flag.yes });
  }
  return true;
}

/** "contracts that have no end date": of the rows that are named, or empty in some of them. */
function isOfRows(reading: Reading, code: string): boolean {
  const { resolver, sentence } = reading;
  const ref = columnOf(reading, code);
  const before = sentence.asked.split(` ${code} `)[0]?.match(/[TB]\d+/g) ?? [];
  return (ref?.column.nullShare ?? 0) > 0 || before.some((other) => resolver.table(other) === ref?.table);
}

/** The table of which no row is there: of several the one that refers to the things asked about and to all others. */
function lackingOf(reading: Reading, codes: readonly string[], verb: string): Table | undefined {
  const { frame, resolver } = reading;
  const subject = subjectOf(reading);
  const named = codes.map((code) => tableOf(reading, code));
  const tables = [...new Set(named)].flatMap((table) => (table && table !== subject ? [table] : []));
  const refersTo = (table: Table, other: Table | undefined) =>
    table === other || resolver.refersTo(table).some((one) => one === other);
  const ties = tables.filter((table) => refersTo(table, subject) && tables.every((other) => refersTo(table, other)));
  const [tie, ...others] = ties;
  if (tie && !others.length && !named.includes(undefined)) {
    for (const table of tables) if (table !== tie) frame.apart.add(table);
    return tie;
  }
  const [only, ...more] = tables;
  if (!only || more.length) return undefined;
  const link = linkTo(reading, only, verb);
  if (link) frame.apart.add(only);
  return link ?? (codes.some((code) => code.startsWith('C')) ? undefined : only);
}

/** The table that says which rows of another belong to which of the things asked about; of several the one that bears the verb. */
function linkTo(reading: Reading, table: Table, verb: string): Table | undefined {
  const { resolver } = reading;
  const subject = subjectOf(reading);
  const links = resolver
    .referring(subject)
    .filter((link) => link !== table && resolver.refersTo(link).some((one) => one === table));
  const [only, ...others] = links;
  const named = others.length && verb ? resolver.linkNamed(reading.sentence.wording(verb), subject) : only;
  return links.find((link) => link === named);
}

/** The table that a code names, or whose column it names. */
function tableOf(reading: Reading, code: string): Table | undefined {
  const { resolver } = reading;
  return code.startsWith('C') ? columnOf(reading, code)?.table : resolver.table(code);
}

/** The column that a code names; of several of that name the one in rows that refer to the things asked about. */
function columnOf(reading: Reading, code: string): ColumnRef | undefined {
  const { resolver, sentence } = reading;
  const subject = subjectOf(reading);
  const best = resolver.column(code, subject);
  const { columns } = sentence.mention(code);
  if (!best || best.table === subject) return best;
  const alike = columns.filter(({ score }) => score >= (columns[0]?.score ?? 0) - 0.02).map(({ target }) => target);
  const own = alike.filter(({ table }) => resolver.refersTo(table).some((one) => one === subject));
  return own.length === 1 ? own[0] : best;
}

function leaveOut(reading: Reading, table: Table, date: string | undefined): boolean {
  const { frame } = reading;
  const period = date === undefined ? undefined : periodOf(reading, table, date);
  if (date !== undefined && !period) return false;
  frame.without.push(table);
  if (period) frame.absent.push(period);
  return true;
}

/** "students who do not have any pets", "customers without orders", "invoices that have not had a single payment". */
const readWithout = inOrder(
  rule(
    pattern`${WITHOUT} ${ANY}${thing}${more}?${AT_ALL}(?: ${IN}${within})?(?: with)?(?= ·| $| ,| and|\?| [CT]\d)`,
    ({ thing, more, date }, reading) => !thing.startsWith('C') && without(reading, { thing, more, date }),
  ),
  // and "who do not have friends" of a column `friend` of the table that holds them, "regions that were not affected"
  rule(
    pattern`(?:${NOT}|${EXCEPT}|${WITHOUT}) (?:${verb} )?${TO}${ANY}${thing}${more}?${AT_ALL}(?: ${IN}${within})?`,
    // "have not used a phone with full accreditation" is no absence of phones
    (found, reading, { after }) => /^ *(?:·|$|,|and )/.test(after) && without(reading, found),
  ),
);

/** "who have not ordered anything this year", "products that were never ordered": the verb names what is not there. */
const readNeverDone = rule(
  pattern`${NOT} ${capture('verb', '[a-z]{4,}|T\\d+')}(?: (?:anything|something|any|one|at all|yet|from us|with us|by (?:any|some)(?:one|body)))*
    (?: ${within})?(?= ·| $| ,| and)`,
  ({ verb, date }, reading) => {
    const [listed] = /[CB]\d+/.exec(reading.sentence.asked) ?? [];
    const subject = subjectOf(reading) ?? reading.resolver.column(listed)?.table;
    // "shipments not delivered yet": the day is empty, whatever else is of shipments
    const day = subject && /ed$/.test(verb) ? reading.resolver.dateNamed(verb, [subject]) : undefined;
    if (day && day.column.nullShare !== 0) return false;
    // "sellers who never listed anything": the table is called as the deed is; "codes never used": of the one that refers to them
    const [only, ...more] = reading.resolver.referring(subject);
    const done = verb.startsWith('T')
      ? reading.resolver.table(verb)
      : subject && (reading.resolver.doneBy(verb, subject) ?? (verb === 'used' && !more.length ? only : undefined));
    return done !== undefined && leaveOut(reading, done, date);
  },
);

/** "never got a first reply": nothing is there. */
const readNeverHad = rule(
  pattern`${NOT} ${ANY}${capture('column', 'C\\d+')}${AT_ALL}(?: (?:at all|yet))?(?= ·| $| ,)`,
  ({ column: code }, reading) => {
    const { resolver } = reading;
    const ref = resolver.column(code, subjectOf(reading));
    // of a text that says yes or no the opposite is stored
    if (
      !ref ||
      ref.table !== subjectOf(reading) ||
      ref.column.kind === 'text' ||
      flagOf(ref.column, resolver.catalog.engine)
    )
      return false;
    return addFilter(reading, { kind: 'null', ref, negated: false });
  },
);

/** "orders not delivered yet", "undelivered orders": the day on which they were is empty. */
const readNotYet = inOrder(
  // "visits planned but not done", which all were planned
  rule(
    pattern`(?: ${optional(capture('first', '[a-z]+ed'))} but)?${NOT} ${capture('verb', '[a-z]{4,}')}(?: yet| so far| at all)?(?= ·| $| ,| and| (?:by|per) [TC])`,
    ({ first, verb }, reading, { said }) => {
      const subject = subjectOf(reading);
      const day = first && subject ? reading.resolver.dateNamed(first, [subject]) : undefined;
      if (first !== undefined && (!day || (day.column.nullShare ?? 0) > 0)) return false;
      return withoutDay(reading, verb, subject, / yet /.test(`${said} `));
    },
  ),
  // "articles not updated since 2024": last before that
  rule(
    pattern`(?: (?:that|which|who|and))?(?: (?:have|has|had|were|was|are|is))? (?:not|never)(?: been)? ${capture('verb', '[a-z]{4,}|C\\d+')} ${capture('date', 'D\\d+')}`,
    ({ verb, date }, reading) => {
      const { sentence, resolver } = reading;
      const subject = subjectOf(reading);
      const span = sentence.dateAt(date);
      const ref = subject && resolver.dateNamed(sentence.wording(verb), [subject]);
      if (!ref || !span?.from || span.to !== undefined) return false;
      const before: RowFilter = { kind: 'period', ref, span: until(span.from), ...resolver.zoneOf(ref) };
      // those that never were were not since then either
      const never: RowFilter = { kind: 'null', ref, negated: false };
      return addFilter(reading, ref.column.nullShare ? { kind: 'either', ref, filters: [never, before] } : before);
    },
  ),
  rule(pattern` un${capture('verb', '[a-z]{4,}')}(?= (?:${optional(table)}|·))`, ({ verb, table: code }, reading) =>
    withoutDay(reading, verb, reading.resolver.table(code) ?? reading.frame.main, true),
  ),
);

/** @param yet it is still to come */
function withoutDay(reading: Reading, verb: string, subject: Table | undefined, yet = false): Taken {
  const ref = subject && /ed$|sent$|paid$|done$/.test(verb) ? reading.resolver.dateNamed(verb, [subject]) : undefined;
  // of a date that every row has it would be empty for another reason
  if (!ref || ref.column.nullShare === 0) return false;
  reading.frame.assumptions.push(`“not ${verb}” is read as ${ref.table.name}.${ref.column.name} being empty.`);
  if (yet) reading.frame.filters.push(...stillToCome(ref.table));
  return addFilter(reading, { kind: 'null', ref, negated: false });
}

const KEY_WORDS = /^(?:id|key|code|no|nr|number|fk)$/;

/** States that are left for later ones. */
const PASSED_THROUGH = /^(?:shipped|sent|dispatched|packed|picked|confirmed|submitted)$/;

/** "disputes that haven't been closed yet": their own day of it, whatever else stands so; of a state alone nothing is known but that they are in another. */
const readNotYetInState = rule(
  pattern`${NOT} ${capture('state', 'V\\d+')}${optional(capture('yet', ' (?:yet|so far|at all)'))}?(?= ·| $| ,| and)`,
  ({ state, yet }, reading, { said: whole }) => {
    const { sentence, resolver, frame } = reading;
    const subject = subjectOf(reading);
    const said = sentence.wording(state).toLowerCase();
    // "sent but not received yet": they stand in the one state, and so in no other
    const isOther = new RegExp(` V\\d+(?: ,)? but not(?: yet)?(?: been)? ${state} `).test(sentence.asked);
    if (!subject || isOther || !/(?:ed|sent|paid|done|sold)$/.test(said)) return false;
    const day = resolver.dateNamed(said, [subject]);
    if (day && day.column.nullShare !== 0) return withoutDay(reading, said, subject, yet !== undefined);
    // "not approved yet" are those that wait, and none that were rejected
    const held = yet === undefined ? undefined : resolver.value(state, subject);
    const others = held?.table === subject ? stillToCome(subject) : [];
    if (held && others.length && !PASSED_THROUGH.test(said)) {
      frame.filters.push(...others);
      return addFilter(reading, {
        kind: 'compare',
        ref: held,
        operator: '<>',
        value: { kind: 'text', value: held.value },
      });
    }
    // "never shipped": those that are completed by now were
    if (
      PASSED_THROUGH.test(said) &&
      (yet !== undefined || / never /.test(whole)) &&
      sentence.mention(state).values.some(({ table }) => table === subject)
    )
      frame.refused ??= `I cannot tell which of ${subject.name} were never “${said}”: no day of it is kept.`;
    return false;
  },
);

/** "employees with no manager": the reference is empty. */
const readNoReference = rule(
  pattern` (?:with|have|has|had|having)? ?(?:no|without(?: an?| any)?|missing) ${capture('word', '[a-z]{3,}(?: [a-z]{3,})?|V\\d+')}(?: (?:yet|assigned|at all))?
    (?= ·| $| ,| and)`,
  ({ word }, reading) => {
    const table = subjectOf(reading);
    const atLength = (one: string) => ABBREVIATIONS.get(one) ?? [one];
    const said = reading.sentence.wording(word).toLowerCase().split(' ').flatMap(atLength).map(stem).join(' ');
    const column = table?.columns.find(
      (one) =>
        roleOf({ table, column: one }, reading.resolver.catalog) === 'reference' &&
        splitIdentifier(one.title ?? one.name)
          .filter((part) => !KEY_WORDS.test(part))
          .flatMap(atLength)
          .map(stem)
          .join(' ') === said,
    );
    return (
      table !== undefined &&
      column !== undefined &&
      addFilter(reading, { kind: 'null', ref: { table, column }, negated: false })
    );
  },
);

/** Reads what must not be there: "customers without orders", "who never ordered anything", "employees with no manager". */
export const readAbsence = inOrder(
  readNotYetInState,
  readWithoutSuch,
  readWithout,
  readNeverHad,
  readNeverDone,
  readNotYet,
  readNoReference,
);
