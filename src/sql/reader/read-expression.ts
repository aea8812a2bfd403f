import { isInstantText, isTimeZone } from '#src/domain/time-zone.ts';
import type { ArithmeticOperator, ComparisonOperator, ExpressionIr } from '../query-ir.ts';
import type { Cursor } from './cursor.ts';
import { readCall } from './read-call.ts';
import { opensQuery, readName, readNestedQuery, verbatim } from './read-parts.ts';
import { castTo, readInterval, readType } from './read-types.ts';

/**
 * How tightly each kind of operator binds, weakest first. The order of the engines differs in three places: SQLite puts
 * `<` above `=` and `||` above `*`, PostgreSQL has a level for its many other operators, MySQL reads `||` as OR.
 */
const LEVEL = {
  or: 1,
  xor: 2,
  and: 3,
  not: 4,
  is: 5,
  equal: 6,
  less: 7,
  pattern: 8,
  other: 9,
  bits: 10,
  sum: 11,
  product: 12,
  power: 13,
  concat: 14,
  negative: 15,
  postfix: 16,
} as const;

const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '==': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '<=>': 'is not distinct from',
};
const PRODUCTS: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ['*', '*'],
  ['/', '/'],
  ['%', '%'],
]);
const BITS = new Set(['&', '|', '<<', '>>', '#']);
const WORD_OPERATORS = new Set(['GLOB', 'REGEXP', 'RLIKE', 'MATCH', 'SIMILAR', 'OVERLAPS', 'SOUNDS', 'MEMBER']);
const PLAIN_OPERATORS = new Set(['(', ')', ',', '.', ';', ']', ':', '[']);

export function readExpression(cursor: Cursor, level = 0): ExpressionIr {
  return cursor.deeper(() => {
    const first = cursor.position;
    let left = readPrefix(cursor);
    for (;;) {
      const next = readInfix(cursor, left, first, level);
      if (!next) return left;
      left = next;
    }
  });
}

function readPrefix(cursor: Cursor): ExpressionIr {
  const first = cursor.position;
  if (cursor.is('NOT')) {
    cursor.take();
    const part = readExpression(cursor, LEVEL.not);
    return { ...negate(part), span: cursor.spanFrom(first) };
  }
  if (cursor.accept('-')) {
    const argument = readExpression(cursor, LEVEL.negative);
    const span = cursor.spanFrom(first);
    if (argument.kind === 'number' && !argument.text.startsWith('-')) {
      return { kind: 'number', text: `-${argument.text}`, span };
    }
    return { kind: 'negative', argument, span };
  }
  if (cursor.accept('+')) return readExpression(cursor, LEVEL.negative);
  if (cursor.is('~') || cursor.is('!') || cursor.is('BINARY') || cursor.is('@')) {
    cursor.take();
    readExpression(cursor, LEVEL.negative);
    return verbatim(cursor, first);
  }
  return readPrimary(cursor);
}

/** `NOT x LIKE y` and the like carry their own negation; NOT over anything else stays a node. */
function negate(part: ExpressionIr): ExpressionIr {
  return 'negated' in part ? { ...part, negated: !part.negated } : { kind: 'not', part };
}

