import { setTimeout as sleep } from 'node:timers/promises';
import { sayFailure } from '#src/domain/failure.ts';
import type { Setup } from '#src/domain/setup.ts';
import { groupsFault } from '../access/check-groups.ts';
import { type Act, mayNot, tellFailure } from '../modals/acts.ts';
import type { ModalPart } from '../modals/modal-part.ts';
import type { Fill } from '../modals/show-modal.ts';
import { keyOf, type Reply, type Submission } from '../modals/submissions.ts';
import { noticeView } from '../modals/view.ts';
import type { ActionPorts } from '../press.ts';
import { ADD_FORM, addForm, fieldOf, filledFrom, filledIn, readAddForm } from './add-form.ts';
import { askForPassword, carryOut, goOn } from './go-on.ts';
import { warningsKey } from './setup-views.ts';
import { tryQuestion } from './try-question.ts';

const TITLE = 'Register a database';

/** The form, empty but for its owner. Also what `/querent add` and Home open. */
export const fillAddForm: Fill = async (act, ports) => {
  const refused = await mayNot(act, ports);
  return refused ? noticeView(TITLE, sayFailure(refused)) : addForm({ owner: act.user });
};

/** The form as a setup was described by. */
const fillMendForm: Fill = async (act, ports) => {
  const setup = await ownSetup(act, ports);
  return setup
    ? addForm(filledFrom(setup.database), { mends: setup.id })
    : noticeView(TITLE, sayFailure({ kind: 'setup-gone' }));
};

/** The setup that is pressed about, where the presser began it and may still administer. */
async function ownSetup(act: Act, ports: ActionPorts, id = act.value): Promise<Setup | undefined> {
  const setup = await ports.querent.setups.find(id);
  if (!setup || setup.by.userId !== act.user || setup.by.teamId !== act.team) return undefined;
  const refused = await mayNot(act, ports, setup.of === 'password' ? setup.database.id : undefined);
  return refused ? undefined : setup;
}

/** A name that is looked up for longer than this is looked up after the form is answered. */
const LOOK_UP_MS = 1_500;

async function submitAdd(submission: Submission, ports: ActionPorts): Promise<Reply> {
  const refused = await mayNot(submission, ports);
  if (refused) return { kind: 'show', view: noticeView(TITLE, sayFailure(refused)) };
  const filled = filledIn(submission.view.values);
  const read = readAddForm(filled);
  if ('errors' in read) return { kind: 'errors', errors: read.errors };
  const wrong = filled.group === undefined ? undefined : await groupsFault([filled.group], ports);
  if (wrong !== undefined) return { kind: 'errors', errors: { group: wrong } };
  const by = { teamId: submission.team, userId: submission.user };
  const beginning = ports.querent.setups.begin(read.target, by, keyOf(submission));
  const begun = await Promise.race([beginning, sleep(LOOK_UP_MS, undefined)]);
  if (begun && !begun.ok) return { kind: 'errors', errors: { [fieldOf(begun.failure)]: sayFailure(begun.failure) } };
  return {
    kind: 'show',
    view: noticeView(
      TITLE,
      `I set up ${read.target.id} now, and tell you in a direct message how it goes. You can close this.`,
    ),
    async after(shown) {
      const late = await beginning;
      if (!late.ok) await shown.put(addForm(filled, { wrong: sayFailure(late.failure), mends: submission.view.about }));
      else await goOn(await inPlaceOf(submission, late.value, ports), ports);
    },
  };
}

/**
 * What was described before goes, with the password that was typed for it: another address is sent no password that was typed for this one.
 * How it goes is told in the same message.
 */
async function inPlaceOf(submission: Submission, setup: Setup, ports: ActionPorts): Promise<Setup> {
  const { setups } = ports.querent;
  const before = await ownSetup(submission, ports, submission.view.about);
  if (!before) return setup;
  await setups.drop(before.id);
  const { told } = before;
  return (told && (await setups.change(setup.id, (fresh) => ({ ...fresh, told })))) ?? setup;
}

/** What is pressed under the message that tells how a setup goes. */
const pressedSetup =
  (work: (setup: Setup, ports: ActionPorts, shown: string) => Promise<void>) =>
  async (act: Act, ports: ActionPorts): Promise<void> => {
    const [id, shown = ''] = act.value.split(':');
    const setup = await ownSetup(act, ports, id);
    if (setup) await work(setup, ports, shown);
    else await tellFailure(act, { kind: 'setup-gone' }, ports);
  };

/** What was shown is accepted, and nothing that came since: where that is not what was told last, it is looked at again. */
async function accept(setup: Setup, ports: ActionPorts, shown: string): Promise<void> {
  const { warned = [] } = setup;
  const accepting = (before: Setup): Setup => ({ ...before, accepted: [...before.accepted, ...warned] });
  const isShown = shown === warningsKey(warned);
  const accepted = isShown ? await ports.querent.setups.change(setup.id, accepting) : setup;
  if (accepted) await carryOut(accepted, ports);
}

export const ADD_DATABASE: ModalPart = {
  presses: [
    ['querent_add', { opens: TITLE, fill: fillAddForm }],
    ['querent_setup_mend', { opens: TITLE, fill: fillMendForm }],
    ['querent_setup_again', { works: pressedSetup(carryOut) }],
    ['querent_setup_accept', { works: pressedSetup(accept) }],
    ['querent_setup_link', { works: pressedSetup(askForPassword) }],
    [/^querent_try_\d$/, { works: tryQuestion }],
    // A button that opens an address is told of as well, and wants an acknowledgement.
    ['querent_setup_page', { works: async () => undefined }],
  ],
  submissions: [[ADD_FORM, submitAdd]],
};
