import { BEGINS, beforeOrder, type Change, COUNTS, GROUPING, LIST_AT_END, ORDER_AT_END } from './change.ts';

const MEASURES = 'total|sum|average|avg|mean|maximum|minimum|highest|lowest|median';
export const MEASURE = new RegExp(`\\b(?:${MEASURES})\\b`, 'i');

/** "I mean the total": another figure of the same. */
export function otherMeasure({ base, change }: Change): string | undefined {
  const [, measure] =
    new RegExp(`^(?:what(?:'s| is| was| are) )?(?:the )?(${MEASURES})(?: (?:one|value|figure))?$`, 'i').exec(change) ??
    [];
  if (measure === undefined || !MEASURE.test(base)) return undefined;
  return base.replace(MEASURE, measure);
}

/** A figure alone: "total amount", "average duration instead". */
const FIGURE = new RegExp(
  `^(?!.* (?:instead|rather|not|than) )(?:the |their )?(?:${MEASURES})(?: [\\p{L}]+){0,2} (?!first$|last$|ones?$)[\\p{L}]+$`,
  'iu',
);
/** The figure that a question begins with, up to what it is of. */
const FIGURE_FIRST = new RegExp(
  `^(?:the |what is the )?(?:${MEASURES}) [\\p{L} ]+?(?= (?:of|by|per|in|for|from|since|last|this|with|where|on|to|each)\\b|,|$)`,
  'iu',
);

/** "total amount" of what was listed or counted, or instead of what was reckoned. */
export function figureOf({ base, change }: Change): string | undefined {
  if (!FIGURE.test(change)) return undefined;
  if (FIGURE_FIRST.test(base)) return base.replace(FIGURE_FIRST, change);
  if (MEASURE.test(base)) return undefined;
  const things = base.replace(COUNTS, '');
  // "average refund" of refunds
  const [, word, noun = ''] = /^(?:the )?([\p{L}]+) ([\p{L}]+)$/iu.exec(change) ?? [];
  const named = new RegExp(`^${noun}(?:s|es)?(?![\\p{L}])`, 'iu');
  if (word !== undefined && !/^total$/i.test(word) && named.test(things)) return things.replace(named, change);
  if (things !== base || GROUPING.test(base)) return BEGINS.test(things) ? undefined : `${change} of ${things}`;
  return BEGINS.test(base) ? undefined : `${base.replace(ORDER_AT_END, '').replace(LIST_AT_END, '')}, ${change}`;
}

/** "how many orders", after a total of them or of something else: of the same, and never of all there are. */
export function howManyOf({ base, change }: Change): string | undefined {
  const [, thing] =
    /^how many ((?:different )?[\p{L}]+)(?: (?:is|are|were|was) (?:it|that|this|those|these))?$/iu.exec(change) ?? [];
  if (thing === undefined || /^(?:are|is|were|was|of|per)$/i.test(thing)) return undefined;
  if (FIGURE_FIRST.test(base)) return base.replace(FIGURE_FIRST, `how many ${thing}`);
  const things = base.replace(COUNTS, '');
  if (new RegExp(`(?<![\\p{L}])${thing}(?![\\p{L}])`, 'iu').test(things)) return countOf(base);
  return /ed$/i.test(thing) ? `${countOf(base) ?? base} for ${thing}` : `how many ${thing} of ${things}`;
}

/** "total seats instead of the count", "names, not the number": another figure of what was counted, or what it is called. */
export function insteadOfCount({ base, change }: Change): string | undefined {
  const [, now] =
    /^(?:the |their )?(.+?),? (?:instead of|rather than|not) (?:the |a |their )?(?:count|number|how many)s?$/i.exec(
      change,
    ) ?? [];
  if (now === undefined || MEASURE.test(base)) return undefined;
  const things = base.replace(COUNTS, '');
  return `${now} of ${/^(?:names?|titles?)$/i.test(now) ? things.replace(GROUPING, '') : things}`;
}

