import { isTimeZone } from '#src/domain/time-zone.ts';
import { dateUnit, formatFromEngine } from '../dates.ts';
import { familyOf, functionFrom, WINDOW_FUNCTIONS } from '../functions.ts';
import type { AggregateFunction, DatePart, ExpressionIr, SortKeyIr } from '../query-ir.ts';
import type { Cursor } from './cursor.ts';
import { readList, readName, readSortKeys, verbatim } from './read-parts.ts';
import { castTo, readInterval, readType } from './read-types.ts';

/** A function call with what may follow it (FILTER, OVER). What has no words is quoted from its name to its end. */
export function readCall(cursor: Cursor): ExpressionIr {
  const first = cursor.position;
  const read = cursor.attempt(() => {
    const call = readKnownCall(cursor);
    const complete = call && readSuffix(cursor, call, first);
    if (!complete) throw cursor.unexpected();
    return complete;
  });
  if (read) return { ...read, span: cursor.spanFrom(first) };
  cursor.take();
  cursor.skipParentheses();
  for (;;) {
    if (cursor.is('FILTER', '(') || cursor.is('OVER', '(')) {
      cursor.take();
      cursor.skipParentheses();
    } else if (cursor.is('WITHIN', 'GROUP')) {
      cursor.position += 2;
      cursor.skipParentheses();
    } else if (cursor.accept('OVER')) readName(cursor);
    else return verbatim(cursor, first);
  }
}

/** A call as read, before FILTER and OVER. */
interface Call {
  readonly name: string;
  readonly args: readonly ExpressionIr[];
  readonly distinct: boolean;
  /** COUNT(*). */
  readonly star: boolean;
  readonly separator?: ExpressionIr;
  /** Set where the call's own syntax says what it means. */
  readonly node?: ExpressionIr;
}

function readKnownCall(cursor: Cursor): Call | undefined {
  const name = cursor.take().upper;
  const whole = (node: ExpressionIr): Call => ({ name, args: [], distinct: false, star: false, node });
  cursor.expect('(');
  switch (name) {
    case 'CAST': {
      const argument = cursor.expression();
      cursor.expect('AS');
      const type = readType(cursor, cursor.position);
      cursor.expect(')');
      return whole(wholePart(argument, type.name) ?? castTo(argument, type));
    }
    case 'EXTRACT': {
      const part = datePart(cursor.take().value, cursor);
      cursor.expect('FROM');
      const argument = cursor.expression();
      cursor.expect(')');
      return part && whole({ kind: 'date-part', part, argument });
    }
    case 'SUBSTRING':
    case 'SUBSTR':
    case 'MID': {
      const argument = cursor.expression();
      if (!cursor.accept('FROM')) cursor.expect(',');
      const start = cursor.expression();
      const length = cursor.accept('FOR') || cursor.accept(',') ? cursor.expression() : undefined;
      cursor.expect(')');
      return whole({ kind: 'substring', argument, start, ...(length ? { length } : {}) });
    }
    case 'TIMESTAMPDIFF': {
      const unit = dateUnit(cursor.take().value);
      cursor.expect(',');
      const right = cursor.expression();
      cursor.expect(',');
      const left = cursor.expression();
      cursor.expect(')');
      // Whole days of time passed, not days of the calendar: no words for that one.
      return unit && unit !== 'day' ? whole({ kind: 'date-difference', unit, left, right }) : undefined;
    }
    case 'DATE_ADD':
    case 'DATE_SUB':
    case 'ADDDATE':
    case 'SUBDATE': {
      const left = cursor.expression();
      cursor.expect(',');
      const right = readInterval(cursor);
      cursor.expect(')');
      return whole({ kind: 'arithmetic', operator: /ADD/.test(name) ? '+' : '-', left, right });
    }
  }
  if (cursor.accept('*', ')')) return { name, args: [], distinct: false, star: true };
  if (cursor.accept(')')) return { name, args: [], distinct: false, star: false };
  const distinct = cursor.accept('DISTINCT');
  if (!distinct) cursor.accept('ALL');
  const args = readList(cursor);
  const separator = cursor.accept('SEPARATOR') ? cursor.expression() : undefined;
  cursor.expect(')');
  return { name, args, distinct, star: false, ...(separator ? { separator } : {}) };
}

/** FILTER (…) and OVER (…), then the node. Undefined: no words for it. */
function readSuffix(cursor: Cursor, call: Call, first: number): ExpressionIr | undefined {
  let filter: ExpressionIr | undefined;
  if (cursor.accept('FILTER', '(')) {
    cursor.expect('WHERE');
    filter = cursor.expression();
    cursor.expect(')');
  }
  if (cursor.is('WITHIN')) return undefined;
  if (cursor.is('OVER')) return filter ? undefined : readWindow(cursor, call);
  const node = call.node ?? meaning(call, cursor);
  if (!filter) return node;
  // A filter around CASE arguments would be read back as one condition.
  if (node?.kind !== 'aggregate' || node.filter) return undefined;
  return { ...node, filter, span: cursor.spanFrom(first) };
}

