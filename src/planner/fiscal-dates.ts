import {
  type ClosedSpan,
  type DateRule,
  type DateSpan,
  dateRule,
  day,
  type Now,
  next,
  quarterSaid,
  since,
  span,
  until,
} from './date-span.ts';
import { capture, meaning, oneOf, optional, part, pattern } from './pattern.ts';

/**
 * Fiscal years by the month that they begin with. A year is named by the calendar year in which it ends: beginning in
 * April, fiscal year 2026 is April 2025 to March 2026. One that begins in January is the calendar year of its name.
 */
function months(year: number, from: number, count: number, { fiscalYearStart }: Now): ClosedSpan {
  const first = fiscalYearStart ? year - 1 : year;
  return span(day(first, fiscalYearStart + from, 1), day(first, fiscalYearStart + from + count, 1));
}

const named = <Span extends DateSpan>(name: string, of: Span): Span => ({
  ...of,
  name,
  label: `${name} (${of.label})`,
});

const fiscalYear = (year: number, now: Now): ClosedSpan => ({
  ...named(`fiscal year ${year}`, months(year, 0, 12, now)),
  fiscalYear: year,
});

/** A quarter by its number from 0, which may lie in a neighbouring year. */
function fiscalQuarter(year: number, quarter: number, now: Now): ClosedSpan {
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

const OFFSETS: ReadonlyMap<string, number> = new Map(
  Object.entries({ this: 0, current: 0, last: -1, past: -1, previous: -1, next: 1 }),
);

const FISCAL = '(?:fiscal|financial)';
const FISCAL_YEAR = `(?:fy|${FISCAL} year)`;
const WHEN = '(?:in |during |for |of )?(?:the )?';

/** What stands before the number of a fiscal year. */
const FY = `(?:fy ?-?|${FISCAL} years? )`;
const year = capture('year', '(?:(?:19|20)\\d\\d(?:[/–-]\\d\\d(?:\\d\\d)?)?|\\d\\d(?:/\\d\\d)?)(?!\\w)', yearSaid);
const quarter = capture('quarter', `q[1-4]|(?:first|second|third|fourth) (?:${FISCAL} )?quarter`, quarterSaid);
const digit = capture('quarter', 'q[1-4]', quarterSaid);
const unit = oneOf('unit', ['year', 'quarter']);
const count = capture('count', '\\d+');
/** How many years or quarters from the current one. */
const offset = capture('offset', 'this|last|previous|next|(?:the )?current', (said) =>
  OFFSETS.get(said.replace('the ', '')),
);

/** From the start of something to today. */
const untilToday = (of: ClosedSpan, now: Now): ClosedSpan =>
  named(`${of.name} to date`, span(of.from, next(day(now.year, now.month, now.date))));

/** Quarters and halves of a fiscal year. */
const PARTS: readonly DateRule[] = [
  dateRule(pattern`\b${WHEN}(?:${FISCAL} )?${quarter}(?: of| in)?(?: the)? ${FY}${year}`, ({ quarter, year }, now) =>
    fiscalQuarter(year, quarter, now),
  ),
  dateRule(pattern`\b${WHEN}${FY}${year},? ${digit}\b`, ({ year, quarter }, now) => fiscalQuarter(year, quarter, now)),
  dateRule(
    pattern`\b${WHEN}${FISCAL} ${digit}(?: of)? ${capture('year', '(?:19|20)\\d\\d', Number)}\b`,
    ({ quarter, year }, now) => fiscalQuarter(year, quarter, now),
  ),
  dateRule(
    pattern`\b${WHEN}(?:${FISCAL} )?${quarter}(?: of| in)? ${offset} ${FISCAL_YEAR}\b`,
    ({ quarter, offset }, now) => fiscalQuarter(current(now).year + offset, quarter, now),
  ),
  dateRule(
    pattern`\b${WHEN}${oneOf('half', ['first', 'second', 'last'])} half(?: of)?
      (?: ${FY}${optional(year)}| ${optional(offset)} ${FISCAL_YEAR}\b)`,
    ({ half, year, offset = 0 }, now) => {
      const of = year ?? current(now).year + offset;
      return named(`${half} half of fiscal year ${of}`, months(of, half === 'first' ? 0 : 6, 6, now));
    },
  ),
];

const TO_DATE = part`(?:so far )?this ${FISCAL} (?:year|quarter)(?: to date| so far)|${FISCAL} (?:year|quarter) to date
  |so far this ${FISCAL} (?:year|quarter)|fytd`;

/** Fiscal years and quarters that count from today. */
const RELATIVE: readonly DateRule[] = [
  dateRule(pattern`\b${capture('said', TO_DATE)}\b`, ({ said }, now) => {
    const { year, quarter } = current(now);
    return untilToday(said.includes('quarter') ? fiscalQuarter(year, quarter, now) : fiscalYear(year, now), now);
  }),
  dateRule(
    pattern`\b${WHEN}(?:last|past|previous) ${count}(?: full| complete| whole)? ${FISCAL} ${unit}s?\b`,
    ({ count, unit }, now) => {
      const { year, quarter } = current(now);
      const of = (back: number) =>
        unit === 'year' ? fiscalYear(year - back, now) : fiscalQuarter(year, quarter - back, now);
      return named(`the last ${count} fiscal ${unit}s`, span(of(Number(count)).from, of(0).from));
    },
  ),
  dateRule(
    pattern`\b${WHEN}${meaning('offset', OFFSETS)} (?:${FISCAL} ${optional(unit)}|fy)\b`,
    ({ offset, unit }, now) => {
      const { year, quarter } = current(now);
      return unit === 'quarter' ? fiscalQuarter(year, quarter + offset, now) : fiscalYear(year + offset, now);
    },
  ),
];

const NAMED = dateRule(
  pattern`\b${optional(oneOf('how', ['since', 'after', 'before', 'in', 'during', 'for', 'of']))}? ?(?:the )?\b
    ${FY}${year}`,
  ({ how, year }, now) => {
    const whole = fiscalYear(year, now);
    if (how === 'since') return named(`since ${whole.name}`, since(whole.from));
    if (how === 'after') return named(`after ${whole.name}`, since(whole.to));
    return how === 'before' ? named(`before ${whole.name}`, until(whole.from)) : whole;
  },
);

/** Dates by the fiscal year: "FY2026", "this fiscal quarter", "Q2 of last fiscal year". Answers say how it was read. */
export const FISCAL_RULES: readonly DateRule[] = [...PARTS, ...RELATIVE, NAMED];
