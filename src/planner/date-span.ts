import { type Calendar, WEEK_STARTS } from '#src/domain/calendar.ts';

/** A span of days, `from` included, `to` excluded, both `YYYY-MM-DD`. */
export interface DateSpan {
  readonly from?: string;
  readonly to?: string;
  /** How the span is said in the answer: "2024-03-01 to 2024-03-31", with its name where it has one of its own. */
  readonly label: string;
  /** What days alone do not say: "fiscal year 2026". */
  readonly name?: string;
  /** The fiscal year that it is the whole of. */
  readonly fiscalYear?: number;
  /** It depends on the day on which it is asked. */
  readonly relative?: true;
}

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
  const [year, month, date] = today.split('-').map(Number) as [number, number, number];
  return { year, month: month - 1, date, weekStart: WEEK_STARTS[weekStart], fiscalYearStart: fiscalYearStart - 1 };
}

export type Rule = readonly [RegExp, (match: RegExpExecArray, now: Now) => DateSpan | undefined];

export const day = (year: number, month: number, date: number) =>
  new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10);

export const next = (text: string) => new Date(Date.parse(text) + 86_400_000).toISOString().slice(0, 10);

export function span(from: string | undefined, to: string | undefined): DateSpan {
  const last = to === undefined ? undefined : new Date(Date.parse(to) - 86_400_000).toISOString().slice(0, 10);
  const label =
    from && last ? (from === last ? from : `${from} to ${last}`) : from ? `from ${from} on` : `up to ${last}`;
  return { label, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Units before today: whole calendar units for "last month", running back from today for "last 3 months". */
export function calendar(unit: string, offset: number, now: Now): DateSpan {
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
    default:
      return span(day(now.year + offset, 0, 1), day(now.year + offset + 1, 0, 1));
  }
}

export function running(count: number, unit: string, now: Now): DateSpan {
  const days = { day: 1, week: 7 }[unit];
  const from =
    days !== undefined
      ? day(now.year, now.month, now.date - count * days)
      : day(now.year, now.month - count * ({ month: 1, quarter: 3 }[unit] ?? 12), now.date);
  return span(from, day(now.year, now.month, now.date + 1));
}

/** The last `count` units that are over: "the last 3 full months". */
export function wholeUnits(count: number, unit: string, now: Now): DateSpan {
  return span(calendar(unit, -count, now).from, calendar(unit, 0, now).from);
}

/** From today on, for so many units. */
export function coming(count: number, unit: string, now: Now): DateSpan {
  const days = { day: 1, week: 7 }[unit];
  const to =
    days !== undefined
      ? day(now.year, now.month, now.date + count * days)
      : day(now.year, now.month + count * ({ month: 1, quarter: 3 }[unit] ?? 12), now.date);
  return span(day(now.year, now.month, now.date), to);
}

/** From the start of the unit to today. */
export const toDate = (unit: string, now: Now) =>
  span(calendar(unit, 0, now).from, day(now.year, now.month, now.date + 1));
