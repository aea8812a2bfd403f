import type { Table } from '#src/domain/catalog.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import type { Edge } from './db-graph.ts';
import type { Frame } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import type { FrameResolver } from './resolve.ts';

/** The key of the entity that a label names ("customer.name" → "customer.id"); nothing for an attribute. */
export function entityKey(ref: ColumnRef, resolver: FrameResolver): ColumnRef | undefined {
  if (roleOf(ref, resolver.catalog) === 'category') return undefined;
  return resolver.label(ref.table)?.column === ref.column ? resolver.key(ref.table) : undefined;
}

const isKeyOf = (ref: ColumnRef, resolver: FrameResolver): boolean => resolver.key(ref.table)?.column === ref.column;

const isEntityNamed = (ref: ColumnRef, resolver: FrameResolver): boolean => entityKey(ref, resolver) !== undefined;

/**
 * "employees who had two or more jobs" over the one job that each has: rows are told apart by what groups them.
 * @param tells whether a column that is grouped by tells rows of its table apart
 */
function countsOne(
  { groups, items, order, having }: Frame,
  joined: readonly Table[],
  resolver: FrameResolver,
  tells: (ref: ColumnRef, resolver: FrameResolver) => boolean,
): boolean {
  const counted = [...order.map(({ measure }) => measure), ...(having ? [having.measure] : [])];
  if (!counted.some((measure) => measure.kind === 'count' && !measure.of)) return false;
  const listed = items.flatMap((item) => (item.kind === 'column' ? [item.ref] : []));
  return [...groups.flatMap((group) => (group.kind === 'column' ? [group.ref] : [])), ...listed].some(
    (ref) => tells(ref, resolver) && joined.every((table) => !resolver.isMany(ref.table, table)),
  );
}

/** "the most common first name": what is counted are the rows that are called so. */
export const countsNames = (frame: Frame, joined: readonly Table[], resolver: FrameResolver): boolean =>
  countsOne(frame, joined, resolver, isEntityNamed);

/** Why each group would hold one row, of which there is nothing to count; one sentence. */
export function whyOneEach(
  frame: Frame,
  main: Table,
  edges: readonly Edge[],
  resolver: FrameResolver,
): string | undefined {
  const joined = [main, ...edges.map(({ to }) => to)];
  // "carriers per shipment", of which each has one
  const alone = frame.groups.some(
    (group) =>
      group.kind === 'column' &&
      group.entity === true &&
      group.ref.table !== main &&
      !resolver.isMany(group.ref.table, main),
  );
  const rows = frame.items.some((item) => item.kind === 'count' && !item.of && (item.table ?? main) === main);
  if ((alone && rows) || countsOne(frame, joined, resolver, isKeyOf))
    return `Each group would hold one row of ${main.name}: I could not see what to count.`;
  const own = resolver.key(main);
  const single =
    own && frame.groups.some(({ ref }) => entityKey(ref, resolver)?.column === own.column || ref.column === own.column);
  const counted = frame.items.flatMap((item) => (item.kind === 'count' ? [item.of] : []));
  const isOne =
    counted.some((of) => of?.column === own?.column) ||
    (counted.includes(undefined) && !edges.some(({ to }) => resolver.isMany(main, to)));
  return single && isOne ? `Each row of ${main.name} is one: I could not see what to count of it.` : undefined;
}
