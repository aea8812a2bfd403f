import type { ActionPorts } from '../press.ts';
import type { Act, RawAct } from './acts.ts';
import type { Fill, How } from './show-modal.ts';
import type { Submit } from './submissions.ts';

/** What a button does that no run posted (in a view, in a direct message to an admin, on Home): it opens a modal, or works. */
export type ActPress =
  | { readonly opens: string; readonly fill: Fill; readonly how?: How }
  | { readonly works: (act: Act, ports: ActionPorts) => Promise<void> };

/** What a part of administration answers to: its buttons by action id, its forms by callback id. */
export interface ModalPart {
  readonly presses: readonly (readonly [id: string | RegExp, press: ActPress | ((raw: RawAct) => ActPress)])[];
  readonly submissions: readonly (readonly [callbackId: string, submit: Submit])[];
}
