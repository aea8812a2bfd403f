import type { WebSocket } from 'ws';
import { SLACK_LIMITS } from '#src/slack-api/limits.ts';
import type { Journal, JournalEntry } from './journal.ts';

const REDELIVER_MS = 3_000;
const MAX_RETRIES = 3;
const PING_MS = 10_000;
const HELD_BACK_MS = 500;
/** From the warning until the connection is closed. */
const WARNED_MS = 10_000;

/** Why Slack ends a connection: soon, now, or because Socket Mode was switched off for the app. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled';

interface Envelope {
  readonly envelope_id: string;
  readonly type: 'events_api' | 'interactive' | 'slash_commands';
  readonly payload: unknown;
  attempt: number;
  /** Its line in the journal, once it was sent. */
  entry?: JournalEntry;
}

/** What a person's interaction led to: an acknowledgement with what the app sent in it, or none in time. */
export interface Acknowledgement {
  readonly acknowledged: boolean;
  readonly payload?: unknown;
}

interface Held {
  readonly envelope: Envelope;
  timer: NodeJS.Timeout | undefined;
  readonly settle?: (acknowledgement: Acknowledgement) => void;
}

/** Slack's side of Socket Mode: each envelope goes to one connection and again until it is acknowledged. */
export class SocketMode {
  readonly #connections = new Set<WebSocket>();
  readonly #open = new Map<string, Held>();
  readonly #newId: () => string;
  /** Set by tests: sends each events_api envelope twice under different envelope ids. */
  duplicateEvents = false;
  /** Set by tests: a connection that opens and is never greeted. */
  greets = true;
  /** Sends each other event after the one that follows it. */
  reorderEvents = false;
  #linkDisabled = false;
  #late: { readonly send: () => void; readonly timer: NodeJS.Timeout } | undefined;

  readonly #journal: Journal;

  constructor(newId: () => string, journal: Journal) {
    this.#newId = newId;
    this.#journal = journal;
  }

