import type { WebClient } from '@slack/web-api';
import type { Run } from '#src/domain/run.ts';
import { callAgain, type Patience } from './calls.ts';
import { AS_WRITTEN } from './outgoing.ts';
import { postNotice } from './post-marked.ts';
import { placeOf } from './poster.ts';
import type { Block } from './views/message.ts';

export interface TellPorts {
  readonly client: WebClient;
  readonly patience: Patience;
}

/**
 * Says something to one person where they see it. Slack shows an ephemeral message in a thread only if the thread has replies
 * (https://docs.slack.dev/reference/methods/chat.postEphemeral), so before the first reply it goes beside the question; where
 * none can be posted it goes to the person's direct message. `repliedTo`: something of ours stands in the thread already.
 */
export async function tellOne(
  { client, patience }: TellPorts,
  run: Run,
  user: string,
  text: string,
  repliedTo: boolean,
  blocks: readonly Block[] = [],
): Promise<void> {
  const { channel, thread_ts: thread } = placeOf(run);
  const active = thread !== undefined && (repliedTo || run.message !== thread);
  const place = { channel, ...(active ? { thread_ts: thread } : {}) };
  const ephemeral = await callAgain(
    'chat.postEphemeral',
    () =>
      client.chat.postEphemeral({
        ...place,
        user,
        text,
        ...(blocks.length ? { blocks: blocks as never } : {}),
        ...AS_WRITTEN,
      }),
    patience,
  );
  if (ephemeral.ok) return;
  const direct = await openDirect({ client, patience }, user);
  if (direct !== undefined) await postNotice({ client, patience }, { channel: direct }, { text, blocks: [] });
}

/** The direct message with somebody; undefined where Slack opens none. */
export async function openDirect({ client, patience }: TellPorts, user: string): Promise<string | undefined> {
  const opened = await callAgain('conversations.open', () => client.conversations.open({ users: user }), patience);
  return opened.ok ? opened.value.channel?.id : undefined;
}
