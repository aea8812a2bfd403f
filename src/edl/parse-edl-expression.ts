import { isInstantText, isTimeZone } from '#src/domain/time-zone.ts';
import { UNIT_WORDS } from '#src/sql/dates.ts';
import {
  type AggregateFunction,
  type ArithmeticOperator,
  type ComparisonOperator,
  type DatePart,
  type DateUnit,
  isCondition,
} from '#src/sql/query-ir.ts';
import type { EdlExpression } from './edl-ast.ts';
import type { EdlCursor } from './edl-cursor.ts';
import { AGGREGATE_WORDS, WANTED } from './phrases.ts';

/** A condition: `or` of `and`s of comparisons and tests. `bare`: a plain value may stand there too. */
export function readCondition(cursor: EdlCursor, bare = false): EdlExpression {
  return cursor.deeper(() => readJoined(cursor, 'or', bare));
}

function readJoined(cursor: EdlCursor, kind: 'or' | 'and', bare: boolean): EdlExpression {
  const next = () => (kind === 'or' ? readJoined(cursor, 'and', bare) : readTest(cursor, bare));
  const first = next();
  const more: EdlExpression[] = [];
  while (cursor.accept(kind)) more.push(next());
  return more.length ? { kind, parts: [first, ...more] } : first;
}

const COMPARISONS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['equals', '='],
  ['equals to', '='],
  ['is equal to', '='],
  ['is the same as', '='],
  ['=', '='],
  ['does not equal', '<>'],
  ['is not equal to', '<>'],
  ['<>', '<>'],
  ['!=', '<>'],
  ['is greater than', '>'],
  ['is more than', '>'],
  ['>', '>'],
  ['is greater than or equal to', '>='],
  ['is at least', '>='],
  ['>=', '>='],
  ['is less than', '<'],
  ['<', '<'],
  ['is less than or equal to', '<='],
  ['is at most', '<='],
  ['<=', '<='],
  ['is distinct from', 'is distinct from'],
  ['is not distinct from', 'is not distinct from'],
]);

function readTest(cursor: EdlCursor, bare: boolean): EdlExpression {
  if (cursor.accept('not')) return cursor.deeper(() => ({ kind: 'not', part: readTest(cursor, false) }));
  const exists = cursor.accept('there is a row in', 'there is no row in');
  if (exists) return { kind: 'exists', negated: exists.includes(' no '), query: readStep(cursor) };
  const value = readEdlExpression(cursor);
  const operator = cursor.choose(COMPARISONS);
  if (operator) return readComparison(cursor, value, operator);
  const like = cursor.choose(LIKES);
  if (like) return readLike(cursor, value, like);
  if (cursor.accept('holds')) return value;
  if (cursor.accept('is')) return readIs(cursor, value);
  const negated = cursor.accept('not in', 'in the result of') ?? (cursor.is('in (') ? cursor.accept('in') : undefined);
  if (negated !== undefined) {
    if (negated === 'in the result of') return { kind: 'in-query', negated: false, value, query: readStep(cursor) };
    return readMembers(cursor, value, negated === 'not in');
  }
  if (isCondition(value) || value.kind === 'verbatim' || bare) return value;
  cursor.fail(WANTED.comparison);
}

function readComparison(cursor: EdlCursor, left: EdlExpression, operator: ComparisonOperator): EdlExpression {
  const quantifier = cursor.accept('any of', 'all of');
  const right = readEdlExpression(cursor);
  if (!quantifier) return { kind: 'compare', operator, left, right };
  if (right.kind !== 'query') cursor.fail(['the result of a step']);
  return { kind: 'compare', operator, quantifier: quantifier === 'any of' ? 'any' : 'all', left, right };
}

interface Like {
  readonly negated: boolean;
  /** The wildcards around the text; absent where the pattern is written out. */
  readonly around?: readonly [before: string, after: string];
}

