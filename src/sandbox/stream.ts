import type http from 'node:http';
import { toPageEntry } from './journal.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { toPageView } from './views.ts';
import { BOT_USER, type Change, type SandboxMessage } from './workspace.ts';

const BEAT_MS = 15_000;

/** Server-sent events for one person: the workspace first, then every change that they may see. False for nobody we know. */
export function streamTo(
  user: string,
  { workspace, traceOf, views, manifest, journal }: SandboxContext,
  response: http.ServerResponse,
): boolean {
  if (!workspace.user(user)) return false;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (kind: string, data: unknown) => response.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
  const mine = () => workspace.channels.filter((channel) => channel.members.includes(user));
  const isMine = (id: string) => mine().some((channel) => channel.id === id);
  const sees = (message: SandboxMessage) =>
    isMine(message.channel) && (message.onlyFor === undefined || message.onlyFor === user);
  const hello = (again: boolean) =>
    send('hello', {
      me: user,
      again,
      bot: BOT_USER,
      users: workspace.users,
      channels: mine(),
      traces: traceOf !== undefined,
      commands: manifest.commands,
      shortcuts: manifest.shortcuts,
      homeTab: manifest.homeTab,
      // Ephemeral messages do not outlive the page that they were shown on.
      messages: workspace.messages.filter((message) => sees(message) && message.onlyFor === undefined).map(toPage),
    });
  hello(false);
  const modal = views.stackOf(user).at(-1);
  if (modal) send('view', toPageView(modal));
  const home = views.homeOf(user);
  if (home) send('home', toPageView(home));
  const off = workspace.onChange((change: Change) => {
    if (change.kind === 'message' && sees(change.message)) send('message', toPage(change.message));
    if ((change.kind === 'status' || change.kind === 'prompts') && isMine(change.channel)) send(change.kind, change);
    if (change.kind === 'workspace') hello(true);
    if (change.kind === 'gone' && sees(change.message)) send('gone', { ts: change.message.ts });
    if ((change.kind === 'view' || change.kind === 'home') && change.user === user) send(change.kind, change.view);
    if ((change.kind === 'view-errors' || change.kind === 'trouble') && change.user === user) send(change.kind, change);
  });
  const unwatch = journal.onEntry((entry) => send('journal', toPageEntry(entry)));
  const beat = setInterval(() => response.write(': beat\n\n'), BEAT_MS);
  response.on('close', () => {
    clearInterval(beat);
    off();
    unwatch();
  });
  return true;
}

const toPage = ({ files, metadata, ...message }: SandboxMessage) => ({
  ...message,
  files: files.map(({ id, name, size }) => ({ id, name, size })),
  ...runOf(metadata),
});

/** The run that a message of the bot's is part of. */
function runOf(metadata: unknown): { readonly run?: string } {
  const { event_payload: payload } = (metadata ?? {}) as { event_payload?: { run_id?: unknown } };
  return typeof payload?.run_id === 'string' ? { run: payload.run_id } : {};
}
