import type { Calendar } from '#src/domain/calendar.ts';
import { type Days, monthsBetween, namedPeriod, sayDay, sayMonth } from '#src/domain/days.ts';
import { monthName } from '#src/domain/own-order.ts';
import { calendar, type DateSpan, day, next, nowOf, since, span, until } from '#src/planner/date-span.ts';

interface Day {
  readonly year: number;
  readonly month: number;
  readonly date: number;
}

export function dayOf(said: string): Day {
  const [year = 0, month = 1, date = 1] = said.split('-').map(Number);
  return { year, month: month - 1, date };
}

export function spanOf({ from, to }: Days): DateSpan | undefined {
  if (from !== undefined && to !== undefined) return from < to ? span(from, to) : undefined;
  return from === undefined ? (to === undefined ? undefined : until(to)) : since(from);
}

const lastDay = (to: string) => {
  const { year, month, date } = dayOf(to);
  return day(year, month, date - 1);
};

/** A span as one says it, with the word before it: "in 2025", "from 2 May 2026 to 9 May 2026". */
export function saySpan({ from, to }: Days): readonly [before: string, said: string] {
  if (from === undefined) return to === undefined ? ['at', 'any time'] : ['before', sayDay(to)];
  if (to === undefined) return ['from', `${sayDay(from)} on`];
  const { year, month } = dayOf(from);
  const last = lastDay(to);
  if (from === last) return ['on', sayDay(from)];
  const named = namedPeriod(from, to);
  if (named !== undefined) return ['in', named];
  const months = monthsBetween(from, to);
  const end = dayOf(last);
  if (months === undefined) return ['from', `${sayDay(from)} to ${sayDay(last)}`];
  if (months % 12 === 0 && month === 0) return ['from', `${year} to ${end.year}`];
  const first = year === end.year ? monthName(month + 1) : sayMonth(from);
  return ['from', `${first} to ${sayMonth(last)}`];
}

/** The same span some months later, or days where it is no whole months. */
function shifted(
  { from, to }: Required<Days>,
  by: { readonly months?: number; readonly days?: number },
): DateSpan | undefined {
  const move = (said: string) => {
    const { year, month, date } = dayOf(said);
    return day(year, month + (by.months ?? 0), date + (by.days ?? 0));
  };
  return from === undefined || to === undefined ? undefined : spanOf({ from: move(from), to: move(to) });
}

/** Spans that may have been meant instead: the one before, the one after, a year earlier, what it is a part of, and the latest. */
export function nearSpans(now: Days, asked: Calendar): readonly DateSpan[] {
  const today = nowOf(asked);
  const latest = (['year', 'month'] as const).flatMap((unit) => [calendar(unit, 0, today), calendar(unit, -1, today)]);
  const found =
    now.from !== undefined && now.to !== undefined ? around({ from: now.from, to: now.to }) : openEnded(now);
  const said = new Set([saySpan(now)[1]]);
  return [...found, ...latest].filter((one) => {
    const words = saySpan(one)[1];
    const isFuture = one.from !== undefined && one.from > asked.today;
    return isFuture || said.has(words) ? false : said.add(words);
  });
}

function around(now: Required<Days>): DateSpan[] {
  const { from, to } = now;
  if (from === undefined || to === undefined) return [];
  const months = monthsBetween(from, to);
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
  const by = (times: number) => (months === undefined ? { days: times * days } : { months: times * months });
  const { year, month } = dayOf(from);
  const quarter = month - (month % 3);
  const within = (one: DateSpan) => (one.from ?? '') <= from && (one.to ?? '9') >= to;
  const wider = [
    span(day(year, month, 1), day(year, month + 1, 1)),
    span(day(year, quarter, 1), day(year, quarter + 3, 1)),
    span(day(year, 0, 1), day(year + 1, 0, 1)),
  ].filter(within);
  const moved = [shifted(now, by(-1)), shifted(now, by(1)), months === 12 ? undefined : shifted(now, { months: -12 })];
  return [...moved.flatMap((one) => one ?? []), ...wider];
}

/** Of what is open at one end: the year that it begins with, or ends with. */
function openEnded({ from, to }: Days): DateSpan[] {
  const end = from ?? (to === undefined ? undefined : lastDay(to));
  if (end === undefined) return [];
  const { year } = dayOf(end);
  return [span(day(year, 0, 1), day(year + 1, 0, 1))];
}

/** The day after, at the grain of a year, a month or a day that a text begins with. */
export function endOf(said: string): string | undefined {
  const { year, month } = dayOf(said);
  switch (said.length) {
    case 4:
      return day(year + 1, 0, 1);
    case 7:
      return day(year, month + 1, 1);
    case 10:
      return next(said);
    default:
      return undefined;
  }
}

/** The first day of a year, a month or a day. */
export const startOf = (said: string): string => `${said}-01-01`.slice(0, 10);
