import type { Table } from '#src/domain/catalog.ts';
import { ANY, EXCEPT, isTie, NOT, periodOf, TO, verb, WITHOUT } from './absence-words.ts';
import { ADJECTIVES, IS, OPERATORS, scalar } from './comparisons.ts';
import { dbGraph, joinTables } from './db-graph.ts';
import type { RowFilter } from './frame.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, meaning, optional, part, pattern } from './pattern.ts';
import { heldBy } from './read-values.ts';
import { COLUMN, NUMBER, TABLE, type Taken, VALUE } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

const table = capture('table', TABLE);
const DONE = /(?:ed|sold|bought|made|taken|held|sent|given|paid)$/;

const any = optional(table);
/** Says that none of those is there which are described next. */
const LACKS = `(?:${NOT}|${WITHOUT}|${EXCEPT})`;

/** What is said of the things that are not there, and whether of all rows of each that is listed. */
interface Such {
  readonly said?: Table | undefined;
  readonly whole?: boolean;
  /** The table that the verb names. */
  readonly via?: Table | undefined;
}

/** No row of another table fulfils it: of the listed things, or of those of one row that it is said of. */
function exclude(
  reading: Reading,
  ref: ColumnRef,
  conditions: readonly RowFilter[],
  { said, whole = false, via }: Such,
): Taken {
  const { frame } = reading;
  const subject = subjectOf(reading);
  if (!subject) return false;
  const link = linkBetween(reading, subject, ref.table, via);
  const steps = stepsBetween(reading, [subject, ...(link ? [link] : []), ref.table]);
  const many = ref.table !== subject && steps.includes(true) && !isShared(steps);
  // "which cities do not have any shop with a garden": of what is listed of the shops
  const own = ref.table === subject && (said === subject || whole);
  if (!many && !own) return false;
  if (own) frame.distinct = true;
  if (said && said !== subject && said !== ref.table) frame.apart.add(said);
  return addFilter(reading, { kind: 'each', ref, conditions, negated: true, ...(link ? { via: link } : {}) });
}

/** How many rows each step of the joins between tables leads to: true where that may be several. */
function stepsBetween({ resolver }: Reading, tables: readonly Table[]): readonly boolean[] {
  const steps = joinTables(dbGraph(resolver.catalog), tables) ?? [];
  return steps.map(({ from, to }) => resolver.isMany(from, to));
}

/** By way of what many share, as students have the courses of their department: it ties none of the one to any of the other. */
const isShared = (steps: readonly boolean[]): boolean => steps.some((many, at) => many && steps[at - 1] === false);

/** What ties rows of another table to those of one: the table that is named, or the only one where no join does. */
function linkBetween(reading: Reading, subject: Table, table: Table, named: Table | undefined): Table | undefined {
  const near = reading.resolver.referring(subject).filter((link) => link !== table);
  if (named && near.includes(named)) return named;
  if (!isShared(stepsBetween(reading, [subject, table]))) return undefined;
  const [only, ...others] = near.filter((link) => !stepsBetween(reading, [link, table]).includes(true));
  return others.length ? undefined : only;
}

type Compared = Extract<RowFilter, { readonly kind: 'compare' }>;
const equals = (ref: ColumnRef, value: string): Compared => ({
  kind: 'compare',
  ref,
  operator: '=',
  value: { kind: 'text', value },
});

/** "professors who do not play chess as an activity": of whom is not known, if the first table that is named comes after. */
function isSaidBefore({ sentence: { asked }, resolver }: Reading, code: string): boolean {
  const first = asked.search(/ [TB]\d/);
  return resolver.ownerNamedFirst !== undefined || (first >= 0 && first < asked.indexOf(` ${code} `));
}

