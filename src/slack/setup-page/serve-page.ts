import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { sayFailure } from '#src/domain/failure.ts';
import { Secret } from '#src/domain/secret.ts';
import { LINK_MINUTES, type Setup } from '#src/domain/setup.ts';
import { carryOut } from '../admin/go-on.ts';
import { admitted, isAct, mayNot } from '../modals/acts.ts';
import type { ActionPorts } from '../press.ts';
import { passwordPage, sentencePage, signInPage } from './pages.ts';
import { authorizeUrl, exchangeCode, type SignInApp } from './sign-in.ts';

/** The page on which an admin types a password, which no field of Slack ever holds (ADM-3). */
export interface PageSettings extends SignInApp {
  /** Where it listens: behind a proxy that speaks HTTPS, or on this machine in the sandbox. */
  readonly host: string;
  readonly port: number;
  /** Where a browser reaches it; where it listens, if absent: for the sandbox alone. */
  readonly publicUrl?: string;
}

export interface ServedPage {
  /** The address of a link. */
  readonly pageFor: (token: string) => string;
  stop(): Promise<void>;
}

/** What the page works with; known once the bot is signed in. */
type Ports = () => ActionPorts | undefined;

const LARGEST_BODY = 8 * 1024;
const CSS = readFileSync(new URL('./page.css', import.meta.url), 'utf8');
const SIGN_IN_COOKIE = 'querent_sign_in';
const SESSION_COOKIE = 'querent_setup';

const GONE = sentencePage(
  'This link leads nowhere any more',
  `It was used already, or is older than ${LINK_MINUTES} minutes, or a newer one took its place. Press New link in your direct message with Querent.`,
);

