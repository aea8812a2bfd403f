import { constants, DatabaseSync } from 'node:sqlite';
import type { Failure } from '#src/domain/failure.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';
import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { blankSyntax, cteTexts } from '../blank-syntax.ts';
import { checkArguments } from '../calls.ts';
import { checkCopiesInTokens } from '../copies.ts';
import { SQLITE_FUNCTIONS } from '../functions.ts';
import { namesOfIr } from '../names-of-ir.ts';
import { checkRecursion } from '../recursion.ts';
import { badColumn, notARead, Refused, unreadable } from '../refused.ts';
import type { Scope, TableScope } from '../scope.ts';
import type { StatementUse } from '../statement-use.ts';

/** Eponymous table functions whose rows come from their arguments alone. */
const TABLE_FUNCTIONS = new Set(['json_each', 'json_tree']);

export interface SqliteOptions {
  /** SQLite's legacy rule that a double-quoted name which is no column is text. */
  readonly doubleQuotedText?: boolean;
}

/**
 * Reads a statement with SQLite's own parser: it is prepared, never run, on an empty in-memory database that holds the
 * tables of the scope and nothing else, with an authorizer that lets a SELECT through. A table outside the scope does not
 * exist there, so no trick of naming reaches it. Hidden columns do exist, so that a star or a sort that would read one is
 * seen; a second database lacks them, because the authorizer is blind to names in USING. Throws Refused.
 */
export function readSqlite(
  sql: string,
  tokens: readonly SqlToken[],
  scope: Scope,
  options: SqliteOptions,
): StatementUse {
  for (const [at, token] of tokens.entries()) {
    if (tokens[at + 1]?.upper === '(') checkArguments(token.value.toLowerCase(), tokens, at + 1);
    if (token.kind === 'parameter') throw unreadable('it holds a parameter');
  }
  checkCopiesInTokens(tokens);
  const opening = tokens.find((token) => token.upper !== '(')!.upper;
  const stubs = stubsOf(scope, options.doubleQuotedText ?? false);
  const read = prepareOn(stubs.whole, sql, scope);
  if (!['SELECT', 'WITH', 'VALUES'].includes(opening)) throw notARead('not a SELECT');
  checkUnread(sql, tokens, stubs.whole, scope);
  // The authorizer is silent about a table of which only columns named in USING or NATURAL are read.
  const joined = tokens.some(({ kind, upper }) => kind === 'word' && (upper === 'USING' || upper === 'NATURAL'));
  const unseen = joined ? tablesNamed(tokens, stubs.whole, read.tables) : [];
  const tables = [...read.tables, ...unseen.map(({ name }) => ({ name, columns: [] }))];
  const partlyHidden = tables.some((table) => stubs.whole.tables.get(table.name.toLowerCase())?.hidden?.length);
  if (partlyHidden) {
    if (tokens.some((token) => token.kind === 'word' && token.upper === 'NATURAL')) throw badColumn('NATURAL JOIN');
    prepareOn(stubs.visible, sql, scope);
  }
  if (read.recursive) checkEnd(sql, tokens);
  return { tables, functions: read.functions };
}

/** Tables of the scope that are named anywhere in the text, but for those that were seen. */
function tablesNamed(tokens: readonly SqlToken[], stub: Stub, seen: readonly TableUse[]): TableScope[] {
  const known = new Set(seen.map((table) => table.name));
  const named = new Set(
    tokens.flatMap(({ kind, value }) => (kind === 'operator' ? [] : [stub.tables.get(value.toLowerCase())])),
  );
  return [...named].filter((table): table is TableScope => table !== undefined && !known.has(table.name));
}

/** SQLite does not look into a CTE that nobody reads, so each is prepared as if somebody did. */
function checkUnread(sql: string, tokens: readonly SqlToken[], stub: Stub, scope: Scope): void {
  const ctes = cteTexts(sql, tokens);
  const names = new Set(ctes.map((cte) => cte.name.toLowerCase()));
  for (const { text } of ctes) {
    try {
      prepareOn(stub, text, scope);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { failure } = error;
      // Alone, one in a subquery lacks the columns and CTEs around it.
      const alone =
        failure.kind === 'unreadable-sql' ||
        (failure.kind === 'table-refused' && names.has(failure.table.toLowerCase()));
      if (!alone) throw error;
    }
  }
}

/** SQLite tells that a statement is recursive, not whether it ends: our own reader looks at that. */
function checkEnd(sql: string, tokens: readonly SqlToken[]): void {
  const { text, blanked } = blankSyntax(sql, tokens);
  const parsed = parseSql(text, 'sqlite');
  if (!parsed.ok) throw unreadable('its recursion is of a kind that is not checked');
  // Without the word RECURSIVE a CTE of SQLite may read itself all the same.
  const recursive = { has: () => true } as unknown as ReadonlySet<string>;
  checkRecursion(namesOfIr(parsed.value, text, 'sqlite', { ...blanked, recursive }));
}

interface Prepared extends StatementUse {
  readonly recursive: boolean;
}