const LIKES: ReadonlyMap<string, Like> = new Map<string, Like>([
  ['contains', { around: ['%', '%'], negated: false }],
  ['does not contain', { around: ['%', '%'], negated: true }],
  ['starts with', { around: ['', '%'], negated: false }],
  ['does not start with', { around: ['', '%'], negated: true }],
  ['ends with', { around: ['%', ''], negated: false }],
  ['does not end with', { around: ['%', ''], negated: true }],
  ['is like', { negated: false }],
  ['like', { negated: false }],
  ['is not like', { negated: true }],
  ['not like', { negated: true }],
]);

function readLike(cursor: EdlCursor, value: EdlExpression, { around, negated }: Like): EdlExpression {
  const read = readEdlExpression(cursor);
  const pattern = around ? patternOf(cursor, read, around) : read;
  return { kind: 'like', negated, value, pattern, ignoreCase: cursor.accept('ignoring case') !== undefined };
}

function patternOf(cursor: EdlCursor, text: EdlExpression, around: NonNullable<Like['around']>): EdlExpression {
  if (text.kind !== 'text') return cursor.fail(["a text such as 'north'"]);
  if (/[%_]/.test(text.value)) {
    cursor.fail(['is like'], '% and _ are wildcards of "is like" only.', 'E_LIKE_META');
  }
  const [before, after] = around;
  return { kind: 'text', value: `${before}${text.value}${after}` };
}

/** What may follow `is`: null, between, in, true, or a value (N7, N8). */
function readIs(cursor: EdlCursor, value: EdlExpression): EdlExpression {
  const negated = cursor.accept('not') !== undefined;
  if (cursor.accept('null')) return { kind: 'null-test', negated, value };
  if (cursor.is('true') || cursor.is('false')) {
    return { kind: 'truth-test', negated, is: cursor.take().value === 'true', value };
  }
  if (cursor.accept('between')) {
    const low = readEdlExpression(cursor);
    cursor.expect('and');
    return { kind: 'between', negated, value, low, high: readEdlExpression(cursor) };
  }
  if (cursor.accept('in', 'included in', 'one of', 'among')) return readMembers(cursor, value, negated);
  const right = readEdlExpression(cursor);
  const bound = cursor.accept('or more', 'or less', 'or greater', 'or higher', 'or lower');
  const operator: ComparisonOperator = bound ? (/more|greater|higher/.test(bound) ? '>=' : '<=') : negated ? '<>' : '=';
  if (bound && negated) cursor.fail([]);
  return { kind: 'compare', operator, left: value, right };
}

function readMembers(cursor: EdlCursor, value: EdlExpression, negated: boolean): EdlExpression {
  if (cursor.accept('the result of', 'the results of')) {
    return { kind: 'in-query', negated, value, query: readStep(cursor) };
  }
  if (cursor.token.kind === 'step') return { kind: 'in-query', negated, value, query: readStep(cursor) };
  cursor.expect('(');
  const options = readExpressions(cursor);
  cursor.expect(')');
  return { kind: 'in', negated, value, options };
}

export function readStep(cursor: EdlCursor): number {
  return Number(cursor.kind('step', WANTED.step));
}

export function readExpressions(cursor: EdlCursor): EdlExpression[] {
  const list = [readEdlExpression(cursor)];
  while (cursor.accept(',')) list.push(readEdlExpression(cursor));
  return list;
}

/** Sums and joined texts of products of factors. `argument`: stops before an operator that an aggregate follows. */
export function readEdlExpression(cursor: EdlCursor, argument = false): EdlExpression {
  return cursor.deeper(() => readChain(cursor, SUMS, argument, readTerm));
}

const readTerm: ReadOperand = (cursor, argument) => readChain(cursor, PRODUCTS, argument, readFactor);

type ReadOperand = (cursor: EdlCursor, argument: boolean) => EdlExpression;

const SUMS: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ['+', '+'],
  ['-', '-'],
  ['||', '||'],
]);
const PRODUCTS: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ['*', '*'],
  ['/', '/'],
  ['%', '%'],
]);

