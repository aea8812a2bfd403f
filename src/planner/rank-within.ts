import type { Table } from '#src/domain/catalog.ts';
import { EMPTY_SELECT, type ExpressionIr, type ItemIr, type SelectIr } from '#src/sql/query-ir.ts';
import type { Frame, Measure, Within } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import type { FrameResolver } from './resolve.ts';
import type { NameWriter } from './write-names.ts';

/** Sets apart what ranks rows within groups: what is listed then are rows, with what their group and their rank are by. */
export function settleWithin(frame: Frame, main: Table | undefined, resolver: FrameResolver): void {
  const [rank, ...more] = frame.order;
  const groups = frame.groups.flatMap((group) => (group.kind === 'column' ? [group.ref] : []));
  if (!main || frame.limit === undefined || !rank || more.length || rank.measure.kind !== 'column') return;
  if (!groups.length || groups.length < frame.groups.length || frame.having) return;
  if (!frame.items.every((item) => item.kind === 'column' || item.kind === 'all-columns')) return;
  const { ref: by } = rank.measure;
  // what is ranked has one group each, and is no thing that the group is named by
  if (by.table !== main || groups.some((ref) => ref.table !== main && resolver.isMany(main, ref.table))) return;
  const told = new Set(groups.map(({ column }) => column));
  const named = frame.items.flatMap((item) => (item.kind === 'column' && !told.has(item.ref.column) ? [item.ref] : []));
  const listed = named.some(({ column }) => column !== by.column) ? named : [...resolver.labels(main), ...named];
  if (!listed.some(({ column }) => column !== by.column && !told.has(column))) return;
  const shown = [...groups, ...listed, by];
  frame.items = shown
    .filter((ref, at) => shown.findIndex(({ column }) => column === ref.column) === at)
    .map((ref): Measure => ({ kind: 'column', ref }));
  frame.within = { groups, by, descending: rank.descending, limit: frame.limit };
  frame.groups = [];
  frame.order = [];
  frame.limit = undefined;
}

/** The rows with their place in their group, of which the first are kept; those alike share a place. */
export function rankWithin(query: SelectIr, within: Within, { items }: Frame, scope: NameWriter): SelectIr {
  const refs = items.flatMap((item) => (item.kind === 'column' ? [item.ref] : []));
  const aliasOf = (ref: ColumnRef): string =>
    refs.filter(({ column }) => column.name.toLowerCase() === ref.column.name.toLowerCase()).length > 1
      ? `${ref.table.name}_${ref.column.name}`
      : ref.column.name;
  const named = (name: string): ExpressionIr => ({ kind: 'column', name });
  const place: ItemIr = {
    alias: 'place',
    expression: {
      kind: 'window',
      name: 'RANK',
      args: [],
      partitionBy: within.groups.map((ref) => scope.column(ref)),
      orderBy: [{ expression: scope.column(within.by), descending: within.descending }],
    },
  };
  const rows: SelectIr = {
    ...query,
    items: [...refs.map((ref): ItemIr => ({ expression: scope.column(ref), alias: aliasOf(ref) })), place],
  };
  return {
    ...EMPTY_SELECT,
    items: refs.map((ref) => ({ expression: named(aliasOf(ref)) })),
    from: { kind: 'derived', query: rows, alias: 'ranked' },
    where: {
      kind: 'compare',
      operator: '<=',
      left: named('place'),
      right: { kind: 'number', text: String(within.limit) },
    },
    orderBy: [...within.groups.map((ref) => named(aliasOf(ref))), named('place')].map((expression) => ({
      expression,
      descending: false,
    })),
  };
}
