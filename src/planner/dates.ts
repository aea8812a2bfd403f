import type { Calendar } from '#src/domain/calendar.ts';
import {
  calendar,
  coming,
  type DateRule,
  type DateSpan,
  dateRule,
  day,
  type Now,
  next,
  nowOf,
  quarterSaid,
  running,
  since,
  span,
  toDate,
  unit,
  until,
  wholeUnits,
} from './date-span.ts';
import { FISCAL_RULES } from './fiscal-dates.ts';
import { capture, oneOf, optional, pattern } from './pattern.ts';

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const MONTH = `(?:${MONTHS.map((month) => `${month.slice(0, 3)}(?:${month.slice(3)})?`).join('|')})`;

interface Found {
  readonly span: DateSpan;
  /** What of the text says it. */
  readonly matched: string;
}

/** Reads one date expression in a lower-case text; relative ones count from the calendar's today. */
export function findDates(text: string, asked: Calendar): Found | undefined {
  const now = nowOf(asked);
  const otherDay = { ...now, year: now.year - 3, month: (now.month + 5) % 12 };
  for (const rule of RULES) {
    const said = rule(text);
    const found = said?.spanAt(now);
    if (!said || !found) continue;
    const relative = said.spanAt(otherDay)?.label !== found.label;
    return { span: relative ? { ...found, relative } : found, matched: said.matched };
  }
  return undefined;
}

/** All dates of a text. */
export function datesSaid(text: string, asked: Calendar): readonly Found[] {
  const found: Found[] = [];
  let left = text.toLowerCase();
  for (;;) {
    const next = findDates(left, asked);
    if (!next) return found;
    found.push(next);
    left = left.replace(next.matched, ' ');
  }
}

/** The dates of a text that say nothing alone: their bounds depend on today, or on when a fiscal year begins. */
export const relativeDates = (text: string, asked: Calendar): readonly Found[] =>
  datesSaid(text, asked).filter(({ span }) => span.relative || span.name);

/** The number of a month, from 0. */
const monthSaid = (name: string) => MONTHS.findIndex((month) => month.startsWith(name.slice(0, 3)));

/** ISO 8601: weeks start on Monday, and the first is the one that holds 4 January. */
function isoWeek(number: number, year: number): DateSpan | undefined {
  if (number < 1 || number > 53) return undefined;
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7) + 7 * (number - 1);
  return span(day(year, 0, monday), day(year, 0, monday + 7));
}

const DAY = '\\d{4}-\\d{2}-\\d{2}';
const YEAR = '(?:19|20)\\d\\d';
const first = capture('first', DAY);
const last = capture('last', DAY);
const date = capture('date', DAY);
const year = capture('year', YEAR, Number);
const count = capture('count', '\\d+', Number);
const month = capture('month', MONTH, monthSaid);

/** Dates as they are written, YYYY-MM-DD. */
const DAYS: readonly DateRule[] = [
  dateRule(pattern`\bbetween ${first} and ${last}`, ({ first, last }) => span(first, next(last))),
  dateRule(pattern`\bfrom ${first} to ${last}`, ({ first, last }) => span(first, next(last))),
  dateRule(pattern`\b(?:between|from) ${date} (?:and|to|until|till) (?:today|now)\b`, ({ date }, now) =>
    span(date, day(now.year, now.month, now.date + 1)),
  ),
  dateRule(pattern`\b(?:after|later than) ${date}`, ({ date }) => since(next(date))),
  dateRule(pattern`\b(?:since|from) ${date}`, ({ date }) => since(date)),
  dateRule(pattern`\b(?:before|prior to|earlier than) ${date}`, ({ date }) => until(date)),
  dateRule(pattern`\b(?:on |in )?${date}`, ({ date }) => span(date, next(date))),
];

const dayOfMonth = capture('date', '\\d{1,2}(?:st|nd|rd|th)?', (said) => Number(said.replace(/\D+$/, '')));

/** The year of a month that is said without one: the latest that has begun. */
const latestYear = (month: number, now: Now) => (month > now.month ? now.year - 1 : now.year);

function oneDay(year: number, month: number, date: number): DateSpan | undefined {
  return date >= 1 && date <= 31 ? span(day(year, month, date), day(year, month, date + 1)) : undefined;
}

