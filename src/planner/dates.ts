import type { Calendar } from '#src/domain/calendar.ts';
import {
  calendar,
  coming,
  type DateSpan,
  day,
  next,
  nowOf,
  type Rule,
  running,
  span,
  toDate,
  wholeUnits,
} from './date-span.ts';
import { FISCAL_RULES } from './fiscal-dates.ts';

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
  for (const [pattern, read] of RULES) {
    const match = pattern.exec(text);
    const found = match && read(match, now);
    if (!found) continue;
    const relative = read(match, { ...now, year: now.year - 3, month: (now.month + 5) % 12 })?.label !== found.label;
    return { span: relative ? { ...found, relative } : found, matched: match[0].trim() };
  }
  return undefined;
}

/** Every date expression of a text that says nothing by itself: its bounds depend on today, or on when a fiscal year begins. */
export function relativeDates(text: string, asked: Calendar): Found[] {
  const found: Found[] = [];
  let left = text.toLowerCase();
  for (;;) {
    const next = findDates(left, asked);
    if (!next) return found;
    if (next.span.relative || next.span.name) found.push(next);
    left = left.replace(next.matched, ' ');
  }
}

const monthNumber = (name: string) => MONTHS.findIndex((month) => month.startsWith(name.slice(0, 3)));
const unitWords = 'day|week|month|quarter|year';

/** ISO 8601: weeks start on Monday, and the first is the one that holds 4 January. */
function isoWeek(number: number, year: number): DateSpan | undefined {
  if (number < 1 || number > 53) return undefined;
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7) + 7 * (number - 1);
  return span(day(year, 0, monday), day(year, 0, monday + 7));
}

