import { setTimeout as sleep } from 'node:timers/promises';
import { type CallFault, callFault } from '#src/slack-api/call-faults.ts';

/** What a call of the Web API gave, or why it gave nothing. */
export type SlackCallResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: CallFault; readonly method: string };

/** How long a call is worth waiting for, and who hears of its faults. */
export interface Patience {
  /** No new try begins this long after the first, milliseconds. */
  readonly lastsMs: number;
  /** Ends the waiting, as at a shutdown. */
  readonly signal: AbortSignal;
  readonly onFault: (method: string, error: unknown) => void;
}

/**
 * An answer waits for Slack to come back. Who asks, and where, is waited for as long as somebody would rather wait than ask again: a busy
 * machine alone may take seconds a call.
 */
export const POST_PATIENCE_MS = 30 * 60_000;
export const ASKER_PATIENCE_MS = 40_000;
export const LOOKUP_PATIENCE_MS = 12_000;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Waits before each further try: half a second, then twice as long each time, never shorter than the server's own wait. */
export class Waits {
  readonly #patience: Patience;
  readonly #started = performance.now();
  #next = FIRST_WAIT_MS;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** False when there is no time left for a further try. */
  async another(serverMs = 0): Promise<boolean> {
    const { signal, lastsMs } = this.#patience;
    const waitMs = Math.max(this.#next, serverMs);
    if (signal.aborted || performance.now() - this.#started + waitMs > lastsMs) return false;
    this.#next = Math.min(2 * this.#next, LONGEST_WAIT_MS);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }
}

/** One try of a call: a fault is a value and is told; an error that is not Slack's is a bug and thrown. */
export async function callOnce<T>(
  method: string,
  call: () => Promise<T>,
  patience: Patience,
): Promise<SlackCallResult<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    const fault = callFault(error);
    if (!fault) throw error;
    patience.onFault(method, error);
    return { ok: false, fault, method };
  }
}

/** A call that may be made twice (a read, an update, opening a conversation): made again until Slack answers or time is up. */
export async function callAgain<T>(
  method: string,
  call: () => Promise<T>,
  patience: Patience,
): Promise<SlackCallResult<T>> {
  for (const waits = new Waits(patience); ; ) {
    const called = await callOnce(method, call, patience);
    if (called.ok || (called.fault.kind !== 'again' && called.fault.kind !== 'unknown')) return called;
    if (!(await waits.another('waitMs' in called.fault ? called.fault.waitMs : 0))) return called;
  }
}
