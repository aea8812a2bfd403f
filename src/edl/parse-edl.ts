import { bad, type EdlProblem, type EdlResult, good } from '#src/sql/problem.ts';
import type { CastType, JoinType, SetOperator, TypeName } from '#src/sql/query-ir.ts';
import type { EdlExpression, EdlItem, EdlSortKey, EdlSource, EdlText, StepBody, StepNode } from './edl-ast.ts';
import { EdlCursor } from './edl-cursor.ts';
import { EdlSyntaxError, type EdlToken, lexEdl } from './lex-edl.ts';
import { readCondition, readEdlExpression, readExpressions, readStep } from './parse-edl-expression.ts';
import { WANTED } from './phrases.ts';

/**
 * EDL text → steps (docs/edl.md). It also takes the shapes in which models write EDL (N1 to N17 there; most are
 * named where they are read). Never throws: what cannot be read is a problem with its step and the phrases expected there.
 */
export function parseEdl(text: string): EdlResult<EdlText> {
  try {
    if (!text.trim())
      return bad({ code: 'E_EMPTY', message: 'There is no EDL; write steps such as "#1. Scan Table: …".' });
    const read = readTokens(lexEdl(text));
    return read.ok ? good(read.text) : bad(read.stopped.problem);
  } catch (error) {
    if (error instanceof EdlSyntaxError) return bad(error.problem);
    throw error;
  }
}

/** Where reading stopped. */
export interface Stopped {
  readonly problem: EdlProblem;
  /** The position of the token that cannot stand there, and that of the last step number that began a step. */
  readonly at: number;
  readonly opened: number;
}

export type ReadTokens =
  | { readonly ok: true; readonly text: EdlText }
  | { readonly ok: false; readonly stopped: Stopped };

/** Tokens, the last one the text's end → steps. */
export function readTokens(tokens: readonly EdlToken[]): ReadTokens {
  const cursor = new EdlCursor(tokens);
  try {
    return { ok: true, text: { steps: selectComputed(readSteps(cursor)) } };
  } catch (error) {
    if (!(error instanceof EdlSyntaxError)) throw error;
    return { ok: false, stopped: { problem: error.problem, at: cursor.position, opened: cursor.opened } };
  }
}

function readSteps(cursor: EdlCursor): StepNode[] {
  const steps: StepNode[] = [];
  for (;;) {
    if (cursor.token.kind === 'end') return steps;
    cursor.step = undefined;
    const { start } = cursor.token;
    if (cursor.token.kind !== 'step') cursor.fail(['#1.']);
    cursor.opened = cursor.position;
    const number = readStep(cursor);
    cursor.step = number;
    if (steps.some((step) => step.number === number)) {
      cursor.fail([], `There are two steps #${number}.`, 'E_STEP_DUP');
    }
    const last = steps.at(-1)?.number ?? 0;
    if (number <= last) cursor.fail([], `Step #${number} comes after #${last}; numbers must rise.`, 'E_STEP_ORDER');
    cursor.accept('.', ':');
    const body = readBody(cursor, readLabel(cursor));
    steps.push({ number, body, span: { start, end: cursor.token.start } });
    // N13: the last full stop may be missing.
    if (cursor.accept('.', ';')) continue;
    if (!['end', 'step'].includes(cursor.token.kind)) cursor.fail(['.']);
  }
}

/** The operator's name before the colon is a comment, and may be missing (N11). */
function readLabel(cursor: EdlCursor): string | undefined {
  let words = 0;
  while (cursor.ahead(words).kind === 'word' && words < 5) words += 1;
  if (words === 0 || cursor.plain(words) !== ':' || cursor.is('apply')) {
    if (!cursor.is('apply having clause :')) return undefined;
    words = 3;
  }
  const label = Array.from({ length: words }, (_, at) => cursor.plain(at)).join(' ');
  if (!WANTED.label.includes(label)) {
    cursor.fail(WANTED.label, `There is no operator ${JSON.stringify(label)}.`, 'E_OPERATOR');
  }
  cursor.position += words + 1;
  return label;
}

