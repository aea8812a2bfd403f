// The thread that reads statements, so that a parser that runs for ever stops nothing else (GATE-10).
import { parentPort } from 'node:worker_threads';
import type { Engine } from '#src/domain/catalog.ts';
import { fail, type Result } from '#src/domain/result.ts';
import { loadGrammars, readStatement } from './read-statement.ts';
import type { Reading } from './reading.ts';
import type { Scope } from './scope.ts';
import type { SqliteOptions } from './sqlite/read-sqlite.ts';

export type GateRequest =
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

export type GateReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'read'; readonly id: number; readonly result: Result<Reading> };

const scopes = new Map<number, Scope>();
const port = parentPort!;

await loadGrammars();
port.on('message', (request: GateRequest) => {
  if (request.kind === 'scope') scopes.set(request.scopeId, request.scope);
  else if (request.kind === 'forget') scopes.delete(request.scopeId);
  else port.postMessage({ kind: 'read', id: request.id, result: read(request) } satisfies GateReply);
});
port.postMessage({ kind: 'ready' } satisfies GateReply);

function read({ sql, engine, scopeId, options }: GateRequest & { kind: 'read' }): Result<Reading> {
  try {
    return readStatement(sql, engine, scopes.get(scopeId)!, options);
  } catch (error) {
    // A parser's own bug must refuse, not end the thread.
    return fail({
      kind: 'unreadable-sql',
      detail: `the check failed: ${error instanceof Error ? error.name : 'error'}`,
    });
  }
}
