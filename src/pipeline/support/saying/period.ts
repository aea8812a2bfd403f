import { type Days, dayAfter, dayBefore, namedPeriod, partsOfDay, sayDay, sayMonth } from '#src/domain/days.ts';
import { monthName } from '#src/domain/own-order.ts';

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
      ? `from ${monthName(partsOfDay(from)[1])} to ${sayMonth(last)}`
      : `from ${sayMonth(from)} to ${sayMonth(last)}`;
  return from.slice(0, 7) === last.slice(0, 7)
    ? `from ${partsOfDay(from)[2]} to ${sayDay(last)}`
    : `from ${sayDay(from)} to ${sayDay(last)}`;
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
    const [y, m] = partsOfDay(first);
    return dayBefore(new Date(Date.UTC(y, m - 1 + months, 1)).toISOString().slice(0, 10));
  };
  if (quarter) return monthAfter(`${year}-${String(Number(quarter) * 3 - 2).padStart(2, '0')}-01`, 3);
  if (/^\d{4}$/.test(text)) return `${text}-12-31`;
  if (/^\d{4}-(?:0[1-9]|1[0-2])$/.test(text)) return monthAfter(`${text}-01`, 1);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
}
