import { readFileSync } from 'node:fs';
import { WebClient } from '@slack/web-api';
import type { CheckResult } from '#src/domain/health.ts';
import { callFault } from '#src/slack-api/call-faults.ts';
import { checkSlack } from './check-slack.ts';
import { SILENT } from './clients.ts';
import { listenOnce, type SocketFinding } from './listen-once.ts';
import { type SampleLayout, sampleLayouts } from './sample-layouts.ts';
import type { BotTokens } from './start-bot.ts';

const TIMEOUT_MS = 10_000;
const ECHO_MS = 6_000;

const MANIFEST = new URL('../../deploy/slack/manifest.json', import.meta.url);

/** What a look at a workspace comes to: token, scopes, Socket Mode and events; with a channel, each layout is posted there. */
export async function checkWorkspace(tokens: BotTokens, channel: string | undefined): Promise<readonly CheckResult[]> {
  const signedIn = await checkSlack(tokens);
  if (signedIn.state === 'wrong') return [signedIn];
  const client = clientOf(tokens.botToken, tokens);
  const socket = await listenOnce(clientOf(tokens.appToken, tokens));
  try {
    return [
      signedIn,
      await scopesOf(client),
      sayingSocket(socket),
      ...(channel ? await postingIn(channel, client, socket) : [WITHOUT_CHANNEL]),
    ];
  } finally {
    socket.close();
  }
}

const clientOf = (token: string, { apiUrl }: BotTokens) =>
  new WebClient(token, {
    timeout: TIMEOUT_MS,
    retryConfig: { retries: 1 },
    logger: SILENT,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  });

const WITHOUT_CHANNEL: CheckResult = {
  part: 'Slack events',
  state: 'off',
  says: 'not looked at; name a channel that the bot is in with --channel, where each layout is then posted',
};

/** The scopes that the token has against those of the manifest: Slack names them with every reply. */
async function scopesOf(client: WebClient): Promise<CheckResult> {
  const part = 'Slack scopes';
  const granted = (await client.auth.test()).response_metadata?.scopes;
  if (!granted) return { part, state: 'off', says: 'Slack did not say which scopes the token has.' };
  const wanted = manifestScopes();
  const missing = wanted.filter((scope) => !granted.includes(scope));
  const beyond = granted.filter((scope) => !wanted.includes(scope));
  if (missing.length)
    return {
      part,
      state: 'wrong',
      says: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: update the app from deploy/slack/manifest.json and install it again.`,
    };
  const more = beyond.length ? `; ${beyond.join(', ')} is more than it needs` : '';
  return { part, state: 'ok', says: `all ${wanted.length} of the manifest${more}` };
}

function manifestScopes(): readonly string[] {
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as {
    readonly oauth_config?: { readonly scopes?: { readonly bot?: readonly string[] } };
  };
  return manifest.oauth_config?.scopes?.bot ?? [];
}

function sayingSocket(socket: SocketFinding): CheckResult {
  const part = 'Slack Socket Mode';
  if (socket.kind === 'refused')
    return {
      part,
      state: 'wrong',
      says: `Slack answers ${socket.code}. Check SLACK_APP_TOKEN and its scope connections:write.`,
    };
  if (socket.kind === 'silent')
    return {
      part,
      state: 'wrong',
      says: 'a connection was given and nobody answered on it: does a proxy keep web sockets away?',
    };
  const others = socket.connections - 1;
  const running = others > 0 ? `; ${others} other connection${others === 1 ? '' : 's'} of this app` : '';
  return { part, state: 'ok', says: `connects, greeted after ${socket.ms} ms${running}` };
}

/** Posts each layout in a thread of the channel, and says what is refused; the echo of the first shows that events come. */
async function postingIn(channel: string, client: WebClient, socket: SocketFinding): Promise<readonly CheckResult[]> {
  const opening = { channel, text: 'A look at what this workspace takes: each layout of Querent is in the thread.' };
  const part = 'Slack channel';
  const root = await client.chat.postMessage(opening).then(
    ({ ts }) => ({ ts: ts ?? '' }),
    (error: unknown) => ({ why: callFault(error)?.code ?? 'an error of its own' }),
  );
  if ('why' in root)
    return [
      { part, state: 'wrong', says: `Slack answers ${root.why} in ${channel}. Invite the bot there with /invite.` },
    ];
  const heard = socket.kind === 'greeted' ? await socket.hears(root.ts, ECHO_MS) : false;
  const layouts: CheckResult[] = [];
  for (const layout of sampleLayouts()) layouts.push(await taken(layout, { channel, thread_ts: root.ts }, client));
  return [sayingEvents(heard, socket), ...layouts];
}

function sayingEvents(heard: boolean, socket: SocketFinding): CheckResult {
  const part = 'Slack events';
  if (heard) return { part, state: 'ok', says: 'what is posted in the channel comes here' };
  if (socket.kind === 'greeted' && socket.connections > 1)
    return {
      part,
      state: 'off',
      says: 'the bot is running, and Slack sends each event to one connection: stop it to look at events.',
    };
  return {
    part,
    state: 'wrong',
    says: 'what was posted did not come: are message.channels and message.groups among the events of the app?',
  };
}

/** One layout: looked at by the API where it has a method for that, then posted. */
async function taken(
  { name, message: { text, blocks } }: SampleLayout,
  where: { readonly channel: string; readonly thread_ts: string },
  client: WebClient,
): Promise<CheckResult> {
  const part = `layout: ${name}`;
  const validated = await refusalOf(client.apiCall('blocks.validate', { blocks }));
  const refused = await refusalOf(
    client.chat.postMessage({ ...where, text, blocks: blocks as never, unfurl_links: false }),
  );
  if (refused) return { part, state: 'wrong', says: `refused: ${refused}` };
  const doubt = validated && !UNKNOWN.test(validated) ? `; blocks.validate says ${validated}` : '';
  return { part, state: 'ok', says: `posted${doubt}` };
}

/** Answers of a workspace that has no such method for this app. */
const UNKNOWN = /^(?:unknown_method|not_allowed_token_type|missing_scope|access_denied)/;

async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    const fault = callFault(error);
    if (!fault) throw error;
    const places = fault.kind === 'refused' ? fault.messages.slice(0, 3).join('; ') : '';
    return places ? `${fault.code} (${places})` : fault.code;
  }
}
