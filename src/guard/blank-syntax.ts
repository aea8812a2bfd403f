import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import { type BlankedSyntax, looseNamesOf } from './names-of-ir.ts';
import { type Part, together } from './query-names.ts';
import { unreadable } from './refused.ts';

/**
 * The text for our reader, which knows no recursion, names of CTE columns, WINDOW or a join in parentheses: these are
 * blanked out, place for place, and handed over beside it where they hold names. It is for reading alone; what runs is the text as it was written. Throws Refused.
 */
export function blankSyntax(
  sql: string,
  tokens: readonly SqlToken[],
): { readonly text: string; readonly blanked: BlankedSyntax } {
  const recursive = new Set<string>();
  const columns = new Map<string, readonly string[]>();
  const windows: Part[] = [];
  const blanks: (readonly [start: number, end: number])[] = [];
  const blank = (from: number, to: number) => blanks.push([tokens[from]!.start, tokens[to]!.end]);
  const anyRecursive = tokens.some((token, at) => token.upper === 'WITH' && tokens[at + 1]?.upper === 'RECURSIVE');
  const seen = new Set<string>();
  for (let at = 0; at < tokens.length; at += 1) {
    const { upper, kind } = tokens[at]!;
    const next = tokens[at + 1]?.upper;
    if (upper === 'WITH' && next === 'RECURSIVE') blank(at + 1, at + 1);
    else if (upper === '(' && tokens[at - 1]?.upper === 'FROM' && opensJoin(tokens, at)) {
      blank(at, at);
      const close = closingOf(tokens, at);
      blank(close, close);
    } else if (upper === 'WINDOW' && kind === 'word' && tokens[at + 2]?.upper === 'AS') {
      const end = windowsEnd(tokens, at);
      windows.push(looseNamesOf(withoutWindowNames(tokens.slice(at + 1, end + 1))));
      blank(at, end);
      at = end;
    } else if ((kind === 'word' || kind === 'name') && opensCte(tokens, at)) {
      const name = tokens[at]!.value.toLowerCase();
      const list = columnList(tokens, at + 1);
      if (seen.has(name) && (list || anyRecursive)) throw unreadable('two of its WITH queries have one name');
      seen.add(name);
      if (anyRecursive) recursive.add(name);
      if (list) {
        columns.set(name, list.names);
        blank(at + 1, list.end);
      }
    }
  }

  let text = sql;
  for (const [start, end] of blanks) text = text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
  return { text, blanked: { recursive, columns, windows: together(windows) } };
}

/** Each CTE with those of its WITH before it, as a statement that reads it. For a parser to look at, never to run. */
export function cteTexts(
  sql: string,
  tokens: readonly SqlToken[],
): readonly { readonly name: string; readonly text: string }[] {
  const texts: { readonly name: string; readonly text: string }[] = [];
  /** Where the WITH of each depth begins. */
  const openings: number[] = [];
  let depth = 0;
  for (const [at, { upper, start, end, value }] of tokens.entries()) {
    if (upper === '(') depth += 1;
    if (upper === ')') depth -= 1;
    if (upper === 'WITH') openings[depth] = start;
    const opening = openings[depth];
    if (opening === undefined || !opensCte(tokens, at)) continue;
    const list = columnList(tokens, at + 1);
    const close = closingOf(tokens, (list ? list.end + 1 : at + 1) + 1);
    texts.push({
      name: value,
      text: `${sql.slice(opening, tokens[close]!.end)} SELECT 1 FROM ${sql.slice(start, end)}`,
    });
  }
  return texts;
}

/** `FROM (a JOIN b …)`: parentheses that change nothing where they come first. */
function opensJoin(tokens: readonly SqlToken[], open: number): boolean {
  const inside = tokens[open + 1];
  return (
    inside !== undefined &&
    ['word', 'name'].includes(inside.kind) &&
    !['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(inside.upper)
  );
}

function closingOf(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at]!.upper === '(') depth += 1;
    if (tokens[at]!.upper === ')') depth -= 1;
    if (depth === 0) return at;
  }
  throw unreadable('a parenthesis is not closed');
}

/** `name AS (` or `name (a, b) AS (`, after WITH, RECURSIVE or a comma. */
function opensCte(tokens: readonly SqlToken[], at: number): boolean {
  const before = tokens[at - 1]?.upper;
  if (before !== 'WITH' && before !== 'RECURSIVE' && before !== ',') return false;
  const list = columnList(tokens, at + 1);
  const as = list ? list.end + 1 : at + 1;
  return (
    tokens[as]?.upper === 'AS' &&
    tokens[as + 1]?.upper === '(' &&
    ['SELECT', 'WITH', '(', 'VALUES'].includes(tokens[as + 2]?.upper ?? '')
  );
}

function columnList(
  tokens: readonly SqlToken[],
  open: number,
): { readonly names: readonly string[]; readonly end: number } | undefined {
  if (tokens[open]?.upper !== '(') return undefined;
  const names: string[] = [];
  for (let at = open + 1; ; at += 2) {
    const token = tokens[at];
    if (!token || (token.kind !== 'word' && token.kind !== 'name')) return undefined;
    names.push(token.value);
    const after = tokens[at + 1]?.upper;
    if (after === ')') return { names, end: at + 1 };
    if (after !== ',') return undefined;
  }
}

/** The last token of `WINDOW a AS (…), b AS (…)`. */
function windowsEnd(tokens: readonly SqlToken[], at: number): number {
  let depth = 0;
  for (let end = at + 3; end < tokens.length; end += 1) {
    if (tokens[end]!.upper === '(') depth += 1;
    if (tokens[end]!.upper !== ')') continue;
    depth -= 1;
    if (depth > 0) continue;
    if (tokens[end + 1]?.upper === ',' && tokens[end + 3]?.upper === 'AS') end += 3;
    else return end;
  }
  throw unreadable('its WINDOW clause does not end');
}

/** Names of windows are no columns: those before AS, and a window that another begins with. */
function withoutWindowNames(tokens: readonly SqlToken[]): SqlToken[] {
  return tokens.filter((token, at) => {
    const named = tokens[at + 1]?.upper === 'AS' && tokens[at + 2]?.upper === '(';
    const based =
      tokens[at - 1]?.upper === '(' &&
      tokens[at - 2]?.upper === 'AS' &&
      !['PARTITION', 'ORDER', ')'].includes(token.upper);
    return !(named || (based && token.kind !== 'operator'));
  });
}
