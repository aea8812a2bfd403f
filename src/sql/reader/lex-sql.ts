import type { Engine } from '#src/domain/catalog.ts';
import type { Span } from '../query-ir.ts';

export type SqlTokenKind = 'word' | 'name' | 'string' | 'number' | 'operator' | 'parameter' | 'other' | 'end';

export interface SqlToken extends Span {
  readonly kind: SqlTokenKind;
  /** word: as written; name: without its quotes; string: its value; operator and number: as written. */
  readonly value: string;
  /** word and operator: in upper case, for comparing with keywords. */
  readonly upper: string;
  /** name: the quote that opened it. */
  readonly quote?: string;
}

/** The text is no SQL of the engine: `message` says what is wrong, `at` where (offset). */
export class SqlSyntaxError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const OPERATORS =
  '<=> ->> #>> !~~* -> #> || <> != <= >= == << >> :: := !~* !~~ ~~* ~* !~ ~~ @> <@ ?| ?& && ** ( ) [ ] , . ; + - * / % < > = ~ ! & | ^ : ? @ #'.split(
    ' ',
  );
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
/** MySQL writes `x` and `b` small here; what else begins with a digit and goes on in letters is a name to it. */
const MYSQL_NUMBER = /0x[0-9a-fA-F]+|0b[01]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const GOES_ON = /[\p{L}\p{N}_$]/uy;
const DOLLAR = /\$([\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const PARAMETER = /\$\d+|\?\d*|[:@][\p{L}_][\p{L}\p{N}_]*/uy;
const SPACE = /\s+/y;
/** To MySQL a no-break space is a letter of a name. */
const MYSQL_SPACE = /[ \t\n\v\f\r]+/y;
const PREFIXED = /[xXbBnN]'/y;

/** The tokens of a statement with their places; comments and blanks are left out. Throws SqlSyntaxError. */
export function lexSql(sql: string, engine: Engine): SqlToken[] {
  const tokens: SqlToken[] = [];
  const mysql = engine === 'mysql' || engine === 'mariadb';
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  };
  const push = (kind: SqlTokenKind, value: string, end: number, quote?: string) => {
    const upper = kind === 'word' || kind === 'operator' ? value.toUpperCase() : '';
    tokens.push({ kind, value, upper, start: at, end, ...(quote ? { quote } : {}) });
    at = end;
  };

  while (at < sql.length) {
    const blank = match(mysql ? MYSQL_SPACE : SPACE);
    if (blank) {
      at += blank.length;
      continue;
    }
    const comment = commentEnd(sql, at, engine);
    if (comment !== undefined) {
      at = comment;
      continue;
    }
    const char = sql[at]!;
    const escapes = mysql || (engine === 'postgres' && /^[eE]'/.test(sql.slice(at, at + 2)));
    if (char === "'" || (char === '"' && mysql)) {
      const { value, end } = quoted(sql, at, char, escapes);
      push('string', value, end);
    } else if (/^[eE]'/.test(sql.slice(at, at + 2)) && engine === 'postgres') {
      const { value, end } = quoted(sql, at + 1, "'", true);
      push('string', value, end);
    } else if (mysql && sql.startsWith('\\N', at)) {
      push('other', '', at + 2);
    } else if (mysql && match(PREFIXED)) {
      const { value, end } = prefixed(sql, at);
      push(/[nN]/.test(char) ? 'string' : 'other', value, end);
    } else if (!mysql && /^(?:[xXbBnN]'|[uU]&['"])/.test(sql.slice(at, at + 3))) {
      const quote = sql.indexOf(sql[at + 1] === '&' ? sql[at + 2]! : "'", at);
      push('other', '', quoted(sql, quote, sql[quote]!, false).end);
    } else if (char === '"' || (char === '`' && engine !== 'postgres')) {
      const { value, end } = quoted(sql, at, char, false);
      push('name', value, end, char);
    } else if (char === '[' && engine === 'sqlite') {
      const end = sql.indexOf(']', at);
      if (end < 0) throw new SqlSyntaxError('the name opened by [ is never closed', at);
      push('name', sql.slice(at + 1, end), end + 1, '[');
    } else if (char === '$' && engine === 'postgres' && match(DOLLAR)) {
      const tag = match(DOLLAR)!;
      const end = sql.indexOf(tag, at + tag.length);
      if (end < 0) throw new SqlSyntaxError(`the text opened by ${tag} is never closed`, at);
      push('string', sql.slice(at + tag.length, end), end + tag.length);
    } else if (/[0-9]/.test(char) || /^\.[0-9]/.test(sql.slice(at, at + 2))) {
      const number = match(mysql ? MYSQL_NUMBER : NUMBER)!;
      push('number', number, at + number.length);
      if (mysql && (match(GOES_ON) || (number.startsWith('.') && endsName(tokens.at(-2), number, at)))) {
        throw new SqlSyntaxError('a name that begins with a digit must stand in back-ticks', at - number.length);
      }
    } else if (match(WORD)) {
      const word = match(WORD)!;
      push('word', word, at + word.length);
    } else if (isParameter(sql, at, engine) && match(PARAMETER)) {
      const parameter = match(PARAMETER)!;
      push('parameter', parameter, at + parameter.length);
    } else {
      const operator = OPERATORS.find((text) => sql.startsWith(text, at));
      if (!operator) throw new SqlSyntaxError(`unexpected character ${JSON.stringify(char)}`, at);
      push('operator', operator, at + operator.length);
    }
  }
  push('end', '', at);
  return tokens;
}

/** `N'…'` is a text like any other; `x'…'` and `b'…'` hold digits alone. */
function prefixed(sql: string, at: number): { value: string; end: number } {
  const bits = /[xX]'[0-9a-fA-F]*'|[bB]'[01]*'/y;
  bits.lastIndex = at;
  const found = bits.exec(sql);
  if (found) return { value: '', end: at + found[0].length };
  if (/[nN]/.test(sql[at]!)) return quoted(sql, at + 1, "'", true);
  throw new SqlSyntaxError('a number in quotes holds something else', at);
}

/** MySQL reads `t.5` as a name after a name. */
function endsName(before: SqlToken | undefined, number: string, end: number): boolean {
  return (
    before !== undefined && (before.kind === 'word' || before.kind === 'name') && before.end === end - number.length
  );
}

/** `?` and `:name` are operators of PostgreSQL (jsonb, slices), `$1` its parameter. */
function isParameter(sql: string, at: number, engine: Engine): boolean {
  return engine === 'postgres' ? sql[at] === '$' : sql[at] !== '$' || engine === 'sqlite';
}

function commentEnd(sql: string, at: number, engine: Engine): number | undefined {
  const mysql = engine === 'mysql' || engine === 'mariadb';
  const line = () => {
    const end = sql.indexOf('\n', at);
    return end < 0 ? sql.length : end;
  };
  if (sql.startsWith('--', at) && (!mysql || at + 2 >= sql.length || /[ \t\n\v\f\r]/.test(sql[at + 2]!))) return line();
  if (sql[at] === '#' && mysql) return line();
  if (!sql.startsWith('/*', at)) return undefined;
  if (mysql && /^\/\*(?:M?!|\+)/.test(sql.slice(at, at + 4))) {
    throw new SqlSyntaxError('a comment that the server would run stands here; write it out or leave it away', at);
  }
  let depth = 1;
  let next = at + 2;
  while (depth > 0) {
    const close = sql.indexOf('*/', next);
    // SQLite takes a comment that the text's end closes.
    if (close < 0) {
      if (engine === 'sqlite') return sql.length;
      throw new SqlSyntaxError('the comment opened by /* is never closed', at);
    }
    const open = engine === 'postgres' ? sql.indexOf('/*', next) : -1;
    if (open >= 0 && open < close) {
      depth += 1;
      next = open + 2;
    } else {
      depth -= 1;
      next = close + 2;
    }
  }
  return next;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', 0: '\0', Z: '\x1a', f: '\f' };

/** Text between quotes from the opening one; a doubled quote stands for one, and `\` escapes where the engine has it so. */
function quoted(sql: string, from: number, quote: string, escapes: boolean): { value: string; end: number } {
  let value = '';
  for (let at = from + 1; at < sql.length; at += 1) {
    const char = sql[at]!;
    if (char === quote) {
      if (sql[at + 1] !== quote) return { value, end: at + 1 };
      value += quote;
      at += 1;
    } else if (char === '\\' && escapes) {
      const next = sql[at + 1] ?? '';
      // MySQL keeps the backslash before % and _, which are for LIKE.
      value += next === '%' || next === '_' ? `\\${next}` : (ESCAPES[next] ?? next);
      at += 1;
    } else value += char;
  }
  throw new SqlSyntaxError(`the text opened by ${quote} is never closed`, from);
}
