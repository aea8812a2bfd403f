import { Dialect, parse, tokenize } from '@polyglot-sql/sdk';
import nodeSqlParser from 'node-sql-parser';
import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import { notARead, Refused, unreadable } from '../refused.ts';
import type { Edit } from './read-query.ts';

/** The names that another parser sees, in lower case. */
export interface Opinion {
  readonly tables: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
}

/**
 * What an independent parser sees in the text, when it reads it as one SELECT: polyglot, or node-sql-parser for what the first
 * has no rule for. Throws Refused where one reads it as something else, or takes other parts of it for texts than our lexer.
 */
export function secondOpinion(sql: string, tokens: readonly SqlToken[], edits: readonly Edit[]): Opinion | undefined {
  const text = edited(sql, [...edits, ...wordEdits(tokens), ...commentEdits(sql, tokens)]);
  return byPolyglot(text, tokens) ?? byNodeSqlParser(text);
}

/** The text as these parsers are shown it, place for place. It is for reading alone; what runs is the text as it was written. */
function edited(sql: string, edits: readonly Edit[]): string {
  let text = sql;
  for (const { start, end, text: put } of edits) text = text.slice(0, start) + put + text.slice(end);
  return text;
}

const UNITS = /^(?:SECOND|MINUTE|HOUR|DAY|YEAR)_[A-Z]+$/;

/** Words that some parser lacks and on which no name hangs: `!`, `\N`, units of two words. */
function wordEdits(tokens: readonly SqlToken[]): Edit[] {
  return tokens.flatMap(({ kind, upper, start, end }, at): Edit[] => {
    if (upper === '!') return [{ start, end, text: '-' }];
    if (kind === 'other' && end - start === 2) return [{ start, end, text: '0 ' }];
    const unit = kind === 'word' && UNITS.test(upper) && tokens[at - 1]?.upper !== '.';
    return unit ? [{ start, end, text: 'DAY'.padEnd(end - start) }] : [];
  });
}

/** A comment ends at the first mark that closes one; to polyglot they nest. */
function commentEdits(sql: string, tokens: readonly SqlToken[]): Edit[] {
  const edits: Edit[] = [];
  let from = 0;
  for (const token of tokens) {
    for (const { index, 0: comment } of sql.slice(from, token.start).matchAll(COMMENTS)) {
      for (const { index: inner } of comment.slice(2).matchAll(/\/\*/g)) {
        const start = from + index + 2 + inner;
        if (comment.startsWith('/*')) edits.push({ start, end: start + 2, text: '  ' });
      }
    }
    from = token.end;
  }
  return edits;
}

/** Comments in what lies between tokens. */
export const COMMENTS = /\/\*[\s\S]*?\*\/|--[^\n]*|#[^\n]*/g;

const QUERIES = new Set(['select', 'union', 'intersect', 'except', 'values', 'subquery', 'paren']);

function byPolyglot(text: string, tokens: readonly SqlToken[]): Opinion | undefined {
  const lexed = tokenize(text, Dialect.MySQL) as unknown as Lexed;
  const parsed = parse(text, Dialect.MySQL) as unknown as {
    readonly success: boolean;
    readonly ast?: readonly object[];
  };
  if (!lexed.success || !parsed.success || !parsed.ast) return undefined;
  if (!sameTexts(text, tokens, lexed.tokens ?? [])) throw unreadable('two lexers see different texts in it');
  if (parsed.ast.length !== 1) throw notARead('more than one statement');
  if (!QUERIES.has(Object.keys(parsed.ast[0]!)[0] ?? '')) return undefined;
  const tables = new Set<string>();
  const columns = new Set<string>();
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    for (const [key, value] of Object.entries(node)) {
      const name = (value as { name?: { name?: unknown } } | null)?.name?.name;
      if (typeof name === 'string' && key === 'table') tables.add(name.toLowerCase());
      if (typeof name === 'string' && key === 'column') columns.add(name.toLowerCase());
      walk(value);
    }
  };
  walk(parsed.ast);
  return { tables, columns };
}

interface Lexed {
  readonly success: boolean;
  readonly tokens?: readonly { readonly span: { readonly start: number; readonly end: number } }[];
}

const QUOTED = /^[xXbBnN]?['"`]/;

/** Do both lexers see the same quoted texts and names in the same places? Polyglot counts characters, not UTF-16 units. */
function sameTexts(text: string, ours: readonly SqlToken[], theirs: Lexed['tokens'] & object): boolean {
  const characters = /[\ud800-\udbff]/.test(text) ? [...text] : undefined;
  const at = (start: number, end: number) =>
    characters ? characters.slice(start, end).join('') : text.slice(start, end);
  const seen = theirs.map(({ span }) => at(span.start, span.end)).filter((token) => QUOTED.test(token));
  const own = ours.map(({ start, end }) => text.slice(start, end)).filter((token) => QUOTED.test(token));
  return own.join('\n') === seen.join('\n');
}

const parser = new nodeSqlParser.Parser();

function byNodeSqlParser(text: string): Opinion | undefined {
  const whole = text.trim().replace(/;\s*$/, '');
  for (const database of ['mysql', 'mariadb']) {
    try {
      const { ast, tableList, columnList } = parser.parse(whole, { database });
      const statements = Array.isArray(ast) ? ast : [ast];
      if (statements.length !== 1 || statements[0]?.type !== 'select') return undefined;
      const tables = tableList.map((entry) => {
        const [action, , name] = entry.split('::');
        if (action !== 'select') throw notARead(String(action).toUpperCase());
        return name!.toLowerCase();
      });
      return {
        tables: new Set(tables),
        columns: new Set(columnList.map((entry) => entry.split('::').at(-1)!.toLowerCase())),
      };
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
  }
  return undefined;
}
