import type { Calendar } from '#src/domain/calendar.ts';
import { findDates } from './dates.ts';
import { part } from './pattern.ts';

const LEAD = new RegExp(
  part`^(?:(?:and|or|but|so|ok|okay|then|now|also|what about|how about|what if|show(?: me)?|give me|make (?:it|that)
    |do (?:it|that)|only|just|instead|the same|same|please)[ ,]+)+`,
  'i',
);
const TAIL = /[ ,]*(?:instead|too|as well|please|again|then|though|now)?[ ?.!]*$/i;

/** What a question is grouped by. */
const GROUPING = new RegExp(
  part` (?:by|per|for each|for every|in each|of each) (?:the )?[\p{L}_]+(?: [\p{L}_]+)?
    (?= (?:in|for|from|since|last|this|top|with|where)\b|$)`,
  'iu',
);

/**
 * Merges a thread's turns into one question that stands alone. "and last year?" replaces the period, "only the top 3"
 * adds a limit, "by country instead" replaces the grouping, "and in Norway?" adds a condition; anything else is a new
 * question.
 */
export function mergeTurns(
  turns: readonly string[],
  calendar: Calendar,
): { readonly text: string; readonly revised: boolean } {
  const [first = '', ...rest] = turns;
  return rest.reduce<{ readonly text: string; readonly revised: boolean }>(
    (merged, turn) => {
      const text = revise(merged.text, turn, calendar);
      return text === undefined ? { text: turn, revised: false } : { text, revised: true };
    },
    { text: first, revised: false },
  );
}

/** The earlier question with the change that a short reply asks for; undefined for a reply that is a new question. */
export function revise(earlier: string, reply: string, calendar: Calendar): string | undefined {
  const change = reply.trim().replace(LEAD, '').replace(TAIL, '').trim();
  const led = LEAD.test(reply.trim());
  const base = earlier.replace(/[?.! ]+$/, '');
  if (!change) return undefined;
  const dates = findDates(change.toLowerCase(), calendar) ?? findDates(`in ${change.toLowerCase()}`, calendar);
  if (dates && change.length <= dates.matched.length + 6) {
    const before = findDates(base.toLowerCase(), calendar);
    const said = /^\d{4}$/.test(change) ? `in ${change}` : change;
    if (!before) return `${base} ${said}`;
    const at = base.toLowerCase().indexOf(before.matched);
    return `${base.slice(0, at)}${said}${base.slice(at + before.matched.length)}`;
  }
  const limit = /^(?:the )?(?:(?:top|first|best) )?(\d+|two|three|four|five|ten)(?: (?:of them|rows|results))?$/i.exec(
    change,
  );
  if (limit && (/top|first|best/i.test(change) || led))
    return `${base.replace(/ (?:the )?top \w+$/i, '')} top ${limit[1]}`;
  const grouping = /^(?:(?:grouped |broken down |split )?by|per|for each|for every) (.+)$/i.exec(change);
  if (grouping) {
    return GROUPING.test(base) ? base.replace(GROUPING, ` by ${grouping[1]}`) : `${base} by ${grouping[1]}`;
  }
  const condition = /^(?:for|in|from|at|with|where|without|excluding|except|not|of|under|over|above|below) .+$/i.test(
    change,
  );
  if (condition) return `${base} ${change}`;
  return led && change.split(' ').length <= 3 ? `${base} for ${change}` : undefined;
}
