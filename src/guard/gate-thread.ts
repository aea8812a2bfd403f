import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import type { Engine } from '#src/domain/catalog.ts';
import { fail, type Result } from '#src/domain/result.ts';
import type { GateReply, GateRequest } from './gate-worker.ts';
import type { Scope } from './scope.ts';
import type { SqliteOptions } from './sqlite/read-sqlite.ts';
import type { StatementUse } from './statement-use.ts';

/** A verdict is to fall within 250 ms (GATE-10); what is left of it is for timers that a busy machine fires late. */
const DEADLINE_MS = 200;
/** A parser that needs more costs its statement, not the process. */
const MAX_HEAP_MB = 512;
/** Scopes that the thread keeps; the one used longest ago makes room. */
const MAX_SCOPES = 64;

interface Waiting {
  readonly request: GateRequest & { kind: 'read' };
  readonly scope: Scope;
  readonly resolve: (result: Result<StatementUse>) => void;
}

/** Has a statement read on the gate's thread, one at a time. A reading that takes longer than the deadline is a refusal. */
export function readOffThread(
  sql: string,
  engine: Engine,
  scope: Scope,
  options: SqliteOptions,
): Promise<Result<StatementUse>> {
  return new Promise((resolve) => {
    const id = nextId++;
    queue.push({ request: { kind: 'read', id, sql, engine, scopeId: scopeIdOf(scope), options }, scope, resolve });
    void next();
  });
}

/**
 * Starts the thread, and a spare one that takes over when a reading had to be given up and the thread with it: a thread takes a
 * second to start, which the next statement would wait for. Resolves when they are ready to read statements of these engines.
 */
export async function startGate(
  engines: readonly Engine[],
  { withSpare }: { readonly withSpare: boolean } = { withSpare: true },
): Promise<void> {
  for (const engine of engines) used.add(engine);
  keepsSpare ||= withSpare;
  thread ??= startThread();
  await held(thread);
  if (!withSpare) return;
  spare ??= startThread();
  await held(spare);
}

/** Waits until a thread is ready; it holds the process so long. */
async function held({ worker, ready }: Thread): Promise<void> {
  worker.ref();
  await ready;
  if (!current || worker !== thread?.worker) worker.unref();
}

/** Engines whose statements were read or are expected. */
const used = new Set<Engine>();
let nextId = 1;
let nextScopeId = 1;
let thread: Thread | undefined;
let spare: Thread | undefined;
let keepsSpare = false;
let current: Waiting | undefined;
const queue: Waiting[] = [];
const scopeIds = new WeakMap<Scope, number>();

function scopeIdOf(scope: Scope): number {
  const known = scopeIds.get(scope) ?? nextScopeId++;
  scopeIds.set(scope, known);
  return known;
}

interface Thread {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  /** It was ready: if it is lost now, another one will do. */
  started: boolean;
  /** Ids of the scopes that it holds. */
  readonly scopes: LRUCache<number, true>;
}

function startThread(): Thread {
  const worker = new Worker(new URL('./gate-worker.ts', import.meta.url), {
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const scopes = new LRUCache<number, true>({
    max: MAX_SCOPES,
    dispose: (_, scopeId) => worker.postMessage({ kind: 'forget', scopeId } satisfies GateRequest),
  });
  const made: Thread = { worker, ready, scopes, started: false };
  worker.on('message', (reply: GateReply) => {
    if (reply.kind === 'ready') {
      made.started = true;
      resolve();
    } else if (current?.request.id !== reply.id) return;
    else if (reply.kind === 'reading') limit(current);
    else settle(reply.result);
  });
  const lost = () => {
    if (thread === made) giveUp('the check ended without a verdict');
    if (spare === made) spare = undefined;
    resolve();
  };
  worker.on('error', lost);
  worker.on('exit', lost);
  // It holds the process only while a statement waits for it.
  worker.unref();
  worker.postMessage({ kind: 'start', engines: [...used] } satisfies GateRequest);
  return made;
}

async function next(): Promise<void> {
  if (current || !queue.length) return;
  const waiting = queue.shift()!;
  current = waiting;
  used.add(waiting.request.engine);
  thread ??= startThread();
  const { worker, ready, scopes } = thread;
  worker.ref();
  await ready;
  if (current !== waiting) return;
  const { scopeId } = waiting.request;
  if (!scopes.get(scopeId)) {
    worker.postMessage({ kind: 'scope', scopeId, scope: waiting.scope } satisfies GateRequest);
    scopes.set(scopeId, true);
  }
  worker.postMessage(waiting.request);
}

/** The statement is being read: from here its time runs. */
function limit(waiting: Waiting): void {
  setTimeout(() => {
    // A reply that waits behind a busy main thread is in time: messages are looked at before the verdict falls.
    setImmediate(() => {
      if (current === waiting) giveUp('the check took too long');
    });
  }, DEADLINE_MS).unref();
}

function settle(result: Result<StatementUse>): void {
  const { resolve } = current!;
  current = undefined;
  if (!queue.length) thread?.worker.unref();
  resolve(result);
  void next();
}

function giveUp(detail: string): void {
  const lost = thread;
  thread = spare;
  spare = undefined;
  void lost?.worker.terminate();
  // One that never came to be ready would be lost again.
  if (keepsSpare && lost?.started) {
    thread ??= startThread();
    spare = startThread();
  }
  if (current) settle(fail({ kind: 'unreadable-sql', detail }));
}
