import { sayFailure } from '#src/domain/failure.ts';
import { queryOf } from '#src/domain/run.ts';
import { GONE } from '../press.ts';
import { pressOnRun } from './act-on-run.ts';
import type { ModalPart } from './modal-part.ts';
import { SQL_TITLE, STEP_TITLE, sqlView, stepView } from './query-views.ts';
import type { Fill } from './show-modal.ts';
import { noticeView } from './view.ts';

/** The query of an answer, for whoever may see all that it reads now. */
export const fillSql: Fill = async (act, ports) => {
  const press = await pressOnRun(act, ports);
  const query = press && queryOf(press.run.result);
  if (!query) return noticeView(SQL_TITLE, GONE);
  const { databaseId, sql } = query;
  if (!(await ports.querent.permits(databaseId, sql, press.asker.reader)))
    return noticeView(SQL_TITLE, sayFailure({ kind: 'no-access', database: databaseId }));
  return sqlView(sql);
};

const fillStep: Fill = async (act, ports) => {
  const press = await pressOnRun(act, ports);
  const query = press && queryOf(press.run.result);
  const detail =
    query && (await ports.querent.explainStep(query.databaseId, query.sql, Number(press.picked), press.asker.reader));
  return detail ? stepView(detail) : noticeView(STEP_TITLE, GONE);
};

/** What an answer's query says, in windows. */
export const QUERY_PART: ModalPart = {
  presses: [
    ['querent_sql', { opens: SQL_TITLE, fill: fillSql }],
    ['querent_step', { opens: STEP_TITLE, fill: fillStep }],
  ],
  submissions: [],
};
