import type { Table } from '#src/domain/catalog.ts';
import { refOf } from './complete-frame.ts';
import type { Filter, Frame } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';

/** What a column does in a query. */
export type PartKind = 'shown' | 'counted' | 'measured' | 'filter' | 'group' | 'order' | 'bound';

/** A column that a part of the frame is about. */
export interface FramePart {
  readonly kind: PartKind;
  readonly ref: ColumnRef;
}

function refsOfFilter(filter: Filter): readonly ColumnRef[] {
  switch (filter.kind) {
    case 'either':
      return filter.filters.flatMap(refsOfFilter);
    case 'figure':
      return [filter.ref, filter.of, ...filter.where.flatMap(refsOfFilter)];
    case 'linked':
      return [filter.ref, ...filter.where.flatMap(refsOfFilter)];
    case 'superior':
      return [filter.ref, { table: filter.ref.table, column: filter.by }];
    case 'columns':
      return [filter.ref, filter.other];
    default:
      return [filter.ref];
  }
}

const KINDS = {
  column: 'shown',
  count: 'counted',
  aggregate: 'measured',
  share: 'measured',
  odds: 'measured',
  portion: 'measured',
  ratio: 'measured',
  quotient: 'measured',
  duration: 'measured',
  growth: 'measured',
  'all-columns': 'shown',
} as const;

/** Every column that a frame uses, with what for. */
export function partsOfFrame(frame: Frame): readonly FramePart[] {
  const part = (kind: PartKind) => (ref: ColumnRef) => ({ kind, ref });
  return [
    ...frame.items.flatMap((item) => refOf(item).map(part(KINDS[item.kind]))),
    ...frame.items.flatMap((item) =>
      'when' in item &&
      item.when &&
      (item.kind !== 'share' || item.when.kind === 'linked' || item.when.kind === 'columns')
        ? refsOfFilter(item.when).map(part('filter'))
        : [],
    ),
    ...frame.filters.flatMap((filter) => refsOfFilter(filter).map(part('filter'))),
    ...frame.absent.flatMap((filter) => refsOfFilter(filter).map(part('filter'))),
    ...frame.lacked.map(part('filter')),
    ...frame.groups.map(({ ref }) => part('group')(ref)),
    ...(frame.within?.groups ?? []).map(part('group')),
    ...(frame.within ? [part('order')(frame.within.by)] : []),
    ...frame.order.flatMap(({ measure }) => refOf(measure).map(part('order'))),
    ...frame.order.flatMap(({ measure }) =>
      measure.kind === 'count' && measure.when ? refsOfFilter(measure.when).map(part('filter')) : [],
    ),
    ...[...(frame.having ? [frame.having] : []), ...frame.bounds].flatMap(({ measure }) =>
      refOf(measure).map(part('bound')),
    ),
    ...(frame.having?.bound.kind === 'group' ? [part('bound')(frame.having.bound.ref)] : []),
  ];
}

/** Every table that a frame speaks of; none that only links two of them. */
export const tablesOfFrame = (frame: Frame): ReadonlySet<Table> =>
  new Set([
    ...(frame.main ? [frame.main] : []),
    ...frame.touched,
    ...frame.without,
    ...frame.apart,
    ...frame.items.flatMap((item) => (item.kind === 'count' && item.table ? [item.table] : [])),
    ...partsOfFrame(frame).map(({ ref }) => ref.table),
  ]);
