import type { Calendar } from '#src/domain/calendar.ts';
import { isInstant } from '#src/domain/catalog.ts';
import { isYear } from '#src/domain/column-meaning.ts';
import type { Days } from '#src/domain/days.ts';
import { dayAt, isUtc, startOfDay } from '#src/domain/time-zone.ts';
import type { DateSpan } from '#src/planner/date-span.ts';
import { NameWriter } from '#src/planner/write-names.ts';
import { type ComparisonOperator, type ConditionIr, type ExpressionIr, mapParts } from '#src/sql/query-ir.ts';
import { partOfDate } from './date-part.ts';
import { endOf, startOf } from './spans.ts';
import { columnAt, columnIr, type SourceColumn, type Statement } from './statement.ts';

/** A span of days on one date of a statement, with the conditions that say it. */
export interface Period extends Days {
  readonly at: SourceColumn;
  readonly conditions: readonly ConditionIr[];
  /** Its bounds are no days that are known: they are said as they are written. */
  readonly asWritten?: true;
}

/** The periods of some conditions: two bounds on one date are one period. What is none of them is left. */
export function periodsOf(
  conditions: readonly ConditionIr[],
  statement: Statement,
  asked: Calendar,
): { readonly periods: readonly Period[]; readonly others: readonly ConditionIr[] } {
  const periods: Period[] = [];
  const others: ConditionIr[] = [];
  for (const condition of conditions) {
    const found = periodOf(condition, statement, asked);
    const open = found && periods.findIndex((one) => one.at.column === found.at.column && completes(one, found));
    if (!found) others.push(condition);
    else if (open === undefined || open < 0) periods.push(found);
    else periods[open] = joined(periods[open], found);
  }
  return { periods, others };
}

const completes = (one: Period, other: Period) =>
  one.asWritten ||
  other.asWritten ||
  (one.from === undefined && other.to === undefined) ||
  (one.to === undefined && other.from === undefined);

function joined(one: Period | undefined, other: Period): Period {
  if (!one) return other;
  const conditions = [...one.conditions, ...other.conditions];
  if (one.asWritten || other.asWritten) return { at: other.at, conditions, asWritten: true };
  return {
    at: other.at,
    conditions,
    from: one.from ?? other.from,
    to: one.to ?? other.to,
  };
}

function periodOf(condition: ConditionIr, statement: Statement, asked: Calendar): Period | undefined {
  return daysOf(condition, statement, asked) ?? asWritten(condition, statement);
}

/** Bounds on a date that are no known days: they count from today, or are moments. */
function asWritten(condition: ConditionIr, statement: Statement): Period | undefined {
  const isBound = condition.kind === 'compare' && /[<>]/.test(condition.operator) && condition.operator !== '<>';
  const value = isBound
    ? condition.left
    : condition.kind === 'between' && !condition.negated
      ? condition.value
      : undefined;
  const of = value && datedValue(value, statement);
  return of && { at: of.at, conditions: [condition], asWritten: true };
}

function daysOf(condition: ConditionIr, statement: Statement, asked: Calendar): Period | undefined {
  if (condition.kind === 'compare' && !condition.quantifier) {
    const of = datedValue(condition.left, statement);
    const said = of && literal(condition.right, of.at, asked, statement);
    const days = said === undefined || !of ? undefined : compared(condition.operator, said, of.exact);
    return days && of && { at: of.at, conditions: [condition], ...days };
  }
  if (condition.kind === 'between' && !condition.negated) {
    const of = datedValue(condition.value, statement);
    const low = of && literal(condition.low, of.at, asked, statement);
    const high = of && literal(condition.high, of.at, asked, statement);
    const to = high === undefined || of?.exact ? undefined : endOf(high);
    return of && low !== undefined && to !== undefined
      ? { at: of.at, conditions: [condition], from: startOf(low), to }
      : undefined;
  }
  if (condition.kind !== 'like' || condition.negated || condition.pattern.kind !== 'text') return undefined;
  const of = datedValue(condition.value, statement);
  const [, said] = /^(\d{4}(?:-\d{2}){0,2})%$/.exec(condition.pattern.value) ?? [];
  return of && said !== undefined
    ? { at: of.at, conditions: [condition], from: startOf(said), to: endOf(said) }
    : undefined;
}

/** @param exact what is compared is a moment: the end of a day is not meant by the day. */
function compared(operator: ComparisonOperator, said: string, exact: boolean): Days | undefined {
  const after = endOf(said);
  if (after === undefined) return undefined;
  switch (operator) {
    case '=':
      return exact ? undefined : { from: startOf(said), to: after };
    case '>=':
      return { from: startOf(said) };
    case '>':
      return exact ? undefined : { from: after };
    case '<':
      return { to: startOf(said) };
    case '<=':
      return exact ? undefined : { to: after };
    default:
      return undefined;
  }
}

