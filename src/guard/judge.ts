import type { Engine } from '#src/domain/catalog.ts';
import type { ReadOnlySql, TableUse } from '#src/domain/read-only-sql.ts';
import { ok, type Result } from '#src/domain/result.ts';
import { readMysql } from './mysql.ts';
import { readPostgres } from './postgres.ts';
import type { Scope } from './scope.ts';
import { readSqlite } from './sqlite.ts';
import { checkText } from './text-checks.ts';

export interface JudgeOptions {
  /** SQLite's legacy rule that a double-quoted name which is no column is text. Only gold queries are judged with it. */
  readonly doubleQuotedText?: boolean;
}

/**
 * Decides whether a statement is one plain SELECT over tables of the scope, by the engine's own parser, and mints the
 * only thing that an adapter executes. What it cannot read it refuses. Nothing is executed and no text is changed.
 */
export async function judge(
  sql: string,
  engine: Engine,
  scope: Scope,
  options: JudgeOptions = {},
): Promise<Result<ReadOnlySql>> {
  const text = checkText(sql);
  if (!text.ok) return text;
  const read = await readers(engine, sql, scope, options);
  return read.ok ? ok(mint(sql, scope, read.value)) : read;
}

function readers(engine: Engine, sql: string, scope: Scope, options: JudgeOptions): Promise<Result<TableUse[]>> {
  switch (engine) {
    case 'sqlite':
      return Promise.resolve(readSqlite(sql, scope, options));
    case 'postgres':
      return readPostgres(sql, scope);
    case 'mysql':
    case 'mariadb':
      return readMysql(sql, engine, scope);
  }
}

function mint(text: string, scope: Scope, tables: readonly TableUse[]): ReadOnlySql {
  const { engine, searchPath, tables: readable } = scope;
  return Object.freeze({ text, engine, searchPath, readable, tables }) as unknown as ReadOnlySql;
}
