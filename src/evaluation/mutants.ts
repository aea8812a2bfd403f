import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { lexSql, type SqlToken } from '#src/sql/reader/lex-sql.ts';

export interface Mutant {
  readonly sql: string;
  /** What was changed: literal, operator, column, join, direction, limit, distinct, aggregate, negation, set operation. */
  readonly kind: string;
}

/**
 * Every statement that differs from the given one in a single token with a meaning of its own. Made from the lexer's tokens
 * alone, so that nothing the parser overlooks is overlooked here too.
 */
export function mutants(sql: string, catalog: DatabaseCatalog): Mutant[] {
  const tokens = lexSql(sql, catalog.engine);
  const made: Mutant[] = [];
  const columns = neighbours(catalog);
  const change = (kind: string, token: SqlToken, text: string) =>
    made.push({ kind, sql: sql.slice(0, token.start) + text + sql.slice(token.end) });
  const insert = (kind: string, at: number, text: string) =>
    made.push({ kind, sql: `${sql.slice(0, at)} ${text} ${sql.slice(at)}` });
  let between = false;
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    const after = tokens[at + 1];
    const { kind, upper, value } = token;
    if (kind === 'number') {
      change(before?.upper === 'LIMIT' ? 'limit' : 'literal', token, other(value));
    } else if (kind === 'string') {
      change('literal', token, sql.slice(token.start, token.end).replace(/(.)$/s, 'q$1'));
    } else if (kind === 'operator') {
      const swapped = OPERATORS[upper];
      const star =
        upper === '*' &&
        (before?.upper === '(' ||
          before?.upper === ',' ||
          before?.upper === '.' ||
          before?.upper === 'SELECT' ||
          before?.upper === 'DISTINCT');
      if (swapped && !star && !isSign(token, before)) change('operator', token, swapped);
    } else if (kind === 'word' || kind === 'name') {
      if (upper === 'BETWEEN') between = true;
      else if (upper === 'AND' && between) between = false;
      else if (WORDS[upper] && after?.upper !== '.') change(WORDS[upper][0], token, WORDS[upper][1]);
      if (upper === 'JOIN' && !SIDES.has(before?.upper ?? '')) insert('join', token.start, 'LEFT');
      if (upper === 'SELECT' && after?.upper !== 'DISTINCT') insert('distinct', token.end, 'DISTINCT');
      if (upper === 'DISTINCT' && after?.upper !== 'FROM' && before?.upper !== 'IS') change('distinct', token, '');
      if (NEGATABLE.has(upper) && before?.upper !== 'NOT') insert('negation', token.start, 'NOT');
      if (upper === 'NOT' && after?.upper !== 'NULL') change('negation', token, '');
      const called = AGGREGATES[upper];
      if (called && after?.upper === '(' && tokens[at + 2]?.upper !== '*' && !isMany(tokens, at + 1)) {
        change('aggregate', token, called);
      }
      const neighbour = columns.get(value.toLowerCase());
      const isName = !WORDS[upper] && !called && after?.upper !== '(' && after?.upper !== '.' && !isAlias(tokens, at);
      if (neighbour && isName) change('column', token, neighbour);
      if (upper === 'BY' && before?.upper === 'ORDER') directions(tokens, at + 1, insert);
    }
  }
  return made;
}

/** 5 → 6, 0.5 → 1.5, 1 → 2: another value of the same form. */
const other = (number: string) => (/^\d+$/.test(number) ? String(Number(number) + 1) : `1${number}`);

const OPERATORS: Readonly<Record<string, string>> = {
  '=': '<>',
  '==': '<>',
  '<>': '=',
  '!=': '=',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
};

