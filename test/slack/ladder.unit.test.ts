import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { displayByName } from '#src/domain/display.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';
import { losesRows } from '#src/slack/ladder.ts';
import { plainer, withoutKinds } from '#src/slack/outgoing.ts';
import { openRefusedBlocks } from '#src/slack/refused-blocks.ts';
import { chartBlock } from '#src/slack/views/chart.ts';
import type { Block } from '#src/slack/views/message.ts';

const cell = (text: string) => ({ type: 'raw_text', text });
const TABLE: Block = {
  type: 'data_table',
  block_id: 'table-1',
  caption: 'c',
  rows: [
    [cell('Country'), cell('Refunds')],
    [cell('Norway'), { type: 'raw_number', value: 12, text: '12' }],
    [cell('Chile'), { type: 'raw_number', value: 3, text: '3' }],
  ],
};
const FOLDED: Block = {
  type: 'container',
  block_id: 'steps-1',
  title: { type: 'plain_text', text: 'How this was computed' },
  child_blocks: [{ type: 'rich_text', block_id: 'steps-text', elements: [] }],
};

describe('a block that Slack refuses', () => {
  it('of rows goes one rung down at a time: a plain table, rows in a fixed width, nothing', () => {
    const types: string[] = [];
    let shown: readonly Block[] = [TABLE];
    for (let next = plainer(shown); next; next = plainer(shown)) {
      shown = next.blocks;
      types.push(shown[0]?.type ?? 'nothing');
    }
    assert.deepEqual(types, ['table', 'rich_text', 'nothing']);
  });

  it('keeps every row in a fixed width, its columns below each other', () => {
    const [table] = plainer([TABLE])?.blocks ?? [];
    const [rows] = plainer([table!])?.blocks ?? [];
    const text = JSON.parse(JSON.stringify(rows)).elements[0].elements[0].text;
    assert.equal(text, 'Country  Refunds\nNorway   12\nChile    3');
  });

  it('says how many rows it shows where a lower rung takes fewer, once, and tells of what was refused before', () => {
    const more = Array.from({ length: 60 }, (_, nth) => [cell(`c${nth}`), cell('1')]);
    const long: Block = { ...TABLE, rows: [...(TABLE.rows as (typeof more)[number][]), ...more] };
    const told: string[] = [];
    const shown = withoutKinds(
      [long],
      (type) => type === 'data_table' || type === 'table',
      (dropped, became) => told.push(`${dropped.type} ${losesRows(became)}`),
    );
    assert.deepEqual(
      shown.map(({ type }) => type),
      ['rich_text', 'context'],
    );
    assert.match(JSON.stringify(shown[1]), /Showing 39 of 62 rows\./);
    assert.deepEqual(told, ['data_table true', 'table true']);
    const notes = plainer(plainer([long])!.blocks)!.blocks.filter(({ type }) => type === 'context');
    assert.match(JSON.stringify(notes), /^(?!.*49 of).*39 of 62/);
  });

  it('that folds others away lays them open, unless the message was too long', () => {
    assert.deepEqual(
      plainer([FOLDED])?.blocks.map(({ type }) => type),
      ['context', 'rich_text'],
    );
    assert.deepEqual(plainer([FOLDED], [], true)?.blocks, []);
  });

  it('is not sent to that workspace for a day, where it was refused for what it is', () => {
    let at = 0;
    const refused = openRefusedBlocks(() => new Date(at));
    refused.learn('T1', 'data_table', '[ERROR] unsupported type: data_table [json-pointer:/blocks/0]');
    refused.learn('T1', 'container', '[ERROR] must be less than 151 characters [json-pointer:/blocks/0/title]');
    const shown = (team: string) =>
      withoutKinds([TABLE, FOLDED], (type) => refused.refuses(team, type)).map(({ type }) => type);
    assert.deepEqual(shown('T1'), ['table', 'container']);
    assert.deepEqual(shown('T2'), ['data_table', 'container']);
    at = 24 * 3_600_000;
    assert.deepEqual(shown('T1'), ['data_table', 'container']);
  });
});

describe('a chart', () => {
  const chartOf = (names: readonly string[], rows: readonly (readonly Cell[])[]) => {
    const kinds = names.map((_, at) => (typeof rows[0]?.[at] === 'number' ? 'number' : 'text') as 'number' | 'text');
    const table: ResultTable = {
      columns: names.map((name, at) => ({ name, kind: kinds[at]! })),
      rows,
      cellsCut: false,
      elapsedMs: 1,
    };
    return chartBlock(table, displayByName(table), 'chart') as
      | {
          chart: {
            type: string;
            segments?: { label: string; value: number }[];
            series: { name: string; data: { value: number }[] }[];
            axis_config: { categories: string[] };
          };
        }
      | undefined;
  };

  it('has a series for each figure of one unit', () => {
    const chart = chartOf(
      ['country', 'orders', 'returns'],
      [
        ['Norway', 9, 1],
        ['Chile', 5, 2],
        ['Peru', 4, 0],
      ],
    )?.chart;
    assert.equal(chart?.type, 'bar');
    assert.deepEqual(
      chart?.series.map(({ data }) => data.map(({ value }) => value)),
      [
        [9, 5, 4],
        [1, 2, 0],
      ],
    );
  });

  it('has lines over time for a figure by two labels, in the order of time', () => {
    const rows = ['2025-02', '2025-01', '2025-03'].flatMap((month, at) => [
      [month, 'web', at + 1],
      [month, 'shop', 10 * (at + 1)],
    ]);
    const chart = chartOf(['month', 'channel', 'orders'], rows)?.chart;
    assert.equal(chart?.type, 'line');
    assert.deepEqual(chart?.axis_config.categories, ['2025-01', '2025-02', '2025-03']);
    assert.deepEqual(
      chart?.series.map(({ name, data }) => [name, ...data.map(({ value }) => value)]),
      [
        ['web', 2, 1, 3],
        ['shop', 20, 10, 30],
      ],
    );
  });

  it('is a pie of the shares that make up one whole, the largest first, and of no others', () => {
    const shares = (rows: readonly (readonly Cell[])[], name = 'country') => chartOf([name, 'order_percent'], rows);
    const norway = ['Norway', 25];
    const whole = shares([norway, ['Chile', 60.4], ['Peru', 14.5]])?.chart;
    assert.equal(whole?.type, 'pie');
    assert.deepEqual(whole?.segments, [
      { label: 'Chile', value: 60.4 },
      { label: 'Norway', value: 25 },
      { label: 'Peru', value: 14.5 },
    ]);
    assert.equal(shares([norway, ['Chile', 60], ['Peru', 5]])?.chart.type, 'bar', 'something is left out');
    assert.equal(shares([norway, ['Chile', 75], ['Peru', 0]])?.chart.type, 'bar', 'no segment is empty');
    const months = [
      ['2025-01', 25],
      ['2025-02', 25],
      ['2025-03', 50],
    ];
    assert.equal(shares(months, 'month')?.chart.type, 'line', 'times keep their order');
  });

  it('is left to the table where a point is missing, units differ or there are too many series', () => {
    assert.equal(
      chartOf(
        ['month', 'channel', 'orders'],
        [
          ['2025-01', 'web', 1],
          ['2025-01', 'shop', 1],
          ['2025-02', 'web', 2],
          ['2025-03', 'shop', 2],
        ],
      ),
      undefined,
    );
    const wide = [...'abcdefg'];
    const rows = [1, 2, 3].map((nth) => [`r${nth}`, ...wide.map(() => nth)]);
    assert.equal(chartOf(['label', ...wide], rows), undefined);
  });
});