/** Operands that operators of one level join from the left. */
function readChain(
  cursor: EdlCursor,
  operators: ReadonlyMap<string, ArithmeticOperator>,
  argument: boolean,
  readOperand: ReadOperand,
): EdlExpression {
  let left = readOperand(cursor, argument);
  for (;;) {
    const operator = argument && opensAggregate(cursor, 1) ? undefined : cursor.choose(operators);
    if (!operator) return left;
    left = { kind: 'arithmetic', operator, left, right: readOperand(cursor, argument) };
  }
}

const AGGREGATES: ReadonlyMap<string, AggregateFunction> = new Map([
  [AGGREGATE_WORDS.count, 'count'],
  [AGGREGATE_WORDS.sum, 'sum'],
  [AGGREGATE_WORDS.avg, 'avg'],
  [AGGREGATE_WORDS.min, 'min'],
  [AGGREGATE_WORDS.max, 'max'],
  ['number', 'count'],
  ['total', 'sum'],
]);

function opensAggregate(cursor: EdlCursor, step: number): boolean {
  const at = cursor.plain(step) === '(' ? step + 1 : step;
  if (cursor.plain(at) === 'the') return AGGREGATES.has(cursor.plain(at + 1));
  return AGGREGATES.has(cursor.plain(at)) && cursor.plain(at + 1) === 'of'; // N15: `count of rows`, without its article
}

function readFactor(cursor: EdlCursor): EdlExpression {
  const { kind, value } = cursor.token;
  switch (kind) {
    case 'number':
      cursor.take();
      return { kind: 'number', text: value };
    case 'string':
      cursor.take();
      return { kind: 'text', value };
    case 'name':
      return readColumn(cursor);
    case 'step':
      return { kind: 'query', query: readStep(cursor) };
    case 'symbol':
      return readSymbol(cursor);
    case 'word':
      return readWords(cursor);
    default:
      cursor.fail([WANTED.column, 'a value', 'a computation']);
  }
}

function readSymbol(cursor: EdlCursor): EdlExpression {
  if (cursor.accept('(')) {
    const inner = readCondition(cursor, true);
    cursor.expect(')');
    return inner;
  }
  if (cursor.accept('-')) {
    const argument = cursor.deeper(() => readFactor(cursor));
    if (argument.kind === 'number' && !argument.text.startsWith('-'))
      return { kind: 'number', text: `-${argument.text}` };
    return { kind: 'negative', argument };
  }
  cursor.fail([WANTED.column, 'a value', 'a computation']);
}

const PARTS: readonly DatePart[] = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'day of the year',
  'hour',
  'minute',
  'second',
  'weekday',
  'epoch seconds',
  'julian day',
];
const PART_PHRASES = new Map(PARTS.map((part) => [`the ${part} of`, part]));

const OPERATIONS: ReadonlyMap<string, ArithmeticOperator> = new Map([
  ['the addition of', '+'],
  ['the subtraction of', '-'],
  ['the multiplication of', '*'],
  ['the division of', '/'],
  ['the modulo of', '%'],
]);

