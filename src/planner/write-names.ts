import { DEFAULT_SCHEMA, type Engine, type Table } from '#src/domain/catalog.ts';
import { holdsNumerals } from '#src/domain/column-meaning.ts';
import { instantText, startOfDay } from '#src/domain/time-zone.ts';
import {
  allOf,
  type ConditionIr,
  EMPTY_SELECT,
  type ExpressionIr,
  type ItemIr,
  type JoinIr,
  type SelectIr,
  type SourceIr,
} from '#src/sql/query-ir.ts';
import type { DateSpan } from './date-span.ts';
import type { Edge } from './db-graph.ts';
import type { Group, Measure, PeriodFormat, RowFilter, Scalar } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import { factorsOf } from './line-amounts.ts';

/** Writes names as the query's shape needs them: qualified once there is a join. */
export class NameWriter {
  readonly #main: Table;
  readonly #qualified: boolean;
  readonly engine: Engine;

  constructor(main: Table, qualified: boolean, engine: Engine) {
    this.#main = main;
    this.#qualified = qualified;
    this.engine = engine;
  }

  source(table: Table): Extract<SourceIr, { readonly kind: 'table' }> {
    const schema = table.schema === DEFAULT_SCHEMA[this.engine] ? undefined : table.schema;
    return { kind: 'table', name: table.name, ...(schema === undefined ? {} : { schema }) };
  }

  join(edge: Edge, type: 'inner' | 'left' = 'inner'): JoinIr {
    const conditions = edge.pairs.map(
      ([from, to]): ConditionIr => ({
        kind: 'compare',
        operator: '=',
        left: { kind: 'column', table: edge.from.name, name: from },
        right: { kind: 'column', table: edge.to.name, name: to },
      }),
    );
    return { type, source: this.source(edge.to), on: allOf(conditions) };
  }

  column({ table, column }: ColumnRef): ExpressionIr {
    const factors = factorsOf(column);
    if (factors) {
      const { quantity, price, discount } = factors;
      const before: ExpressionIr = {
        kind: 'arithmetic',
        operator: '*',
        left: this.number({ table, column: quantity }),
        right: this.number({ table, column: price }),
      };
      if (!discount) return before;
      const left = this.#leftOf({ table, column: discount.column }, discount.whole);
      return { kind: 'arithmetic', operator: '*', left: before, right: left };
    }
    return { kind: 'column', name: column.name, ...(this.#qualified ? { table: table.name } : {}) };
  }

  /** The share that a discount leaves; all of it where there is none. */
  #leftOf(ref: ColumnRef, whole: 1 | 100): ExpressionIr {
    const stored = this.number(ref);
    const { nullable, nullShare } = ref.column;
    const zero: ExpressionIr = { kind: 'number', text: '0' };
    const taken: ExpressionIr =
      nullable && nullShare !== 0 ? { kind: 'function', name: 'COALESCE', args: [stored, zero] } : stored;
    const share: ExpressionIr =
      whole === 1
        ? taken
        : { kind: 'arithmetic', operator: '/', left: taken, right: { kind: 'number', text: '100.0' } };
    return { kind: 'arithmetic', operator: '-', left: { kind: 'number', text: '1' }, right: share };
  }

  #periods = new Map<string, ExpressionIr>();

  /** What tells apart what a ratio is for each of. */
  #each({ of, format, timeZone }: Extract<Measure, { readonly kind: 'ratio' }>): ExpressionIr {
    const column = this.column(of);
    if (format === undefined) return column;
    return periodOf(timeZone === undefined ? column : { kind: 'at-zone', argument: column, zone: timeZone }, format);
  }

  group(group: Group): ExpressionIr {
    if (group.kind === 'column') return this.column(group.ref);
    const column = this.column(group.ref);
    const argument: ExpressionIr =
      group.timeZone === undefined ? column : { kind: 'at-zone', argument: column, zone: group.timeZone };
    const expression = periodOf(argument, group.format);
    this.#periods.set(`${group.ref.table.name}.${group.ref.column.name}`, expression);
    return expression;
  }