function readWindow(cursor: Cursor, call: Call): ExpressionIr | undefined {
  cursor.expect('OVER');
  cursor.expect('(');
  if (call.node || call.distinct || !WINDOW_FUNCTIONS.has(call.name)) return undefined;
  const partitionBy = cursor.accept('PARTITION', 'BY') ? readList(cursor) : [];
  const orderBy: SortKeyIr[] = cursor.accept('ORDER', 'BY') ? readSortKeys(cursor) : [];
  // A frame has no words.
  if (!cursor.accept(')')) return undefined;
  return { kind: 'window', name: call.name, args: call.args, partitionBy, orderBy };
}

const AGGREGATES: Readonly<Record<string, AggregateFunction>> = {
  COUNT: 'count',
  SUM: 'sum',
  AVG: 'avg',
  MIN: 'min',
  MAX: 'max',
};

function meaning(call: Call, cursor: Cursor): ExpressionIr | undefined {
  const { name, args, distinct, star, separator } = call;
  const { engine, mysql } = cursor;
  const aggregate = AGGREGATES[name];
  if (aggregate && (star || args.length === 1)) {
    if (star && aggregate !== 'count') return undefined;
    return aggregateOf(aggregate, distinct, args[0]);
  }
  if (star) return undefined;
  if (name === 'GROUP_CONCAT' || name === 'STRING_AGG') return listOf(call, cursor);
  if (distinct || separator) return undefined;
  const [first, second, third, ...more] = args;
  const one = second ? undefined : first;
  const pair = first && second && !third ? { first, second } : undefined;
  const dated = one && DATE_PARTS[name];
  if (dated && mysql) return { kind: 'date-part', part: dated, argument: one };
  switch (name) {
    case 'IIF':
    case 'IF':
      if (!first || !second || !third || more.length) return undefined;
      return { kind: 'case', whens: [{ condition: first, result: second }], otherwise: third };
    case 'IFNULL':
      return pair && { kind: 'function', name: 'COALESCE', args };
    case 'MIN':
    case 'MAX':
      return { kind: 'function', name: name === 'MIN' ? 'LEAST' : 'GREATEST', args };
    case 'NOW':
    case 'CURRENT_TIMESTAMP':
      return args.length === 0 ? { kind: 'current', what: 'time' } : undefined;
    case 'CURDATE':
    case 'CURRENT_DATE':
      return args.length === 0 ? { kind: 'current', what: 'date' } : undefined;
    case 'DATE':
    case 'DATETIME':
      return engine === 'sqlite'
        ? sqliteDate(name, args)
        : one && { kind: 'cast', argument: one, type: { name: 'DATE' } };
    case 'STRFTIME':
      return strftime(args);
    case 'JULIANDAY':
      return one && { kind: 'date-part', part: 'julian day', argument: moment(one) };
    case 'UNIX_TIMESTAMP':
      return one && mysql ? { kind: 'date-part', part: 'epoch seconds', argument: one } : undefined;
    case 'DATE_PART': {
      const part = pair?.first.kind === 'text' ? datePart(pair.first.value, cursor) : undefined;
      return pair && part && { kind: 'date-part', part, argument: pair.second };
    }
    case 'DATE_TRUNC': {
      const unit = pair?.first.kind === 'text' ? dateUnit(pair.first.value) : undefined;
      return pair && unit && { kind: 'date-start', unit, argument: pair.second };
    }
    case 'TO_CHAR':
    case 'DATE_FORMAT':
    case 'TO_DATE':
    case 'STR_TO_DATE': {
      const format = pair?.second.kind === 'text' ? formatFromEngine(pair.second.value, engine) : undefined;
      if (!pair || format === undefined) return undefined;
      const read = name === 'TO_DATE' || name === 'STR_TO_DATE';
      // MySQL reads a time too where the format has one; as a date alone it would be cut.
      return { kind: read ? 'date-read' : 'date-text', argument: pair.first, format };
    }
    case 'CONVERT_TZ': {
      const zone = mysql && !more.length && third?.kind === 'text' ? third.value : '';
      const isUtc = second?.kind === 'text' && second.value === '+00:00';
      return first && isUtc && isTimeZone(zone) ? { kind: 'at-zone', argument: first, zone } : undefined;
    }
    case 'DATEDIFF':
      return pair && mysql ? { kind: 'date-difference', unit: 'day', left: pair.first, right: pair.second } : undefined;
  }
  const known = functionFrom(name, familyOf(engine));
  return known === undefined ? undefined : { kind: 'function', name: known, args };
}