  get connected(): boolean {
    return this.#connections.size > 0;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Envelopes that the bot has not acknowledged yet. */
  get unacknowledged(): number {
    return this.#open.size;
  }

  /** Whether Socket Mode is switched off for the app. */
  get linkDisabled(): boolean {
    return this.#linkDisabled;
  }

  /** Switches Socket Mode off, which ends every connection, or on. While it is off, whoever connects is sent away. */
  set linkDisabled(off: boolean) {
    this.#linkDisabled = off;
    if (off) this.disconnect('link_disabled');
  }

  accept(socket: WebSocket): void {
    if (this.#linkDisabled) return this.#dismiss(socket, 'link_disabled');
    this.#connections.add(socket);
    const ping = setInterval(() => socket.ping('sandbox'), PING_MS);
    socket.on('message', (data) => this.#acknowledge(String(data)));
    socket.on('close', () => {
      clearInterval(ping);
      this.#connections.delete(socket);
    });
    if (!this.greets) return;
    socket.send(
      JSON.stringify({ type: 'hello', num_connections: this.#connections.size, debug_info: { host: 'sandbox' } }),
    );
    for (const { envelope, settle } of this.#open.values()) {
      if (settle) this.#write(envelope);
      else this.#send(envelope);
    }
  }

  deliver(type: Envelope['type'], payload: unknown): void {
    const copies = this.duplicateEvents && type === 'events_api' ? 2 : 1;
    const send = () => {
      for (let copy = 0; copy < copies; copy += 1)
        this.#send({ envelope_id: this.#newId(), type, payload, attempt: 0 });
    };
    if (this.reorderEvents && type === 'events_api' && !this.#late) this.#holdBack(send);
    else send();
    if (this.#late && this.#late.send !== send) this.#sendLate();
  }

  /** Until the next event has gone; alone, where none comes. */
  #holdBack(send: () => void): void {
    this.#late = { send, timer: setTimeout(() => this.#sendLate(), HELD_BACK_MS) };
  }

  #sendLate(): void {
    const late = this.#late;
    this.#late = undefined;
    clearTimeout(late?.timer);
    late?.send();
  }

  /** Sends what a person did, once: Slack tells them when it is not acknowledged within three seconds, and does not try again. */
  ask(type: 'interactive' | 'slash_commands', payload: unknown): Promise<Acknowledgement> {
    const envelope: Envelope = { envelope_id: this.#newId(), type, payload, attempt: 0 };
    return new Promise((settle) => {
      const giveUp = () => {
        this.#open.delete(envelope.envelope_id);
        this.#note(envelope, 'not acknowledged');
        settle({ acknowledged: false });
      };
      this.#open.set(envelope.envelope_id, { envelope, settle, timer: setTimeout(giveUp, SLACK_LIMITS.ackMs) });
      this.#write(envelope);
    });
  }

  /** The same where nothing waits for the answer. */
  tell(type: 'interactive', payload: unknown, otherwise?: () => void): void {
    this.ask(type, payload).then(
      ({ acknowledged }) => acknowledged || otherwise?.(),
      () => undefined,
    );
  }

  #send(envelope: Envelope): void {
    const held = this.#open.get(envelope.envelope_id) ?? { envelope, timer: undefined };
    this.#open.set(envelope.envelope_id, held);
    clearTimeout(held.timer);
    if (!this.#write(envelope)) return; // kept until somebody connects
    held.timer = setTimeout(() => {
      envelope.attempt += 1;
      if (envelope.attempt > MAX_RETRIES) {
        this.#open.delete(envelope.envelope_id);
        this.#note(envelope, 'not acknowledged');
      } else this.#send(envelope);
    }, REDELIVER_MS);
  }

  /** False where nobody is connected. */
  #write(envelope: Envelope): boolean {
    const socket = [...this.#connections].find(({ readyState, OPEN }) => readyState === OPEN);
    const { type, payload, attempt } = envelope;
    envelope.entry ??= this.#journal.add({
      kind: type === 'events_api' ? 'event' : 'interaction',
      name: nameOf(payload),
      sent: payload,
    });
    if (!socket) this.#note(envelope, 'nobody is connected');
    else if (attempt) this.#note(envelope, `retry ${attempt}`);
    if (!socket) return false;
    const retry = envelope.attempt
      ? { retry_attempt: envelope.attempt, retry_reason: 'timeout' }
      : { retry_attempt: 0, retry_reason: '' };
    socket.send(
      JSON.stringify({
        envelope_id: envelope.envelope_id,
        type: envelope.type,
        payload: envelope.payload,
        accepts_response_payload: envelope.type !== 'events_api',
        ...retry,
      }),
    );
    return true;
  }

  #acknowledge(text: string): void {
    const { envelope_id: id, payload } = JSON.parse(text) as { envelope_id?: string; payload?: unknown };
    const held = id === undefined ? undefined : this.#open.get(id);
    if (!held) return;
    clearTimeout(held.timer);
    this.#open.delete(held.envelope.envelope_id);
    const { entry } = held.envelope;
    if (entry) {
      Object.assign(entry, { ms: Date.now() - entry.at, failed: false, got: payload });
      this.#journal.changed(entry);
    }
    held.settle?.({ acknowledged: true, payload });
  }

  #note({ entry }: Envelope, note: string): void {
    if (!entry) return;
    Object.assign(entry, { note, failed: true });
    this.#journal.changed(entry);
  }

  /** Tells every connection that it ends. After a warning the bot has some seconds to go by itself; else it is closed at once. */
  disconnect(reason: DisconnectReason): void {
    for (const socket of this.#connections) this.#dismiss(socket, reason);
  }

  #dismiss(socket: WebSocket, reason: DisconnectReason): void {
    const message = { type: 'disconnect', reason, debug_info: { host: 'sandbox' } };
    const entry = this.#journal.add({ kind: 'event', name: `disconnect/${reason}`, sent: message });
    socket.send(JSON.stringify(message));
    const close = () => {
      Object.assign(entry, { note: 'did not go by itself', failed: true });
      socket.close();
    };
    const overdue = reason === 'warning' ? setTimeout(close, WARNED_MS) : undefined;
    socket.once('close', () => {
      clearTimeout(overdue);
      entry.ms = Date.now() - entry.at;
      this.#journal.changed(entry);
    });
    if (!overdue) socket.close();
  }

  /** Drops every connection without a word. */
  drop(): void {
    for (const socket of this.#connections) socket.close();
  }

  close(): void {
    clearTimeout(this.#late?.timer);
    for (const { timer, settle } of this.#open.values()) {
      clearTimeout(timer);
      settle?.({ acknowledged: false });
    }
    this.#open.clear();
    for (const socket of this.#connections) socket.terminate();
  }
}

/** What an envelope is about: the type of its event, or of its interaction with what was pressed. */
function nameOf(payload: unknown): string {
  const { event, command, type, actions, view, callback_id } = payload as {
    event?: { type?: string; subtype?: string };
    command?: string;
    type?: string;
    actions?: { action_id?: string }[];
    view?: { callback_id?: string };
    callback_id?: string;
  };
  if (event) return event.subtype ? `${event.type}/${event.subtype}` : String(event.type);
  const about = actions?.[0]?.action_id ?? callback_id ?? view?.callback_id;
  return command ?? (about ? `${type} ${about}` : String(type));
}
