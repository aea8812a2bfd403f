import type { Answered, Failed } from '#src/domain/answer.ts';
import type { StepDetail } from '#src/domain/edl.ts';
import { NEW_THREAD, OPERATOR, type Question } from '#src/domain/question.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { csvName, toCsv } from '#src/slack/csv.ts';
import { slackLimits } from '#src/slack/limits.ts';
import { stepView } from '#src/slack/modals/query-views.ts';
import { plainerForms, postBody } from '#src/slack/outgoing.ts';
import { answerView } from '#src/slack/views/answer-view.ts';
import type { Message } from '#src/slack/views/message.ts';
import { clarificationView, failureView } from '#src/slack/views/other-views.ts';

/** Where untrusted text may stand in what we send. */
export const PLACES = [
  'cell',
  'column',
  'takeaway',
  'database',
  'edl-step',
  'error',
  'chart-label',
  'file-name',
] as const;
export type AnswerPlace = (typeof PLACES)[number];

export interface Rendered {
  readonly payloads: readonly { readonly method: string; readonly body: unknown }[];
  readonly csv: string;
  readonly fileName: string;
}

const TO = { channel: 'C0DATA', thread_ts: '1700000000.000100' };
const RUN = 'run-0001';
const TODAY = '2026-01-31';

/** Everything that would be sent to Slack for an answer with `value` at `place`, by the builders that the bot uses. */
export function renderHostile(place: AnswerPlace, value: string): Rendered {
  const answer = answerWith(place, value);
  const failed = place === 'error' ? failureWith(value) : undefined;
  const message = failed
    ? failureView(failed, RUN)
    : answerView(answer, { runId: RUN, asker: 'U0ASKER', direct: false });
  const extra: Rendered['payloads'] = [
    ...(place === 'database' ? posts(clarificationView(clarification(value), RUN)) : []),
    ...(place === 'edl-step' ? [{ method: 'views.open', body: { view: stepView(stepDetail(value)) } }] : []),
  ];
  return {
    payloads: [...posts(message), ...extra],
    csv: toCsv(answer.table, slackLimits.csvBytes).content,
    fileName: csvName(answer.databaseId, place === 'file-name' ? value : answer.question.text, TODAY),
  };
}

/** The message whole, and in the plainer forms that it falls back to. */
function posts(message: Message): Rendered['payloads'] {
  const bodies = plainerForms(message).map((blocks) => JSON.stringify(postBody(TO, message, blocks)));
  return [...new Set(bodies)].map((body) => ({ method: 'chat.postMessage', body: JSON.parse(body) as unknown }));
}

const questionOf = (text: string): Question => ({
  text,
  asker: OPERATOR,
  place: { kind: 'channel', channelId: TO.channel },
  thread: NEW_THREAD,
  intent: { kind: 'any' },
  calendar: { today: TODAY },
  runId: RUN,
});

function answerWith(place: AnswerPlace, value: string): Answered {
  const at = (wanted: AnswerPlace, otherwise: string) => (place === wanted ? value : otherwise);
  const databaseId = at('database', 'shop');
  return {
    kind: 'answer',
    question: questionOf(at('file-name', 'Orders by city')),
    databaseId,
    probability: 0.9,
    databases: [{ databaseId, score: 1, probability: 0.9, tables: [], evidence: [] }],
    sql:
      place === 'edl-step'
        ? `SELECT '${value.replaceAll("'", "''")}' AS city`
        : 'SELECT city, count(*) FROM orders GROUP BY city',
    edl: {
      steps: [
        {
          number: 1,
          operator: 'Select Column',
          text: at('edl-step', 'Select the columns [city] and count.'),
          verbatim: false,
          sql: at('edl-step', 'SELECT city'),
          tables: ['orders'],
          columns: [],
        },
      ],
      short: [{ text: at('edl-step', 'Count the rows of [orders] for each [city].'), steps: [1] }],
      missing: [],
    },
    takeaway: at('takeaway', 'Oslo has the most orders: 2.'),
    table: tableWith(place, value),
    tables: [at('database', 'orders')],
    caveats: place === 'takeaway' || place === 'database' ? [value] : [],
    checks: [{ check: 'filters', outcome: 'told', says: at('cell', 'No row has Oslo.'), sql: [], ms: 1 }],
    origin: { generator: 'planner', agreeing: 1, voting: 1, withoutModel: false },
    candidates: [],
    trace: [],
  };
}

function stepDetail(value: string): StepDetail {
  const described = { label: value, description: value };
  return { text: value, tables: [described], columns: [described], sql: value };
}

function tableWith(place: AnswerPlace, value: string): ResultTable {
  const first = place === 'cell' || place === 'chart-label' ? value : 'Oslo';
  return {
    columns: [
      { name: place === 'column' ? value : 'city', kind: 'text' },
      { name: 'orders', kind: 'number' },
    ],
    rows: [
      [first, 2],
      ['Lisbon', -1],
      ['Rome', 1],
    ],
    cellsCut: false,
    elapsedMs: 3,
  };
}

function failureWith(value: string): Failed {
  return {
    kind: 'failure',
    question: questionOf('Orders by city'),
    // What the engine said is the cause; people get our words for its code.
    failure: { kind: 'query-failed', database: 'shop', reason: 'type', cause: new Error(value) },
    databaseId: 'shop',
    databases: [],
    sql: 'SELECT city FROM orders',
    trace: [],
  };
}

function clarification(value: string) {
  const option = (databaseId: string) => ({
    databaseId,
    tables: [value],
    description: value,
    column: value,
    onlyHere: [value],
  });
  return {
    kind: 'clarification' as const,
    question: answerWith('cell', 'x').question,
    prompt: `Do you mean ${value}?`,
    options: [option(value), option('shop')],
    reason: 'two fit',
    trace: [],
  };
}
