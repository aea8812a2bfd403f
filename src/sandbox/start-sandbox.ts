import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import { openCallLimits } from './call-limits.ts';
import { type Faults, openFaults } from './fault.ts';
import { openJournal } from './journal.ts';
import { type ManifestFile, ownManifest, readManifest } from './manifest.ts';
import { type PeopleAct, peopleActing } from './people-act.ts';
import { plain } from './reply.ts';
import { routesOf } from './routes.ts';
import { randomToken, type SandboxContext } from './sandbox-context.ts';
import { SIGN_IN_APP } from './sign-in.ts';
import { SocketMode } from './socket-mode.ts';
import { openViews } from './views.ts';
import { Workspace } from './workspace.ts';

export interface SandboxOptions extends Pick<SandboxContext, 'traceOf'> {
  /** 0 takes a free port. */
  readonly port: number;
  /** What the app is installed with, if not with its own manifest. */
  readonly manifest?: ManifestFile;
  /** Adds a sister workspace: somebody of it, and a channel that both share. */
  readonly grid?: boolean;
}

export interface Sandbox
  extends Omit<PeopleAct, 'echo' | 'tellChanged' | 'tellDeleted'>,
    Pick<SandboxContext, 'workspace' | 'sockets' | 'switches' | 'sessions' | 'statuses' | 'journal'> {
  /** What becomes of the next calls of a method. */
  readonly faults: Faults['planted'];
  /** Calls that fail by a rule, such as a share of them at random. */
  readonly failing: Omit<Faults, 'planted' | 'draw'>;
  /** The page, with the token that opens it. */
  readonly url: string;
  /** What the bot is given as Slack's API address. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  /** What the bot is given to have people sign in. */
  readonly signInApp: typeof SIGN_IN_APP;
  stop(): Promise<void>;
}

const LARGEST_FRAME = 1024 * 1024;

/** Starts the local server that speaks enough of Slack's Web API and Socket Mode for the unmodified bot, and its page. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  let origin = '';
  const context = newContext(options, () => origin);
  const people = peopleActing(context);
  const routes = routesOf(context, people);
  const server = http.createServer((request, response) => {
    routes(request, response).catch((error: unknown) => sayBroken(error, response));
  });
  const socketServer = listenForSockets(server, context);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { tokens, workspace, sockets, faults, switches, sessions, statuses, journal } = context;
  return {
    url: `${origin}/?token=${tokens.page}`,
    apiUrl: `${origin}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signInApp: SIGN_IN_APP,
    workspace,
    sockets,
    faults: faults.planted,
    failing: faults,
    journal,
    switches,
    sessions,
    statuses,
    ...people,
    async stop() {
      sockets.close();
      socketServer.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function newContext(
  { traceOf, manifest = ownManifest(), grid = false }: SandboxOptions,
  origin: () => string,
): SandboxContext {
  const workspace = new Workspace({ grid });
  const journal = openJournal(Date.now);
  const secret = () => randomBytes(12).toString('hex');
  return {
    workspace,
    sockets: new SocketMode(() => workspace.nextId('E'), journal),
    tokens: { page: randomToken(), bot: `xoxb-sandbox-${secret()}`, app: `xapp-sandbox-${secret()}` },
    tickets: new Set(),
    uploads: new Map(),
    triggers: new Map(),
    views: openViews(workspace),
    responses: new Map(),
    sessions: new Map(),
    statuses: new Map(),
    streams: new Map(),
    switches: { agentSurface: 'on', refusedBlocks: new Set(), streamMs: SLACK_LIMITS.streamMs, limitsCalls: false },
    now: Date.now,
    manifest: readManifest(manifest),
    faults: openFaults(),
    callLimits: openCallLimits(Date.now),
    journal,
    traceOf,
    origin,
  };
}

/** Socket Mode: a ticket opens one socket. */
function listenForSockets(server: http.Server, { tickets, sockets, origin }: SandboxContext): WebSocketServer {
  const socketServer = new WebSocketServer({ noServer: true, maxPayload: LARGEST_FRAME });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', origin());
    if (url.pathname !== '/socket' || !tickets.delete(url.searchParams.get('ticket') ?? '')) return socket.destroy();
    socketServer.handleUpgrade(request, socket, head, (client) => sockets.accept(client));
  });
  return socketServer;
}

function sayBroken(error: unknown, response: http.ServerResponse): void {
  const tooLarge = error instanceof Error && error.message === 'too large';
  const text = tooLarge ? 'The body is too large.' : 'The sandbox failed on this request.';
  if (response.headersSent) response.end(text);
  else plain(response, 500, text);
}
