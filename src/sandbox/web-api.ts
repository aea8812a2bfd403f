import { checkBlocks, sayBlockFault } from '#src/slack-api/check-blocks.ts';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { type ApiArguments, type ApiContext, type ApiReply, error, type Method, nested, text } from './api-call.ts';
import { toSlackMessage } from './slack-message.ts';
import { VIEW_METHODS } from './view-methods.ts';
import { BOT_NAME, BOT_USER, type SandboxFile, type SandboxMessage, TEAM } from './workspace.ts';

const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': () => ({
    ok: true,
    url: 'http://sandbox/',
    team: 'Fernhill Supplies',
    user: BOT_NAME,
    team_id: TEAM,
    user_id: BOT_USER,
    bot_id: 'B0QUERENT',
    is_enterprise_install: false,
  }),
  'apps.connections.open': (_, { socketTicket }) => ({ ok: true, url: socketTicket() }),
  'chat.postMessage': postMessage,
  'chat.update': updateMessage,
  'chat.postEphemeral': postEphemeral,
  'conversations.info': (args, { workspace }) => {
    const channel = workspace.channel(text(args.channel));
    if (!channel) return error('channel_not_found');
    const im = channel.kind === 'im';
    return {
      ok: true,
      channel: {
        id: channel.id,
        name: channel.name,
        is_channel: !im,
        is_im: im,
        is_private: channel.kind !== 'public',
        is_ext_shared: channel.external,
        is_pending_ext_shared: false,
        is_member: channel.members.includes(BOT_USER),
      },
    };
  },
  'conversations.members': (args, { workspace }) => {
    const channel = workspace.channel(text(args.channel));
    return channel
      ? { ok: true, members: channel.members, response_metadata: { next_cursor: '' } }
      : error('channel_not_found');
  },
  'conversations.replies': (args, { workspace }) => {
    const [channel, ts] = [text(args.channel), text(args.ts)];
    const root = workspace.find(channel, ts);
    if (!root) return error('thread_not_found');
    const replies = workspace.messages.filter((one) => one.channel === channel && one.threadTs === ts);
    return paged(args, [root, ...replies]);
  },
  'conversations.history': (args, { workspace }) => {
    const channel = workspace.channel(text(args.channel));
    if (!channel) return error('channel_not_found');
    const roots = workspace.messages.filter((one) => one.channel === channel.id && one.threadTs === undefined);
    return paged(args, roots.reverse());
  },
  'users.info': (args, { workspace }) => {
    const user = workspace.user(text(args.user));
    return user
      ? {
          ok: true,
          user: {
            id: user.id,
            team_id: TEAM,
            name: user.name.toLowerCase(),
            real_name: user.name,
            is_bot: user.isBot,
            is_restricted: user.guest,
            is_ultra_restricted: false,
            is_invited_user: false,
            is_stranger: user.stranger,
            deleted: false,
            ...(user.timeZone === undefined ? {} : { tz: user.timeZone }),
          },
        }
      : error('user_not_found');
  },
  'usergroups.users.list': (args, { workspace }) => {
    const users = workspace.groups[text(args.usergroup)];
    return users ? { ok: true, users } : error('no_such_subteam');
  },
  'conversations.open': (args, { workspace }) => {
    const channel = workspace.channels.find((one) => one.kind === 'im' && one.members.includes(text(args.users)));
    return channel ? { ok: true, channel: { id: channel.id } } : error('user_not_found');
  },
  'assistant.threads.setStatus': (args, { workspace }) => {
    workspace.announce({
      kind: 'status',
      channel: text(args.channel_id),
      threadTs: text(args.thread_ts),
      status: text(args.status),
    });
    return { ok: true };
  },
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
  ...VIEW_METHODS,
  'files.getUploadURLExternal': (args, { workspace, uploads, origin }) => {
    const name = text(args.filename);
    if (!name || !(Number(args.length) > 0)) return error('invalid_arguments');
    const id = workspace.nextId('F');
    uploads.set(id, { name, content: undefined });
    return { ok: true, upload_url: `${origin()}/upload/${id}`, file_id: id };
  },
  'files.completeUploadExternal': completeUpload,
};

