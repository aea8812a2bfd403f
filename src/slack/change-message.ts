import type { Run } from '#src/domain/run.ts';
import { callAgain, LOOKUP_PATIENCE_MS } from './calls.ts';
import { AS_WRITTEN } from './outgoing.ts';
import { placeOf } from './poster.ts';
import type { SlackPorts } from './slack-ports.ts';
import type { Message } from './views/message.ts';

/** Puts another message in the place of one of a run's. False where Slack cannot take it now; one that is gone needs no change. */
export async function changeMessage(
  run: Run,
  ts: string,
  { text, blocks }: Message,
  { clients, log }: Pick<SlackPorts, 'clients' | 'log'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { link_names, parse } = AS_WRITTEN;
  const { channel } = placeOf(run);
  const patience = {
    lastsMs: LOOKUP_PATIENCE_MS,
    signal,
    onFault: (method: string, error: unknown) => log(`run ${run.id}: ${method}`, error),
  };
  const update = () => clients.cosmetic.chat.update({ channel, ts, text, blocks: blocks as never, link_names, parse });
  const changed = await callAgain('chat.update', update, patience);
  return changed.ok || (changed.fault.kind !== 'again' && changed.fault.kind !== 'unknown');
}
