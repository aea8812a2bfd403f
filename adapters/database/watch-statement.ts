import type { Failure } from '#src/domain/failure.ts';
import type { StatementLimits } from '#src/domain/result-table.ts';

const RAW_CHECK_MS = 20;
/** The client's own deadlines follow the engine's: cancel after one second more, give up after three. */
const CANCEL_AFTER_MS = 1_000;
const GIVE_UP_AFTER_MS = 3_000;

export interface WatchedStatement {
  readonly database: string;
  readonly limits: StatementLimits;
  readonly signal: AbortSignal;
  /** The socket that its rows come from. */
  readonly stream: { readonly bytesRead: number; destroy(): void };
  /** Asks the server to end the statement. */
  readonly cancel: () => void;
  /** The server did not: called just before the socket is destroyed. */
  readonly giveUp?: () => void;
}

export interface Watch {
  /** Why the statement was stopped, if it was. */
  readonly reason: Failure | undefined;
  /** Rejects when the connection is given up, for drivers that would wait for ever. */
  readonly gone: Promise<never>;
  end(): void;
}

/** Watches one statement: abort, deadline and raw size each cancel it on the server, then the socket is destroyed. */
export function watchStatement(statement: WatchedStatement): Watch {
  const { database, limits, signal, stream, cancel, giveUp } = statement;
  const before = stream.bytesRead;
  let leave: (error: Error) => void = () => undefined;
  const gone = new Promise<never>((_, reject) => {
    leave = reject;
  });
  gone.catch(() => undefined);
  let reason: Failure | undefined;
  let destroy: NodeJS.Timeout | undefined;
  const stop = (why: Failure) => {
    if (reason) return;
    reason = why;
    cancel();
    destroy = setTimeout(() => {
      giveUp?.();
      stream.destroy();
      leave(new Error('the connection was given up'));
    }, GIVE_UP_AFTER_MS - CANCEL_AFTER_MS);
  };
  const onAbort = () => stop({ kind: 'cancelled' });
  const deadline = setTimeout(
    () => stop({ kind: 'query-timed-out', database, limitMs: limits.timeoutMs }),
    limits.timeoutMs + CANCEL_AFTER_MS,
  );
  const size = setInterval(() => {
    if (stream.bytesRead - before <= limits.maxRawBytes) return;
    stop({
      kind: 'query-too-big',
      database,
      what: `more than ${Math.round(limits.maxRawBytes / 2 ** 20)} MB would be read`,
    });
    stream.destroy();
  }, RAW_CHECK_MS);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return {
    get reason() {
      return reason;
    },
    gone,
    end() {
      clearTimeout(deadline);
      clearTimeout(destroy);
      clearInterval(size);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

export interface Silence {
  readonly error: Error;
  /** Rejects with `error` when the deadline passes. */
  readonly gone: Promise<never>;
  end(): void;
}

/** A deadline for work with a server that may fall silent at any point: then its socket is destroyed, and nobody waits on. */
export function withoutAnswer(deadlineMs: number, destroy: () => void): Silence {
  const error = new Error('the server does not answer');
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      destroy();
      reject(error);
    }, deadlineMs);
  });
  gone.catch(() => undefined);
  return { error, gone, end: () => clearTimeout(timer) };
}