/** One Web API call. Business errors are replies with `ok: false` and Slack's own code. */
export function callApi(method: string, args: ApiArguments, context: ApiContext): ApiReply {
  return METHODS[method]?.(args, context) ?? error('unknown_method');
}

/** What Slack does without limit: messages a page of conversations.replies and .history. */
const PAGE = 100;

/** A page of messages as `limit`, `oldest` and `cursor` ask for it; what is ephemeral is in no history. */
function paged(args: ApiArguments, messages: readonly SandboxMessage[]): ApiReply {
  const wanted = messages.filter(({ onlyFor, ts }) => onlyFor === undefined && ts >= text(args.oldest));
  const from = Number(text(args.cursor)) || 0;
  const to = from + (Number(text(args.limit)) || PAGE);
  const more = to < wanted.length;
  return {
    ok: true,
    has_more: more,
    messages: wanted.slice(from, to).map(toSlackMessage),
    response_metadata: { next_cursor: more ? String(to) : '' },
  };
}

function checkedBlocks(args: ApiArguments): { readonly blocks: readonly unknown[] } | ApiReply {
  if (args.blocks === undefined || args.blocks === '') return { blocks: [] };
  const blocks = nested(args.blocks);
  const faults = checkBlocks(blocks);
  return faults.length ? refused(faults.map(sayBlockFault)) : { blocks: blocks as unknown[] };
}

const refused = (messages: readonly string[]) => error('invalid_blocks', { response_metadata: { messages } });

function postMessage(args: ApiArguments, { workspace, echo }: ApiContext): ApiReply {
  const channel = workspace.channel(text(args.channel));
  if (!channel) return error('channel_not_found');
  if (!channel.members.includes(BOT_USER)) return error('not_in_channel');
  const checked = checkedBlocks(args);
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
  echo(message);
  return { ok: true, channel: channel.id, ts: message.ts, message: toSlackMessage(message) };
}

function updateMessage(args: ApiArguments, { workspace }: ApiContext): ApiReply {
  const message = workspace.find(text(args.channel), text(args.ts));
  if (!message) return error('message_not_found');
  if (message.user !== BOT_USER) return error('cant_update_message');
  const checked = checkedBlocks(args);
  if ('ok' in checked) return checked as ApiReply;
  message.text = text(args.text);
  message.blocks = checked.blocks as readonly unknown[];
  message.edited = true;
  workspace.announce({ kind: 'message', message });
  return { ok: true, channel: message.channel, ts: message.ts, text: message.text };
}

function postEphemeral(args: ApiArguments, { workspace }: ApiContext): ApiReply {
  const channel = workspace.channel(text(args.channel));
  if (!channel) return error('channel_not_found');
  if (!channel.members.includes(text(args.user))) return error('user_not_in_channel');
  const threadTs = text(args.thread_ts);
  const said = { channel: channel.id, user: BOT_USER, text: text(args.text), onlyFor: text(args.user) };
  // Slack shows an ephemeral message in a thread only if the thread is active, that is, has a reply; it says ok all the same.
  const shown = !threadTs || workspace.messages.some((one) => one.channel === channel.id && one.threadTs === threadTs);
  if (!shown) return { ok: true, message_ts: workspace.nextTs() };
  const message = workspace.post({ ...said, ...(threadTs ? { threadTs } : {}) });
  return { ok: true, message_ts: message.ts };
}

function completeUpload(args: ApiArguments, { workspace, uploads, echo }: ApiContext): ApiReply {
  const files = nested(args.files) as { id: string }[] | undefined;
  const channel = workspace.channel(text(args.channel_id));
  if (!channel) return error('channel_not_found');
  const complete: SandboxFile[] = [];
  for (const { id } of files ?? []) {
    const upload = uploads.get(id);
    if (!upload?.content) return error('file_not_found');
    complete.push({ id, name: upload.name, size: upload.content.length, content: upload.content });
    uploads.delete(id);
  }
  if (!complete.length) return error('invalid_arguments');
  const threadTs = text(args.thread_ts);
  const message = workspace.post({
    channel: channel.id,
    user: BOT_USER,
    text: text(args.initial_comment),
    files: complete,
    ...(threadTs ? { threadTs } : {}),
  });
  echo(message);
  return { ok: true, files: complete.map(({ id, name }) => ({ id, title: name })) };
}
