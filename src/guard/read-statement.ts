import type { Engine } from '#src/domain/catalog.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { SqlSyntaxError } from '#src/sql/reader/lex-sql.ts';
import { readMysql } from './mysql/read-mysql.ts';
import { loadPostgresGrammar, readPostgres } from './postgres/read-postgres.ts';
import { Refused, unreadable } from './refused.ts';
import type { Scope } from './scope.ts';
import { prepareSqlite, readSqlite, type SqliteOptions } from './sqlite/read-sqlite.ts';
import type { StatementUse } from './statement-use.ts';
import { checkText } from './text-checks.ts';

/** To be awaited once before `readStatement`. */
export const loadGrammars = async (): Promise<void> => {
  await loadPostgresGrammar();
};

/** What takes its time once for each scope, and none of any statement's: the empty tables that SQLite reads against. */
export function prepareScope(engine: Engine, scope: Scope, options: SqliteOptions): void {
  if (engine === 'sqlite') prepareSqlite(scope, options);
}

/** Is this one plain SELECT over what the scope shows? Pure: nothing is executed and no text is changed. */
export function readStatement(sql: string, engine: Engine, scope: Scope, options: SqliteOptions): Result<StatementUse> {
  try {
    return ok(read(sql, engine, scope, options));
  } catch (error) {
    if (error instanceof Refused) return fail(error.failure);
    if (error instanceof SqlSyntaxError) return fail(unreadable(error.message).failure);
    if (error instanceof RangeError) return fail(unreadable('it is nested too deeply').failure);
    throw error;
  }
}

function read(sql: string, engine: Engine, scope: Scope, options: SqliteOptions): StatementUse {
  const tokens = checkText(sql, engine);
  switch (engine) {
    case 'sqlite':
      return readSqlite(sql, tokens, scope, options);
    case 'postgres':
      return readPostgres(sql, scope);
    case 'mysql':
    case 'mariadb':
      return readMysql(sql, tokens, scope);
  }
}
