import type { Answered } from '#src/domain/answer.ts';
import { displayedCell } from '#src/domain/display.ts';
import { countReasons, databaseOfRun, mainReason, REASON_NAMES, type Review, sayReason } from '#src/domain/review.ts';
import type { ReviewDetails } from '#src/service/reviews.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn, neutral } from '../text.ts';
import { displayOf } from '../views/answer-table.ts';
import { type Block, button, context, preformatted, section } from '../views/message.ts';

const REASONS_SHOWN = 8;
const QUESTION_SHOWN = 200;
/** Rows and columns of a result that a reviewer sees before it is verified. */
const ROWS_SHOWN = 8;
const COLUMNS_SHOWN = 6;
const CELL_SHOWN = 30;

/** Items that a list holds. */
const LISTED = 60;

/** The list, each item with a button that opens it. */
export function listBlocks(reviews: readonly Review[]): readonly Block[] {
  const rest = reviews.length - LISTED;
  return [
    section(`*To be looked at:* ${countReasons(reviews)}.`, 'counts'),
    ...reviews.slice(0, LISTED).map(({ run, reasons, askedAt }, at): Block => {
      const [kind] = REASON_NAMES[mainReason({ reasons })];
      const where = databaseOfRun(run);
      const text = escapeMrkdwn(cut(run.result?.text ?? run.text, QUESTION_SHOWN));
      const about = `${kind}${where === undefined ? '' : ` · ${escapeMrkdwn(where)}`} · ${askedAt.slice(0, 10)}`;
      return {
        ...section(`${text}\n${about}`, `item-${at}`),
        accessory: button('Review', 'querent_review_of_list', run.id),
      };
    }),
    ...(rest > 0 ? [context([`${rest} more follow once these are decided.`], 'rest')] : []),
  ];
}

/** One question of the list: why it is there, how it was answered, and what can be decided. */
export function reviewBlocks(details: ReviewDetails): readonly Block[] {
  const { run, reasons, settled, databaseId, sql, steps, trace } = details;
  const told = reasons.slice(0, REASONS_SHOWN).map((one) => `• <@${one.by}> ${escapeMrkdwn(sayReason(one))}`);
  const where = run.direct ? 'in a direct message' : `in <#${run.channel}>`;
  const about = [
    databaseId === undefined ? 'No database was found for it' : `Asked of *${escapeMrkdwn(databaseId)}*`,
    ...(trace ? [`${trace.outcome}`] : []),
  ];
  return [
    section(`*${escapeMrkdwn(cut(run.result?.text ?? run.text, slackLimits.takeaway))}*`, 'question'),
    context([`Asked by <@${run.user}> ${where} · ${about.join(' · ')}`], 'about'),
    section(cut(told.join('\n'), slackLimits.sectionText), 'reasons'),
    ...(steps.length
      ? [
          section(
            cut(steps.map((text, at) => `${at + 1}. ${escapeMrkdwn(text)}`).join('\n'), slackLimits.sectionText),
            'steps',
          ),
        ]
      : []),
    ...(sql === undefined ? [] : [preformatted(cut(sql, slackLimits.sqlShown), 'sql')]),
    ...(settled
      ? [context([`Settled before: ${settled.how}${settled.by ? ` by <@${settled.by}>` : ''}`], 'settled')]
      : []),
    {
      type: 'actions',
      block_id: 'decide',
      elements: [
        button('Verify', 'querent_review_verify', run.id),
        button('Describe', 'querent_review_describe', run.id),
        button('Dismiss', 'querent_review_dismiss', run.id),
        ...(trace ? [button('How it came about', 'querent_review_trace', run.id)] : []),
      ],
    },
  ];
}

/** What a query gave, as its reviewer may see it, or why it gave nothing. */
export function previewBlocks(tried: Answered | string): readonly Block[] {
  if (typeof tried === 'string') return [section(`⚠ ${escapeMrkdwn(tried)}`, 'failure')];
  const { takeaway, table, caveats, edl } = tried;
  const left = table.rows.length - ROWS_SHOWN;
  const more = left > 0 ? ` · ${left.toLocaleString('en-US')}${table.truncated ? '+' : ''} more rows` : '';
  const steps = edl.short.map(({ text }, at) => `${at + 1}. ${text}`).join(' ');
  return [
    section(`*It gives:* ${escapeMrkdwn(cut(takeaway, slackLimits.takeaway))}`, 'gives'),
    ...(table.rows.length ? [preformatted(rowsText(tried), 'rows')] : []),
    context([cut(`${escapeMrkdwn(steps)}${more}`, slackLimits.sectionText)], 'steps'),
    ...(caveats.length
      ? [
          context(
            caveats.slice(0, 3).map((text) => `⚠ ${escapeMrkdwn(text)}`),
            'caveats',
          ),
        ]
      : []),
  ];
}

/** The first rows in columns of one width. */
function rowsText(answer: Answered): string {
  const display = displayOf(answer).slice(0, COLUMNS_SHOWN);
  const head = display.map(({ heading }) => cut(neutral(heading), CELL_SHOWN));
  const body = answer.table.rows
    .slice(0, ROWS_SHOWN)
    .map((row) => display.map(({ form }, at) => cut(neutral(displayedCell(row[at] ?? null, form)), CELL_SHOWN)));
  const widths = head.map((text, at) => Math.max(text.length, ...body.map((row) => row[at]?.length ?? 0)));
  return [head, ...body]
    .map((row) =>
      row
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
