import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import type { AggregateFunction } from '#src/sql/query-ir.ts';
import { addsUp, isKey, mayMeasure } from './column-roles.ts';
import { COUNTING, IS, LEAD, OPERATORS } from './comparisons.ts';
import type { Having, Measure } from './frame.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { capture, meaning, optional, pattern } from './pattern.ts';
import { boundRows } from './read-count-bounds.ts';
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

/** A measure over the several rows that each has of another table, or that have what is listed in common. */
export function measureOfEach(reading: Reading, name: Aggregate, code: string): Measure | undefined {
  const { resolver, sentence } = reading;
  const main = subjectOf(reading);
  const ref = resolver.column(code, main);
  if (!ref || !main || !mayMeasure(ref, name, resolver.catalog)) return undefined;
  if (resolver.isMany(main, ref.table)) return { kind: 'aggregate', name, ref };
  const [listed] = /[CB]\d+/.exec(sentence.asked) ?? [];
  const kind = resolver.column(listed, main);
  const role = kind && kind.table === ref.table ? roleOf(kind, resolver.catalog) : undefined;
  return role === 'category' || role === 'reference' ? { kind: 'aggregate', name, ref } : undefined;
}

function boundMeasure({ frame }: Reading, having: Having): boolean {
  if (frame.having) {
    const { measure } = having;
    const own = measure.kind === 'aggregate' && frame.counted === measure.ref.table && !frame.bounds.length;
    if (own) frame.bounds.push(having);
    return own;
  }
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
      if (!measure) return false;
      const value = reading.sentence.numberAt(number);
      return boundMeasure(reading, { measure, operator, bound: { kind: 'number', value } });
    },
  ),
  // "agents who worked more than 100 hours": in all their shifts
  rule(
    pattern` (?:who|that) (?:(?:have|has|had) )?${capture('verb', '[a-z]{3,}')} ${operator} ${number} ${column}(?: of(?= [TV·]))?`,
    ({ verb, operator, number, column }, reading) => {
      const { frame, resolver, sentence } = reading;
      const main = subjectOf(reading);
      const ref = main && resolver.column(column, main);
      if (!ref || frame.having || !resolver.isMany(main, ref.table) || !addsUp(ref, resolver.catalog)) return false;
      if (!isRelation(verb) && !resolver.dateNamed(verb, [ref.table]) && !/^(?:spent|ran)$/.test(verb)) return false;
      frame.assumptions.push(`${ref.table.name}.${ref.column.name} is added up for each of ${main.name}.`);
      const value = sentence.numberAt(number);
      // the column is named by the unit, which it is in
      frame.units.delete(value);
      const measure: Measure = { kind: 'aggregate', name: 'sum', ref };
      return boundMeasure(reading, { measure, operator, bound: { kind: 'number', value } });
    },
  ),
  // "majors that have between 2 and 30 students"
  rule(
    pattern` (?:with|has|have|had|having|whose)(?: (?:an?|the))?(?: number of ${optional(capture('counted', TABLE))})? between ${number} (?:and|to) ${capture('high', NUMBER)}
      (?:(?: number of)? ${optional(table)})?(?= ·| $| ,| [a-z])`,
    ({ counted, number, high, table: code }, reading) => {
      const { resolver, sentence } = reading;
      const table = resolver.table(counted ?? code);
      if (!table || (counted && code) || !boundRows(reading, table, '>=', sentence.numberAt(number))) return false;
      const { having } = reading.frame;
      if (having?.bound.kind !== 'number') return false;
      reading.frame.having = { ...having, bound: { ...having.bound, high: sentence.numberAt(high) } };
      return true;
    },
  ),
  // "that have a total number of passengers above 100", which a column holds
  rule(
    pattern` (?:with|whose|has|have|had|having) (?:an? |the |their )?(?:total )?(?:number|amount) of ${column} ${IS}${operator} ${number}`,
    ({ column, operator, number }, reading) => {
      const { resolver, sentence } = reading;
      const ref = resolver.column(column, subjectOf(reading));
      if (ref?.column.kind !== 'number' || isKey(ref, resolver.catalog)) return false;
      const value = { kind: 'number', value: sentence.numberAt(number) } as const;
      return addFilter(reading, { kind: 'compare', ref, operator, value });
    },
  ),
  // "whose number of tracks is greater than 10"
  rule(
    pattern` (?:with|whose|has|have|had|having) (?:an? |the |their )?(?:number|count) of (?:different |distinct )?${table} ${IS}${meaning('operator', COUNTING)} ${number}`,
    ({ table, operator, number }, reading) => {
      const counted = reading.resolver.table(table);
      return counted !== undefined && boundRows(reading, counted, operator, reading.sentence.numberAt(number));
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
    pattern`^ (?:(?:in|on|at|for|from|with|by) )?(?:which|what) ${capture('group', COLUMN)} (?:do|does|did|have|has|are|were)(?: there)? ${operator} ${number} (?:different |distinct )?${table}
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
  pattern`(?: ,| ·)?(?: (?:just|only|but))?(?: (?:the|those|for|in))*(?:(?: ${optional(capture('group', NAME))})? (?:with|having|of|that have|that has|where it is)| ${optional(capture('those', NAME))}) ${meaning('operator', COUNTING)} ${number}
    (?: ${optional(table)})?(?= ·| $| ,)`,
  ({ group: named, those, operator, number, table: code }, reading, { said }) => {
    const group = named ?? those;
    // "only campaigns over 50 leads"
    if (those !== undefined && !/ (?:only|just) /.test(said)) return false;
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
