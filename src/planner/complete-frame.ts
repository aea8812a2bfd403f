import type { Table } from '#src/domain/catalog.ts';
import { isMeasureRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { addsUp, isCompared } from './column-roles.ts';
import { bearsVerb } from './date-named.ts';
import type { Filter, Frame, Group, Measure, RowFilter } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import { settleWithin } from './rank-within.ts';
import { reckonMeasures } from './reckon-measures.ts';
import type { FrameResolver } from './resolve.ts';
import { RANKED_KINDS } from './superlatives.ts';

/** Whether a measure is reckoned from rows. */
export const isFigure = ({ kind }: Measure): boolean => FIGURES.has(kind);
const FIGURES: ReadonlySet<Measure['kind']> = new Set([
  'count',
  'aggregate',
  'share',
  'odds',
  'portion',
  'ratio',
  'quotient',
  'duration',
  'growth',
]);

/** What a group is shown by: of people the first and the last name. */
function namesOf(group: Group, resolver: FrameResolver): readonly Measure[] {
  const labels = group.kind === 'column' && group.entity ? resolver.labels(group.ref.table) : [];
  const shown = labels[0]?.column === group.ref.column ? labels : [group.ref];
  return shown.map((ref) => ({ kind: 'column', ref }));
}

/** "the theme of each party" lists, one row a party: groups of an entity need something measured, or another table. */
function dropEmptyGroups(frame: Frame): void {
  const measured = frame.items.some((item) => isFigure(item));
  if (measured || frame.having || frame.order.some(({ measure }) => measure.kind === 'count')) return;
  const listed = frame.items.some((item) => item.kind === 'column' || item.kind === 'all-columns');
  // "users per variant in each experiment": both tell groups apart
  const asked = frame.groups.some((group) => group.kind === 'column' && group.asked);
  const kept = frame.groups.filter(
    (group) =>
      asked ||
      group.kind === 'period' ||
      !group.entity ||
      group.asked === true ||
      (!listed && group.ref.table !== frame.main),
  );
  const dropped = frame.groups.filter((group) => !kept.includes(group));
  const refs = frame.items.flatMap(refOf);
  const own = new Set([frame.main, ...refs.map(({ table }) => table)]);
  if (dropped.length && frame.limit !== undefined) frame.refused ??= 'I cannot rank within each of them.';
  if (dropped.some(({ ref }) => !own.has(ref.table)))
    frame.refused ??= 'I could not see what to reckon for each of them.';
  // "the highest point in each state": of which state it is
  const isNamed = (of: Table) => refs.some(({ table, column }) => table === of && column.kind === 'text');
  const unnamed = dropped.filter(
    ({ ref }) => ref.table !== frame.main && ref.column.kind === 'text' && !isNamed(ref.table),
  );
  frame.items.unshift(...unnamed.map(({ ref }): Measure => ({ kind: 'column', ref })));
  frame.groups = kept;
}

/** What a condition fixes is not shown beside other columns: it would be the same in every row. */
function dropFixedColumns(frame: Frame, resolver: FrameResolver): void {
  const fixed = new Set(
    frame.filters.flatMap((filter) =>
      filter.kind === 'one-of' || (filter.kind === 'compare' && filter.operator === '=') ? [filter.ref.column] : [],
    ),
  );
  // "delegate and committee information": no more than what is named
  if (frame.items.some(({ kind }) => kind === 'column'))
    frame.items = frame.items.filter(({ kind }) => kind !== 'all-columns');
  const listed = frame.groups.length === 0;
  const free = frame.items.filter(
    (item) => item.kind !== 'column' || (listed && frame.listed.has(item.ref.column)) || !fixed.has(item.ref.column),
  );
  if (free.some((item) => item.kind !== 'all-columns')) frame.items = free;
  // "outages caused by storm": of which all have that cause
  const [only, ...more] = frame.items;
  if (only?.kind === 'column' && !more.length && fixed.has(only.ref.column) && resolver.isSaidOfRows(only.ref)) {
    frame.main ??= only.ref.table;
    frame.items = [];
  }
  // "cards of the type Debit": of one value there is one, so their rows are counted
  frame.items = frame.items.map((item) =>
    item.kind === 'count' && item.of && fixed.has(item.of.column)
      ? { kind: 'count', distinct: false, table: item.of.table }
      : item,
  );
  frame.items = frame.items.filter((item, at) => frame.items.findIndex((other) => isSame(item, other)) === at);
}

function isSame(a: Measure, b: Measure): boolean {
  if (a.kind === 'aggregate' && b.kind === 'aggregate' && (a.name !== b.name || a.when !== b.when)) return false;
  if (a.kind === 'ratio' && b.kind === 'ratio' && a.when !== b.when) return false;
  if (a.kind === 'count' && b.kind === 'count') {
    if (a.distinct !== b.distinct || a.when !== b.when) return false;
    if (a.table && b.table && a.table !== b.table) return false;
  }
  return a.kind === b.kind && refOf(a)[0]?.column === refOf(b)[0]?.column;
}

/** "top 5 customers by amount" where customers are names in the orders: each name once, its amounts added up. */
function rankRepeated(frame: Frame, resolver: FrameResolver): void {
  const [item, ...more] = frame.items;
  const [rank, ...others] = frame.order;
  if (frame.limit === undefined || !rank || more.length || others.length || frame.groups.length) return;
  if (item?.kind !== 'column' || rank.measure.kind !== 'column' || !repeats(item.ref)) return;
  const { ref } = rank.measure;
  // "the school with the largest enrollment" is one row, whatever is shown of it
  if (resolver.named.includes(ref.table)) return;
  if (ref.table !== item.ref.table || !addsUp(ref, resolver.catalog)) return;
  // "the job with the highest salary": of one row, or of all that have that job?
  if (frame.limit === 1) {
    frame.refused ??= `I cannot tell whether ${ref.column.name} is to be added up for each ${item.ref.column.name}.`;
    return;
  }
  const sum: Measure = { kind: 'aggregate', name: 'sum', ref };
  frame.groups.push({ kind: 'column', ref: item.ref });
  frame.items = [item, sum];
  frame.order = [{ ...rank, measure: sum }];
  frame.assumptions.push(`${ref.column.name} is added up for each ${item.ref.column.name}.`);
}

/** Whether all values of a text column are known, and fewer than its rows. */
const repeats = ({ table, column }: ColumnRef) =>
  column.kind === 'text' && column.valuesComplete && column.values.length < (table.rowEstimate ?? 0);

/** A column of a table that says how many of the table's things each row stands for. */
const HELD = /^(?:count|cnt)$/i;

/** "number of check-ins" of rows that hold several each: `checkin.count` is added up. */
function countWhatRowsHold(frame: Frame, resolver: FrameResolver): void {
  const heldBy = (measure: Measure): Measure => {
    if (measure.kind !== 'count' || measure.of || measure.distinct || measure.when) return measure;
    const table = measure.table ?? frame.counted ?? frame.main;
    const column = table?.columns.find(({ name, kind }) => kind === 'number' && HELD.test(name));
    if (!table || !column || !resolver.named.includes(table)) return measure;
    frame.assumptions.push(`${table.name}.${column.name} is added up.`);
    return { kind: 'aggregate', name: 'sum', ref: { table, column } };
  };
  frame.items = frame.items.map(heldBy);
  frame.order = frame.order.map((key) => ({ ...key, measure: heldBy(key.measure) }));
  if (frame.having) frame.having = { ...frame.having, measure: heldBy(frame.having.measure) };
}

/** "batches brewed per month", of the day when they were brewed: whatever state they are in since. */
function readStatesByDate(frame: Frame, resolver: FrameResolver): void {
  const periods = frame.groups.flatMap(({ kind, ref }) => (kind === 'period' ? [ref] : []));
  // and "days from order to shipment of shipped orders"
  const days = frame.items.flatMap((item) => (item.kind === 'duration' ? [item.from, item.to] : []));
  for (const ref of [...periods, ...days]) {
    frame.filters = frame.filters.flatMap((filter) => {
      if (filter.kind !== 'compare' || filter.operator !== '=' || filter.value.kind !== 'text') return [filter];
      const verb = filter.value.value.toLowerCase();
      const isTheirs = resolver.dateNamed(verb, [ref.table])?.column === ref.column && bearsVerb(verb, ref);
      if (!/^[a-z]+ed$/.test(verb) || !isTheirs) return [filter];
      return ref.column.nullShare === 0 ? [] : [{ kind: 'null', ref, negated: true }];
    });
  }
}

/** "payments by method" counts, "amount by country" adds up, "price by colour" is a mean: groups are of something measured. */
function measureGroups(frame: Frame, resolver: FrameResolver): void {
  const measured = frame.items.some((item) => isFigure(item));
  if (!frame.groups.length || measured || frame.having || frame.order.some(({ measure }) => isFigure(measure))) return;
  const grouped = new Set(frame.groups.map((group) => group.ref.column));
  // "orders per customer (id, name)": what each group is known by tells no more than the groups
  const known = frame.groups.flatMap(({ kind, ref: { table } }) =>
    kind === 'column' ? [...resolver.labels(table), resolver.key(table)].map((ref) => ref?.column) : [],
  );
  const isEntity = frame.groups.some((group) => group.kind === 'column' && group.entity);
  const listed = frame.items.filter(
    (item) =>
      item.kind !== 'column' || !(grouped.has(item.ref.column) || (isEntity && known.includes(item.ref.column))),
  );
  if (!listed.length || listed.every((item) => item.kind === 'all-columns')) {
    frame.items = [...frame.items.filter((item) => item.kind === 'column'), { kind: 'count', distinct: false }];
    return;
  }
  const { catalog } = resolver;
  frame.items = frame.items.map((item) => {
    if (item.kind !== 'column' || grouped.has(item.ref.column)) return item;
    const { ref } = item;
    if (addsUp(ref, catalog)) return { kind: 'aggregate', name: 'sum', ref };
    if (!isCompared(ref, catalog)) return item;
    frame.assumptions.push(`${ref.table.name}.${ref.column.name} is averaged: it does not add up.`);
    return { kind: 'aggregate', name: 'avg', ref };
  });
}

/** "cost per request by vendor": each request has one cost, so theirs are averaged and not told apart. */
function averageOwnRows(frame: Frame): void {
  const figures = frame.items.filter((item) => item.kind === 'aggregate');
  const own = frame.groups.filter(
    (group) =>
      group.kind === 'column' && group.entity && group.per && figures.some(({ ref }) => ref.table === group.ref.table),
  );
  if (!own.length || figures.length !== 1) return;
  frame.groups = frame.groups.filter((group) => !own.includes(group));
  frame.items = frame.items.map((item): Measure => {
    if (item.kind !== 'aggregate' || item.name !== 'sum') return item;
    frame.assumptions.push(`${item.ref.table.name}.${item.ref.column.name} is averaged over its rows.`);
    return { ...item, name: 'avg' };
  });
}

/** "list the valves with a standard cost above 200": of no thing that is named, but of the one that all conditions are of. */
function onlyTableMeant({ filters, items, groups, touched }: Frame): Table | undefined {
  const tables = new Set(filters.map(({ ref }) => ref.table));
  const [table] = tables;
  const isNone = items.length + groups.length === 0 && [...touched].every((one) => one === table);
  return tables.size === 1 && filters.length > 1 && isNone ? table : undefined;
}

/** "subscriptions that ended this year by month": by the month of that date, not of the one that events are usually told by. */
function groupByDateSaid(frame: Frame, resolver: FrameResolver): void {
  const told = frame.filters.filter(({ kind }) => kind === 'period');
  frame.groups = frame.groups.map((group) => {
    const { table, column } = group.ref;
    if (group.kind !== 'period' || resolver.eventDate(table)?.column !== column) return group;
    const own = told.filter(({ ref }) => ref.table === table);
    const [other] = own;
    if (!other || own.some(({ ref }) => ref.column === column)) return group;
    return { kind: 'period', format: group.format, ref: other.ref, ...resolver.groupZoneOf(other.ref) };
  });
}

/** Fills in what the question leaves to common sense: what to show, and the keys that groups are listed by. */
export function complete(frame: Frame, resolver: FrameResolver): void {
  frame.main ??= onlyTableMeant(frame);
  frame.groups = frame.groups.filter(
    (group, at) =>
      frame.groups.findIndex((other) => other.kind === group.kind && other.ref.column === group.ref.column) === at,
  );
  groupByDateSaid(frame, resolver);
  sortByOwnMeasure(frame, resolver);
  readStatesByDate(frame, resolver);
  settleWithin(frame, frame.main, resolver);
  dropEmptyGroups(frame);
  dropFixedColumns(frame, resolver);
  rankRepeated(frame, resolver);
  reckonMeasures(frame, resolver);
  measureGroups(frame, resolver);
  averageOwnRows(frame);
  const counts = frame.having ?? frame.order.some(({ measure }) => measure.kind === 'count');
  if (!frame.items.length && frame.main && !(frame.groups.length && counts))
    frame.items = defaultItems(frame, frame.main, resolver);
  if (frame.withLabels && frame.main && frame.items.every(({ kind }) => kind === 'column')) {
    const own = new Set(frame.items.flatMap((item) => (item.kind === 'column' ? [item.ref.column] : [])));
    const called = resolver.labels(frame.main);
    const key = resolver.key(frame.main);
    // "the biggest refund and its reason", which bears no name: what it is the first by, else its key
    const firsts = frame.order.flatMap(({ measure }) => (measure.kind === 'column' ? [measure.ref] : []));
    const shown = called.length ? called : firsts.length || !key ? firsts : [key];
    const labels = shown.filter(({ column }) => !own.has(column));
    frame.items.unshift(...labels.map((ref): Measure => ({ kind: 'column', ref })));
  }
  const shown = new Set(frame.items.flatMap((item) => (item.kind === 'column' ? [item.ref.column] : [])));
  const columnGroups = frame.groups.filter(
    (group) => group.kind === 'period' || !(shown.has(group.ref.column) || isIdentified(group, frame, resolver)),
  );
  if (columnGroups.length) frame.items.unshift(...columnGroups.flatMap((group) => namesOf(group, resolver)));
  // "by what is listed": a direction with nothing to sort by.
  frame.order = frame.order.map((key) => {
    // "denominations and the number of schools in descending order": by the number that is said last
    const last = key.descending ? frame.items.findLast(isFigure) : undefined;
    const first = last ?? frame.items.find((item) => item.kind === 'column');
    return key.measure.kind === 'all-columns' && first ? { ...key, measure: first } : key;
  });
  // "the total weight of each, by weight": by the figure that is shown
  const tells = new Set(frame.groups.map(({ ref }) => ref.column));
  frame.order = frame.order.map((key) => {
    const { measure } = key;
    if (measure.kind !== 'column' || tells.has(measure.ref.column) || !frame.groups.length) return key;
    const figure = frame.items.find((item) => item.kind === 'aggregate' && item.ref.column === measure.ref.column);
    return figure ? { ...key, measure: figure } : key;
  });
  frame.order = frame.order.filter(({ measure }) => measure.kind !== 'all-columns');
  const measured = frame.items.find((item) => isFigure(item));
  if (frame.limit !== undefined && measured && columnsOrGroups(frame) && !frame.order.length) {
    if (!frame.sorted) frame.order.push({ measure: measured, descending: true });
  }
  countWhatRowsHold(frame, resolver);
  sortLast(frame, resolver);
  const [rank] = frame.order;
  if (frame.rankShown && rank && !frame.items.some((item) => isSame(item, rank.measure)))
    frame.items.push(rank.measure);
  // groups are listed once each anyway, and a list of such has no order by a figure
  if (frame.order.some(({ measure }) => isFigure(measure))) frame.distinct = false;
  listKindsOnce(frame, resolver);
  leaveOutUndated(frame);
  const period = frame.groups.find((group) => group.kind === 'period');
  if (period && !frame.order.length)
    frame.order.push({ measure: { kind: 'column', ref: period.ref }, descending: false });
}

/** "newest first": by the one date that is listed, else by the date of what is listed; "oldest first" by their age where they have one. */
function sortByTime(
  frame: Frame,
  { descending, hints = [] }: NonNullable<Frame['sorted']>,
  resolver: FrameResolver,
): void {
  const dates = frame.items.flatMap((item) =>
    item.kind === 'column' && (item.ref.column.kind === 'date' || item.ref.column.kind === 'timestamp')
      ? [item.ref]
      : [],
  );
  const aged = hints[0] === 'age' && frame.main ? resolver.hinted(frame.main, ['age'], ['number']) : undefined;
  const only = dates.length === 1 ? dates[0] : undefined;
  const ref = aged ?? only ?? (frame.main && resolver.eventDate(frame.main));
  if (!ref || frame.items.some(isFigure)) frame.refused ??= 'I could not see which date they are to be sorted by.';
  else frame.order.push({ measure: { kind: 'column', ref }, descending: aged ? !descending : descending });
}

/** "highest first": by what is reckoned, else by the one number that is listed. */
function sortLast(frame: Frame, resolver: FrameResolver): void {
  if (!frame.sorted || frame.order.length) return;
  if (frame.sorted.byTime) return sortByTime(frame, frame.sorted, resolver);
  const numbers = frame.items.filter((item) => item.kind === 'column' && item.ref.column.kind === 'number');
  const { descending, hints = [] } = frame.sorted;
  const figures = frame.items.filter(isFigure);
  if (figures.length && figures.length === frame.items.length && !frame.groups.length) {
    frame.refused ??= 'One figure has no order.';
    return;
  }
  // "count and cost, dearest first": by what the word speaks of
  const hinted = figures.find(
    (item) => item.kind === 'aggregate' && hints.some((hint) => item.ref.column.name.toLowerCase().includes(hint)),
  );
  const listed = numbers.filter(
    (item) => item.kind === 'column' && hints.some((hint) => item.ref.column.name.toLowerCase().includes(hint)),
  );
  const usual = figures.length || !frame.main ? undefined : resolver.hinted(frame.main, hints, RANKED_KINDS);
  const by =
    (figures.length > 1 ? hinted : undefined) ??
    figures[0] ??
    (numbers.length === 1 ? numbers[0] : undefined) ??
    (listed.length === 1 ? listed[0] : undefined) ??
    (usual && { kind: 'column' as const, ref: usual });
  if (by) frame.order.push({ measure: by, descending: descending && !(hints.includes('speed') && !isSpeed(by)) });
  else frame.refused ??= 'I could not see what they are to be sorted by.';
}

/** The fastest have the highest speed, and the least time. */
const isSpeed = (measure: Measure) =>
  refOf(measure).some(({ column }) => /speed|velocity|pace|mph|kmh/i.test(column.name));

/** "permits decided per month": those that are not decided yet are of no month. */
function leaveOutUndated(frame: Frame): void {
  for (const { kind, ref } of frame.groups) {
    const isMissing = kind === 'period' && (ref.column.nullShare ?? 0) > 0;
    const isHeld = frame.filters.some((filter) => refsOfFilter(filter).some(({ column }) => column === ref.column));
    if (isMissing && !isHeld) frame.filters.push({ kind: 'null', ref, negated: true });
  }
}

const refsOfFilter = (filter: Filter): ColumnRef[] => (filter.kind === 'each' ? [] : refsOfRow(filter));

/** "what ranks do we have", "show all product sizes": of a category whose rows nobody speaks of, each kind once. */
function listKindsOnce(frame: Frame, resolver: FrameResolver): void {
  const [item, ...more] = frame.items;
  const parts = frame.filters.length + frame.groups.length + frame.order.length + frame.without.length;
  if (item?.kind !== 'column' || more.length || parts || frame.having || frame.limit !== undefined) return;
  const { table } = item.ref;
  const spoken = resolver.isSaid(table) || [...frame.touched].some((one) => one !== table);
  if (!spoken && roleOf(item.ref, resolver.catalog) === 'category' && repeats(item.ref)) frame.distinct = true;
}

/** "customer ids and the number of accounts for each customer": what is listed tells the groups apart already, unless it is a figure of theirs. */
function isIdentified(
  group: Extract<Frame['groups'][number], { kind: 'column' }>,
  frame: Frame,
  { catalog }: FrameResolver,
): boolean {
  const { table } = group.ref;
  return (
    group.entity === true &&
    frame.items.some(
      (item) =>
        item.kind === 'column' &&
        ((item.ref.table === table && !isMeasureRole(roleOf(item.ref, catalog))) ||
          item.ref.table.foreignKeys.some(
            (key) =>
              key.targetTable.toLowerCase() === table.name.toLowerCase() && key.columns.includes(item.ref.column.name),
          )),
    )
  );
}

/** "vessels by capacity, largest first": a list of them in that order, and no count of those of each capacity. */
function sortByOwnMeasure(frame: Frame, resolver: FrameResolver): void {
  const [group, ...more] = frame.groups;
  const { main, sorted } = frame;
  if (!main || !sorted || sorted.byTime || group?.kind !== 'column' || group.entity || more.length) return;
  if (frame.items.length || frame.order.length || group.ref.table !== main) return;
  const labels = resolver.labels(main);
  if (!labels.length || !isMeasureRole(roleOf(group.ref, resolver.catalog))) return;
  frame.groups = [];
  frame.items = [...labels, group.ref].map((ref): Measure => ({ kind: 'column', ref }));
  frame.order.push({ measure: { kind: 'column', ref: group.ref }, descending: sorted.descending });
}

/** What is listed when the question names no column: what the thing is called, and what a ranking is by. */
function defaultItems(frame: Frame, main: Table, resolver: FrameResolver): Measure[] {
  const narrowed =
    frame.without.length > 0 || frame.having !== undefined || frame.order.length > 0 || frame.filters.length > 0;
  const labels = narrowed ? resolver.labels(main) : [];
  const items: Measure[] = labels.length ? labels.map((ref) => ({ kind: 'column', ref })) : [{ kind: 'all-columns' }];
  const ranked =
    labels.length > 0 && frame.limit !== undefined && frame.limit > 1 ? frame.order.map(({ measure }) => measure) : [];
  return [...items, ...ranked.filter((measure) => measure.kind !== 'all-columns')];
}

const columnsOrGroups = (frame: Frame) => frame.groups.length > 0 || frame.items.some((item) => item.kind === 'column');

/** The columns of a condition. */
export const refsOfRow = (filter: RowFilter): ColumnRef[] =>
  filter.kind === 'either' ? filter.filters.flatMap(refsOfRow) : [filter.ref];

/** The column of a measure, if it has one. */
export function refOf(measure: Measure): ColumnRef[] {
  if (measure.kind === 'count') return measure.of ? [measure.of] : [];
  if (measure.kind === 'share') return [...refsOfRow(measure.when), ...(measure.sum ? [measure.sum] : [])];
  if (measure.kind === 'odds') return [...refsOfRow(measure.when), ...refsOfRow(measure.to)];
  if (measure.kind === 'ratio' || measure.kind === 'portion') return measure.sum ? [measure.sum] : [];
  if (measure.kind === 'quotient') return [measure.of, measure.over];
  if (measure.kind === 'duration') return [measure.from, measure.to];
  if (measure.kind === 'growth') return refOf(measure.now);
  return 'ref' in measure ? [measure.ref] : [];
}
