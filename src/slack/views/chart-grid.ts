import { type CellForm, displayedCell, numberOf, type ResultDisplay } from '#src/domain/display.ts';
import { ownPlaces } from '#src/domain/own-order.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { slackLimits } from '../limits.ts';
import { cut, neutral } from '../text.ts';

/** One line of a chart: a value for each category. */
export interface Series {
  /** The column that it is, or the value that its rows have of one. */
  readonly name: string;
  readonly values: readonly number[];
}

/** What a chart draws of a result. */
export interface ChartGrid {
  /** The column of the categories, and of what is measured; of another where its values tell the series apart. */
  readonly label: number;
  readonly measures: readonly number[];
  readonly split?: number;
  readonly categories: readonly string[];
  readonly series: readonly Series[];
}

/** Fewer categories are no picture. */
const LEAST_CATEGORIES = 3;
const LEAST_IN_SERIES = 2;

/**
 * One label with one or several figures of one unit, or two labels with one figure, whose rows are complete; nothing for any other result
 * (CHART-1).
 */
export function chartGrid(table: ResultTable, display: ResultDisplay): ChartGrid | undefined {
  const { columns, rows } = table;
  if (columns.length < 2 || table.truncated || rows.length < LEAST_CATEGORIES) return undefined;
  const figures = display.flatMap((_, at) => (isMeasure(display, at, rows) ? [at] : []));
  const found =
    columns.length === 2
      ? wide(table, display, figures.slice(-1))
      : figures.length === columns.length - 1
        ? wide(table, display, figures)
        : figures.length === 1 && columns.length === 3
          ? long(table, display, figures[0]!)
          : undefined;
  return found && inOrder(found);
}

function isMeasure(display: ResultDisplay, at: number, rows: ResultTable['rows']): boolean {
  const { kind } = display[at]!.form;
  return (
    (kind === 'number' || kind === 'money' || kind === 'share' || kind === 'plain') &&
    rows.every((row) => isFigure(row[at] ?? null, kind))
  );
}

const isFigure = (cell: Cell, kind: CellForm['kind']): boolean =>
  typeof cell === 'number'
    ? Number.isFinite(cell)
    : kind !== 'plain' && typeof cell === 'string' && numberOf(cell) !== undefined;

/** A figure as it is drawn: shares in per cent, no more places than are shown. */
function chartValue(cell: Cell, form: CellForm): number | undefined {
  const value = numberOf(cell);
  if (value === undefined) return undefined;
  const drawn = form.kind === 'share' ? (100 * value) / form.whole : value;
  return Math.abs(drawn) >= 1 ? Math.round(drawn * 100) / 100 : drawn;
}

/** A category as it is drawn. */
export const labelText = (cell: Cell, form: CellForm) =>
  cut(neutral(displayedCell(cell, form)), slackLimits.chartLabel);

const isDistinct = (texts: readonly string[]) => new Set(texts).size === texts.length && !texts.includes('');

/** A row for each category, a column for each series: all of one unit, else they would share a scale that is neither's. */
function wide(
  { columns, rows }: ResultTable,
  display: ResultDisplay,
  measures: readonly number[],
): ChartGrid | undefined {
  const label = columns.findIndex((_, at) => !measures.includes(at));
  const unit = JSON.stringify(display[measures[0] ?? -1]?.form);
  if (label < 0 || !measures.length || measures.length > slackLimits.chartSeries) return undefined;
  if (rows.length > slackLimits.chartPoints || measures.some((at) => JSON.stringify(display[at]!.form) !== unit))
    return undefined;
  const categories = rows.map((row) => labelText(row[label] ?? null, display[label]!.form));
  const series = measures.map((at) => ({
    name: display[at]!.heading,
    values: rows.flatMap((row) => chartValue(row[at] ?? null, display[at]!.form) ?? []),
  }));
  const isWhole = series.every(({ values }) => values.length === rows.length);
  return isDistinct(categories) && isWhole ? { label, measures, categories, series } : undefined;
}

const TIME = /^\d{4}(?:-(?:\d{2}|Q[1-4])){0,2}$/;
export const isOverTime = (categories: readonly string[]): boolean => categories.every((one) => TIME.test(one));

/** A row for each pair of two labels: the times are the categories, else the label that has more values. */
function long({ rows }: ResultTable, display: ResultDisplay, measure: number): ChartGrid | undefined {
  const labels = [0, 1, 2].filter((at) => at !== measure);
  const texts = (at: number) => rows.map((row) => labelText(row[at] ?? null, display[at]!.form));
  const kinds = (at: number) => [...new Set(texts(at))];
  const [label, split] = labels.sort(
    (a, b) => Number(isOverTime(kinds(b))) - Number(isOverTime(kinds(a))) || kinds(b).length - kinds(a).length,
  ) as [number, number];
  const [categories, names] = [kinds(label), kinds(split)];
  if (categories.length < LEAST_CATEGORIES || categories.length > slackLimits.chartPoints) return undefined;
  if (names.length < LEAST_IN_SERIES || names.length > slackLimits.chartSeries) return undefined;
  if (rows.length !== categories.length * names.length || categories.includes('') || names.includes(''))
    return undefined;
  const [at, of] = [texts(label), texts(split)];
  const series = names.map((name) => ({
    name,
    values: categories.flatMap((category) => {
      const row = rows.find((_, place) => at[place] === category && of[place] === name);
      return (row && chartValue(row[measure] ?? null, display[measure]!.form)) ?? [];
    }),
  }));
  const isWhole = series.every(({ values }) => values.length === categories.length);
  return isWhole ? { label, measures: [measure], split, categories, series } : undefined;
}

/** Categories in their own order where they have one (months, weekdays, low to high), else the highest first. */
function inOrder(grid: ChartGrid): ChartGrid {
  const { categories, series } = grid;
  const places = ownPlaces(categories);
  const order = (at: number) => (places ? places[at]! : -series[0]!.values[at]!);
  const sorted = categories.map((_, at) => at).sort((a, b) => order(a) - order(b));
  return {
    ...grid,
    categories: sorted.map((at) => categories[at]!),
    series: series.map(({ name, values }) => ({ name, values: sorted.map((at) => values[at]!) })),
  };
}
