import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import { unreadable } from '../refused.ts';

/** Words at which an expression, a source or an alias ends. */
const CLAUSES = new Set(
  `FROM WHERE HAVING ORDER LIMIT OFFSET FETCH UNION EXCEPT INTERSECT AS ON USING JOIN INNER CROSS NATURAL STRAIGHT_JOIN ASC DESC
   WITH FOR INTO PROCEDURE LOCK SELECT VALUES SET USE FORCE IGNORE PARTITION LATERAL RETURNING`.split(/\s+/),
);
/** What may follow a query in parentheses that is part of a query itself. */
const GOES_ON = new Set(['UNION', 'EXCEPT', 'INTERSECT', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH']);

/** A place in the tokens of one statement, and where what begins there ends. Throws Refused at what does not belong there. */
export class TokenCursor {
  readonly sql: string;
  readonly tokens: readonly SqlToken[];
  /** The place of the closing parenthesis of each opening one. */
  readonly closing: ReadonlyMap<number, number>;
  at = 0;

  constructor(sql: string, tokens: readonly SqlToken[]) {
    this.sql = sql;
    this.tokens = tokens;
    this.closing = closingOf(tokens);
  }

  get token(): SqlToken {
    return this.tokens[this.at]!;
  }

  /** Are the next tokens these words or operators (upper case)? */
  is(...texts: readonly string[]): boolean {
    return texts.every((text, step) => this.tokens[this.at + step]?.upper === text);
  }

  accept(...texts: readonly string[]): boolean {
    if (!this.is(...texts)) return false;
    this.at += texts.length;
    return true;
  }

  /** The first of these words that stands here. */
  acceptOneOf(texts: readonly string[]): string | undefined {
    return texts.find((text) => this.accept(text));
  }

  expect(...texts: readonly string[]): void {
    if (!this.accept(...texts)) throw this.unexpected();
  }

  unexpected() {
    const { kind, start, end } = this.token;
    return unreadable(kind === 'end' ? 'it ends too early' : `${this.sql.slice(start, end)} is not expected there`);
  }

  /** A token of one of these kinds. */
  take(...kinds: readonly SqlToken['kind'][]): SqlToken {
    const { token } = this;
    if (!kinds.includes(token.kind)) throw this.unexpected();
    this.at += 1;
    return token;
  }

  name(): string {
    return this.take('name', 'word').value;
  }

  /** `(a, b)` */
  nameList(): string[] {
    return this.parenthesised(() => this.listOf(() => this.name()));
  }

  listOf<T>(read: () => T): T[] {
    const list: T[] = [];
    do list.push(read());
    while (this.accept(','));
    return list;
  }

  /** Reads what stands between the parentheses here, which must be all of it. */
  parenthesised<T>(read: () => T): T {
    const open = this.at;
    this.expect('(');
    const inside = read();
    if (this.at !== this.closing.get(open)) throw this.unexpected();
    this.at += 1;
    return inside;
  }

  /** The text from one token to before another. */
  text(from: number, to: number): string {
    return this.sql.slice(this.tokens[from]!.start, this.tokens[to - 1]!.end);
  }

  /** `AS name`, or a name that opens no clause. */
  alias(): string | undefined {
    if (this.accept('AS')) return this.name();
    const { kind } = this.token;
    return kind === 'name' || (kind === 'word' && !this.endsAt(this.at)) ? this.name() : undefined;
  }

  /** Where the expression that begins here ends: at a comma, a parenthesis or a clause of this query. */
  expressionEnd(): number {
    for (let at = this.at; ; at += 1) {
      const { kind, upper } = this.tokens[at]!;
      if (upper === '(') at = this.closing.get(at)!;
      else if (kind === 'end' || upper === ',' || upper === ')' || upper === ';') return at;
      else if (kind === 'word' && this.tokens[at - 1]?.upper !== '.' && this.endsAt(at)) return at;
    }
  }

  /** Does the word at a place open a clause? */
  endsAt(at: number): boolean {
    const { upper } = this.tokens[at]!;
    const next = this.tokens[at + 1]?.upper;
    switch (upper) {
      case 'GROUP':
        return this.tokens[at - 1]?.upper !== 'WITHIN';
      case 'LEFT':
      case 'RIGHT':
        return next === 'JOIN' || next === 'OUTER';
      case 'WINDOW':
        return this.tokens[at + 2]?.upper === 'AS' && this.tokens[at + 3]?.upper === '(';
      default:
        return CLAUSES.has(upper);
    }
  }

  /** Does the parenthesis at a place hold a query rather than a value or a join? -1: the statement itself. */
  opensQuery(open: number): boolean {
    const { upper, kind } = this.tokens[open + 1]!;
    if (kind === 'word') return upper === 'SELECT' || upper === 'WITH' || upper === 'VALUES';
    if (upper !== '(' || !this.opensQuery(open + 1)) return false;
    const after = this.tokens[this.closing.get(open + 1)! + 1]!;
    return after.kind === 'end' || after.upper === ')' || after.upper === ';' || GOES_ON.has(after.upper);
  }
}

function closingOf(tokens: readonly SqlToken[]): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (const [at, { upper }] of tokens.entries()) {
    if (upper === '(') open.push(at);
    if (upper !== ')') continue;
    const opened = open.pop();
    if (opened === undefined) throw unreadable('a parenthesis is not opened');
    closing.set(opened, at);
  }
  if (open.length) throw unreadable('a parenthesis is not closed');
  return closing;
}
