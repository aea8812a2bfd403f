import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import { argumentCount, checkArguments } from '../calls.ts';
import { checkCopies } from '../copies.ts';
import { MYSQL_FUNCTIONS } from '../functions.ts';
import { checkPattern } from '../patterns.ts';
import type { QueryNames, SourceNames } from '../query-names.ts';
import { checkRecursion } from '../recursion.ts';
import { badColumn, badFunction, notARead, unreadable } from '../refused.ts';
import { resolveNames } from '../resolve-names.ts';
import type { Scope } from '../scope.ts';
import type { StatementUse } from '../statement-use.ts';
import { isUserFunction } from '../user-functions.ts';
import { eachQuery } from '../walk-names.ts';
import { SIZED_TYPES } from './names.ts';
import { readQuery } from './read-query.ts';
import { COMMENTS, type Opinion, secondOpinion } from './second-parser.ts';

/** Words that no plain SELECT holds outside quotes (GATE-2 and GATE-4). */
const REFUSED_WORDS = new Set(
  `INTO OUTFILE DUMPFILE PROCEDURE LOCK UPDATE DELETE LOAD CALL CURRENT_USER CURRENT_ROLE SESSION_USER
   SYSTEM_USER SQL_CALC_FOUND_ROWS`.split(/\s+/),
);

/** Words that stand before a parenthesis without being calls. */
const OPENING_WORDS = new Set(
  `SELECT DISTINCT ALL FROM JOIN ON USING WHERE AND OR XOR NOT IN LIKE BETWEEN IS CASE WHEN THEN ELSE BY HAVING UNION
   EXCEPT INTERSECT AS WITH OVER EXISTS ANY SOME VALUES LIMIT OFFSET INTERVAL DIV MOD REGEXP RLIKE PARTITION ORDER
   SEPARATOR ESCAPE STRAIGHT_JOIN BINARY DISTINCTROW`.split(/\s+/),
);
/** Words that stand so after certain others alone. */
const OPENING_AFTER: Readonly<Record<string, readonly string[]>> = {
  INDEX: ['USE', 'FORCE', 'IGNORE'],
  KEY: ['USE', 'FORCE', 'IGNORE'],
  GROUP: ['WITHIN'],
  OF: ['MEMBER'],
};

/**
 * Reads a MySQL or MariaDB statement. Neither engine's own grammar can be had, so the text is refused on its tokens first
 * (hidden comments, INTO, calls that are not on the list); then our reader and an independent parser must both see one SELECT
 * over the same tables; any doubt refuses (GATE-9). Throws Refused.
 */
export function readMysql(sql: string, tokens: readonly SqlToken[], scope: Scope): StatementUse {
  const opening = tokens.find((token) => token.upper !== '(')!.upper;
  if (STATEMENTS.has(opening)) throw notARead(opening);
  const functions = checkTokens(tokens, sql, scope);
  const { query, edits } = readQuery(sql, tokens, new Set(functions.map((name) => name.toLowerCase())));
  checkRecursion(query);
  checkCopies(query);
  const tables = resolveNames(query, scope);
  const opinion = secondOpinion(sql, tokens, edits);
  if (!opinion) throw unreadable('the second parser cannot read it as one SELECT');
  compare(query, tables, opinion, scope);
  return { tables, functions };
}

/** Statements that are not a SELECT. */
const STATEMENTS = new Set(
  `ALTER ANALYZE BEGIN CALL COMMIT CREATE DELETE DESC DESCRIBE DO DROP EXECUTE EXPLAIN FLUSH GRANT HANDLER INSERT INSTALL
   KILL LOAD LOCK OPTIMIZE PREPARE RENAME REPLACE RESET REVOKE ROLLBACK SET SHOW SHUTDOWN START TABLE TRUNCATE UNLOCK
   UPDATE USE XA`.split(/\s+/),
);

/** Throws Refused where the other parser sees another table, or a hidden column that we do not see. */
function compare(query: QueryNames, tables: StatementUse['tables'], opinion: Opinion, scope: Scope): void {
  const ctes = new Set<string>();
  const given = new Set<string>();
  eachQuery(query, (one) => {
    for (const cte of one.ctes) {
      ctes.add(cte.name.toLowerCase());
      for (const name of cte.columns ?? []) given.add(name.toLowerCase());
    }
    for (const name of namesGiven(one)) given.add(name.toLowerCase());
  });
  const ours = [...new Set(tables.map(({ name }) => name.toLowerCase()).filter((name) => !ctes.has(name)))].sort();
  const theirs = [...opinion.tables].filter((name) => !ctes.has(name) && name !== 'dual').sort();
  if (ours.join('\n') !== theirs.join('\n')) throw unreadable('two parsers see different tables in it');
  for (const { name, hidden = [] } of scope.tables) {
    if (!ours.includes(name.toLowerCase())) continue;
    const seen = hidden.find((column) => opinion.columns.has(column.toLowerCase()) && !given.has(column.toLowerCase()));
    if (seen !== undefined) throw badColumn(seen);
  }
}