/** "who do not use cash", where each has one means of payment: it is another. */
function isOther(reading: Reading, conditions: readonly Compared[], said: Table | undefined, code: string): Taken {
  const subject = subjectOf(reading);
  const isOne = conditions.every(({ ref }) => ref.table === subject || !reading.resolver.isMany(subject, ref.table));
  if (!isSaidBefore(reading, code)) return false;
  if (!subject || !isOne || (said && conditions.some(({ ref }) => ref.table !== said))) return false;
  reading.frame.filters.push(...conditions.map((one): RowFilter => ({ ...one, operator: '<>' })));
  return true;
}

/** "studios that have never worked with …", "all but those that …": of all rows of each. */
const isWhole = (said: string) => / (?:never|except) /.test(said);

const value = capture('value', VALUE);
const number = capture('number', NUMBER);
const column = capture('column', COLUMN);
const operator = meaning('operator', OPERATORS);
/** What leads from a thing to what is said of it. */
const WITH = part`(?:(?:that|which|who|with|of|for|from|in|by|is|are|was|were|been|being|named|called|whose|having|has|have|an?|the
  |type|as|to|any|either) )*`;
const OF = '(?:(?:of|is|as|to|in|being|named|called|the|with|either|equal) )*';

/** The numbers that a code names; of several of that name those of which each thing asked about may have many. */
function numberSuch(reading: Reading, code: string, said: Table | undefined): ColumnRef | undefined {
  const { resolver, sentence } = reading;
  const subject = subjectOf(reading);
  const best = resolver.column(code, said);
  const { columns } = sentence.mention(code);
  const alike = columns.filter(({ score }) => score >= (columns[0]?.score ?? 0) - 0.02).map(({ target }) => target);
  const many = said || best?.table === subject ? [] : alike.filter(({ table }) => resolver.isMany(subject, table));
  const ref = many.length === 1 ? many[0] : best;
  return ref?.column.kind === 'number' ? ref : undefined;
}

/** Where a value is held: by the column or the table that stands beside it, else by what is likely meant. */
function heldSuch(reading: Reading, value: string, beside: readonly (string | undefined)[], said: Table | undefined) {
  const codes = beside.filter((code) => code !== undefined);
  const named = codes.map((code) => heldBy(reading, code, value)).find((one) => one !== undefined);
  if (named) return named;
  return codes.some((code) => code.startsWith('C'))
    ? undefined
    : reading.resolver.value(value, said ?? subjectOf(reading));
}

/** "a course from Biology department": of the course's own column, where it says to which department it belongs. */
function ownSuch(reading: Reading, value: string, after: string | undefined, said: Table | undefined) {
  const { sentence, frame, resolver } = reading;
  const beside = after?.startsWith('C') ? undefined : resolver.table(after);
  if (!said || !beside || beside === said || !resolver.refersTo(said).includes(beside)) return undefined;
  const [own, ...more] = sentence.mention(value).values.filter(({ table }) => table === said);
  if (!own || more.length) return undefined;
  frame.apart.add(beside);
  return own;
}

