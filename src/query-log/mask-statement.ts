import type { Engine } from '#src/domain/catalog.ts';
import { lexSql, SqlSyntaxError, type SqlToken } from '#src/sql/reader/lex-sql.ts';

const LITERALS: ReadonlySet<string> = new Set(['string', 'number', 'parameter', 'other']);
/** A word before a literal, and what the reader takes in that literal's place: it tells these types apart by their texts. */
const TYPED: Readonly<Record<string, string>> = {
  DATE: "'2000-01-01'",
  TIME: "'00:00:00'",
  TIMESTAMP: "'2000-01-01 00:00:00'",
  DATETIME: "'2000-01-01 00:00:00'",
};
const COUNTED: ReadonlySet<string> = new Set(['LIMIT', 'OFFSET', 'FETCH', 'FIRST', 'NEXT']);
/** Types whose numbers are lengths. */
const SIZED = /^(?:CHAR|VARCHAR|CHARACTER|VARYING|DEC|DECIMAL|NUMERIC|FLOAT|BIT|BINARY|VARBINARY)$/;

/**
 * A query of which no literal is left, as the reader takes it: neither a value that somebody asked for, nor what a server writes in its
 * place (`$1`, `?`, `...`), which stands where the grammar has none. Nothing where the text is no query.
 */
export function maskStatement(text: string, engine: Engine): string | undefined {
  const tokens = tokensOf(text, engine);
  if (!tokens || !/^(?:SELECT|WITH|\($)/.test(tokens[0]?.upper ?? '')) return undefined;
  const parameter = engine === 'postgres' ? '$1' : '?';
  let masked = '';
  let isCounted = false;
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    if (before && before.end < token.start) masked += ' ';
    if (token.kind === 'word') isCounted = COUNTED.has(token.upper);
    if (token.kind === 'other' && token.value === ELLIPSIS) masked += isCounted ? '1' : parameter;
    else if (!LITERALS.has(token.kind) || isSize(tokens, at)) masked += text.slice(token.start, token.end);
    else if (isCounted) masked += '1';
    else if (before?.upper === 'INTERVAL')
      masked += tokens[at + 1]?.kind === 'word' && engine !== 'postgres' ? '1' : "'1 day'";
    else masked += TYPED[before?.upper ?? ''] ?? parameter;
  }
  return masked;
}

const ELLIPSIS = '...';

/** Its tokens without a last semicolon, those of `...` as one; nothing where it cannot be told what they are. */
function tokensOf(text: string, engine: Engine): readonly SqlToken[] | undefined {
  let read: readonly SqlToken[];
  try {
    read = lexSql(text, engine);
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined;
    throw error;
  }
  const tokens: SqlToken[] = [];
  for (const token of read) {
    if (token.kind === 'end' || token.upper === ';') continue;
    const [first, second] = tokens.slice(-2);
    const isThird = token.upper === '.' && second?.upper === '.' && first?.upper === '.' && first.end === second.start;
    if (!isThird) tokens.push(token);
    else tokens.splice(-2, 2, { kind: 'other', value: ELLIPSIS, upper: '', start: first.start, end: token.end });
  }
  return tokens;
}

/** `10` and `2` of `numeric(10, 2)`. */
function isSize(tokens: readonly SqlToken[], at: number): boolean {
  const opening = tokens.slice(0, at).findLastIndex(({ upper }) => upper === '(');
  if (opening < 1 || at - opening > 3 || tokens[at]?.kind !== 'number') return false;
  return SIZED.test(tokens[opening - 1]?.upper ?? '');
}
