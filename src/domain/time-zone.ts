/**
 * Instants and the days of a named time zone, by the rules that the runtime carries. Intl and not Temporal: neither Node 20
 * nor 24 has that one without a flag.
 */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const two = '2-digit';
  const time = { hour: two, minute: two, second: two, hourCycle: 'h23' } as const;
  const made = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: two, day: two, ...time });
  formats.set(timeZone, made);
  return made;
}

/** Whether it names a zone with its rules, as `Europe/Oslo` does. An offset has none, and its sign means the opposite on some engines. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatIn(name);
    return true;
  } catch {
    return false;
  }
}

/** The zone that this machine is set to. */
export function machineTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return timeZone && isTimeZone(timeZone) ? timeZone : 'UTC';
}

/** Whether a zone is UTC under one of its names, so that nothing differs from what databases keep. */
export const isUtc = (timeZone: string): boolean =>
  /^(?:Etc\/)?(?:UTC|UCT|GMT|GMT[+-]?0|Zulu|Universal|Greenwich)$/i.test(timeZone);

/** What the clocks of a zone show at an instant, as if it were UTC, to the second. */
function clockAt(instant: number, timeZone: string): number {
  const shown = new Map(
    formatIn(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? Number.NaN;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function aheadAt(instant: number, timeZone: string): number {
  const second = Math.floor(instant / 1_000) * 1_000;
  return clockAt(second, timeZone) - second;
}

/** The date at an instant where the zone's clocks are looked at, `YYYY-MM-DD`. */
export const dayAt = (instant: Date, timeZone: string): string =>
  new Date(clockAt(instant.getTime(), timeZone)).toISOString().slice(0, 10);

const DAY_MS = 86_400_000;

/**
 * The first moment of a day in a zone. Where the clocks are set back over midnight it comes twice and the first counts; where
 * they are set forward over it the day begins with what they show then.
 */
export function startOfDay(day: string, timeZone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const found = [midnight - DAY_MS, midnight + DAY_MS]
    .map((instant) => midnight - aheadAt(instant, timeZone))
    .sort((a, b) => a - b)
    .find((instant) => clockAt(instant, timeZone) === midnight);
  return found ?? changeBetween(midnight - DAY_MS, midnight + DAY_MS, timeZone);
}

/** The second at which the clocks are changed between two instants with one change. */
function changeBetween(from: number, to: number, timeZone: string): number {
  const before = aheadAt(from, timeZone);
  let [low, high] = [from / 1_000, to / 1_000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (aheadAt(middle * 1_000, timeZone) === before) low = middle;
    else high = middle;
  }
  return high * 1_000;
}

/** An instant as the clocks of a zone show it, with their offset: `2026-10-25 00:00:00+02:00`. */
export function instantText(instant: number, timeZone: string): string {
  const ahead = aheadAt(instant, timeZone) / 1_000;
  const [hours, minutes, seconds] = [3_600, 60, 1].map((unit) => Math.floor(Math.abs(ahead) / unit) % 60);
  const parts = seconds ? [hours, minutes, seconds] : [hours, minutes];
  return `${utcText(instant + ahead * 1_000)}${ahead < 0 ? '-' : '+'}${parts.map((one) => String(one).padStart(2, '0')).join(':')}`;
}

/** An instant as clocks set to UTC show it: `2026-10-24 22:00:00`. */
export const utcText = (instant: number): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');

const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|[+-]\d\d(?::?\d\d(?::\d\d)?)?)$/i;

/** Whether a text tells an instant: a date and time with its offset from UTC. */
export const isInstantText = (text: string): boolean => INSTANT.test(text.trim());

/** The instant that a text with an offset tells; undefined where it is none. */
export function instantOf(text: string): number | undefined {
  const match = /^(\S+?)[T ]([\d:.]+) ?(Z|([+-])(\d\d):?(\d\d)?(?::(\d\d))?)$/i.exec(text.trim());
  if (!match || !isInstantText(text)) return undefined;
  const [, day, time, , sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const shown = Date.parse(`${day}T${time}Z`);
  const ahead = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * (sign === '-' ? -1_000 : 1_000);
  return Number.isNaN(shown) ? undefined : shown - ahead;
}
