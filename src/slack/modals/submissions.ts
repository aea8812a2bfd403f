import { setTimeout as sleep } from 'node:timers/promises';
import { sayFailure } from '#src/domain/failure.ts';
import { SECRET_ADVICE, secretIn } from '#src/domain/secret-text.ts';
import type { ActionPorts } from '../press.ts';
import { type Act, type ActView, admitted, isAct, type RawAct } from './acts.ts';
import type { FormValues } from './form-values.ts';
import { type ShownModal, shownModal } from './show-modal.ts';
import { type ModalView, noticeView } from './view.ts';

/** A form that was sent in, by somebody with their rights of now. */
export interface Submission extends Act {
  readonly view: ActView;
}

/** What a submission is answered with at once; `after` is done after that. */
export type Reply =
  /** What is wrong, a sentence a block: the form stays as it is filled in. */
  | { readonly kind: 'errors'; readonly errors: Readonly<Record<string, string>> }
  /** Closes this view, or with it all that it stands on. */
  | { readonly kind: 'close' | 'clear'; readonly after?: () => Promise<void> }
  | { readonly kind: 'show'; readonly view: ModalView; readonly after?: (shown: ShownModal) => Promise<void> };

/** Cheap checks alone: Slack waits three seconds for its reply. */
export type Submit = (submission: Submission, ports: ActionPorts) => Promise<Reply>;

/** As Bolt's `ack` takes it. */
export type Acknowledgement =
  | { readonly response_action: 'errors'; readonly errors: Record<string, string> }
  | { readonly response_action: 'update'; readonly view: ModalView }
  | { readonly response_action: 'clear' }
  | undefined;

/** Slack gives a submission three seconds; who sent it is known by then or it is to be sent again. */
const ADMISSION_MS = 2_000;
const LATE = 'Slack did not say in time who you are. Please press the button once more.';

/** Submissions that are being worked on: Slack sends one again that was not answered in time. */
const inHand = new Set<string>();

/**
 * Takes a submission: secrets are refused before anything else looks at it (ADM-4), who sent it is admitted anew, and what was done once is
 * not done again (IDEM-2). That it was done is kept at the end: one that a stop cut short is done when it is sent again, and what of it was
 * done already is known by the submission's key.
 */
export async function takeSubmission(
  raw: RawAct & { readonly view: ActView },
  submit: Submit,
  acknowledge: (reply: Acknowledgement) => Promise<void>,
  ports: ActionPorts,
): Promise<void> {
  const key = keyOf(raw);
  if (inHand.has(key)) return acknowledge(undefined);
  inHand.add(key);
  try {
    if (await ports.querent.runs.wasRecorded(key)) return await acknowledge(undefined);
    const reply = secretsIn(raw.view.values) ?? (await replyTo(raw, submit, ports));
    await acknowledge(acknowledgement(reply));
    if (reply.kind === 'errors') return;
    if (reply.kind === 'show') await reply.after?.(shownModal(raw.view.id, ports));
    else await reply.after?.();
    await ports.querent.runs.record(key, undefined, ports.now());
  } finally {
    inHand.delete(key);
  }
}

/** Tells a submission from every other, and what it makes from what others make. */
export const keyOf = ({ view }: Pick<Submission, 'view'>): string => `view:${view.id}:${view.hash}`;

function acknowledgement(reply: Reply): Acknowledgement {
  switch (reply.kind) {
    case 'errors':
      return { response_action: 'errors', errors: { ...reply.errors } };
    case 'show':
      return { response_action: 'update', view: reply.view };
    case 'clear':
      return { response_action: 'clear' };
    case 'close':
      return undefined;
  }
}

async function replyTo(raw: RawAct & { readonly view: ActView }, submit: Submit, ports: ActionPorts): Promise<Reply> {
  const act = await Promise.race([admitted(raw, ports), sleep(ADMISSION_MS, 'late' as const)]);
  if (act === 'late') return { kind: 'errors', errors: { [firstBlock(raw.view.values)]: LATE } };
  if (isAct(act)) return submit(act, ports);
  return { kind: 'show', view: noticeView('Querent', sayFailure(act ?? { kind: 'not-a-member' })) };
}

const firstBlock = (values: FormValues) => values.keys().next().value ?? '';

/** Errors at every block that holds what looks like a secret; nothing where none does. */
function secretsIn(values: FormValues): Reply | undefined {
  const errors = [...values].flatMap(([block, texts]) => (texts.some(secretIn) ? [[block, SECRET_ADVICE]] : []));
  return errors.length ? { kind: 'errors', errors: Object.fromEntries(errors) } : undefined;
}
