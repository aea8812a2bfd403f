import type { WebSocket } from 'ws';

const REDELIVER_MS = 3_000;
const MAX_RETRIES = 3;
const PING_MS = 10_000;

interface Envelope {
  readonly envelope_id: string;
  readonly type: 'events_api' | 'interactive';
  readonly payload: unknown;
  attempt: number;
}

/** Slack's side of Socket Mode: each envelope goes to one connection and again until it is acknowledged. */
export class SocketMode {
  readonly #connections = new Set<WebSocket>();
  readonly #open = new Map<string, { readonly envelope: Envelope; timer: NodeJS.Timeout | undefined }>();
  readonly #newId: () => string;
  /** Set by tests: sends each events_api envelope twice under different envelope ids. */
  duplicateEvents = false;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  get connected(): boolean {
    return this.#connections.size > 0;
  }

  /** Envelopes that the bot has not acknowledged yet. */
  get unacknowledged(): number {
    return this.#open.size;
  }

  accept(socket: WebSocket): void {
    this.#connections.add(socket);
    const ping = setInterval(() => socket.ping('sandbox'), PING_MS);
    socket.on('message', (data) => this.#acknowledge(String(data)));
    socket.on('close', () => {
      clearInterval(ping);
      this.#connections.delete(socket);
    });
    socket.send(
      JSON.stringify({ type: 'hello', num_connections: this.#connections.size, debug_info: { host: 'sandbox' } }),
    );
    for (const { envelope } of this.#open.values()) this.#send(envelope);
  }

  deliver(type: Envelope['type'], payload: unknown): void {
    const copies = this.duplicateEvents && type === 'events_api' ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.#send({ envelope_id: this.#newId(), type, payload, attempt: 0 });
  }

  #send(envelope: Envelope): void {
    const held = this.#open.get(envelope.envelope_id) ?? { envelope, timer: undefined };
    this.#open.set(envelope.envelope_id, held);
    clearTimeout(held.timer);
    const [socket] = this.#connections;
    if (!socket) return; // kept until somebody connects
    const retry = envelope.attempt
      ? { retry_attempt: envelope.attempt, retry_reason: 'timeout' }
      : { retry_attempt: 0, retry_reason: '' };
    socket.send(
      JSON.stringify({
        envelope_id: envelope.envelope_id,
        type: envelope.type,
        payload: envelope.payload,
        accepts_response_payload: envelope.type === 'interactive',
        ...retry,
      }),
    );
    held.timer = setTimeout(() => {
      envelope.attempt += 1;
      if (envelope.attempt > MAX_RETRIES) this.#open.delete(envelope.envelope_id);
      else this.#send(envelope);
    }, REDELIVER_MS);
  }

  #acknowledge(text: string): void {
    const { envelope_id: id } = JSON.parse(text) as { envelope_id?: string };
    const held = id === undefined ? undefined : this.#open.get(id);
    if (!held) return;
    clearTimeout(held.timer);
    this.#open.delete(held.envelope.envelope_id);
  }

  /** Drops every connection, as Slack does when it refreshes one. */
  drop(): void {
    for (const socket of this.#connections) socket.close();
  }

  close(): void {
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
    for (const socket of this.#connections) socket.terminate();
  }
}