function readBody(cursor: EdlCursor, label: string | undefined): StepBody {
  if (label === 'run as written') {
    return { kind: 'verbatim', sql: cursor.kind('verbatim', 'SQL such as {{ SELECT … }}'), ...readResultName(cursor) };
  }
  if (cursor.accept('retrieve one row without a table')) {
    return { kind: 'scan', source: undefined, nested: cursor.accept('in a subquery') !== undefined };
  }
  // N16: the verbs of the brief form that readers see (From, Keep rows, Keep groups, Show).
  if (cursor.accept('retrieve all rows from', 'retrieve all the rows from', 'from')) return readScan(cursor);
  const join = readJoin(cursor);
  if (join) return join;
  if (cursor.accept('reserve rows of', 'reserve the rows of', 'keep rows of')) return readReserve(cursor, 'reserve');
  if (cursor.accept('reserve the grouped rows of', 'reserve grouped rows of', 'keep groups of'))
    return readReserve(cursor, 'having');
  if (cursor.accept('group')) {
    const input = readInput(cursor);
    cursor.expect('by');
    return { kind: 'group', input, keys: readItems(cursor).map(({ expression }) => expression) };
  }
  if (cursor.accept('order', 'sort')) return readSort(cursor);
  if (cursor.accept('limit')) return readLimit(cursor);
  if (cursor.accept('select', 'show')) return readSelect(cursor);
  if (cursor.accept('apply')) return readSetOperation(cursor);
  if (cursor.accept('compute')) return readCompute(cursor);
  if (cursor.accept('extract substring from', 'extract the substring from')) return readSubstring(cursor);
  if (cursor.accept('cast')) return readCast(cursor);
  cursor.fail(WANTED.verb);
}

/** `#k`, `the result of #k`, `the results of #k`, `the rows of #k` (N5). */
function readInput(cursor: EdlCursor): number {
  cursor.accept('the result of', 'the results of', 'the rows of', 'the results from', 'the rows in');
  return readStep(cursor);
}

function readScan(cursor: EdlCursor): StepBody {
  const source = readSource(cursor);
  if (!cursor.accept('in a subquery')) return { kind: 'scan', source, nested: false };
  if (!cursor.accept('and select')) return { kind: 'scan', source, nested: true };
  return { kind: 'subquery', source, distinct: readDistinct(cursor), items: readItems(cursor) };
}

const readDistinct = (cursor: EdlCursor): boolean => cursor.accept('distinct', 'the distinct') !== undefined;

function readSource(cursor: EdlCursor): EdlSource {
  if (cursor.accept('the expression')) return { kind: 'verbatim', sql: cursor.kind('verbatim', 'SQL such as {{ … }}') };
  if (cursor.accept('the result of', 'the results of') || cursor.token.kind === 'step') {
    return { kind: 'step', step: readStep(cursor), ...readAlias(cursor) };
  }
  cursor.accept('the');
  const name = cursor.kind('name', WANTED.table);
  cursor.accept('table');
  const schema = cursor.accept('of the') ? cursor.kind('name', 'a schema such as [public]') : undefined;
  if (schema !== undefined) cursor.expect('schema');
  return { kind: 'table', name, ...(schema === undefined ? {} : { schema }), ...readAlias(cursor) };
}

/** `aliased as [T1]`, bare `T1` (N4), `(T1)` (N3). */
function readAlias(cursor: EdlCursor): { readonly alias?: string } {
  if (cursor.is('(') && cursor.plain(2) === ')') {
    cursor.take();
    const alias = cursor.take().text.replace(/^\[|\]$/g, '');
    cursor.take();
    return { alias };
  }
  if (!cursor.accept('aliased as', 'as')) return {};
  if (cursor.token.kind === 'name') return { alias: cursor.take().value };
  if (cursor.token.kind === 'word') return { alias: cursor.take().text };
  cursor.fail([WANTED.name]);
}

