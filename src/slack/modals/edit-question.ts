import { databaseOf, type Intent } from '#src/domain/question.ts';
import type { Run } from '#src/domain/run.ts';
import { askAgain } from '../ask-again.ts';
import { markReplaced } from '../mark-replaced.ts';
import { placeOf } from '../poster.ts';
import type { ActionPorts } from '../press.ts';
import type { Act } from './acts.ts';
import { databaseInput, pickedDatabase, readableIds } from './database-input.ts';
import { textIn } from './form-values.ts';
import { textInput } from './inputs.ts';
import type { ModalPart } from './modal-part.ts';
import type { Fill } from './show-modal.ts';
import type { Reply, Submit } from './submissions.ts';
import { modal, noticeView } from './view.ts';

export const EDIT_QUESTION = 'querent_edit_question';
export const EDIT_TITLE = 'Edit question';

/** The question as it was asked, to be asked otherwise; offered by the databases that whoever edits it may ask. */
export const fillEdit: Fill = async (act, ports) => {
  const run = await ports.querent.runs.run(act.value.split(':')[0] ?? '');
  if (!run || !isThere(run, act)) return noticeView(EDIT_TITLE, GONE);
  // Where nobody named a database, the edited question may be of any other.
  const readable = await readableIds(act.asker.reader, ports);
  return modal({
    title: EDIT_TITLE,
    about: run.id,
    submit: { callbackId: EDIT_QUESTION, label: 'Run again' },
    blocks: [
      textInput('question', {
        label: 'Question',
        initial: run.result?.text ?? run.text,
        multiline: true,
        longest: 2_000,
      }),
      databaseInput(readable, databaseOf(run.intent)),
    ],
  });
};

const GONE = 'I no longer have that question. Please ask it again in the thread.';

/** It was pressed under a message of this run. */
const isThere = (run: Run, { message, team }: Act): boolean =>
  run.team === team && message !== undefined && [run.channel, placeOf(run).channel].includes(message.channel);

const submitEdit: Submit = async ({ view, asker, user }, ports): Promise<Reply> => {
  const run = await ports.querent.runs.run(view.about);
  const text = textIn(view.values, 'question')?.trim() ?? '';
  if (!run) return { kind: 'show', view: noticeView(EDIT_TITLE, GONE) };
  if (!/[\p{L}\p{N}]/u.test(text)) return { kind: 'errors', errors: { question: 'Please write a question.' } };
  const intent = pickedDatabase(view.values, await readableIds(asker.reader, ports));
  const cause = { kind: 'edit', of: run.id, at: `question ${view.id}` } as const;
  return { kind: 'close', after: () => asked(run, { user, cause, text, intent }, ports) };
};

async function asked(
  run: Run,
  {
    user,
    cause,
    text,
    intent,
  }: { user: string; cause: { kind: 'edit'; of: string; at: string }; text: string; intent: Intent },
  ports: ActionPorts,
): Promise<void> {
  const fresh = await askAgain({ run, user, cause }, { text, intent, turnedDown: [] }, ports);
  if (fresh && user === run.user) await markReplaced(run, ports);
}

export const EDIT_QUESTION_PART: ModalPart = {
  presses: [[EDIT_QUESTION, { opens: EDIT_TITLE, fill: fillEdit }]],
  submissions: [[EDIT_QUESTION, submitEdit]],
};
