import { monthName } from './own-order.ts';

/** Days from `from` to before `to`; either may be open. */
export interface Days {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const DAY_MS = 86_400_000;
export const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
export const dayBefore = (day: string): string => new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);

/** Year, month from 1 on, and date of a day as `2026-03-15`. */
export const partsOfDay = (day: string): readonly [year: number, month: number, date: number] => {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return [year, month, date];
};

/** `2026-03-15` is "15 March 2026". */
export function sayDay(day: string): string {
  const [year, month, date] = partsOfDay(day);
  return `${date} ${monthName(month)} ${year}`;
}

/** `2026-03-15` is of "March 2026". */
export function sayMonth(day: string): string {
  const [year, month] = partsOfDay(day);
  return `${monthName(month)} ${year}`;
}

/** Whole months between two days; nothing where they are not whole. */
export function monthsBetween(from: string, to: string): number | undefined {
  const [year, month, date] = partsOfDay(from);
  const [toYear, toMonth, toDate] = partsOfDay(to);
  return date === 1 && toDate === 1 ? (toYear - year) * 12 + toMonth - month : undefined;
}

/** The year, quarter or month that some days are the whole of. */
export function namedPeriod(from: string, to: string): string | undefined {
  const [year, month] = partsOfDay(from);
  const months = monthsBetween(from, to);
  if (months === 1) return sayMonth(from);
  if (months === 3 && month % 3 === 1) return `Q${(month + 2) / 3} ${year}`;
  return months === 12 && month === 1 ? String(year) : undefined;
}