function readWords(cursor: EdlCursor): EdlExpression {
  if (cursor.accept('null')) return { kind: 'null' };
  if (cursor.is('true') || cursor.is('false')) return { kind: 'boolean', value: cursor.take().value === 'true' };
  const dateKind = cursor.is('date') ? 'date' : cursor.is('timestamp') ? 'timestamp' : undefined;
  if (dateKind && cursor.ahead(1).kind === 'string') {
    cursor.take();
    return { kind: dateKind, value: cursor.take().value };
  }
  if (cursor.is('instant') && cursor.ahead(1).kind === 'string') {
    if (!isInstantText(cursor.ahead(1).value)) cursor.fail(["an instant such as '2026-10-25 00:00:00+02:00'"]);
    cursor.take();
    return { kind: 'instant', value: cursor.take().value };
  }
  if (cursor.accept('whether (')) {
    const condition = readCondition(cursor, true);
    cursor.expect(')');
    return condition;
  }
  if (cursor.accept('all columns', 'all the columns')) {
    const table = cursor.accept('from the', 'of the') ? cursor.kind('name', WANTED.table) : undefined;
    if (table !== undefined) cursor.expect('table');
    return { kind: 'star', ...(table === undefined ? {} : { table }) };
  }
  if (cursor.accept('a span of')) {
    const amount = readFactor(cursor);
    const unit = UNIT_WORDS.get(cursor.token.value);
    if (!unit) cursor.fail(['days', 'months', 'years']);
    cursor.take();
    return { kind: 'interval', amount, unit };
  }
  if (cursor.accept('the expression'))
    return { kind: 'verbatim', sql: cursor.kind('verbatim', 'SQL such as {{ f(x) }}') };
  if (cursor.accept('the result column')) return { kind: 'position', index: Number(cursor.kind('number', 'a number')) };
  if (cursor.accept('the result of', 'the results of')) return { kind: 'query', query: readStep(cursor) };
  const dated = readDate(cursor);
  if (dated) return dated;
  const operator = cursor.choose(OPERATIONS);
  if (operator) {
    const left = readEdlExpression(cursor);
    cursor.expect('and');
    return { kind: 'arithmetic', operator, left, right: readEdlExpression(cursor) };
  }
  if (opensAggregate(cursor, 0)) return readAggregate(cursor);
  if (cursor.accept('the list of')) {
    const distinct = cursor.accept('distinct') !== undefined;
    const argument = readEdlExpression(cursor, true);
    const separator = cursor.accept('separated by') ? readEdlExpression(cursor) : undefined;
    return { kind: 'list', distinct, argument, ...(separator ? { separator } : {}) };
  }
  if (cursor.is('the column') && cursor.ahead(2).kind === 'name') {
    cursor.position += 2;
    return { kind: 'column', name: cursor.take().value, whole: true };
  }
  if (cursor.is('the') && cursor.ahead(1).kind === 'name') {
    cursor.take();
    return readColumn(cursor);
  }
  if (cursor.plain(1) === '(' && cursor.ahead(1).kind === 'symbol') return readFunction(cursor);
  if (cursor.plain(1) === '.' && cursor.ahead(2).kind === 'word' && !endsStep(cursor, 1)) {
    const table = cursor.take().text;
    cursor.take();
    return { kind: 'column', table, name: cursor.take().text };
  }
  cursor.fail([WANTED.column, 'a value', 'the count of rows', 'the sum of', 'the result of a step']);
}

/** Does the full stop at `step` end the EDL step? The next step's number follows it, or nothing. */
function endsStep(cursor: EdlCursor, step: number): boolean {
  const next = cursor.ahead(step + 1);
  return next.kind === 'step' || next.kind === 'end';
}

