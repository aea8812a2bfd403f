import type { DateSpan } from '../date-span.ts';
import { findDates } from '../dates.ts';
import { BEGINS, beforeExclusion, beforeOrder, type Change, GROUPING, LIST_AT_END } from './change.ts';
import { countOf, MEASURE } from './figures.ts';

/** "and last year?", "2024", "april": another period. */
export function otherPeriod({ base, change, added, calendar }: Change): string | undefined {
  const lower = change.toLowerCase();
  const alone = findDates(lower, calendar);
  const found = alone ?? findDates(`in ${lower}`, calendar);
  if (!found || change.length > found.matched.length + 6 || /^(?:excluding|except|without|not)\b/i.test(change))
    return undefined;
  const said = alone && !/^\d{4}$/.test(change) ? change : `in ${change}`;
  const asked = findDates(base.toLowerCase(), calendar);
  if (!asked) return `${base} ${said}`;
  // "last month too": beside it, not in its place
  return putFor(base, asked.matched, added ? `${asked.matched} vs ${said.replace(/^in /, '')}` : said);
}

/** The span of as many days right before one; as days that are said in full. */
function before({ from, to }: DateSpan): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  const [start, end] = [from, to].map((day) => new Date(`${day}T00:00:00Z`));
  if (!start || !end) return undefined;
  const months = (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth();
  const isOfMonths = start.getUTCDate() === 1 && end.getUTCDate() === 1 && months > 0;
  const first = new Date(start);
  if (isOfMonths) first.setUTCMonth(first.getUTCMonth() - months);
  else first.setTime(start.getTime() - (end.getTime() - start.getTime()));
  const last = new Date(start.getTime() - 86_400_000);
  const [one, other] = [first, last].map((day) => day.toISOString().slice(0, 10));
  return `between ${one} and ${other}`;
}

const RIGHT_BEFORE =
  /^(?:in )?(?:the )?(?:(?:week|month|quarter|year|period|day)s? before(?: that)?|(?:previous|prior) (?:week|month|quarter|year|period|day)|one before)$/i;

/** "and the week before", "the previous month": what came right before the period that was asked about. */
export function periodBefore({ base, change, calendar }: Change): string | undefined {
  if (!RIGHT_BEFORE.test(change)) return undefined;
  const found = findDates(base.toLowerCase(), calendar);
  const said = found && before(found.span);
  return found && said && putFor(base, found.matched, said);
}

const putFor = (base: string, matched: string, said: string): string => {
  const at = base.toLowerCase().indexOf(matched);
  return `${base.slice(0, at)}${said}${base.slice(at + matched.length)}`;
};

/** "compare with last year", "vs 2024": beside the period that was asked about. */
export function besidePeriod({ base, change, calendar }: Change): string | undefined {
  const [, other] =
    /^(?:compared? (?:it |that |this |them )?(?:with|to)|vs\.?|versus|against) (.+)$/i.exec(change) ?? [];
  const found = findDates(base.toLowerCase(), calendar);
  const earlier = found && other !== undefined && RIGHT_BEFORE.test(other) ? before(found.span) : undefined;
  if (found && earlier) return putFor(base, found.matched, `${found.matched} vs ${earlier}`);
  const beside =
    other === undefined
      ? undefined
      : (findDates(other.toLowerCase(), calendar) ?? findDates(`in ${other.toLowerCase()}`, calendar));
  if (!found || !beside || other === undefined || other.length > beside.matched.length + 4) return undefined;
  return putFor(base, found.matched, `${found.matched} vs ${other}`);
}

/** "any year", "of all time": the period falls away. */
export function anyTime({ base, change, calendar }: Change): string | undefined {
  if (
    !/^(?:(?:for |in |of |from )?(?:any|all) (?:time|times|years?|periods?|months?|dates?)|ever|overall)$/i.test(change)
  )
    return undefined;
  const asked = findDates(base.toLowerCase(), calendar);
  return asked && putFor(base, asked.matched, '').replace(/\s+/g, ' ').trim();
}

/** "what about the open ones", "how much is still open": the same of others. */
export function sameOf({ base, change }: Change): string | undefined {
  const [, state] =
    /^how (?:much|many) (?:of (?:it|them|that|those) )?(?:is|are|was|were) (?:still |already |not yet )?([\p{L}]+(?: [\p{L}]+)?)$/iu.exec(
      change,
    ) ?? [];
  return state === undefined || /^(?:that|those|these|they|there|it|this)$/i.test(state)
    ? undefined
    : beforeOrder(/^how many/i.test(change) ? (countOf(base) ?? base) : base, ` for ${state}`);
}

