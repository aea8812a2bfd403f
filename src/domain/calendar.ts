import { dayAt, isTimeZone } from './time-zone.ts';

/** The day that a week begins with, and that number of it counted from Sunday. */
export const WEEK_STARTS = { sunday: 0, monday: 1, saturday: 6 } as const;
export type WeekStart = keyof typeof WEEK_STARTS;

/** How people reckon time here, as it is configured. */
export interface CalendarSettings {
  /** IANA name, as `Europe/Oslo`: the zone of whoever has none of their own. */
  readonly timeZone: string;
  readonly weekStart: WeekStart;
  /** The month that a fiscal year begins with, 1 to 12. */
  readonly fiscalYearStart: number;
}

/** How the asker of one question reckons time. An input, so that no stage reads a clock and a run can be replayed. */
export interface Calendar {
  /** Today for relative dates, `YYYY-MM-DD` in the asker's zone. */
  readonly today: string;
  /** The asker's zone, an IANA name; UTC, if absent. */
  readonly timeZone?: string;
  /** Monday, if absent. */
  readonly weekStart?: WeekStart;
  /** The month that a fiscal year begins with; January, if absent. */
  readonly fiscalYearStart?: number;
}

/** The calendar at an instant of somebody in a zone; whoever has none, or one that is not known here, has the configured one. */
export function calendarAt(now: Date, settings: CalendarSettings, timeZone?: string): Calendar {
  const own = timeZone !== undefined && isTimeZone(timeZone) ? timeZone : settings.timeZone;
  return { ...settings, timeZone: own, today: dayAt(now, own) };
}