export async function servePage(settings: PageSettings, ports: Ports): Promise<ServedPage> {
  const site: Site = { settings, ports, base: '' };
  const server = http.createServer((request, response) => {
    answer(request, response, site).catch((error: unknown) => {
      ports()?.log('the setup page failed', error);
      send(response, site, 500, sentencePage('Something broke here', 'It was logged. Please try the link once more.'));
    });
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  site.base = (settings.publicUrl ?? `http://${settings.host}:${port}`).replace(/\/$/, '');
  return {
    pageFor: (token) => `${site.base}/setup/${token}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Site {
  readonly settings: PageSettings;
  readonly ports: Ports;
  /** The address that browsers know, without a slash at its end. */
  base: string;
}

/** One request, as far as the page looks at it. */
interface Visit {
  readonly site: Site;
  readonly ports: ActionPorts;
  readonly url: URL;
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse, site: Site): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://page');
  const ports = site.ports();
  if (request.method === 'GET' && url.pathname === '/setup/page.css') return sendCss(response);
  if (!ports)
    return send(response, site, 503, sentencePage('Not yet', 'Querent is starting. Please try again in a minute.'));
  const visit = { site, ports, url, request, response };
  const [, token = '', act] = /^\/setup\/([\w-]+)(?:\/(sign-in))?$/.exec(url.pathname) ?? [];
  if (request.method === 'GET' && token === 'callback') return comeBack(visit);
  if (request.method === 'GET' && token && !act) return show(token, visit);
  if (request.method === 'POST' && token && isOwnForm(visit)) return act ? signIn(token, visit) : seal(token, visit);
  send(
    response,
    site,
    404,
    sentencePage('There is nothing here', 'Open the link in your direct message with Querent.'),
  );
}

/** A form of another site cannot be sent here: a browser says where a form stood. */
const isOwnForm = ({ request, site }: Visit) => request.headers.origin === new URL(site.base).origin;

async function show(token: string, visit: Visit): Promise<void> {
  const { setups } = visit.ports.querent;
  const setup = await setups.linked(token);
  if (!setup) return send(visit.response, visit.site, 410, GONE);
  const path = `/setup/${token}`;
  const session = cookieOf(visit.request, SESSION_COOKIE);
  const isTheirs = session !== undefined && setups.isSession(setup, session);
  send(visit.response, visit.site, 200, isTheirs ? passwordPage(path, setup) : signInPage(path));
}

/** The link is kept in the browser while it is at Slack: whoever comes back comes back to it, in the same browser. */
async function signIn(token: string, { site, ports, response }: Visit): Promise<void> {
  const setup = await ports.querent.setups.linked(token);
  const begun = setup && (await ports.querent.setups.beginSignIn(token));
  if (!begun) return send(response, site, 410, GONE);
  const to = authorizeUrl(site.settings, { redirectUri: callbackOf(site), team: setup.by.teamId, ...begun });
  redirect(response, to, cookie(SIGN_IN_COOKIE, `${begun.state}.${token}`, site));
}

const callbackOf = ({ base }: Site) => `${base}/setup/callback`;

/** Back from Slack: the admin whom the link is for, and nobody else, may type the password. */
async function comeBack(visit: Visit): Promise<void> {
  const { site, ports, url, request, response } = visit;
  const { setups } = ports.querent;
  const [state = '', token = ''] = (cookieOf(request, SIGN_IN_COOKIE) ?? '').split('.');
  const code = url.searchParams.get('code') ?? '';
  if (!code || !state || url.searchParams.get('state') !== state) return send(response, site, 400, NOT_SIGNED_IN);
  const who = await exchangeCode(site.settings, { code, redirectUri: callbackOf(site) }, ports.now()).catch(
    (error: unknown) => void ports.log('somebody could not sign in', error),
  );
  const setup = who && (await setups.signingIn(state, who.nonce));
  if (!who || !setup) return send(response, site, 400, NOT_SIGNED_IN);
  if (who.userId !== setup.by.userId || who.teamId !== setup.by.teamId || !(await mayStill(setup, ports)))
    return send(response, site, 403, NOT_THEIRS);
  const session = await setups.signedIn(setup.id);
  if (session === undefined) return send(response, site, 410, GONE);
  redirect(response, `/setup/${token}`, cookie(SESSION_COOKIE, session, site));
}

const NOT_SIGNED_IN = sentencePage(
  'You are not signed in',
  'The signing in did not begin in this browser, or took too long. Open the link in your direct message with Querent again.',
);
const NOT_THEIRS = sentencePage(
  'This link is for somebody else',
  'Only the admin who described the database may type its password, and only while they may administer it.',
);

/** Whoever began may have lost the right since. */
async function mayStill({ by, database, of }: Setup, ports: ActionPorts): Promise<boolean> {
  const act = await admitted({ team: by.teamId, user: by.userId }, ports);
  return isAct(act) && !(await mayNot(act, ports, of === 'password' ? database.id : undefined));
}

async function seal(token: string, { site, ports, request, response }: Visit): Promise<void> {
  const { setups } = ports.querent;
  const fields = await readForm(request);
  const session = cookieOf(request, SESSION_COOKIE);
  const setup = await setups.linked(token);
  const password = fields?.get('password') ?? '';
  if (!setup || session === undefined || !setups.isSession(setup, session) || !password)
    return send(response, site, 410, GONE);
  if (!(await mayStill(setup, ports))) return send(response, site, 403, NOT_THEIRS);
  const typed = await setups.typePassword(token, session, new Secret(password));
  if (!typed.ok) return send(response, site, 410, sentencePage('Nothing was kept', sayFailure(typed.failure)));
  const next = 'I connect with it now, and tell you in your direct message how it goes. You can close this page.';
  send(response, site, 200, sentencePage(`The password of ${setup.database.id} is sealed`, next));
  await carryOut(typed.value, ports);
}

async function readForm(request: http.IncomingMessage): Promise<URLSearchParams | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) return undefined;
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}

function cookieOf({ headers }: http.IncomingMessage, name: string): string | undefined {
  const all = (headers.cookie ?? '').split(';').map((one) => one.trim().split('='));
  return all.find(([key]) => key === name)?.[1];
}

function cookie(name: string, value: string, { base }: Site): string {
  const secure = base.startsWith('https:') ? '; Secure' : '';
  return `${name}=${value}; Path=/setup; Max-Age=${60 * LINK_MINUTES}; HttpOnly; SameSite=Lax${secure}`;
}

/** `same-origin`: the link goes to no other site, and a browser still says where a form of ours stood. */
const headersOf = ({ base, settings }: Site): http.OutgoingHttpHeaders => ({
  'content-security-policy': `default-src 'none'; style-src 'self'; form-action 'self' ${signInOrigins(settings)}; frame-ancestors 'none'; base-uri 'none'`,
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  ...(base.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
});
/** A form may lead there, and on from there: Slack sends a browser on to the workspace's own address. */
function signInOrigins(app: SignInApp): string {
  const { origin } = new URL(authorizeUrl(app, NOBODY));
  return origin === 'https://slack.com' ? `${origin} https://*.slack.com` : origin;
}
const NOBODY = { redirectUri: '', team: '', state: '', nonce: '' };

function send(response: http.ServerResponse, site: Site, status: number, html: string): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headersOf(site) });
  response.end(html);
}

function sendCss(response: http.ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/css; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end(CSS);
}

function redirect(response: http.ServerResponse, to: string, setCookie: string): void {
  response.writeHead(303, {
    location: to,
    'set-cookie': setCookie,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  response.end();
}
