import type { Engine } from '#src/domain/catalog.ts';
import type { ExpressionIr, QueryIr, Span } from '../query-ir.ts';
import { endToken, lexSql, SqlSyntaxError, type SqlToken } from './lex-sql.ts';

/** Nesting deeper than this is refused with a clear error instead of a stack overflow. */
const DEEPEST = 1_500;

/** The two readers that every other may need: SQL nests queries in expressions in queries. */
export interface Grammar {
  /** An expression whose operators bind more tightly than `level`. */
  expression(cursor: Cursor, level?: number): ExpressionIr;
  query(cursor: Cursor): QueryIr;
}

/** A place in the tokens of one statement, and what reading needs at it. */
export class Cursor {
  readonly sql: string;
  readonly engine: Engine;
  readonly mysql: boolean;
  readonly tokens: readonly SqlToken[];
  readonly #grammar: Grammar;
  readonly #end: SqlToken;
  position = 0;
  #depth = 0;

  constructor(sql: string, engine: Engine, grammar: Grammar) {
    this.sql = sql;
    this.#grammar = grammar;
    this.engine = engine;
    this.mysql = engine === 'mysql' || engine === 'mariadb';
    this.tokens = lexSql(sql, engine);
    this.#end = endToken(sql);
  }

  expression(level = 0): ExpressionIr {
    return this.#grammar.expression(this, level);
  }

  query(): QueryIr {
    return this.#grammar.query(this);
  }

  get token(): SqlToken {
    return this.#tokenAt(this.position);
  }

  ahead(steps: number): SqlToken {
    return this.#tokenAt(this.position + steps);
  }

  #tokenAt(index: number): SqlToken {
    return this.tokens[index] ?? this.#end;
  }

  take(): SqlToken {
    const token = this.token;
    if (token.kind !== 'end') this.position += 1;
    return token;
  }

  /** Is the token at the cursor this keyword or operator (upper case)? Several: are the next ones these? */
  is(...texts: readonly string[]): boolean {
    return texts.every((text, step) => this.ahead(step).upper === text);
  }

  isOneOf(texts: ReadonlySet<string>): boolean {
    return texts.has(this.token.upper) && this.token.upper !== '';
  }

  accept(...texts: readonly string[]): boolean {
    if (!this.is(...texts)) return false;
    this.position += texts.length;
    return true;
  }

  expect(...texts: readonly string[]): void {
    if (!this.accept(...texts)) throw this.unexpected(texts.join(' '));
  }

  unexpected(wanted?: string): SqlSyntaxError {
    const { token } = this;
    const found = token.kind === 'end' ? 'the text ends' : `there is ${this.sql.slice(token.start, token.end)}`;
    return new SqlSyntaxError(wanted ? `${found} where ${wanted} should follow` : `${found} unexpectedly`, token.start);
  }

  /** The span from a token's index to the token before the cursor. */
  spanFrom(first: number): Span {
    const { start } = this.#tokenAt(first);
    return { start, end: Math.max(this.#tokenAt(Math.max(this.position - 1, first)).end, start) };
  }

  /** The source text from a token's index to the token before the cursor. */
  textFrom(first: number): string {
    const { start, end } = this.spanFrom(first);
    return this.sql.slice(start, end);
  }

  /** Runs `read`; when it meets what it cannot read, the cursor goes back and undefined is given. */
  attempt<T>(read: () => T): T | undefined {
    const { position } = this;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SqlSyntaxError) || error instanceof TooDeep) throw error;
      this.position = position;
      return undefined;
    }
  }

  /** Moves past a parenthesis and all it holds; the cursor stands on the opening one. Gives the closing one. */
  skipParentheses(): SqlToken {
    const opened = this.token;
    for (let depth = 0; ; ) {
      const token = this.take();
      if (token.upper === '(') depth += 1;
      if (token.upper === ')') depth -= 1;
      if (token.kind === 'end') throw new SqlSyntaxError('the parenthesis is never closed', opened.start);
      if (depth <= 0) return token;
    }
  }

  deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new TooDeep(`it is nested deeper than ${DEEPEST} levels`, this.token.start);
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }
}

class TooDeep extends SqlSyntaxError {}