const beyond = optional(
  oneOf('beyond', ['after', 'later than', 'since', 'before', 'prior to', 'earlier than', 'until']),
);

/** "after 12 March 2026": what lies beyond a day. */
function dayOrBeyond(beyond: string | undefined, one: DateSpan | undefined): DateSpan | undefined {
  if (beyond === undefined || !one?.from || !one.to) return one;
  if (beyond === 'since') return since(one.from);
  if (beyond === 'until') return until(one.to);
  return /^(?:after|later)/.test(beyond) ? since(one.to) : until(one.from);
}

/** Days as people say them: "15 March", "March 12th, 2026", "from 3 to 9 May". */
const SAID_DAYS: readonly DateRule[] = [
  dateRule(
    pattern`\b(?:between|from) (?:the )?${dayOfMonth} (?:of )?${month} ${year} (?:and|to|until|till) (?:today|now)\b`,
    ({ date, month, year }, now) => span(day(year, month, date), day(now.year, now.month, now.date + 1)),
  ),
  dateRule(
    pattern`\b(?:between|from) ${dayOfMonth} (?:of )?${month}(?: ${YEAR})? (?:and|to|until|till) ${capture('lastDate', '\\d{1,2}', Number)}(?:st|nd|rd|th)? (?:of )?${capture('lastMonth', MONTH, monthSaid)} ${capture('lastYear', YEAR, Number)}`,
    ({ date, month, lastDate, lastMonth, lastYear }) =>
      span(day(lastYear, month, date), day(lastYear, lastMonth, lastDate + 1)),
  ),
  dateRule(
    pattern`\b(?:${beyond} )?(?:on )?(?:the )?${dayOfMonth} (?:of )?${month}(?: ?,)? ${year}\b`,
    ({ beyond, date, month, year }) => dayOrBeyond(beyond, oneDay(year, month, date)),
  ),
  dateRule(
    pattern`\b(?:${beyond} )?(?:on )?${month} ${dayOfMonth}(?: ?,)? ${year}\b`,
    ({ beyond, date, month, year }) => dayOrBeyond(beyond, oneDay(year, month, date)),
  ),
  dateRule(pattern`\b(?:since|from) (?:the )?${dayOfMonth} (?:of )?${month}(?! \d)\b`, ({ date, month }, now) =>
    since(day(latestYear(month, now), month, date)),
  ),
  dateRule(pattern`\b(?:on )?(?:the )?${dayOfMonth} (?:of )?${month}(?! \d)\b`, ({ date, month }, now) =>
    oneDay(latestYear(month, now), month, date),
  ),
  dateRule(
    pattern`\b(?:${beyond} |in |during |for )?(?:this |last )?${month} ${oneOf('which', ['this year', 'last year'])}\b`,
    ({ beyond, month, which }, now) => {
      const year = which === 'this year' ? now.year : now.year - 1;
      return dayOrBeyond(beyond, span(day(year, month, 1), day(year, month + 1, 1)));
    },
  ),
  dateRule(pattern`\b(?:in |during |for )?${oneOf('which', ['this', 'last'])} ${month}\b`, ({ which, month }, now) => {
    const latest = latestYear(month, now);
    const year = which === 'last' && month === now.month ? latest - 1 : latest;
    return span(day(year, month, 1), day(year, month + 1, 1));
  }),
  dateRule(
    pattern`\b(?:between|from) ${month} (?:and|to) ${capture('lastMonth', MONTH, monthSaid)} ${year}\b`,
    ({ month, lastMonth, year }) => span(day(year, month, 1), day(year, lastMonth + 1, 1)),
  ),
  dateRule(pattern`\bsince (?:the )?(?:start|beginning) of (?:the|this) ${unit}\b`, ({ unit }, now) =>
    since(calendar(unit, 0, now).from),
  ),
  dateRule(
    pattern`\b(?:in |during |for )?(?:the )?${capture('quarter', 'q[1-4]', quarterSaid)} ${oneOf('which', ['this year', 'last year'])}\b`,
    ({ quarter, which }, now) => {
      const year = which === 'this year' ? now.year : now.year - 1;
      return span(day(year, quarter * 3, 1), day(year, quarter * 3 + 3, 1));
    },
  ),
  dateRule(
    pattern`\b(?:in |during |for )?(?:the )?${capture('quarter', 'q[1-4]|(?:first|second|third|fourth) quarter', quarterSaid)}(?! (?:of )?\d)\b`,
    ({ quarter }, now) => {
      const year = quarter * 3 > now.month ? now.year - 1 : now.year;
      return span(day(year, quarter * 3, 1), day(year, quarter * 3 + 3, 1));
    },
  ),
];

