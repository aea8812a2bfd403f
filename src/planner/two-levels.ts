import type { Table } from '#src/domain/catalog.ts';
import { refOf } from './complete-frame.ts';
import type { Edge } from './db-graph.ts';
import type { Frame, Measure } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import type { FrameResolver } from './resolve.ts';

/** The columns of a measure that every row must be taken once for. */
export function addedUp(item: Measure): readonly ColumnRef[] {
  if (item.kind === 'aggregate') return item.name === 'sum' || item.name === 'avg' ? [item.ref] : [];
  if (item.kind === 'growth') return addedUp(item.now);
  if (item.kind === 'share') return item.sum ? [item.sum] : [];
  return item.kind === 'duration' || item.kind === 'quotient' || item.kind === 'portion' || item.kind === 'ratio'
    ? refOf(item)
    : [];
}

/** What rows that a join repeats would falsify. */
const isFalsified = (item: Measure): boolean =>
  item.kind === 'share' ||
  item.kind === 'odds' ||
  item.kind === 'portion' ||
  item.kind === 'ratio' ||
  addedUp(item).length > 0 ||
  (item.kind === 'count' && !item.distinct && !item.table);

/** "students per teacher" over the schools that both are at: each student would be counted for every teacher. */
export function whyCrossed(frame: Frame, edges: readonly Edge[], resolver: FrameResolver): string | undefined {
  const measures = [...frame.items, ...frame.order.map(({ measure }) => measure)];
  if (!measures.some(isFalsified)) return undefined;
  const isOneToMany = (from: Table, to: Table) => resolver.isMany(from, to) && !resolver.isMany(to, from);
  const steps = edges.flatMap(({ from, to }) => [[from, to] as const, [to, from] as const]);
  for (const table of new Set(steps.map(([from]) => from))) {
    const [one, other] = steps.flatMap(([from, to]) => (from === table && isOneToMany(from, to) ? [to] : []));
    if (one && other) return `Rows of ${one.name} and ${other.name} have no more in common than their ${table.name}.`;
  }
  return undefined;
}

/** What is asked for of groups within groups, or of rows that are bounded by what others say; one sentence. */
export function whyTwoLevels({ items, groups, order, limit, having, counted }: Frame): string | undefined {
  const grouped = new Set(groups.map(({ ref }) => ref.column));
  const listed = items.some((item) => item.kind === 'column' && !grouped.has(item.ref.column));
  // "top 3 clients per country by freight"
  if (limit !== undefined && listed && order.length && groups.some((group) => group.kind === 'column' && group.per))
    return 'I cannot rank within each of them.';
  // "number of clients per country with more than 5 shipments": each client, not each country
  const bounded = items.some((item) => item.kind === 'count' && item.table && counted && item.table !== counted);
  if (having && groups.length && bounded) return 'I cannot tell what the bound is on: each of them, or each group.';
  // "days to fix an issue", where issues are a column
  if (listed && items.some(({ kind }) => kind === 'duration' || kind === 'quotient' || kind === 'ratio'))
    return 'I cannot tell what to show beside the figure.';
  if (items.some(({ kind }) => kind === 'portion') && !groups.length) return 'I could not see what the shares are of.';
  return undefined;
}
