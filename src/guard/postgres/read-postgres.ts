import { loadModule, parseSync } from 'libpg-query';
import { checkCopies } from '../copies.ts';
import type { Reading } from '../reading.ts';
import { notARead, unreadable } from '../refused.ts';
import { checkRecursion, resolveNames } from '../resolve-names.ts';
import type { Scope } from '../scope.ts';
import type { Node } from './grammar.ts';
import { shapeOf, statementName } from './shape-of.ts';

/** To be awaited once before `readPostgres`. */
export const loadPostgresGrammar = loadModule;

/**
 * Reads a statement with PostgreSQL's own grammar (libpg-query): one SELECT, closed lists of nodes, fields, functions,
 * operators and types, then every name against the scope. Throws Refused.
 */
export function readPostgres(sql: string, scope: Scope): Reading {
  if (/\bU&"/i.test(sql)) throw unreadable('it holds an escaped name');
  let statements: readonly { readonly stmt?: Node }[];
  try {
    statements = (parseSync(sql) as { stmts?: { stmt?: Node }[] }).stmts ?? [];
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : 'syntax error');
  }
  if (statements.length !== 1) throw notARead('more than one statement');
  const root = statements[0]?.stmt ?? {};
  const select = root.SelectStmt as Node | undefined;
  if (!select) throw notARead(statementName(root));
  const { query, functions } = shapeOf(select, scope);
  checkRecursion(query);
  checkCopies(query);
  return { tables: resolveNames(query, scope), functions };
}