const JOINS: ReadonlyMap<string, JoinType> = new Map([
  ['join', 'inner'],
  ['inner join', 'inner'],
  ['left join', 'left'],
  ['left outer join', 'left'],
  ['right join', 'right'],
  ['right outer join', 'right'],
  ['full join', 'full'],
  ['full outer join', 'full'],
  ['cross join', 'cross'],
]);

function readJoin(cursor: EdlCursor): StepBody | undefined {
  const natural = cursor.accept('natural') !== undefined;
  const type = cursor.choose(JOINS);
  if (type === undefined) return natural ? cursor.fail(['join']) : undefined;
  const source = readSource(cursor);
  const using: string[] = [];
  if (cursor.accept('using the same', 'using')) {
    do using.push(cursor.kind('name', WANTED.column));
    while (cursor.accept(','));
  }
  const on = cursor.accept('on the condition that', 'on the condition', 'on', 'where')
    ? readCondition(cursor)
    : undefined;
  return { kind: 'join', type, natural, source, on, using };
}

function readReserve(cursor: EdlCursor, kind: 'reserve' | 'having'): StepBody {
  const input = readInput(cursor);
  cursor.expect('where');
  return { kind, input, condition: readCondition(cursor) };
}

function readSort(cursor: EdlCursor): StepBody {
  const input = readInput(cursor);
  cursor.expect('by');
  return { kind: 'sort', input, keys: readSortKeys(cursor) };
}

function readSortKeys(cursor: EdlCursor): EdlSortKey[] {
  const keys: EdlSortKey[] = [];
  do {
    const expression = readItem(cursor).expression;
    const direction = cursor.accept(
      'in ascending order',
      'in descending order',
      'in asc order',
      'in desc order',
      'in ascending',
      'in descending',
      'ascending',
      'descending',
      'asc',
      'desc',
    );
    if (!direction) cursor.fail(WANTED.direction);
    const nulls = cursor.accept('with nulls first', 'with nulls last');
    keys.push({
      expression,
      descending: direction.includes('desc'),
      ...(nulls ? { nulls: nulls.endsWith('first') ? ('first' as const) : ('last' as const) } : {}),
    });
  } while (cursor.accept(', and', ', then', ','));
  return keys;
}

function readLimit(cursor: EdlCursor): StepBody {
  const input = readInput(cursor);
  cursor.expect('to');
  let count: number | undefined;
  if (!cursor.accept('all records', 'all the records')) {
    cursor.accept('the top', 'the first', 'top');
    count = readCount(cursor);
  }
  const offset = cursor.accept('after skipping the first', 'after skipping') ? readCount(cursor) : undefined;
  return { kind: 'limit', input, count, offset };
}

function readCount(cursor: EdlCursor): number {
  const { kind, value } = cursor.token;
  if (kind !== 'number' || !/^\d{1,15}$/.test(value)) cursor.fail([WANTED.number]);
  cursor.take();
  cursor.accept('record', 'records', 'row', 'rows'); // N14: the word may be missing
  return Number(value);
}

function readSelect(cursor: EdlCursor): StepBody {
  const distinct = readDistinct(cursor);
  const items = readItems(cursor);
  cursor.expect('in', 'from');
  return { kind: 'select', input: readInput(cursor), distinct, items, ...readResultName(cursor) };
}

/** `as the [n] query result`; "as the first query result" says nothing (N6). */
function readResultName(cursor: EdlCursor): { readonly name?: string } {
  if (cursor.is('as the') && cursor.ahead(2).kind === 'word' && cursor.plain(3) === 'query') {
    cursor.position += 3;
    cursor.expect('query result');
    return {};
  }
  if (!cursor.accept('as the', 'as')) return {};
  const name = cursor.kind('name', WANTED.name);
  cursor.expect('query result');
  return { name };
}

const readItems = (cursor: EdlCursor): EdlItem[] => distribute(readList(cursor));

function readList(cursor: EdlCursor): EdlItem[] {
  const items = [readItem(cursor)];
  while (cursor.accept(', and', ',', 'and')) {
    cursor.accept('the distinct');
    items.push(readItem(cursor));
  }
  return items;
}

