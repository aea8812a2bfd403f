import type { ResultDisplay } from '#src/domain/display.ts';
import { listed } from '#src/domain/plain-names.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { slackLimits } from '../limits.ts';
import { cut, neutral } from '../text.ts';
import { chartGrid, isOverTime } from './chart-grid.ts';
import { shown } from './message.ts';
import { pieOf } from './pie.ts';

/**
 * A chart block: a pie of the shares of one whole; for a label with figures over 3–20 rows, or two labels with one figure, lines over time and
 * bars otherwise; else undefined (CHART-1). What it does not draw stands in the table.
 */
export function chartBlock(
  table: ResultTable,
  display: ResultDisplay,
  blockId: string,
): Record<string, unknown> | undefined {
  const pie = pieOf(table, display);
  if (pie) {
    const [shared, by] = [headingOf(display, pie.share), headingOf(display, pie.label)];
    const title = cut(shown(neutral(`${shared} by ${by.toLowerCase()}`)), slackLimits.chartTitle);
    return { type: 'data_visualization', block_id: blockId, title, chart: { type: 'pie', segments: pie.segments } };
  }
  const grid = chartGrid(table, display);
  if (!grid) return undefined;
  const { label, measures, split, categories, series } = grid;
  const names = distinctNames(series.map(({ name }) => name));
  if (!names) return undefined;
  const title = (text: string, limit: number = slackLimits.chartTitle) => cut(shown(neutral(text)), limit);
  const plain = (at: number) => headingOf(display, at).replace(/ \((?:[A-Z]{3}|%)\)$/, '');
  const said = (at: number) => plain(at).replace(/^\p{Lu}(?=\p{Ll})/u, (one) => one.toLowerCase());
  const by = [label, ...(split === undefined ? [] : [split])].map(said);
  const measured = listed(measures.map((at, nth) => (nth ? said(at) : plain(at))));
  return {
    type: 'data_visualization',
    block_id: blockId,
    title: title(`${measured} by ${listed(by)}`),
    chart: {
      type: isOverTime(categories) ? 'line' : 'bar',
      series: series.map(({ values }, nth) => ({
        name: names[nth],
        data: values.map((value, at) => ({ label: categories[at], value })),
      })),
      axis_config: {
        categories,
        x_label: title(headingOf(display, label)),
        y_label: title(listed(measures.map((at) => headingOf(display, at)))),
      },
    },
  };
}

/** Names of series as Slack takes them: short, and none twice. */
function distinctNames(names: readonly string[]): readonly string[] | undefined {
  const short = names.map((name) => cut(shown(neutral(name)), slackLimits.chartSeriesName));
  return new Set(short).size === short.length ? short : undefined;
}

const headingOf = (display: ResultDisplay, at: number): string =>
  `${display[at]!.heading}${display[at]!.form.kind === 'share' ? ' (%)' : ''}`;
