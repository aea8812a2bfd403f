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

export const columnsOf = (filters: readonly Filter[]): readonly PlacedColumn[] =>
  filters.flatMap(({ columns }) => columns);

/** Filters over none of these columns. */
export const withoutColumns = (filters: readonly Filter[], columns: readonly PlacedColumn[]): readonly Filter[] =>
  filters.filter((one) => !one.columns.some((column) => columns.includes(column)));

/** How many columns are asked for, at most three: mostly one. */
const SHOWN = [1, 2, 3] as const;
const SHOWN_WEIGHTS = [6, 3, 1] as const;

/** One to so many columns to show, mostly of one table, what a row is called rather than others. */
export function drawShown(
  { random, columns }: Workbench,
  most: number,
  without: readonly PlacedColumn[] = [],
): readonly PlacedColumn[] {
  const free = columns.filter((column) => !without.includes(column));
  const able = free.length ? free : columns;
  if (!able.length) return [];
  const labels = able.filter(({ role }) => role === 'label');
  const first = random.pick(labels.length && random.chance(0.5) ? labels : able);
  const near = able.filter((one) => one !== first && one.at === first.at);
  const others = random.chance(0.7) ? near : able.filter((one) => one !== first);
  const count = random.weighted(SHOWN.slice(0, most), (one) => SHOWN_WEIGHTS[one - 1]!);
  return [first, ...random.some(others, count - 1)];
}
