import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { cellKey, compareSpider } from './compare.ts';

/** The ways in which benchmarks say that two results are equal (sources.md#other-comparisons), by name. */
export const COMPARISONS = ['spider', 'bird', 'sql-eval'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** The comparison of a run that says no other. */
export const USUAL: Comparison = 'spider';

/** What is compared with: the result of an accepted query. */
export interface GoldAnswer {
  readonly sql: string;
  readonly table: ResultTable;
  /** The question asks for an order, by its words or its category: sql-eval looks there, Spider at the query. */
  readonly asksOrder: boolean;
}

export function equalBy(
  comparison: Comparison,
  { sql, table, asksOrder }: GoldAnswer,
  predicted: ResultTable,
): boolean {
  switch (comparison) {
    case 'spider':
      return compareSpider(table, predicted, isOrdered(sql)).equal;
    case 'bird':
      return sameSet(table, predicted);
    case 'sql-eval':
      return isExact(table, predicted, asksOrder) || isSubset(table, predicted, asksOrder);
  }
}

/** Spider's sign that the order of rows counts: the words stand anywhere in the query. */
export const isOrdered = (sql: string): boolean => /order by/i.test(sql);

/** BIRD's: the same set of rows; the order of columns counts, that of rows and how often they occur do not. */
function sameSet(gold: ResultTable, predicted: ResultTable): boolean {
  const [wanted, given] = [gold, predicted].map(({ rows }) => new Set(rows.map(rowKey))) as [Set<string>, Set<string>];
  return wanted.size === given.size && [...wanted].every((row) => given.has(row));
}

const rowKey = (row: readonly Cell[]) => row.map(cellKey).join('\u0001');

/** sql-eval's exact match: as they are, or without repeated rows, columns by their names, rows sorted unless an order is asked for. */
function isExact(gold: ResultTable, predicted: ResultTable, asksOrder: boolean): boolean {
  const same = (left: readonly (readonly Cell[])[], right: readonly (readonly Cell[])[]) =>
    left.length === right.length && left.every((row, at) => rowKey(row) === rowKey(right[at]!));
  if (gold.columns.length !== predicted.columns.length) return false;
  if (same(gold.rows, predicted.rows)) return true;
  const normal = (table: ResultTable) => normalised(table.rows, byName(table), asksOrder);
  return same(normal(gold), normal(predicted));
}

const byName = ({ columns }: ResultTable): readonly number[] =>
  columns.map((_, at) => at).sort((a, b) => (columns[a]!.name < columns[b]!.name ? -1 : 1));

/** The rows with these columns alone, in this order, each once. */
function normalised(
  rows: readonly (readonly Cell[])[],
  columns: readonly number[],
  asksOrder: boolean,
): readonly (readonly Cell[])[] {
  const kept = new Map(rows.map((row) => columns.map((at) => row[at] ?? null)).map((row) => [rowKey(row), row]));
  const once = [...kept.values()];
  return asksOrder ? once : once.sort(byCells);
}

/** sql-eval's subset match: each gold column is some predicted one, which may have more besides; then the rows of these. */
function isSubset(gold: ResultTable, predicted: ResultTable, asksOrder: boolean): boolean {
  if (!gold.rows.length || gold.rows.length !== predicted.rows.length) return false;
  const sorted = ({ columns, rows }: ResultTable) =>
    columns.map((_, at) => rows.map((row) => row[at] ?? null).sort(byCell));
  const offered = sorted(predicted);
  const chosen: number[] = [];
  for (const wanted of sorted(gold)) {
    const found = offered.findIndex((values, at) => !chosen.includes(at) && nearAll(wanted, values));
    if (found === -1) return false;
    chosen.push(found);
  }
  const order = byName(gold);
  const left = normalised(gold.rows, order, asksOrder);
  const right = normalised(
    predicted.rows,
    order.map((at) => chosen[at]!),
    asksOrder,
  );
  return left.length === right.length && left.every((row, at) => nearAll(row, right[at]!));
}

const nearAll = (left: readonly Cell[], right: readonly Cell[]) => left.every((cell, at) => isNear(cell, right[at]!));

/** pandas' default of assert_series_equal, which sql-eval compares columns with: 1e-5 of the value, or 1e-8. */
function isNear(left: Cell, right: Cell): boolean {
  if (cellKey(left) === cellKey(right)) return true;
  if (typeof left !== 'number' || typeof right !== 'number') return false;
  return Math.abs(left - right) <= 1e-8 + 1e-5 * Math.abs(right);
}

function byCells(left: readonly Cell[], right: readonly Cell[]): number {
  for (const [at, cell] of left.entries()) {
    const order = byCell(cell, right[at]!);
    if (order) return order;
  }
  return 0;
}

/** Numbers by value, before texts. */
function byCell(left: Cell, right: Cell): number {
  const isNumber = (cell: Cell) => typeof cell === 'number' || typeof cell === 'bigint';
  if (isNumber(left) && isNumber(right)) return Number(left) - Number(right);
  if (isNumber(left) !== isNumber(right)) return isNumber(left) ? -1 : 1;
  const [a, b] = [cellKey(left), cellKey(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}
