import type { WebClient } from '@slack/web-api';
import { callAgain, type Patience } from './calls.ts';

export type ConversationKind = 'internal' | 'external' | 'unknown';

/** Whether a conversation is shared with another company. When it cannot be found out, nothing is answered there. */
export async function conversationKind(
  client: WebClient,
  channel: string,
  patience: Patience,
  siblings: readonly string[] = [],
): Promise<ConversationKind> {
  const called = await callAgain('conversations.info', () => client.conversations.info({ channel }), patience);
  if (!called.ok || !called.value.channel) return 'unknown';
  const { is_ext_shared: shared, is_pending_ext_shared: pending, is_org_shared: ofOrg } = called.value.channel;
  if (shared || pending) return 'external';
  // Shared within the company: with whose people we answer, if any were named.
  return ofOrg && !siblings.length ? 'external' : 'internal';
}
