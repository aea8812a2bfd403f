import { checkBlocks, sayBlockFault } from '#src/slack-api/check-blocks.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { type ApiArguments, type ApiContext, type ApiReply, error, type Method, nested, text } from './api-call.ts';

/** The methods of the agent surface but for streams: status, sessions, prompts; and the check of blocks. */
export const AGENT_METHODS: Readonly<Record<string, Method>> = {
  'assistant.threads.setStatus': (args, { workspace, statuses }) => {
    const [channel, threadTs, status] = [text(args.channel_id), text(args.thread_ts), text(args.status)];
    if (!workspace.channel(channel)) return error('channel_not_found');
    const messages = nested(args.loading_messages);
    if (Array.isArray(messages) && messages.length > SLACK_LIMITS.loadingMessages) return error('invalid_arguments');
    statuses.delete(`${channel}/${threadTs}`);
    if (status) statuses.set(`${channel}/${threadTs}`, status);
    workspace.announce({ kind: 'status', channel, threadTs, status });
    return { ok: true };
  },
  'assistant.threads.setTitle': (args, { workspace }) =>
    workspace.channel(text(args.channel_id)) ? { ok: true } : error('channel_not_found'),
  'assistant.threads.setSuggestedPrompts': (args, { workspace }) => {
    const prompts = nested(args.prompts) as { message?: string }[] | undefined;
    if (!Array.isArray(prompts) || prompts.length > SLACK_LIMITS.suggestedPrompts) return error('invalid_arguments');
    workspace.announce({
      kind: 'prompts',
      channel: text(args.channel_id),
      prompts: prompts.map((prompt) => text(prompt.message)),
    });
    return { ok: true };
  },
  'agents.sessions.setStatus': setSessionStatus,
  'agents.sessions.rename': (args, { sessions }) => {
    const session = sessions.get(`${text(args.channel_id)}/${text(args.thread_ts)}`);
    if (!session) return error('session_not_found');
    if (!text(args.title) || text(args.title).length > SLACK_LIMITS.sessionTitle) return error('invalid_arguments');
    session.title = text(args.title);
    return { ok: true };
  },
  'blocks.validate': (args) => {
    const blocks = nested(args.blocks) ?? (nested(args.message) as { blocks?: unknown } | undefined)?.blocks;
    const faults = checkBlocks(blocks);
    return faults.length
      ? error('invalid_blocks', { response_metadata: { messages: faults.map(sayBlockFault) } })
      : { ok: true };
  },
};

const SESSION_STATES = ['active', 'processing', 'suspended', 'closed'];

function setSessionStatus(args: ApiArguments, context: ApiContext): ApiReply {
  const channel = context.workspace.channel(text(args.channel_id));
  if (!channel) return error('channel_not_found');
  if (!text(args.thread_ts) || !SESSION_STATES.includes(text(args.status))) return error('invalid_arguments');
  if (text(args.title).length > SLACK_LIMITS.sessionTitle) return error('invalid_arguments');
  const initiator = text(args.initiator_user_id);
  if (initiator && !channel.members.includes(initiator)) return error('user_not_in_channel');
  setSession(
    { channel: channel.id, threadTs: text(args.thread_ts), status: text(args.status), title: text(args.title) },
    context,
  );
  return { ok: true };
}

interface SessionChange {
  readonly channel: string;
  readonly threadTs: string;
  readonly status: string;
  readonly title?: string;
}

/** The title is that of the session's first call. Its status and what the app says that it does share one line; the last word stands. */
export function setSession(
  { channel, threadTs, status, title = '' }: SessionChange,
  { sessions, statuses, workspace, manifest }: ApiContext,
): void {
  const key = `${channel}/${threadTs}`;
  sessions.set(key, { title: sessions.get(key)?.title ?? title, status });
  statuses.delete(key);
  const under = status === 'processing';
  const stops = under && (manifest.events?.includes('agent_session_stopped') ?? true);
  workspace.announce({ kind: 'status', channel, threadTs, status: under ? 'is working…' : '', stops });
}