function readInfix(cursor: Cursor, left: ExpressionIr, first: number, level: number): ExpressionIr | undefined {
  const { kind, upper } = cursor.token;
  if (kind !== 'word' && kind !== 'operator') return undefined;
  const { engine, mysql } = cursor;
  const binds = (own: number) => own > level;
  const at = (node: ExpressionIr): ExpressionIr => ({ ...node, span: cursor.spanFrom(first) });
  const right = (own: number) => {
    cursor.take();
    return readExpression(cursor, own);
  };

  if (upper === 'OR' || (mysql && upper === '||')) {
    return binds(LEVEL.or) ? at(joined('or', left, right(LEVEL.or))) : undefined;
  }
  if (upper === 'AND' || (mysql && upper === '&&')) {
    return binds(LEVEL.and) ? at(joined('and', left, right(LEVEL.and))) : undefined;
  }
  if (mysql && upper === 'XOR') {
    if (!binds(LEVEL.xor)) return undefined;
    right(LEVEL.xor);
    return verbatim(cursor, first);
  }
  const test = readTest(cursor, left, first, level);
  if (test) return test;
  const comparison = COMPARISONS[upper];
  if (comparison) {
    const own = engine === 'sqlite' && /^[<>]=?$/.test(upper) ? LEVEL.less : LEVEL.equal;
    if (!binds(own)) return undefined;
    cursor.take();
    const quantifier =
      cursor.is('ANY', '(') || cursor.is('SOME', '(') ? 'any' : cursor.is('ALL', '(') ? 'all' : undefined;
    if (quantifier) {
      if (!opensQuery(cursor, 2)) {
        cursor.take();
        cursor.skipParentheses();
        return verbatim(cursor, first);
      }
      cursor.take();
      const inner = cursor.position;
      const query = readNestedQuery(cursor);
      const value: ExpressionIr = { kind: 'query', query, span: cursor.spanFrom(inner) };
      return at({ kind: 'compare', operator: comparison, quantifier, left, right: value });
    }
    return at({ kind: 'compare', operator: comparison, left, right: readExpression(cursor, own) });
  }
  if (upper === '+' || upper === '-') {
    if (!binds(LEVEL.sum)) return undefined;
    return at({ kind: 'arithmetic', operator: upper, left, right: right(LEVEL.sum) });
  }
  const product = mysql && upper === 'MOD' ? '%' : PRODUCTS.get(upper);
  if (product) {
    if (!binds(LEVEL.product)) return undefined;
    return at({ kind: 'arithmetic', operator: product, left, right: right(LEVEL.product) });
  }
  if (upper === '||') {
    const own = engine === 'sqlite' ? LEVEL.concat : LEVEL.other;
    return binds(own) ? at({ kind: 'arithmetic', operator: '||', left, right: right(own) }) : undefined;
  }
  if (upper === '::') {
    if (!binds(LEVEL.postfix)) return undefined;
    cursor.take();
    const from = cursor.position;
    return at(castTo(left, readType(cursor, from)));
  }
  if (upper === 'COLLATE' || (upper === 'AT' && cursor.is('AT', 'TIME', 'ZONE'))) {
    if (!binds(LEVEL.postfix)) return undefined;
    cursor.position += upper === 'AT' ? 3 : 1;
    const named = readExpression(cursor, LEVEL.postfix);
    const zone = upper === 'AT' && engine === 'postgres' && named.kind === 'text' ? named.value : '';
    return isTimeZone(zone) ? at({ kind: 'at-zone', argument: left, zone }) : verbatim(cursor, first);
  }
  if (upper === '[' && engine === 'postgres') {
    if (!binds(LEVEL.postfix)) return undefined;
    while (!cursor.is(']')) if (cursor.take().kind === 'end') throw cursor.unexpected(']');
    cursor.take();
    return verbatim(cursor, first);
  }
  const own = otherLevel(cursor);
  if (own === undefined || !binds(own)) return undefined;
  cursor.take();
  if (upper === 'SIMILAR' || upper === 'SOUNDS' || upper === 'MEMBER') cursor.take();
  readExpression(cursor, own);
  if (cursor.accept('ESCAPE')) readExpression(cursor, LEVEL.pattern);
  return verbatim(cursor, first);
}

/** Operators without words of their own: quoted, with both their sides. */
function otherLevel(cursor: Cursor): number | undefined {
  const { kind, upper } = cursor.token;
  if (kind === 'word') {
    if (WORD_OPERATORS.has(upper)) return LEVEL.pattern;
    return cursor.mysql && upper === 'DIV' ? LEVEL.product : undefined;
  }
  if (PLAIN_OPERATORS.has(upper)) return undefined;
  if (BITS.has(upper)) return LEVEL.bits;
  if (upper === '^') return LEVEL.power;
  return LEVEL.other;
}