/** The names that a query itself gives to columns. */
function namesGiven(query: QueryNames): readonly string[] {
  if (query.kind !== 'select') return query.kind === 'values' ? query.names : [];
  const ofSources = (source: SourceNames): readonly string[] => {
    if (source.kind === 'join') return [...ofSources(source.left), ...ofSources(source.right)];
    return [...(source.columns ?? []), ...(source.kind === 'function' ? source.outputs : [])];
  };
  return [...query.items.map((item) => item.name ?? ''), ...query.sources.flatMap(ofSources)];
}

/** Refuses on tokens alone; gives the functions that are called. */
function checkTokens(tokens: readonly SqlToken[], sql: string, scope: Scope): readonly string[] {
  const functions = new Set<string>();
  let end = 0;
  for (const [at, token] of tokens.entries()) {
    const { kind, upper } = token;
    // What lies between tokens is blank or a comment.
    for (const [comment] of sql.slice(end, token.start).matchAll(COMMENTS)) {
      if (comment.startsWith('#')) throw unreadable('it holds a # comment');
    }
    end = token.end;
    const next = tokens[at + 1];
    if (kind === 'parameter' || upper === '@' || upper === ':') throw unreadable('it holds a variable or parameter');
    if (upper === '-' && next?.upper === '-' && next.start === token.end)
      throw unreadable('it holds -- without a blank');
    if (kind === 'word') {
      const charset = upper === 'SET' && tokens[at - 1]?.upper === 'CHARACTER';
      const insert = upper === 'INSERT' && next?.upper !== '(';
      if (REFUSED_WORDS.has(upper) || insert || (upper === 'SET' && !charset)) throw notARead(upper);
      if (upper === 'FOR' && next?.upper === 'SHARE') throw notARead('FOR SHARE');
      if (upper === 'VALUE' && next?.upper === 'FOR') throw notARead('a sequence');
    }
    if ((upper === 'REGEXP' || upper === 'RLIKE') && kind === 'word') {
      const pattern = next?.kind === 'string' && tokens[at + 2]?.kind !== 'string' ? next.value : undefined;
      checkPattern(pattern);
    }
    if (next?.upper === '(') checkCall(tokens, at, scope, functions);
  }
  return [...functions].sort();
}

/** A name before a parenthesis must be a known function, by its bare name alone. */
function checkCall(tokens: readonly SqlToken[], at: number, scope: Scope, functions: Set<string>): void {
  const { kind, upper, value } = tokens[at]!;
  const before = tokens[at - 1];
  if (kind !== 'name' && kind !== 'word') return;
  const named =
    before?.upper === 'WITH' || before?.upper === 'RECURSIVE' || (before?.upper === ',' && namesCte(tokens, at));
  // `cte` (columns) AS …
  if (named && namesCte(tokens, at)) return;
  const opening = OPENING_WORDS.has(upper) || OPENING_AFTER[upper]?.includes(before?.upper ?? '');
  if (kind === 'word' && opening && before?.upper !== '.') return;
  // These two stand in FROM alone, which the reader looks at.
  if (kind === 'word' && (upper === 'JSON_TABLE' || (upper === 'COLUMNS' && before?.kind === 'string'))) return;
  const name = value.toLowerCase();
  const full = before?.upper === '.' ? `${tokens[at - 2]?.value ?? ''}.${value}` : value;
  if (isUserFunction(full.split('.'), argumentCount(tokens, at + 1), scope)) {
    functions.add(full);
    return;
  }
  const sized = SIZED_TYPES.has(upper) && (before?.upper === 'AS' || upper === 'DECIMAL' || upper === 'VARCHAR');
  const own = scope.ownCode?.functions.some((one) => one.name === name) ?? false;
  const known = kind === 'word' && before?.upper !== '.' && ((MYSQL_FUNCTIONS.has(name) && !own) || sized);
  if (!known) throw badFunction(full);
  if (sized) return;
  functions.add(name);
  if (name !== 'format') checkArguments(name, tokens, at + 1);
}

/** `name (a, b) AS (SELECT`. */
function namesCte(tokens: readonly SqlToken[], at: number): boolean {
  const close = tokens.findIndex((token, place) => place > at && token.upper === ')');
  return tokens[close + 1]?.upper === 'AS' && tokens[close + 2]?.upper === '(';
}
