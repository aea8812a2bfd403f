import type { Engine } from '#src/domain/catalog.ts';
import { instantOf, utcText } from '#src/domain/time-zone.ts';
import { dateUnit } from './dates.ts';
import type { EngineFamily } from './functions.ts';
import type { ArithmeticOperator, DatePart, DateUnit, ExpressionIr } from './query-ir.ts';
import { Unprintable } from './unprintable.ts';

/** What writing dates needs of the printer of a whole query. */
export interface DatePrinter {
  readonly engine: Engine;
  readonly family: EngineFamily;
  expression(expression: ExpressionIr): string;
  /** An expression in parentheses, unless it holds together by itself. */
  atom(expression: ExpressionIr): string;
  text(value: string): string;
  /** The engine's format of a date as text, quoted. */
  format(format: string): string;
}

/** The SQL of dates, the part of the dialects that differs most (docs/edl.md#dates). */
export function printDate(expression: DateExpression, printer: DatePrinter): string {
  switch (expression.kind) {
    case 'date':
      return printer.family === 'sqlite' ? printer.text(expression.value) : `DATE ${printer.text(expression.value)}`;
    case 'timestamp':
      return printer.family === 'sqlite'
        ? printer.text(expression.value)
        : `TIMESTAMP ${printer.text(expression.value)}`;
    case 'instant':
      return instant(expression.value, printer);
    case 'at-zone':
      return atZone(expression, printer);
    case 'current':
      return CURRENT[printer.family][expression.what];
    case 'interval':
      return interval(expression, printer);
    case 'date-part':
      return part(expression, printer);
    case 'date-text':
      return dateText(expression, printer);
    case 'date-start':
      return start(expression.unit, printer.expression(expression.argument), printer);
    case 'date-of':
      return dateOf(expression, printer);
    case 'date-difference':
      return difference(expression, printer);
    case 'date-read': {
      if (printer.family === 'sqlite') throw new Unprintable('SQLite cannot read a date by a format.');
      const name = printer.family === 'postgres' ? 'TO_DATE' : 'STR_TO_DATE';
      return `${name}(${printer.expression(expression.argument)}, ${printer.format(expression.format)})`;
    }
  }
}

type Of<K> = Extract<ExpressionIr, { kind: K }>;

type DateExpression = Of<
  | 'date'
  | 'timestamp'
  | 'instant'
  | 'interval'
  | 'date-part'
  | 'date-text'
  | 'date-start'
  | 'date-of'
  | 'date-difference'
  | 'at-zone'
  | 'date-read'
  | 'current'
>;

const CURRENT = {
  sqlite: { date: "DATE('now')", time: "DATETIME('now')" },
  postgres: { date: 'CURRENT_DATE', time: 'NOW()' },
  mysql: { date: 'CURRENT_DATE', time: 'NOW()' },
} as const;

/** Only PostgreSQL has instants; the others keep them as timestamps of UTC, which the sessions of all engines are set to. */
function instant(value: string, printer: DatePrinter): string {
  if (printer.family === 'postgres') return `TIMESTAMPTZ ${printer.text(value)}`;
  const told = instantOf(value);
  if (told === undefined) throw new Unprintable(`'${value}' is no instant.`);
  const written = printer.text(utcText(told));
  return printer.family === 'sqlite' ? written : `TIMESTAMP ${written}`;
}

function atZone({ argument, zone }: Of<'at-zone'>, printer: DatePrinter): string {
  switch (printer.family) {
    case 'sqlite':
      throw new Unprintable('SQLite knows no time zone by name.');
    case 'postgres':
      return `(${printer.atom(argument)} AT TIME ZONE ${printer.text(zone)})`;
    case 'mysql':
      return `CONVERT_TZ(${printer.expression(argument)}, '+00:00', ${printer.text(zone)})`;
  }
}

/** SQLite's date functions take the present moment as a text. */
const moment = (argument: ExpressionIr, printer: DatePrinter) =>
  argument.kind === 'current' && argument.what === 'time' ? "'now'" : printer.expression(argument);

function interval({ amount, unit }: Of<'interval'>, printer: DatePrinter): string {
  switch (printer.family) {
    case 'sqlite':
      throw new Unprintable('SQLite adds a span of time only to a date.');
    case 'postgres':
      return amount.kind === 'number'
        ? `INTERVAL '${amount.text} ${unit}'`
        : `(${printer.expression(amount)}) * INTERVAL '1 ${unit}'`;
    case 'mysql': {
      const plain = amount.kind === 'number' && !amount.text.startsWith('-');
      return `INTERVAL ${plain ? amount.text : `(${printer.expression(amount)})`} ${unit.toUpperCase()}`;
    }
  }
}

