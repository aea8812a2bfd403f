import { numberOf, type ResultDisplay } from '#src/domain/display.ts';
import { ownPlaces } from '#src/domain/own-order.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { isOverTime, labelText } from './chart-grid.ts';

export interface Segment {
  readonly label: string;
  /** In per cent of the whole. */
  readonly value: number;
}

/** What a pie draws of a result: the column of its labels, that of its shares, and a segment a row. */
export interface Pie {
  readonly label: number;
  readonly share: number;
  readonly segments: readonly Segment[];
}

/** Shares that were rounded come to the whole but for this, in per cent. */
const ROUNDED = 1;
const LEAST_SEGMENTS = 2;

/**
 * Two to six shares of one whole, a row each, the largest first: a pie says what bars do not, that they are all of it. Nothing for shares
 * that leave something out, for times and for what has an order of its own, which bars keep.
 */
export function pieOf({ columns, rows, truncated }: ResultTable, display: ResultDisplay): Pie | undefined {
  const shares = display.flatMap(({ form }, at) => (form.kind === 'share' ? [at] : []));
  const [share] = shares;
  const labels = columns.flatMap(({ kind }, at) => (shares.includes(at) || kind === 'number' ? [] : [at]));
  const [label] = labels;
  if (truncated || share === undefined || label === undefined || shares.length > 1 || labels.length > 1)
    return undefined;
  if (rows.length < LEAST_SEGMENTS || rows.length > SLACK_LIMITS.chartSegments) return undefined;
  const { form } = display[share]!;
  const whole = form.kind === 'share' ? form.whole : 100;
  const segments = rows.map((row) => ({
    label: labelText(row[label] ?? null, display[label]!.form),
    value: Math.round((10_000 * (numberOf(row[share] ?? null) ?? 0)) / whole) / 100,
  }));
  const names = segments.map((one) => one.label);
  const isWhole = Math.abs(segments.reduce((sum, { value }) => sum + value, 0) - 100) <= ROUNDED;
  if (!isWhole || segments.some(({ value }) => !(value > 0))) return undefined;
  if (names.includes('') || new Set(names).size < names.length || isOverTime(names) || ownPlaces(names))
    return undefined;
  return { label, share, segments: [...segments].sort((a, b) => b.value - a.value) };
}
