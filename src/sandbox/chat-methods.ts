import { checkBlocks, sayBlockFault } from '#src/slack-api/check-blocks.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { type ApiArguments, type ApiContext, type ApiReply, error, type Method, nested, text } from './api-call.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { toSlackMessage } from './slack-message.ts';
import { BOT_USER, type SandboxChannel } from './workspace.ts';

/** The methods that post, change and delete messages. */
export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.update': updateMessage,
  'chat.delete': deleteMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.getPermalink': (args, { workspace, origin }) => {
    const message = workspace.find(text(args.channel), text(args.message_ts));
    if (!message) return error(workspace.channel(text(args.channel)) ? 'message_not_found' : 'channel_not_found');
    const { channel, ts, threadTs } = message;
    const thread = threadTs ? `?thread_ts=${threadTs}&cid=${channel}` : '';
    return { ok: true, channel, permalink: `${origin()}/archives/${channel}/p${ts.replace('.', '')}${thread}` };
  },
};

/** The conversation that the bot may write in, or why it may not. */
export function writable(id: string, { workspace }: Pick<SandboxContext, 'workspace'>): SandboxChannel | ApiReply {
  const channel = workspace.channel(id);
  if (!channel) return error('channel_not_found');
  if (!channel.members.includes(BOT_USER))
    return error(channel.kind === 'public' ? 'not_in_channel' : 'channel_not_found');
  return channel.archived ? error('is_archived') : channel;
}

/** Blocks that Slack takes, and that no switch refuses, or the refusal. */
export function checkedBlocks(
  args: ApiArguments,
  { switches }: Pick<SandboxContext, 'switches'>,
): { readonly blocks: readonly unknown[] } | ApiReply {
  if (args.blocks === undefined || args.blocks === '') return { blocks: [] };
  const blocks = nested(args.blocks);
  const faults = [...checkBlocks(blocks), ...refusedBySwitch(blocks, switches.refusedBlocks)];
  return faults.length ? refused(faults.map(sayBlockFault)) : { blocks: blocks as unknown[] };
}

function refusedBySwitch(blocks: unknown, types: ReadonlySet<string>) {
  return (Array.isArray(blocks) ? (blocks as { readonly type?: string }[]) : []).flatMap(({ type = '' }, at) =>
    types.has(type) ? [{ pointer: `/blocks/${at}`, reason: `unsupported type: ${type}` }] : [],
  );
}

const refused = (messages: readonly string[]) => error('invalid_blocks', { response_metadata: { messages } });

function postMessage(args: ApiArguments, context: ApiContext): ApiReply {
  const { workspace, echo } = context;
  const channel = writable(text(args.channel), context);
  if ('ok' in channel) return channel;
  const checked = checkedBlocks(args, context);
  if ('ok' in checked) return checked as ApiReply;
  const blocks = checked.blocks as readonly unknown[];
  if (!text(args.text) && !blocks.length) return error('no_text');
  if (text(args.text).length > SLACK_LIMITS.messageText) return error('msg_too_long');
  const metadata = nested(args.metadata);
  const threadTs = text(args.thread_ts);
  const message = workspace.post({
    channel: channel.id,
    user: BOT_USER,
    text: text(args.text),
    blocks,
    ...(threadTs ? { threadTs } : {}),
    ...(metadata ? { metadata } : {}),
  });
  if (threadTs) clearStatus(channel.id, threadTs, context);
  echo(message);
  return { ok: true, channel: channel.id, ts: message.ts, message: toSlackMessage(message, workspace) };
}

/** What an app says that it does goes when it has posted. */
function clearStatus(channel: string, threadTs: string, { statuses, workspace }: SandboxContext): void {
  if (statuses.delete(`${channel}/${threadTs}`)) workspace.announce({ kind: 'status', channel, threadTs, status: '' });
}

function updateMessage(args: ApiArguments, context: ApiContext): ApiReply {
  const { workspace, tellChanged } = context;
  const message = workspace.find(text(args.channel), text(args.ts));
  if (!message) return error(workspace.channel(text(args.channel)) ? 'message_not_found' : 'channel_not_found');
  if (message.user !== BOT_USER || message.onlyFor !== undefined) return error('cant_update_message');
  if (message.streaming === 'in_progress') return error('streaming_state_conflict');
  if (text(args.text).length > SLACK_LIMITS.updateText) return error('msg_too_long');
  const checked = checkedBlocks(args, context);
  if ('ok' in checked) return checked as ApiReply;
  const before = toSlackMessage(message, workspace);
  message.text = text(args.text);
  message.blocks = checked.blocks as readonly unknown[];
  message.edited = true;
  workspace.announce({ kind: 'message', message });
  tellChanged(message, before);
  return { ok: true, channel: message.channel, ts: message.ts, text: message.text };
}

function deleteMessage(args: ApiArguments, { workspace, tellDeleted }: ApiContext): ApiReply {
  const message = workspace.find(text(args.channel), text(args.ts));
  if (!message || message.onlyFor !== undefined) return error('message_not_found');
  if (message.user !== BOT_USER) return error('cant_delete_message');
  workspace.remove(message);
  tellDeleted(message);
  return { ok: true, channel: message.channel, ts: message.ts };
}

function postEphemeral(args: ApiArguments, context: ApiContext): ApiReply {
  const { workspace } = context;
  const channel = writable(text(args.channel), context);
  if ('ok' in channel) return channel;
  if (!channel.members.includes(text(args.user))) return error('user_not_in_channel');
  const checked = checkedBlocks(args, context);
  if ('ok' in checked) return checked as ApiReply;
  const threadTs = text(args.thread_ts);
  const said = {
    channel: channel.id,
    user: BOT_USER,
    text: text(args.text),
    blocks: checked.blocks as readonly unknown[],
    onlyFor: text(args.user),
  };
  // Slack shows an ephemeral message in a thread only if the thread is active, that is, has a reply; it says ok all the same.
  const shown = !threadTs || workspace.messages.some((one) => one.channel === channel.id && one.threadTs === threadTs);
  if (!shown) return { ok: true, message_ts: workspace.nextTs() };
  const message = workspace.post({ ...said, ...(threadTs ? { threadTs } : {}) });
  return { ok: true, message_ts: message.ts };
}
