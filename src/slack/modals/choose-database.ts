import type { DatabaseId } from '#src/domain/ids.ts';
import { askAgain } from '../ask-again.ts';
import { makeChoice } from '../make-choice.ts';
import { GONE, type Press, whisper } from '../press.ts';
import type { ActionPorts } from '../slack-ports.ts';
import { pressOnRun } from './act-on-run.ts';
import { readableIds } from './database-input.ts';
import { textIn } from './form-values.ts';
import { selectInput } from './inputs.ts';
import type { ModalPart } from './modal-part.ts';
import type { Fill } from './show-modal.ts';
import type { Reply, Submission, Submit } from './submissions.ts';
import { modal, noticeView } from './view.ts';

const TITLE = 'Choose a database';
const LIST = 'querent_database_list';
const ONLY_ASKER = 'Only whoever asked the question can choose.';

/** All databases that whoever presses may ask where the question was asked (CLAR-2, CLAR-3). */
const fillList: Fill = async (act, ports) => {
  const press = await pressOnRun(act, ports);
  if (!press) return noticeView(TITLE, GONE);
  const { run } = press;
  if (run.result?.kind === 'question-back' && run.user !== act.user) return noticeView(TITLE, ONLY_ASKER);
  const ids = await readableIds(press.asker.reader, ports);
  if (!ids.length) return noticeView(TITLE, 'There is no database that you may ask here.');
  return modal({
    title: TITLE,
    about: run.id,
    submit: { callbackId: LIST, label: 'Ask it' },
    blocks: [selectInput('database', { label: 'Database', choices: ids.map((id) => ({ text: id, value: id })) })],
  });
};

const submitList: Submit = async (submission, ports) => {
  const databaseId = textIn(submission.view.values, 'database');
  const press = await pressOnRun({ ...submission, value: submission.view.about }, ports);
  if (!press || databaseId === undefined) return { kind: 'show', view: noticeView(TITLE, GONE) };
  if (!(await readableIds(press.asker.reader, ports)).includes(databaseId))
    return { kind: 'errors', errors: { database: 'You may not ask that database any more. Choose another.' } };
  return ask(press, databaseId, submission, ports);
};

/** A question back is settled by it; a question without an answer is asked again, of that database. */
function ask({ run, asker, user }: Press, databaseId: DatabaseId, act: Submission, ports: ActionPorts): Reply {
  const at = `database ${act.view.id}`;
  if (run.result?.kind !== 'question-back') {
    const cause = { kind: 'edit', of: run.id, at } as const;
    const intent = { kind: 'from', databaseId } as const;
    const asked = { run, user, cause };
    return { kind: 'close', after: async () => void (await askAgain(asked, { intent, turnedDown: [] }, ports)) };
  }
  if (run.user !== user) return { kind: 'show', view: noticeView(TITLE, ONLY_ASKER) };
  return {
    kind: 'close',
    async after() {
      const choice = { kind: 'database', id: databaseId } as const;
      // Others in the channel need not know of a database that was picked from a list of one's own (CLAR-3).
      const shown = run.direct || run.result?.movedTo ? {} : { shownAs: 'another database' };
      if (!(await makeChoice({ run, choice, ...shown }, asker.reader, at, ports)))
        await whisper(ports, run, user, 'Already chosen.');
    },
  };
}

/** The list of databases after *None of these*, and where nothing seemed to hold what was asked. */
export const CHOOSE_DATABASE_PART: ModalPart = {
  presses: [[LIST, { opens: TITLE, fill: fillList }]],
  submissions: [[LIST, submitList]],
};