/** SQLite: a date and a span of time as DATE(x, '-7 days'). */
export function printShifted(
  operator: ArithmeticOperator,
  left: ExpressionIr,
  { amount, unit }: Of<'interval'>,
  printer: DatePrinter,
): string {
  const isDate =
    left.kind === 'date' ||
    (left.kind === 'current' && left.what === 'date') ||
    (left.kind === 'date-of' && left.form === 'date') ||
    (left.kind === 'cast' && left.type.name === 'DATE');
  const [count, word] = unit === 'week' ? [7, 'day'] : unit === 'quarter' ? [3, 'month'] : [1, unit];
  let modifier: string;
  if (amount.kind === 'number' && Number.isFinite(Number(amount.text))) {
    const signed = Number(amount.text) * count * (operator === '-' ? -1 : 1);
    modifier = `'${signed < 0 ? '' : '+'}${signed} ${word}s'`;
  } else {
    const sign = operator === '-' ? '-' : '';
    modifier = `(${sign}(${printer.expression(amount)}) * ${count}) || ' ${word}s'`;
  }
  return `${isDate ? 'DATE' : 'DATETIME'}(${moment(left, printer)}, ${modifier})`;
}

const STRFTIME: Readonly<Partial<Record<DatePart, string>>> = {
  year: '%Y',
  month: '%m',
  week: '%W',
  day: '%d',
  'day of the year': '%j',
  hour: '%H',
  minute: '%M',
  second: '%S',
  weekday: '%w',
  'epoch seconds': '%s',
};
const FIELDS: Readonly<Record<DatePart, string>> = {
  year: 'YEAR',
  quarter: 'QUARTER',
  month: 'MONTH',
  week: 'WEEK',
  day: 'DAY',
  'day of the year': 'DOY',
  hour: 'HOUR',
  minute: 'MINUTE',
  second: 'SECOND',
  weekday: 'DOW',
  'epoch seconds': 'EPOCH',
  'julian day': 'JULIAN',
};

function part({ part: wanted, argument }: Of<'date-part'>, printer: DatePrinter): string {
  switch (printer.family) {
    case 'sqlite': {
      const value = moment(argument, printer);
      if (wanted === 'quarter') return `((CAST(STRFTIME('%m', ${value}) AS INTEGER) + 2) / 3)`;
      if (wanted === 'julian day') return `JULIANDAY(${value})`;
      return `CAST(STRFTIME('${STRFTIME[wanted]}', ${value}) AS INTEGER)`;
    }
    case 'postgres':
      return `EXTRACT(${FIELDS[wanted]} FROM ${printer.expression(argument)})`;
    case 'mysql': {
      const value = printer.expression(argument);
      switch (wanted) {
        case 'week':
          return `WEEK(${value}, 3)`;
        case 'weekday':
          return `(DAYOFWEEK(${value}) - 1)`;
        case 'day of the year':
          return `DAYOFYEAR(${value})`;
        case 'epoch seconds':
          return `UNIX_TIMESTAMP(${value})`;
        case 'julian day':
          return `(TO_DAYS(${value}) + 1721059.5)`;
        default:
          return `${FIELDS[wanted]}(${value})`;
      }
    }
  }
}

function dateText({ argument, format, adjusted = [] }: Of<'date-text'>, printer: DatePrinter): string {
  if (printer.family === 'sqlite') {
    const parts = [moment(argument, printer), ...adjusted.map((one) => printer.expression(one))];
    return `STRFTIME(${printer.format(format)}, ${parts.join(', ')})`;
  }
  const value = adjust(printer.expression(argument), adjusted, printer);
  return `${printer.family === 'postgres' ? 'TO_CHAR' : 'DATE_FORMAT'}(${value}, ${printer.format(format)})`;
}

function dateOf({ form, argument, adjusted }: Of<'date-of'>, printer: DatePrinter): string {
  if (printer.family === 'sqlite') {
    const parts = [moment(argument, printer), ...adjusted.map((one) => printer.expression(one))];
    return `${form === 'date' ? 'DATE' : 'DATETIME'}(${parts.join(', ')})`;
  }
  const value = adjust(printer.expression(argument), adjusted, printer);
  return `CAST(${value} AS ${form === 'date' ? 'DATE' : printer.family === 'postgres' ? 'TIMESTAMP' : 'DATETIME'})`;
}

