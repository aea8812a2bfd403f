import type { Answered } from '#src/domain/answer.ts';
import type { Edl } from '#src/domain/edl.ts';
import { databaseOf } from '#src/domain/question.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { slackLimits } from '../limits.ts';
import { hasRows } from './answer-table.ts';
import { type Block, button, overflow, plain } from './message.ts';

/** What the menu under an answer can do, as its press tells it. */
export type MenuAction = 'csv' | 'sql' | 'rerun' | 'edit-question' | 'wrong-database' | 'save' | 'team';

const MENU_WORDS: Readonly<Record<MenuAction, string>> = {
  csv: 'Download CSV',
  sql: 'Show SQL',
  rerun: 'Ask again',
  'edit-question': 'Edit question',
  'wrong-database': 'Wrong database',
  save: 'Save to my Home',
  team: 'Ask the data team',
};

/**
 * The controls under an answer, of which there are at most four: what is wanted most of this answer, the menu with the rest, good or bad
 * (a block of its own), and one to spare for how the question was read.
 */
export function answerControls(
  answer: Answered,
  runId: string,
  { shareable }: { readonly shareable: boolean },
  blockId: string,
): Block {
  const csv = hasRows(answer);
  const otherDatabase =
    answer.databases.length > 1 || answer.probability < 1 || databaseOf(answer.question.intent) !== undefined;
  const first = shareable ? 'share' : csv ? 'csv' : otherDatabase ? 'wrong-database' : undefined;
  const menu: readonly MenuAction[] = [
    ...(csv && first !== 'csv' ? ['csv' as const] : []),
    'sql',
    'rerun',
    'edit-question',
    ...(otherDatabase && first !== 'wrong-database' ? ['wrong-database' as const] : []),
    'save',
    'team',
  ];
  return {
    type: 'actions',
    block_id: blockId,
    elements: [
      ...(first === 'share' ? [button('Share to channel', 'querent_share', runId)] : []),
      ...(first === 'csv' ? [button(MENU_WORDS.csv, 'querent_csv', runId)] : []),
      ...(first === 'wrong-database' ? [button(MENU_WORDS[first], 'querent_wrong_database', runId)] : []),
      menuOf(menu.map((one) => ({ text: plain(MENU_WORDS[one]), value: `${runId}:${one}` }))),
    ],
  };
}

/** Three dots hold five entries at most; a list takes more. */
const menuOf = (options: Parameters<typeof overflow>[1]) =>
  options.length > SLACK_LIMITS.overflowOptions
    ? { type: 'static_select', action_id: 'querent_more', placeholder: plain('More'), options }
    : overflow('querent_more', options);

/** A list of the steps, which stands with them; choosing one opens it. */
export function stepSelect({ steps }: Edl, runId: string): Record<string, unknown> {
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
