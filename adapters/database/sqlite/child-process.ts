import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reply, Request } from './protocol.ts';

const WATCH_EVERY_MS = 250;
const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024;

/** How a request ended. */
export type Ended =
  | { readonly kind: 'replied'; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly message: string; readonly code: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'died' };

export interface Child {
  alive: boolean;
  version: string;
  /** Sends one request and hands over replies until `isLast` says so. A timeout or abort kills the process. */
  ask(request: Request, timeoutMs: number, signal: AbortSignal, isLast: (reply: Reply) => boolean): Promise<Ended>;
  kill(): void;
  /** Settles once the process is gone and its folder with it. */
  readonly ended: Promise<void>;
}

/** Forks the process that holds one file. */
export function startChild(): Child {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-sqlite-'));
  const script = fileURLToPath(new URL('./child.ts', import.meta.url));
  const process_: ChildProcess = fork(script, [], {
    env: { SQLITE_TMPDIR: folder },
    cwd: folder,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const child: Child = {
    ended,
    alive: true,
    version: '',
    kill() {
      child.alive = false;
      process_.ref(); // its end is awaited, if it is alive
      process_.kill('SIGKILL');
    },
    ask(request, timeoutMs, signal, isLast) {
      return new Promise<Ended>((resolve) => {
        const settle = (ended: Ended, kill: boolean) => {
          clearTimeout(deadline);
          clearInterval(watch);
          signal.removeEventListener('abort', onAbort);
          process_.off('message', onMessage);
          process_.off('exit', onExit);
          if (kill) child.kill();
          resolve(ended);
        };
        const onAbort = () => settle({ kind: 'aborted' }, true);
        const onExit = () => settle({ kind: 'died' }, true);
        const onMessage = (reply: Reply) => {
          if (reply.kind === 'failed') settle(reply, false);
          else if (isLast(reply)) settle({ kind: 'replied', reply }, false);
        };
        const deadline = setTimeout(() => settle({ kind: 'timed-out' }, true), timeoutMs);
        const watch = setInterval(() => {
          if (memoryOf(process_.pid) > MEMORY_LIMIT_BYTES || sizeOf(folder) > MEMORY_LIMIT_BYTES) onExit();
        }, WATCH_EVERY_MS);
        process_.on('message', onMessage);
        process_.once('exit', onExit);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
        else if (!process_.connected) onExit();
        else process_.send(request);
      });
    },
  };
  process_.on('error', () => {
    child.kill();
    end();
  });
  process_.once('exit', () => {
    child.alive = false;
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A temporary folder that cannot be taken away ends nobody's answer.
    }
    end();
  });
  process_.unref();
  (process_.channel as { unref(): void } | null | undefined)?.unref();
  return child;
}

/** Resident bytes of a process, from /proc; 0 where there is none (the deadline still holds). */
function memoryOf(pid: number | undefined): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return pages * 4096;
  } catch {
    return 0;
  }
}

function sizeOf(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}
