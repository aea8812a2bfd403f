import type { Table } from '#src/domain/catalog.ts';
import type { AggregateFunction, ComparisonOperator } from '#src/sql/query-ir.ts';
import { mayMeasure } from './column-roles.ts';
import { IS, LEAD, OPERATORS } from './comparisons.ts';
import type { Having, Measure } from './frame.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { capture, meaning, optional, part, pattern } from './pattern.ts';
import { COLUMN, NAME, NUMBER, TABLE, VALUE } from './sentence.ts';
import { isRelation } from './verbs.ts';

type Aggregate = Exclude<AggregateFunction, 'count'>;

const MEASURES: ReadonlyMap<string, Aggregate> = new Map(
  Object.entries({
    average: 'avg',
    mean: 'avg',
    total: 'sum',
    combined: 'sum',
    maximum: 'max',
    highest: 'max',
    minimum: 'min',
    lowest: 'min',
  } as const),
);

/** A measure over the several rows that each has of another table. */
function measureOfEach(reading: Reading, name: Aggregate, code: string): Measure | undefined {
  const { resolver } = reading;
  const ref = resolver.column(code);
  const main = subjectOf(reading);
  const sums = ref && mayMeasure(ref, name, resolver.catalog) && main && resolver.isMany(main, ref.table);
  return sums ? { kind: 'aggregate', name, ref } : undefined;
}

function boundMeasure({ frame }: Reading, having: Having): true {
  frame.having = having;
  if (having.measure.kind === 'aggregate') {
    frame.touched.add(having.measure.ref.table);
    frame.counted = having.measure.ref.table;
  }
  return true;
}

const measure = meaning('measure', MEASURES);
const column = capture('column', COLUMN);
const table = capture('table', TABLE);
const number = capture('number', NUMBER);
const operator = meaning('operator', OPERATORS);
/** "younger than 50" is no number of rows. */
const COUNTING = new Map(
  [...OPERATORS].filter(([said]) => !/^(?:older|younger|heavier|lighter|taller|cheaper|earlier|later) /.test(said)),
);

/** "departments with an average salary above 50000", "with more students than Physics": bounds on a measure of each. */
export const readGroupBounds = inOrder(
  rule(
    pattern`${LEAD}(?:an? |the |their )?${measure} ${column} ${IS}${operator} (?:the )?(?:overall )?average
      (?: [CB]\d+)?(?: of all [TB]\d+| overall)?`,
    ({ measure: name, column, operator }, reading) => {
      const measure = measureOfEach(reading, name, column);
      if (!measure || reading.frame.having) return false;
      return boundMeasure(reading, { measure, operator, bound: { kind: 'overall' } });
    },
  ),
  rule(
    pattern`${LEAD}(?:an? |the |their )?${measure} ${column} ${IS}${operator} ${number}`,
    ({ measure: name, column, operator, number }, reading) => {
      const measure = measureOfEach(reading, name, column);
      if (!measure || reading.frame.having) return false;
      const value = reading.sentence.numberAt(number);
      return boundMeasure(reading, { measure, operator, bound: { kind: 'number', value } });
    },
  ),
  rule(
    pattern`${LEAD}${capture('more', 'more|fewer|less')} ${table} than (?:the |in |in the )?${capture('value', VALUE)}
      (?: [TB]\d+)?`,
    ({ more, table: code, value: valueCode }, reading) => {
      const { frame, resolver } = reading;
      const table = resolver.table(code);
      const value = resolver.value(valueCode, frame.main);
      const main = subjectOf(reading);
      if (!table || !value || value.table !== main || table === main) return false;
      frame.touched.add(table);
      if (frame.having) return false;
      return boundMeasure(reading, {
        measure: { kind: 'count', distinct: false },
        operator: more === 'more' ? '>' : '<',
        bound: { kind: 'group', ref: value, value: { kind: 'text', value: value.value } },
      });
    },
  ),
);

/** "which cities do more than 10 customers live in", "which studios have an average gross over 5": what is asked for is told apart by. */
export const readGroupsAsked = inOrder(
  rule(
    pattern`^ (?:(?:in|on|at|for|from|with|by) )?(?:which|what) ${capture('group', COLUMN)} (?:do|does|did|have|has|are|were) ${operator} ${number} ${table}
      (?: ${optional(capture('verb', '[a-z]{3,}'))})?(?: (?:in|on|at|for|from|with|to|by))? $`,
    ({ group, operator, number, table: code, verb }, reading) => {
      const { frame, resolver, sentence } = reading;
      const counted = resolver.table(code);
      const ref = resolver.column(group, counted);
      if (!ref || !counted || frame.having || (verb !== undefined && !isRelation(verb))) return false;
      frame.main ??= counted;
      frame.touched.add(counted);
      frame.groups.push({ kind: 'column', ref, asked: true });
      return boundMeasure(reading, {
        measure: { kind: 'count', distinct: false },
        operator,
        bound: { kind: 'number', value: sentence.numberAt(number) },
      });
    },
  ),
  rule(
    pattern`^ (?:(?:in|on|at|for|from|with|by) )?(?:which|what) ${capture('group', COLUMN)} (?:is|are|was|were|have|has|had|with|where) (?:an? |the |their )?
      ${measure} ${column} ${IS}${operator} ${number}`,
    ({ group, measure: name, column: code, operator, number }, reading) => {
      const { frame, resolver, sentence } = reading;
      const of = resolver.column(code);
      const ref = of && resolver.column(group, of.table);
      if (!of || !ref || ref.table !== of.table || frame.having || !mayMeasure(of, name, resolver.catalog))
        return false;
      frame.main ??= of.table;
      frame.groups.push({ kind: 'column', ref, asked: true });
      return boundMeasure(reading, {
        measure: { kind: 'aggregate', name, ref: of },
        operator,
        bound: { kind: 'number', value: sentence.numberAt(number) },
      });
    },
  ),
);