/** IS …, IN, BETWEEN, LIKE and their negations. */
function readTest(cursor: Cursor, left: ExpressionIr, first: number, level: number): ExpressionIr | undefined {
  const at = (node: ExpressionIr): ExpressionIr => ({ ...node, span: cursor.spanFrom(first) });
  const isLevel = cursor.engine === 'postgres' ? LEVEL.is : LEVEL.equal;
  const patternLevel = cursor.engine === 'postgres' ? LEVEL.pattern : LEVEL.equal;
  if (cursor.is('ISNULL') || cursor.is('NOTNULL') || cursor.is('NOT', 'NULL')) {
    if (isLevel <= level) return undefined;
    const negated = cursor.take().upper !== 'ISNULL';
    cursor.accept('NULL');
    return at({ kind: 'null-test', negated, value: left });
  }
  if (cursor.is('IS')) return isLevel > level ? readIs(cursor, left, first) : undefined;
  const negated = cursor.is('NOT');
  const word = cursor.ahead(negated ? 1 : 0).upper;
  if (!['IN', 'BETWEEN', 'LIKE', 'ILIKE', ...(negated ? WORD_OPERATORS : [])].includes(word)) return undefined;
  if (patternLevel <= level) return undefined;
  cursor.position += negated ? 2 : 1;
  switch (word) {
    case 'IN':
      return readIn(cursor, left, first, negated);
    case 'BETWEEN': {
      if (cursor.is('SYMMETRIC')) throw cursor.unexpected('a value');
      const low = readExpression(cursor, LEVEL.pattern);
      cursor.expect('AND');
      return at({ kind: 'between', negated, value: left, low, high: readExpression(cursor, LEVEL.pattern) });
    }
    case 'LIKE':
    case 'ILIKE': {
      const own = cursor.engine === 'sqlite' ? LEVEL.equal : LEVEL.pattern;
      const pattern = readExpression(cursor, own);
      if (cursor.accept('ESCAPE')) {
        readExpression(cursor, own);
        return verbatim(cursor, first);
      }
      return at({ kind: 'like', negated, value: left, pattern, ignoreCase: word === 'ILIKE' });
    }
    default:
      if (word === 'SIMILAR') cursor.expect('TO');
      readExpression(cursor, LEVEL.pattern);
      return verbatim(cursor, first);
  }
}

function readIs(cursor: Cursor, left: ExpressionIr, first: number): ExpressionIr {
  const at = (node: ExpressionIr): ExpressionIr => ({ ...node, span: cursor.spanFrom(first) });
  cursor.expect('IS');
  const negated = cursor.accept('NOT');
  if (cursor.accept('NULL')) return at({ kind: 'null-test', negated, value: left });
  if (cursor.is('TRUE') || cursor.is('FALSE')) {
    const is = cursor.take().upper === 'TRUE';
    return at({ kind: 'truth-test', negated, is, value: left });
  }
  if (cursor.accept('DISTINCT', 'FROM')) {
    const right = readExpression(cursor, LEVEL.equal);
    return at({ kind: 'compare', operator: negated ? 'is not distinct from' : 'is distinct from', left, right });
  }
  if (cursor.engine === 'sqlite') {
    const right = readExpression(cursor, LEVEL.equal);
    return at({ kind: 'compare', operator: negated ? 'is distinct from' : 'is not distinct from', left, right });
  }
  if (cursor.token.kind !== 'word') throw cursor.unexpected('NULL');
  cursor.take();
  return verbatim(cursor, first);
}

function readIn(cursor: Cursor, value: ExpressionIr, first: number, negated: boolean): ExpressionIr {
  if (!cursor.is('(')) {
    // SQLite: x IN table.
    readName(cursor);
    return verbatim(cursor, first);
  }
  if (opensQuery(cursor, 1) || cursor.ahead(1).upper === '(') {
    const from = cursor.position;
    const query = readNestedQuery(cursor);
    if (query.kind !== 'verbatim-query' || opensQueryText(query.sql)) {
      return { kind: 'in-query', negated, value, query, span: cursor.spanFrom(first) };
    }
    cursor.position = from;
  }
  cursor.expect('(');
  const options: ExpressionIr[] = [];
  if (!cursor.is(')')) {
    do options.push(readExpression(cursor));
    while (cursor.accept(','));
  }
  cursor.expect(')');
  if (options.length === 0) return verbatim(cursor, first);
  return { kind: 'in', negated, value, options, span: cursor.spanFrom(first) };
}