const WHOLE: Readonly<Record<string, true>> = { year: true, month: true, day: true };

/** The date that a value is one of, or of whose year, month or day it is. */
function datedValue(
  value: ExpressionIr,
  statement: Statement,
): { readonly at: SourceColumn; readonly exact: boolean } | undefined {
  if (value.kind === 'date-of' && value.form === 'time' && !value.adjusted.length) {
    const at = columnAt(value.argument, statement);
    return at && { at, exact: true };
  }
  const part = partOfDate(value);
  const at = columnAt(part ? part.date : value, statement);
  if (!at || !isDated(at) || (part && !WHOLE[part.part])) return undefined;
  return { at, exact: !part && at.column.kind === 'timestamp' };
}

export const isDated = ({ column }: SourceColumn): boolean =>
  column.kind === 'date' || column.kind === 'timestamp' || (column.kind === 'number' && isYear(column));

/** A day, month or year that something is compared with, as `2026-05-31`, `2026-05` or `2026`. */
function literal(one: ExpressionIr, at: SourceColumn, asked: Calendar, { catalog }: Statement): string | undefined {
  const bare = one.kind === 'cast' && (one.type.name === 'DATE' || one.type.name === 'TIMESTAMP') ? one.argument : one;
  if (bare.kind === 'number') return /^[12]\d{3}$/.test(bare.text) ? bare.text : undefined;
  if (!('value' in bare) || typeof bare.value !== 'string') return undefined;
  const value = bare.value.trim();
  if (/^\d{4}(?:-\d{2}){0,2}$/.test(value)) return value;
  const [, said = '', time = ''] = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.0+)?)?)/.exec(value) ?? [];
  if (/^00:00(?::00(?:\.0+)?)?$/.test(time)) return said;
  return said && isInstant(at.column, catalog.engine) ? dayBegunAt(value, asked) : undefined;
}

/** The day of the asker's zone that begins at a moment of UTC. */
function dayBegunAt(value: string, { timeZone = 'UTC' }: Calendar): string | undefined {
  const moment = Date.parse(`${value.slice(0, 19).replace(' ', 'T')}Z`);
  if (Number.isNaN(moment)) return undefined;
  const said = dayAt(new Date(moment), timeZone);
  return startOfDay(said, timeZone) === moment ? said : undefined;
}

/** The zone whose midnights a column of instants is compared with; none where the engine takes dates for UTC's. */
function zoneOf({ column }: SourceColumn, { catalog: { engine } }: Statement, { timeZone = 'UTC' }: Calendar) {
  const needed = isInstant(column, engine) && (engine === 'sqlite' || !isUtc(timeZone));
  return needed ? { timeZone } : {};
}

/** Whether a column can be held to a span: one of years only to whole years. */
export function holds({ column }: SourceColumn, { from, to }: Days): boolean {
  const isNewYear = (said: string | undefined) => said === undefined || said.endsWith('-01-01');
  return column.kind !== 'number' || (isNewYear(from) && isNewYear(to));
}

/** The conditions by which a date lies in a span. */
export function within(at: SourceColumn, span: DateSpan, statement: Statement, asked: Calendar): ConditionIr {
  const ref = { table: at.source.table, column: at.column };
  const writer = new NameWriter(at.source.table, false, statement.catalog.engine);
  const written = writer.filter({ kind: 'period', ref, span, ...zoneOf(at, statement, asked) });
  return ofSource(written, at);
}

/** The year, month or day of a date, as groups are made of it. */
export function partOf(at: SourceColumn, format: string, statement: Statement, asked: Calendar): ExpressionIr {
  const ref = { table: at.source.table, column: at.column };
  const { engine, namedTimeZones } = statement.catalog;
  const able = engine === 'postgres' || (engine !== 'sqlite' && namedTimeZones === true);
  const zone = able ? zoneOf(at, statement, asked) : {};
  const writer = new NameWriter(at.source.table, false, engine);
  return ofSource(writer.group({ kind: 'period', ref, format, ...zone }), at);
}

/** Columns written bare as columns of their source. */
function ofSource(one: ExpressionIr, at: SourceColumn): ExpressionIr {
  if (one.kind === 'column') return columnIr(at);
  return mapParts(one, { expression: (part) => ofSource(part, at), query: (query) => query });
}
