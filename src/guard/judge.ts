import type { Engine } from '#src/domain/catalog.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { ok, type Result } from '#src/domain/result.ts';
import { SQLITE_FUNCTIONS } from './functions.ts';
import { readOffThread } from './gate-thread.ts';
import type { Scope } from './scope.ts';
import type { SqliteOptions } from './sqlite/read-sqlite.ts';
import type { StatementUse } from './statement-use.ts';

export { startGate } from './gate-thread.ts';

export type JudgeOptions = SqliteOptions;

/**
 * The gate (GATE-1): decides whether a statement is one plain SELECT over what the scope shows, and mints the
 * only thing that an adapter executes. What it cannot read it refuses. Nothing is executed and no text is changed. The
 * reading happens off the main thread and is given up after 250 ms.
 */
export async function judge(
  sql: string,
  engine: Engine,
  scope: Scope,
  options: JudgeOptions = {},
): Promise<Result<ReadOnlySql>> {
  const read = await readOffThread(sql, engine, scope, options);
  return read.ok ? ok(mint(sql, scope, read.value)) : read;
}

function mint(text: string, scope: Scope, { tables, functions }: StatementUse): ReadOnlySql {
  const { engine, searchPath, tables: readable } = scope;
  const callable = engine === 'sqlite' ? [...SQLITE_FUNCTIONS, ...(scope.userFunctions ?? [])] : [];
  const { asker = '', identity = '' } = scope;
  return Object.freeze({
    text,
    engine,
    asker,
    identity,
    searchPath,
    readable,
    callable,
    tables,
    functions,
  }) as unknown as ReadOnlySql;
}
