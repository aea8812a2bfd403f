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

/** The tokens of a statement with their places, the last one its end; comments and blanks are left out. Throws SqlSyntaxError. */
export function lexSql(sql: string, engine: Engine): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const skipped = blankEnd(sql, at, engine) ?? commentEnd(sql, at, engine);
    if (skipped !== undefined) {
      at = skipped;
      continue;
    }
    const { kind, value, end, quote } = readToken({ sql, at, engine, before: tokens.at(-1) });
    const upper = kind === 'word' || kind === 'operator' ? value.toUpperCase() : '';
    tokens.push({ kind, value, upper, start: at, end, ...(quote ? { quote } : {}) });
    at = end;
  }
  tokens.push(endToken(sql));
  return tokens;
}

/** The token behind all others. */
export const endToken = ({ length }: string): SqlToken => ({
  kind: 'end',
  value: '',
  upper: '',
  start: length,
  end: length,
});

/** Where a token begins. */
interface Place {
  readonly sql: string;
  readonly at: number;
  readonly engine: Engine;
  /** The token before it. */
  readonly before: SqlToken | undefined;
}

type Lexeme = Pick<SqlToken, 'kind' | 'value' | 'end' | 'quote'>;

/** What a pattern finds at an offset. */
function matchAt(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

const isMysql = (engine: Engine) => engine === 'mysql' || engine === 'mariadb';

function blankEnd(sql: string, at: number, engine: Engine): number | undefined {
  const blank = matchAt(isMysql(engine) ? MYSQL_SPACE : SPACE, sql, at);
  return blank === undefined ? undefined : at + blank.length;
}

function readToken(place: Place): Lexeme {
  const { sql, at } = place;
  const read = readText(place) ?? readQuotedName(place) ?? readDollarText(place) ?? readNumber(place);
  if (read) return read;
  const word = matchAt(WORD, sql, at);
  if (word) return { kind: 'word', value: word, end: at + word.length };
  const parameter = isParameter(place) ? matchAt(PARAMETER, sql, at) : undefined;
  if (parameter) return { kind: 'parameter', value: parameter, end: at + parameter.length };
  const operator = OPERATORS.find((text) => sql.startsWith(text, at));
  if (!operator) throw new SqlSyntaxError(`unexpected character ${JSON.stringify(sql.charAt(at))}`, at);
  return { kind: 'operator', value: operator, end: at + operator.length };
}

/** A text in quotes, with or without a letter before it that says how to read it. */
function readText({ sql, at, engine }: Place): Lexeme | undefined {
  const mysql = isMysql(engine);
  const char = sql.charAt(at);
  if (char === "'" || (char === '"' && mysql)) return { kind: 'string', ...quoted(sql, at, char, mysql) };
  if (engine === 'postgres' && /^[eE]'/.test(sql.slice(at, at + 2))) {
    return { kind: 'string', ...quoted(sql, at + 1, "'", true) };
  }
  if (mysql && sql.startsWith('\\N', at)) return { kind: 'other', value: '', end: at + 2 };
  if (mysql && matchAt(PREFIXED, sql, at)) {
    return { kind: /[nN]/.test(char) ? 'string' : 'other', ...prefixed(sql, at) };
  }
  if (mysql || !/^(?:[xXbBnN]'|[uU]&['"])/.test(sql.slice(at, at + 3))) return undefined;
  const opening = sql.charAt(at + 1) === '&' ? at + 2 : at + 1;
  return { kind: 'other', value: '', end: quoted(sql, opening, sql.charAt(opening), false).end };
}

function readQuotedName({ sql, at, engine }: Place): Lexeme | undefined {
  const char = sql.charAt(at);
  if (char === '"' || (char === '`' && engine !== 'postgres')) {
    return { kind: 'name', ...quoted(sql, at, char, false), quote: char };
  }
  if (char !== '[' || engine !== 'sqlite') return undefined;
  const end = sql.indexOf(']', at);
  if (end < 0) throw new SqlSyntaxError('the name opened by [ is never closed', at);
  return { kind: 'name', value: sql.slice(at + 1, end), end: end + 1, quote: '[' };
}

/** PostgreSQL's `$tag$ … $tag$`. */
function readDollarText({ sql, at, engine }: Place): Lexeme | undefined {
  const tag = engine === 'postgres' ? matchAt(DOLLAR, sql, at) : undefined;
  if (tag === undefined) return undefined;
  const end = sql.indexOf(tag, at + tag.length);
  if (end < 0) throw new SqlSyntaxError(`the text opened by ${tag} is never closed`, at);
  return { kind: 'string', value: sql.slice(at + tag.length, end), end: end + tag.length };
}

function readNumber({ sql, at, engine, before }: Place): Lexeme | undefined {
  const mysql = isMysql(engine);
  const number = matchAt(mysql ? MYSQL_NUMBER : NUMBER, sql, at);
  if (number === undefined) return undefined;
  const end = at + number.length;
  const isName = mysql && (matchAt(GOES_ON, sql, end) || (number.startsWith('.') && endsName(before, at)));
  if (isName) throw new SqlSyntaxError('a name that begins with a digit must stand in back-ticks', at);
  return { kind: 'number', value: number, end };
}

/** `N'…'` is a text like any other; `x'…'` and `b'…'` hold digits alone. */
function prefixed(sql: string, at: number): { value: string; end: number } {
  const digits = matchAt(/[xX]'[0-9a-fA-F]*'|[bB]'[01]*'/y, sql, at);
  if (digits) return { value: '', end: at + digits.length };
  if (/[nN]/.test(sql.charAt(at))) return quoted(sql, at + 1, "'", true);
  throw new SqlSyntaxError('a number in quotes holds something else', at);
}

/** MySQL reads `t.5` as a name after a name. */
const endsName = (before: SqlToken | undefined, at: number): boolean =>
  (before?.kind === 'word' || before?.kind === 'name') && before.end === at;

/** `?` and `:name` are operators of PostgreSQL (jsonb, slices), `$1` its parameter. */
function isParameter({ sql, at, engine }: Place): boolean {
  return engine === 'postgres' ? sql[at] === '$' : sql[at] !== '$' || engine === 'sqlite';
}

function commentEnd(sql: string, at: number, engine: Engine): number | undefined {
  const mysql = isMysql(engine);
  const line = () => {
    const end = sql.indexOf('\n', at);
    return end < 0 ? sql.length : end;
  };
  if (sql.startsWith('--', at) && (!mysql || /^(?:$|[ \t\n\v\f\r])/.test(sql.charAt(at + 2)))) return line();
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
    const char = sql.charAt(at);
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
