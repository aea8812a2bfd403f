// The thread that reads statements, so that a parser that runs for ever stops nothing else (GATE-10).
import { parentPort } from 'node:worker_threads';
import type { Engine } from '#src/domain/catalog.ts';
import { fail, type Result } from '#src/domain/result.ts';
import { loadGrammars, prepareScope, readStatement } from './read-statement.ts';
import type { Scope } from './scope.ts';
import type { SqliteOptions } from './sqlite/read-sqlite.ts';
import type { StatementUse } from './statement-use.ts';
import { warmUp } from './warm-up.ts';

export type GateRequest =
  /** To be sent once, first. */
  | { readonly kind: 'start'; readonly engines: readonly Engine[] }
  | { readonly kind: 'scope'; readonly scopeId: number; readonly scope: Scope }
  | { readonly kind: 'forget'; readonly scopeId: number }
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly sql: string;
      readonly engine: Engine;
      readonly scopeId: number;
      readonly options: SqliteOptions;
    };

/** `reading`: all is prepared that no statement is to be charged for, and this one's time runs. */
export type GateReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reading'; readonly id: number }
  | { readonly kind: 'read'; readonly id: number; readonly result: Result<StatementUse> };

/** Ahead of time; a statement that waits pays for one round alone. */
const ROUNDS_AHEAD = 3;
const scopes = new Map<number, Scope>();
const port = parentPort!;
const reply = (message: GateReply) => port.postMessage(message);

await loadGrammars();
port.on('message', (request: GateRequest) => {
  switch (request.kind) {
    case 'start':
      for (const engine of request.engines) warmUp(engine, ROUNDS_AHEAD, readStatement);
      return reply({ kind: 'ready' });
    case 'scope':
      return void scopes.set(request.scopeId, request.scope);
    case 'forget':
      return void scopes.delete(request.scopeId);
    case 'read':
      return reply({ kind: 'read', id: request.id, result: read(request) });
  }
});

function read({ id, sql, engine, scopeId, options }: GateRequest & { kind: 'read' }): Result<StatementUse> {
  const scope = scopes.get(scopeId)!;
  try {
    warmUp(engine, 1, readStatement);
    prepareScope(engine, scope, options);
    reply({ kind: 'reading', id });
    return readStatement(sql, engine, scope, options);
  } catch (error) {
    // A parser's own bug must refuse, not end the thread.
    return fail({
      kind: 'unreadable-sql',
      detail: `the check failed: ${error instanceof Error ? error.name : 'error'}`,
    });
  }
}