const WORDS: Readonly<Record<string, readonly [kind: string, text: string]>> = {
  AND: ['operator', 'OR'],
  OR: ['operator', 'AND'],
  DESC: ['direction', 'ASC'],
  ASC: ['direction', 'DESC'],
  LEFT: ['join', 'INNER'],
  INNER: ['join', 'LEFT'],
  UNION: ['set operation', 'INTERSECT'],
  INTERSECT: ['set operation', 'UNION'],
  EXCEPT: ['set operation', 'INTERSECT'],
};
const SIDES = new Set(['LEFT', 'RIGHT', 'INNER', 'OUTER', 'CROSS', 'FULL', 'NATURAL']);
const NEGATABLE = new Set(['IN', 'LIKE', 'ILIKE', 'BETWEEN', 'EXISTS']);
const AGGREGATES: Readonly<Record<string, string>> = { COUNT: 'MAX', SUM: 'AVG', AVG: 'SUM', MIN: 'MAX', MAX: 'MIN' };

/** A minus before a value is no operation between two. */
const isSign = (token: SqlToken, before: SqlToken | undefined) =>
  (token.upper === '-' || token.upper === '+') &&
  (before === undefined ||
    /^[(,=<>+\-*/]/.test(before.upper) ||
    /^(?:WHEN|THEN|ELSE|BETWEEN|AND|SELECT|INTERVAL)$/.test(before.upper));

/** Does the call have several arguments? MIN(a, b) is no aggregate. */
function isMany(tokens: readonly SqlToken[], open: number): boolean {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const { upper } = tokens[at]!;
    if (upper === '(') depth += 1;
    if (upper === ')') depth -= 1;
    if (depth === 1 && upper === ',') return true;
    if (depth === 0) return false;
  }
  return false;
}

/** A name after AS, or after a table's name, or that opens a CTE, names something new. */
function isAlias(tokens: readonly SqlToken[], at: number): boolean {
  const before = tokens[at - 1];
  return before?.upper === 'AS' ||
    before?.upper === 'FROM' ||
    before?.upper === 'JOIN' ||
    before?.upper === 'WITH' ||
    before?.kind === 'word' ||
    before?.kind === 'name'
    ? !VALUE_FOLLOWS.has(before?.upper ?? '')
    : tokens[at + 1]?.upper === 'AS' && tokens[at + 2]?.upper === '(';
}
const VALUE_FOLLOWS = new Set(
  'SELECT DISTINCT WHERE AND OR ON BY HAVING NOT WHEN THEN ELSE CASE BETWEEN IN LIKE IS'.split(' '),
);

/** ORDER BY a, b: each key that has no direction gets one. */
function directions(
  tokens: readonly SqlToken[],
  from: number,
  insert: (kind: string, at: number, text: string) => void,
): void {
  let depth = 0;
  let last: SqlToken | undefined;
  for (let at = from; at < tokens.length; at += 1) {
    const token = tokens[at]!;
    const ends =
      depth === 0 &&
      (/^(?:,|;|LIMIT|OFFSET|UNION|INTERSECT|EXCEPT|ROWS|RANGE|FETCH|NULLS|\))$/.test(token.upper) ||
        token.kind === 'end');
    if (ends && last && !/^(?:ASC|DESC|FIRST|LAST)$/.test(last.upper)) insert('direction', last.end, 'DESC');
    if (ends && token.upper !== ',' && token.upper !== 'NULLS') return;
    if (token.upper === '(') depth += 1;
    if (token.upper === ')') depth -= 1;
    last = token;
  }
}

/** For each column name another column of a table that has it. */
function neighbours(catalog: DatabaseCatalog): ReadonlyMap<string, string> {
  const known = neighbourCache.get(catalog);
  if (known) return known;
  const found = new Map<string, string>();
  for (const table of catalog.tables) {
    for (const [at, { name }] of table.columns.entries()) {
      const next = table.columns[(at + 1) % table.columns.length]!.name;
      if (next.toLowerCase() !== name.toLowerCase() && /^\w+$/.test(next)) found.set(name.toLowerCase(), next);
    }
  }
  neighbourCache.set(catalog, found);
  return found;
}
const neighbourCache = new WeakMap<DatabaseCatalog, ReadonlyMap<string, string>>();
