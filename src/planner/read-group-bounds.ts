import type { AggregateFunction, ComparisonOperator } from '#src/sql/query-ir.ts';
import { mayMeasure } from './column-roles.ts';
import { IS, LEAD, OPERATORS } from './comparisons.ts';
import type { Having, Measure } from './frame.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { capture, meaning, optional, part, pattern } from './pattern.ts';
import { COLUMN, NUMBER, TABLE, VALUE } from './sentence.ts';

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
  if (having.measure.kind === 'aggregate') frame.touched.add(having.measure.ref.table);
  return true;
}

const measure = meaning('measure', MEASURES);
const column = capture('column', COLUMN);
const table = capture('table', TABLE);
const number = capture('number', NUMBER);
const operator = meaning('operator', OPERATORS);

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

/** @param bound how many rows of the table belong to each, as it is compared */
function boundCount({ frame, resolver }: Reading, code: string, operator: ComparisonOperator, bound: number): boolean {
  const table = resolver.table(code);
  if (!table) return false;
  frame.having = { measure: { kind: 'count', distinct: false }, operator, bound: { kind: 'number', value: bound } };
  frame.touched.add(table);
  return true;
}

const VERB = part`(?:,? ?(?:(?:and|that|which|who|whose|with|have|has|had|having|own|owns|placed|made|contain|contains
  |containing|offer|offers|belong to|used by|by|in|taken|written|produced|hosted|received) )+)`;
const countOperator = meaning('operator', new Map([...OPERATORS, ['only', '='] as const]));

/** "with more than two orders", "that have at least 3 students": a bound on how many rows belong to each. */
export const readCountBounds = inOrder(
  rule(
    pattern`${VERB}(?:an? )?${countOperator} ${capture('number', 'N\\d+|one|an?')}
      (?: different| distinct)?(?: ${optional(capture('state', VALUE))})? ${table}`,
    ({ operator, number, state, table }, reading) => {
      const bound = number.startsWith('N') ? reading.sentence.numberAt(number) : 1;
      if (!boundCount(reading, table, operator, bound)) return false;
      // "more than 12 shipped orders": the state is read with the other values
      return state === undefined || { leaving: state };
    },
  ),
  rule(
    pattern`${VERB}${number} or ${capture('more', 'more|fewer|less')} (?:different |distinct )?${table}`,
    ({ number, more, table }, reading) =>
      boundCount(reading, table, more === 'more' ? '>=' : '<=', reading.sentence.numberAt(number)),
  ),
);
