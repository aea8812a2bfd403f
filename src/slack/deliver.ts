import type { MovedTo, Run, RunResult } from '#src/domain/run.ts';
import { type TellAdmins, tellOfFault } from './admin-notices.ts';
import { type MessagePart, type PostPorts, postOnce, sayPostFault } from './poster.ts';
import { openDirect } from './tell-one.ts';
import { context, type Message } from './views/message.ts';

export interface DeliverPorts extends PostPorts {
  readonly tellAdmins: TellAdmins;
  readonly log: (message: string) => void;
}

/** `later`: we were stopped while it waited, and it goes on at the next start. `movedTo`: it could not be posted where it belongs. */
export type DeliveryResult =
  | { readonly kind: 'posted'; readonly movedTo?: MovedTo }
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'later' };

/**
 * Posts a part of an answer where it belongs, and where that is out of reach (the channel archived, the bot removed, the
 * question deleted) to the asker's direct message: nothing that was answered is lost while Slack takes it anywhere.
 */
export async function deliver(
  ports: DeliverPorts,
  run: Run,
  part: MessagePart,
  message: Message,
): Promise<DeliveryResult> {
  const posted = await postOnce(ports, run, part, message);
  if (posted.ok) return { kind: 'posted' };
  if (ports.patience.signal.aborted) return { kind: 'later' };
  const { fault, method } = posted;
  ports.log(`run ${run.id}: its ${part} could not be posted: ${method} ${fault.code} (${fault.kind})`);
  await tellOfFault(ports.tellAdmins, method, fault);
  const outOfReach = fault.kind === 'gone' || fault.kind === 'thread-gone';
  if (!outOfReach || run.direct || run.result?.movedTo) return { kind: 'nowhere' };
  const channel = await openDirect(ports, run.user);
  if (channel === undefined) return { kind: 'nowhere' };
  const moved = await move(ports, run, { channel });
  const there = await postOnce(ports, moved, part, noteAbove(message, sayPostFault(fault), run.id));
  return there.ok ? { kind: 'posted', movedTo: { channel } } : { kind: 'nowhere' };
}

/** Why a message is not where it belongs, said above it. */
export const noteAbove = (message: Message, note: string, runId: string): Message => ({
  ...message,
  blocks: [context([note], `moved-${runId}`), ...message.blocks],
});

/** The run with its place changed, kept before anything is posted there. What was stopped stays so: nobody takes it up again. */
async function move({ runs }: DeliverPorts, run: Run, movedTo: MovedTo): Promise<Run> {
  const result: RunResult = { ...(run.result ?? { kind: 'failure', text: run.text }), movedTo };
  await runs.saveResult(run.id, result.kind === 'stopped' ? 'stopped' : 'running', result);
  return { ...run, result };
}
