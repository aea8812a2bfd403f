import type { Run } from '#src/ports/store.ts';
import type { TellAdmins } from './admin-notices.ts';
import { type MessagePart, type PostPorts, postOnce, sayPostFault } from './poster.ts';
import { openDirect } from './tell-one.ts';
import { context, type Message } from './views/message.ts';

export interface DeliverPorts extends PostPorts {
  readonly tellAdmins: TellAdmins;
  readonly log: (message: string) => void;
}

/** `later`: we were stopped while it waited, and it goes on at the next start. */
export type DeliveryResult = 'posted' | 'nowhere' | 'later';

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
  if (posted.ok) return 'posted';
  if (ports.patience.signal.aborted) return 'later';
  const { fault, method } = posted;
  ports.log(`run ${run.id}: its ${part} could not be posted: ${method} ${fault.code} (${fault.kind})`);
  if (fault.kind === 'admin') await ports.tellAdmins(method, fault);
  const reachable = fault.kind === 'gone' || fault.kind === 'thread-gone';
  if (!reachable || run.direct || run.result?.privateTo !== undefined) return 'nowhere';
  const direct = await openDirect(ports, run.user);
  if (direct === undefined) return 'nowhere';
  const moved: Run = {
    ...run,
    ...(run.result ? { result: { ...run.result, privateTo: direct } } : {}),
    channel: direct,
  };
  if (moved.result) ports.store.saveResult(run.id, 'running', moved.result);
  const told = { ...message, blocks: [context([sayPostFault(fault)], `moved-${run.id}`), ...message.blocks] };
  const there = await postOnce(ports, moved, part, told);
  return there.ok ? 'posted' : 'nowhere';
}
