import type { WebClient } from '@slack/web-api';
import { callFault } from '#src/slack-api/call-faults.ts';

/** What a connection over Socket Mode came to. */
export type SocketFinding =
  | {
      readonly kind: 'greeted';
      /** Connections of this app, with this one. */
      readonly connections: number;
      readonly ms: number;
      /** Whether an event about the message of this time comes within so long. */
      hears(ts: string, withinMs: number): Promise<boolean>;
      close(): void;
    }
  | { readonly kind: 'refused'; readonly code: string; close(): void }
  | { readonly kind: 'silent'; close(): void };

const GREETING_MS = 8_000;

/**
 * Opens one connection to see whether events come. Nothing is acknowledged, so that Slack sends an event of somebody else's to the bot again.
 */
export async function listenOnce(client: WebClient): Promise<SocketFinding> {
  const nothing = () => undefined;
  const started = Date.now();
  let url: string;
  try {
    url = String((await client.apps.connections.open()).url);
  } catch (error) {
    const fault = callFault(error);
    if (!fault) throw error;
    return { kind: 'refused', code: fault.code, close: nothing };
  }
  const socket = new WebSocket(url);
  const seen = new Set<string>();
  const greeted = Promise.withResolvers<number | undefined>();
  socket.addEventListener('message', ({ data }) => {
    const said = readFrame(String(data));
    if (said.type === 'hello') greeted.resolve(said.num_connections ?? 1);
    const ts = said.payload?.event?.ts;
    if (ts) seen.add(ts);
  });
  socket.addEventListener('error', () => greeted.resolve(undefined));
  const late = setTimeout(() => greeted.resolve(undefined), GREETING_MS);
  const connections = await greeted.promise;
  clearTimeout(late);
  const close = () => socket.close();
  if (connections === undefined) {
    close();
    return { kind: 'silent', close: nothing };
  }
  const hears = async (ts: string, withinMs: number) => {
    const until = Date.now() + withinMs;
    while (!seen.has(ts) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    return seen.has(ts);
  };
  return { kind: 'greeted', connections, ms: Date.now() - started, hears, close };
}

interface Frame {
  readonly type?: string;
  readonly num_connections?: number;
  readonly payload?: { readonly event?: { readonly ts?: string } };
}

function readFrame(text: string): Frame {
  try {
    return JSON.parse(text) as Frame;
  } catch {
    return {};
  }
}
