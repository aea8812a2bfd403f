import type { App, BlockAction } from '@slack/bolt';
import { ACCESS_PART } from '../access/access-part.ts';
import { ADD_DATABASE } from '../admin/add-database.ts';
import { EXPLORE_PART } from '../admin/explore-part.ts';
import { MANAGE_PART } from '../admin/manage-part.ts';
import { ASK_PART } from '../ask/ask-part.ts';
import { CHANNEL_DEFAULT_PART } from '../channel-default.ts';
import { HOME_PART } from '../home/home-part.ts';
import type { ControlId } from '../older-controls.ts';
import type { ActionPorts } from '../press.ts';
import { REQUESTS_PART } from '../requests/requests-part.ts';
import { admitted, isAct, type RawAct, readAct, tellFailure } from './acts.ts';
import { CHOOSE_DATABASE_PART } from './choose-database.ts';
import { EDIT_QUESTION_PART } from './edit-question.ts';
import { FEEDBACK_PART } from './feedback-part.ts';
import type { ActPress, ModalPart } from './modal-part.ts';
import { QUERY_PART } from './query-part.ts';
import { REVIEW_PART } from './review-part.ts';
import { showModal } from './show-modal.ts';
import { takeSubmission } from './submissions.ts';

/** The parts that there are. A part is a file of its own. */
const PARTS: readonly ModalPart[] = [
  ADD_DATABASE,
  MANAGE_PART,
  EXPLORE_PART,
  REQUESTS_PART,
  ACCESS_PART,
  FEEDBACK_PART,
  REVIEW_PART,
  HOME_PART,
  EDIT_QUESTION_PART,
  CHOOSE_DATABASE_PART,
  CHANNEL_DEFAULT_PART,
  QUERY_PART,
  ASK_PART,
];

/** The buttons that open a modal. */
export const OPENING: readonly ControlId[] = PARTS.flatMap(({ presses }) =>
  presses.flatMap(([id, press]) => (typeof press === 'function' || 'opens' in press ? [id] : [])),
);

/** Listens to buttons that no run posted, and to forms; gives the ids that it answers to. */
export function registerModals(app: App, ports: ActionPorts, parts = PARTS): readonly ControlId[] {
  for (const { presses, submissions } of parts) {
    for (const [id, press] of presses)
      app.action<BlockAction>(id, async ({ ack, body }) => {
        await ack();
        const raw = readAct(body);
        if (raw) await pressed(raw, typeof press === 'function' ? press(raw) : press, ports);
      });
    for (const [callbackId, submit] of submissions)
      app.view({ callback_id: callbackId, type: 'view_submission' }, async ({ ack, body }) => {
        const raw = readAct(body);
        if (!raw?.view) return ack();
        await takeSubmission({ ...raw, view: raw.view }, submit, (reply) => ack(reply as never), ports);
      });
  }
  return parts.flatMap(({ presses, submissions }) => [...presses, ...submissions].map(([id]) => id));
}

async function pressed(raw: RawAct, press: ActPress, ports: ActionPorts): Promise<void> {
  if ('opens' in press) {
    const { opens: title, fill, how } = press;
    // In a modal it lies over that; elsewhere (a message, Home) it is the first.
    return showModal(raw, { title, fill, how: how ?? (raw.view?.type === 'modal' ? 'push' : 'open') }, ports);
  }
  // A press that is delivered again is the same one (IDEM-2).
  if (!(await ports.querent.runs.record(`press:${raw.user}:${raw.at}:${raw.value}`, undefined, ports.now()))) return;
  const act = await admitted(raw, ports);
  if (isAct(act)) return press.works(act, ports);
  if (act) await tellFailure(raw, act, ports);
}
