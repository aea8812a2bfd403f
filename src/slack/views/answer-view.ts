import type { Answered } from '#src/domain/answer.ts';
import { sayEvidence } from '#src/domain/evidence.ts';
import { sayChecks } from '#src/domain/number-check.ts';
import { sayOrigin } from '#src/domain/origin.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { answerControls, stepSelect } from './answer-controls.ts';
import { answerTable, displayOf } from './answer-table.ts';
import { chartBlock } from './chart.ts';
import { type Block, context, type Message, plain, preformatted, richText, section, shown } from './message.ts';
import { namesAsCode } from './names-as-code.ts';
import { readingBlocks } from './reading-view.ts';
import { remedyButtons } from './remedy-buttons.ts';

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
  const chart = chartBlock(answer.table, displayOf(answer), id('chart'));
  const table = answerTable(answer, id('table'));
  const blocks: Block[] = [
    section(takeaway, id('takeaway')),
    context([sourceLine(answer, table.rowsShown), whyLine(answer)], id('source')),
    ...(answer.reading ? readingBlocks(answer.reading, about.runId, id) : []),
    ...(chart ? [chart as Block] : []),
    ...table.blocks,
    ...(answer.caveats.length
      ? [
          context(
            answer.caveats.slice(0, 4).map((text) => `⚠ ${escapeMrkdwn(text)}`),
            id('caveats'),
          ),
        ]
      : []),
    ...remedyButtons(answer.remedies ?? [], about.runId, id('remedies')),
    stepsBlock(answer, about.runId, id('steps')),
    {
      type: 'container',
      block_id: id('sql'),
      title: plain('SQL'),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: [preformatted(cut(answer.sql, slackLimits.sqlShown), id('sql-text'))],
    },
    answerControls(answer, about.runId, { shareable: about.shareable ?? false }, id('actions')),
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

function sourceLine(answer: Answered, shown: number): string {
  const rows = answer.table.rows.length;
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

/** The short form of the explanation, a line a step; "Explain a step" opens any of the finer steps behind them. */
function stepsBlock({ edl, checks }: Answered, runId: string, blockId: string): Block {
  const checked = checksLine(checks);
  const lines = edl.short.slice(0, slackLimits.edlLines);
  const items = lines.map((line) => richText(namesAsCode(line.text, slackLimits.edlLineText)));
  return {
    type: 'container',
    block_id: blockId,
    title: plain(`How this was computed (${lines.length} ${lines.length === 1 ? 'step' : 'steps'})`),
    is_collapsible: true,
    default_collapsed: true,
    child_blocks: [
      { type: 'rich_text', elements: [{ type: 'rich_text_list', style: 'ordered', elements: items }] },
      ...(checked ? [context([checked], `${blockId}-checks`)] : []),
      { type: 'actions', block_id: `${blockId}-each`, elements: [stepSelect(edl, runId)] },
    ],
  };
}

/** "3 checks passed", with what they found. */
function checksLine(checks: Answered['checks']): string | undefined {
  const said = sayChecks(checks);
  const found = checks.flatMap(({ says }) => (says ? [`${capital(says)}`] : [])).join(' ');
  return said && escapeMrkdwn(cut(`${said}: ${found}`, slackLimits.sectionText));
}
