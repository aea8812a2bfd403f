import type { Table } from '#src/domain/catalog.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import type { ComparisonOperator } from '#src/sql/query-ir.ts';
import { COUNTING } from './comparisons.ts';
import type { Measure } from './frame.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, meaning, optional, part, pattern } from './pattern.ts';
import { NAME, NUMBER, TABLE, VALUE } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

/** Bounds the number of rows that belong to each, or of those that hold something. */
export function boundRows(
  { frame }: Reading,
  table: Table,
  operator: ComparisonOperator,
  bound: number,
  of?: ColumnRef,
): boolean {
  const measure: Measure = { kind: 'count', distinct: false, ...(of ? { of } : {}) };
  // "2 parts and less than 2 faults": each a bound of its own; "an average rating below 4 and at least 10 reviews" are both of the reviews
  if (frame.having) {
    const own = frame.having.measure.kind === 'aggregate' && frame.counted === table && !frame.bounds.length;
    if (own) frame.bounds.push({ measure, operator, bound: { kind: 'number', value: bound } });
    return own;
  }
  frame.having = { measure, operator, bound: { kind: 'number', value: bound } };
  frame.touched.add(table);
  frame.counted = table;
  return true;
}

/** "students with more than one allergy": the column that rows hold which refer to a student; of several tables the one that does. */
function heldBySeveral(reading: Reading, code: string): ColumnRef | undefined {
  const { sentence, resolver } = reading;
  const subject = subjectOf(reading);
  const { columns } = sentence.mention(code);
  const best = columns.filter(({ score }) => score >= (columns[0]?.score ?? 0)).map(({ target }) => target);
  const [only, ...more] = best.filter(
    ({ table, column }) => subject && column.kind === 'text' && resolver.refersTo(table).includes(subject),
  );
  if (only) return more.length ? undefined : only;
  // and rows of one table that have what is listed in common: "student ids that have more than one allergy"
  const [listed] = /[CB]\d+/.exec(sentence.asked) ?? [];
  const own = subject && resolver.column(listed, subject);
  const held = best.find(({ table, column }) => table === subject && column.kind === 'text');
  const isShared = own?.table === subject && own?.column !== held?.column;
  return own && isShared && roleOf(own, resolver.catalog) === 'reference' ? held : undefined;
}

/** @param bound how many rows of what a code names belong to each, as it is compared */
function boundCount(reading: Reading, code: string, operator: ComparisonOperator, bound: number): boolean {
  const { resolver } = reading;
  if (code.startsWith('C')) {
    const ref = heldBySeveral(reading, code);
    return ref !== undefined && boundRows(reading, ref.table, operator, bound, ref);
  }
  const table = resolver.table(code);
  return table !== undefined && boundRows(reading, table, operator, bound);
}

const VERB = part`(?:,? ?(?:(?:and|that|which|who|whose|with|have|has|had|having|own|owns|placed|made|did|done|contain|contains
  |containing|offer|offers|belong to|used by|shared by|are shared by|by|in|at|on|taken|written|produced|hosted|received|in charge of|responsible for) )+)`;
const operator = meaning('operator', new Map([...COUNTING, ['only', '='] as const]));
const number = capture('number', NUMBER);
const table = capture('table', TABLE);
const name = capture('name', NAME);

/** Whether a verb says no more than that two things belong together, itself or as the table that does: "rated 3 or more films". */
function ties(reading: Reading, verb: string, code: string): boolean {
  const { sentence, resolver, frame } = reading;
  const link = verb.startsWith('T') ? resolver.table(verb) : undefined;
  const [subject, counted] = [subjectOf(reading), resolver.table(code)];
  if (link && subject && counted && /ed$/i.test(sentence.wording(verb)) && resolver.links(link, subject, counted)) {
    frame.touched.add(link);
    return true;
  }
  const said = sentence.wording(verb).toLowerCase();
  return isRelation(said) || isEvent(said);
}

