import type { WebClient } from '@slack/web-api';
import type { TeamId } from '#src/domain/ids.ts';
import { callAgain, type Patience } from './calls.ts';

/** `gone`: it was deleted, or it is private and the bot is not in it any more. */
export type ConversationKind = 'internal' | 'external' | 'gone' | 'unknown';

/**
 * Whether a conversation is shared with another company. When it cannot be found out, nothing is answered there.
 *
 * @param siblings workspaces of the same Enterprise Grid whose people may ask as well (PERM-1).
 */
export async function conversationKind(
  client: WebClient,
  channel: string,
  patience: Patience,
  siblings: readonly TeamId[],
): Promise<ConversationKind> {
  const called = await callAgain('conversations.info', () => client.conversations.info({ channel }), patience);
  if (!called.ok) return called.fault.code === 'channel_not_found' ? 'gone' : 'unknown';
  if (!called.value.channel) return 'unknown';
  const { is_ext_shared: shared, is_pending_ext_shared: pending, is_org_shared: ofOrg } = called.value.channel;
  if (shared || pending) return 'external';
  // Shared within the company: with whose people we answer, if any were named.
  return ofOrg && !siblings.length ? 'external' : 'internal';
}
