import { Worker } from 'node:worker_threads';
import type { Engine } from '#src/domain/catalog.ts';
import { fail, type Result } from '#src/domain/result.ts';
import type { GateReply, GateRequest } from './gate-worker.ts';
import type { Reading } from './reading.ts';
import type { Scope } from './scope.ts';
import type { SqliteOptions } from './sqlite/read-sqlite.ts';

const DEADLINE_MS = 250;
/** Scopes that the thread keeps; the one used longest ago makes room. */
const MAX_SCOPES = 64;

interface Waiting {
  readonly request: GateRequest & { kind: 'read' };
  readonly scope: Scope;
  readonly resolve: (result: Result<Reading>) => void;
}

/** Has a statement read on the gate's thread, one at a time. A reading that takes longer than the deadline is a refusal. */
export function readOffThread(
  sql: string,
  engine: Engine,
  scope: Scope,
  options: SqliteOptions,
): Promise<Result<Reading>> {
  return new Promise((resolve) => {
    const id = nextId++;
    queue.push({ request: { kind: 'read', id, sql, engine, scopeId: scopeIdOf(scope), options }, scope, resolve });
    next();
  });
}

let nextId = 1;
let nextScopeId = 1;
let thread: Thread | undefined;
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
  /** Ids of the scopes that it holds, the one used last at the end. */
  readonly scopes: Set<number>;
}

function startThread(): Thread {
  const worker = new Worker(new URL('./gate-worker.ts', import.meta.url), { env: {} });
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const made: Thread = { worker, ready, scopes: new Set() };
  worker.on('message', (reply: GateReply) => {
    if (reply.kind === 'ready') resolve();
    else if (current?.request.id === reply.id) settle(reply.result);
  });
  const lost = () => {
    if (thread === made) giveUp('the check ended without a verdict');
    resolve();
  };
  worker.on('error', lost);
  worker.on('exit', lost);
  return made;
}

async function next(): Promise<void> {
  if (current || !queue.length) return;
  const waiting = queue.shift()!;
  current = waiting;
  thread ??= startThread();
  const { worker, ready, scopes } = thread;
  worker.ref();
  await ready;
  if (current !== waiting) return;
  const { scopeId } = waiting.request;
  if (!scopes.has(scopeId)) worker.postMessage({ kind: 'scope', scopeId, scope: waiting.scope } satisfies GateRequest);
  scopes.delete(scopeId);
  scopes.add(scopeId);
  const [oldest] = scopes;
  if (scopes.size > MAX_SCOPES) {
    scopes.delete(oldest!);
    worker.postMessage({ kind: 'forget', scopeId: oldest! } satisfies GateRequest);
  }
  worker.postMessage(waiting.request);
  setTimeout(() => {
    // A reply that waits behind a busy main thread is in time: messages are looked at before the verdict falls.
    setImmediate(() => {
      if (current === waiting) giveUp(`the check took longer than ${DEADLINE_MS} ms`);
    });
  }, DEADLINE_MS).unref();
}

function settle(result: Result<Reading>): void {
  const { resolve } = current!;
  current = undefined;
  if (!queue.length) thread?.worker.unref();
  resolve(result);
  void next();
}

function giveUp(detail: string): void {
  const lost = thread;
  thread = undefined;
  void lost?.worker.terminate();
  if (current) settle(fail({ kind: 'unreadable-sql', detail }));
}
