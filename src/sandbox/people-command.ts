import type { Node } from './elements.ts';
import type { Interacting } from './people-interact.ts';
import { newResponseUrl, showAnswer } from './responses.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { toSlackMessage } from './slack-message.ts';
import { BOT_USER, TEAM } from './workspace.ts';

/** How people call the app by name: slash commands and shortcuts. Each resolves with whether the app acknowledged. */
export interface PeopleCall {
  /** Sends a slash command, such as `/querent help`. */
  command(user: string, channel: string, text: string): Promise<boolean>;
  /** Picks one of the app's global shortcuts. */
  shortcut(user: string, callbackId: string): Promise<boolean>;
  /** Picks a shortcut in the menu of a message. */
  messageShortcut(user: string, channel: string, ts: string, callbackId: string): Promise<boolean>;
}

export function peopleCalling(context: SandboxContext, { from, newTrigger }: Interacting): PeopleCall {
  const { workspace, sockets, manifest } = context;
  const actionTs = () => workspace.nextTs();

  async function send(
    type: 'interactive' | 'slash_commands',
    user: string,
    payload: Node,
    what: string,
  ): Promise<Node | undefined> {
    const { acknowledged, payload: answer } = await sockets.ask(type, payload);
    if (acknowledged) return (answer ?? {}) as Node;
    workspace.announce({ kind: 'trouble', user, text: `${what} failed because the app did not respond.` });
    return undefined;
  }

  const named = (callbackId: string, type: 'message' | 'global') => {
    if (!manifest.shortcuts.some((one) => one.callback_id === callbackId && one.type === type))
      throw new Error(`the app's manifest has no ${type} shortcut “${callbackId}”`);
  };

  return {
    async command(user, channel, text) {
      const [command = ''] = text.trim().split(/\s+/);
      if (!manifest.commands.some((one) => one.command === command)) {
        workspace.post({
          channel,
          user: BOT_USER,
          text: `\`${command}\` is not a command of this workspace.`,
          onlyFor: user,
        });
        return false;
      }
      const { name } = workspace.user(user) ?? { name: user };
      const payload = {
        token: 'sandbox',
        team_id: TEAM,
        team_domain: 'fernhill',
        channel_id: channel,
        channel_name:
          workspace.channel(channel)?.kind === 'im' ? 'directmessage' : (workspace.channel(channel)?.name ?? ''),
        user_id: user,
        user_name: name.toLowerCase(),
        command,
        text: text.trim().slice(command.length).trim(),
        api_app_id: 'A0QUERENT',
        is_enterprise_install: 'false',
        response_url: newResponseUrl({ user, channel }, context),
        trigger_id: newTrigger(user),
      };
      const answer = await send('slash_commands', user, payload, command);
      if (answer && (answer.text || answer.blocks))
        showAnswer({ user, channel }, { ...answer, blocks: (answer.blocks ?? []) as readonly unknown[] }, context);
      return answer !== undefined;
    },
    async shortcut(user, callbackId) {
      named(callbackId, 'global');
      const payload = {
        type: 'shortcut',
        callback_id: callbackId,
        ...from(user),
        trigger_id: newTrigger(user),
        action_ts: actionTs(),
      };
      return (await send('interactive', user, payload, 'The shortcut')) !== undefined;
    },
    async messageShortcut(user, channel, ts, callbackId) {
      named(callbackId, 'message');
      const message = workspace.find(channel, ts);
      if (!message) throw new Error(`there is no message ${ts} in ${channel}`);
      const payload = {
        type: 'message_action',
        callback_id: callbackId,
        ...from(user),
        trigger_id: newTrigger(user),
        action_ts: actionTs(),
        response_url: newResponseUrl(
          { user, channel, ...(message.threadTs ? { threadTs: message.threadTs } : {}) },
          context,
        ),
        channel: { id: channel, name: workspace.channel(channel)?.name ?? '' },
        message_ts: ts,
        message: toSlackMessage(message, workspace),
      };
      return (await send('interactive', user, payload, 'The shortcut')) !== undefined;
    },
  };
}
