import { DEFAULT_SCHEMA, type Engine, type Table } from '#src/domain/catalog.ts';
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
import type { Group, Measure, RowFilter, Scalar } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';

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

  source(table: Table): SourceIr {
    const schema = table.schema === DEFAULT_SCHEMA[this.engine] ? undefined : table.schema;
    return { kind: 'table', name: table.name, ...(schema === undefined ? {} : { schema }) };
  }

  join(edge: Edge): JoinIr {
    const conditions = edge.pairs.map(
      ([from, to]): ConditionIr => ({
        kind: 'compare',
        operator: '=',
        left: { kind: 'column', table: edge.from.name, name: from },
        right: { kind: 'column', table: edge.to.name, name: to },
      }),
    );
    return { type: 'inner', source: this.source(edge.to), on: allOf(conditions) };
  }

  column({ table, column }: ColumnRef): ExpressionIr {
    return { kind: 'column', name: column.name, ...(this.#qualified ? { table: table.name } : {}) };
  }

  #periods = new Map<string, ExpressionIr>();

  group(group: Group): ExpressionIr {
    if (group.kind === 'column') return this.column(group.ref);
    const column = this.column(group.ref);
    const argument: ExpressionIr =
      group.timeZone === undefined ? column : { kind: 'at-zone', argument: column, zone: group.timeZone };
    const expression: ExpressionIr = { kind: 'date-text', argument, format: group.format };
    this.#periods.set(`${group.ref.table.name}.${group.ref.column.name}`, expression);
    return expression;
  }

  measure(measure: Measure): ExpressionIr {
    switch (measure.kind) {
      case 'column':
        return this.#periods.get(`${measure.ref.table.name}.${measure.ref.column.name}`) ?? this.column(measure.ref);
      case 'all-columns':
        return { kind: 'star', ...(this.#qualified ? { table: this.#main.name } : {}) };
      case 'count':
        return {
          kind: 'aggregate',
          name: 'count',
          distinct: measure.distinct,
          argument: measure.of && this.column(measure.of),
        };
      case 'aggregate':
        return { kind: 'aggregate', name: measure.name, distinct: false, argument: this.column(measure.ref) };
    }
  }

  item(measure: Measure): ItemIr {
    const expression = this.measure(measure);
    if (expression.kind === 'date-text') return { expression, alias: 'period' };
    return { expression };
  }

  filter(filter: RowFilter): ConditionIr {
    const value = this.column(filter.ref);
    switch (filter.kind) {
      case 'compare':
        return { kind: 'compare', operator: filter.operator, left: value, right: constant(filter.value) };
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
          argument: { kind: 'column', name: filter.ref.column.name },
        };
        const query: SelectIr = {
          ...EMPTY_SELECT,
          items: [{ expression: average }],
          from: this.source(filter.ref.table),
        };
        return { kind: 'compare', operator: filter.operator, left: value, right: { kind: 'query', query } };
      }
      case 'either':
        return { kind: 'or', parts: filter.filters.map((part) => this.filter(part)) };
      case 'period':
        return filter.timeZone === undefined
          ? period(filter.ref, value, filter.span)
          : instants(this.engine, value, filter.span, filter.timeZone);
    }
  }
}

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

/** A date span on instants: from the first moment of its first day in the zone, before that of the day after its last. */
function instants(engine: Engine, value: ExpressionIr, span: DateSpan, timeZone: string): ConditionIr {
  // SQLite compares texts, and texts with different offsets do not sort as instants do: DATETIME makes them those of UTC.
  const left: ExpressionIr =
    engine === 'sqlite' ? { kind: 'date-of', form: 'time', argument: value, adjusted: [] } : value;
  const bound = (day: string): ExpressionIr => ({
    kind: 'instant',
    value: instantText(startOfDay(day, timeZone), timeZone),
  });
  return allOf([
    ...(span.from ? [{ kind: 'compare', operator: '>=', left, right: bound(span.from) } as const] : []),
    ...(span.to ? [{ kind: 'compare', operator: '<', left, right: bound(span.to) } as const] : []),
  ])!;
}

/** A date span on a date column (from included, to excluded), or on a column of years. */
function period(ref: ColumnRef, value: ExpressionIr, span: DateSpan): ConditionIr {
  const dated = ref.column.kind === 'date' || ref.column.kind === 'timestamp';
  const bound = (text: string): ExpressionIr => {
    if (dated) return { kind: 'date', value: text };
    return ref.column.kind === 'number'
      ? { kind: 'number', text: text.slice(0, 4) }
      : { kind: 'text', value: text.slice(0, 4) };
  };
  const parts: ConditionIr[] = [];
  if (!dated && span.from && span.to && Number(span.to.slice(0, 4)) - Number(span.from.slice(0, 4)) === 1) {
    return { kind: 'compare', operator: '=', left: value, right: bound(span.from) };
  }
  if (span.from) parts.push({ kind: 'compare', operator: '>=', left: value, right: bound(span.from) });
  if (span.to) parts.push({ kind: 'compare', operator: '<', left: value, right: bound(span.to) });
  return allOf(parts)!;
}
