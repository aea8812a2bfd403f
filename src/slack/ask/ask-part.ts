import { sayFailure } from '#src/domain/failure.ts';
import { checkQuestion } from '#src/domain/question.ts';
import { type Act, tell } from '../modals/acts.ts';
import { databaseInput, pickedDatabase, readableIds } from '../modals/database-input.ts';
import { textIn } from '../modals/form-values.ts';
import { radioInput, textInput } from '../modals/inputs.ts';
import type { ActPress, ModalPart } from '../modals/modal-part.ts';
import type { Fill } from '../modals/show-modal.ts';
import { keyOf, type Submit } from '../modals/submissions.ts';
import { modal } from '../modals/view.ts';
import type { ActionPorts } from '../press.ts';
import { cut } from '../text.ts';
import { placeQuestion, type Spot } from './place-question.ts';

export const ASK_HERE = 'querent_ask_here';
export const ASK_PRIVATELY = 'querent_ask_privately';
export const ASK_TITLE = 'Ask a data question';
const ASK_FORM = 'querent_ask';
const LONGEST = 2_000;

/** The thread that a form was opened from: its channel and first message. */
export interface FromThread {
  readonly channel: string;
  readonly thread: string;
}

/** A form for a question, with what a message says; where it came from a thread, it may be answered there. */
export const fillAsk =
  (text: string, from: FromThread | undefined): Fill =>
  async ({ asker }, ports) =>
    modal({
      title: ASK_TITLE,
      ...(from ? { about: `${from.channel}:${from.thread}` } : {}),
      submit: { callbackId: ASK_FORM, label: 'Ask' },
      blocks: [
        textInput('question', { label: 'Question', initial: cut(text, LONGEST), multiline: true, longest: LONGEST }),
        databaseInput(await readableIds(asker.reader, ports)),
        ...(from
          ? [
              radioInput('place', {
                label: 'Answer',
                choices: [
                  { text: 'Privately, in our direct message', value: 'direct' },
                  { text: 'Here, in the thread of that message', value: 'here' },
                ],
                initial: 'direct',
              }),
            ]
          : []),
      ],
    });

const submitAsk: Submit = async (submission, ports) => {
  const { team, user, asker, view } = submission;
  const text = textIn(view.values, 'question')?.trim() ?? '';
  const checked = checkQuestion(text);
  if (!checked.ok) return { kind: 'errors', errors: { question: sayFailure(checked.failure) } };
  const [, channel, thread] = /^(\w+):([\d.]+)$/.exec(view.about) ?? [];
  const here = textIn(view.values, 'place') === 'here' && channel !== undefined && thread !== undefined;
  const spot: Spot = here ? { kind: 'channel', channel, thread } : { kind: 'direct' };
  const intent = pickedDatabase(view.values, await readableIds(asker.reader, ports));
  return {
    kind: 'close',
    async after() {
      const why = await placeQuestion({ team, user, text, intent }, spot, ports, keyOf(submission));
      if (why) await tell({ team, user, triggerId: '', value: '', at: '' }, why, ports);
    },
  };
};

/** What was sent by `/querent ask`, once it is known where it goes; each place once. */
const placed = (spotOf: (act: Act) => Spot | undefined): ActPress => ({
  async works(act: Act, ports: ActionPorts) {
    const spot = spotOf(act);
    const { team, user, value: text, message } = act;
    if (!spot || !message || !checkQuestion(text).ok) return tell(act, 'Please send the command again.', ports);
    const key = `ask:${message.channel}:${message.ts}:${user}:${spot.kind}`;
    if (!(await ports.querent.runs.record(key, undefined, ports.now())))
      return tell(act, 'That was asked already. Send the command again to ask it once more.', ports);
    const why = await placeQuestion({ team, user, text, intent: { kind: 'any' } }, spot, ports);
    const said =
      why ?? (spot.kind === 'direct' ? 'Your question is in our direct message; the answer comes below it.' : '');
    if (said) await tell(act, said, ports);
  },
});

/** Asking by a command or a shortcut. */
export const ASK_PART: ModalPart = {
  presses: [
    [ASK_HERE, placed(({ message }) => message && { kind: 'channel', channel: message.channel })],
    [ASK_PRIVATELY, placed(() => ({ kind: 'direct' }))],
  ],
  submissions: [[ASK_FORM, submitAsk]],
};
