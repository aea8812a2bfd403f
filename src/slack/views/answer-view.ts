import type { Answered } from '#src/domain/answer.ts';
import type { Edl } from '#src/domain/edl.ts';
import { sayEvidence } from '#src/domain/evidence.ts';
import { sayChecks } from '#src/domain/number-check.ts';
import { sayOrigin } from '#src/domain/origin.ts';
import { databaseOf } from '#src/domain/question.ts';
import { cellText, columnHeading } from '#src/domain/result-table.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn, neutral } from '../text.ts';
import { toTableCell } from './cells.ts';
import { chartBlock } from './chart.ts';
import { type Block, button, context, type Message, plain, preformatted, richText, section, shown } from './message.ts';
import { namesAsCode } from './names-as-code.ts';

/** Reasons for the database that an answer shows. */
const EVIDENCE_SHOWN = 4;

export interface AnswerContext {
  readonly runId: string;
  readonly asker: string;
  /** In a channel the asker is named; in a direct message it is clear. */
  readonly direct: boolean;
  /** It went to its asker alone, who may share it where it was asked. */
  readonly shareable?: boolean;
}

/** The answer as slack-rules.md#an-answer lays it out: takeaway, source, chart, table, steps, SQL, actions, feedback. */
export function answerView(answer: Answered, about: AnswerContext): Message {
  const id = (name: string) => `${name}-${about.runId}`;
  const takeaway = escapeMrkdwn(cut(answer.takeaway, slackLimits.takeaway));
  const chart = chartBlock(answer.table, id('chart'));
  const blocks: Block[] = [
    section(takeaway, id('takeaway')),
    context([sourceLine(answer), whyLine(answer)], id('source')),
    ...(chart ? [chart as Block] : []),
    ...tableBlocks(answer, id('table')),
    ...(answer.caveats.length
      ? [
          context(
            answer.caveats.slice(0, 4).map((text) => `⚠ ${escapeMrkdwn(text)}`),
            id('caveats'),
          ),
        ]
      : []),
    stepsBlock(answer, id('steps')),
    {
      type: 'container',
      block_id: id('sql'),
      title: plain('SQL'),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: [preformatted(cut(answer.sql, slackLimits.sqlShown), id('sql-text'))],
    },
    {
      type: 'actions',
      block_id: id('actions'),
      elements: [
        button('Download CSV', 'querent_csv', about.runId),
        button('Show SQL', 'querent_sql', about.runId),
        button('Rerun', 'querent_rerun', about.runId),
        ...(about.shareable ? [button('Share to channel', 'querent_share', about.runId)] : []),
        ...(answer.databases.length > 1 || answer.probability < 1 || databaseOf(answer.question.intent) !== undefined
          ? [button('Wrong database', 'querent_wrong_database', about.runId)]
          : []),
        stepSelect(answer.edl, about.runId),
      ],
    },
    context(
      [
        `${capital(escapeMrkdwn(cut(sayOrigin(answer.origin), 500)))}. Check before deciding. · ${about.runId.slice(0, 8)}${about.direct ? '' : ` · Asked by <@${about.asker}>`}`,
      ],
      id('origin'),
    ),
    {
      type: 'context_actions',
      block_id: id('feedback'),
      elements: [
        {
          type: 'feedback_buttons',
          action_id: 'querent_feedback',
          positive_button: {
            text: plain('Good answer'),
            value: `${about.runId}:up`,
            accessibility_label: 'This answer is right',
          },
          negative_button: {
            text: plain('Bad answer'),
            value: `${about.runId}:down`,
            accessibility_label: 'This answer is wrong',
          },
        },
      ],
    },
  ];
  return { text: shown(cut(takeaway, slackLimits.fallbackText)), blocks };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function sourceLine(answer: Answered): string {
  const rows = answer.table.rows.length;
  const shown = Math.min(rows, slackLimits.tableRows);
  const counted =
    shown < rows
      ? `showing ${shown} of ${rows.toLocaleString('en-US')}${answer.table.truncated ? '+' : ''} rows`
      : `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;
  const tables = answer.tables.slice(0, 3).map(escapeMrkdwn).join(', ');
  return `*${escapeMrkdwn(answer.databaseId)}* · ${tables} · ${counted} · ${(answer.table.elapsedMs / 1000).toFixed(2)} s`;
}

/** Why this database: what of the question it names, and how sure retrieval is of it. */
function whyLine({ databaseId, databases, probability }: Answered): string {
  const said = sayEvidence(databases.find((one) => one.databaseId === databaseId)?.evidence ?? []).slice(
    0,
    EVIDENCE_SHOWN,
  );
  const reasons = said.length ? said.join(', ') : 'closest in meaning';
  const sure = databases.length > 1 || probability < 1 ? ` · ${Math.round(100 * probability)} % sure` : '';
  return `Why ${escapeMrkdwn(databaseId)}: ${escapeMrkdwn(reasons)}${sure}`;
}

function tableBlocks(answer: Answered, blockId: string): Block[] {
  const { columns, rows } = answer.table;
  if (!rows.length || (rows.length === 1 && columns.length === 1)) return [];
  const kept = columns.slice(0, slackLimits.tableColumns);
  const head = kept.map((column) => ({
    type: 'raw_text',
    text: cut(neutral(columnHeading(column.name)).trim() || '∅', 60),
  }));
  const body: ReturnType<typeof toTableCell>[][] = [];
  let characters = head.reduce((sum, cell) => sum + cell.text.length, 0);
  for (const row of rows.slice(0, slackLimits.tableRows)) {
    const cells = kept.map((_, at) => toTableCell(row[at] ?? null));
    characters += cells.reduce((sum, cell) => sum + cell.text.length, 0);
    if (characters > slackLimits.tableCharacters) break;
    body.push(cells);
  }
  if (!body.length)
    return [
      preformatted(
        cut(
          kept.map((column, at) => `${column.name}: ${cellText(rows[0]?.[at] ?? null)}`).join('\n'),
          slackLimits.sectionText,
        ),
        blockId,
      ),
    ];
  const hidden = columns.length - kept.length;
  const caption = cut(
    shown(neutral(`${answer.question.text}${hidden > 0 ? ` (${hidden} more columns in the CSV)` : ''}`)),
    150,
  );
  return [
    {
      type: 'data_table',
      block_id: blockId,
      caption,
      page_size: slackLimits.tablePage,
      row_header_column_index: 0,
      rows: [head, ...body],
    },
  ];
}

/** A list of the steps; choosing one opens it. */
function stepSelect({ steps }: Edl, runId: string): Record<string, unknown> {
  return {
    type: 'static_select',
    action_id: 'querent_step',
    placeholder: plain('Explain a step'),
    options: steps.slice(0, slackLimits.selectOptions).map(({ number, operator }) => ({
      text: plain(`${number}. ${operator}`),
      value: `${runId}:${number}`,
    })),
  };
}

/** The short form of the explanation; "Explain a step" opens any of the steps behind it. */
function stepsBlock({ edl: { steps, short }, checks }: Answered, blockId: string): Block {
  const items = short
    .slice(0, slackLimits.edlLines)
    .map((line) => richText(namesAsCode(line.text, slackLimits.edlLineText)));
  const checked = checksLine(checks);
  return {
    type: 'container',
    block_id: blockId,
    title: plain(`How this was computed (${steps.length} ${steps.length === 1 ? 'step' : 'steps'})`),
    is_collapsible: true,
    default_collapsed: true,
    child_blocks: [
      { type: 'rich_text', elements: [{ type: 'rich_text_list', style: 'ordered', elements: items }] },
      ...(checked ? [context([checked], `${blockId}-checks`)] : []),
    ],
  };
}

/** "3 checks passed", with what they found. */
function checksLine(checks: Answered['checks']): string | undefined {
  const said = sayChecks(checks);
  const found = checks.flatMap(({ says }) => (says ? [`${capital(says)}`] : [])).join(' ');
  return said && escapeMrkdwn(cut(`${said}: ${found}`, slackLimits.sectionText));
}
