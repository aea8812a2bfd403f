import assert from 'node:assert/strict';
import { it } from 'vitest';
import { axisTicks, renderChart } from '#src/sandbox/page/chart.ts';
import { toHtml } from '#src/sandbox/page/tree.ts';

const drawing = (type: 'bar' | 'line', labels: readonly string[]) => {
  const data = labels.map((label, at) => ({ label, value: 12_345 - 700 * at }));
  const axis_config = { categories: labels, x_label: 'Product', y_label: 'Total' };
  const html = toHtml(
    renderChart({
      type: 'data_visualization',
      title: 'Total by product',
      chart: { type, series: [{ data }], axis_config },
    }),
  );
  const [wide = '', narrow = ''] = html.split('<svg').slice(1);
  return { wide, narrow };
};

it('has ticks at round numbers, and none between counts', () => {
  assert.deepEqual(axisTicks([1, 2]), [0, 1, 2]);
  assert.deepEqual(axisTicks([3, 11]), [0, 3, 6, 9, 12]);
  assert.deepEqual(axisTicks([0.4, 1.9]), [0, 0.5, 1, 1.5, 2]);
  assert.deepEqual(axisTicks([1_124, 545]), [0, 250, 500, 750, 1_000, 1_250]);
});

it('of shares is a ring whose segments follow each other all the way round, each said in per cent', () => {
  const segments = [
    { label: 'North', value: 75 },
    { label: 'South <b>', value: 25 },
  ];
  const html = toHtml(renderChart({ type: 'data_visualization', title: 'Share', chart: { type: 'pie', segments } }));
  const dashes = [...html.matchAll(/stroke-dasharray="([\d.]+) /g)].map(([, length]) => Number(length));
  assert.equal(dashes.length, 2);
  assert.ok(Math.abs(dashes[0]! / dashes[1]! - 3) < 0.01);
  const offset = Number(/stroke-dashoffset="-([\d.]+)"[^>]*><\/circle><\/g><\/svg>/.exec(html)?.[1]);
  assert.ok(Math.abs(offset - dashes[0]!) < 0.11, html);
  assert.match(html, /North 75\.0 %.*South &lt;b&gt; 25\.0 %/);
});

/** A bar that lies begins where all others do, at the left. */
const lies = (svg: string) => new Set([...svg.matchAll(/class="bar" x="([\d.]+)"/g)].map(([, x]) => x)).size === 1;

const CHANNELS = ['web', 'phone', 'field', 'email'];
const DEPARTMENTS = [
  'Administration',
  'Marketing',
  'Purchasing',
  'Human Resources',
  'Shipping',
  'Information Technology',
  'Public Relations',
  'Sales',
  'Executive',
  'Finance',
  'Accounting',
];
const MONTHS = Array.from(
  { length: 20 },
  (_, at) => `20${20 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`,
);

it('bars stand over words that have room beneath them, and lie where one has none', () => {
  const few = drawing('bar', CHANNELS);
  assert.deepEqual([lies(few.wide), lies(few.narrow)], [false, false]);
  const many = drawing('bar', DEPARTMENTS);
  assert.deepEqual([lies(many.wide), lies(many.narrow)], [true, true]);
  for (const name of DEPARTMENTS) assert.ok(many.wide.includes(`>${name}</text>`), name);
});

it('no label is turned, and those that have no room on a line of dates or names are left out in between', () => {
  for (const type of ['bar', 'line'] as const)
    for (const labels of [CHANNELS, DEPARTMENTS, MONTHS]) {
      const { wide, narrow } = drawing(type, labels);
      assert.ok(!`${wide}${narrow}`.includes('rotate'), `${type} ${labels[0]}`);
    }
  const shown = (svg: string) => MONTHS.filter((month) => svg.includes(`>${month}</text>`)).length;
  const months = drawing('line', MONTHS);
  assert.deepEqual([shown(months.wide), shown(months.narrow)], [7, 4]);
});