/** "2 rooms or more", "more than 3 seats": a bound, however long. */
export function bounded({ base, change, led }: Change): string | undefined {
  if ((led && /^\d+ .+ or (?:more|less|fewer)$/i.test(change)) || /^(?:more|less|fewer) than \d/i.test(change))
    return beforeOrder(base, ` with ${change}`);
  // "only departments with more than 25 people"
  const [, those] = /^(?:the |those )?[\p{L}]+ (with (?:more|less|fewer|at least|at most) .+)$/iu.exec(change) ?? [];
  if (led && those !== undefined) return beforeOrder(base, ` ${those}`);
  // "day rate over 900"
  const [, own] =
    /^(?:the |with |their )?((?:[\p{L}]+ ){1,3}(?:over|under|above|below|at least|at most|more than|less than) \d[\d.,]*k?(?: [\p{L}]+)?)$/iu.exec(
      change,
    ) ?? [];
  if (own !== undefined && !BEGINS.test(own)) return beforeExclusion(base, ` with ${own}`);
  // "over 30000", of what is shown
  const [, shown] = /^(?:over|under|above|below)(?= \d)/i.test(change)
    ? (/ with (?:their|the|its) ([\p{L}]+)$/iu.exec(base) ?? [])
    : [];
  return shown === undefined ? undefined : `${base} with ${shown} ${change}`;
}

/** "leave out Books", "excluding web", "no returns". */
export function withoutSome({ base, change }: Change): string | undefined {
  const [, out] =
    /^(?:leave out|without|excluding|exclude|except(?: for)?|other than|not|no|drop|skip|minus) (?:the )?(.+)$/i.exec(
      change,
    ) ?? [];
  if (out === undefined) return undefined;
  // "not yet approved ones"
  if (/^yet /i.test(out)) return beforeOrder(base, ` that are not ${out.replace(/ ones?$/i, '')}`);
  return beforeOrder(base, ` excluding ${out.replace(/ ones?$/i, '')}`);
}

const CONDITION =
  /^(?!since when)(?:for|in|from|at|on|to|with|where|of|under|over|above|below|between|since|before|after|that|as|[\p{L}]{3,}ed(?= (?:\d|at least|at most|more|less|over|under|since|before|after))) .+$/iu;
export const condition = ({ base, change }: Change) =>
  CONDITION.test(change) && !/\?/.test(change) ? beforeExclusion(base, ` ${change}`) : undefined;

/** So many words may change the question before without a word that says how. */
const SHORT = 3;

/** "who joined this year", "those that started in May": what else is true of those that were asked about. */
export function thoseWho({ base, change, calendar }: Change): string | undefined {
  const [, did] =
    /^(?:those |the ones )?(?:who|that|which) (?:(?:was|were|have|had) )?([\p{L}]+ed(?: up)? .+)$/iu.exec(change) ?? [];
  const found = did === undefined ? undefined : findDates(did.toLowerCase(), calendar);
  if (!found || !did?.toLowerCase().endsWith(found.matched) || MEASURE.test(base)) return undefined;
  return did.slice(0, -found.matched.length).trim().split(' ').length > SHORT
    ? undefined
    : beforeOrder(base, ` ${did}`);
}

/** "Spain", "only urgent ones", "women": what else they are to be. */
export function narrowed({ base, change, only }: Change): string | undefined {
  const words = change.replace(/ ones?$/i, '');
  if (
    BEGINS.test(words) ||
    words.split(' ').length > SHORT ||
    /\b(?:when|why|who|what|which|how|it|that)\b/.test(words) ||
    /^(?:thanks|thank you|hi|hello|hey|help|yes|no)(?![\p{L}-])/iu.test(words)
  )
    return undefined;
  // "subject and agent only": no more than that is to be shown
  if (only && /^[\p{Ll}_]+(?:, [\p{Ll}_]+)* (?:and|&|\+) [\p{Ll}_]+$/u.test(words) && !GROUPING.test(base))
    return `${base.replace(LIST_AT_END, '')}: ${words}`;
  return beforeExclusion(base, ` for ${words}`);
}
