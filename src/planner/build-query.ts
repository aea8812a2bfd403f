import type { DatabaseCatalog, Engine, Table } from '#src/domain/catalog.ts';
import { DEFAULT_SCHEMA, findColumn } from '#src/domain/catalog.ts';
import {
  allOf,
  type ConditionIr,
  EMPTY_SELECT,
  type ExpressionIr,
  type ItemIr,
  type JoinIr,
  type SelectIr,
  type SourceIr,
} from '#src/edl/query-ir.ts';
import { type DbGraph, dbGraph, type Edge, joinTables } from './db-graph.ts';
import type { Filter, Frame, Group, Measure, Scalar } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import { ADDS_UP, isKey } from './read-order.ts';
import type { Resolver } from './resolve.ts';

/** Turns a frame into a query; undefined when its tables cannot be joined. */
export function buildQuery(
  frame: Frame,
  catalog: DatabaseCatalog,
  resolver: Resolver,
  revised: boolean,
): SelectIr | undefined {
  complete(frame, resolver);
  if (revised) frame.filters = latestOf(frame.filters);
  if (contradicts(frame.filters)) return undefined;
  const main = frame.main ?? tablesOf(frame)[0];
  if (!main || !frame.items.length) return undefined;
  const graph = dbGraph(catalog);
  const edges = joinTables(graph, [main, ...tablesOf(frame)]);
  if (!edges) return undefined;
  const scope = new Scope(main, edges.length > 0, catalog.engine);
  const each = frame.filters.flatMap((filter) =>
    filter.kind === 'each' ? [eachRow(filter, frame, main, graph, scope)] : [],
  );
  if (each.some((conditions) => !conditions)) return undefined;
  const excluded = frame.without.map((table) => withoutRows(main, table, joinTables(graph, [main, table]), scope));
  if (excluded.some((condition) => !condition)) return undefined;
  const where = allOf([
    ...frame.filters.flatMap((filter) => (filter.kind === 'each' ? [] : [scope.filter(filter)])),
    ...(each as ConditionIr[][]).flat(),
    ...(excluded as ConditionIr[]),
  ]);
  const groups = frame.groups.map((group) => scope.group(group));
  const groupBy = groupKeys(frame, groups, resolver, scope);
  if (!wellFormed(frame, groupBy.length > 0)) return undefined;
  return {
    ...EMPTY_SELECT,
    distinct: frame.distinct && !groups.length && frame.items.every((item) => item.kind === 'column'),
    items: frame.items.map((item) => scope.item(item)),
    from: scope.source(main),
    joins: edges.map((edge) => scope.join(edge)),
    where,
    groupBy,
    having: frame.having && {
      kind: 'compare',
      operator: frame.having.operator,
      left: scope.measure(frame.having.measure),
      right: { kind: 'number', text: String(frame.having.value) },
    },
    orderBy: frame.order.map(({ measure, descending }) => ({ expression: scope.measure(measure), descending })),
    limit: frame.limit,
  };
}

/** In a follow-up ("and in Norway?") the later value of a column replaces the earlier. */
function latestOf(filters: readonly Filter[]): Filter[] {
  const equal = (filter: Filter) => filter.kind === 'compare' && filter.operator === '=';
  return filters.filter(
    (filter, at) =>
      !equal(filter) || !filters.slice(at + 1).some((later) => equal(later) && later.ref.column === filter.ref.column),
  );
}

/** Counting to sort or to bound needs groups, and groups cannot list whole rows. */
function wellFormed(frame: Frame, grouped: boolean): boolean {
  const counts =
    frame.having !== undefined ||
    frame.order.some(({ measure }) => measure.kind === 'count' || measure.kind === 'aggregate');
  const measured = frame.items.every((item) => item.kind === 'count' || item.kind === 'aggregate');
  if (counts && !grouped && !measured) return false;
  return !grouped || frame.items.every((item) => item.kind !== 'all-columns');
}

/** One column cannot equal two values: the question meant "or", or two columns, and guessing would answer wrongly. */
function contradicts(filters: readonly Filter[]): boolean {
  const equal = filters
    .filter((filter) => filter.kind === 'compare' && filter.operator === '=')
    .map((filter) => filter.ref.column);
  return new Set(equal).size < equal.length;
}

/** "the theme of each party" lists, one row a party: groups of an entity need something measured, or another table. */
function dropEmptyGroups(frame: Frame): void {
  const measured = frame.items.some((item) => item.kind === 'count' || item.kind === 'aggregate');
  if (measured || frame.having || frame.order.some(({ measure }) => measure.kind === 'count')) return;
  const listed = frame.items.some((item) => item.kind === 'column' || item.kind === 'all-columns');
  frame.groups = frame.groups.filter(
    (group) => group.kind === 'period' || !group.entity || (!listed && group.ref.table !== frame.main),
  );
}

