import type { RawStmt, SelectStmt } from '@pgsql/types';
import { loadModule, parseSync } from 'libpg-query';
import { checkCopies } from '../copies.ts';
import { checkRecursion } from '../recursion.ts';
import { notARead, unreadable } from '../refused.ts';
import { resolveNames } from '../resolve-names.ts';
import type { Scope } from '../scope.ts';
import type { StatementUse } from '../statement-use.ts';
import { namesOfTree } from './names-of-tree.ts';
import { bodyOf, statementName } from './tree.ts';

/** To be awaited once before `readPostgres`. */
export const loadPostgresGrammar = loadModule;

/**
 * Reads a statement with PostgreSQL's own grammar (libpg-query): one SELECT, closed lists of nodes, fields, functions,
 * operators and types, then every name against the scope. Throws Refused.
 */
export function readPostgres(sql: string, scope: Scope): StatementUse {
  const { query, functions } = namesOfTree(parseSelect(sql), scope);
  checkRecursion(query);
  checkCopies(query);
  return { tables: resolveNames(query, scope), functions };
}

/** The tree of a text that is one SELECT. Throws Refused. */
export function parseSelect(sql: string): SelectStmt {
  if (/\bU&"/i.test(sql)) throw unreadable('it holds an escaped name');
  let statements: readonly RawStmt[];
  try {
    statements = parseSync(sql).stmts ?? [];
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : 'syntax error');
  }
  if (statements.length !== 1) throw notARead('more than one statement');
  const root = statements[0]?.stmt;
  const select = bodyOf(root, 'SelectStmt');
  if (!select) throw notARead(statementName(root));
  return select;
}
