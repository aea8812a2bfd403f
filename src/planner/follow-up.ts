import type { Calendar } from '#src/domain/calendar.ts';
import { findDates } from './dates.ts';
import { part } from './pattern.ts';

const LEAD = new RegExp(
  part`^(?:(?:and|or|but|so|ok|okay|no|then|now|also|what about|how about|what if|show(?: me)?|give me|make (?:it|that)
    |do (?:it|that)|only|just|instead|the same|same|please|i mean|i meant|rather)[ ,]+)+`,
  'i',
);
/** "instead of units": kept for what it exchanges. */
const INSTEAD_OF = / instead of (?:the )?([^?.!]+)(?=[ ?.!]*$)/i;
const TAIL = /[ ,]*(?:instead|too|as well|please|pls|again|then|though|now|only|rather)?[ ?.!]*$/i;

/** How whole questions begin; what begins otherwise and is short changes the one before. */
const BEGINS =
  /^(?:what|which|who|whose|whom|how|when|where|why|show|list|give|find|count|tell|compare|get|display|is|are|was|were|do|does|did|can|could|i|we|please|top|total|average|number)\b/i;
/** So many words may change the question before without a word that says how. */
const SHORT = 3;

/** What a question is grouped by. */
const GROUPING = new RegExp(
  part` (?:by|per|for each|for every|in each|of each) (?:the )?[\p{L}_]+(?: [\p{L}_]+)?
    (?= (?:in|for|from|since|last|this|top|with|where|excluding|over|under|before|after|[\p{L}]+ed)\b|,|$)`,
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

/** Where a reply asks for two changes: "all segments again, but last month", "their names – for Norway". */
const TWO = /,? but | [–-] |; /i;

/** The earlier question with what a short reply changes of it; undefined for a reply that is a new question. */
export function revise(earlier: string, reply: string, calendar: Calendar): string | undefined {
  const [one = '', ...more] = reply.trim().split(TWO);
  const changed = more.length === 1 && one ? reviseOnce(earlier, one, calendar) : undefined;
  const both = changed === undefined ? undefined : reviseOnce(changed, more[0] ?? '', calendar);
  return both ?? reviseOnce(earlier, reply, calendar);
}

function reviseOnce(earlier: string, reply: string, calendar: Calendar): string | undefined {
  const led = LEAD.test(reply.trim());
  const body = reply.trim().replace(LEAD, '').replace(INSTEAD_OF, ' instead of $1');
  const change = withoutTail(body).trim();
  const added = /(?:too|as well|also|please|pls|besides)[ ?.!]*$/i.test(reply);
  const base = earlier.replace(/[?.! ]+$/, '');
  if (!change) return undefined;
  for (const way of WAYS) {
    const revised = way({ base, change, led, added, calendar });
    if (revised !== undefined) return revised;
  }
  return undefined;
}

function withoutTail(text: string): string {
  const shorter = text.replace(TAIL, '');
  return shorter === text ? text : withoutTail(shorter);
}

interface Change {
  readonly base: string;
  readonly change: string;
  /** It began with a word that leads on: "and", "only", "I mean". */
  readonly led: boolean;
  /** It ended in a word that says that it comes besides: "too", "as well", or is said to be shown. */
  readonly added: boolean;
  readonly calendar: Calendar;
}

/** "and last year?", "2024", "april": another period. */
function otherPeriod({ base, change, calendar }: Change): string | undefined {
  const lower = change.toLowerCase();
  const alone = findDates(lower, calendar);
  const found = alone ?? findDates(`in ${lower}`, calendar);
  if (!found || change.length > found.matched.length + 6 || /^(?:excluding|except|without|not)\b/i.test(change))
    return undefined;
  const said = alone && !/^\d{4}$/.test(change) ? change : `in ${change}`;
  const before = findDates(base.toLowerCase(), calendar);
  if (!before) return `${base} ${said}`;
  const at = base.toLowerCase().indexOf(before.matched);
  return `${base.slice(0, at)}${said}${base.slice(at + before.matched.length)}`;
}

/** How many the first are: "the three best paid", "fastest 5", "5 agents with the lowest salary". */
const SO_MANY =
  /(?:(?<=^(?:the )?)|(?<=(?:best|worst|[\p{L}]+est) ))(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twenty)(?= |$)/iu;
const FROM_AN_END = /(?<=, )(?:best|worst|bottom|[\p{L}]+est) (?:\d+|[a-z]+)$/iu;
const LIMIT =
  /^(?:the )?(?:(top|first|best) )?(\d+|two|three|four|five|six|seven|eight|nine|ten|twenty)(?: (?:of them|rows|results))?$/i;

/** "only the top 3", "make it ten". */
function otherLimit({ base, change, led }: Change): string | undefined {
  const [, top, count] = LIMIT.exec(change) ?? [];
  if (count === undefined || (top === undefined && !led)) return undefined;
  const ranked = /\btop (?:\d+|\w+)/i;
  if (ranked.test(base)) return base.replace(ranked, `top ${count}`);
  if (top !== undefined && FROM_AN_END.test(base)) return base.replace(FROM_AN_END, `top ${count}`);
  return SO_MANY.test(base) ? base.replace(SO_MANY, count) : `${base} top ${count}`;
}

/** "by country instead", "per month". */
function otherGrouping({ base: asked, change }: Change): string | undefined {
  const [, what = '', by] =
    /^((?:count|number|how many (?:is|are) (?:it|that|those|these)|it|that|them|these|those) )?(?:(?:grouped |broken down |split |counted )?by|per|for each|for every) (.+?)(?: (?:rather than|instead of) .*)?$/i.exec(
      change,
    ) ?? [];
  if (by === undefined) return undefined;
  // "count by region" of what was listed
  const base = /^(?:count|number|how many)/i.test(what) ? (countOf(asked) ?? asked) : asked;
  return GROUPING.test(base) ? base.replace(GROUPING, ` by ${by}`) : `${base} by ${by}`;
}

const MEASURES = 'total|sum|average|avg|mean|maximum|minimum|highest|lowest|median';
const MEASURE = new RegExp(`\\b(?:${MEASURES})\\b`, 'i');

/** "I mean the total": another figure of the same. */
function otherMeasure({ base, change }: Change): string | undefined {
  const [, measure] =
    new RegExp(`^(?:what(?:'s| is| was| are) )?(?:the )?(${MEASURES})(?: (?:one|value|figure))?$`, 'i').exec(change) ??
    [];
  if (measure === undefined || !MEASURE.test(base)) return undefined;
  return base.replace(MEASURE, measure);
}

/** "total amount" of what was listed: its figure instead of its rows. */
function figureOf({ base, change }: Change): string | undefined {
  if (!new RegExp(`^(?:the |their )?(?:${MEASURES}) [\\p{L}]+(?: [\\p{L}]+)?$`, 'iu').test(change)) return undefined;
  if (MEASURE.test(base) || GROUPING.test(base) || /^(?:how|number|count)\b/i.test(base)) return undefined;
  return `${base.replace(ORDER_AT_END, '').replace(LIST_AT_END, '')}, ${change}`;
}

/** "total seats instead of the count", "names, not the number": another figure of what was counted, or what it is called. */
function insteadOfCount({ base, change }: Change): string | undefined {
  const [, now] =
    /^(?:the |their )?(.+?),? (?:instead of|rather than|not) (?:the |a |their )?(?:count|number|how many)s?$/i.exec(
      change,
    ) ?? [];
  if (now === undefined || MEASURE.test(base)) return undefined;
  const things = base.replace(COUNTS, '');
  return `${now} of ${/^(?:names?|titles?)$/i.test(now) ? things.replace(GROUPING, '') : things}`;
}

const COUNTS = /^(?:how many|(?:the |what is the )?(?:total )?(?:number|count) of) /i;

/** "total instead of average", "clicks, not impressions": what was said is exchanged for what is said now. */
function exchanged({ base, change }: Change): string | undefined {
  const [, now, before] = /^(?:the )?(.+?),? (?:instead of|rather than|not) (?:the )?(.+)$/i.exec(change) ?? [];
  if (now === undefined || before === undefined) return undefined;
  const said = new RegExp(`(?<![\\p{L}\\p{N}])${escaped(before)}(?![\\p{L}\\p{N}])`, 'iu');
  const known = MEASURE.test(before) ? MEASURE : said;
  return known.test(base) ? base.replace(known, now) : undefined;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** "with their price too", "add the due date": shown besides. */
function besides({ base, change, added }: Change): string | undefined {
  const [, also] = added && GROUPING.test(base) ? (/^(?:the |their )?([\p{L}]+)$/u.exec(change) ?? []) : [];
  if (also !== undefined && also === also.toLowerCase()) return beforeOrder(base, `, with their ${also}`);
  const [, leads, shown] =
    /^(with|plus|add|adding|include|including|also show) (?:the |their |its )?(.+)$/i.exec(change) ?? [];
  if (leads === undefined || shown === undefined || /\d|\b(?:than|between)\b/.test(shown)) return undefined;
  if (leads.toLowerCase() === 'with' && !added) return undefined;
  return beforeOrder(base, `, with their ${shown}`);
}

/** "any year", "of all time": the period falls away. */
function anyTime({ base, change, calendar }: Change): string | undefined {
  if (
    !/^(?:(?:for |in |of |from )?(?:any|all) (?:time|times|years?|periods?|months?|dates?)|ever|overall)$/i.test(change)
  )
    return undefined;
  const before = findDates(base.toLowerCase(), calendar);
  if (!before) return undefined;
  const at = base.toLowerCase().indexOf(before.matched);
  return `${base.slice(0, at)}${base.slice(at + before.matched.length)}`.replace(/\s+/g, ' ').trim();
}

/** "how many is that", "count them": as a number. */
function counted({ base, change }: Change): string | undefined {
  if (
    !/^(?:how many|how many (?:is|are|were) (?:that|those|they|these|there|it)|how many(?: [\p{L}]+)? (?:is|are) (?:that|those|these)|count (?:them|those|these)|(?:as a|just the) (?:count|number))$/iu.test(
      change,
    )
  )
    return undefined;
  return countOf(base, /^how many ([\p{L}]+)s (?:is|are)/iu.exec(change)?.[1]);
}

/** What was listed, as a number; of "invoice amount" the invoices, where they are said. */
function countOf(base: string, thing?: string): string | undefined {
  if (/^how many\b/i.test(base)) return base;
  const things = base
    .replace(
      /^(?:please )?(?:show|list|give|find|get|display)(?: me)?(?: all)?(?: the)? |^which |^what (?:are|were) the /i,
      '',
    )
    .replace(ORDER_AT_END, '')
    .replace(LIST_AT_END, '')
    .replace(/ with their [\p{L} ]+$/iu, '')
    .replace(new RegExp(`(?<![\\p{L}])${thing ?? '\\p{N}'} [\\p{L}]+`, 'iu'), `${thing}s`);
  return BEGINS.test(things) ? undefined : `how many ${things}`;
}

/** "what share is that": of all, the rows that were counted. */
function shareOf({ base, change }: Change): string | undefined {
  const things = base.replace(COUNTS, '');
  const asks =
    /^(?:what|which|and what) (?:share|percentage|percent|part|proportion)(?: of (?:the|all|them|those)[\p{L} ]*)? (?:is|are|was|were) (?:that|those|these|they|it)$/iu;
  return asks.test(change) && things !== base ? `what share of ${things}` : undefined;
}

const EXTREME = /(?<![\p{L}])(?:most|least|fewest|best|worst|[\p{L}]{2,}est)(?![\p{L}])/iu;

/** "fastest 5", "only the lowest three": the first of what is reckoned, from that end. */
function firstOf({ base, change }: Change): string | undefined {
  const [, end, count] =
    /^(?:the )?([\p{L}]+est|best|worst|bottom) (\d+|two|three|five|ten)(?: ones)?$/iu.exec(change) ?? [];
  return end === undefined || !GROUPING.test(base) || EXTREME.test(base)
    ? undefined
    : `${base.replace(ORDER_AT_END, '')}, ${end} ${count}`;
}

/** "shortest instead", "and the 10 least read": the other end. */
function otherEnd({ base, change }: Change): string | undefined {
  const [, count, now] = /^(?:the )?(?:(\d+) )?([\p{L}]+)(?: [\p{L}]+)?$/u.exec(change) ?? [];
  const before = EXTREME.exec(base)?.[0];
  if (now === undefined || before === undefined || now.replace(EXTREME, '') || now.toLowerCase() === before)
    return undefined;
  const turned = base.replace(EXTREME, now);
  return count === undefined ? turned : turned.replace(/\d+/, count);
}

/** "what about the open ones", "how much is still open": the same of others. */
function sameOf({ base, change }: Change): string | undefined {
  const [, state] =
    /^how (?:much|many) (?:of (?:it|them|that|those) )?(?:is|are|was|were) (?:still |already |not yet )?([\p{L}]+)$/iu.exec(
      change,
    ) ?? [];
  return state === undefined || /^(?:that|those|these|they|there|it|this)$/i.test(state)
    ? undefined
    : beforeOrder(base, ` for ${state}`);
}

/** "who are they", "show their names": what was counted, by what it is called. */
function listed({ base, change }: Change): string | undefined {
  if (
    !/^(?:(?:who|which|what) (?:are|were|is|was) (?:they|those|these|that|it)|which ones?(?: (?:are|were) (?:they|those|these|that))?|(?:a list of )?(?:them|those|these)|(?:their|the)? ?names?(?: of (?:them|those|these))?)$/i.test(
      change,
    )
  )
    return undefined;
  const things = base.replace(COUNTS, '');
  if (things !== base) return GROUPING.test(things) ? undefined : `which ${things}`;
  return /name/i.test(change) ? beforeOrder(base, ', with their names') : undefined;
}

/** Columns that are listed at the end: ", name and city"; no condition. */
const LIST_AT_END =
  /(?:,| –| -|:) (?!(?:in|from|for|of|at|on|by|per|with(?! their)|that|who|which|where|since|before|after|excluding|only|not|total|sorted|ordered)\b)[\p{L}_ ,+&]+$/iu;
const ORDER_AT_END =
  /,? (?:(?:the )?[\p{L}]+(?: [\p{L}]+)? (?:first|on top)|(?:sorted|ordered|sort|order) by [\p{L} ]+)$/iu;

/** What is added stands before how rows are sorted. */
function beforeOrder(base: string, more: string): string {
  const [order = ''] = ORDER_AT_END.exec(base) ?? [];
  const rest = base.slice(0, base.length - order.length);
  const [list = ''] = LIST_AT_END.exec(rest) ?? /,? total$/i.exec(rest) ?? [];
  return `${rest.slice(0, rest.length - list.length)}${more}${list}${order}`;
}

/** "2 rooms or more", "more than 3 seats": a bound, however long. */
function bounded({ base, change, led }: Change): string | undefined {
  if ((led && /^\d+ .+ or (?:more|less|fewer)$/i.test(change)) || /^(?:more|less|fewer) than \d/i.test(change))
    return beforeOrder(base, ` with ${change}`);
  // "only departments with more than 25 people"
  const [, those] = /^(?:the |those )?[\p{L}]+ (with (?:more|less|fewer|at least|at most) .+)$/iu.exec(change) ?? [];
  if (led && those !== undefined) return beforeOrder(base, ` ${those}`);
  // "over 30000", of what is shown
  const [, shown] = /^(?:over|under|above|below)(?= \d)/i.test(change)
    ? (/ with (?:their|the|its) ([\p{L}]+)$/iu.exec(base) ?? [])
    : [];
  return shown === undefined ? undefined : `${base} with ${shown} ${change}`;
}

/** "leave out Books", "excluding web", "no returns". */
function withoutSome({ base, change }: Change): string | undefined {
  const [, out] =
    /^(?:leave out|without|excluding|exclude|except(?: for)?|other than|not|no|drop|skip|minus) (?:the )?(.+)$/i.exec(
      change,
    ) ?? [];
  if (out === undefined) return undefined;
  // "not yet approved ones"
  if (/^yet /i.test(out)) return beforeOrder(base, ` that are not ${out.replace(/ ones?$/i, '')}`);
  return beforeOrder(base, ` excluding ${out.replace(/ ones?$/i, '')}`);
}

const SORTED =
  /^(?:sort|order|rank)(?:ed)? by |^(?:sort|order) (?:it|them)| (?:first|on top|at the top)$|^(?:ascending|descending|alphabetically)$/i;
const sorted = ({ base, change }: Change) =>
  SORTED.test(change) ? `${base.replace(ORDER_AT_END, '')}, ${change}` : undefined;

const CONDITION =
  /^(?:for|in|from|at|on|to|with|where|of|under|over|above|below|between|since|before|after|that|as|[\p{L}]{3,}ed(?= (?:\d|at least|at most|more|less|over|under|since|before|after))) .+$/iu;
const condition = ({ base, change }: Change) =>
  CONDITION.test(change) && !/\?/.test(change) ? beforeExclusion(base, ` ${change}`) : undefined;

/** "Spain", "only urgent ones", "women": what else they are to be. */
function narrowed({ base, change }: Change): string | undefined {
  const words = change.replace(/ ones?$/i, '');
  if (
    BEGINS.test(words) ||
    words.split(' ').length > SHORT ||
    /^(?:thanks|thank you|hi|hello|hey|help|yes|no)\b/i.test(words)
  )
    return undefined;
  return beforeExclusion(base, ` for ${words}`);
}

/** What is added is no part of what is shown besides, nor of what is left out. */
function beforeExclusion(base: string, more: string): string {
  const order = ORDER_AT_END.exec(base)?.[0] ?? '';
  const rest = base.slice(0, base.length - order.length);
  const [last = ''] = /(?: with their [\p{L} ]+?)?(?: excluding [\p{L}\p{N} ]+)?$/iu.exec(rest) ?? [];
  return last ? `${rest.slice(0, rest.length - last.length)}${more}${last}${order}` : beforeOrder(base, more);
}

/** The ways of changing a question, the surest first. */
const WAYS: readonly ((change: Change) => string | undefined)[] = [
  counted,
  listed,
  anyTime,
  otherPeriod,
  otherLimit,
  otherGrouping,
  otherMeasure,
  figureOf,
  shareOf,
  firstOf,
  otherEnd,
  sameOf,
  bounded,
  insteadOfCount,
  exchanged,
  besides,
  withoutSome,
  sorted,
  condition,
  narrowed,
];