const opensQueryText = (sql: string) => /^[\s(]*(?:select|with|values)\b/i.test(sql);

function joined(kind: 'and' | 'or', left: ExpressionIr, right: ExpressionIr): ExpressionIr {
  const parts = [left, right].flatMap((side) => (side.kind === kind ? side.parts : [side]));
  return { kind, parts };
}

function readPrimary(cursor: Cursor): ExpressionIr {
  const first = cursor.position;
  const { kind, value, upper } = cursor.token;
  const at = (node: ExpressionIr): ExpressionIr => ({ ...node, span: cursor.spanFrom(first) });
  switch (kind) {
    case 'number':
      cursor.take();
      return at(/^0x|_/i.test(value) ? verbatim(cursor, first) : { kind: 'number', text: value });
    case 'string':
      cursor.take();
      // MySQL and standard SQL join neighbouring texts.
      if (cursor.token.kind === 'string') {
        while (cursor.token.kind === 'string') cursor.take();
        return verbatim(cursor, first);
      }
      return at({ kind: 'text', value });
    case 'parameter':
    case 'other':
      cursor.take();
      return verbatim(cursor, first);
    case 'operator':
      if (upper === '(') return readParenthesised(cursor);
      throw cursor.unexpected('a value');
    case 'end':
      throw cursor.unexpected('a value');
    case 'name':
    case 'word':
      return readWord(cursor);
  }
}

function readParenthesised(cursor: Cursor): ExpressionIr {
  const first = cursor.position;
  if (opensQuery(cursor, 1)) {
    return { kind: 'query', query: readNestedQuery(cursor), span: cursor.spanFrom(first) };
  }
  if (cursor.is('(', '(') && opensQuery(cursor, 2)) {
    const query = cursor.attempt(() => {
      const nested = readNestedQuery(cursor);
      if (nested.kind === 'verbatim-query') throw cursor.unexpected();
      return nested;
    });
    if (query) return { kind: 'query', query, span: cursor.spanFrom(first) };
  }
  cursor.expect('(');
  const inner = readExpression(cursor);
  if (cursor.is(',')) {
    // A row of values: no words for it alone.
    cursor.position = first;
    cursor.skipParentheses();
    return verbatim(cursor, first);
  }
  cursor.expect(')');
  return { ...inner, span: cursor.spanFrom(first) };
}

/** Words that cannot be a column: meeting one where a value should stand is a mistake in the text. */
const NO_VALUE = new Set(
  'FROM WHERE GROUP HAVING ORDER LIMIT UNION INTERSECT EXCEPT ON JOIN AND OR THEN WHEN ELSE AS SELECT BY IN LIKE BETWEEN IS'.split(
    ' ',
  ),
);

function readWord(cursor: Cursor): ExpressionIr {
  const first = cursor.position;
  const { kind, upper } = cursor.token;
  const at = (node: ExpressionIr): ExpressionIr => ({ ...node, span: cursor.spanFrom(first) });
  if (kind === 'word') {
    if (NO_VALUE.has(upper)) throw cursor.unexpected('a value');
    switch (upper) {
      case 'NULL':
        cursor.take();
        return at({ kind: 'null' });
      case 'TRUE':
      case 'FALSE':
        cursor.take();
        return at({ kind: 'boolean', value: upper === 'TRUE' });
      case 'CASE':
        return readCase(cursor);
      case 'EXISTS': {
        cursor.take();
        return at({ kind: 'exists', negated: false, query: readNestedQuery(cursor) });
      }
      case 'INTERVAL': {
        const interval = cursor.attempt(() => readInterval(cursor));
        if (interval) return interval;
        break;
      }
      case 'DATE':
      case 'TIMESTAMP':
        if (cursor.ahead(1).kind === 'string') {
          cursor.take();
          return at({ kind: upper === 'DATE' ? 'date' : 'timestamp', value: cursor.take().value });
        }
        if (cursor.is('TIMESTAMP', 'WITH', 'TIME', 'ZONE')) {
          const instant = readInstant(cursor, 4);
          if (instant) return instant;
        }
        break;
      case 'TIMESTAMPTZ': {
        const instant = readInstant(cursor, 1);
        if (instant) return instant;
        break;
      }
      case 'ARRAY':
        if (cursor.ahead(1).upper === '[') {
          let depth = 0;
          do {
            const token = cursor.take();
            if (token.upper === '[') depth += 1;
            if (token.upper === ']') depth -= 1;
            if (token.kind === 'end') throw cursor.unexpected(']');
          } while (depth > 0 || cursor.is('ARRAY'));
          return verbatim(cursor, first);
        }
        break;
    }
    const current = CURRENT[upper];
    if (current && cursor.ahead(1).upper !== '(' && cursor.ahead(1).upper !== '.') {
      cursor.take();
      return at({ kind: 'current', what: current });
    }
    if (/^(?:LOCALTIME|LOCALTIMESTAMP|CURRENT_TIME|CURRENT_USER|SESSION_USER|USER)$/.test(upper)) {
      if (cursor.ahead(1).upper !== '.' && !(upper === 'USER' && cursor.engine !== 'postgres')) {
        cursor.take();
        if (cursor.is('(')) cursor.skipParentheses();
        return verbatim(cursor, first);
      }
    }
    if (cursor.ahead(1).upper === '(') return readCall(cursor);
    if (cursor.ahead(1).kind === 'string' && cursor.ahead(1).start > cursor.token.end) {
      // A typed literal such as TIME '12:00' or an introducer such as _utf8 'x'.
      cursor.take();
      cursor.take();
      return verbatim(cursor, first);
    }
  }
  return readColumn(cursor);
}

/** PostgreSQL's TIMESTAMPTZ '…+02:00', whose text stands behind so many words; without an offset the session would decide. */
function readInstant(cursor: Cursor, words: number): ExpressionIr | undefined {
  const first = cursor.position;
  const { kind, value } = cursor.ahead(words);
  if (cursor.engine !== 'postgres' || kind !== 'string' || !isInstantText(value)) return undefined;
  cursor.position += words + 1;
  return { kind: 'instant', value, span: cursor.spanFrom(first) };
}

const CURRENT: Readonly<Record<string, 'date' | 'time'>> = { CURRENT_DATE: 'date', CURRENT_TIMESTAMP: 'time' };

function readColumn(cursor: Cursor): ExpressionIr {
  const first = cursor.position;
  const quoted = cursor.token.quote === '"';
  let name = readName(cursor);
  let table: string | undefined;
  while (cursor.accept('.')) {
    if (cursor.accept('*')) return { kind: 'star', table: name, span: cursor.spanFrom(first) };
    [table, name] = [name, readName(cursor)];
  }
  if (cursor.is('(')) {
    cursor.skipParentheses();
    return verbatim(cursor, first);
  }
  return {
    kind: 'column',
    name,
    ...(table === undefined ? {} : { table }),
    ...(quoted && table === undefined ? { quoted } : {}),
    span: cursor.spanFrom(first),
  };
}

function readCase(cursor: Cursor): ExpressionIr {
  const first = cursor.position;
  cursor.expect('CASE');
  const operand = cursor.is('WHEN') ? undefined : readExpression(cursor);
  const whens = [];
  while (cursor.accept('WHEN')) {
    const condition = readExpression(cursor);
    cursor.expect('THEN');
    whens.push({ condition, result: readExpression(cursor) });
  }
  if (whens.length === 0) throw cursor.unexpected('WHEN');
  const otherwise = cursor.accept('ELSE') ? readExpression(cursor) : undefined;
  cursor.expect('END');
  return {
    kind: 'case',
    ...(operand ? { operand } : {}),
    whens,
    ...(otherwise ? { otherwise } : {}),
    span: cursor.spanFrom(first),
  };
}