/** "total instead of average", "clicks, not impressions": what was said is exchanged for what is said now. */
export function exchanged({ base, change }: Change): string | undefined {
  const [, now, before] = /^(?:the )?(.+?),? (?:instead of|rather than|not) (?:the )?(.+)$/i.exec(change) ?? [];
  if (now === undefined || before === undefined) return undefined;
  const said = new RegExp(`(?<![\\p{L}\\p{N}])${escaped(before)}(?![\\p{L}\\p{N}])`, 'iu');
  const known = MEASURE.test(before) ? MEASURE : said;
  return known.test(base) ? base.replace(known, now) : undefined;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** "with their price too", "add the due date": shown besides. */
export function besides({ base, change, added, polite }: Change): string | undefined {
  const [, also] = added && GROUPING.test(base) ? (/^(?:the |their )?([\p{L}]+)$/u.exec(change) ?? []) : [];
  if (also !== undefined && also === also.toLowerCase())
    return MEASURE.test(base) || !/^[\p{L}]+ [\p{L}]+ (?:by|per) /u.test(base)
      ? beforeOrder(base, `, with their ${also}`)
      : base.replace(GROUPING, (by) => ` and ${also}${by}`);
  // "also show the customer", "hire date too", beside what is listed
  const [, more] =
    added && !GROUPING.test(base)
      ? (/^(?:show |add )?(?:me )?(?:the |their |its )?([\p{Ll}_]+(?: [\p{Ll}_]+){0,2})$/u.exec(change) ?? [])
      : [];
  if (more !== undefined && !BEGINS.test(more) && !/^(?:in|for|from|of|with|at|on|to|by|per)\b|ones?$/.test(more))
    return beforeOrder(base, `, with their ${more}`);
  const [, leads, shown] =
    /^(with|plus|add|adding|include|including|also show) (?:the |their |its )?(.+)$/i.exec(change) ??
    /^(their) (.+)$/i.exec(change) ??
    [];
  if (leads === undefined || shown === undefined || /\d|\b(?:than|between)\b/.test(shown)) return undefined;
  if (leads.toLowerCase() === 'with' && !added && !polite) return undefined;
  return beforeOrder(base, `, with their ${shown}`);
}

/** "which categories", of products that were listed: shown beside each. */
export function whichOf({ base, change }: Change): string | undefined {
  const [, shown] =
    /^(?:which|what) ([\p{L}]+)(?: (?:is|are|was|were) (?:it|that|they|those|these|he|she|this))?$/iu.exec(change) ??
    [];
  if (GROUPING.test(base)) return undefined;
  const isList = base.replace(COUNTS, '') === base && !MEASURE.test(base);
  if (shown === undefined || /^(?:is|are|ones?)$/i.test(shown)) return undefined;
  // of a number or a total, one for each
  return beforeOrder(base, isList ? `, with their ${shown}` : ` by ${shown}`);
}

/** "how many is that", "count them": as a number. */
export function counted({ base, change }: Change): string | undefined {
  if (
    !/^(?:how many|how many (?:is|are|were) (?:that|those|they|these|there|it)|how many(?: [\p{L}]+)? (?:is|are) (?:that|those|these)|count (?:them|those|these)|(?:as a |just the |the )?(?:count|number))$/iu.test(
      change,
    )
  )
    return undefined;
  return countOf(base, /^how many ([\p{L}]+)s (?:is|are)/iu.exec(change)?.[1]);
}

/** What was listed, as a number; of "invoice amount" the invoices, where they are said. */
export function countOf(base: string, thing?: string): string | undefined {
  if (/^how many\b/i.test(base)) return base;
  // of what was reckoned, the things are said
  if (thing !== undefined && FIGURE_FIRST.test(base)) return base.replace(FIGURE_FIRST, `how many ${thing}s`);
  const things = base
    .replace(
      /^(?:please )?(?:show|list|give|find|get|display)(?: me)?(?: all)?(?: the)? |^which |^what (?:are|were) the /i,
      '',
    )
    .replace(ORDER_AT_END, '')
    .replace(LIST_AT_END, '')
    .replace(/ with their [\p{L} ]+$/iu, '');
  if (BEGINS.test(things)) return undefined;
  const figure = new RegExp(`(?<![\\p{L}])${thing} [\\p{L}]+`, 'iu');
  return `how many ${thing === undefined ? things : things.replace(figure, `${thing}s`)}`;
}

/** "how much is that", "what does it add up to": the total of what was listed. */
export function totalOf({ base, change }: Change): string | undefined {
  const asks =
    /^(?:how much (?:is|are|was|were) (?:that|it|those|these|they|this)(?: in total| altogether| together| all)?|what (?:do|does) (?:that|it|they|those) (?:add|sum|come) up to|how much|(?:how much )?(?:in total|altogether)|sum (?:it|them) up|add (?:it|them) up|what(?:'s| is) the total)$/i;
  if (!asks.test(change) || MEASURE.test(base)) return undefined;
  const things = base.replace(COUNTS, '').replace(ORDER_AT_END, '').replace(LIST_AT_END, '');
  return BEGINS.test(things) ? undefined : `total of ${things}`;
}

/** "what share is that": of all, the rows that were counted. */
export function shareOf({ base, change }: Change): string | undefined {
  const things = base.replace(COUNTS, '');
  const asks =
    /^(?:what|which|and what) (?:share|percentage|percent|part|proportion)(?: of (?:the|all|them|those)[\p{L} ]*)? (?:is|are|was|were) (?:that|those|these|they|it)$/iu;
  return asks.test(change) && things !== base ? `what share of ${things}` : undefined;
}

/** "who are they", "show their names": what was counted, by what it is called. */
export function listed({ base, change }: Change): string | undefined {
  if (
    !/^(?:(?:who|which|what) (?:are|were|is|was) (?:they|those|these|that|it)|which ones?(?: (?:are|were) (?:they|those|these|that))?|(?:(?:a list of|list|name|show) )?(?:them|those|these)(?: all)?|(?:their|the)? ?names?(?: of (?:them|those|these))?)$/i.test(
      change,
    )
  )
    return undefined;
  const things = base.replace(COUNTS, '');
  if (things !== base) return GROUPING.test(things) ? undefined : `which ${things}`;
  if (/(?:them|those|these)/i.test(change) && GROUPING.test(base) && !MEASURE.test(base))
    return base.replace(GROUPING, '');
  return /name/i.test(change) ? beforeOrder(base, ', with their names') : undefined;
}
