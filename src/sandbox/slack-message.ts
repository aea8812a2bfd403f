import { BOT_USER, type SandboxMessage, TEAM } from './workspace.ts';

/** A message as Slack describes it to apps. */
export function toSlackMessage(message: SandboxMessage): Record<string, unknown> {
  return {
    type: 'message',
    user: message.user,
    text: message.text,
    ts: message.ts,
    team: TEAM,
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    ...(message.blocks.length ? { blocks: message.blocks } : {}),
    ...(message.metadata ? { metadata: message.metadata } : {}),
    ...(message.user === BOT_USER ? { bot_id: 'B0QUERENT' } : {}),
  };
}
