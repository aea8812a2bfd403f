import { monthName } from '#src/domain/own-order.ts';

/** Days from `from` to before `to`; either may be open. */
export interface Days {
  readonly from?: string;
  readonly to?: string;
}

const DAY_MS = 86_400_000;
export const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
const dayBefore = (day: string): string => new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);
const parts = (day: string) => day.split('-').map(Number) as [number, number, number];

/** `2026-03-15` is "15 March 2026". */
export function sayDay(day: string): string {
  const [year, month, date] = parts(day);
  return `${date} ${monthName(month)} ${year}`;
}

const sayMonth = (day: string): string => {
  const [year, month] = parts(day);
  return `${monthName(month)} ${year}`;
};

/** Days of a period in words, with what goes before: "in 2026", "in May 2026", "from March to June 2026", "since 1 May 2026". */
export function sayDays({ from, to }: Days): string {
  if (from === undefined) return to === undefined ? '' : `before ${sayDay(to)}`;
  if (to === undefined) return `since ${sayDay(from)}`;
  if (dayAfter(from) === to) return `on ${sayDay(from)}`;
  const named = namedPeriod(from, to);
  if (named) return `in ${named}`;
  const last = dayBefore(to);
  if (from.endsWith('-01-01') && to.endsWith('-01-01')) return `from ${from.slice(0, 4)} to ${last.slice(0, 4)}`;
  if (from.endsWith('-01') && to.endsWith('-01'))
    return from.slice(0, 4) === last.slice(0, 4)
      ? `from ${monthName(parts(from)[1])} to ${sayMonth(last)}`
      : `from ${sayMonth(from)} to ${sayMonth(last)}`;
  return from.slice(0, 7) === last.slice(0, 7)
    ? `from ${parts(from)[2]} to ${sayDay(last)}`
    : `from ${sayDay(from)} to ${sayDay(last)}`;
}

/** The year, quarter or month that some days are the whole of. */
export function namedPeriod(from: string, to: string): string | undefined {
  const [year, month, date] = parts(from);
  const [toYear, toMonth, toDate] = parts(to);
  if (date !== 1 || toDate !== 1) return undefined;
  const months = (toYear - year) * 12 + toMonth - month;
  if (months === 1) return sayMonth(from);
  if (months === 3 && month % 3 === 1) return `Q${(month + 2) / 3} ${year}`;
  return months === 12 && month === 1 ? String(year) : undefined;
}

/** What a group of dates is called, as it is written in a cell: `2026-05` is "May 2026", `2026-Q2` "Q2 2026". */
export function sayPeriodCell(text: string): string {
  const [, year, quarter] = /^(\d{4})-?Q([1-4])$/i.exec(text) ?? [];
  if (quarter) return `Q${quarter} ${year}`;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return sayDay(text);
  return /^\d{4}-(?:0[1-9]|1[0-2])$/.test(text) ? sayMonth(`${text}-01`) : text;
}

/** The last day of a period as a cell has it; undefined where the cell is none. */
export function lastDayOf(text: string): string | undefined {
  const [, year, quarter] = /^(\d{4})-?Q([1-4])$/i.exec(text) ?? [];
  const monthAfter = (first: string, months: number) => {
    const [y, m] = parts(first);
    return dayBefore(new Date(Date.UTC(y, m - 1 + months, 1)).toISOString().slice(0, 10));
  };
  if (quarter) return monthAfter(`${year}-${String(Number(quarter) * 3 - 2).padStart(2, '0')}-01`, 3);
  if (/^\d{4}$/.test(text)) return `${text}-12-31`;
  if (/^\d{4}-(?:0[1-9]|1[0-2])$/.test(text)) return monthAfter(`${text}-01`, 1);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
}
