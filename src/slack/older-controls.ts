import type { App, BlockAction } from '@slack/bolt';
import { admitted, isAct, readAct, tell, tellFailure } from './modals/acts.ts';
import { noticeView } from './modals/view.ts';
import type { ActionPorts } from './slack-ports.ts';

/** The action id of a button or list, or the callback id of a form. */
export type ControlId = string | RegExp;

/** What is said to whoever uses a button or form that this version does not know. */
const OLDER = 'That is of an older version of me, so nothing was done. Please ask again, or open it anew.';

/** Answers what messages and modals of older versions still offer: Slack would else tell people that the app does not respond. */
export function registerOlder(app: App, known: readonly ControlId[], ports: ActionPorts): void {
  const isKnown = (id: string) => known.some((one) => (typeof one === 'string' ? one === id : one.test(id)));
  app.action<BlockAction>(/.*/, async ({ ack, action, body }) => {
    if (isKnown(action.action_id)) return;
    await ack();
    const raw = readAct(body);
    const act = raw && (await admitted(raw, ports));
    if (!raw || !act) return; // somebody of another company hears nothing (PERM-3)
    if (isAct(act)) await tell(raw, OLDER, ports);
    else await tellFailure(raw, act, ports);
  });
  app.view({ callback_id: /.*/, type: 'view_submission' }, async ({ ack, view }) => {
    if (isKnown(view.callback_id)) return;
    await ack({ response_action: 'update', view: noticeView('Querent', OLDER) as never });
  });
}
