import type { Engine } from '#src/domain/catalog.ts';
import { lexSql, SqlSyntaxError, type SqlToken } from '#src/sql/reader/lex-sql.ts';
import { notARead, unreadable } from './refused.ts';

const MAX_SQL_LENGTH = 20_000;
const MAX_TOKENS = 5_000;
const MAX_DEPTH = 64;

/** Zero-width, bidirectional and byte-order characters. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\udb40[\udc00-\udfff]/;

/**
 * What is refused before any parser sees the text (GATE-2): size, hidden characters, a second statement, too many
 * parts, too deep a nesting. Gives the tokens. Throws Refused.
 */
export function checkText(sql: string, engine: Engine): readonly SqlToken[] {
  if (sql.trim() === '') throw unreadable('it is empty');
  if (sql.length > MAX_SQL_LENGTH) throw unreadable(`it is longer than ${MAX_SQL_LENGTH} characters`);
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(sql)) throw unreadable('it holds control characters');
  if (!sql.isWellFormed()) throw unreadable('it holds broken characters');
  let tokens: readonly SqlToken[];
  try {
    tokens = lexSql(sql, engine);
  } catch (error) {
    if (error instanceof SqlSyntaxError) throw unreadable(error.message);
    throw error;
  }
  if (tokens.length > MAX_TOKENS) throw unreadable(`it has more than ${MAX_TOKENS} parts`);
  let end = 0;
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    const outside = sql.slice(end, token.start) + (token.kind === 'string' ? '' : sql.slice(token.start, token.end));
    if (INVISIBLE.test(outside)) throw unreadable('it holds invisible characters');
    if (engine === 'sqlite' && /\/\*(?:(?!\*\/).)*$/s.test(sql.slice(end, token.start))) {
      throw unreadable('a comment is not closed');
    }
    end = token.end;
    if (token.upper === '(' || token.upper === '[') depth += 1;
    if (token.upper === ')' || token.upper === ']') depth -= 1;
    if (depth > MAX_DEPTH) throw unreadable('it is nested too deeply');
    if (token.upper === ';' && tokens[at + 1]?.kind !== 'end') throw notARead('more than one statement');
  }
  return tokens;
}
