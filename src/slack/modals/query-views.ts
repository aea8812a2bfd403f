import type { DescribedName, StepDetail } from '#src/domain/edl.ts';
import { slackLimits } from '../limits.ts';
import { cut } from '../text.ts';
import { type Block, preformatted, richText, section } from '../views/message.ts';
import { namesAsCode } from '../views/names-as-code.ts';
import { type ModalView, modal } from './view.ts';

export const SQL_TITLE = 'The query that ran';
export const STEP_TITLE = 'One step explained';

export const sqlView = (sql: string): ModalView => modal({ title: SQL_TITLE, blocks: [sqlBlock(sql)] });

const sqlBlock = (sql: string): Block => preformatted(cut(sql, slackLimits.sqlShown), 'sql');

/** One step of an explanation: its sentence, what it reads with the words of the catalog, and its part of the query. */
export const stepView = ({ text, tables, columns, sql }: StepDetail): ModalView =>
  modal({
    title: STEP_TITLE,
    blocks: [
      { type: 'rich_text', block_id: 'step', elements: [richText(namesAsCode(text, slackLimits.stepText))] },
      ...described('Tables', tables, 'tables'),
      ...described('Columns', columns, 'columns'),
      ...(sql ? [section('*Its part of the query*', 'sql-title'), sqlBlock(sql)] : []),
    ],
  });

function described(title: string, things: readonly DescribedName[], id: string): Block[] {
  if (!things.length) return [];
  const lines = things
    .slice(0, slackLimits.stepNames)
    .map(({ label, description }) =>
      richText([{ text: label, code: true }, ...(description ? [{ text: ` ${cut(description, 200)}` }] : [])]),
    );
  return [
    section(`*${title}*`, `${id}-title`),
    { type: 'rich_text', block_id: id, elements: [{ type: 'rich_text_list', style: 'bullet', elements: lines }] },
  ];
}
