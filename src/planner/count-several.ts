import type { Table } from '#src/domain/catalog.ts';
import { refsOfRow } from './complete-frame.ts';
import type { Edge } from './db-graph.ts';
import type { Frame, Measure } from './frame.ts';
import type { FrameResolver } from './resolve.ts';

/** The tables that are counted side by side, where there are several. */
function countedIn({ items }: Frame): readonly Table[] {
  const tables = items.flatMap((item) => (item.kind === 'count' && !item.of && item.table ? [item.table] : []));
  const several = [...new Set(tables)];
  return several.length > 1 ? several : [];
}

/**
 * "the number of hotels and the number of rooms, by region": joined, each would be counted as often as the others, and those without
 * any other not at all, so that each is counted by its key and the joins are from all that there are.
 *
 * @returns why that cannot be done, one sentence; the joins to be made so; undefined where no several are counted
 */
export function countSeveral(
  frame: Frame,
  main: Table,
  edges: readonly Edge[],
  resolver: FrameResolver,
): { readonly refused: string } | { readonly outer: true } | undefined {
  const counted = countedIn(frame);
  if (!counted.length) return undefined;
  const why = `I cannot count ${counted.map(({ name }) => name).join(' and ')} beside each other here.`;
  const keys = new Map(counted.map((table) => [table, resolver.key(table)]));
  const said = [
    ...frame.filters.flatMap((filter) => (filter.kind === 'each' ? [filter.ref] : refsOfRow(filter))),
    ...frame.groups.map(({ ref }) => ref),
  ];
  // a condition on what may be missing would leave out what has none of it
  const isOfAll = said.every(({ table }) => table === main || !resolver.isMany(main, table));
  const isPlain =
    frame.items.every(({ kind }) => kind === 'count' || kind === 'column') && !frame.having && !frame.without.length;
  const leads = counted.includes(main) && edges.every(({ from, to }) => from === main || resolver.isMany(main, to));
  if (!isOfAll || !isPlain || !leads || [...keys.values()].some((key) => !key)) return { refused: why };
  frame.items = frame.items.map((item): Measure => {
    const of = item.kind === 'count' && item.table && !item.of ? keys.get(item.table) : undefined;
    return of && item.kind === 'count' ? { ...item, of, distinct: true } : item;
  });
  return { outer: true };
}
