import { type ApiArguments, type ApiReply, error, type Method, text } from './api-call.ts';
import { toSlackMessage } from './slack-message.ts';
import { BOT_USER, type SandboxChannel, type SandboxMessage, TEAM, type Workspace } from './workspace.ts';

/** The methods about conversations. A private one that the bot is not in does not exist for it. */
export const CONVERSATION_METHODS: Readonly<Record<string, Method>> = {
  'conversations.info': (args, { workspace }) => {
    const channel = known(text(args.channel), workspace);
    return channel ? { ok: true, channel: described(channel) } : error('channel_not_found');
  },
  'conversations.members': (args, { workspace }) => {
    const channel = known(text(args.channel), workspace);
    if (!channel) return error('channel_not_found');
    const { page, next } = cut(channel.members, args, PAGE);
    return { ok: true, members: page, response_metadata: { next_cursor: next } };
  },
  'conversations.replies': (args, { workspace }) => {
    const [channel, ts] = [known(text(args.channel), workspace), text(args.ts)];
    if (!channel) return error('channel_not_found');
    const root = workspace.find(channel.id, ts);
    if (!root) return error('thread_not_found');
    const replies = workspace.messages.filter((one) => one.channel === channel.id && one.threadTs === ts);
    return paged(args, [root, ...replies], workspace);
  },
  'conversations.history': (args, { workspace }) => {
    const channel = known(text(args.channel), workspace);
    if (!channel) return error('channel_not_found');
    const roots = workspace.messages.filter((one) => one.channel === channel.id && one.threadTs === undefined);
    return paged(args, roots.reverse(), workspace);
  },
  'conversations.open': (args, { workspace }) => {
    const people = text(args.users).split(',').filter(Boolean);
    if (!people.length) return error('users_list_not_supplied');
    const unknown = people.find((id) => !workspace.user(id));
    if (unknown) return error('user_not_found');
    if (people.some((id) => workspace.user(id)?.deleted)) return error('user_disabled');
    const channel = workspace.directWith(people);
    return channel ? { ok: true, channel: { id: channel.id } } : error('cannot_dm_bot');
  },
};

const known = (id: string, workspace: Workspace) => {
  const channel = workspace.channel(id);
  return channel?.kind === 'public' || channel?.members.includes(BOT_USER) ? channel : undefined;
};

function described({
  id,
  name,
  kind,
  external,
  orgShared,
  archived,
  members,
}: SandboxChannel): Record<string, unknown> {
  const direct = kind === 'im';
  return {
    id,
    name: direct ? undefined : name,
    is_channel: kind === 'public' || kind === 'private',
    is_group: kind === 'private',
    is_im: direct,
    is_mpim: kind === 'mpim',
    is_private: kind !== 'public',
    is_archived: archived ?? false,
    is_shared: external || (orgShared ?? false),
    is_ext_shared: external,
    is_org_shared: orgShared ?? false,
    is_pending_ext_shared: false,
    is_member: members.includes(BOT_USER),
    context_team_id: TEAM,
    ...(direct ? { user: members.find((member) => member !== BOT_USER) } : {}),
  };
}

/** What Slack does without limit. */
const PAGE = 100;

/** A page of a list as `limit` and `cursor` ask for it. */
export function cut<T>(
  all: readonly T[],
  args: ApiArguments,
  size: number,
): { readonly page: readonly T[]; readonly next: string } {
  const from = Number(text(args.cursor)) || 0;
  const to = from + (Number(text(args.limit)) || size);
  return { page: all.slice(from, to), next: to < all.length ? String(to) : '' };
}

/** A page of messages as `limit`, `oldest` and `cursor` ask for it; what is ephemeral is in no history. */
function paged(args: ApiArguments, messages: readonly SandboxMessage[], workspace: Workspace): ApiReply {
  const wanted = messages.filter(({ onlyFor, ts }) => onlyFor === undefined && ts >= text(args.oldest));
  const { page, next } = cut(wanted, args, PAGE);
  return {
    ok: true,
    has_more: next !== '',
    messages: page.map((message) => toSlackMessage(message, workspace)),
    response_metadata: { next_cursor: next },
  };
}
