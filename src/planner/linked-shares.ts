import { findColumn, type Table } from '#src/domain/catalog.ts';
import { refsOfRow } from './complete-frame.ts';
import { dbGraph, type Edge, joinTables } from './db-graph.ts';
import type { Filter, Frame, RowFilter } from './frame.ts';
import type { Reading } from './frame-rule.ts';
import type { FrameResolver } from './resolve.ts';

/** What says which of the rows are the share: those with rows of another table, or those without. */
interface Linked {
  readonly table: Table;
  readonly negated: boolean;
}

/** "without orders", "with at least one order", "were refunded": the one thing that rows have or lack. */
function linkedIn(
  { without, having, touched, counted, groups, filters }: Frame,
  main: Table,
  resolver: FrameResolver,
): Linked | undefined {
  const [lacked, ...more] = without;
  if (lacked) return more.length ? undefined : { table: lacked, negated: true };
  const isSome =
    having === undefined ||
    (having.measure.kind === 'count' &&
      having.bound.kind === 'number' &&
      having.bound.high === undefined &&
      ((having.operator === '>=' && having.bound.value === 1) ||
        (having.operator === '>' && having.bound.value === 0)));
  if (!isSome) return undefined;
  const grouped = new Set(groups.map(({ ref }) => ref.table));
  const several = [...new Set([...touched, ...filters.map(({ ref }) => ref.table)])].filter(
    (one) => one !== main && !grouped.has(one) && resolver.isMany(main, one),
  );
  const [table, ...others] = having && counted ? [counted] : several;
  return table && !others.length ? { table, negated: false } : undefined;
}

/** The joins that lead from the things asked about to what they have several of, each to many, by one key each. */
function stepsTo(table: Table, main: Table, resolver: FrameResolver): readonly Edge[] | undefined {
  const steps = joinTables(dbGraph(resolver.catalog), [main, table]) ?? [];
  const isPlain =
    steps.length > 0 && steps.every(({ from, to, pairs }) => pairs.length === 1 && resolver.isMany(from, to));
  const ways = (dbGraph(resolver.catalog).edges.get(main) ?? []).filter(({ to }) => to === steps[0]?.to);
  return isPlain && ways.length === 1 ? steps : undefined;
}

/**
 * "what share of payments was refunded", "share of customers without orders this year": of the rows asked about, which have a row there, or
 * none. What is said of those rows narrows which count.
 */
export function linkedShare({ frame, resolver }: Reading): RowFilter | undefined {
  const { main } = frame;
  const linked = main && linkedIn(frame, main, resolver);
  const steps = linked && stepsTo(linked.table, main, resolver);
  const own = main && findColumn(main, steps?.[0]?.pairs[0]?.[0] ?? '');
  if (!linked || !steps || !own) return undefined;
  const isTheirs = ({ ref }: { readonly ref: { readonly table: Table } }) => ref.table === linked.table;
  const rows = frame.filters.filter((filter) => filter.kind !== 'each');
  // "orders of German customers": what is said of anything else says of which rows, but only what the rows lead to
  if (rows.length < frame.filters.length || rows.some((one) => !isTheirs(one) && resolver.isMany(main, one.ref.table)))
    return undefined;
  const where = [...rows.filter(isTheirs), ...frame.absent];
  frame.filters = rows.filter((one) => !isTheirs(one));
  frame.without = [];
  frame.absent = [];
  frame.having = undefined;
  frame.touched.delete(linked.table);
  frame.apart.add(linked.table);
  return { kind: 'linked', ref: { table: main, column: own }, negated: linked.negated, steps, where };
}

/** "customers with a load in 2024 but none in 2025": they have such a row, which is looked up as the one that they lack. */
export function linkPresent(frame: Frame, main: Table, resolver: FrameResolver): void {
  const [table, ...more] = frame.without;
  if (!table || more.length || resolver.timesNamed(table) < 2 || frame.having) return;
  const isTheirs = (filter: Filter): filter is RowFilter =>
    filter.kind !== 'each' && refsOfRow(filter).every((ref) => ref.table === table);
  const where = frame.filters.filter(isTheirs);
  const steps = where.length ? stepsTo(table, main, resolver) : undefined;
  const column = findColumn(main, steps?.[0]?.pairs[0]?.[0] ?? '');
  if (!steps || !column) return;
  const present: RowFilter = { kind: 'linked', ref: { table: main, column }, negated: false, steps, where };
  frame.filters = [...frame.filters.filter((filter) => !isTheirs(filter)), present];
  frame.touched.delete(table);
}