const RULES: readonly Rule[] = [
  ...FISCAL_RULES,
  [/\bbetween (\d{4}-\d{2}-\d{2}) and (\d{4}-\d{2}-\d{2})/, ([, a, b]) => span(a, next(b!))],
  [/\bfrom (\d{4}-\d{2}-\d{2}) to (\d{4}-\d{2}-\d{2})/, ([, a, b]) => span(a, next(b!))],
  [/\b(?:after|later than) (\d{4}-\d{2}-\d{2})/, ([, a]) => span(next(a!), undefined)],
  [/\b(?:since|from) (\d{4}-\d{2}-\d{2})/, ([, a]) => span(a, undefined)],
  [/\b(?:before|prior to|earlier than) (\d{4}-\d{2}-\d{2})/, ([, a]) => span(undefined, a)],
  [/\b(?:on |in )?(\d{4}-\d{2}-\d{2})/, ([, a]) => span(a, next(a!))],
  [/\b(?:the )?day before yesterday\b/, (_, now) => calendar('day', -2, now)],
  [/\b(?:in |on |during )?yesterday\b/, (_, now) => calendar('day', -1, now)],
  [/\b(?:in |on |during )?today\b/, (_, now) => calendar('day', 0, now)],
  [
    /\b(?:in |during |for )?(?:the )?(first|second|last) half(?: of)? (this year|last year|(?:19|20)\d\d)\b/,
    ([, half, year], now) => {
      const of = year === 'this year' ? now.year : year === 'last year' ? now.year - 1 : Number(year);
      return half === 'first' ? span(day(of, 0, 1), day(of, 6, 1)) : span(day(of, 6, 1), day(of + 1, 0, 1));
    },
  ],
  [/\b(?:year to date|ytd|so far this year)\b/, (_, now) => toDate('year', now)],
  [/\b(week|month|quarter) to date\b/, ([, unit], now) => toDate(unit!, now)],
  [/\bso far this (week|month|quarter)\b/, ([, unit], now) => toDate(unit!, now)],
  [/\b(?:by |on |for )?tomorrow\b/, (_, now) => calendar('day', 1, now)],
  [
    new RegExp(
      `\\b(?:in |over |during |within |for )?(?:the )?(?:last|past|previous) (\\d+) (?:full|complete|whole|calendar) (${unitWords})s?\\b`,
    ),
    ([, count, unit], now) => wholeUnits(Number(count), unit!, now),
  ],
  [
    new RegExp(`\\b(?:in |over |during |within |for )?(?:the )?next (\\d+) (${unitWords})s?\\b`),
    ([, count, unit], now) => coming(Number(count), unit!, now),
  ],
  [
    new RegExp(`\\b(?:in |during |for )?(?:the )?(?:next|coming) (${unitWords})\\b`),
    ([, unit], now) => calendar(unit!, 1, now),
  ],
  [
    new RegExp(`\\b(\\d+) (${unitWords})s? ago\\b`),
    ([, count, unit], now) =>
      unit === 'day' || unit === 'week'
        ? calendar('day', -Number(count) * (unit === 'week' ? 7 : 1), now)
        : calendar(unit!, -Number(count), now),
  ],
  [
    new RegExp(`\\b(?:in |over |during |within |for )?(?:the )?(?:last|past|previous) (\\d+) (${unitWords})s?\\b`),
    ([, count, unit], now) => running(Number(count), unit!, now),
  ],
  [
    new RegExp(`\\b(?:in |over |during |for )?(?:the )?(?:last|past|previous) (${unitWords})\\b`),
    ([, unit], now) => calendar(unit!, -1, now),
  ],
  [
    new RegExp(`\\b(?:in |during |for )?(?:this|the current) (${unitWords})\\b`),
    ([, unit], now) => calendar(unit!, 0, now),
  ],
  [
    /\b(?:in |during |for )?(?:calendar )?week (\d{1,2})(?: of)? ((?:19|20)\d\d)\b/,
    ([, number, year]) => isoWeek(Number(number), Number(year)),
  ],
  [
    /\b(?:in |during |for )?(?:the )?(?:q([1-4])|(first|second|third|fourth) quarter)(?: of)? ((?:19|20)\d\d)\b/,
    ([, digit, word, year]) => {
      const quarter = digit ? Number(digit) - 1 : ['first', 'second', 'third', 'fourth'].indexOf(word!);
      return span(day(Number(year), quarter * 3, 1), day(Number(year), quarter * 3 + 3, 1));
    },
  ],
  [
    new RegExp(`\\b(since|after|before|in|during|for)? ?\\b(${MONTH})\\.?,? (?:of )?((?:19|20)\\d\\d)\\b`),
    ([, how, name, year]) => {
      const [first, last] = [day(Number(year), monthNumber(name!), 1), day(Number(year), monthNumber(name!) + 1, 1)];
      if (how === 'since') return span(first, undefined);
      if (how === 'after') return span(last, undefined);
      return how === 'before' ? span(undefined, first) : span(first, last);
    },
  ],
  [
    new RegExp(`\\b(since|in|during) (${MONTH})\\b`),
    ([, how, name], now) => {
      const month = monthNumber(name!);
      const year = month > now.month ? now.year - 1 : now.year;
      return how === 'since'
        ? span(day(year, month, 1), undefined)
        : span(day(year, month, 1), day(year, month + 1, 1));
    },
  ],
  [
    /\b(?:between|from) ((?:19|20)\d\d) (?:and|to) ((?:19|20)\d\d)\b/,
    ([, a, b]) => span(day(Number(a), 0, 1), day(Number(b) + 1, 0, 1)),
  ],
  [/\b(?:since|from) (?:the year )?((?:19|20)\d\d)\b/, ([, a]) => span(day(Number(a), 0, 1), undefined)],
  [/\bafter (?:the year )?((?:19|20)\d\d)\b/, ([, a]) => span(day(Number(a) + 1, 0, 1), undefined)],
  [/\bbefore (?:the year )?((?:19|20)\d\d)\b/, ([, a]) => span(undefined, day(Number(a), 0, 1))],
  [
    /\b(?:in|during|for|of) (?:the )?(?:year )?((?:19|20)\d\d)\b/,
    ([, a]) => span(day(Number(a), 0, 1), day(Number(a) + 1, 0, 1)),
  ],
];