/** COUNT(CASE WHEN c THEN x END) counts the rows for which c holds. */
function aggregateOf(name: AggregateFunction, distinct: boolean, argument: ExpressionIr | undefined): ExpressionIr {
  const only = argument?.kind === 'case' && argument.whens.length === 1 ? argument.whens[0] : undefined;
  const filtered =
    argument?.kind === 'case' &&
    only &&
    !argument.operand &&
    (!argument.otherwise || argument.otherwise.kind === 'null');
  if (!filtered) return { kind: 'aggregate', name, distinct, argument };
  const counts = name === 'count' && !distinct && only.result.kind === 'number' && only.result.text === '1';
  return { kind: 'aggregate', name, distinct, argument: counts ? undefined : only.result, filter: only.condition };
}

function listOf({ name, args, distinct, separator }: Call, { engine, mysql }: Cursor): ExpressionIr | undefined {
  const [each, second] = args;
  const own = mysql ? separator : second;
  if (!each || args.length !== (own && !mysql ? 2 : 1)) return undefined;
  if (name === 'STRING_AGG' && (mysql || !own)) return undefined;
  if (name === 'GROUP_CONCAT' && engine === 'postgres') return undefined;
  // PostgreSQL joins texts only, so the cast says nothing.
  const cast = engine === 'postgres' && each.kind === 'cast' && each.type.name === 'TEXT' ? each.argument : undefined;
  return { kind: 'list', distinct, argument: cast ?? each, ...(own ? { separator: own } : {}) };
}

/** SQLite writes the present moment as the text 'now'. */
function moment(argument: ExpressionIr): ExpressionIr {
  return argument.kind === 'text' && argument.value.toLowerCase() === 'now'
    ? { kind: 'current', what: 'time', ...(argument.span ? { span: argument.span } : {}) }
    : argument;
}

function sqliteDate(name: 'DATE' | 'DATETIME', args: readonly ExpressionIr[]): ExpressionIr | undefined {
  const form = name === 'DATE' ? 'date' : 'time';
  const [argument, ...adjusted] = args;
  if (!argument) return { kind: 'current', what: form };
  const from = moment(argument);
  if (from.kind === 'current' && from !== argument) {
    if (adjusted.length === 0) return { kind: 'current', what: form };
    return { kind: 'date-of', form, argument: from, adjusted };
  }
  return { kind: 'date-of', form, argument, adjusted };
}

function strftime([format, argument, ...adjusted]: readonly ExpressionIr[]): ExpressionIr | undefined {
  if (format?.kind !== 'text' || !argument) return undefined;
  const written = formatFromEngine(format.value, 'sqlite');
  if (written === undefined) return undefined;
  return { kind: 'date-text', argument: moment(argument), format: written, ...(adjusted.length ? { adjusted } : {}) };
}

const julianDay = (expression: ExpressionIr) =>
  expression.kind === 'date-part' && expression.part === 'julian day' ? expression.argument : undefined;

const WHOLE_PARTS: Readonly<Record<string, DatePart>> = {
  YYYY: 'year',
  MM: 'month',
  DD: 'day',
  HH24: 'hour',
  MI: 'minute',
  SS: 'second',
  DDD: 'day of the year',
  EPOCH: 'epoch seconds',
  WEEKDAY: 'weekday',
};

/** SQLite: CAST(STRFTIME('%Y', x) AS INTEGER) is the year of x. */
function wholePart(argument: ExpressionIr, type: string): ExpressionIr | undefined {
  if (argument.kind === 'arithmetic' && argument.operator === '-' && type === 'INTEGER') {
    const [left, right] = [julianDay(argument.left), julianDay(argument.right)];
    return left && right && { kind: 'date-difference', unit: 'day', left, right };
  }
  if (argument.kind !== 'date-text' || type !== 'INTEGER' || argument.adjusted) return undefined;
  const part = WHOLE_PARTS[argument.format];
  return part && { kind: 'date-part', part, argument: argument.argument };
}

const DATE_PARTS: Readonly<Record<string, DatePart>> = {
  YEAR: 'year',
  QUARTER: 'quarter',
  MONTH: 'month',
  DAY: 'day',
  DAYOFMONTH: 'day',
  DAYOFYEAR: 'day of the year',
  HOUR: 'hour',
  MINUTE: 'minute',
  SECOND: 'second',
};

const FIELDS: ReadonlyMap<string, DatePart> = new Map([
  ['year', 'year'],
  ['quarter', 'quarter'],
  ['month', 'month'],
  ['week', 'week'],
  ['day', 'day'],
  ['doy', 'day of the year'],
  ['hour', 'hour'],
  ['minute', 'minute'],
  ['second', 'second'],
  ['dow', 'weekday'],
  ['epoch', 'epoch seconds'],
]);

function datePart(word: string, cursor: Cursor): DatePart | undefined {
  const name = word.toLowerCase();
  if (cursor.mysql && (name === 'dow' || name === 'doy' || name === 'epoch' || name === 'week')) return undefined;
  return FIELDS.get(name) ?? FIELDS.get(dateUnit(name) ?? '');
}