/** What a condition fixes is not shown beside other columns: it would be the same in every row. */
function dropFixedColumns(frame: Frame): void {
  const fixed = new Set(
    frame.filters.flatMap((filter) =>
      filter.kind === 'one-of' || (filter.kind === 'compare' && filter.operator === '=') ? [filter.ref.column] : [],
    ),
  );
  const free = frame.items.filter((item) => item.kind !== 'column' || !fixed.has(item.ref.column));
  if (free.some((item) => item.kind === 'column')) frame.items = free;
  frame.items = frame.items.filter((item, at) => frame.items.findIndex((other) => isSame(item, other)) === at);
}

function isSame(a: Measure, b: Measure): boolean {
  if (a.kind === 'aggregate' && b.kind === 'aggregate' && a.name !== b.name) return false;
  if (a.kind === 'count' && b.kind === 'count' && a.distinct !== b.distinct) return false;
  return a.kind === b.kind && refOf(a)[0]?.column === refOf(b)[0]?.column;
}

/** "payments by method" counts, "amount by country" adds up: groups are of something measured. */
function measureGroups(frame: Frame): void {
  const measured = frame.items.some((item) => item.kind === 'count' || item.kind === 'aggregate');
  if (!frame.groups.length || measured || frame.having || frame.order.some(({ measure }) => measure.kind === 'count'))
    return;
  const grouped = new Set(frame.groups.map((group) => group.ref.column));
  const listed = frame.items.filter((item) => item.kind !== 'column' || !grouped.has(item.ref.column));
  if (!listed.length || listed.every((item) => item.kind === 'all-columns')) {
    frame.items = [...frame.items.filter((item) => item.kind === 'column'), { kind: 'count', distinct: false }];
    return;
  }
  frame.items = frame.items.map((item) =>
    item.kind === 'column' &&
    item.ref.column.kind === 'number' &&
    !isKey(item.ref) &&
    ADDS_UP.test(item.ref.column.name) &&
    !grouped.has(item.ref.column)
      ? { kind: 'aggregate', name: 'sum', ref: item.ref }
      : item,
  );
}

/** Fills in what the question leaves to common sense: what to show, and the keys that groups are listed by. */
function complete(frame: Frame, resolver: Resolver): void {
  dropEmptyGroups(frame);
  dropFixedColumns(frame);
  measureGroups(frame);
  const counts = frame.having ?? frame.order.some(({ measure }) => measure.kind === 'count');
  if (!frame.items.length && frame.main && !(frame.groups.length && counts))
    frame.items = defaultItems(frame, frame.main, resolver);
  const shown = new Set(frame.items.flatMap((item) => (item.kind === 'column' ? [item.ref.column] : [])));
  const columnGroups = frame.groups.filter((group) => group.kind === 'period' || !shown.has(group.ref.column));
  if (columnGroups.length)
    frame.items.unshift(...columnGroups.map((group): Measure => ({ kind: 'column', ref: group.ref })));
  // "by what is listed": a direction with nothing to sort by.
  frame.order = frame.order.map((key) => {
    const first = frame.items.find((item) => item.kind === 'column');
    return key.measure.kind === 'all-columns' && first ? { ...key, measure: first } : key;
  });
  frame.order = frame.order.filter(({ measure }) => measure.kind !== 'all-columns');
  const measured = frame.items.find((item) => item.kind === 'count' || item.kind === 'aggregate');
  if (frame.limit !== undefined && measured && columnsOrGroups(frame) && !frame.order.length) {
    frame.order.push({ measure: measured, descending: true });
  }
  if (frame.groups.some((group) => group.kind === 'period') && !frame.order.length) {
    const period = frame.groups.find((group) => group.kind === 'period')!;
    frame.order.push({ measure: { kind: 'column', ref: period.ref }, descending: false });
  }
}

/** What is listed when the question names no column: what the thing is called, and what a ranking is by. */
function defaultItems(frame: Frame, main: Table, resolver: Resolver): Measure[] {
  const narrowed =
    frame.without.length > 0 || frame.having !== undefined || frame.order.length > 0 || frame.filters.length > 0;
  const labels = narrowed ? resolver.labels(main) : [];
  const items: Measure[] = labels.length ? labels.map((ref) => ({ kind: 'column', ref })) : [{ kind: 'all-columns' }];
  const ranked =
    labels.length > 0 && frame.limit !== undefined && frame.limit > 1 ? frame.order.map(({ measure }) => measure) : [];
  return [...items, ...ranked.filter((measure) => measure.kind !== 'all-columns')];
}

const columnsOrGroups = (frame: Frame) => frame.groups.length > 0 || frame.items.some((item) => item.kind === 'column');

function tablesOf(frame: Frame): Table[] {
  const measured = [...frame.items, ...frame.order.map(({ measure }) => measure)].flatMap(refOf);
  const grouped = frame.groups.map((group) => group.ref);
  // rows of these are looked up beside the query: joining them would repeat rows
  const apart = [
    ...frame.without,
    ...frame.filters.flatMap((filter) => (filter.kind === 'each' ? [filter.ref.table] : [])),
  ];
  const filtered = frame.filters.flatMap((filter) => (filter.kind === 'each' ? [] : refsOf(filter)));
  return [...new Set([...[...measured, ...grouped, ...filtered].map((ref) => ref.table), ...frame.touched])].filter(
    (table) => !apart.includes(table) || measured.some((ref) => ref.table === table),
  );
}

