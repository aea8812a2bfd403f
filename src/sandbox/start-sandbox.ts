import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { readBody } from './read-body.ts';
import { SocketMode } from './socket-mode.ts';
import { type ApiContext, callApi, type Fault, toSlackMessage } from './web-api.ts';
import { BOT_USER, type Change, type SandboxMessage, TEAM, Workspace } from './workspace.ts';

export interface SandboxOptions {
  /** 0 takes a free port. */
  readonly port: number;
}

export interface Sandbox {
  /** The page, with the token that opens it. */
  readonly url: string;
  /** What the bot is given as Slack's API address. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly workspace: Workspace;
  readonly sockets: SocketMode;
  readonly faults: Map<string, Fault[]>;
  /** Posts as a person and tells the bot, as the page does. */
  say(user: string, channel: string, text: string, threadTs?: string): SandboxMessage;
  /** Sends an event that no conversation is about, such as `tokens_revoked`. */
  tell(event: Record<string, unknown>): void;
  /** Presses a button of a message as a person. */
  press(user: string, channel: string, ts: string, actionId: string, value: string): void;
  stop(): Promise<void>;
}

const MAX_UPLOAD = 20 * 1024 * 1024;

/** Starts the local server that speaks enough of Slack's Web API and Socket Mode for the unmodified bot, and its page. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const workspace = new Workspace();
  const sockets = new SocketMode(() => workspace.nextId('E'));
  const token = randomBytes(18).toString('base64url');
  const [botToken, appToken] = [
    `xoxb-sandbox-${randomBytes(12).toString('hex')}`,
    `xapp-sandbox-${randomBytes(12).toString('hex')}`,
  ];
  const tickets = new Set<string>();
  let origin = '';
  const context: ApiContext = {
    workspace,
    origin: () => origin,
    socketTicket: () => {
      const ticket = randomBytes(18).toString('base64url');
      tickets.add(ticket);
      return `${origin.replace('http', 'ws')}/socket?ticket=${ticket}`;
    },
    uploads: new Map(),
    triggers: new Map(),
    echo: (message) => sendEvent(message),
    faults: new Map(),
  };

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
  function sendEvent(message: SandboxMessage): void {
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

  const say: Sandbox['say'] = (user, channel, text, threadTs) => {
    const message = workspace.post({ channel, user, text, ...(threadTs ? { threadTs } : {}) });
    sendEvent(message);
    return message;
  };
  const press: Sandbox['press'] = (user, channel, ts, actionId, value) => {
    const message = workspace.find(channel, ts);
    if (!message) return;
    const trigger = workspace.nextId('trigger.');
    context.triggers.set(trigger, { user, at: Date.now() });
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
      actions: [
        {
          ...(isSelect(message.blocks, actionId)
            ? { type: 'static_select', selected_option: { text: { type: 'plain_text', text: value }, value } }
            : { type: 'button', value }),
          action_id: actionId,
          block_id: 'sandbox',
          action_ts: workspace.nextTs(),
        },
      ],
    });
  };

  const server = http.createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(
        error instanceof Error && error.message === 'too large'
          ? 'The body is too large.'
          : 'The sandbox failed on this request.',
      );
    });
  });
  const socketServer = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', origin);
    if (url.pathname !== '/socket' || !tickets.delete(url.searchParams.get('ticket') ?? '')) return socket.destroy();
    socketServer.handleUpgrade(request, socket, head, (client) => sockets.accept(client));
  });

  async function handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    if (request.headers.host !== new URL(origin).host) return plain(response, 403, 'Wrong host.');
    if (url.pathname.startsWith('/api/')) return api(url.pathname.slice('/api/'.length), request, response);
    if (url.pathname.startsWith('/upload/')) return upload(url.pathname.slice('/upload/'.length), request, response);
    if (request.method === 'GET' && url.pathname in ASSETS) return asset(url.pathname, response);
    if (url.searchParams.get('token') !== token)
      return plain(response, 403, 'Open the address that the sandbox printed; it holds a token.');
    const from = request.headers.origin;
    if (from !== undefined && from !== origin) return plain(response, 403, 'Wrong origin.');
    if (url.pathname === '/') return page(response);
    if (url.pathname === '/stream') return stream(url.searchParams.get('as') ?? '', response);
    if (url.pathname.startsWith('/file/')) return download(url.pathname.slice('/file/'.length), response);
    if (request.method === 'POST' && url.pathname === '/act') return act(request, response);
    plain(response, 404, 'There is nothing here.');
  }

  async function api(method: string, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { fields } = await readBody(request, MAX_UPLOAD);
    const given = (request.headers.authorization ?? '').replace(/^Bearer /, '') || String(fields.token ?? '');
    const wanted = method === 'apps.connections.open' ? appToken : botToken;
    const fault = context.faults.get(method)?.shift();
    const lost = fault !== undefined && (typeof fault === 'string' || !fault.after);
    const reply =
      given !== wanted ? { ok: false, error: 'invalid_auth' } : lost ? undefined : callApi(method, fields, context);
    if (fault !== undefined && given === wanted) return failAs(fault, response);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply));
  }

  async function upload(id: string, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { file, raw } = await readBody(request, MAX_UPLOAD);
    const held = context.uploads.get(id);
    if (!held) return plain(response, 404, 'No such upload.');
    held.content = file ?? raw;
    plain(response, 200, `OK - ${held.content.length}`);
  }

  function page(response: http.ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...PAGE_HEADERS });
    response.end(readFileSync(new URL('./page/index.html', import.meta.url)));
  }

  /** Server-sent events: the workspace first, then every change that this person may see. */
  function stream(user: string, response: http.ServerResponse): void {
    if (!workspace.user(user)) return plain(response, 404, 'No such person.');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (kind: string, data: unknown) => response.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
    const mine = workspace.channels.filter((channel) => channel.members.includes(user));
    const sees = (message: SandboxMessage) =>
      mine.some((channel) => channel.id === message.channel) &&
      (message.onlyFor === undefined || message.onlyFor === user);
    send('hello', {
      me: user,
      bot: BOT_USER,
      users: workspace.users,
      channels: mine,
      // Ephemeral messages do not outlive the page that they were shown on.
      messages: workspace.messages.filter((message) => sees(message) && message.onlyFor === undefined).map(toPage),
    });
    const off = workspace.onChange((change: Change) => {
      if (change.kind === 'message' && sees(change.message)) send('message', toPage(change.message));
      if (
        (change.kind === 'status' || change.kind === 'prompts') &&
        mine.some((channel) => channel.id === change.channel)
      )
        send(change.kind, change);
      if (change.kind === 'view' && change.user === user) send('view', change.view);
    });
    const beat = setInterval(() => response.write(': beat\n\n'), 15_000);
    response.on('close', () => {
      clearInterval(beat);
      off();
    });
  }

  function download(id: string, response: http.ServerResponse): void {
    const file = workspace.file(id);
    if (!file) return plain(response, 404, 'No such file.');
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${file.name.replace(/[^\w.-]/g, '_')}"`,
      'x-content-type-options': 'nosniff',
    });
    response.end(file.content);
  }

  async function act(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { fields } = await readBody(request, 64 * 1024);
    const [kind, user, channelId] = [String(fields.kind), String(fields.user), String(fields.channel)];
    const channel = workspace.channel(channelId);
    if (!channel?.members.includes(user)) return plain(response, 403, 'This person is not in that conversation.');
    if (kind === 'say')
      say(
        user,
        channelId,
        String(fields.text ?? '').slice(0, 12_000),
        fields.thread ? String(fields.thread) : undefined,
      );
    else if (kind === 'press')
      press(user, channelId, String(fields.ts), String(fields.action), String(fields.value ?? ''));
    else if (kind === 'open')
      event(
        { type: 'app_home_opened', user, channel: channelId, tab: 'messages', event_ts: workspace.nextTs() },
        channelId,
      );
    else return plain(response, 400, 'Unknown act.');
    plain(response, 200, 'ok');
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/?token=${token}`,
    apiUrl: `${origin}/api/`,
    botToken,
    appToken,
    workspace,
    sockets,
    faults: context.faults,
    say,
    tell: (inner) => event(inner, ''),
    press,
    async stop() {
      sockets.close();
      socketServer.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

const ASSETS: Readonly<Record<string, string>> = {
  '/page.js': './page/page.ts',
  '/render.js': './page/render.ts',
  '/style.css': './page/style.css',
};

/** The page's TypeScript is served with its types stripped: no bundler, no build step. */
function asset(name: string, response: http.ServerResponse): void {
  const source = readFileSync(new URL(ASSETS[name]!, import.meta.url), 'utf8');
  const script = name.endsWith('.js');
  response.writeHead(200, {
    'content-type': script ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(script ? stripTypeScriptTypes(source).replaceAll("'./render.ts'", "'./render.js'") : source);
}

/** Ends a call as a test wanted it to end. */
function failAs(fault: Fault, response: http.ServerResponse): void {
  const { drop, status, retryAfterS, error, needed, messages } = typeof fault === 'string' ? { error: fault } : fault;
  if (drop) return void response.destroy();
  response.writeHead(status ?? 200, {
    'content-type': 'application/json',
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  });
  const more = { ...(needed ? { needed } : {}), ...(messages ? { response_metadata: { messages } } : {}) };
  response.end(JSON.stringify({ ok: false, error: error ?? 'internal_error', ...more }));
}

function plain(response: http.ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

const toPage = ({ files, ...message }: SandboxMessage) => ({
  ...message,
  files: files.map(({ id, name, size }) => ({ id, name, size })),
});

/** Is the element of this id a list to choose from? */
function isSelect(blocks: readonly unknown[], actionId: string): boolean {
  return blocks.some((block) =>
    ((block as { elements?: { type?: string; action_id?: string }[] }).elements ?? []).some(
      (element) => element.type === 'static_select' && element.action_id === actionId,
    ),
  );
}