  measure(measure: Measure): ExpressionIr {
    switch (measure.kind) {
      case 'column':
        return this.#periods.get(`${measure.ref.table.name}.${measure.ref.column.name}`) ?? this.column(measure.ref);
      case 'all-columns':
        return { kind: 'star', ...(this.#qualified ? { table: this.#main.name } : {}) };
      case 'share':
        return measure.sum
          ? quotient(added(this.filter(measure.when), this.number(measure.sum)), sumOf(this.number(measure.sum)), true)
          : percentage(this.filter(measure.when));
      case 'odds':
        return quotient(added(this.filter(measure.when), ONE), added(this.filter(measure.to), ONE), false);
      case 'portion':
        return ofAllGroups(measure.sum ? sumOf(this.number(measure.sum)) : ROWS);
      case 'duration':
        return {
          kind: 'aggregate',
          name: measure.name,
          distinct: false,
          argument: {
            kind: 'date-difference',
            unit: 'day',
            left: this.column(measure.to),
            right: this.column(measure.from),
          },
        };
      case 'quotient':
        return quotient(sumOf(this.number(measure.of)), sumOf(this.number(measure.over)), measure.percent);
      case 'growth':
        return growth(this.measure(measure.now), this.measure(measure.before), measure.percent);
      case 'ratio':
        return perEach(
          this.#each(measure),
          measure.sum && this.number(measure.sum),
          this.column(measure.of),
          measure.when && this.filter(measure.when),
        );
      case 'count':
        if (measure.when && !(measure.distinct && measure.of)) return added(this.filter(measure.when), ONE);
        return {
          kind: 'aggregate',
          name: 'count',
          distinct: measure.distinct,
          argument:
            measure.of && measure.when
              ? whenTrue(this.filter(measure.when), this.column(measure.of))
              : measure.of && this.column(measure.of),
        };
      case 'aggregate':
        return {
          kind: 'aggregate',
          name: measure.name,
          distinct: false,
          argument: measure.when
            ? whenTrue(this.filter(measure.when), this.number(measure.ref))
            : this.number(measure.ref),
        };
    }
  }

  /** A column as a number, which a text may hold: those are compared and reckoned with as what they say. */
  number(ref: ColumnRef): ExpressionIr {
    return asNumber(this.column(ref), ref);
  }

  item(measure: Measure): ItemIr {
    const expression = this.measure(measure);
    if (measure.kind === 'column' && expression.kind !== 'column') return { expression, alias: 'period' };
    return { expression };
  }

  #figure({ name, of, where, edges }: Extract<RowFilter, { readonly kind: 'figure' }>): ExpressionIr {
    const inner = new NameWriter(of.table, edges.length > 0, this.engine);
    const argument = name === 'avg' ? inner.number(of) : inner.column(of);
    const query: SelectIr = {
      ...EMPTY_SELECT,
      items: [{ expression: name ? { kind: 'aggregate', name, distinct: false, argument } : argument }],
      from: inner.source(of.table),
      joins: edges.map((edge) => inner.join(edge)),
      where: allOf(where.map((filter) => inner.filter(filter))),
    };
    return { kind: 'query', query };
  }

  /** The keys of what has such rows. */
  #rows({ steps: [first, ...farther], where }: Extract<RowFilter, { readonly kind: 'linked' }>): SelectIr {
    if (!first) return EMPTY_SELECT;
    const inner = new NameWriter(first.to, farther.length > 0, this.engine);
    const name = first.pairs[0]?.[1] ?? '';
    const key: ExpressionIr = { kind: 'column', name, ...(farther.length ? { table: first.to.name } : {}) };
    return {
      ...EMPTY_SELECT,
      items: [{ expression: key }],
      from: inner.source(first.to),
      joins: farther.map((edge) => inner.join(edge)),
      where: allOf([{ kind: 'null-test', negated: true, value: key }, ...where.map((filter) => inner.filter(filter))]),
    };
  }