const SEASONS: ReadonlyMap<string, number> = new Map([
  ['spring', 2],
  ['summer', 5],
  ['autumn', 8],
]);
const half = oneOf('half', ['first', 'second', 'last']);
const halfOf = capture('year', `this year|last year|${YEAR}`);

/** Dates that count from today. */
const RELATIVE: readonly DateRule[] = [
  dateRule(pattern`\b(?:the )?day before yesterday\b`, (_, now) => calendar('day', -2, now)),
  dateRule(pattern`\b(?:in |on |during )?yesterday\b`, (_, now) => calendar('day', -1, now)),
  dateRule(pattern`\b(?:in |on |during )?today\b`, (_, now) => calendar('day', 0, now)),
  dateRule(pattern`\b(?:in |during |for )?(?:the )?${half} half(?: of)? ${halfOf}\b`, ({ half, year }, now) => {
    const of = year === 'this year' ? now.year : year === 'last year' ? now.year - 1 : Number(year);
    return half === 'first' ? span(day(of, 0, 1), day(of, 6, 1)) : span(day(of, 6, 1), day(of + 1, 0, 1));
  }),
  dateRule(
    pattern`\b(?:in |during )?(?:the )?same ${oneOf('unit', ['month', 'quarter'])} (?:of )?(?:last|the previous) year\b`,
    ({ unit }, now) => calendar(unit, 0, { ...now, year: now.year - 1 }),
  ),
  dateRule(pattern`\b(?:in |during )?(?:the )?same (?:period|time) (?:of )?(?:last|the previous) year\b`, (_, now) =>
    span(day(now.year - 1, 0, 1), day(now.year - 1, now.month, now.date + 1)),
  ),
  // the seasons of the north, in whole months; the latest that has begun
  dateRule(
    pattern`\b(?:in |during |for )?(?:the )?${optional(oneOf('which', ['this', 'last']))} ?${capture('season', 'spring|summer|autumn', (said) => SEASONS.get(said))}\b(?! (?:of )?\d)`,
    ({ which, season }, now) => {
      const begun = season > now.month ? now.year - 1 : now.year;
      const year = which === 'last' && season <= now.month && now.month < season + 3 ? begun - 1 : begun;
      return span(day(year, season, 1), day(year, season + 3, 1));
    },
  ),
  dateRule(
    pattern`\b(?:in |during |for )?(?:the )?${capture('season', 'spring|summer|autumn', (said) => SEASONS.get(said))} (?:of )?${year}\b`,
    ({ season, year }) => span(day(year, season, 1), day(year, season + 3, 1)),
  ),
  dateRule(pattern`\b(?:last|previous) year to date\b`, (_, now) =>
    span(day(now.year - 1, 0, 1), day(now.year - 1, now.month, now.date + 1)),
  ),
  dateRule(pattern`\b(?:year to date|ytd|so far this year)\b`, (_, now) => toDate('year', now)),
  dateRule(pattern`\b${oneOf('unit', ['week', 'month', 'quarter'])} to date\b`, ({ unit }, now) => toDate(unit, now)),
  dateRule(pattern`\bso far this ${oneOf('unit', ['week', 'month', 'quarter'])}\b`, ({ unit }, now) =>
    toDate(unit, now),
  ),
  dateRule(pattern`\b(?:by |on |for )?tomorrow\b`, (_, now) => calendar('day', 1, now)),
  dateRule(
    pattern`\b(?:in |over |during |within |for )?(?:the )?(?:last|past|previous) ${count}
      (?: full| complete| whole| calendar) ${unit}s?\b`,
    ({ count, unit }, now) => wholeUnits(count, unit, now),
  ),
  dateRule(pattern`\b(?:in |over |during |within |for )?(?:the )?next ${count} ${unit}s?\b`, ({ count, unit }, now) =>
    coming(count, unit, now),
  ),
  dateRule(pattern`\b(?:in |during |for )?(?:the )?(?:next|coming) ${unit}\b`, ({ unit }, now) =>
    calendar(unit, 1, now),
  ),
  dateRule(pattern`\b${count} ${unit}s? ago\b`, ({ count, unit }, now) =>
    unit === 'week' ? calendar('day', -7 * count, now) : calendar(unit, -count, now),
  ),
  dateRule(
    pattern`\b(?:in |over |during |within |for )?(?:the )?(?:last|past|previous) ${count} ${unit}s?\b`,
    ({ count, unit }, now) => running(count, unit, now),
  ),
  dateRule(pattern`\b(?:in |over |during |for )?(?:the )?(?:last|past|previous) ${unit}\b`, ({ unit }, now) =>
    calendar(unit, -1, now),
  ),
  dateRule(pattern`\b(?:in |during |for )?(?:this|the current) ${unit}\b`, ({ unit }, now) => calendar(unit, 0, now)),
];

