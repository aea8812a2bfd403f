import type { DatabaseId } from '#src/domain/ids.ts';
import { databaseOf, type Intent } from '#src/domain/question.ts';
import type { Run } from '#src/domain/run.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { askAgain } from '../ask-again.ts';
import { markReplaced } from '../mark-replaced.ts';
import { placeOf } from '../poster.ts';
import type { ActionPorts } from '../press.ts';
import type { Act } from './acts.ts';
import { textIn } from './form-values.ts';
import { selectInput, textInput } from './inputs.ts';
import type { ModalPart } from './modal-part.ts';
import type { Fill } from './show-modal.ts';
import type { Reply, Submit } from './submissions.ts';
import { modal, noticeView } from './view.ts';

export const EDIT_QUESTION = 'querent_edit_question';
export const EDIT_TITLE = 'Edit question';

/** Any database that fits, in the list of them. */
const ANY = 'any database';
const MOST_DATABASES = SLACK_LIMITS.selectOptions - 1;

/** The question as it was asked, to be asked otherwise; offered by the databases that whoever edits it may ask. */
export const fillEdit: Fill = async (act, ports) => {
  const run = await ports.querent.runs.run(act.value.split(':')[0] ?? '');
  if (!run || !isThere(run, act)) return noticeView(EDIT_TITLE, GONE);
  const readable = await readableIds(act, ports);
  // Where nobody named one, the edited question may be of any other.
  const named = databaseOf(run.intent);
  const initial = readable.find((id) => id === named);
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
      selectInput('database', {
        label: 'Database',
        choices: [
          { text: 'Any that fits', value: ANY },
          ...readable.slice(0, MOST_DATABASES).map((id) => ({ text: id, value: id })),
        ],
        initial: initial ?? ANY,
      }),
    ],
  });
};

/** The databases of which somebody may read something. */
async function readableIds({ asker }: Pick<Act, 'asker'>, { querent }: ActionPorts): Promise<readonly DatabaseId[]> {
  const databases = await querent.access.readableBy(asker.reader);
  return databases.flatMap(({ databaseId, tables }) => (tables?.some(({ readable }) => readable) ? [databaseId] : []));
}

const GONE = 'I no longer have that question. Please ask it again in the thread.';

/** It was pressed under a message of this run. */
const isThere = (run: Run, { message, team }: Act): boolean =>
  run.team === team && message !== undefined && [run.channel, placeOf(run).channel].includes(message.channel);

const submitEdit: Submit = async ({ view, asker, user }, ports): Promise<Reply> => {
  const run = await ports.querent.runs.run(view.about);
  const text = textIn(view.values, 'question')?.trim() ?? '';
  if (!run) return { kind: 'show', view: noticeView(EDIT_TITLE, GONE) };
  if (!/[\p{L}\p{N}]/u.test(text)) return { kind: 'errors', errors: { question: 'Please write a question.' } };
  const picked = textIn(view.values, 'database') ?? ANY;
  const readable = await readableIds({ asker }, ports);
  const intent: Intent =
    picked !== ANY && readable.includes(picked) ? { kind: 'from', databaseId: picked } : { kind: 'any' };
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
