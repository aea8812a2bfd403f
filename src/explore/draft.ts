import { listed } from '#src/domain/plain-names.ts';
import { allOf, type ConditionIr, type ItemIr, type QueryIr } from '#src/sql/query-ir.ts';
import type { Filter } from './draw-filters.ts';
import type { columnIr, PlacedColumn, Workbench } from './workbench.ts';

/** What a query is, as a whole (docs/sources.md#db-explore). */
export type Shape =
  | 'list'
  | 'aggregate'
  | 'group'
  | 'having'
  | 'top'
  | 'related'
  | 'above average'
  | 'set operation'
  | 'rank';

/** Makes one query of its shape over a workbench; none where the workbench has not what it needs. */
export type MakeDraft = (bench: Workbench) => Draft | undefined;

/** A query that was made, with the question that it answers, in plain words. */
export interface Draft {
  readonly shape: Shape;
  readonly query: QueryIr;
  readonly question: string;
}

export type NameOf = (column: PlacedColumn) => ReturnType<typeof columnIr>;

export const itemsOf = (columns: readonly PlacedColumn[], name: NameOf): readonly ItemIr[] =>
  columns.map((column) => ({ expression: name(column) }));

export const whereOf = (filters: readonly Filter[], name: NameOf): ConditionIr | undefined =>
  allOf(filters.flatMap((one) => flat(one.condition(name))));

/** A filter that is itself several conditions is no AND within the AND. */
const flat = (condition: ConditionIr): readonly ConditionIr[] =>
  condition.kind === 'and' ? condition.parts : [condition];

/** " whose status is “open” and whose total is above 5", or nothing. */
export const saidFilters = (filters: readonly Filter[]): string =>
  filters.length ? ` ${filters.map(({ words }) => words).join(' and ')}` : '';

/** "the name and the age". */
export const saidColumns = (columns: readonly PlacedColumn[]): string =>
  listed(columns.map(({ words }) => `the ${words}`));

export const columnsOf = (filters: readonly Filter[]): readonly PlacedColumn[] => filters.map(({ column }) => column);

/** One to so many columns to show, what a row is called rather than others. */
export function drawShown(
  { random, columns }: Workbench,
  most: number,
  without: readonly PlacedColumn[] = [],
): readonly PlacedColumn[] {
  const free = columns.filter((column) => !without.includes(column));
  const shown = free.length ? free : columns;
  const count = Math.min(shown.length, 1 + random.below(most));
  const labels = shown.filter(({ role }) => role === 'label');
  const first = labels.length && random.chance(0.5) ? [random.pick(labels)] : [];
  const rest = random.some(
    shown.filter((one) => !first.includes(one)),
    count - first.length,
  );
  return [...first, ...rest];
}
