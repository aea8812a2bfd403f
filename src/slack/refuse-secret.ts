import type { NewRun } from '#src/domain/run.ts';
import { SECRET_ADVICE, secretIn } from '#src/domain/secret-text.ts';
import { callAgain, type Patience } from './calls.ts';
import type { SlackClients } from './clients.ts';
import { AS_WRITTEN } from './outgoing.ts';
import { postNotice } from './post-marked.ts';

/** A message that is not kept, because it holds what looks like a secret (ADM-4). */
export type RefusedMessage = Pick<NewRun, 'channel' | 'thread' | 'message' | 'user' | 'direct'>;

/** Slack makes links of what looks like an address; what was typed is within. */
const typed = (text: string) => text.replace(/<(?:mailto:)?([^|>]*)(?:\|[^>]*)?>/g, '$1');

/** Whether a message holds what looks like a password or key, as it was typed. */
export const holdsSecret = (text: string): boolean => secretIn(text) || secretIn(typed(text));

/** Tells the author what to do about it, for them alone. */
export async function tellSecret(
  { channel, thread, message, user, direct }: RefusedMessage,
  { critical }: Pick<SlackClients, 'critical'>,
  patience: Patience,
): Promise<void> {
  const text = `${SECRET_ADVICE} Delete the message here, too.`;
  if (direct) {
    await postNotice({ client: critical, patience }, { channel, thread_ts: thread }, { text, blocks: [] });
    return;
  }
  const place = { channel, ...(thread === message ? {} : { thread_ts: thread }), text, ...AS_WRITTEN };
  await callAgain('chat.postEphemeral', () => critical.chat.postEphemeral({ ...place, user }), patience);
}
