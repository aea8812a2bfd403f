import { readFileSync } from 'node:fs';
import type http from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { api, upload } from './api-route.ts';
import { actInLab, labState } from './lab.ts';
import { tracePage } from './page/trace.ts';
import { toHtml } from './page/tree.ts';
import { actFromPage } from './page-acts.ts';
import type { PeopleAct } from './people-act.ts';
import { readBody } from './read-body.ts';
import { json, plain } from './reply.ts';
import { respond } from './responses.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { openSignIn } from './sign-in.ts';
import { streamTo } from './stream.ts';

const MAX_ACT = 64 * 1024;

const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

const ASSETS: ReadonlyMap<string, string> = new Map([
  ['/page.js', './page/page.ts'],
  ['/render.js', './page/render.ts'],
  ['/lab.js', './page/lab.ts'],
  ['/lab.css', './page/lab.css'],
  ['/complete.js', './page/complete.ts'],
  ['/preview.js', './page/preview.ts'],
  ['/tree.js', './page/tree.ts'],
  ['/more-blocks.js', './page/more-blocks.ts'],
  ['/chart.js', './page/chart.ts'],
  ['/pie.js', './page/pie.ts'],
  ['/inputs.js', './page/inputs.ts'],
  ['/views.js', './page/views.ts'],
  ['/theme.css', './page/theme.css'],
  ['/style.css', './page/style.css'],
  ['/views.css', './page/views.css'],
  ['/trace.css', './page/trace.css'],
]);

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>;

/** Everything that the sandbox serves: Slack's API for the bot, the page for people, and the page of a trace. */
export function routesOf(context: SandboxContext, people: PeopleAct): Handler {
  const { tokens, origin } = context;
  const signIn = openSignIn(context);
  return async (request, response) => {
    const url = new URL(request.url ?? '/', origin());
    const below = (prefix: string) => url.pathname.slice(prefix.length);
    if (request.headers.host !== new URL(origin()).host) return plain(response, 403, 'Wrong host.');
    if (url.pathname === '/openid/connect/authorize') return sendBrowser(signIn.authorize(url), response);
    if (url.pathname === '/api/openid.connect.token')
      return json(response, 200, signIn.token((await readBody(request, MAX_ACT)).fields));
    if (url.pathname.startsWith('/api/')) return api(below('/api/'), context, people, request, response);
    if (url.pathname.startsWith('/upload/')) return upload(below('/upload/'), context, request, response);
    if (url.pathname.startsWith('/respond/')) return answer(below('/respond/'), context, request, response);
    const source = request.method === 'GET' ? ASSETS.get(url.pathname) : undefined;
    if (source !== undefined) return asset(url.pathname, source, response);
    if (url.searchParams.get('token') !== tokens.page)
      return plain(response, 403, 'Open the address that the sandbox printed; it holds a token.');
    const from = request.headers.origin;
    if (from !== undefined && from !== origin()) return plain(response, 403, 'Wrong origin.');
    if (url.pathname === '/')
      return html(response, readFileSync(new URL('./page/index.html', import.meta.url), 'utf8'));
    if (url.pathname.startsWith('/file/')) return download(below('/file/'), context, response);
    if (url.pathname.startsWith('/trace/')) return trace(below('/trace/'), context, response);
    if (request.method === 'POST' && url.pathname === '/act') return act(context, people, request, response);
    if (url.pathname === '/lab') return lab(context, request, response);
    if (url.pathname !== '/stream') return plain(response, 404, 'There is nothing here.');
    if (!streamTo(url.searchParams.get('as') ?? '', context, response)) plain(response, 404, 'No such person.');
  };
}

function sendBrowser(next: { readonly to: string } | { readonly html: string }, response: http.ServerResponse): void {
  if ('html' in next) return html(response, next.html);
  response.writeHead(303, { location: next.to, 'referrer-policy': 'no-referrer' });
  response.end();
}

function download(id: string, { workspace }: SandboxContext, response: http.ServerResponse): void {
  const file = workspace.file(id);
  if (!file) return plain(response, 404, 'No such file.');
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${file.name.replace(/[^\w.-]/g, '_')}"`,
    'x-content-type-options': 'nosniff',
  });
  response.end(file.content);
}

async function trace(id: string, { traceOf }: SandboxContext, response: http.ServerResponse): Promise<void> {
  const kept = await traceOf?.(id);
  if (!kept) return plain(response, 404, 'There is no trace of that answer.');
  html(response, `<!doctype html>\n${toHtml(tracePage(kept))}`);
}

/** What a person does on the page. */
async function act(
  context: SandboxContext,
  people: PeopleAct,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { fields } = await readBody(request, MAX_ACT);
  const { status, body } = await actFromPage(context, people, fields);
  if (typeof body === 'string') plain(response, status, body);
  else json(response, status, body);
}

/** The panel of faults and the inspector: their state, and what is done in them. */
async function lab(
  context: SandboxContext,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  if (request.method === 'POST') {
    const { fields } = await readBody(request, MAX_ACT);
    if (!actInLab(fields, context)) return plain(response, 400, 'Unknown act.');
  }
  json(response, 200, labState(context));
}

/** A message to a response_url. Slack says "ok" in plain text, or why not. */
async function answer(
  id: string,
  context: SandboxContext,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { fields } = await readBody(request, MAX_ACT);
  const reply = respond(id, fields, context);
  if (reply.ok) plain(response, 200, 'ok');
  else json(response, reply.error === 'invalid_blocks' ? 400 : 404, reply);
}

/** The page's TypeScript is served with its types stripped: no bundler, no build step. */
function asset(name: string, file: string, response: http.ServerResponse): void {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  const script = name.endsWith('.js');
  response.writeHead(200, {
    'content-type': script ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(script ? stripTypeScriptTypes(source).replaceAll(/'(\.\/[\w-]+)\.ts'/g, "'$1.js'") : source);
}

function html(response: http.ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...PAGE_HEADERS });
  response.end(text);
}