/** "who do not have a loan of type mortgages", "never received a rating higher than 8". */
export const readWithoutSuch = inOrder(
  rule(
    pattern`${LACKS} (?:${verb} )?${TO}${ANY}(?:${any} )?${WITH}
      (?:[CB]\d+ (?:with|of) (?:the )?)?(?:${optional(capture('before', COLUMN))} ${OF})?${value}(?: ${optional(capture('after', '[CBT]\\d+'))})?
      (?: or (?:(?:in|to|the|an?|any) )*${optional(capture('other', VALUE))}(?: ${optional(capture('last', COLUMN))})?)?`,
    ({ verb = '', table, before, value, after, other, last }, reading, { said: words }) => {
      const { resolver, sentence, frame } = reading;
      // "not placed any orders": the verb, though a state is called so
      const done = sentence.wording(value).toLowerCase();
      if (!isTie(reading, verb) || ((isEvent(done) || isRelation(done)) && DONE.test(done))) return false;
      const said = resolver.table(table) ?? (after?.startsWith('T') ? resolver.table(after) : undefined);
      const ref = ownSuch(reading, value, after, said) ?? heldSuch(reading, value, [before, after], said);
      const second = other === undefined ? undefined : heldSuch(reading, other, [last, before, after], said);
      if (!ref || (other !== undefined && second?.column !== ref.column)) return false;
      const conditions = [ref, ...(second ? [second] : [])].map((one): Compared => equals(ref, one.value));
      const through = before === undefined ? undefined : resolver.column(before)?.table;
      const via = verb.startsWith('T') ? resolver.table(verb) : undefined;
      if (!exclude(reading, ref, conditions, { said, whole: isWhole(words), via }))
        return (verb !== '' || before !== undefined) && !isWhole(words) && isOther(reading, conditions, said, value);
      if (through && through !== subjectOf(reading) && through !== ref.table) frame.apart.add(through);
      return true;
    },
  ),
  rule(
    pattern`${LACKS} (?:${verb} )?${TO}${ANY}(?:${any} ${WITH})?${column} ${IS}${operator} (?:the )?${number}`,
    ({ verb = '', table, column, operator, number }, reading, { said: words }) => {
      const said = reading.resolver.table(table);
      const ref = numberSuch(reading, column, said);
      if (!ref || !isTie(reading, verb)) return false;
      const value = scalar(reading.sentence, number, ref);
      return exclude(reading, ref, [{ kind: 'compare', ref, operator, value }], { said, whole: isWhole(words) });
    },
  ),
  // "countries that have no roller coaster longer than 3000"
  rule(
    pattern`${LACKS} (?:${verb} )?${ANY}${any} (?:(?:that|which|who) (?:is|are|was|were) )?${meaning('adjective', ADJECTIVES)} than ${number}`,
    ({ verb = '', table, adjective, number }, reading) => {
      const said = reading.resolver.table(table);
      const ref = said && reading.resolver.hinted(said, adjective.hints, ['number']);
      if (!ref || !isTie(reading, verb)) return false;
      const value = scalar(reading.sentence, number, ref);
      return exclude(reading, ref, [{ kind: 'compare', ref, operator: adjective.operator, value }], { said });
    },
  ),
  rule(
    pattern`${LACKS} (?:${verb} )?${ANY}(?:${any} ${WITH})?(?:${optional(operator)} )?${number} ${column}`,
    ({ verb = '', table, operator = '=', number, column }, reading) => {
      const said = reading.resolver.table(table);
      const ref = numberSuch(reading, column, said);
      if (!ref || !isTie(reading, verb)) return false;
      const value = scalar(reading.sentence, number, ref);
      return exclude(reading, ref, [{ kind: 'compare', ref, operator, value }], { said });
    },
  ),
  // "countries without a stadium that was opened after 2006": of the listed things' own rows
  rule(
    pattern`${LACKS} (?:${verb} )?${TO}${ANY}${table} ${WITH}(?:[a-z]+ed )?${capture('date', 'D\\d+')}`,
    ({ verb = '', table, date }, reading) => {
      const said = reading.resolver.table(table);
      if (!said || said !== subjectOf(reading) || !isTie(reading, verb)) return false;
      const period = periodOf(reading, said, date);
      return period !== undefined && exclude(reading, period.ref, [period], { said });
    },
  ),
  // "products that Acme does not make"
  rule(
    pattern`(?: (?:that|which|who|whom|but))* (?:${any} (?:named |called )?)?${value} (?:do|does|did|has|have|had) not ${capture('verb', '[a-z]+|[TB]\\d+')}(?= ·| $| ,)`,
    ({ table, value, verb }, reading) => {
      const said = reading.resolver.table(table);
      const ref = heldSuch(reading, value, [], said);
      if (!ref || !isTie(reading, verb) || !(verb.startsWith('T') || verb.startsWith('B') || isRelation(verb)))
        return false;
      const conditions = [equals(ref, ref.value)];
      return exclude(reading, ref, conditions, { said }) || isOther(reading, conditions, said, value);
    },
  ),
);
