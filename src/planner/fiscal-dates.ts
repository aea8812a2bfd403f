import { type DateSpan, day, type Now, next, type Rule, span } from './date-span.ts';

/**
 * Fiscal years by the month that they begin with. A year is named by the calendar year in which it ends: beginning in April,
 * fiscal year 2026 is April 2025 to March 2026. One that begins in January is the calendar year of its name.
 */
function months(year: number, from: number, count: number, { fiscalYearStart }: Now): DateSpan {
  const first = fiscalYearStart ? year - 1 : year;
  return span(day(first, fiscalYearStart + from, 1), day(first, fiscalYearStart + from + count, 1));
}

const named = (name: string, of: DateSpan): DateSpan => ({ ...of, name, label: `${name} (${of.label})` });

const fiscalYear = (year: number, now: Now): DateSpan => ({
  ...named(`fiscal year ${year}`, months(year, 0, 12, now)),
  fiscalYear: year,
});

/** A quarter by its number from 0, which may lie in a neighbouring year. */
function fiscalQuarter(year: number, quarter: number, now: Now): DateSpan {
  const of = year + Math.floor(quarter / 4);
  const number = ((quarter % 4) + 4) % 4;
  return named(`quarter ${number + 1} of fiscal year ${of}`, months(of, 3 * number, 3, now));
}

/** The fiscal year that holds today, and the quarter of it. */
function current({ year, month, fiscalYearStart }: Now): { readonly year: number; readonly quarter: number } {
  const since = month - fiscalYearStart;
  return {
    year: fiscalYearStart && since >= 0 ? year + 1 : year,
    quarter: Math.floor(((since + 12) % 12) / 3),
  };
}

/** "2026", "26", and "2025/26", which ends in 2026. */
function yearSaid(text: string): number {
  const [first, last] = text.split(/[/–-]/);
  const year = Number(last ?? first);
  return year < 100 ? 2000 + year : year;
}

const OFFSETS: Readonly<Record<string, number>> = { this: 0, current: 0, last: -1, past: -1, previous: -1, next: 1 };
const ORDINALS = ['first', 'second', 'third', 'fourth'];
const quarterSaid = (digit: string | undefined, word: string | undefined) =>
  digit ? Number(digit) - 1 : ORDINALS.indexOf(word!);

const YEAR = '((?:19|20)\\d\\d(?:[/–-]\\d\\d(?:\\d\\d)?)?|\\d\\d(?:/\\d\\d)?)(?!\\w)';
const FISCAL = '(?:fiscal|financial)';
const NAMED = `(?:fy ?-?|${FISCAL} years? )${YEAR}`;
const RELATIVE = `(this|last|previous|next|(?:the )?current) (?:fy|${FISCAL} year)`;
const WHEN = '(?:in |during |for |of )?(?:the )?';
const QUARTER = `(?:${FISCAL} )?(?:q([1-4])|(first|second|third|fourth) (?:${FISCAL} )?quarter)`;

const relativeYear = (said: string, now: Now) => current(now).year + OFFSETS[said.replace('the ', '')]!;

/** From the start of something to today. */
const untilToday = (of: DateSpan, now: Now): DateSpan =>
  named(`${of.name} to date`, span(of.from, next(day(now.year, now.month, now.date))));

/** Dates by the fiscal year: "FY2026", "this fiscal quarter", "Q2 of last fiscal year". The answer says how each was read. */
export const FISCAL_RULES: readonly Rule[] = [
  [
    new RegExp(`\\b${WHEN}${QUARTER}(?: of| in)?(?: the)? ${NAMED}`),
    ([, digit, word, year], now) => fiscalQuarter(yearSaid(year!), quarterSaid(digit, word), now),
  ],
  [
    new RegExp(`\\b${WHEN}${NAMED},? q([1-4])\\b`),
    ([, year, digit], now) => fiscalQuarter(yearSaid(year!), Number(digit) - 1, now),
  ],
  [
    new RegExp(`\\b${WHEN}${FISCAL} q([1-4])(?: of)? ((?:19|20)\\d\\d)\\b`),
    ([, digit, year], now) => fiscalQuarter(Number(year), Number(digit) - 1, now),
  ],
  [
    new RegExp(`\\b${WHEN}${QUARTER}(?: of| in)? ${RELATIVE}\\b`),
    ([, digit, word, said], now) => fiscalQuarter(relativeYear(said!, now), quarterSaid(digit, word), now),
  ],
  [
    new RegExp(`\\b${WHEN}(first|second|last) half(?: of)? (?:${NAMED}|${RELATIVE}\\b)`),
    ([, half, year, said], now) => {
      const of = year ? yearSaid(year) : relativeYear(said!, now);
      return named(`${half} half of fiscal year ${of}`, months(of, half === 'first' ? 0 : 6, 6, now));
    },
  ],
  [
    new RegExp(
      `\\b(?:(?:so far )?this ${FISCAL} (year|quarter)(?: to date| so far)|${FISCAL} (year|quarter) to date|so far this ${FISCAL} (year|quarter)|fytd)\\b`,
    ),
    ([, ...units], now) => {
      const { year, quarter } = current(now);
      return untilToday(units.includes('quarter') ? fiscalQuarter(year, quarter, now) : fiscalYear(year, now), now);
    },
  ],
  [
    new RegExp(`\\b${WHEN}(?:last|past|previous) (\\d+) (?:full |complete |whole )?${FISCAL} (year|quarter)s?\\b`),
    ([, count, unit], now) => {
      const { year, quarter } = current(now);
      const of = (back: number) =>
        unit === 'year' ? fiscalYear(year - back, now) : fiscalQuarter(year, quarter - back, now);
      return named(`the last ${count} fiscal ${unit}s`, span(of(Number(count)).from, of(0).from));
    },
  ],
  [
    new RegExp(`\\b${WHEN}(this|last|past|previous|next|current) (?:${FISCAL} (year|quarter)|fy)\\b`),
    ([, said, unit], now) => {
      const { year, quarter } = current(now);
      return unit === 'quarter'
        ? fiscalQuarter(year, quarter + OFFSETS[said!]!, now)
        : fiscalYear(year + OFFSETS[said!]!, now);
    },
  ],
  [
    new RegExp(`\\b(since|after|before|in|during|for|of)? ?(?:the )?\\b${NAMED}`),
    ([, how, said], now) => {
      const whole = fiscalYear(yearSaid(said!), now);
      if (how === 'since') return named(`since ${whole.name}`, span(whole.from, undefined));
      if (how === 'after') return named(`after ${whole.name}`, span(whole.to, undefined));
      return how === 'before' ? named(`before ${whole.name}`, span(undefined, whole.from)) : whole;
    },
  ],
];
