import { findElement, type Given } from './elements.ts';
import { type Happenings, happeningsIn } from './happenings.ts';
import { type PeopleCall, peopleCalling } from './people-command.ts';
import { actionOf, type Interacting, NO_ANSWER, type PeopleInView, peopleInViews } from './people-interact.ts';
import { newResponseUrl } from './responses.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { subscribed } from './scopes.ts';
import { channelType, toSlackMessage } from './slack-message.ts';
import { toSlackView } from './views.ts';
import { BOT_USER, ENTERPRISE, type SandboxMessage, TEAM } from './workspace.ts';

/** What people do in the workspace, told to the bot as Slack tells it. */
export interface PeopleAct extends PeopleInView, PeopleCall, Happenings {
  /** Posts as a person and tells the bot, as the page does. */
  say(user: string, channel: string, text: string, threadTs?: string): SandboxMessage;
  /** Presses a button of a message, or picks from its list. */
  press(user: string, channel: string, ts: string, actionId: string, value: Given): void;
  /** Opens the direct messages with the bot. */
  open(user: string, channel: string): void;
  /** Opens the bot's Home. */
  openHome(user: string): void;
  /** Tells the bot about a message, as Slack echoes what apps post. */
  echo(message: SandboxMessage): void;
  /** Sends an event that no conversation is about, such as `tokens_revoked`. */
  tell(event: Record<string, unknown>): void;
}

export function peopleActing(context: SandboxContext): PeopleAct {
  const { workspace, sockets, triggers, views, manifest } = context;
  function event(inner: Record<string, unknown>, channel: string): void {
    if (!subscribed(inner, manifest)) return;
    sockets.deliver('events_api', {
      type: 'event_callback',
      team_id: TEAM,
      ...(workspace.grid ? { enterprise_id: ENTERPRISE } : {}),
      api_app_id: 'A0QUERENT',
      event_id: workspace.nextId('Ev'),
      event_time: Math.floor(workspace.now() / 1_000),
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
      ...toSlackMessage(message, workspace),
      channel: channel.id,
      channel_type: channelType(channel.id, workspace),
      ...(message.files.length ? { subtype: 'file_share' } : {}),
      event_ts: message.ts,
    };
    if (message.text.includes(`<@${BOT_USER}>`) && channel.kind !== 'im')
      event({ ...body, type: 'app_mention' }, channel.id);
    event(body, channel.id);
  }

  const interacting: Interacting = {
    from: (user) => ({
      team: { id: TEAM, domain: 'fernhill' },
      user: personIn(context, user),
      api_app_id: 'A0QUERENT',
      token: 'sandbox',
      ...(workspace.grid ? { enterprise: { id: ENTERPRISE, name: 'Fernhill' } } : { enterprise: null }),
      is_enterprise_install: false,
    }),
    newTrigger(user) {
      const id = workspace.nextId('trigger.');
      triggers.set(id, { user, at: Date.now() });
      return id;
    },
  };
  const directWith = (user: string) =>
    workspace.channels.find((one) => one.kind === 'im' && one.members.includes(user))?.id ?? '';

  return {
    echo,
    say(user, channel, text, threadTs) {
      const message = workspace.post({ channel, user, text, ...(threadTs ? { threadTs } : {}) });
      echo(message);
      return message;
    },
    press: (user, channel, ts, actionId, value) => {
      const message = workspace.find(channel, ts);
      if (message) pressMessage(context, interacting, { user, message, actionId, value });
    },
    open(user, channel) {
      event({ type: 'app_home_opened', user, channel, tab: 'messages', event_ts: workspace.nextTs() }, channel);
    },
    openHome(user) {
      const [channel, view] = [directWith(user), views.homeOf(user)];
      const shown = view ? { view: toSlackView(view) } : {};
      event({ type: 'app_home_opened', user, channel, tab: 'home', event_ts: workspace.nextTs(), ...shown }, channel);
    },
    tell: (inner) => event(inner, ''),
    ...happeningsIn(context, event),
    ...peopleInViews(context, interacting),
    ...peopleCalling(context, interacting),
  };
}

const personIn = ({ workspace }: SandboxContext, id: string) => {
  const name = workspace.user(id)?.name ?? id;
  return { id, name, username: name.toLowerCase(), team_id: workspace.teamOf(id) };
};

interface Pressed {
  readonly user: string;
  readonly message: SandboxMessage;
  readonly actionId: string;
  readonly value: Given;
}

function pressMessage(
  context: SandboxContext,
  { from, newTrigger }: Interacting,
  { user, message, actionId, value }: Pressed,
): void {
  const { workspace, sockets } = context;
  const { channel, ts, threadTs, onlyFor } = message;
  const held = findElement(message.blocks, actionId) ?? {
    block: {},
    blockId: 'sandbox',
    actionId,
    element: { type: 'button' },
  };
  const sent = {
    type: 'block_actions',
    ...from(user),
    trigger_id: newTrigger(user),
    response_url: newResponseUrl({ user, channel, message, ...(threadTs ? { threadTs } : {}) }, context),
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel,
      is_ephemeral: onlyFor !== undefined,
      ...(threadTs ? { thread_ts: threadTs } : {}),
    },
    channel: { id: channel, name: workspace.channel(channel)?.name ?? '' },
    message: toSlackMessage(message, workspace),
    actions: [actionOf({ ...held, blockId: held.blockId || 'sandbox' }, value, new Map(), workspace.nextTs())],
  };
  sockets.tell('interactive', sent, () => workspace.announce({ kind: 'trouble', user, text: NO_ANSWER }));
}