/** `the [a], [b] and [c] columns from the [T] table`: all three are of T (N9). */
function distribute(items: readonly EdlItem[]): EdlItem[] {
  const last = items.at(-1)?.expression;
  const table = last?.kind === 'column' ? last.table : undefined;
  const takesTable = ({ expression }: EdlItem) =>
    expression === last ||
    (expression.kind === 'column' && expression.table === undefined && !expression.name.includes('.'));
  if (table === undefined || !items.every(takesTable)) return [...items];
  return items.map((item) =>
    item.expression.kind === 'column' ? { ...item, expression: { ...item.expression, table } } : item,
  );
}

function readItem(cursor: EdlCursor): EdlItem {
  const expression = readEdlExpression(cursor);
  if (!cursor.is('as') || cursor.is('as the')) return { expression };
  cursor.take();
  if (cursor.token.kind === 'name') return { expression, alias: cursor.take().value };
  if (cursor.token.kind === 'word') return { expression, alias: cursor.take().text };
  cursor.fail([WANTED.name]);
}

const SET_OPERATORS: ReadonlyMap<string, SetOperator> = new Map([
  ['union all', 'UNION ALL'],
  ['union', 'UNION'],
  ['intersect', 'INTERSECT'],
  ['except', 'EXCEPT'],
]);

function readSetOperation(cursor: EdlCursor): StepBody {
  cursor.accept('the');
  const operator = cursor.choose(SET_OPERATORS) ?? cursor.fail([...SET_OPERATORS.keys()]);
  if (cursor.accept('to')) {
    // N17: `Apply EXCEPT to #2 and #4`, the operands in order.
    const left = readStep(cursor);
    cursor.expect('and');
    return { kind: 'set', operator, left, right: readStep(cursor), ...readResultName(cursor) };
  }
  cursor.expect('operation');
  cursor.accept(':');
  const mode = cursor.expect(
    'include the results in',
    'include the results of',
    'exclude the results in',
    'exclude the results of',
  );
  const first = readStep(cursor);
  cursor.expect('in the results in', 'from the results in', 'in the results of', 'from the results of', 'in', 'from');
  const second = readStep(cursor);
  const excluded = mode.startsWith('exclude');
  if (excluded !== (operator === 'EXCEPT')) {
    cursor.fail([], `${operator} goes with ${operator === 'EXCEPT' ? 'Exclude' : 'Include'}.`, 'E_SET_OPERAND');
  }
  const [left, right] = excluded ? [second, first] : [first, second];
  // UNION and INTERSECT name their operands in either order; the result's columns are those of the earlier.
  const ordered = excluded ? { left, right } : { left: Math.min(left, right), right: Math.max(left, right) };
  return { kind: 'set', operator, ...ordered, ...readResultName(cursor) };
}

function readCompute(cursor: EdlCursor): StepBody {
  cursor.accept('the');
  const name = cursor.token.kind === 'word' ? cursor.take().text : cursor.kind('name', WANTED.name);
  cursor.expect('as');
  if (cursor.accept('a case statement', 'the case statement'))
    return { kind: 'compute', name, expression: readCase(cursor) };
  if (isWindow(cursor)) return { kind: 'compute', name, expression: readWindow(cursor) };
  return { kind: 'compute', name, expression: readEdlExpression(cursor) };
}

function readCase(cursor: EdlCursor): EdlExpression {
  const operand = cursor.accept('comparing') ? readEdlExpression(cursor) : undefined;
  const whens = [];
  while (cursor.accept(', where', 'where')) {
    const condition = readCondition(cursor, operand !== undefined);
    cursor.accept(',');
    cursor.expect('then');
    whens.push({ condition, result: readEdlExpression(cursor) });
  }
  if (whens.length === 0) cursor.fail(['where']);
  const otherwise = cursor.accept(', else', 'else') ? readEdlExpression(cursor) : undefined;
  return { kind: 'case', ...(operand ? { operand } : {}), whens, ...(otherwise ? { otherwise } : {}) };
}