  /** A column by its table's name, whether there is a join or not. */
  #own({ table, column }: ColumnRef): ExpressionIr {
    return { kind: 'column', table: table.name, name: column.name };
  }

  #superior({ ref, by, key }: Extract<RowFilter, { readonly kind: 'superior' }>): ExpressionIr {
    const other = (name: string): ExpressionIr => ({ kind: 'column', table: 'superior', name });
    const query: SelectIr = {
      ...EMPTY_SELECT,
      items: [{ expression: other(ref.column.name) }],
      from: { ...this.source(ref.table), alias: 'superior' },
      where: {
        kind: 'compare',
        operator: '=',
        left: other(key.name),
        right: this.#own({ table: ref.table, column: by }),
      },
    };
    return { kind: 'query', query };
  }

  filter(filter: RowFilter): ConditionIr {
    const value = this.column(filter.ref);
    switch (filter.kind) {
      case 'compare':
        return {
          kind: 'compare',
          operator: filter.operator,
          left: filter.value.kind === 'number' ? this.number(filter.ref) : value,
          right: constant(filter.value),
        };
      case 'between':
        return { kind: 'between', negated: false, value, low: constant(filter.low), high: constant(filter.high) };
      case 'one-of':
        return { kind: 'in', negated: false, value, options: filter.values.map(constant) };
      case 'like':
        return {
          kind: 'like',
          negated: filter.negated,
          value,
          pattern: { kind: 'text', value: filter.pattern },
          ignoreCase: true,
        };
      case 'null':
        return { kind: 'null-test', negated: filter.negated, value };
      case 'average': {
        const average: ExpressionIr = {
          kind: 'aggregate',
          name: 'avg',
          distinct: false,
          argument: asNumber({ kind: 'column', name: filter.ref.column.name }, filter.ref),
        };
        const query: SelectIr = {
          ...EMPTY_SELECT,
          items: [{ expression: average }],
          from: this.source(filter.ref.table),
        };
        return {
          kind: 'compare',
          operator: filter.operator,
          left: this.number(filter.ref),
          right: { kind: 'query', query },
        };
      }
      case 'columns':
        return { kind: 'compare', operator: filter.operator, left: value, right: this.column(filter.other) };
      case 'superior':
        return {
          kind: 'compare',
          operator: filter.operator,
          left: this.#own(filter.ref),
          right: this.#superior(filter),
        };
      case 'linked':
        return { kind: 'in-query', negated: filter.negated, value: this.#own(filter.ref), query: this.#rows(filter) };
      case 'figure':
        return { kind: 'compare', operator: filter.operator, left: value, right: this.#figure(filter) };
      case 'either':
        return { kind: 'or', parts: filter.filters.map((part) => this.filter(part)) };
      case 'period':
        return filter.timeZone === undefined
          ? period(filter.ref, value, filter.span)
          : instants(this.engine, value, filter.span, filter.timeZone);
    }
  }
}

const asNumber = (argument: ExpressionIr, { column }: ColumnRef): ExpressionIr =>
  holdsNumerals(column) ? { kind: 'cast', argument, type: { name: 'REAL' } } : argument;

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The period that a date falls into, as people read it. */
function periodOf(argument: ExpressionIr, format: PeriodFormat): ExpressionIr {
  if (format === 'week') return { kind: 'date-start', unit: 'week', argument };
  if (format === 'weekday') return weekday(argument);
  if (format !== 'quarter') return { kind: 'date-text', argument, format };
  const joined = (left: ExpressionIr, right: ExpressionIr): ExpressionIr => ({
    kind: 'arithmetic',
    operator: '||',
    left,
    right,
  });
  const year: ExpressionIr = { kind: 'date-text', argument, format: 'YYYY' };
  const quarter: ExpressionIr = { kind: 'date-part', part: 'quarter', argument };
  return joined(joined(year, { kind: 'text', value: '-Q' }), quarter);
}

const weekday = (argument: ExpressionIr): ExpressionIr => ({
  kind: 'case',
  operand: { kind: 'date-part', part: 'weekday', argument },
  whens: WEEKDAYS.map((name, at) => ({
    condition: { kind: 'number', text: String(at) },
    result: { kind: 'text', value: name },
  })),
});

const ONE: ExpressionIr = { kind: 'number', text: '1' };
const ZERO: ExpressionIr = { kind: 'number', text: '0' };

const whenTrue = (condition: ConditionIr, result: ExpressionIr, otherwise?: ExpressionIr): ExpressionIr => ({
  kind: 'case',
  whens: [{ condition, result }],
  ...(otherwise ? { otherwise } : {}),
});

/** How many rows fulfil a condition, none being 0. */
const added = (condition: ConditionIr, one: ExpressionIr): ExpressionIr => ({
  kind: 'aggregate',
  name: 'sum',
  distinct: false,
  argument: whenTrue(condition, one, ZERO),
});

const ROWS: ExpressionIr = { kind: 'aggregate', name: 'count', distinct: false, argument: undefined };
const ofAllGroups = (own: ExpressionIr): ExpressionIr => ({
  kind: 'arithmetic',
  operator: '/',
  left: { kind: 'arithmetic', operator: '*', left: { kind: 'number', text: '100.0' }, right: own },
  right: { kind: 'window', name: 'SUM', args: [own], partitionBy: [], orderBy: [] },
});

const sumOf = (argument: ExpressionIr): ExpressionIr => ({ kind: 'aggregate', name: 'sum', distinct: false, argument });

/** Nothing where the divisor is 0, which some engines refuse. */
const quotient = (of: ExpressionIr, over: ExpressionIr, percent: boolean): ExpressionIr => ({
  kind: 'arithmetic',
  operator: '/',
  left: { kind: 'arithmetic', operator: '*', left: { kind: 'number', text: percent ? '100.0' : '1.0' }, right: of },
  right: { kind: 'function', name: 'NULLIF', args: [over, { kind: 'number', text: '0' }] },
});

/** What the later figure is above the earlier, in percent of it. */
function growth(now: ExpressionIr, before: ExpressionIr, percent: boolean): ExpressionIr {
  const difference: ExpressionIr = { kind: 'arithmetic', operator: '-', left: now, right: before };
  return percent ? quotient(difference, before, true) : difference;
}

/** How many rows refer to each that any refers to; 1.0 first, for whole numbers are divided as such. */
function perEach(
  each: ExpressionIr,
  sum: ExpressionIr | undefined,
  of: ExpressionIr,
  when: ConditionIr | undefined,
): ExpressionIr {
  const within = (value: ExpressionIr) => (when ? whenTrue(when, value) : value);
  const counted = (value: ExpressionIr, distinct: boolean): ExpressionIr => ({
    kind: 'aggregate',
    name: 'count',
    distinct,
    argument: within(value),
  });
  const whole = sum ? sumOf(within(sum)) : counted(of, false);
  if (when) return quotient(whole, counted(each, true), false);
  return {
    kind: 'arithmetic',
    operator: '/',
    left: { kind: 'arithmetic', operator: '*', left: { kind: 'number', text: '1.0' }, right: whole },
    right: counted(each, true),
  };
}

/** 100.0 first, for whole numbers are divided as such. */
const percentage = (condition: ConditionIr): ExpressionIr => ({
  kind: 'arithmetic',
  operator: '/',
  left: { kind: 'arithmetic', operator: '*', left: { kind: 'number', text: '100.0' }, right: added(condition, ONE) },
  right: { kind: 'aggregate', name: 'count', distinct: false, argument: undefined },
});

function constant(value: Scalar): ExpressionIr {
  switch (value.kind) {
    case 'number':
      return { kind: 'number', text: String(value.value) };
    case 'text':
      return { kind: 'text', value: value.value };
    case 'date':
      return { kind: 'date', value: value.value };
    case 'boolean':
      return { kind: 'boolean', value: value.value };
  }
}

/** A value within a date span; `bound` writes a day as what the value is compared with. */
function within(value: ExpressionIr, { from, to }: DateSpan, bound: (day: string) => ExpressionIr): ConditionIr {
  const notBefore = (day: string): ConditionIr => ({ kind: 'compare', operator: '>=', left: value, right: bound(day) });
  const before = (day: string): ConditionIr => ({ kind: 'compare', operator: '<', left: value, right: bound(day) });
  if (from === undefined) return before(to);
  return to === undefined ? notBefore(from) : { kind: 'and', parts: [notBefore(from), before(to)] };
}

/** A date span on instants: from the first moment of its first day in the zone to that of the day after its last. */
function instants(engine: Engine, value: ExpressionIr, span: DateSpan, timeZone: string): ConditionIr {
  // SQLite compares texts, and texts with different offsets do not sort as instants do: DATETIME makes them UTC's.
  const compared: ExpressionIr =
    engine === 'sqlite' ? { kind: 'date-of', form: 'time', argument: value, adjusted: [] } : value;
  return within(compared, span, (day) => ({
    kind: 'instant',
    value: instantText(startOfDay(day, timeZone), timeZone),
  }));
}

/** A date span on a date column (from included, to excluded), or on a column of years. */
function period({ column: { kind } }: ColumnRef, value: ExpressionIr, span: DateSpan): ConditionIr {
  if (kind === 'date' || kind === 'timestamp') return within(value, span, (day) => ({ kind: 'date', value: day }));
  const year = (day: string): ExpressionIr =>
    kind === 'number' ? { kind: 'number', text: day.slice(0, 4) } : { kind: 'text', value: day.slice(0, 4) };
  const { from, to } = span;
  const one = from !== undefined && to !== undefined && Number(to.slice(0, 4)) - Number(from.slice(0, 4)) === 1;
  return one ? { kind: 'compare', operator: '=', left: value, right: year(from) } : within(value, span, year);
}
