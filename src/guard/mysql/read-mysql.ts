import type { Engine } from '#src/domain/catalog.ts';
import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { setAside } from '../besides.ts';
import { argumentCount, checkArguments } from '../calls.ts';
import { MYSQL_FUNCTIONS } from '../functions.ts';
import { shapeOfIr } from '../ir-shape.ts';
import { checkPattern } from '../patterns.ts';
import type { Reading } from '../reading.ts';
import { badFunction, notARead, unreadable } from '../refused.ts';
import { checkRecursion, eachQuery, resolveNames } from '../resolve-names.ts';
import type { Scope } from '../scope.ts';
import type { QueryShape, SourceShape } from '../shape.ts';
import { isUserFunction } from '../user-functions.ts';
import { secondTables } from './second-parser.ts';

/** Words that no plain SELECT holds outside quotes (GATE-2 and GATE-4). */
const REFUSED_WORDS = new Set(
  `INTO OUTFILE DUMPFILE PROCEDURE LOCK UPDATE DELETE INSERT LOAD CALL JSON_TABLE CURRENT_USER CURRENT_ROLE SESSION_USER
   SYSTEM_USER SQL_CALC_FOUND_ROWS`.split(/\s+/),
);

/** Words that stand before a parenthesis without being calls. */
const OPENING_WORDS = new Set(
  `SELECT DISTINCT ALL FROM JOIN ON USING WHERE AND OR XOR NOT IN LIKE BETWEEN IS CASE WHEN THEN ELSE BY HAVING UNION
   EXCEPT INTERSECT AS WITH OVER EXISTS ANY SOME VALUES LIMIT OFFSET INTERVAL DIV MOD REGEXP RLIKE PARTITION ORDER
   SEPARATOR ESCAPE`.split(/\s+/),
);
/** Types that carry a size. */
const SIZED_TYPES = new Set('CHAR DECIMAL BINARY DATETIME TIME DOUBLE FLOAT NCHAR VARCHAR'.split(' '));

/**
 * Reads a MySQL or MariaDB statement. Neither engine's own grammar can be had, so the text is refused on its tokens first
 * (hidden comments, INTO, calls that are not on the list), and then two independent parsers must both see one SELECT over
 * the same tables; any doubt refuses (GATE-9). Throws Refused.
 */
export function readMysql(sql: string, tokens: readonly SqlToken[], engine: Engine, scope: Scope): Reading {
  const functions = checkTokens(tokens, sql, scope);
  const { text, beside } = setAside(sql, tokens);
  const parsed = parseSql(text, engine);
  if (!parsed.ok) {
    const { code, message } = parsed.problems[0]!;
    const keyword = code === 'S_SEVERAL' ? 'more than one statement' : firstWord(sql);
    if (code === 'S_SEVERAL' || (code === 'S_NOT_SELECT' && STATEMENTS.has(keyword))) throw notARead(keyword);
    throw unreadable(message);
  }
  const query = withoutDual(shapeOfIr(parsed.value, text, engine, beside));
  checkRecursion(query);
  const tables = resolveNames(query, scope);
  const theirs = secondTables(sql, tokens);
  if (!theirs) throw unreadable('the second parser cannot read it as one SELECT');
  const ctes = new Set<string>();
  eachQuery(query, (one) => {
    for (const cte of one.ctes) ctes.add(cte.name.toLowerCase());
  });
  const ours = [...new Set(tables.map(({ name }) => name.toLowerCase()).filter((name) => !ctes.has(name)))].sort();
  const others = [...new Set(theirs.filter((name) => !ctes.has(name) && name !== 'dual'))].sort();
  if (ours.join('\n') !== others.join('\n')) throw unreadable('two parsers see different tables in it');
  return { tables, functions };
}

/** Statements that are not a SELECT. */
const STATEMENTS = new Set(
  `ALTER ANALYZE BEGIN CALL COMMIT CREATE DELETE DESC DESCRIBE DO DROP EXECUTE EXPLAIN FLUSH GRANT HANDLER INSERT INSTALL
   KILL LOAD LOCK OPTIMIZE PREPARE RENAME REPLACE RESET REVOKE ROLLBACK SET SHOW SHUTDOWN START TABLE TRUNCATE UNLOCK
   UPDATE USE VALUES XA`.split(/\s+/),
);

const firstWord = (sql: string) => /[A-Za-z]+/.exec(sql)?.[0]?.toUpperCase() ?? 'no statement';

/** Refuses on tokens alone; gives the functions that are called. */
function checkTokens(tokens: readonly SqlToken[], sql: string, scope: Scope): readonly string[] {
  const functions = new Set<string>();
  let end = 0;
  for (const [at, token] of tokens.entries()) {
    const { kind, upper } = token;
    // What lies between tokens is blank or a comment.
    if (sql.slice(end, token.start).includes('#')) throw unreadable('it holds a # comment');
    end = token.end;
    const next = tokens[at + 1];
    if (kind === 'parameter' || upper === '@' || upper === ':') throw unreadable('it holds a variable or parameter');
    if (upper === '-' && next?.upper === '-' && next.start === token.end)
      throw unreadable('it holds -- without a blank');
    if (kind === 'word') {
      const charset = upper === 'SET' && tokens[at - 1]?.upper === 'CHARACTER';
      if (REFUSED_WORDS.has(upper) || (upper === 'SET' && !charset)) throw notARead(upper);
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
  if (kind === 'word' && OPENING_WORDS.has(upper) && before?.upper !== '.') return;
  const name = value.toLowerCase();
  const full = before?.upper === '.' ? `${tokens[at - 2]?.value ?? ''}.${value}` : value;
  if (isUserFunction(full.split('.'), argumentCount(tokens, at + 1), scope)) {
    functions.add(full);
    return;
  }
  const sized = SIZED_TYPES.has(upper) && before?.upper === 'AS';
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

/** DUAL is a word for "no table". */
function withoutDual(query: QueryShape): QueryShape {
  const isDual = (source: SourceShape) =>
    source.kind === 'table' && source.schema === undefined && source.name.toLowerCase() === 'dual';
  if (query.kind !== 'select') return query;
  return { ...query, sources: query.sources.filter((source) => !isDual(source)) };
}
