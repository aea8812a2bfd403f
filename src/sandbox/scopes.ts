import { type ApiArguments, type ApiReply, error, text } from './api-call.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { channelType } from './slack-message.ts';

/** The scopes of which a method needs one, from the method pages; `*` stands for the kind of the conversation. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.startStream': ['chat:write'],
  'chat.appendStream': ['chat:write'],
  'chat.stopStream': ['chat:write'],
  'conversations.info': ['*:read'],
  'conversations.members': ['*:read'],
  'conversations.replies': ['*:history'],
  'conversations.history': ['*:history'],
  'users.info': ['users:read'],
  'users.list': ['users:read'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'reactions.add': ['reactions:write'],
  'reactions.remove': ['reactions:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'assistant.threads.setStatus': ['assistant:write', 'chat:write'],
  'assistant.threads.setSuggestedPrompts': ['assistant:write'],
  'assistant.threads.setTitle': ['assistant:write'],
  'agents.sessions.setStatus': ['assistant:write'],
  'agents.sessions.rename': ['assistant:write'],
};

/** Why the app's scopes do not allow a call; undefined where they do, or where the manifest names none. */
export function lackingScope(
  method: string,
  args: ApiArguments,
  { manifest, workspace }: SandboxContext,
): ApiReply | undefined {
  const { scopes } = manifest;
  const wanted = method === 'conversations.open' ? [scopeToOpen(args)] : NEEDED[method];
  if (!scopes || !wanted) return undefined;
  const kind = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' }[
    channelType(text(args.channel), workspace)
  ]!;
  const needed = wanted.map((scope) => scope.replace('*', kind));
  if (needed.some((scope) => scopes.includes(scope))) return undefined;
  return error('missing_scope', { needed: needed.join(','), provided: scopes.join(',') });
}

const scopeToOpen = ({ users }: ApiArguments) => (text(users).includes(',') ? 'mpim:write' : 'im:write');

/** Whether the app's manifest subscribes to an event. Of `message`, each kind of conversation is subscribed to by itself. */
export function subscribed(
  event: { readonly type?: unknown; readonly channel_type?: unknown },
  { events }: SandboxContext['manifest'],
): boolean {
  if (!events) return true;
  const kind = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' }[String(event.channel_type)];
  return events.includes(event.type === 'message' ? `message.${kind}` : String(event.type));
}
