import { constants, DatabaseSync } from 'node:sqlite';
import type { Failure } from '#src/domain/failure.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { SQLITE_FUNCTIONS } from './functions.ts';
import type { Scope } from './scope.ts';

/** Eponymous table functions whose rows come from their arguments alone. */
const TABLE_FUNCTIONS = new Set(['json_each', 'json_tree']);

/**
 * Reads a statement with SQLite's own parser: it is prepared, never run, on an empty in-memory database that holds the
 * tables of the scope and nothing else, with an authorizer that lets a SELECT through. A table outside the scope does
 * not exist there, so no trick of naming reaches it.
 */
export function readSqlite(sql: string, scope: Scope, options: { doubleQuotedText?: boolean }): Result<TableUse[]> {
  const schema = schemaOf(scope, options.doubleQuotedText ?? false);
  const seen = new Map<string, Set<string>>();
  let refusal: Failure | undefined;
  const refuse = (failure: Failure) => {
    refusal ??= failure;
    return constants.SQLITE_DENY;
  };
  schema.database.setAuthorizer((action, first, second) => {
    switch (action) {
      case constants.SQLITE_SELECT:
      case constants.SQLITE_RECURSIVE:
        return constants.SQLITE_OK;
      case constants.SQLITE_FUNCTION: {
        const name = (second ?? '').toLowerCase();
        return SQLITE_FUNCTIONS.has(name) ? constants.SQLITE_OK : refuse({ kind: 'function-refused', name });
      }
      case constants.SQLITE_READ: {
        const name = (first ?? '').toLowerCase();
        if (TABLE_FUNCTIONS.has(name)) return constants.SQLITE_OK;
        if (!schema.tables.has(name)) {
          // An empty column name reports a table or CTE whose columns are not read; a CTE is no table of ours.
          if (!second && !/^(sqlite|pragma)_/.test(name) && !schema.modules.has(name)) return constants.SQLITE_OK;
          return refuse({ kind: 'table-refused', table: first ?? '' });
        }
        const columns = seen.get(name) ?? new Set<string>();
        if (second) columns.add(second);
        seen.set(name, columns);
        return constants.SQLITE_OK;
      }
      default:
        return refuse({ kind: 'write-refused', keyword: ACTION_NAMES[action] ?? 'not a SELECT' });
    }
  });
  try {
    schema.database.prepare(sql);
  } catch (error) {
    return fail(refusal ?? parseFailure(error));
  } finally {
    schema.database.setAuthorizer(null);
  }
  if (refusal) return fail(refusal);
  if (!/^\s*(?:--[^\n]*\n|\/\*[\s\S]*?\*\/|\s|\()*(?:select|with|values)\b/i.test(sql)) {
    return fail({ kind: 'write-refused', keyword: 'not a SELECT' });
  }
  return ok([...seen].map(([name, columns]) => ({ name: schema.tables.get(name)!, columns: [...columns] })));
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

interface StubSchema {
  readonly database: DatabaseSync;
  /** Lower-case name to the catalog's spelling. */
  readonly tables: ReadonlyMap<string, string>;
  /** Table functions that the engine brings along (`pragma_…`, `dbstat`, …), lower case. */
  readonly modules: ReadonlySet<string>;
}

const schemas = new WeakMap<readonly TableUse[], Map<boolean, StubSchema>>();

function schemaOf(scope: Scope, doubleQuotedText: boolean): StubSchema {
  const byRule = schemas.get(scope.tables) ?? new Map<boolean, StubSchema>();
  schemas.set(scope.tables, byRule);
  const known = byRule.get(doubleQuotedText);
  if (known) return known;
  const database = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: doubleQuotedText });
  for (const table of scope.tables) {
    const columns = table.columns.length ? table.columns : ['rowid'];
    database.exec(`CREATE TABLE ${quote(table.name)} (${columns.map(quote).join(', ')})`);
  }
  const tables = new Map(scope.tables.map((table) => [table.name.toLowerCase(), table.name]));
  const modules = database.prepare('SELECT name FROM pragma_module_list').all();
  const made = { database, tables, modules: new Set(modules.map((row) => String(row.name).toLowerCase())) };
  byRule.set(doubleQuotedText, made);
  return made;
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
