import type { Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { ADJECTIVES, IS, OPERATORS, scalar } from './comparisons.ts';
import type { EachFilter } from './frame.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, meaning, optional, part, pattern } from './pattern.ts';
import { heldBy } from './read-values.ts';
import { COLUMN, NUMBER, TABLE, type Taken, VALUE } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

const table = capture('table', TABLE);
const within = optional(capture('date', 'D\\d+'));

/** Says that something is not, with the verbs that carry it. */
const NOT = part`(?: (?:and|but|that|which|who|they|we))*(?: (?:do|does|did|have|has|had|is|are|was|were))? (?:not|never)
  (?: yet)?(?: (?:been|had|have|having|be))*`;
const TO = '(?:in charge of |responsible for |in |to |by |with |for |of |on |at |from |as )?';
const ANY = '(?:any |an? |the |some |single |one |of the )*';
/** What adds nothing to a thing that is not there. */
const AT_ALL = '(?: (?:at all|yet|ever|records?|recorded|(?:from|with|by) us|anywhere|listed))*';

/** @param date "no ticket in 2026" is none of that time */
function without(reading: Reading, code: string, date: string | undefined, verb = ''): Taken {
  const { frame, resolver } = reading;
  // "did not teach any course": no row of what ties the two is there
  const tie = /^[TB]\d/.test(verb) ? resolver.table(verb) : undefined;
  const target = resolver.table(code);
  const subject = subjectOf(reading);
  const table = tie && target && subject && tie !== subject && resolver.links(tie, subject, target) ? tie : target;
  if (table === tie && target) frame.apart.add(target);
  return (
    table !== undefined && table !== subjectOf(reading) && leaveOut(reading, table, date) && frame.without.length > 0
  );
}

function leaveOut({ sentence, frame, resolver }: Reading, table: Table, date: string | undefined): boolean {
  const span = date === undefined ? undefined : sentence.dateAt(date);
  const years = span !== undefined && [span.from, span.to].every((day) => day === undefined || day.endsWith('-01-01'));
  const ref = span && (resolver.eventDate(table) ?? (years ? resolver.yearColumn(table) : undefined));
  if (span && !ref) return false;
  frame.without.push(table);
  if (span && ref) {
    frame.absent.push({ kind: 'period', ref, span, ...resolver.zoneOf(ref) });
    frame.assumptions.push(`The period ${span.label} is read on ${table.name}.${ref.column.name}.`);
  }
  return true;
}

/** Whether a verb between "not" and a thing says no more than that the two belong together. */
function isTie(reading: Reading, verb: string): boolean {
  const said = reading.sentence.wording(verb);
  return !said || /^[VTB]\d/.test(verb) || isRelation(said) || isEvent(said.toLowerCase()) || TIES.test(said);
}
const DONE = /(?:ed|sold|bought|made|taken|held|sent|given|paid)$/;
const TIES = /^(?:been|used|ordered|bought|taken)$/;

const verb = optional(
  capture(
    'verb',
    '(?!(?:an?|the|any|some|single|one|in|on|at|to|by|of|for|with|from)(?= ))[a-z]+|[VTBC]\\d+(?= (?:in |to |by |with |for |on |at |from )?(?:any|an?) )',
  ),
);

/** "students who do not have any pets", "customers without orders", "invoices that have not had a single payment". */
const readWithout = inOrder(
  rule(
    pattern` (?:and |but )?(?:that |who |which |we )?(?:without|with no|have no|has no|had no|having no) ${ANY}${table}${AT_ALL}
      (?: (?:in |during )?${within})?(?: with)?(?= ·| $| ,| and|\?| [CT]\d)`,
    ({ table, date }, reading) => without(reading, table, date),
  ),
  rule(
    pattern`${NOT} (?:${verb} )?${TO}${ANY}${table}${AT_ALL}(?: ${within})?`,
    // "have not used a phone with full accreditation" is no absence of phones
    ({ verb = '', table, date }, reading, { after }) =>
      isTie(reading, verb) && /^ *(?:·|$|,|and )/.test(after) && without(reading, table, date, verb),
  ),
);

/** No row of another table fulfils it: of the listed things, or of those of one row that it is said of. */
function exclude(reading: Reading, ref: ColumnRef, condition: EachFilter['conditions'][number], said?: Table): Taken {
  const { frame, resolver } = reading;
  const subject = subjectOf(reading);
  if (!subject) return false;
  const many = ref.table !== subject && resolver.isMany(subject, ref.table);
  // "which cities do not have any shop with a garden": of what is listed of the shops
  const own = ref.table === subject && said === subject;
  if (!many && !own) return false;
  if (own) frame.distinct = true;
  if (said && said !== subject && said !== ref.table) frame.apart.add(said);
  return addFilter(reading, { kind: 'each', ref, conditions: [condition], negated: true });
}

const value = capture('value', VALUE);
const number = capture('number', NUMBER);
const column = capture('column', COLUMN);
const operator = meaning('operator', OPERATORS);
/** What leads from a thing to what is said of it. */
const WITH = part`(?:(?:that|which|who|with|of|for|from|in|by|is|are|was|were|been|being|named|called|whose|having|has|have|an?|the
  |type|as|to) )*`;

/** "who do not have a loan of type mortgages", "never received a rating higher than 8". */
const readWithoutSuch = inOrder(
  rule(
    pattern`${NOT} (?:${verb} )?${TO}${ANY}(?:${optional(table)} )?${WITH}
      (?:${optional(capture('before', COLUMN))} (?:(?:of|is|as|being|named|called|the|with) )*)?${value}(?: ${optional(capture('after', COLUMN))})?`,
    ({ verb = '', table, before, value, after }, reading) => {
      const { resolver, sentence } = reading;
      // "not placed any orders": the verb, though a state is called so
      const done = sentence.wording(value).toLowerCase();
      if (!isTie(reading, verb) || ((isEvent(done) || isRelation(done)) && DONE.test(done))) return false;
      const said = resolver.table(table);
      const named = heldBy(reading, before, value) ?? heldBy(reading, after, value);
      const ref = named ?? resolver.value(value, said ?? subjectOf(reading));
      if (!ref || ((before ?? after) && !named)) return false;
      return exclude(reading, ref, { operator: '=', value: { kind: 'text', value: ref.value } }, said);
    },
  ),
  rule(
    pattern`${NOT} (?:${verb} )?${TO}${ANY}(?:${optional(table)} ${WITH})?${column} ${IS}${operator} (?:the )?${number}`,
    ({ verb = '', table, column, operator, number }, reading) => {
      const said = reading.resolver.table(table);
      const ref = reading.resolver.column(column, said);
      if (ref?.column.kind !== 'number' || !isTie(reading, verb)) return false;
      return exclude(reading, ref, { operator, value: scalar(reading.sentence, number, ref) }, said);
    },
  ),
  // "countries that have no roller coaster longer than 3000"
  rule(
    pattern`(?:${NOT} (?:${verb} )?${ANY}| (?:with|have|has|had|having) no )${optional(table)} (?:(?:that|which|who) (?:is|are|was|were) )?
      ${meaning('adjective', ADJECTIVES)} than ${number}`,
    ({ verb = '', table, adjective, number }, reading) => {
      const said = reading.resolver.table(table);
      const ref = said && reading.resolver.hinted(said, adjective.hints, ['number']);
      if (!ref || !isTie(reading, verb)) return false;
      return exclude(
        reading,
        ref,
        { operator: adjective.operator, value: scalar(reading.sentence, number, ref) },
        said,
      );
    },
  ),
  rule(
    pattern`${NOT} (?:${verb} )?${ANY}${operator} ${number} ${column}`,
    ({ verb = '', operator, number, column }, reading) => {
      const ref = reading.resolver.column(column);
      if (ref?.column.kind !== 'number' || !isTie(reading, verb)) return false;
      return exclude(reading, ref, { operator, value: scalar(reading.sentence, number, ref) });
    },
  ),
);

/** "who have not ordered anything this year", "products that were never ordered": the verb names what is not there. */
const readNeverDone = rule(
  pattern`${NOT} ${capture('verb', '[a-z]{4,}')}(?: (?:anything|something|any|one|at all|yet|from us|with us|by (?:any|some)(?:one|body)))*
    (?: ${within})?(?= ·| $| ,| and)`,
  ({ verb, date }, reading) => {
    const subject = subjectOf(reading);
    const done = subject && reading.resolver.doneBy(verb, subject);
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
  rule(pattern`${NOT} ${capture('verb', '[a-z]{4,}')}(?: yet| so far| at all)?(?= ·| $| ,| and)`, ({ verb }, reading) =>
    withoutDay(reading, verb, subjectOf(reading)),
  ),
  rule(pattern` un${capture('verb', '[a-z]{4,}')}(?= (?:${optional(table)}|·))`, ({ verb, table: code }, reading) =>
    withoutDay(reading, verb, reading.resolver.table(code) ?? reading.frame.main),
  ),
);

function withoutDay(reading: Reading, verb: string, subject: Table | undefined): Taken {
  const ref = subject && /ed$|sent$|paid$/.test(verb) ? reading.resolver.dateNamed(verb, [subject]) : undefined;
  // of a date that every row has it would be empty for another reason
  if (!ref || ref.column.nullShare === 0) return false;
  reading.frame.assumptions.push(`“not ${verb}” is read as ${ref.table.name}.${ref.column.name} being empty.`);
  return addFilter(reading, { kind: 'null', ref, negated: false });
}

const KEY_WORDS = /^(?:id|key|code|no|nr|number|fk)$/;

/** "employees with no manager": the reference is empty. */
const readNoReference = rule(
  pattern` (?:with|have|has|had|having)? ?(?:no|without(?: an?| any)?|missing) ${capture('word', '[a-z]{3,}(?: [a-z]{3,})?|V\\d+')}
    (?= ·| $| ,| and)`,
  ({ word }, reading) => {
    const table = subjectOf(reading);
    const said = reading.sentence.wording(word).toLowerCase().split(' ').map(stem).join(' ');
    const column = table?.columns.find(
      (one) =>
        roleOf({ table, column: one }, reading.resolver.catalog) === 'reference' &&
        splitIdentifier(one.title ?? one.name)
          .filter((part) => !KEY_WORDS.test(part))
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
  readWithoutSuch,
  readWithout,
  readNeverHad,
  readNeverDone,
  readNotYet,
  readNoReference,
);
