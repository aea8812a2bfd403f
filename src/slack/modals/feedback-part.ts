import { type AnswerFault, FAULT_WORDS, FAULTS } from '#src/domain/review.ts';
import { queryOf, type Run } from '#src/domain/run.ts';
import { changeReading, turnDown } from '../actions.ts';
import { handOver } from '../hand-over.ts';
import { type ActionPorts, type Press, whisper } from '../press.ts';
import { type Block, button, section } from '../views/message.ts';
import { changeSelect } from '../views/reading-view.ts';
import { pressOnRun, runOfAct } from './act-on-run.ts';
import { type Act, type RawAct, tell } from './acts.ts';
import { textIn } from './form-values.ts';
import { radioInput, textInput } from './inputs.ts';
import type { ActPress, ModalPart } from './modal-part.ts';
import { shownModal } from './show-modal.ts';
import type { Reply, Submission } from './submissions.ts';
import { type ModalView, modal, noticeView } from './view.ts';

const TITLE = 'What is wrong?';
/** What somebody says of an answer in their own words. */
const LONGEST_NOTE = 500;

/** A bad answer counts as soon as the thumb is pressed; the modal asks why, and offers what helps at once. */
export const FEEDBACK_PART: ModalPart = {
  presses: [
    ['querent_feedback', (raw) => (isDown(raw) ? { opens: TITLE, fill: askWhy } : { works: thank })],
    ['querent_fault_next', remedy(turnDown, 'The next database is asked. Its answer comes in the thread.')],
    ['querent_fault_reading', remedy(changeReading, 'It is asked as you changed it. The answer comes in the thread.')],
    [
      'querent_fault_team',
      remedy(handOver, 'The data team has your question. You hear in the thread once they settled it.'),
    ],
  ],
  submissions: [['querent_fault', saveFault]],
};

const isDown = ({ value }: RawAct) => value.endsWith(':down');
const runIdOf = ({ value }: RawAct) => value.split(':')[0] ?? '';
const GONE = 'That answer is not kept any more.';

async function thank(act: Act, ports: ActionPorts): Promise<void> {
  const run = await runOfAct(act, runIdOf(act), ports);
  if (!run) return tell(act, GONE, ports);
  await ports.querent.runs.saveFeedback(run.id, act.user, 'up', ports.now());
  ports.metrics.count('feedback_total', { verdict: 'up' });
  await whisper(ports, run, act.user, 'Thank you.');
}

async function askWhy(act: Act, ports: ActionPorts): Promise<ModalView> {
  const run = await runOfAct(act, runIdOf(act), ports);
  if (!run) return noticeView(TITLE, GONE);
  await ports.querent.runs.saveFeedback(run.id, act.user, 'down', ports.now());
  ports.metrics.count('feedback_total', { verdict: 'down' });
  return modal({
    title: TITLE,
    about: run.id,
    submit: { callbackId: 'querent_fault', label: 'Send' },
    close: 'Close',
    blocks: [
      section('It is kept that this answer is wrong. What is wrong with it?', 'why'),
      radioInput('fault', {
        label: 'It is',
        choices: FAULTS.map((value) => ({ value, text: FAULT_WORDS[value] })),
      }),
      textInput('note', {
        label: 'In your own words',
        hint: 'Whoever looks at it reads this: what you expected, where the right number is.',
        multiline: true,
        optional: true,
        longest: LONGEST_NOTE,
      }),
    ],
  });
}

async function saveFault({ user, asker, view, ...act }: Submission, ports: ActionPorts): Promise<Reply> {
  const run = await runOfAct({ ...act, user, asker, view }, view.about, ports);
  const fault = FAULTS.find((one) => one === textIn(view.values, 'fault'));
  if (!run || !fault) return { kind: 'show', view: noticeView(TITLE, GONE) };
  const note = textIn(view.values, 'note');
  await ports.querent.runs.saveFeedback(run.id, user, 'down', ports.now(), { fault, ...(note ? { note } : {}) });
  return {
    kind: 'show',
    view: remediesView(run, fault),
    async after(shown) {
      await whisper(ports, run, user, 'Thank you. The data team sees what is wrong.');
      const list = fault === 'wrong-database' ? undefined : await changesOf(run, { user, asker }, ports);
      if (list) await shown.put(remediesView(run, fault, list));
    },
  };
}

/** What the answer can be changed to by who says that it is wrong, with their rights where it was asked. */
async function changesOf(run: Run, { user }: Pick<Act, 'user' | 'asker'>, ports: ActionPorts) {
  const query = queryOf(run.result);
  const there = await ports.people.admit(run.team, user, run.direct ? undefined : run.channel);
  if (!query || there.kind !== 'reader') return undefined;
  const request = { ...query, text: run.result?.text ?? run.text };
  const reading = await ports.querent.readingOf(request, there.reader, there.timeZone);
  return reading && changeSelect(reading, run.id, 'querent_fault_reading');
}

/** What helps at once: the next database, another reading, the data team. */
function remediesView(run: Run, fault: AnswerFault, changes?: Record<string, unknown>): ModalView {
  const next = button('Ask the next database', 'querent_fault_next', run.id);
  const team = button('Ask the data team', 'querent_fault_team', run.id);
  const isDatabase = fault === 'wrong-database' || fault === 'not-asked';
  const said = changes
    ? 'Change how it was read, and it is answered again at once:'
    : isDatabase
      ? 'Another database can be asked at once, or the data team.'
      : 'The data team can look at it.';
  const list: Block[] = changes ? [{ type: 'actions', block_id: 'changes', elements: [changes] }] : [];
  return modal({
    title: 'What helps',
    about: run.id,
    blocks: [
      section(`Thank you. ${said}`, 'thanks'),
      ...list,
      { type: 'actions', block_id: 'remedies', elements: [...(isDatabase ? [next] : []), team] },
    ],
  });
}

/** Does what the same control under the answer does, and says so in the place of the form. */
function remedy(work: (press: Press, ports: ActionPorts) => Promise<void>, said: string): ActPress {
  return {
    async works(act, ports) {
      const press = await pressOnRun(act, ports);
      if (press) await work(press, ports);
      await shownModal(act.view?.id ?? '', ports).put(noticeView('What helps', press ? said : GONE));
    },
  };
}
