import { BEGINS, type Change, EXTREME, GROUPING, ORDER_AT_END } from './change.ts';
import { countOf } from './figures.ts';

/** How many the first are: "the three best paid", "fastest 5", "5 agents with the lowest salary". */
const SO_MANY =
  /(?:(?<=^(?:the )?)|(?<=(?:best|worst|[\p{L}]+est) ))(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twenty)(?= |$)/iu;
const FROM_AN_END = /(?<=, )(?:best|worst|bottom|[\p{L}]+est) (?:\d+|[a-z]+)$/iu;
const LIMIT =
  /^(?:the )?(?:(top|first|best) )?(\d+|two|three|four|five|six|seven|eight|nine|ten|twenty)(?: (?:of them|rows|results))?$/i;

/** "only the top 3", "make it ten". */
export function otherLimit({ base, change, led }: Change): string | undefined {
  const [, top, count] = LIMIT.exec(change) ?? [];
  if (count === undefined || (top === undefined && !led)) return undefined;
  const ranked = /\btop (?:\d+|\w+)/i;
  if (ranked.test(base)) return base.replace(ranked, `top ${count}`);
  if (top !== undefined && FROM_AN_END.test(base)) return base.replace(FROM_AN_END, `top ${count}`);
  return SO_MANY.test(base) ? base.replace(SO_MANY, count) : `${base} top ${count}`;
}

/** "by country instead", "per month". */
export function otherGrouping({ base: asked, change }: Change): string | undefined {
  const [, what = '', by] =
    /^((?:count|number|how many|how many (?:is|are) (?:it|that|those|these)|it|that|them|these|those) )?(?:(?:grouped |broken down |split |counted )?by|per|for each|for every) (.+?)(?: (?:rather than|instead of) .*)?$/i.exec(
      change,
    ) ?? [];
  if (by === undefined) return undefined;
  // "count by region" of what was listed
  const base = /^(?:count|number|how many)/i.test(what) ? (countOf(asked) ?? asked) : asked;
  return GROUPING.test(base) ? base.replace(GROUPING, ` by ${by}`) : `${base} by ${by}`;
}

/** "fastest 5", "only the lowest three": the first of what is reckoned, from that end. */
export function firstOf({ base, change }: Change): string | undefined {
  const [, end, count] =
    /^(?:the )?((?:(?:most|least) )?[\p{L}]+est|best|worst|bottom|(?:most|least) [\p{L}]+) (\d+|two|three|five|ten)(?: ones)?$/iu.exec(
      change,
    ) ?? [];
  return end === undefined || !GROUPING.test(base) || EXTREME.test(base)
    ? undefined
    : `${base.replace(ORDER_AT_END, '')}, ${end} ${count}`;
}

/** "who had the most", "which project got the lowest", "highest month": the first of the groups, by what is asked of them. */
export function firstGroup({ base, change }: Change): string | undefined {
  const [, who, end] =
    /^(?:and )?(who|which (?:one|[\p{L}]+)|what [\p{L}]+) (?:has|had|have|got|gets|did|does|was|is|were|are) (?:the )?(most|highest|biggest|largest|best|lowest|fewest|least|smallest|worst)$/iu.exec(
      change,
    ) ?? [];
  const [, alone, noun] = /^(?:the )?(highest|best|biggest|lowest|worst|smallest) ([\p{L}]+)$/iu.exec(change) ?? [];
  const said = end ?? alone;
  if (said === undefined || (alone !== undefined && !new RegExp(` (?:by|per) ${noun}\\b`, 'i').test(base)))
    return undefined;
  const [, thing] = /^(?:which|what) (?!one$)([\p{L}]+)$/iu.exec(who ?? '') ?? [];
  const grouped =
    thing === undefined ? base : GROUPING.test(base) ? base.replace(GROUPING, ` by ${thing}`) : `${base} by ${thing}`;
  if (!GROUPING.test(grouped) || EXTREME.test(base)) return undefined;
  const rest = grouped.replace(ORDER_AT_END, '');
  return /^(?:most|highest|biggest|largest|best)$/i.test(said) ? `${rest}, top 1` : `${rest}, lowest 1`;
}

/** "longest one", of what was listed. */
export function firstRow({ base, change }: Change): string | undefined {
  const [, end] =
    /^(?:which (?:one )?(?:is|was) )?(?:the )?((?:most |least )?[\p{L}]+?(?:est|ive|sive)|best|worst)(?: ones?)?$/iu.exec(
      change,
    ) ?? [];
  if (end === undefined || !/(?:est|best|worst|expensive)$/i.test(end)) return undefined;
  return BEGINS.test(base) || GROUPING.test(base) || EXTREME.test(base)
    ? undefined
    : `${end} ${base.replace(ORDER_AT_END, '')}`;
}

/** "shortest instead", "and the 10 least read": the other end. */
export function otherEnd({ base, change }: Change): string | undefined {
  const [, count, now] = /^(?:the )?(?:(\d+) )?([\p{L}]+)(?: [\p{L}]+)?$/u.exec(change) ?? [];
  const before = EXTREME.exec(base)?.[0];
  if (now === undefined || before === undefined || now.replace(EXTREME, '') || now.toLowerCase() === before)
    return undefined;
  const turned = base.replace(EXTREME, now);
  return count === undefined ? turned : turned.replace(/\d+/, count);
}

const SORTED =
  /^(?:sort|order|rank)(?:ed)? by |^(?:sort|order) (?:it|them)| (?:first|on top|at the top)$|^(?:ascending|descending|alphabetically)$/i;
const RISING: ReadonlyMap<string, string> = new Map(
  Object.entries({
    older: 'oldest',
    newer: 'newest',
    cheaper: 'cheapest',
    dearer: 'dearest',
    higher: 'highest',
    lower: 'lowest',
    larger: 'largest',
    bigger: 'biggest',
    smaller: 'smallest',
    longer: 'longest',
    shorter: 'shortest',
  }),
);
/** "older ones first" */
const superlative = (change: string) =>
  change.replace(
    /^(?:the )?([\p{L}]+er)(?: ones)?(?= (?:first|on top)$)/iu,
    (said, word) => RISING.get(word.toLowerCase()) ?? said,
  );

export const sorted = ({ base, change }: Change) =>
  SORTED.test(change) ? `${base.replace(ORDER_AT_END, '')}, ${superlative(change)}` : undefined;
