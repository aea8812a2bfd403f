const DAY_MS = 24 * 3_600_000;

/** So many days from now, as an instant. */
export const inDays = (days: number, now: Date): string => new Date(now.getTime() + days * DAY_MS).toISOString();

/** An end as it is written: `7d` (days from now), a day (its end, in UTC) or an instant. Nothing where it is none of these or past. */
export function readRuleEnd(text: string, now: Date): string | undefined {
  const days = /^(\d{1,4})d$/i.exec(text.trim())?.[1];
  if (days !== undefined) return Number(days) > 0 ? inDays(Number(days), now) : undefined;
  const written = text.trim();
  if (!/^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?$/.test(written)) return undefined;
  const end = new Date(written.length === 10 ? `${written}T23:59:59.999Z` : written);
  // A day that no month has would else be one of the next.
  const isDay = !Number.isNaN(end.getTime()) && (written.length > 10 || end.toISOString().startsWith(written));
  return isDay && end > now ? end.toISOString() : undefined;
}

/** `until 2026-12-06 09:00 UTC`, or `ended 2026-12-06 09:00 UTC`. */
export function sayRuleEnd(until: string, now: Date): string {
  const end = Date.parse(until);
  if (Number.isNaN(end)) return 'ended';
  const at = `${new Date(end).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return end > now.getTime() ? `until ${at}` : `ended ${at}`;
}
