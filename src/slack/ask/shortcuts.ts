import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { RawAct } from '../modals/acts.ts';
import { showModal } from '../modals/show-modal.ts';
import type { ActionPorts } from '../press.ts';
import { readMessageText } from '../text.ts';
import { ASK_TITLE, type FromThread, fillAsk } from './ask-part.ts';

const Shortcut = z.object({
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string(), team_id: z.string().nullish() }),
  trigger_id: z.string(),
  action_ts: z.string().default(''),
  channel: z.object({ id: z.string() }).optional(),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional(), text: z.string().nullish() }).optional(),
});

/** *Ask Querent about this* on a message, and *Ask a data question* anywhere: the same form. */
export function registerShortcuts(app: App, ports: ActionPorts): void {
  for (const callbackId of ['ask_about_message', 'ask_global'])
    app.shortcut(callbackId, async ({ ack, body }) => {
      await ack();
      const read = Shortcut.safeParse(body).data;
      if (read) await openForm(read, ports);
    });
}

async function openForm(shortcut: z.infer<typeof Shortcut>, ports: ActionPorts): Promise<void> {
  const { user, trigger_id: triggerId, action_ts: at, channel, message } = shortcut;
  const team = shortcut.team?.id ?? user.team_id;
  if (!team) return;
  const raw: RawAct = {
    team,
    user: user.id,
    triggerId,
    value: '',
    at,
    ...(channel && message ? { message: { channel: channel.id, ts: message.ts } } : {}),
  };
  const text = readMessageText(message?.text ?? '', '');
  await showModal(raw, { title: ASK_TITLE, fill: fillAsk(text, threadOf(shortcut)) }, ports);
}

/** A direct message is no thread to answer in for others: what is asked there is answered in ours. */
function threadOf({ channel, message }: z.infer<typeof Shortcut>): FromThread | undefined {
  if (!channel || !message || channel.id.startsWith('D')) return undefined;
  return { channel: channel.id, thread: message.thread_ts ?? message.ts };
}
