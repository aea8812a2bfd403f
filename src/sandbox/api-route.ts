import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiReply } from './api-call.ts';
import type { Fault } from './fault.ts';
import type { PeopleAct } from './people-act.ts';
import { readBody } from './read-body.ts';
import { json, plain } from './reply.ts';
import { randomToken, type SandboxContext } from './sandbox-context.ts';
import { callApi } from './web-api.ts';

const MAX_UPLOAD = 20 * 1024 * 1024;

/** One call of the Web API: what it did, what was planted for it, and its line in the journal. */
export async function api(
  method: string,
  context: SandboxContext,
  people: PeopleAct,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { fields } = await readBody(request, MAX_UPLOAD);
  const { tokens, tickets, faults, callLimits, switches, origin, journal, now } = context;
  const given = (request.headers.authorization ?? '').replace(/^Bearer /, '') || String(fields.token ?? '');
  const wanted = method === 'apps.connections.open' ? tokens.app : tokens.bot;
  const socketTicket = () => {
    const ticket = randomToken();
    tickets.add(ticket);
    return `${origin().replace('http', 'ws')}/socket?ticket=${ticket}`;
  };
  const { token: _, ...sent } = fields;
  const entry = journal.add({ kind: 'call', name: method, sent });
  const tell = (reply: ApiReply | undefined, note?: string) => {
    Object.assign(entry, { ms: now() - entry.at, got: reply, failed: reply?.ok !== true || note !== undefined });
    if (note ?? reply?.error) entry.note = note ?? String(reply?.error);
    journal.changed(entry);
  };
  if (given !== wanted) {
    const reply = { ok: false, error: 'invalid_auth' };
    tell(reply);
    return json(response, 200, reply);
  }
  const waitS = switches.limitsCalls ? callLimits.take(method, String(fields.channel ?? '')) : undefined;
  if (waitS !== undefined) {
    const reply = { ok: false, error: 'ratelimited' };
    tell(reply);
    return json(response, 429, reply, { 'retry-after': String(waitS) });
  }
  const fault = faults.draw(method);
  if (typeof fault === 'object' && fault.delayMs) await sleep(fault.delayMs);
  const reply = takesEffect(fault) ? callApi(method, fields, { ...context, ...people, socketTicket }) : undefined;
  tell(reply, fault === undefined || isDelay(fault) ? undefined : sayFault(fault));
  if (fault === undefined || isDelay(fault)) json(response, 200, reply, scopeHeader(context));
  else failAs(fault, response);
}

/** Slack names the scopes of the token with every reply. */
const scopeHeader = ({ manifest: { scopes } }: SandboxContext): Record<string, string> =>
  scopes ? { 'x-oauth-scopes': scopes.join(',') } : {};

/** The bytes of a file, sent to the address that a call gave. */
export async function upload(
  id: string,
  { uploads, faults }: SandboxContext,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { file, raw } = await readBody(request, MAX_UPLOAD);
  const fault = faults.draw('upload');
  if (fault !== undefined && !isDelay(fault)) return failAs(fault, response);
  const held = uploads.get(id);
  if (!held) return plain(response, 404, 'No such upload.');
  held.content = file ?? raw;
  plain(response, 200, `OK - ${held.content.length}`);
}

const isDelay = (fault: Fault) => typeof fault === 'object' && Object.keys(fault).join() === 'delayMs';
const takesEffect = (fault: Fault | undefined) =>
  fault === undefined || (typeof fault === 'object' && (fault.after === true || isDelay(fault)));

/** What was planted, in a word or two. */
function sayFault(fault: Fault): string {
  if (typeof fault === 'string') return fault;
  const what = fault.drop
    ? 'connection lost'
    : fault.hang
      ? 'no answer'
      : fault.status
        ? `HTTP ${fault.status}`
        : (fault.error ?? 'internal_error');
  return fault.after ? `${what} after its effect` : what;
}

/** Ends a call as it was wanted to end. */
function failAs(fault: Fault, response: http.ServerResponse): void {
  const { drop, hang, status, retryAfterS, error, needed, messages } =
    typeof fault === 'string' ? ({ error: fault } as Exclude<Fault, string>) : fault;
  if (hang) return;
  if (drop) return void response.destroy();
  const more = { ...(needed ? { needed } : {}), ...(messages ? { response_metadata: { messages } } : {}) };
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  json(response, status ?? 200, { ok: false, error: error ?? 'internal_error', ...more }, headers);
}
