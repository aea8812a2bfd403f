import type { WebClient } from '@slack/web-api';
import type { ChannelId, TeamId, UserId } from '#src/domain/ids.ts';
import { callAgain, type Patience } from './calls.ts';

/** `gone`: it was deleted, or it is private and the bot is not in it any more. */
export type ConversationKind = 'internal' | 'external' | 'gone' | 'unknown';

export interface Conversation {
  readonly kind: ConversationKind;
  /** Only who was invited is in it, and may be taken out again. */
  readonly isPrivate: boolean;
}

/**
 * Whether a conversation is shared with another company, and who may come in. When it cannot be found out, nothing is answered there.
 *
 * @param siblings workspaces of the same Enterprise Grid whose people may ask as well (PERM-1).
 */
export async function conversationOf(
  client: WebClient,
  channel: ChannelId,
  patience: Patience,
  siblings: readonly TeamId[],
): Promise<Conversation> {
  const called = await callAgain('conversations.info', () => client.conversations.info({ channel }), patience);
  if (!called.ok) return { kind: called.fault.code === 'channel_not_found' ? 'gone' : 'unknown', isPrivate: true };
  if (!called.value.channel) return { kind: 'unknown', isPrivate: true };
  const {
    is_ext_shared: shared,
    is_pending_ext_shared: pending,
    is_org_shared: ofOrg,
    is_private: isPrivate = true,
  } = called.value.channel;
  // Shared within the company: with whose people we answer, if any were named.
  const isExternal = shared || pending || (ofOrg && !siblings.length);
  return { kind: isExternal ? 'external' : 'internal', isPrivate };
}

export const conversationKind = async (...of: Parameters<typeof conversationOf>): Promise<ConversationKind> =>
  (await conversationOf(...of)).kind;

/** Members that are read at a time. */
const PAGE = 1_000;

/** Whether somebody is in a conversation, now; not, where Slack does not say. */
export async function isIn(client: WebClient, channel: ChannelId, user: UserId, patience: Patience): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const request = { channel, limit: PAGE, ...(cursor ? { cursor } : {}) };
    const page = await callAgain('conversations.members', () => client.conversations.members(request), patience);
    if (!page.ok) return false;
    if (page.value.members?.includes(user)) return true;
    cursor = page.value.response_metadata?.next_cursor;
  } while (cursor);
  return false;
}
