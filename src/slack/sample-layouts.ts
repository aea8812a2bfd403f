import type { Answered } from '#src/domain/answer.ts';
import { NEW_THREAD, OPERATOR, type Question } from '#src/domain/question.ts';
import type { Cell, ResultColumn, ResultTable } from '#src/domain/result-table.ts';
import { answerView } from './views/answer-view.ts';
import { context, type Message, plain, preformatted, section } from './views/message.ts';
import { catalogView, clarificationView, failureView } from './views/other-views.ts';

/** A layout of the bot's with made-up content, to see what a workspace takes. */
export interface SampleLayout {
  readonly name: string;
  readonly message: Message;
}

const RUN = '00000000-layout';

const QUESTION: Question = {
  text: 'A made-up question',
  asker: OPERATOR,
  place: { kind: 'terminal' },
  thread: NEW_THREAD,
  intent: { kind: 'any' },
  calendar: { today: '2026-01-01' },
  runId: RUN,
};

const column = (name: string, kind: ResultColumn['kind']): ResultColumn => ({ name, kind });
const tableOf = (columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): ResultTable => ({
  columns,
  rows,
  cellsCut: false,
  elapsedMs: 12,
});

function answered(takeaway: string, table: ResultTable): Answered {
  return {
    kind: 'answer',
    question: QUESTION,
    databaseId: 'sample',
    probability: 1,
    databases: [],
    sql: 'SELECT region, sum(total) FROM orders GROUP BY region',
    edl: {
      steps: [
        { number: 1, operator: 'Scan Table', text: 'Retrieve all rows from the [orders] table.', verbatim: false },
      ],
      short: [{ text: 'From [orders].', steps: [1] }],
      missing: [],
    },
    takeaway,
    origin: { generator: 'planner', agreeing: 1, voting: 1, withoutModel: false },
    table,
    tables: ['orders'],
    caveats: [],
    checks: [],
    candidates: [],
    trace: [],
  };
}

const REGIONS = ['North', 'South', 'East', 'West'];
const MONTHS = Array.from({ length: 12 }, (_, at) => `2025-${String(at + 1).padStart(2, '0')}`);

/** Every layout that the bot posts, and what it falls back to, each with its name. */
export function sampleLayouts(): readonly SampleLayout[] {
  const about = { runId: RUN, asker: 'USLACKBOT', direct: false };
  const number = column('total', 'number');
  const one = answered('1,204 orders in 2025.', tableOf([number], [[1_204]]));
  const bars = answered(
    'North is first with 4,000.',
    tableOf(
      [column('region', 'text'), number],
      REGIONS.map((region, at) => [region, 4_000 - 700 * at]),
    ),
  );
  const line = answered(
    'Orders by month of 2025.',
    tableOf(
      [column('month', 'text'), number],
      MONTHS.map((month, at) => [month, 100 + 13 * at]),
    ),
  );
  const shares = answered(
    'North has 40 % of the orders.',
    tableOf(
      [column('region', 'text'), column('order_percent', 'number')],
      REGIONS.map((region, at) => [region, 40 - 10 * at]),
    ),
  );
  const wide = answered(
    '40 customers.',
    tableOf(
      [column('name', 'text'), column('country', 'text'), number, column('since', 'date')],
      Array.from({ length: 40 }, (_, at) => [`Customer ${at + 1}`, 'Norway', at * 1.5, '2024-05-01']),
    ),
  );
  const named = { question: QUESTION, trace: [] };
  return [
    { name: 'one number', message: answerView(one, about) },
    { name: 'bar chart and table', message: answerView(bars, about) },
    { name: 'line chart', message: answerView(line, about) },
    { name: 'pie chart', message: answerView(shares, about) },
    { name: 'table of several columns', message: answerView(wide, about) },
    {
      name: 'question back',
      message: clarificationView(
        {
          ...named,
          kind: 'clarification',
          prompt: 'Which database should answer this?',
          reason: 'made up',
          options: ['sales', 'support'].map((databaseId) => ({ databaseId, tables: ['orders'], onlyHere: [] })),
        },
        RUN,
      ),
    },
    {
      name: 'failure',
      message: failureView(
        {
          ...named,
          kind: 'failure',
          failure: { kind: 'query-timed-out', database: 'sample', limitMs: 15_000 },
          databases: [],
        },
        RUN,
      ),
    },
    {
      name: 'answer from the catalog',
      message: catalogView(
        { ...named, kind: 'catalog', text: 'Two tables.', columns: ['table'], rows: [['orders'], ['customers']] },
        RUN,
      ),
    },
    ...plainerLayouts(),
  ];
}

/** What stands in for blocks that a workspace refuses, and what shows progress. */
function plainerLayouts(): readonly SampleLayout[] {
  const cell = (text: string) => ({ type: 'raw_text', text });
  const layout = (name: string, blocks: Message['blocks']): SampleLayout => ({
    name,
    message: { text: `Layout: ${name}`, blocks },
  });
  const step = (id: string, title: string, status: string) => ({ type: 'task_card', task_id: id, title, status });
  return [
    layout('progress as a plan', [
      {
        type: 'plan',
        title: 'Working',
        tasks: [step('find', 'Found the database', 'complete'), step('run', 'Running', 'in_progress')],
      },
    ]),
    layout('plain table', [
      {
        type: 'table',
        rows: [
          [cell('region'), cell('total')],
          [cell('North'), cell('4,000')],
        ],
      },
    ]),
    layout('monospaced rows', [
      section('40 customers.', 'rows-takeaway'),
      preformatted('region  total\nNorth   4,000', 'rows'),
    ]),
    layout('plain text', [section('North is first with 4,000.', 'text'), context(['sample · orders'], 'text-source')]),
    layout('folded block', [
      {
        type: 'container',
        block_id: 'folded',
        title: plain('SQL'),
        is_collapsible: true,
        default_collapsed: true,
        child_blocks: [preformatted('SELECT 1', 'folded-sql')],
      },
    ]),
  ];
}