const refsOf = (filter: Filter): readonly ColumnRef[] =>
  filter.kind === 'either' ? filter.filters.flatMap(refsOf) : [filter.ref];

function refOf(measure: Measure): ColumnRef[] {
  if (measure.kind === 'count') return measure.of ? [measure.of] : [];
  return measure.kind === 'all-columns' ? [] : [measure.ref];
}

/** Listed columns beside an aggregate are grouped by; a count per entity also by its key, for two may share a name. */
function groupKeys(frame: Frame, groups: readonly ExpressionIr[], resolver: Resolver, scope: Scope): ExpressionIr[] {
  const aggregated = frame.items.some((item) => item.kind === 'count' || item.kind === 'aggregate');
  const counted =
    aggregated ||
    frame.having !== undefined ||
    frame.order.some(({ measure }) => measure.kind === 'count' || measure.kind === 'aggregate');
  const listed = frame.items.flatMap((item) => (item.kind === 'column' ? [item.ref] : []));
  if (!groups.length && !(counted && (listed.length || frame.having))) return [];
  const keys = groups.length ? [] : listed.flatMap((ref) => entityKey(ref, resolver) ?? []);
  const grouped = frame.groups.flatMap((group) =>
    group.kind === 'column' ? (entityKey(group.ref, resolver) ?? []) : [],
  );
  const columns = listed.filter((ref) => !frame.groups.some((group) => group.ref.column === ref.column));
  const all = [
    ...[...keys, ...grouped].map((ref) => scope.column(ref)),
    ...groups,
    ...columns.map((ref) => scope.column(ref)),
  ];
  return all.filter((one, at) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === at);
}

/** The key of the entity that a label names ("customer.name" → "customer.id"); nothing for an attribute. */
function entityKey(ref: ColumnRef, resolver: Resolver): ColumnRef | undefined {
  return resolver.label(ref.table)?.column === ref.column ? resolver.key(ref.table) : undefined;
}

/**
 * One condition a value: the row's key is among those that have it. Where the values are of the listed rows themselves
 * ("nominees with both awards"), what is listed stands for the key.
 */
function eachRow(
  filter: Extract<Filter, { kind: 'each' }>,
  frame: Frame,
  main: Table,
  graph: DbGraph,
  scope: Scope,
): ConditionIr[] | undefined {
  const [only, ...more] = frame.items;
  const own = filter.ref.table === main;
  const listed = own && only?.kind === 'column' && !more.length ? only.ref.column : undefined;
  const name = own ? listed?.name : main.primaryKey.length === 1 ? main.primaryKey[0] : undefined;
  const column = name === undefined ? undefined : findColumn(main, name);
  const edges = joinTables(graph, [main, filter.ref.table]);
  if (!column || !edges || frame.groups.length || column === filter.ref.column) return undefined;
  if (own) frame.distinct = true;
  const inner = new Scope(main, edges.length > 0, scope.engine);
  return filter.values.map((value) => ({
    kind: 'in',
    negated: false,
    value: scope.column({ table: main, column }),
    options: {
      ...EMPTY_SELECT,
      items: [{ expression: inner.column({ table: main, column }) }],
      from: inner.source(main),
      joins: edges.map((edge) => inner.join(edge)),
      where: inner.filter({ kind: 'compare', ref: filter.ref, operator: '=', value }),
    },
  }));
}

function withoutRows(
  main: Table,
  other: Table,
  path: readonly Edge[] | undefined,
  scope: Scope,
): ConditionIr | undefined {
  const pair = path?.length === 1 ? path[0]!.pairs[0] : undefined;
  if (!pair) return undefined;
  const [own, theirs] = path![0]!.from === main ? pair : ([pair[1], pair[0]] as const);
  const rows: SelectIr = {
    ...EMPTY_SELECT,
    items: [{ expression: { kind: 'column', name: theirs } }],
    from: scope.source(other),
    where: { kind: 'null-test', negated: true, value: { kind: 'column', name: theirs } },
  };
  return {
    kind: 'in',
    negated: true,
    value: scope.column({ table: main, column: findColumn(main, own)! }),
    options: rows,
  };
}

/** Writes names as the query's shape needs them: qualified once there is a join. */
class Scope {
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
    const expression: ExpressionIr = { kind: 'date-text', argument: this.column(group.ref), format: group.format };
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

  filter(filter: Filter): ConditionIr {
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
      case 'each':
        throw new Error('eachRow writes these');
      case 'period':
        return period(filter.ref, value, filter.span);
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
  }
}

/** A date span on a date column (from included, to excluded), or on a column of years. */
function period(
  ref: ColumnRef,
  value: ExpressionIr,
  span: { readonly from?: string; readonly to?: string },
): ConditionIr {
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
