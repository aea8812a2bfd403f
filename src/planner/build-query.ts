import { type DatabaseCatalog, findColumn, type Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { isMeasureRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { allOf, EMPTY_SELECT, type ExpressionIr, type SelectIr } from '#src/sql/query-ir.ts';
import { apartFilters, apartOf, eachRow, leaveLinksApart, leaveOutLinked, usesAbsent, withoutRows } from './apart.ts';
import { isNumeric } from './column-roles.ts';
import { complete, isFigure, refOf, refsOfRow } from './complete-frame.ts';
import { countSeveral } from './count-several.ts';
import { countsNames, entityKey, whyOneEach } from './counts-of-one.ts';
import type { DateSpan } from './date-span.ts';
import { dbGraph, type Edge, isEquated, joinTables } from './db-graph.ts';
import { eachFilters, type Filter, type Frame, type Measure, rowFilters } from './frame.ts';
import { heldTo } from './held-to.ts';
import { keepCurrencies } from './keep-currencies.ts';
import type { ColumnRef } from './lexicon.ts';
import { linkPresent } from './linked-shares.ts';
import { rankWithin } from './rank-within.ts';
import type { FrameResolver } from './resolve.ts';
import { rounded, shownIn, whyInNoUnit } from './shown-in.ts';
import { addedUp, whyCrossed, whyTwoLevels } from './two-levels.ts';
import { NameWriter } from './write-names.ts';

/** "the most common reason", of rows of which some have none: nothing is no answer. */
function leaveOutUnknown(frame: Frame): void {
  const { items, groups, order, limit } = frame;
  const [first] = order;
  const [item, ...more] = items;
  if (
    limit === undefined ||
    first?.measure.kind !== 'count' ||
    item?.kind !== 'column' ||
    more.some(({ kind }) => kind === 'column')
  )
    return;
  const isOther = groups.some(({ ref }) => ref.column !== item.ref.column);
  const { column, table } = item.ref;
  if (isOther || table !== (frame.counted ?? frame.main) || column.kind !== 'text' || !(column.nullShare ?? 0)) return;
  if (frame.filters.some(({ ref }) => ref.column === column)) return;
  frame.filters.push({ kind: 'null', ref: item.ref, negated: true });
}

/** A query with what it was made of. */
export interface Built {
  readonly query: SelectIr;
  readonly main: Table;
  /** The joins, in their order. */
  readonly edges: readonly Edge[];
}

/** Turns a frame into a query; undefined when its tables cannot be joined. */
export function buildQuery(
  frame: Frame,
  catalog: DatabaseCatalog,
  resolver: FrameResolver,
  revised: boolean,
): Built | undefined {
  complete(frame, resolver);
  if (revised) frame.filters = latestOf(frame.filters);
  const main = frame.main ?? tablesOf(frame)[0];
  if (!main || !frame.items.length) return undefined;
  leaveOutUnknown(frame);
  const said = frame.filters.map((filter) => JSON.stringify(sameAs(filter)));
  frame.filters = frame.filters.filter((_, at) => said.indexOf(said[at] ?? '') === at);
  compareOwnKeys(frame, main, resolver);
  leaveOutLinked(frame, main, resolver);
  linkPresent(frame, main, resolver);
  frame.filters = apartFilters(frame, main, resolver);
  leaveLinksApart(frame, main, catalog);
  if (usesAbsent(frame)) return undefined;
  frame.refused ??= whyContradicted(frame.filters) ?? whyScattered(frame) ?? whyMeaningless(frame, catalog);
  if (frame.refused) return undefined;
  keepCurrencies(frame, catalog);
  if (frame.refused) return undefined;
  const graph = dbGraph(catalog);
  const meant = new Set([main, ...tablesOf(frame)]);
  const edges = joinTables(graph, [...meant]);
  if (!edges || strays(edges, [...meant], resolver)) {
    const names = [...meant].map(({ name }) => name);
    frame.refused = `I could not see how ${names.slice(0, -1).join(', ')} and ${names.at(-1)} belong together.`;
    return undefined;
  }
  // what is counted of each must be among the rows: "10 inspections and no failed one" looks the failed ones up apart
  const { counted, having } = frame;
  const isThere = !counted || counted === main || edges.some(({ to }) => to === counted);
  if (having?.measure.kind === 'count' && !isThere) {
    frame.refused = `I cannot count ${counted.name} that are looked up apart.`;
    return undefined;
  }
  frame.refused =
    whyMultiplied(frame, main, edges, resolver) ?? whyCrossed(frame, edges, resolver) ?? whyTwoLevels(frame);
  if (frame.refused) return undefined;
  const scope = new NameWriter(main, edges.length > 0, catalog.engine);
  frame.refused =
    whyRepeated(frame, main, edges, resolver) ?? whySeveralFirst(frame, resolver) ?? whyEither(frame, main, resolver);
  if (frame.refused) return undefined;
  const several = countSeveral(frame, main, edges, resolver);
  if (several && 'refused' in several) {
    frame.refused = several.refused;
    return undefined;
  }
  countEntities(frame, main, edges, resolver);
  frame.items = showOnce(frame.items, edges);
  const each = eachFilters(frame).map((filter) => eachRow(filter, frame, main, graph, scope));
  const excluded = frame.without.map((table) =>
    withoutRows(main, table, joinTables(graph, [main, table]), frame, scope, resolver),
  );
  if (!each.every((one) => one !== undefined) || !excluded.every((one) => one !== undefined)) return undefined;
  const where = allOf([...rowFilters(frame).map((filter) => scope.filter(filter)), ...each.flat(), ...excluded]);
  const groups = frame.groups.map((group) => scope.group(group));
  const joined = [main, ...edges.map(({ to }) => to)];
  // "the most common first name": of several rows that are called so
  const called = countsNames(frame, joined, resolver);
  const groupBy = groupKeys(frame, groups, resolver, scope, called);
  if (!wellFormed(frame, groupBy.length > 0)) return undefined;
  frame.refused = whyOneEach(frame, main, edges, resolver) ?? whyInNoUnit(frame);
  if (frame.refused) return undefined;
  const query: SelectIr = {
    ...EMPTY_SELECT,
    distinct: frame.distinct && !groups.length && frame.items.every((item) => item.kind === 'column'),
    items: frame.items.map((item) => rounded(shownIn(scope.item(item), item, frame), item, frame, catalog.engine)),
    from: scope.source(main),
    joins: edges.map((edge) => scope.join(edge, several ? 'left' : 'inner')),
    where,
    groupBy,
    having: allOf(
      [...(frame.having ? [frame.having] : []), ...frame.bounds].map((bound) =>
        heldTo(bound, scope.measure(bound.measure), main, edges, catalog),
      ),
    ),
    orderBy: frame.order.map(({ measure, descending }) => ({
      expression:
        measure.kind === 'column' && isNumeric(measure.ref, catalog)
          ? scope.number(measure.ref)
          : scope.measure(measure),
      descending,
    })),
    limit: frame.limit,
  };
  if (frame.within) return { query: rankWithin(query, frame.within, frame, scope), main, edges };
  if (!countsGroups(frame)) return { query, main, edges };
  const key = countedKey(frame, main, resolver);
  return key && { query: countOfGroups(query, scope.column(key)), main, edges };
}

/** "how many customers have more than 3 orders": one figure over the groups that are within the bound. */
const countsGroups = ({ having, groups, items }: Frame): boolean =>
  having !== undefined && !groups.length && items.length === 1 && items[0]?.kind === 'count';

/** What tells those apart that are counted: a column that the question names, else their key. */
function countedKey({ items: [item] }: Frame, main: Table, resolver: FrameResolver): ColumnRef | undefined {
  if (item?.kind !== 'count') return undefined;
  return item.of ?? resolver.key(item.table ?? main);
}

const countOfGroups = (query: SelectIr, key: ExpressionIr): SelectIr => ({
  ...EMPTY_SELECT,
  items: [{ expression: { kind: 'aggregate', name: 'count', distinct: false, argument: undefined } }],
  from: { kind: 'derived', query: { ...query, items: [{ expression: key }], groupBy: [key] }, alias: 'counted' },
});

/** "the description of the role with code HR", which is of the roles, though only employees refer to it in what was found. */
function compareOwnKeys(frame: Frame, main: Table, resolver: FrameResolver): void {
  frame.filters = frame.filters.map((filter): Filter => {
    if (filter.kind !== 'compare' || filter.operator !== '=') return filter;
    const { table, column } = filter.ref;
    const others = [
      ...frame.items.flatMap(refOf),
      ...frame.groups.map(({ ref }) => ref),
      ...frame.order.flatMap(({ measure }) => refOf(measure)),
      ...frame.filters.filter((other) => other !== filter).map(({ ref }) => ref),
    ].map((ref) => ref.table);
    if (table === main || others.includes(table) || frame.touched.has(table) || resolver.isSaid(table)) return filter;
    const key = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === column.name);
    const own = [main, ...others].find((one) => one.name.toLowerCase() === key?.targetTable.toLowerCase());
    const theirs = own && key?.targetColumns[0] ? findColumn(own, key.targetColumns[0]) : undefined;
    return own && theirs ? { ...filter, ref: { table: own, column: theirs } } : filter;
  });
}

/** "female students, whose sex is F": what makes two conditions one. */
const sameAs = (filter: Filter): unknown =>
  filter.kind === 'compare'
    ? [filter.ref.table.name, filter.ref.column.name, filter.operator, filter.value]
    : [filter.kind, filter.ref.table.name, filter.ref.column.name, filter];

/** Whether a table between two others leads on as it was come to: each row of what is farther off has one of it, and it one of theirs. */
export function isOnTheWay(table: Table, edges: readonly Edge[], resolver: FrameResolver): boolean {
  const into = edges.find(({ to }) => to === table);
  const onward = edges.filter(({ from }) => from === table);
  if (!into || !onward.length) return false;
  const many = resolver.isMany(into.from, into.to);
  return onward.every(({ from, to }) => resolver.isMany(from, to) === many && resolver.isMany(to, from) !== many);
}

/** Joins through two tables or more that the question does not speak of: what was linked hardly belongs together. */
const MOST_BRIDGES = 1;
/** With so many joins a table that the question does not speak of may only link two others. */
const MANY_JOINS = 3;

function strays(edges: readonly Edge[], meant: readonly Table[], resolver: FrameResolver): boolean {
  const bridges = edges.map((edge) => edge.to).filter((table) => !meant.includes(table));
  // reviews of bookings of rooms of hotels: each has its one
  if (bridges.every((table) => isOnTheWay(table, edges, resolver))) return false;
  if (isLongWay(edges, resolver)) return false;
  if (edges.length >= MANY_JOINS) return bridges.some((table) => !isLink(table));
  return bridges.length > MOST_BRIDGES;
}

/** Joins between customers and the products of their orders: their orders, and the lines of these. */
const LONG_WAY = 3;

/**
 * Two tables with two between them, neither of which is what several rows of both belong to: customers have orders, whose lines each
 * have their product; but customers and suppliers in one city have no more in common than that.
 */
export function isLongWay(edges: readonly Edge[], resolver: FrameResolver): boolean {
  const [first, second, last] = edges;
  if (edges.length !== LONG_WAY || !first || !second || !last) return false;
  const isChain = second.from === first.to && last.from === second.to;
  const joins = [
    [first, second],
    [second, last],
  ] as const;
  return (
    isChain &&
    joins.every(([into, onward]) => resolver.isMany(into.from, into.to) || !resolver.isMany(onward.from, onward.to))
  );
}

/** Nothing but keys, and at most one column beside them. */
function isLink(table: Table): boolean {
  const keys = new Set([...table.primaryKey, ...table.foreignKeys.flatMap((key) => key.columns)]);
  return table.foreignKeys.length >= 2 && table.columns.filter(({ name }) => !keys.has(name)).length <= 1;
}

/** "how many dorms have amenities": joined they repeat, and no key tells them apart. */
function whyRepeated(frame: Frame, main: Table, edges: readonly Edge[], resolver: FrameResolver): string | undefined {
  const joined = [main, ...edges.map((edge) => edge.to)];
  const counted = frame.items.flatMap((item) => (item.kind === 'count' && !item.of && item.table ? [item.table] : []));
  const loose = counted.find((table) => !resolver.key(table) && joined.some((other) => resolver.isMany(table, other)));
  return loose && edges.length && !frame.groups.length
    ? `I cannot tell rows of ${loose.name} apart: it has no key.`
    : undefined;
}

/** "made after 2000 or reviewed by Bo": joined to reviews, those without any would be left out. */
function whyEither({ filters }: Frame, main: Table, resolver: FrameResolver): string | undefined {
  const either = filters.find((filter) => filter.kind === 'either');
  const tables = new Set(either?.filters.flatMap((filter) => refsOfRow(filter).map(({ table }) => table)));
  const many = tables.size > 1 ? [...tables].find((table) => resolver.isMany(main, table)) : undefined;
  return many && `I cannot tell which ${main.name} without ${many.name} are meant.`;
}

/** "the stores in the district with the most people": the first district has several, and the first row alone is one of them. */
function whySeveralFirst({ items, order: [first], limit, groups }: Frame, resolver: FrameResolver): string | undefined {
  if (first?.measure.kind !== 'column' || limit === undefined || groups.length) return undefined;
  const { table } = first.measure.ref;
  const shown = items.flatMap((item) => (item.kind === 'column' ? [item.ref.table] : []));
  const several = shown.length === items.length && shown.every((one) => one !== table && resolver.isMany(table, one));
  return several ? `Several rows of ${shown[0]?.name} may belong to the first of ${table.name}.` : undefined;
}

/** "how many customers have orders": joined to their orders customers repeat, so their keys are counted once each. */
function countEntities(frame: Frame, main: Table, edges: readonly Edge[], resolver: FrameResolver): void {
  const joined = [main, ...edges.map((edge) => edge.to)];
  frame.items = frame.items.map((item) => {
    if (item.kind !== 'count' || item.of || !item.table) return item;
    const { table } = item;
    const key = resolver.key(table);
    const repeats = joined.some((other) => resolver.isMany(table, other));
    return key && repeats ? { ...item, of: key, distinct: true, table } : item;
  });
}

/** "type codes and the documents of each": a column and what it is joined on are one. */
function showOnce(items: readonly Measure[], edges: readonly Edge[]): Measure[] {
  return items.filter(
    (item, at) =>
      item.kind !== 'column' ||
      !items.slice(0, at).some((other) => other.kind === 'column' && isEquated(other.ref, item.ref, edges)),
  );
}

/** "the average score of customers who have loans" would take each customer's score once a loan. */
function whyMultiplied(frame: Frame, main: Table, edges: readonly Edge[], resolver: FrameResolver): string | undefined {
  const joined = [main, ...edges.map(({ to }) => to)];
  for (const ref of frame.items.flatMap(addedUp)) {
    const many = joined.find((table) => resolver.isMany(ref.table, table));
    if (many) return `${ref.table.name}.${ref.column.name} would be taken once for each row of ${many.name}.`;
  }
  return undefined;
}

/** What would be answered, but not as it was asked; one sentence. */
function whyMeaningless(frame: Frame, catalog: DatabaseCatalog): string | undefined {
  const { filters, items, limit, order, groups } = frame;
  const grouped = new Set(groups.map(({ ref }) => ref.column));
  // "below the average of those in Physics": of all, or of those?
  if (filters.length > 1 && filters.some(({ kind }) => kind === 'average'))
    return 'I cannot tell whether the average is of all or of those that are asked for.';
  // "except those with an institution founded in 2003": empty and something at once
  if (
    filters.some(
      (one) =>
        one.kind === 'null' &&
        !one.negated &&
        filters.some((other) => other !== one && other.ref.column === one.ref.column),
    )
  )
    return 'I cannot tell what is to be empty.';
  // "where is the history department?": what is said is no answer
  const said = (item: Measure) =>
    item.kind === 'column' &&
    filters.some((one) => one.kind === 'compare' && one.operator === '=' && one.ref.column === item.ref.column);
  if (items.length > 0 && !groups.length && items.every(said)) return 'I could not see what to show of it.';
  // "the buildings with the number of faculty they have", counted by their own name
  const shown = new Set([...grouped, ...items.flatMap((item) => (item.kind === 'column' ? [item.ref.column] : []))]);
  if (items.some((item) => item.kind === 'count' && item.of && shown.has(item.of.column)))
    return 'Each group would hold one of them: I could not see what to count.';
  // "average fuel price per litre": one amount for each of another, not for each of its values
  const amount = groups.find(
    (group) =>
      group.kind === 'column' &&
      roleOf(group.ref, catalog) === 'additive measure' &&
      (group.per || !(group.ref.column.valuesComplete && group.ref.column.values.length <= MOST_CODES)),
  );
  if (amount && items.some((item) => item.kind === 'aggregate'))
    return `I could not see what to reckon per ${amount.ref.column.name}.`;
  // "how many different customers": each row is one
  if (frame.distinct && items.length === 1 && items[0]?.kind === 'count' && items[0].table && !items[0].when)
    frame.distinct = false;
  if (frame.distinct && !groups.length && items.every((item) => isFigure(item)))
    return 'I did not understand what is to be different.';
  // "the cheapest product of each category": rows are ranked, and their groups are not
  if (
    groups.length &&
    order.some(({ measure }) => measure.kind === 'column' && !grouped.has(measure.ref.column)) &&
    limit !== undefined
  )
    return 'I cannot rank within each of them.';
  if (limit !== undefined && limit > 1 && !order.length)
    return 'I could not see what the first of them are the first by.';
  const single = items.length > 0 && items.every((item) => isFigure(item));
  // "the average latitude and longitude": a number beside a figure tells no groups apart
  // but "payroll and budget of each department" are both its own
  const isOwn = ({ table }: ColumnRef) =>
    groups.some((group) => group.kind === 'column' && group.entity === true && group.ref.table === table);
  const loose = items.find(
    (item) =>
      item.kind === 'column' &&
      !grouped.has(item.ref.column) &&
      !isOwn(item.ref) &&
      isMeasureRole(roleOf(item.ref, catalog)),
  );
  if (loose?.kind === 'column' && items.some((item) => item.kind === 'aggregate'))
    return `I cannot tell which ${loose.ref.column.name} to show beside the others.`;
  // "repair cost charged to customers by kind": of those that were, or told apart by it?
  const flag = items.find(
    (item) =>
      item.kind === 'column' && !grouped.has(item.ref.column) && flagOf(item.ref.column, catalog.engine) !== undefined,
  );
  if (flag?.kind === 'column' && items.some((item) => item.kind === 'aggregate'))
    return `I cannot tell whether those are meant alone of which ${flag.ref.column.name} is true.`;
  // "the highest rated film with at least 20 ratings": no film is shown
  if (frame.having && !groups.length && items.length > 0 && items.every((item) => item.kind === 'aggregate'))
    return 'I could not see what the bound is on: one figure has no groups.';
  // nor does "the average price of the supplier with the most products" rank what is reckoned
  if (limit !== undefined && single && !groups.length && (order.length > 0 || limit > 1))
    return 'One figure has no first ones.';
  const ranked = [
    ...order.map(({ measure }) => measure),
    ...items.filter((item) => item.kind === 'aggregate' && item.name !== 'sum' && item.name !== 'avg'),
  ];
  // the highest rank is the first or the last
  const rank = ranked.flatMap(refOf).find(({ column }) => INVERSE.test(column.name));
  if (rank && (limit !== undefined || items.some((item) => item.kind === 'aggregate')))
    return `I cannot tell which ${rank.column.name} is the best: the smallest or the largest.`;
  return undefined;
}
/** Numbers with so few values may stand for kinds of things. */
const MOST_CODES = 30;
const INVERSE = /^(?:rank|ranking|position|place|standing)$/i;

/** Columns of three tables and more side by side: some of their names were hardly meant for those tables. */
const MOST_SHOWN = 2;

function whyScattered(frame: Frame): string | undefined {
  const names = [...new Set(frame.items.flatMap(refOf).map(({ table }) => table.name))];
  return names.length > MOST_SHOWN
    ? `I could not see what of ${names.slice(0, -1).join(', ')} and ${names.at(-1)} to show beside each other.`
    : undefined;
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
  const counts = frame.having !== undefined || frame.order.some(({ measure }) => isFigure(measure));
  const measured = frame.items.every((item) => isFigure(item));
  if (counts && !grouped && !measured) return false;
  return !grouped || frame.items.every((item) => item.kind !== 'all-columns');
}

/** One column cannot equal two values, and need not differ from one where it equals another: the question meant "or", or two columns, and guessing would answer wrongly. */
function whyContradicted(filters: readonly Filter[]): string | undefined {
  const equal = filters
    .filter((filter) => filter.kind === 'compare' && filter.operator === '=')
    .map((filter) => filter.ref.column);
  const unequal = filters.filter((filter) => filter.kind === 'compare' && filter.operator === '<>');
  const periods = filters.filter((filter) => filter.kind === 'period');
  const apart = periods.some((one) =>
    periods.some((other) => one.ref.column === other.ref.column && isBefore(one.span, other.span)),
  );
  const twice =
    equal.find((one, at) => equal.indexOf(one) < at) ??
    unequal.find(({ ref }) => equal.includes(ref.column))?.ref.column;
  if (twice)
    return `No row has two values of ${twice.name} at once: I could not see which is meant, or whether one of either.`;
  return apart
    ? 'No day is in both of these periods: I could not see which is meant, or whether one of either.'
    : undefined;
}

/** A period that is over when the other begins. */
const isBefore = (one: DateSpan, other: DateSpan): boolean =>
  one.to !== undefined && other.from !== undefined && one.to <= other.from;

function tablesOf(frame: Frame): Table[] {
  const measured = [...frame.items, ...frame.order.map(({ measure }) => measure)].flatMap(refOf);
  const grouped = frame.groups.map((group) => group.ref);
  const apart = apartOf(frame);
  const filtered = rowFilters(frame).flatMap(refsOfRow);
  return [...new Set([...[...measured, ...grouped, ...filtered].map((ref) => ref.table), ...frame.touched])].filter(
    (table) => !(apart.includes(table) || frame.apart.has(table)) || measured.some((ref) => ref.table === table),
  );
}

/**
 * Listed columns beside an aggregate are grouped by; a count per entity also by its key, for two may share a name.
 * @param called what is counted are the rows that are called so
 */
function groupKeys(
  frame: Frame,
  groups: readonly ExpressionIr[],
  resolver: FrameResolver,
  scope: NameWriter,
  called: boolean,
): ExpressionIr[] {
  const aggregated = frame.items.some((item) => isFigure(item));
  const counted = aggregated || frame.having !== undefined || frame.order.some(({ measure }) => isFigure(measure));
  const listed = frame.items.flatMap((item) => (item.kind === 'column' ? [item.ref] : []));
  if (!groups.length && !(counted && (listed.length || frame.having))) return [];
  const keys =
    groups.length || called
      ? []
      : listed.flatMap(
          (ref) =>
            entityKey(ref, resolver) ??
            (countsOfEach(ref, frame, resolver) ? resolver.key(ref.table) : undefined) ??
            [],
        );
  const grouped = frame.groups.flatMap((group) =>
    group.kind === 'column' && !called ? (entityKey(group.ref, resolver) ?? []) : [],
  );
  const columns = listed.filter((ref) => !frame.groups.some((group) => group.ref.column === ref.column));
  const all = [
    ...[...keys, ...grouped].map((ref) => scope.column(ref)),
    ...groups,
    ...columns.map((ref) => scope.column(ref)),
  ];
  return all.filter((one, at) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === at);
}

/** "types of the ships that have two voyages": it is ships that are told apart, whatever is shown of them. */
const countsOfEach = ({ table }: ColumnRef, { counted }: Frame, resolver: FrameResolver): boolean =>
  counted !== undefined && counted !== table && resolver.isSaid(table) && resolver.isMany(table, counted);