/** One look ahead: does the step end in "window function"? */
function isWindow(cursor: EdlCursor): boolean {
  for (let at = 0; cursor.ahead(at).kind !== 'end'; at += 1) {
    const ends = cursor.plain(at) === '.' && cursor.ahead(at + 1).kind === 'step' && cursor.plain(at + 2) === '.';
    if (ends) return false;
    if (cursor.plain(at) === 'window' && cursor.plain(at + 1) === 'function') return true;
  }
  return false;
}

function readWindow(cursor: EdlCursor): EdlExpression {
  cursor.expect('the');
  const stops = ['of', 'partitioned', 'ordered', 'using'];
  while (cursor.token.kind === 'word' && !stops.includes(cursor.token.value)) cursor.take();
  const args = cursor.accept('of') ? readExpressions(cursor) : [];
  const partitionBy = cursor.accept('partitioned by') ? readExpressions(cursor) : [];
  const orderBy = cursor.accept('ordered by') ? readSortKeys(cursor) : [];
  cursor.expect('using the', 'using');
  const name = cursor.kind('word', 'RANK').toUpperCase();
  if (cursor.accept('(')) cursor.expect(')');
  cursor.expect('window function');
  return { kind: 'window', name, args, partitionBy, orderBy };
}

function readSubstring(cursor: EdlCursor): StepBody {
  const argument = readEdlExpression(cursor);
  cursor.expect('starting at position', 'starting from position');
  const start = readEdlExpression(cursor);
  let length: EdlExpression | undefined;
  if (!cursor.accept('to the end')) {
    cursor.expect('for');
    length = readEdlExpression(cursor);
    cursor.expect('characters', 'character');
  }
  cursor.expect('as');
  const name = cursor.kind('name', WANTED.name);
  return { kind: 'compute', name, expression: { kind: 'substring', argument, start, ...(length ? { length } : {}) } };
}

const TYPES: readonly TypeName[] = ['INTEGER', 'BIGINT', 'REAL', 'DECIMAL', 'TEXT', 'DATE', 'TIMESTAMP', 'BOOLEAN'];

function readCast(cursor: EdlCursor): StepBody {
  const argument = readEdlExpression(cursor);
  cursor.expect('as');
  const type = readType(cursor);
  cursor.expect('as');
  const name = cursor.kind('name', WANTED.name);
  return { kind: 'compute', name, expression: { kind: 'cast', argument, type } };
}

function readType(cursor: EdlCursor): CastType {
  if (cursor.token.kind === 'verbatim') return { name: 'verbatim', sql: cursor.take().value };
  const name = TYPES.find((type) => type.toLowerCase() === cursor.token.value);
  if (!name || cursor.token.kind !== 'word') cursor.fail(TYPES);
  cursor.take();
  if (!cursor.accept('(')) return { name };
  const precision = Number(cursor.kind('number', 'a whole number'));
  const scale = cursor.accept(',') ? Number(cursor.kind('number', 'a whole number')) : undefined;
  cursor.expect(')');
  return { name, precision, ...(scale === undefined ? {} : { scale }) };
}

/**
 * N12: an EDL that ends in Compute, after Selects whose items it computes with: those Selects become Computes of their
 * block, and the computed value is selected.
 */
function selectComputed(steps: StepNode[]): StepNode[] {
  const last = steps.at(-1);
  if (last?.body.kind !== 'compute') return steps;
  const selected = steps.findLast(({ body }) => body.kind === 'select');
  const { name } = last.body;
  if (selected?.body.kind !== 'select') return steps;
  const { input, items } = selected.body;
  const computed = items.flatMap(({ expression, alias }, at): StepNode[] => {
    if (alias === undefined) return [];
    const number = selected.number + at / (items.length + 1);
    return [{ number, body: { kind: 'compute', name: alias, expression } }];
  });
  if (computed.length < items.length || steps.indexOf(selected) !== steps.length - 2) return steps;
  return [
    ...steps.slice(0, -2),
    ...computed,
    last,
    {
      number: last.number + 1,
      body: { kind: 'select', input, distinct: false, items: [{ expression: { kind: 'column', name } }] },
    },
  ];
}
