import { Dialect, parse } from '@polyglot-sql/sdk';
import type { Engine } from '#src/domain/catalog.ts';
import { bad, type EdlProblem, type EdlResult, good } from '../problem.ts';
import { type QueryIr, visit } from '../query-ir.ts';
import { Cursor } from './cursor.ts';
import { SqlSyntaxError } from './lex-sql.ts';
import { readExpression } from './read-expression.ts';
import { readQuery } from './read-query.ts';

/**
 * SQL text → QueryIR, names not yet resolved (resolve.ts does). The reader is ours because every node needs its span in
 * the source, for quoting and for the certificate: of the parsers measured, none has spans on literals, operators and
 * calls. What our reader has no node for is quoted; then a second parser must agree that the text is one SELECT, so that a
 * slip of the pen is reported and not quoted.
 */
export function parseSql(sql: string, engine: Engine): EdlResult<QueryIr> {
  let cursor: Cursor;
  try {
    cursor = new Cursor(sql, engine, { expression: readExpression, query: readQuery });
  } catch (error) {
    if (error instanceof SqlSyntaxError) return bad(syntaxProblem(error));
    throw error;
  }
  const refusal = notOneSelect(cursor);
  if (refusal) return bad(refusal);
  const trimmed = sql.trim().replace(/;\s*$/, '').trim();
  const quotedWhole: QueryIr = {
    kind: 'verbatim-query',
    sql: trimmed,
    span: { start: 0, end: sql.length },
  };
  try {
    const query = readQuery(cursor);
    cursor.accept(';');
    if (cursor.token.kind !== 'end') throw cursor.unexpected();
    if (!holdsVerbatim(query) || secondOpinion(sql, engine)) return good(query);
    return bad({
      code: 'S_SYNTAX',
      message: `the statement does not parse${secondProblem(sql, engine)}`,
      at: firstVerbatim(query) ?? 0,
    });
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    return secondOpinion(sql, engine) ? good(quotedWhole) : bad(syntaxProblem(error));
  }
}

function syntaxProblem(error: SqlSyntaxError): EdlProblem {
  return { code: 'S_SYNTAX', message: `the statement does not parse: ${error.message}.`, at: error.at };
}

function notOneSelect(cursor: Cursor): EdlProblem | undefined {
  const opening = cursor.tokens.find((token) => token.upper !== '(');
  if (!opening || cursor.tokens.length === 1) return { code: 'S_EMPTY', message: 'There is no statement.' };
  if (!['SELECT', 'WITH', 'VALUES'].includes(opening.upper)) {
    const found = opening.kind === 'end' ? 'nothing' : cursor.sql.slice(opening.start, opening.end);
    return {
      code: 'S_NOT_SELECT',
      message: `Only SELECT can be explained; this statement begins with ${found}.`,
      at: opening.start,
    };
  }
  const end = cursor.tokens.findIndex((token) => token.upper === ';');
  const after = cursor.tokens[end + 1];
  if (end >= 0 && after && after.kind !== 'end') {
    return { code: 'S_SEVERAL', message: 'There is more than one statement; give one at a time.', at: after.start };
  }
  return undefined;
}

const DIALECTS: Readonly<Record<Engine, Dialect>> = {
  sqlite: Dialect.SQLite,
  postgres: Dialect.PostgreSQL,
  mysql: Dialect.MySQL,
  mariadb: Dialect.MySQL,
};

/** Does an independent parser read the text as one SELECT? */
function secondOpinion(sql: string, engine: Engine): boolean {
  const parsed = parse(sql, DIALECTS[engine]);
  const [only, ...others] = parsed.success ? parsed.ast : [];
  if (!only || others.length) return false;
  const [kind = ''] = Object.keys(only);
  return ['select', 'union', 'intersect', 'except', 'values', 'subquery', 'paren'].includes(kind);
}

function secondProblem(sql: string, engine: Engine): string {
  const { error } = parse(sql, DIALECTS[engine]);
  return error ? `: ${error.replace(/\s+/g, ' ').slice(0, 200)}.` : '.';
}

/** Does any part of the query stand quoted? */
export function holdsVerbatim(query: QueryIr): boolean {
  return firstVerbatim(query) !== undefined;
}

/** Where the first quoted part stands: a query, source, expression or type. */
function firstVerbatim(query: QueryIr): number | undefined {
  let first: number | undefined;
  visit(query, ({ kind, name, span }) => {
    if (kind === 'verbatim' || kind === 'verbatim-query' || name === 'verbatim') first ??= span?.start ?? 0;
  });
  return first;
}
