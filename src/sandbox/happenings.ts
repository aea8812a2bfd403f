import { toSlackUser } from './people-methods.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { channelType, toSlackMessage } from './slack-message.ts';
import { BOT_USER, type SandboxChannel, type SandboxMessage, TEAM } from './workspace.ts';

/** What changes in a workspace besides messages that are posted, told to the bot as Slack tells it. */
export interface Happenings {
  /** Somebody edits a message of their own. */
  edit(channel: string, ts: string, text: string): void;
  /** Somebody deletes a message of their own. */
  remove(channel: string, ts: string): void;
  /** The bot is taken out of a conversation, or let in. */
  removeBot(channel: string): void;
  inviteBot(channel: string): void;
  archiveChannel(channel: string): void;
  deleteChannel(channel: string): void;
  /** A channel is shared with another company, or no longer. */
  shareChannel(channel: string, external?: boolean): void;
  /** A person's account is deactivated. */
  deactivate(user: string): void;
  /** The members of a user group are others than before. */
  setGroup(group: string, users: readonly string[]): void;
  /** Somebody presses Stop on the bot's session. */
  stopSession(user: string, channel: string, threadTs: string): void;
  tellChanged(message: SandboxMessage, before: Record<string, unknown>): void;
  tellDeleted(message: SandboxMessage): void;
}

type SendEvent = (inner: Record<string, unknown>, channel: string) => void;

const BY = 'U0NORA';

export function happeningsIn(context: SandboxContext, event: SendEvent): Happenings {
  const { workspace } = context;
  const channelOf = (id: string): SandboxChannel => {
    const channel = workspace.channel(id);
    if (!channel) throw new Error(`there is no conversation ${id}`);
    return channel;
  };
  const messageOf = (channel: string, ts: string): SandboxMessage => {
    const message = workspace.find(channel, ts);
    if (!message) throw new Error(`there is no message ${ts} in ${channel}`);
    return message;
  };
  const { tellChanged, tellDeleted } = tellersOf(context, event);
  const changed = () => workspace.announce({ kind: 'workspace' });
  const about = (channel: string) => ({
    channel,
    channel_type: channelType(channel, workspace),
    event_ts: workspace.nextTs(),
  });

  return {
    tellChanged,
    tellDeleted,
    ...peopleHappenings(context, event),
    edit(channel, ts, text) {
      const message = messageOf(channel, ts);
      const before = toSlackMessage(message, workspace);
      Object.assign(message, { text, edited: true });
      workspace.announce({ kind: 'message', message });
      tellChanged(message, before);
    },
    remove(channel, ts) {
      const message = messageOf(channel, ts);
      workspace.remove(message);
      tellDeleted(message);
    },
    removeBot(id) {
      const channel = channelOf(id);
      channel.members = channel.members.filter((member) => member !== BOT_USER);
      event({ type: 'member_left_channel', user: BOT_USER, team: TEAM, ...about(id) }, id);
      event({ type: channel.kind === 'private' ? 'group_left' : 'channel_left', actor_id: BY, ...about(id) }, id);
      changed();
    },
    inviteBot(id) {
      const channel = channelOf(id);
      channel.members = [...new Set([...channel.members, BOT_USER])];
      event({ type: 'member_joined_channel', user: BOT_USER, team: TEAM, inviter: BY, ...about(id) }, id);
      changed();
    },
    archiveChannel(id) {
      channelOf(id).archived = true;
      event(
        { type: channelOf(id).kind === 'private' ? 'group_archive' : 'channel_archive', user: BY, ...about(id) },
        id,
      );
      changed();
    },
    deleteChannel(id) {
      const channel = channelOf(id);
      event({ type: channel.kind === 'private' ? 'group_deleted' : 'channel_deleted', ...about(id) }, id);
      workspace.channels.splice(workspace.channels.indexOf(channel), 1);
      changed();
    },
    shareChannel(id, external = true) {
      channelOf(id).external = external;
      const shared = external
        ? { type: 'channel_shared', connected_team_id: 'T0ACME' }
        : { type: 'channel_unshared', previously_connected_team_id: 'T0ACME', is_ext_shared: false };
      event({ ...shared, ...about(id) }, id);
      changed();
    },
    stopSession(user, channel, threadTs) {
      const streaming = workspace.messages.filter(
        (one) => one.channel === channel && one.threadTs === threadTs && one.streaming === 'in_progress',
      );
      for (const message of streaming) message.streaming = 'completed';
      const stopped = { streaming_message_ts: streaming.map(({ ts }) => ts), event_ts: workspace.nextTs() };
      event({ type: 'agent_session_stopped', channel, user, thread_ts: threadTs, ...stopped }, channel);
    },
  };
}

function peopleHappenings(context: SandboxContext, event: SendEvent): Pick<Happenings, 'deactivate' | 'setGroup'> {
  const { workspace } = context;
  return {
    deactivate(id) {
      const user = workspace.user(id);
      if (!user) throw new Error(`there is no person ${id}`);
      user.deleted = true;
      for (const channel of workspace.channels)
        if (channel.kind !== 'im') channel.members = channel.members.filter((member) => member !== id);
      const seen = toSlackUser(user, workspace, context.manifest);
      event(
        { type: 'user_change', user: seen, cache_ts: Math.floor(Date.now() / 1_000), event_ts: workspace.nextTs() },
        '',
      );
      workspace.announce({ kind: 'workspace' });
    },
    setGroup(group, users) {
      const before = workspace.groups[group] ?? [];
      workspace.groups[group] = users;
      const [added, removed] = [
        users.filter((one) => !before.includes(one)),
        before.filter((one) => !users.includes(one)),
      ];
      event(
        {
          type: 'subteam_members_changed',
          subteam_id: group,
          team_id: TEAM,
          added_users: added,
          added_users_count: added.length,
          removed_users: removed,
          removed_users_count: removed.length,
          event_ts: workspace.nextTs(),
        },
        '',
      );
    },
  };
}

/** Events about messages that were changed or deleted, by a person or by the app itself. */
function tellersOf({ workspace }: SandboxContext, event: SendEvent): Pick<Happenings, 'tellChanged' | 'tellDeleted'> {
  const joined = ({ channel }: SandboxMessage) => workspace.channel(channel)?.members.includes(BOT_USER) ?? false;
  const about = ({ channel }: SandboxMessage) => {
    const ts = workspace.nextTs();
    return { type: 'message', hidden: true, channel, channel_type: channelType(channel, workspace), ts, event_ts: ts };
  };
  return {
    tellChanged(message, before) {
      const now = toSlackMessage(message, workspace);
      if (joined(message))
        event(
          { ...about(message), subtype: 'message_changed', message: now, previous_message: before },
          message.channel,
        );
    },
    tellDeleted(message) {
      const before = toSlackMessage(message, workspace);
      if (joined(message))
        event(
          { ...about(message), subtype: 'message_deleted', deleted_ts: message.ts, previous_message: before },
          message.channel,
        );
    },
  };
}
