import { cellText, columnHeading, type ResultTable } from '#src/domain/result-table.ts';
import { slackLimits } from '../limits.ts';
import { cut, neutral } from '../text.ts';
import { shown } from './message.ts';

/** A chart block, for a label and one number over 3–20 rows: lines over time, bars otherwise; else undefined (CHART-1). */
export function chartBlock(table: ResultTable, blockId: string): Record<string, unknown> | undefined {
  if (
    table.columns.length !== 2 ||
    table.truncated ||
    table.rows.length < 3 ||
    table.rows.length > slackLimits.chartPoints
  )
    return undefined;
  const measure = table.columns[1]?.kind === 'number' ? 1 : table.columns[0]?.kind === 'number' ? 0 : -1;
  if (measure === -1) return undefined;
  const label = 1 - measure;
  const labels = table.rows.map((row) => cut(neutral(cellText(row[label] ?? null)), slackLimits.chartLabel));
  const values = table.rows.map((row) => row[measure]);
  if (new Set(labels).size < labels.length || labels.some((text) => text === '')) return undefined;
  if (!values.every((value): value is number => typeof value === 'number' && Number.isFinite(value))) return undefined;
  const overTime = labels.every((text) => /^\d{4}(-\d{2}){0,2}$/.test(text));
  const title = (at: number, limit: number = slackLimits.chartTitle) =>
    cut(shown(neutral(columnHeading(table.columns[at]!.name))), limit);
  return {
    type: 'data_visualization',
    block_id: blockId,
    title: cut(`${title(measure)} by ${title(label)}`, slackLimits.chartTitle),
    chart: {
      type: overTime ? 'line' : 'bar',
      series: [
        {
          name: title(measure, slackLimits.chartSeriesName),
          data: labels.map((text, at) => ({ label: text, value: values[at] })),
        },
      ],
      axis_config: { categories: labels, x_label: title(label), y_label: title(measure) },
    },
  };
}
