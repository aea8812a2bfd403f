import { isKey } from './column-roles.ts';
import { inOrder, rule } from './frame-rule.ts';
import { capture, meaning, optional, part, pattern } from './pattern.ts';
import { NUMBER } from './sentence.ts';
import { SUPERLATIVES, type Superlative } from './superlatives.ts';

const CHART = '(?:chart|graph|plot|diagram|histogram)';

/** How the answer is to look, which is no part of a query: every answer that can be drawn is drawn. */
export const readDisplay = inOrder(
  // as written in plain form
  rule(pattern` rounded to ${capture('digits', NUMBER)} decimals(?= )`, ({ digits }, { frame, sentence }) => {
    frame.digits = sentence.numberAt(digits);
    return true;
  }),
  rule(
    pattern`(?: please)?(?: also)? (?:as|in|with|on) an? (?:(?:simple|little|nice) )?(?:(?:line|bar|column|pie|area) )?(?:${CHART}|table|list)(?= ·| $| ,| please)`,
    () => true,
  ),
  rule(
    pattern`^ (?:please )?(?:(?:make|draw|show|give|create)(?: me)? )?(?:an? )?(?:(?:line|bar|column|pie|area) )?(?:chart|graph|plot|diagram|histogram) (?:of |for )?(?=the |all |our |number |[a-z]+ |[CTBV]\d)`,
    () => true,
  ),
  rule(
    pattern`(?: ,| ·)?(?: please)?(?: also)?(?: as an?)? (?:line|bar|column|pie|area) ${CHART}(?= ·| $| ,| please)`,
    () => true,
  ),
  rule(
    pattern` (?:and |then )?(?:please )?(?:plot|chart|graph|draw|visuali[sz]e) (?:it|them|that|this)(?= ·| $| ,| as )`,
    () => true,
  ),
  rule(pattern` (?:pls|plz|ta|cheers|roughly|approximately|approx)(?= )`, () => true),
  rule(pattern`(?: ,)? if (?:you|we|one|that|it)(?: is)? (?:can|could|possible)(?= ·| $| ,)`, () => true),
  rule(pattern`(?: ,)? if possible(?= ·| $| ,)`, () => true),
  // "the whole of 2025", "last year (full)": a period is whole as it is
  rule(
    pattern`(?: ,)?(?: (?:in|for|during|over))?(?: the)? (?:whole|full|entire|complete|all)(?: of)?(?: the)?(?= D\d)`,
    () => true,
  ),
  rule(pattern`(?<= D\d+) (?:in )?(?:full|whole|altogether)(?= ·| $| ,)`, () => true),
  // "the item table", "allergy entries": rows of what is named
  rule(pattern`(?<= ${part`[TB]\d+`}) (?:tables?|entry|entries|records?|rows?)(?= ·| $| ,| [a-z])`, () => true),
  // "each name once", "without repeats"
  rule(
    pattern`(?: ,| ·)?(?: (?:list|show|name|give|return))?(?: (?:each|every)(?: one| [a-z]+| [CTB]\d+)?)?(?: (?:just|only))? ${capture('once', NUMBER)}(?= ·| $| ,)`,
    ({ once }, { frame, sentence }, { before }) => {
      // "visited at most once" says how often
      if (/(?: at most| at least| than| exactly)$/.test(before)) return false;
      if (sentence.wording(once).toLowerCase() !== 'once') return false;
      frame.distinct = true;
      return true;
    },
  ),
  // "…, names only": of whom it is, each once
  rule(pattern` ${capture('name', 'C\\d+')} only(?= $| ·)`, ({ name }, { frame, sentence }) => {
    if (!/^names?$/i.test(sentence.wording(name))) return false;
    frame.distinct = true;
    return { leaving: name };
  }),
  rule(
    pattern`(?: ,)? (?:without|with no|no) (?:any )?(?:repeats?|repetitions?|repeating|duplicates?|doubles)(?= ·| $| ,)`,
    (_, { frame }) => {
      frame.distinct = true;
      return true;
    },
  ),
);

const falling = (words: readonly string[]) => words.map((word) => [word, { descending: true, hints: [] }] as const);
const rising = (words: readonly string[]) => words.map((word) => [word, { descending: false, hints: [] }] as const);

/** What stands for a superlative where only the direction counts. */
const DEGREES: ReadonlyMap<string, Superlative> = new Map<string, Superlative>([
  ...SUPERLATIVES,
  ...falling(['most popular', 'most common', 'most frequent', 'busiest', 'slowest', 'most']),
  ...rising(['least popular', 'least common', 'fewest', 'least', 'bottom']),
]);

/** Superlatives of dates and ages: what they sort by is no figure that is reckoned. */
const ON_TIME = /^(?:date|year|age)$/;

/** "highest first", "the busiest on top": the rows are in that order, none is left out. */
export const readSortedFirst = inOrder(
  rule(
    pattern`(?:(?: ,)? (?:sorted|ordered|listed|ranked) by (?:the )?ones)?(?: ,| and| with| ·)?(?: (?:the|by))? ${meaning('degree', DEGREES)}(?: (?:${optional(capture('by', '[TCB]\\d+'))}|ones?|number|value|amount))?
      (?: first| on top| at the top| to the top)(?= ·| $| ,)`,
    ({ degree, by }, { frame, resolver }, { said }) => {
      if (ON_TIME.test(degree.hints[0] ?? '')) {
        const rising = /\b(?:oldest|earliest)\b/.test(said);
        frame.sorted = { descending: !rising, hints: degree.hints, byTime: true };
        return true;
      }
      const ref = by?.startsWith('C') ? resolver.column(by, frame.main) : undefined;
      // "the ones with the highest revenue first": by what is named
      if (ref?.column.kind === 'number' && / ones /.test(said) && !isKey(ref, resolver.catalog)) {
        frame.order.push({ measure: { kind: 'column', ref }, descending: degree.descending });
        return true;
      }
      frame.sorted = { descending: degree.descending, hints: degree.hints };
      return true;
    },
  ),
  // "average salary by department, lowest 3"
  rule(
    pattern`(?: ,| ·)(?: only)?(?: the)? ${meaning('degree', DEGREES)} ${capture('count', NUMBER)}(?: (?:ones?|of them))?(?= $)`,
    ({ degree, count }, { frame, sentence }) => {
      if (ON_TIME.test(degree.hints[0] ?? '')) return false;
      frame.sorted = { descending: degree.descending, hints: degree.hints };
      frame.limit = sentence.numberAt(count);
      return true;
    },
  ),
  rule(
    pattern`(?: ,| and| ·)? (?:sort|sorted|order|ordered|ranked|rank)(?: (?:them|it))? (?:by|on) (?:the )?(?:number|count|total|amount|size)
      (?:(?: in)? ${optional(capture('direction', 'descending|desc|ascending|asc'))}(?: order)?)?(?= ·| $| ,)`,
    ({ direction = 'desc' }, { frame }) => {
      frame.sorted = { descending: direction.startsWith('desc') };
      return true;
    },
  ),
  rule(
    pattern`(?: ,| and| ·)? (?:sort|sorted|order|ordered|ranked|rank)(?: (?:them|it))?(?: in)? ${capture('direction', 'descending|desc|high to low|low to high')}
      (?: order)?(?= ·| $| ,)`,
    ({ direction }, { frame }) => {
      frame.sorted = { descending: !direction.startsWith('low') };
      return true;
    },
  ),
);