function prepareOn(stub: Stub, sql: string, scope: Scope): Prepared {
  const seen = new Map<string, Set<string>>();
  const functions = new Set<string>();
  const userFunctions = new Set(scope.userFunctions);
  let recursive = false;
  let refusal: Failure | undefined;
  const refuse = (failure: Failure) => {
    refusal ??= failure;
    return constants.SQLITE_DENY;
  };
  const read = (table: string, column: string) => {
    const name = table.toLowerCase();
    if (TABLE_FUNCTIONS.has(name)) return constants.SQLITE_OK;
    const known = stub.tables.get(name);
    if (!known) {
      // An empty column name reports a table or CTE whose columns are not read; a CTE is no table of ours.
      if (!column && !/^(sqlite|pragma)_/.test(name) && !stub.modules.has(name)) return constants.SQLITE_OK;
      return refuse({ kind: 'table-refused', table });
    }
    const visible = known.columns.find((one) => one.toLowerCase() === column.toLowerCase());
    // ROWID is reported where no column is its other name; beside hidden columns it is not told apart from one.
    const rowId = column.toUpperCase() === 'ROWID' && !known.hidden?.length;
    if (column && visible === undefined && !rowId)
      return refuse({ kind: 'column-refused', column: `${table}.${column}` });
    const columns = seen.get(name) ?? new Set<string>();
    if (visible !== undefined) columns.add(visible);
    seen.set(name, columns);
    return constants.SQLITE_OK;
  };
  stub.database.setAuthorizer((action, first, second) => {
    switch (action) {
      case constants.SQLITE_SELECT:
        return constants.SQLITE_OK;
      case constants.SQLITE_RECURSIVE:
        recursive = true;
        return constants.SQLITE_OK;
      case constants.SQLITE_FUNCTION: {
        const name = (second ?? '').toLowerCase();
        functions.add(name);
        return SQLITE_FUNCTIONS.has(name) || userFunctions.has(name)
          ? constants.SQLITE_OK
          : refuse({ kind: 'function-refused', name });
      }
      case constants.SQLITE_READ:
        return read(first ?? '', second ?? '');
      default:
        return refuse({ kind: 'write-refused', keyword: ACTION_NAMES[action] ?? 'not a SELECT' });
    }
  });
  try {
    stub.database.prepare(sql);
  } catch (error) {
    throw new Refused(refusal ?? parseFailure(error));
  } finally {
    stub.database.setAuthorizer(null);
  }
  if (refusal) throw new Refused(refusal);
  const tables = [...seen].map(([name, columns]) => ({ name: stub.tables.get(name)!.name, columns: [...columns] }));
  return { tables, functions: [...functions].sort(), recursive };
}

function parseFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : '';
  const missing = /^no such table: (.+)$/.exec(message);
  return missing ? { kind: 'table-refused', table: missing[1]! } : { kind: 'unreadable-sql', detail: message };
}

const ACTION_NAMES: Readonly<Record<number, string>> = {
  [constants.SQLITE_INSERT]: 'INSERT',
  [constants.SQLITE_UPDATE]: 'UPDATE',
  [constants.SQLITE_DELETE]: 'DELETE',
  [constants.SQLITE_PRAGMA]: 'PRAGMA',
  [constants.SQLITE_ATTACH]: 'ATTACH',
  [constants.SQLITE_TRANSACTION]: 'a transaction',
  [constants.SQLITE_CREATE_TABLE]: 'CREATE TABLE',
  [constants.SQLITE_DROP_TABLE]: 'DROP TABLE',
};

interface Stub {
  readonly database: DatabaseSync;
  /** By lower-case name. */
  readonly tables: ReadonlyMap<string, TableScope>;
  /** Table functions that the engine brings along (`pragma_…`, `dbstat`, …), lower case. */
  readonly modules: ReadonlySet<string>;
}

interface Stubs {
  /** With the hidden columns of visible tables. */
  readonly whole: Stub;
  readonly visible: Stub;
}

/** Makes what a scope's statements are read against, if it is not there yet. */
export function prepareSqlite(scope: Scope, options: SqliteOptions): void {
  stubsOf(scope, options.doubleQuotedText ?? false);
}

const known = new WeakMap<Scope, Map<boolean, Stubs>>();

function stubsOf(scope: Scope, doubleQuotedText: boolean): Stubs {
  const byRule = known.get(scope) ?? new Map<boolean, Stubs>();
  known.set(scope, byRule);
  const made = byRule.get(doubleQuotedText);
  if (made) return made;
  const whole = stubOf(scope, doubleQuotedText, (table) => [...table.columns, ...(table.hidden ?? [])]);
  const anyHidden = scope.tables.some((table) => table.hidden?.length);
  const stubs = { whole, visible: anyHidden ? stubOf(scope, doubleQuotedText, (table) => table.columns) : whole };
  byRule.set(doubleQuotedText, stubs);
  return stubs;
}

function stubOf(scope: Scope, doubleQuotedText: boolean, columnsOf: (table: TableScope) => readonly string[]): Stub {
  const database = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: doubleQuotedText });
  database.exec('BEGIN');
  for (const table of scope.tables) {
    const columns = columnsOf(table);
    database.exec(
      `CREATE TABLE ${quote(table.name)} (${(columns.length ? columns : ['rowid']).map(quote).join(', ')})`,
    );
  }
  database.exec('COMMIT');
  const tables = new Map(scope.tables.map((table) => [table.name.toLowerCase(), table]));
  const modules = database.prepare('SELECT name FROM pragma_module_list').all();
  return { database, tables, modules: new Set(modules.map((row) => String(row.name).toLowerCase())) };
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