/** "orders per country, only countries with over 20": a bound on the one figure of each group. */
export const readFigureBounds = rule(
  pattern`(?: ,| ·)?(?: (?:just|only|but))?(?: (?:the|those|for|in))*(?: ${optional(capture('group', NAME))})? (?:with|having|of|that have|that has|where it is) ${meaning('operator', COUNTING)} ${number}
    (?: ${optional(table)})?(?= ·| $| ,)`,
  ({ group, operator, number, table: code }, reading) => {
    const { frame, resolver, sentence } = reading;
    const figures = frame.items.filter(({ kind }) => kind === 'count' || kind === 'aggregate');
    const [own] = frame.groups;
    const rows: Measure | undefined =
      frame.phrase && frame.main && !frame.items.length
        ? { kind: 'count', distinct: false, table: frame.main }
        : undefined;
    const [figure = rows, ...more] = figures;
    if (!figure || more.length || !own || frame.having) return false;
    const of =
      resolver.column(group, own.ref.table)?.column === own.ref.column || resolver.table(group) === own.ref.table;
    const counted = figure.kind === 'count' ? (figure.table ?? frame.main) : undefined;
    if ((group !== undefined && !of) || (code !== undefined && resolver.table(code) !== counted)) return false;
    if (figure === rows) frame.items.push(figure);
    return boundMeasure(reading, {
      measure: figure,
      operator,
      bound: { kind: 'number', value: sentence.numberAt(number) },
    });
  },
);

/** @param bound how many rows of the table belong to each, as it is compared */
function boundCount(reading: Reading, code: string, operator: ComparisonOperator, bound: number): boolean {
  const table = reading.resolver.table(code);
  return table !== undefined && boundRows(reading, table, operator, bound);
}

function boundRows({ frame }: Reading, table: Table, operator: ComparisonOperator, bound: number): boolean {
  if (frame.having) return false; // "2 parts and less than 2 faults": each a bound of its own
  frame.having = { measure: { kind: 'count', distinct: false }, operator, bound: { kind: 'number', value: bound } };
  frame.touched.add(table);
  frame.counted = table;
  return true;
}

const VERB = part`(?:,? ?(?:(?:and|that|which|who|whose|with|have|has|had|having|own|owns|placed|made|contain|contains
  |containing|offer|offers|belong to|used by|shared by|are shared by|by|in|at|on|taken|written|produced|hosted|received|in charge of|responsible for) )+)`;
const countOperator = meaning('operator', new Map([...COUNTING, ['only', '='] as const]));

/** "with more than two orders", "that have at least 3 students": a bound on how many rows belong to each. */
export const readCountBounds = inOrder(
  rule(
    pattern`${VERB}(?:an? )?${countOperator} ${capture('number', 'N\\d+|one|an?')}
      (?: different| distinct)?(?: ${optional(capture('state', VALUE))})? ${table}`,
    ({ operator, number, state, table }, reading) => {
      const bound = number.startsWith('N') ? reading.sentence.numberAt(number) : 1;
      if (!boundCount(reading, table, operator, bound)) return false;
      // "more than 12 shipped orders": the state is read with the other values
      return state === undefined || { leaving: `· ${state}` };
    },
  ),
  // "customers who ordered more than 15 times"
  rule(
    pattern`(?: (?:that|which|who|and|we|have|has|had|were|was|been))* ${capture('done', '[a-z]{4,}|[VTBC]\\d+')} (?:for )?${countOperator} ${number} times?(?= ·| $| ,| D\d| (?:in|by|with|for) )`,
    ({ done, operator, number }, reading) => {
      const { sentence, resolver } = reading;
      const subject = subjectOf(reading);
      const table = subject && resolver.doneBy(sentence.wording(done).toLowerCase(), subject);
      return table !== undefined && boundRows(reading, table, operator, sentence.numberAt(number));
    },
  ),
  // "agents who handled more than 100 tickets"
  rule(
    pattern`(?: (?:that|which|who|and|have|has|had|were|was|been))* ${capture('verb', '[a-z]{3,}')} ${countOperator} ${capture('number', 'N\\d+|one')} (?:different |distinct )?${table}`,
    ({ verb, operator, number, table }, reading) =>
      isRelation(verb) &&
      boundCount(reading, table, operator, number === 'one' ? 1 : reading.sentence.numberAt(number)),
  ),
  rule(
    pattern`${VERB}${number} or ${capture('more', 'more|fewer|less')} (?:different |distinct )?${table}`,
    ({ number, more, table }, reading) =>
      boundCount(reading, table, more === 'more' ? '>=' : '<=', reading.sentence.numberAt(number)),
  ),
  // "courses with two prerequisites"
  rule(
    pattern` (?:that |which |who )?(?:with|have|has|had|having|own|owns) (?:exactly |only )?${number} (?:different |distinct )?${table}(?= ·| $| ,| and )`,
    ({ number, table }, reading) => boundCount(reading, table, '=', reading.sentence.numberAt(number)),
  ),
);
