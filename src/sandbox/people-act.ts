import type { SandboxContext } from './sandbox-context.ts';
import { toSlackMessage } from './web-api.ts';
import { BOT_USER, type SandboxMessage, TEAM } from './workspace.ts';

/** What people do in the workspace, told to the bot as Slack tells it. */
export interface PeopleAct {
  /** Posts as a person and tells the bot, as the page does. */
  say(user: string, channel: string, text: string, threadTs?: string): SandboxMessage;
  /** Presses a button of a message, or picks from its list. */
  press(user: string, channel: string, ts: string, actionId: string, value: string): void;
  /** Opens the direct messages with the bot. */
  open(user: string, channel: string): void;
  /** Tells the bot about a message, as Slack echoes what apps post. */
  echo(message: SandboxMessage): void;
  /** Sends an event that no conversation is about, such as `tokens_revoked`. */
  tell(event: Record<string, unknown>): void;
}

export function peopleActing({ workspace, sockets, triggers }: SandboxContext): PeopleAct {
  function event(inner: Record<string, unknown>, channel: string): void {
    sockets.deliver('events_api', {
      type: 'event_callback',
      team_id: TEAM,
      api_app_id: 'A0QUERENT',
      event_id: workspace.nextId('Ev'),
      event_time: Math.floor(Date.now() / 1_000),
      is_ext_shared_channel: workspace.channel(channel)?.external ?? false,
      authorizations: [{ team_id: TEAM, user_id: BOT_USER, is_bot: true }],
      event: inner,
    });
  }

  /** A message in a joined conversation; one that mentions the bot is sent as a mention too, as Slack does. */
  function echo(message: SandboxMessage): void {
    const channel = workspace.channel(message.channel);
    if (!channel?.members.includes(BOT_USER)) return;
    const body = {
      ...toSlackMessage(message),
      channel: channel.id,
      channel_type: channel.kind === 'im' ? 'im' : channel.kind === 'private' ? 'group' : 'channel',
      event_ts: message.ts,
    };
    if (message.text.includes(`<@${BOT_USER}>`) && channel.kind !== 'im')
      event({ ...body, type: 'app_mention' }, channel.id);
    event(body, channel.id);
  }

  return {
    echo,
    say(user, channel, text, threadTs) {
      const message = workspace.post({ channel, user, text, ...(threadTs ? { threadTs } : {}) });
      echo(message);
      return message;
    },
    press(user, channel, ts, actionId, value) {
      const message = workspace.find(channel, ts);
      if (!message) return;
      const trigger = workspace.nextId('trigger.');
      triggers.set(trigger, { user, at: Date.now() });
      const type = elementType(message.blocks, actionId);
      const picked =
        type === 'static_select' || type === 'overflow'
          ? { type, selected_option: { text: { type: 'plain_text', text: value }, value } }
          : { type: 'button', value };
      sockets.deliver('interactive', {
        type: 'block_actions',
        team: { id: TEAM, domain: 'fernhill' },
        user: { id: user, name: workspace.user(user)?.name ?? user, team_id: TEAM },
        api_app_id: 'A0QUERENT',
        token: 'sandbox',
        trigger_id: trigger,
        container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
        channel: { id: channel, name: workspace.channel(channel)?.name ?? '' },
        message: toSlackMessage(message),
        actions: [{ ...picked, action_id: actionId, block_id: 'sandbox', action_ts: workspace.nextTs() }],
      });
    },
    open(user, channel) {
      event({ type: 'app_home_opened', user, channel, tab: 'messages', event_ts: workspace.nextTs() }, channel);
    },
    tell: (inner) => event(inner, ''),
  };
}

interface WithElements {
  readonly elements?: readonly { readonly type?: string; readonly action_id?: string }[];
  readonly child_blocks?: readonly unknown[];
}

/** The type of the element of this id, in a block or in one of its own. */
function elementType(blocks: readonly unknown[], actionId: string): string | undefined {
  for (const block of blocks as readonly WithElements[]) {
    const own = block.elements?.find((element) => element.action_id === actionId)?.type;
    const type = own ?? (block.child_blocks && elementType(block.child_blocks, actionId));
    if (type !== undefined) return type;
  }
  return undefined;
}
