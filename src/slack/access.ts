import type { WebClient } from '@slack/web-api';

export type Audience = 'internal' | 'external' | 'unknown';

/** Whether a conversation is shared with another company. When it cannot be found out, nothing is answered there. */
export async function audienceOf(client: WebClient, channel: string): Promise<Audience> {
  try {
    const { channel: found } = await client.conversations.info({ channel });
    if (!found) return 'unknown';
    return found.is_ext_shared || found.is_pending_ext_shared ? 'external' : 'internal';
  } catch {
    return 'unknown';
  }
}
