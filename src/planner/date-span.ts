import { type Calendar, WEEK_STARTS } from '#src/domain/calendar.ts';
import { oneOf, type Pattern } from './pattern.ts';

interface SpanNames {
  /** How the span is said in the answer: "2024-03-01 to 2024-03-31", with its name where it has one of its own. */
  readonly label: string;
  /** What days alone do not say: "fiscal year 2026". */
  readonly name?: string;
  /** The fiscal year that it is the whole of. */
  readonly fiscalYear?: number;
  /** It depends on the day on which it is asked. */
  readonly relative?: true;
}

/** A span of days with both its ends, `from` included, `to` excluded, both `YYYY-MM-DD`. */
export type ClosedSpan = SpanNames & { readonly from: string; readonly to: string };

/** A span of days, of which one end may be open. */
export type DateSpan = SpanNames &
  ({ readonly from: string; readonly to?: string } | { readonly from?: undefined; readonly to: string });

/** The day from which relative dates count, in numbers; months from 0. */
export interface Now {
  readonly year: number;
  readonly month: number;
  readonly date: number;
  /** The day that a week begins with, counted from Sunday. */
  readonly weekStart: number;
  /** The month that a fiscal year begins with. */
  readonly fiscalYearStart: number;
}

export function nowOf({ today, weekStart = 'monday', fiscalYearStart = 1 }: Calendar): Now {
  const at = new Date(`${today}T00:00:00Z`);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth(),
    date: at.getUTCDate(),
    weekStart: WEEK_STARTS[weekStart],
    fiscalYearStart: fiscalYearStart - 1,
  };
}

/** A text that says a date: its part that does, and the span that it means, if it means any, on the day of asking. */
export interface SaidDate {
  readonly matched: string;
  spanAt(now: Now): DateSpan | undefined;
}

/** One way of saying dates. */
export type DateRule = (text: string) => SaidDate | undefined;

export function dateRule<Captures>(
  pattern: Pattern<Captures>,
  read: (captures: Captures, now: Now) => DateSpan | undefined,
): DateRule {
  return (text) => {
    const found = pattern.find(text);
    return found && { matched: found.said.trim(), spanAt: (now) => read(found.captures, now) };
  };
}

const UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Unit = (typeof UNITS)[number];
export const unit = oneOf('unit', UNITS);

const ORDINALS = ['first', 'second', 'third', 'fourth'];

/** The number of a quarter from 0: "q2" and "second quarter" are 1. */
export function quarterSaid(text: string): number {
  const digit = /^q([1-4])/.exec(text)?.[1];
  return digit === undefined ? ORDINALS.findIndex((word) => text.startsWith(word)) : Number(digit) - 1;
}

/** `YYYY-MM-DD` of numbers, which may overflow: month 12 is January of the next year. */
export const day = (year: number, month: number, date: number): string =>
  new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10);

/** The day after. */
export const next = (text: string): string => new Date(Date.parse(text) + 86_400_000).toISOString().slice(0, 10);

const dayBefore = (text: string) => new Date(Date.parse(text) - 86_400_000).toISOString().slice(0, 10);

export function span(from: string, to: string): ClosedSpan {
  const last = dayBefore(to);
  return { label: from === last ? from : `${from} to ${last}`, from, to };
}

export const since = (from: string): DateSpan => ({ label: `from ${from} on`, from });

/** @param to the day after the last */
export const until = (to: string): DateSpan => ({ label: `up to ${dayBefore(to)}`, to });

/** Units before today: whole calendar units for "last month", running back from today for "last 3 months". */
export function calendar(unit: Unit, offset: number, now: Now): ClosedSpan {
  switch (unit) {
    case 'day':
      return span(day(now.year, now.month, now.date + offset), day(now.year, now.month, now.date + offset + 1));
    case 'week': {
      const weekday = new Date(Date.UTC(now.year, now.month, now.date)).getUTCDay();
      const first = now.date - ((weekday - now.weekStart + 7) % 7) + 7 * offset;
      return span(day(now.year, now.month, first), day(now.year, now.month, first + 7));
    }
    case 'month':
      return span(day(now.year, now.month + offset, 1), day(now.year, now.month + offset + 1, 1));
    case 'quarter': {
      const first = Math.floor(now.month / 3) * 3 + 3 * offset;
      return span(day(now.year, first, 1), day(now.year, first + 3, 1));
    }
    case 'year':
      return span(day(now.year + offset, 0, 1), day(now.year + offset + 1, 0, 1));
  }
}

const LENGTHS: Readonly<Record<Unit, { readonly months: number; readonly days: number }>> = {
  day: { months: 0, days: 1 },
  week: { months: 0, days: 7 },
  month: { months: 1, days: 0 },
  quarter: { months: 3, days: 0 },
  year: { months: 12, days: 0 },
};

/** The day that lies so many units after today, or before it. */
function daysFromToday(count: number, unit: Unit, now: Now): string {
  const { months, days } = LENGTHS[unit];
  return day(now.year, now.month + count * months, now.date + count * days);
}

/** So many units that end today. */
export const running = (count: number, unit: Unit, now: Now): ClosedSpan =>
  span(daysFromToday(-count, unit, now), daysFromToday(1, 'day', now));

/** The last `count` units that are over: "the last 3 full months". */
export const wholeUnits = (count: number, unit: Unit, now: Now): ClosedSpan =>
  span(calendar(unit, -count, now).from, calendar(unit, 0, now).from);

/** From today on, for so many units. */
export const coming = (count: number, unit: Unit, now: Now): ClosedSpan =>
  span(daysFromToday(0, 'day', now), daysFromToday(count, unit, now));

/** From the start of the unit to today. */
export const toDate = (unit: Unit, now: Now): ClosedSpan =>
  span(calendar(unit, 0, now).from, daysFromToday(1, 'day', now));