/** Weeks, quarters, months and years by their number or name. */
const NAMED: readonly DateRule[] = [
  dateRule(
    pattern`\b(?:in |during |for )?(?:calendar )?week ${capture('number', '\\d{1,2}', Number)}(?: of)? ${year}\b`,
    ({ number, year }) => isoWeek(number, year),
  ),
  dateRule(
    pattern`\b(?:in |during |for )?(?:the )?
      ${capture('quarter', 'q[1-4]|(?:first|second|third|fourth) quarter', quarterSaid)}(?: of)? ${year}\b`,
    ({ quarter, year }) => span(day(year, quarter * 3, 1), day(year, quarter * 3 + 3, 1)),
  ),
  dateRule(
    pattern`\b${optional(oneOf('how', ['since', 'after', 'before', 'in', 'during', 'for']))}? ?\b
      ${month}\.?,? (?:of )?${year}\b`,
    ({ how, month, year }) => {
      const [first, end] = [day(year, month, 1), day(year, month + 1, 1)];
      if (how === 'since') return since(first);
      if (how === 'after') return since(end);
      return how === 'before' ? until(first) : span(first, end);
    },
  ),
  dateRule(pattern`\b${oneOf('how', ['since', 'in', 'during'])} ${month}\b`, ({ how, month }, now) => {
    const year = month > now.month ? now.year - 1 : now.year;
    const first = day(year, month, 1);
    return how === 'since' ? since(first) : span(first, day(year, month + 1, 1));
  }),
  dateRule(pattern`\b(?:between|from) ${year} (?:and|to) ${capture('last', YEAR, Number)}\b`, ({ year, last }) =>
    span(day(year, 0, 1), day(last + 1, 0, 1)),
  ),
  dateRule(
    pattern`\b(?:in |during |for |of )?(?:the )?(?:year )?${year} or ${oneOf('how', ['before', 'earlier', 'after', 'later'])}\b(?! (?:the )?(?:year )?\d)`,
    ({ year, how }) => (how === 'before' || how === 'earlier' ? until(day(year + 1, 0, 1)) : since(day(year, 0, 1))),
  ),
  dateRule(pattern`\b(?:since|from) (?:the year )?${year}\b`, ({ year }) => since(day(year, 0, 1))),
  dateRule(pattern`\bafter (?:the year )?${year}\b`, ({ year }) => since(day(year + 1, 0, 1))),
  dateRule(pattern`\bbefore (?:the year )?${year}\b`, ({ year }) => until(day(year, 0, 1))),
  dateRule(pattern`\b(?:in|during|for|of) (?:the )?(?:year )?${year}\b`, ({ year }) =>
    span(day(year, 0, 1), day(year + 1, 0, 1)),
  ),
];

/** The first that a text matches counts. */
const RULES: readonly DateRule[] = [...FISCAL_RULES, ...DAYS, ...SAID_DAYS, ...RELATIVE, ...NAMED];
