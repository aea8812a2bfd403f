import type { Table } from '#src/domain/catalog.ts';
import type { Edge } from './db-graph.ts';
import type { Frame, Measure } from './frame.ts';
import type { FrameResolver } from './resolve.ts';

/** "cost per request by vendor": each request has one cost, so theirs are averaged and not told apart. */
export function averageOwnRows(frame: Frame): void {
  const figures = frame.items.filter((item) => item.kind === 'aggregate');
  const own = frame.groups.filter(
    (group) => group.kind === 'column' && group.per && figures.some(({ ref }) => ref.table === group.ref.table),
  );
  if (!own.length || figures.length !== 1) return;
  frame.groups = frame.groups.filter((group) => !own.includes(group));
  frame.items = frame.items.map((item): Measure => {
    if (item.kind !== 'aggregate' || item.name !== 'sum') return item;
    frame.assumptions.push(`${item.ref.table.name}.${item.ref.column.name} is averaged over its rows.`);
    return { ...item, name: 'avg' };
  });
}

/** "students per teacher" over the schools that both are at: each student would be counted for every teacher. */
export function whyCrossed(
  frame: Frame,
  main: Table,
  edges: readonly Edge[],
  resolver: FrameResolver,
): string | undefined {
  const reckoned = frame.items.flatMap((item) => {
    if (item.kind === 'aggregate') return item.name === 'sum' || item.name === 'avg' ? [item.ref.table] : [];
    return item.kind === 'portion' || (item.kind === 'count' && !item.distinct) ? [main] : [];
  });
  for (const table of reckoned) {
    for (const { ref } of frame.groups) {
      const shared = sharedBy(pathBetween(table, ref.table, edges), resolver);
      if (shared)
        return `Rows of ${table.name} and ${ref.table.name} have no more in common than their ${shared.name}.`;
    }
  }
  return undefined;
}

type Step = readonly [from: Table, to: Table];

/** What both ends of a path belong to: it leads there from the many to the one, and on from the one to the many. */
function sharedBy(path: readonly Step[], resolver: FrameResolver): Table | undefined {
  const up = path.find(([from, to]) => !resolver.isMany(from, to));
  const after = up ? path.slice(path.indexOf(up) + 1) : [];
  return after.some(([from, to]) => resolver.isMany(from, to) && !resolver.isMany(to, from)) ? up?.[1] : undefined;
}

/** The joins that lead from one table to another, in their order. */
function pathBetween(from: Table, to: Table, edges: readonly Edge[]): readonly Step[] {
  const rootward = (table: Table): readonly Step[] => {
    const edge = edges.find((one) => one.to === table);
    return edge ? [[table, edge.from], ...rootward(edge.from)] : [];
  };
  const [up, down] = [rootward(from), rootward(to)];
  const same = ([child]: Step, steps: readonly Step[]) => steps.some(([other]) => other === child);
  return [
    ...up.filter((step) => !same(step, down)),
    ...down
      .filter((step) => !same(step, up))
      .reverse()
      .map(([child, parent]): Step => [parent, child]),
  ];
}