/** SQLite's modifiers on the other engines: "+3 days" and "start of month". */
function adjust(value: string, adjusted: readonly ExpressionIr[], printer: DatePrinter): string {
  return adjusted.reduce((text, modifier) => {
    const words = modifier.kind === 'text' ? modifier.value.trim().toLowerCase() : '';
    const [, amount, stepped = ''] = /^([+-]?\d+) (year|month|day|hour|minute|second)s?$/.exec(words) ?? [];
    const unit = dateUnit(stepped);
    if (amount !== undefined && unit) {
      const number: ExpressionIr = { kind: 'number', text: amount.replace('+', '') };
      return `(${text} + ${interval({ kind: 'interval', amount: number, unit }, printer)})`;
    }
    const [, begun = ''] = /^start of (year|month|day)$/.exec(words) ?? [];
    const whole = dateUnit(begun);
    if (whole) return start(whole, text, printer);
    throw new Unprintable(`Only SQLite adjusts a date by ${printer.expression(modifier)}.`);
  }, value);
}

/** The first moment of the unit that holds a date. */
function start(unit: DateUnit, value: string, printer: DatePrinter): string {
  switch (printer.family) {
    case 'postgres':
      return `DATE_TRUNC('${unit}', ${value})`;
    case 'sqlite':
      if (unit === 'year' || unit === 'month' || unit === 'day') return `DATE(${value}, 'start of ${unit}')`;
      if (unit === 'week') return `DATE(${value}, '-6 days', 'weekday 1')`;
      if (unit === 'hour') return `STRFTIME('%Y-%m-%d %H:00:00', ${value})`;
      if (unit === 'minute') return `STRFTIME('%Y-%m-%d %H:%M:00', ${value})`;
      break;
    case 'mysql':
      if (unit === 'year') return `CAST(DATE_FORMAT(${value}, '%Y-01-01') AS DATE)`;
      if (unit === 'month') return `CAST(DATE_FORMAT(${value}, '%Y-%m-01') AS DATE)`;
      if (unit === 'day') return `CAST(${value} AS DATE)`;
      if (unit === 'week') return `(CAST(${value} AS DATE) - INTERVAL WEEKDAY(${value}) DAY)`;
      if (unit === 'quarter') return `(MAKEDATE(YEAR(${value}), 1) + INTERVAL (QUARTER(${value}) - 1) QUARTER)`;
      if (unit === 'hour') return `CAST(DATE_FORMAT(${value}, '%Y-%m-%d %H:00:00') AS DATETIME)`;
      break;
  }
  throw new Unprintable(`${printer.engine} has no start of the ${unit}.`);
}

const SECONDS: Readonly<Partial<Record<DateUnit, number>>> = { second: 1, minute: 60, hour: 3600, day: 86_400 };

function difference({ unit, left, right }: Of<'date-difference'>, printer: DatePrinter): string {
  const seconds = SECONDS[unit];
  switch (printer.family) {
    case 'sqlite': {
      const [later, earlier] = [moment(left, printer), moment(right, printer)];
      if (unit === 'day') return `CAST(JULIANDAY(${later}) - JULIANDAY(${earlier}) AS INTEGER)`;
      if (seconds === undefined) throw new Unprintable(`SQLite has no difference in ${unit}s.`);
      return `((STRFTIME('%s', ${later}) - STRFTIME('%s', ${earlier})) / ${seconds})`;
    }
    case 'postgres': {
      const [later, earlier] = [printer.expression(left), printer.expression(right)];
      if (unit === 'day') return `(CAST(${later} AS DATE) - CAST(${earlier} AS DATE))`;
      if (seconds !== undefined) {
        return `CAST(TRUNC(EXTRACT(EPOCH FROM (CAST(${later} AS TIMESTAMP) - CAST(${earlier} AS TIMESTAMP))) / ${seconds}) AS BIGINT)`;
      }
      const age = `AGE(${later}, ${earlier})`;
      const months = `(EXTRACT(YEAR FROM ${age}) * 12 + EXTRACT(MONTH FROM ${age}))`;
      if (unit === 'year') return `EXTRACT(YEAR FROM ${age})`;
      if (unit === 'month') return months;
      if (unit === 'quarter') return `TRUNC(${months} / 3)`;
      return `TRUNC((CAST(${later} AS DATE) - CAST(${earlier} AS DATE)) / 7)`;
    }
    case 'mysql': {
      const [later, earlier] = [printer.expression(left), printer.expression(right)];
      if (unit === 'day') return `DATEDIFF(${later}, ${earlier})`;
      return `TIMESTAMPDIFF(${unit.toUpperCase()}, ${earlier}, ${later})`;
    }
  }
}
