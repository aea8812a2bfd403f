import type { Act } from '../modals/acts.ts';
import type { ModalPart } from '../modals/modal-part.ts';
import type { ActionPorts } from '../press.ts';
import { openHome } from './publish-home.ts';

/** What is pressed on Home besides what opens a modal: its pages. */
export const HOME_PART: ModalPart = {
  presses: [[/^querent_home_page_/, { works: turnPage }]],
  submissions: [],
};

async function turnPage({ team, user, value, view }: Act, ports: ActionPorts): Promise<void> {
  const page = Number(value);
  if (Number.isInteger(page) && page >= 0) await openHome({ team, user, hash: view?.hash }, page, ports);
}
