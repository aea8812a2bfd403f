import { BOT_USER, type SandboxMessage, type Workspace } from './workspace.ts';

/** A message as Slack describes it to apps. */
export function toSlackMessage(message: SandboxMessage, workspace: Workspace): Record<string, unknown> {
  const team = workspace.teamOf(message.user);
  return {
    type: 'message',
    user: message.user,
    text: message.text,
    ts: message.ts,
    team,
    ...(message.user === BOT_USER
      ? { bot_id: 'B0QUERENT' }
      : { client_msg_id: `sandbox-${message.ts}`, user_team: team }),
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    ...(message.blocks.length ? { blocks: message.blocks } : {}),
    ...(message.metadata ? { metadata: message.metadata } : {}),
    ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
    ...(message.streaming ? { streaming_state: message.streaming } : {}),
    ...(message.files.length
      ? { files: message.files.map(({ id, name, size }) => ({ id, name, title: name, size })) }
      : {}),
  };
}

/** The kind of a conversation, as events call it. */
export function channelType(id: string, workspace: Workspace): string {
  const kind = workspace.channel(id)?.kind ?? 'public';
  return { public: 'channel', private: 'group', im: 'im', mpim: 'mpim' }[kind];
}
