import type { Failure } from '#src/domain/failure.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';

export const MAX_SQL_LENGTH = 20_000;

/** What is refused before any parser sees the text (safety.md GATE-2): size, hidden characters, a second statement. */
export function checkText(sql: string): Result<void> {
  const refuse = (detail: string) => fail({ kind: 'unreadable-sql', detail } satisfies Failure);
  if (sql.trim() === '') return refuse('it is empty');
  if (sql.length > MAX_SQL_LENGTH) return refuse(`it is longer than ${MAX_SQL_LENGTH} characters`);
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(sql)) return refuse('it holds control characters');
  if (!sql.isWellFormed()) return refuse('it holds broken characters');
  const outside = withoutLiterals(sql);
  if (outside === undefined) return refuse('a quote or comment is not closed');
  if (/[\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069]/.test(outside)) return refuse('it holds invisible characters');
  if (/;\s*\S/.test(outside)) return fail({ kind: 'write-refused', keyword: 'more than one statement' });
  return ok(undefined);
}

/**
 * The text with literals, quoted names and comments blanked out; undefined when one is left open.
 * Dollar-quoted text is left as it is: PostgreSQL's own grammar judges it.
 */
export function withoutLiterals(sql: string): string | undefined {
  let out = '';
  let at = 0;
  while (at < sql.length) {
    const char = sql[at]!;
    const end = literalEnd(sql, at);
    if (end === undefined) return undefined;
    if (end > at) {
      out += ' '.repeat(end - at);
      at = end;
    } else {
      out += char;
      at += 1;
    }
  }
  return out;
}

/** The end of the literal, quoted name or comment that starts at `at`; `at` itself when none does; undefined if open. */
function literalEnd(sql: string, at: number): number | undefined {
  const char = sql[at]!;
  if (char === "'" || char === '"' || char === '`') return closing(sql, at + 1, char);
  if (char === '[') return at;
  if (sql.startsWith('--', at)) {
    const newline = sql.indexOf('\n', at);
    return newline === -1 ? sql.length : newline + 1;
  }
  if (sql.startsWith('/*', at)) {
    const close = sql.indexOf('*/', at + 2);
    return close === -1 ? undefined : close + 2;
  }
  return at;
}

function closing(sql: string, from: number, quote: string): number | undefined {
  for (let at = from; at < sql.length; at += 1) {
    if (sql[at] !== quote) continue;
    if (sql[at + 1] === quote) at += 1;
    else return at + 1;
  }
  return undefined;
}
