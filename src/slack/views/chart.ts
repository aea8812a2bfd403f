import { type CellForm, displayedCell, numberOf, type ResultDisplay } from '#src/domain/display.ts';
import { ownPlaces } from '#src/domain/own-order.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { slackLimits } from '../limits.ts';
import { cut, neutral } from '../text.ts';
import { shown } from './message.ts';

interface Point {
  readonly label: string;
  readonly value: number;
}

/**
 * A chart block, for a label and one number over 3–20 rows: lines over time, bars otherwise; else undefined (CHART-1). Bars stand in their own
 * order where they have one (months, weekdays, low to high), else the highest first.
 */
export function chartBlock(
  table: ResultTable,
  display: ResultDisplay,
  blockId: string,
): Record<string, unknown> | undefined {
  const { columns, rows } = table;
  if (columns.length !== 2 || table.truncated || rows.length < 3 || rows.length > slackLimits.chartPoints)
    return undefined;
  const measure = measureAt(display, rows);
  if (measure === undefined) return undefined;
  const label = 1 - measure;
  const points = rows.map((row): Point | undefined => {
    const value = chartValue(row[measure] ?? null, display[measure]!.form);
    const text = cut(neutral(displayedCell(row[label] ?? null, display[label]!.form)), slackLimits.chartLabel);
    return value === undefined || text === '' ? undefined : { label: text, value };
  });
  if (!points.every((point) => point !== undefined)) return undefined;
  if (new Set(points.map((point) => point.label)).size < points.length) return undefined;
  const sorted = inOrder(points);
  const overTime = sorted.every((point) => /^\d{4}(?:-(?:\d{2}|Q[1-4])){0,2}$/.test(point.label));
  const title = (at: number, limit: number = slackLimits.chartTitle) =>
    cut(shown(neutral(headingOf(display, at))), limit);
  const plain = (at: number) => headingOf(display, at).replace(/ \((?:[A-Z]{3}|%)\)$/, '');
  return {
    type: 'data_visualization',
    block_id: blockId,
    title: cut(
      shown(neutral(`${plain(measure)} by ${plain(label).replace(/^\p{Lu}(?=\p{Ll})/u, (one) => one.toLowerCase())}`)),
      slackLimits.chartTitle,
    ),
    chart: {
      type: overTime ? 'line' : 'bar',
      series: [{ name: title(measure, slackLimits.chartSeriesName), data: sorted }],
      axis_config: { categories: sorted.map((point) => point.label), x_label: title(label), y_label: title(measure) },
    },
  };
}

/** The column of the two that holds figures: one of keys or years is a label. */
function measureAt(display: ResultDisplay, rows: ResultTable['rows']): number | undefined {
  const figures = [1, 0].filter((at) => {
    const kind = display[at]!.form.kind;
    return (
      (kind === 'number' || kind === 'money' || kind === 'share' || kind === 'plain') &&
      rows.every((row) => isFigure(row[at] ?? null, kind))
    );
  });
  return figures[0];
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

const headingOf = (display: ResultDisplay, at: number): string =>
  `${display[at]!.heading}${display[at]!.form.kind === 'share' ? ' (%)' : ''}`;

function inOrder(points: readonly Point[]): readonly Point[] {
  const places = ownPlaces(points.map(({ label }) => label));
  const order = (at: number) => (places ? places[at]! : -points[at]!.value);
  return points
    .map((_, at) => at)
    .sort((a, b) => order(a) - order(b))
    .map((at) => points[at]!);
}