/** "events that have more than two records": of what a column holds, how many rows hold it. */
const readRecordBounds = rule(
  pattern` ${capture('code', NAME)}(?: (?:that|which|who))? (?:has|have|had|having|with) (?:an? )?${operator} ${number} (?:records?|rows?|entries)
    (?: (?:on file|on record|(?:in|on) (?:the|our|this) (?:database|system|data|tables?|records?)))?(?= ·| $| ,)`,
  ({ code, operator, number }, reading) => {
    const { sentence, resolver, frame } = reading;
    const table = resolver.table(code);
    const ref =
      (code.startsWith('T') && table ? resolver.label(table) : undefined) ?? resolver.column(code, frame.main);
    const rows = ref && resolver.rowsCalled(ref);
    if (!ref || !rows || !boundRows(reading, rows, operator, sentence.numberAt(number))) return false;
    frame.groups.push({ kind: 'column', ref });
    frame.items.push({ kind: 'column', ref });
    return true;
  },
);

/** "with more than two orders", "that have at least 3 students": a bound on how many rows belong to each. */
export const readCountBounds = inOrder(
  readRecordBounds,
  // "countries in which there are more than 3 shops", "for which there have been two festivals"
  rule(
    pattern` (?:for|in|at|on|from) which there (?:is|are|was|were|has been|have been) ${operator} ${number} (?:different |distinct |corresponding )?${name}`,
    ({ operator, number, name }, reading) => boundCount(reading, name, operator, reading.sentence.numberAt(number)),
  ),
  // "buildings that have at least 10 professors": rows that a value in the plural is the name of
  rule(
    pattern` (?:with|have|has|had|having|are there) ${operator} ${number} ${capture('value', VALUE)}(?= ·| $| ,)`,
    ({ operator, number, value }, reading) => {
      const { sentence, resolver } = reading;
      const held = resolver.value(value, subjectOf(reading));
      const rows = held && /s$/i.test(sentence.wording(value)) ? resolver.rowsCalled(held) : undefined;
      if (!rows || sentence.mention(value).values.length > 1) return false;
      return boundRows(reading, rows, operator, sentence.numberAt(number)) && { leaving: `· ${value}` };
    },
  ),
  // "policy types that more than 4 customers use"
  rule(
    pattern`(?<= [CTB]\d+|·)(?: (?:that|which|only))* ${operator} ${number} ${table} (?:(?:are|is|were|was|have|has|been) )*${capture('verb', '[a-z]{3,}')}(?: (?:in|on|at|from|for|to|with))?(?= ·| $| ,)`,
    ({ operator, number, table, verb }, reading) =>
      (isRelation(verb) || verb === 'have') && boundCount(reading, table, operator, reading.sentence.numberAt(number)),
  ),
  rule(
    pattern`${VERB}(?:an? )?${operator} ${capture('number', 'N\\d+|an?')}
      (?: (?:different|distinct|corresponding))?(?: ${optional(capture('state', VALUE))})? ${name}`,
    ({ operator, number, state, name }, reading) => {
      const bound = number.startsWith('N') ? reading.sentence.numberAt(number) : 1;
      if (!boundCount(reading, name, operator, bound)) return false;
      // "more than 12 shipped orders": the state is read with the other values
      return state === undefined || { leaving: `· ${state}` };
    },
  ),
  // "agents who handled more than 100 tickets"
  rule(
    pattern`(?: (?:that|which|who|and|have|has|had|were|was|been))* ${capture('verb', '[a-z]{3,}|[CVT]\\d+')} ${operator} ${number} (?:different |distinct |corresponding )?${name}`,
    ({ verb, operator, number, name }, reading) =>
      ties(reading, verb, name) && boundCount(reading, name, operator, reading.sentence.numberAt(number)),
  ),
  // "courses with two prerequisites"
  rule(
    pattern` (?:that |which |who )?(?:with|have|has|had|having|own|owns) (?:exactly |only )?${number} (?:different |distinct )?${table}(?= ·| $| ,| and )`,
    ({ number, table }, reading) => boundCount(reading, table, '=', reading.sentence.numberAt(number)),
  ),
);
