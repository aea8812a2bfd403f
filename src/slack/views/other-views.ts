import type {
  CatalogAnswer,
  Clarification,
  Courtesy,
  Failed,
  OfferedQuestion,
  OutcomeQuestion,
} from '#src/domain/answer.ts';
import { isForWantOfAccess, isOfQuestion, sayFailure } from '#src/domain/failure.ts';
import { sayOwner } from '../admin/say-owner.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn, neutral } from '../text.ts';
import { type Block, button, context, type Message, section, shown } from './message.ts';

/** Characters of a cell of the catalog. */
const CATALOG_CELL = 200;
/** Tables that tell an option from the others. */
const TABLES_TOLD = 3;

/** Opens a list of the databases that whoever presses may ask. */
const databaseListButton = (runId: string) => button('Choose a database', 'querent_database_list', runId);

/**
 * One sentence and up to four buttons, each naming the database and the tables that would be used (CLAR-2).
 *
 * @param isAfterNone others were offered before and turned down: from here on all that may be asked can be chosen from.
 */
export function clarificationView(clarification: Clarification, runId: string, isAfterNone = false): Message {
  const blocks: Block[] = [
    section(`*${escapeMrkdwn(clarification.prompt)}*`, `ask-${runId}`),
    ...clarification.options.map((option, at) => {
      const tables = option.tables.map(escapeMrkdwn).join(', ');
      const column = option.column ? ` and has ${escapeMrkdwn(option.column)}` : '';
      const others = option.onlyHere.slice(0, TABLES_TOLD).map(escapeMrkdwn).join(', ');
      const only = others ? `; it alone holds ${others}` : '';
      const rows = option.rows === undefined ? '' : `, about ${option.rows.toLocaleString('en-US')} rows`;
      const latest = option.latest ? `, up to ${option.latest}` : '';
      const owner = option.owner ? `, owned by ${sayOwner(option.owner)}` : '';
      const used = option.used ? `, asked ${option.used === 1 ? 'once' : `${option.used} times`} here` : '';
      const about = option.description ? `\n${escapeMrkdwn(cut(option.description, 200))}` : '';
      return section(
        `${at + 1}. *${escapeMrkdwn(option.databaseId)}* would use ${tables}${column}${rows}${latest}${owner}${used}${only}${about}`,
        `option-${at}-${runId}`,
      );
    }),
    {
      type: 'actions',
      block_id: `choose-${runId}`,
      elements: [
        ...clarification.options.map((option, at) =>
          button(
            cut(`${option.databaseId} · ${option.tables.join(', ')}`, slackLimits.buttonText),
            `querent_choose_${at}`,
            `${runId}:${at}`,
          ),
        ),
        isAfterNone ? databaseListButton(runId) : button('None of these', 'querent_choose_none', `${runId}:none`),
      ],
    },
    context(['Or reply in words: a name, a number, what only one of them has.'], `hint-${runId}`),
  ];
  const named = clarification.options.map((option, at) => `${at + 1}. ${option.databaseId}`).join(', ');
  return { text: cut(escapeMrkdwn(`${clarification.prompt} ${named}`), slackLimits.fallbackText), blocks };
}

/** What the readings of a question come to: the buttons are the outcomes, not the queries. */
export function outcomesView({ prompt, outcomes }: OutcomeQuestion, runId: string): Message {
  const blocks: Block[] = [
    section(`*${escapeMrkdwn(prompt)}*`, `ask-${runId}`),
    ...outcomes.map(({ label, differs }, at) => {
      const how = differs.length ? `\n${escapeMrkdwn(cut(differs.join(' '), 400))}` : '';
      return section(`${at + 1}. *${escapeMrkdwn(cut(label, 150))}*${how}`, `option-${at}-${runId}`);
    }),
    {
      type: 'actions',
      block_id: `choose-${runId}`,
      elements: outcomes.map(({ label }, at) =>
        button(cut(label, slackLimits.buttonText), `querent_choose_${at}`, `${runId}:${at}`),
      ),
    },
    context(['Or say in words what you mean.'], `hint-${runId}`),
  ];
  const named = outcomes.map(({ label }, at) => `${at + 1}. ${label}`).join(', ');
  return { text: cut(escapeMrkdwn(`${prompt} ${named}`), slackLimits.fallbackText), blocks };
}

/** The same message once somebody has chosen: the buttons give way to what was chosen. */
export function chosenView(prompt: string, chosen: string, by: string): Message {
  const line = `Using *${escapeMrkdwn(chosen)}*, chosen by <@${by}>`;
  return {
    text: escapeMrkdwn(`Using ${chosen}`),
    blocks: [...(prompt ? [section(`*${escapeMrkdwn(prompt)}*`, 'asked')] : []), context([line], 'chosen')],
  };
}