function readDate(cursor: EdlCursor): EdlExpression | undefined {
  if (!cursor.is('the')) return undefined;
  const current = cursor.accept('the current date', 'the current time');
  if (current) return { kind: 'current', what: current.endsWith('date') ? 'date' : 'time' };
  const part = cursor.choose(PART_PHRASES);
  if (part) return { kind: 'date-part', part, argument: readFactor(cursor) };
  if (cursor.accept('the date text of')) {
    const argument = readFactor(cursor);
    const adjusted = readAdjusted(cursor);
    cursor.expect('in format');
    const format = cursor.kind('string', "a format such as 'YYYY-MM-DD'");
    return { kind: 'date-text', argument, format, ...(adjusted.length ? { adjusted } : {}) };
  }
  if (cursor.accept('the time of')) {
    const argument = readFactor(cursor);
    cursor.expect('at time zone');
    const zone = cursor.kind('string', "a time zone such as 'Europe/Oslo'");
    if (!isTimeZone(zone)) cursor.fail(["a time zone such as 'Europe/Oslo'"]);
    return { kind: 'at-zone', argument, zone };
  }
  if (cursor.accept('the date read from')) {
    const argument = readFactor(cursor);
    cursor.expect('in format');
    return { kind: 'date-read', argument, format: cursor.kind('string', "a format such as 'YYYY-MM-DD'") };
  }
  const form = cursor.accept('the date of', 'the date and time of');
  if (form) {
    const argument = readFactor(cursor);
    return {
      kind: 'date-of',
      form: form === 'the date of' ? 'date' : 'time',
      argument,
      adjusted: readAdjusted(cursor),
    };
  }
  if (cursor.accept('the start of the')) {
    const unit = readUnit(cursor);
    cursor.expect('of');
    return { kind: 'date-start', unit, argument: readFactor(cursor) };
  }
  if (cursor.accept('the difference in')) {
    const unit = readUnit(cursor);
    cursor.expect('of', 'between');
    const left = readEdlExpression(cursor);
    cursor.expect('and');
    return { kind: 'date-difference', unit, left, right: readEdlExpression(cursor) };
  }
  return undefined;
}

function readUnit(cursor: EdlCursor): DateUnit {
  const unit = UNIT_WORDS.get(cursor.token.value);
  if (!unit) cursor.fail(['year', 'month', 'day']);
  cursor.take();
  return unit;
}

function readAdjusted(cursor: EdlCursor): EdlExpression[] {
  const adjusted: EdlExpression[] = [];
  if (!cursor.accept('adjusted by')) return adjusted;
  do adjusted.push(readFactor(cursor));
  while (cursor.accept(', then'));
  return adjusted;
}

function readAggregate(cursor: EdlCursor): EdlExpression {
  cursor.accept('the');
  const name = cursor.choose(AGGREGATES) ?? cursor.fail(['count', 'sum']);
  cursor.expect('of');
  if (name === 'count' && cursor.accept('rows', 'records', 'all rows')) {
    // N9: a count of rows is of all the rows there are.
    if (cursor.accept('from the', 'in the')) {
      cursor.kind('name', WANTED.table);
      cursor.expect('table');
    }
    return filtered(cursor, { kind: 'aggregate', name, distinct: false, argument: undefined });
  }
  const distinct = cursor.accept('distinct', 'the distinct') !== undefined;
  return filtered(cursor, { kind: 'aggregate', name, distinct, argument: readEdlExpression(cursor, true) });
}

function filtered(cursor: EdlCursor, aggregate: Extract<EdlExpression, { kind: 'aggregate' }>): EdlExpression {
  if (!cursor.accept('for rows where (')) return aggregate;
  const filter = readCondition(cursor, true);
  cursor.expect(')');
  return { ...aggregate, filter };
}

function readFunction(cursor: EdlCursor): EdlExpression {
  const name = cursor.take().value.toUpperCase();
  cursor.expect('(');
  const args = cursor.is(')') ? [] : readExpressions(cursor);
  cursor.expect(')');
  return { kind: 'function', name, args };
}

/** `[T1.c]`, `the [c] column`, `[c] column in the [t] table`. The dot is left for assemble.ts, which knows the aliases. */
export function readColumn(cursor: EdlCursor): EdlExpression {
  const name = cursor.kind('name', WANTED.column);
  cursor.accept('column', 'columns');
  if (cursor.is('from the') || cursor.is('in the') || cursor.is('of the')) {
    if (cursor.ahead(2).kind === 'name' && cursor.plain(3) === 'table') {
      cursor.position += 2;
      const table = cursor.take().value;
      cursor.expect('table');
      return { kind: 'column', table, name };
    }
  }
  if (cursor.is('in table') && cursor.ahead(2).kind === 'name') {
    cursor.position += 2;
    return { kind: 'column', table: cursor.take().value, name };
  }
  return { kind: 'column', name };
}
