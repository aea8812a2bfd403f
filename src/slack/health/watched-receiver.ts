import { type App, LogLevel, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import { hangUp, tellOfLink } from '../link.ts';
import type { Metrics } from './metrics.ts';

/** Not connected for so long, the client is disposed of and another takes its place. */
export const RECREATE_AFTER_MS = 60_000;
/** Not connected for so long, the bot is not ready. */
export const UNREADY_AFTER_MS = 5 * 60_000;
const LOOK_EVERY_MS = 5_000;

export interface WatchTimes {
  /** A clock that only goes on, milliseconds. */
  readonly nowMs: () => number;
  readonly lookEveryMs: number;
}

export const WATCH_TIMES: WatchTimes = { nowMs: () => performance.now(), lookEveryMs: LOOK_EVERY_MS };

export interface ReceiverSettings {
  readonly appToken: string;
  readonly api: Pick<WebClientOptions, 'slackApiUrl'>;
  readonly metrics: Metrics;
  readonly log: (message: string, error?: unknown) => void;
  readonly times?: WatchTimes;
}

type Client = SocketModeReceiver['client'];

/** One client of Socket Mode with its receiver. */
interface Held {
  readonly receiver: SocketModeReceiver;
  readonly disposed: AbortController;
}

/** Envelopes that are waited for at most, so that those that nobody acknowledges do not add up. */
const MOST_WAITING = 1_000;

/**
 * Socket Mode that outlives its client (REL-2). The client connects again by itself through lost connections and servers that fail; it
 * gives up for good where Slack refuses the app (`invalid_auth`, say), and waits for ever for a greeting that does not come. Then
 * another takes its place. The application keeps its listeners.
 */
export class WatchedReceiver implements Receiver {
  readonly #settings: ReceiverSettings;
  readonly #times: WatchTimes;
  readonly #tellOfLink: ReturnType<typeof tellOfLink>;
  #app: App | undefined;
  #held: Held;
  #isConnected = false;
  #wasConnected = false;
  /** When it was last known to be connected, or was begun. */
  #awaySince: number;
  #recreatedAt = Number.NEGATIVE_INFINITY;
  #watch: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(settings: ReceiverSettings) {
    this.#settings = settings;
    this.#times = settings.times ?? WATCH_TIMES;
    this.#tellOfLink = tellOfLink(settings.log);
    this.#awaySince = this.#times.nowMs();
    this.#held = this.#make();
  }

  init(app: App): void {
    this.#app = app;
    this.#held.receiver.init(app);
  }

  /** Resolves once connected; rejects where Slack refuses the app. It is watched from then on. */
  async start(): Promise<unknown> {
    const started = await this.#held.receiver.start();
    if (this.#stopped) return started;
    this.#watch = setInterval(() => this.#look(), this.#times.lookEveryMs);
    this.#watch.unref();
    return started;
  }

  /** Resolves when the connection is closed (Bolt's own resolves before), or the tries to connect have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#watch);
    this.#held.disposed.abort();
    await hangUp(this.#held.receiver.client);
  }

  /** Whether Slack can reach the bot, or could a while ago and is likely to again. */
  isReady(): boolean {
    return !this.#stopped && this.#wasConnected && this.#awayMs() < UNREADY_AFTER_MS;
  }

  /** Takes a rejection that nobody handled, where it is of the connection; false where it is another's. */
  mends(reason: unknown): boolean {
    if (!isOfConnection(reason)) return false;
    this.#settings.log('the connection to Slack broke', reason);
    // One that breaks at once again waits for its turn, or Slack would be asked in a loop.
    if (!this.#isConnected && this.#sinceRecreated() >= RECREATE_AFTER_MS) this.#recreate('rejection');
    return true;
  }

  #awayMs(): number {
    return this.#isConnected ? 0 : this.#times.nowMs() - this.#awaySince;
  }

  #sinceRecreated(): number {
    return this.#times.nowMs() - this.#recreatedAt;
  }

  #look(): void {
    if (Math.min(this.#awayMs(), this.#sinceRecreated()) >= RECREATE_AFTER_MS) this.#recreate('away');
  }

  #recreate(why: 'away' | 'rejection'): void {
    if (this.#stopped || !this.#app) return;
    const { metrics, log } = this.#settings;
    this.#recreatedAt = this.#times.nowMs();
    metrics.count('clients_recreated_total', { why });
    log('Slack is not connected: the client is made anew');
    const before = this.#held;
    this.#held = this.#make();
    before.disposed.abort();
    hangUp(before.receiver.client).catch(() => undefined); // it may wait for a server that is gone
    this.#held.receiver.init(this.#app);
    this.#held.receiver.start().catch((error: unknown) => log('Slack could not be connected to', error));
  }

  #make(): Held {
    const { appToken, api } = this.#settings;
    const disposed = new AbortController();
    // The receiver gets client options of its own: shared ones would silently be changed for every client (REL-1).
    const retryConfig = { retries: 100, factor: 1.3, maxTimeout: 30_000 };
    const receiver = new SocketModeReceiver({
      appToken,
      logLevel: LogLevel.ERROR,
      installerOptions: { clientOptions: { ...api, retryConfig, fetch: fetchUntil(disposed.signal) } },
    });
    this.#follow(receiver.client, disposed.signal);
    return { receiver, disposed };
  }

  #follow(socket: Client, disposed: AbortSignal): void {
    const away = () => {
      if (disposed.aborted || !this.#isConnected) return;
      this.#isConnected = false;
      this.#awaySince = this.#times.nowMs();
    };
    for (const event of ['close', 'reconnecting', 'disconnecting', 'disconnected']) socket.on(event, away);
    socket.on('connected', () => {
      if (disposed.aborted) return;
      if (this.#wasConnected) this.#settings.metrics.count('reconnects_total');
      this.#isConnected = true;
      this.#wasConnected = true;
    });
    this.#tellOfLink(socket);
    timeAcknowledgements(socket, this.#times.nowMs, this.#settings.metrics);
  }
}

/** What a client of Socket Mode rejects with and nobody can catch: its own errors, and those of `apps.connections.open` that it passes on. */
function isOfConnection(reason: unknown): boolean {
  const { code, stack } = (reason ?? {}) as { readonly code?: unknown; readonly stack?: unknown };
  if (typeof code !== 'string') return false;
  if (code.startsWith('slack_socket_mode_')) return true;
  return code.startsWith('slack_webapi_') && /SocketModeClient/.test(String(stack));
}

/** A call of a client that was disposed of never comes back: it would try on for an hour, and connect beside its successor. */
function fetchUntil(disposed: AbortSignal): typeof fetch {
  const never = new Promise<never>(() => undefined);
  return async (...request) => {
    if (disposed.aborted) return never;
    try {
      const response = await fetch(...request);
      return disposed.aborted ? never : response;
    } catch (error) {
      if (disposed.aborted) return never;
      throw error;
    }
  };
}

function timeAcknowledgements(socket: Client, nowMs: () => number, metrics: Metrics): void {
  const arrived = new Map<string, number>();
  socket.on('slack_event', ({ envelope_id: id }: { readonly envelope_id: string }) => {
    const [oldest] = arrived.keys();
    if (arrived.size >= MOST_WAITING && oldest !== undefined) arrived.delete(oldest);
    arrived.set(id, nowMs());
  });
  socket.on('outgoing_message', ({ envelope_id: id }: { readonly envelope_id: string }) => {
    const at = arrived.get(id);
    if (at === undefined) return;
    arrived.delete(id);
    metrics.observe('ack_seconds', nowMs() - at);
  });
}