export function failureView(failed: Failed, runId: string): Message {
  const text = sayFailure(failed.failure);
  const recoveries = recoveriesOf(failed, runId);
  return {
    text: cut(escapeMrkdwn(text), slackLimits.fallbackText),
    blocks: [
      section(escapeMrkdwn(text), `failure-${runId}`),
      ...(failed.databaseId
        ? [
            context(
              [`Asked *${escapeMrkdwn(failed.databaseId)}* · ${failed.failure.kind} · ${runId.slice(0, 8)}`],
              `about-${runId}`,
            ),
          ]
        : []),
      ...offerBlocks(failed.offered ?? [], runId),
      ...(recoveries.length ? [{ type: 'actions', block_id: `retry-${runId}`, elements: recoveries }] : []),
    ],
  };
}

/** What can be pressed under a failure. */
function recoveriesOf({ failure, sql }: Failed, runId: string) {
  // The same question again would end in the same way.
  const retry = !isOfQuestion(failure) && failure.kind !== 'external-channel';
  const costly = failure.kind === 'query-too-costly' && sql !== undefined;
  return [
    ...(costly
      ? [button('Run anyway', 'querent_anyway', runId), button('Narrow it', 'querent_narrow', runId)]
      : retry
        ? [button('Try again', 'querent_rerun', runId)]
        : []),
    ...(isForWantOfAccess(failure) ? [button('Request access', 'querent_request_access', runId)] : []),
    ...(sql ? [button('Show SQL', 'querent_sql', runId)] : []),
    ...(failure.kind === 'none-left' || failure.kind === 'no-relevant-tables' ? [databaseListButton(runId)] : []),
    button('Edit question', 'querent_edit_question', runId),
    ...(isOfQuestion(failure) && !isForWantOfAccess(failure)
      ? [button('Ask the data team', 'querent_team', runId)]
      : []),
  ];
}

/** What is offered in the place of what was not answered: each question in full, and a button that asks it. */
function offerBlocks(offered: readonly OfferedQuestion[], runId: string): Block[] {
  if (!offered.length) return [];
  const lines = offered.map(
    ({ text, databaseId }, at) => `${at + 1}. ${escapeMrkdwn(text)} (${escapeMrkdwn(databaseId)})`,
  );
  return [
    section(cut(`I can answer, for example:\n${lines.join('\n')}`, slackLimits.sectionText), `offered-${runId}`),
    {
      type: 'actions',
      block_id: `offers-${runId}`,
      elements: offered.map(({ text }, at) =>
        button(cut(`${at + 1}. ${text}`, slackLimits.buttonText), `querent_offer_${at}`, `${runId}:${at}`),
      ),
    },
  ];
}

/** A reply to a greeting, to thanks, or to a call for help with questions to begin with. */
export function courtesyView({ text, offered }: Courtesy, runId: string): Message {
  const lines = text.split('\n').map(escapeMrkdwn).join('\n');
  return {
    text: cut(lines, slackLimits.fallbackText),
    blocks: [section(cut(lines, slackLimits.sectionText), `courtesy-${runId}`), ...offerBlocks(offered, runId)],
  };
}

/** An answer from the catalog: its sentence, and all rows that Slack's table takes. */
export function catalogView({ question, text, columns, rows }: CatalogAnswer, runId: string): Message {
  const cell = (value: string) => ({ type: 'raw_text', text: cut(neutral(value).trim() || '–', CATALOG_CELL) });
  const body: ReturnType<typeof cell>[][] = [];
  let characters = 0;
  for (const row of rows.slice(0, slackLimits.tableRows)) {
    const cells = row.map(cell);
    characters += cells.reduce((sum, one) => sum + one.text.length, 0);
    if (characters > slackLimits.tableCharacters) break;
    body.push(cells);
  }
  const left = rows.length - body.length;
  const more = left > 0 ? ` The first ${body.length} are shown; \`querent ask\` lists all.` : '';
  return {
    text: cut(escapeMrkdwn(text), slackLimits.fallbackText),
    blocks: [
      section(cut(escapeMrkdwn(text) + more, slackLimits.sectionText), `catalog-${runId}`),
      ...(body.length
        ? [
            {
              type: 'data_table',
              block_id: `table-${runId}`,
              caption: cut(shown(neutral(question.text)), 150),
              page_size: slackLimits.tablePage,
              row_header_column_index: 0,
              rows: [columns.map(cell), ...body],
            },
          ]
        : []),
      context(['From the catalog: complete, and no query ran.'], `origin-${runId}`),
    ],
  };
}

/** A bug or a full disk: our words and the run's id, nothing else. */
export function brokenView(runId: string): Message {
  const text = `Something broke here. It was logged as ${runId.slice(0, 8)}. Please try again.`;
  return {
    text,
    blocks: [
      section(text, `broken-${runId}`),
      { type: 'actions', block_id: `retry-${runId}`, elements: [button('Try again', 'querent_rerun', runId)] },
    ],
  };
}
