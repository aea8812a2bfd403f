import type { Table } from '#src/domain/catalog.ts';
import { ADDS_UP, isKey, mayMeasure } from './column-roles.ts';
import type { Frame, Measure } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';
import { isRelation } from './verbs.ts';

interface Superlative {
  readonly descending: boolean;
  /** Words of the column that is compared; none where the question names it ("highest salary"). */
  readonly hints: readonly string[];
}

const UP = ['age', 'length', 'duration', 'size', 'area', 'population', 'height', 'weight', 'price', 'cost', 'amount'];

/** What a superlative compares by and in which direction. */
const SUPERLATIVES: Readonly<Record<string, Superlative>> = {
  highest: { descending: true, hints: ['height', ...UP] },
  largest: { descending: true, hints: ['population', 'area', 'size', 'amount', 'total', 'capacity', ...UP] },
  biggest: { descending: true, hints: ['population', 'area', 'size', 'amount', 'total', 'capacity', ...UP] },
  greatest: { descending: true, hints: [] },
  maximum: { descending: true, hints: [] },
  max: { descending: true, hints: [] },
  most: { descending: true, hints: [] },
  best: { descending: true, hints: ['score', 'rating', 'rank'] },
  lowest: { descending: false, hints: [] },
  smallest: { descending: false, hints: ['population', 'area', 'size', 'amount', 'capacity', ...UP] },
  least: { descending: false, hints: [] },
  fewest: { descending: false, hints: [] },
  minimum: { descending: false, hints: [] },
  min: { descending: false, hints: [] },
  oldest: { descending: true, hints: ['age'] },
  youngest: { descending: false, hints: ['age'] },
  longest: { descending: true, hints: ['length', 'duration', 'distance', 'minutes', 'hours', 'time'] },
  shortest: { descending: false, hints: ['length', 'height', 'duration', 'distance', 'minutes', 'hours'] },
  tallest: { descending: true, hints: ['height', 'stories', 'floors'] },
  heaviest: { descending: true, hints: ['weight'] },
  lightest: { descending: false, hints: ['weight'] },
  cheapest: { descending: false, hints: ['price', 'cost', 'fee', 'rate', 'amount'] },
  'most expensive': { descending: true, hints: ['price', 'cost', 'fee', 'rate', 'amount'] },
  'least expensive': { descending: false, hints: ['price', 'cost', 'fee', 'rate', 'amount'] },
  newest: { descending: true, hints: ['date', 'year', 'created', 'at'] },
  latest: { descending: true, hints: ['date', 'year', 'time', 'created', 'at'] },
  'most recent': { descending: true, hints: ['date', 'year', 'time', 'created', 'at'] },
  earliest: { descending: false, hints: ['date', 'year', 'time', 'created', 'at'] },
  fastest: { descending: true, hints: ['speed'] },
  slowest: { descending: false, hints: ['speed'] },
  richest: { descending: true, hints: ['money', 'wealth', 'worth', 'income', 'salary'] },
  busiest: { descending: true, hints: [] },
};

const SUPERLATIVE = Object.keys(SUPERLATIVES)
  .sort((a, b) => b.length - a.length)
  .join('|');
const DIRECTION =
  '(ascending|descending|increasing|decreasing|alphabetical|alphabetic|lexicographical|lexicographic|chronological|asc|desc|reversed?(?: alphabetical| lexicographical| lexicographic)?)';
const falls = (word: string | undefined) => /^(desc|decreas|revers)/.test(word ?? '');
const COUNT_OF = '(?:number|count|amount|total number|total count|quantity)';

/** Reads sorting and superlatives: "ordered by …", "the three largest …", "with the most …". */
export function readOrder(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  readSorting(sentence, frame, resolver);
  readSuperlatives(sentence, frame, resolver);
  if (frame.order.length) sentence.take(/^ (?:sort|order|rank|arrange)(?= )/, () => true);
}

function readSorting(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  const by = (code: string | undefined, direction: string | undefined) => {
    const ref = resolver.column(code, frame.main);
    if (!ref) return false;
    frame.order.push({ measure: column(ref), descending: falls(direction) });
    return true;
  };
  /** "number of police officers" where a column holds that number. */
  const stored = (code: string | undefined) => {
    const ref = code?.startsWith('C') ? resolver.column(code, frame.main) : undefined;
    return ref?.column.kind === 'number' && !isKey(ref);
  };
  const SORT =
    '(?:and )?(?:sorted|ordered|sort|order|listed|ranked|arranged|rank|sorting)(?: (?:them|it|the results?|the list|the records?|results?|the names?))?';
  /** Not the "order" of "descending order by …": the patterns below read that whole. */
  const SORTED = `(?<!ascending|descending|increasing|decreasing|alphabetical) ${SORT}`;
  sentence.take(
    new RegExp(
      `${SORTED} (?:by|according to|based on|in terms of|in order of|on|using) (?:the )?${COUNT_OF} of (?:the |their )?([CTBV]\\d+)(?: (?:in|from) (?:the )?${DIRECTION}(?: order)?)?`,
    ),
    (match) => {
      if (stored(match[1])) return by(match[1], match[2]);
      frame.order.push({ measure: { kind: 'count', distinct: false }, descending: falls(match[2]) });
      const table = resolver.table(match[1]);
      if (table) frame.touched.add(table);
    },
  );
  sentence.take(
    new RegExp(
      `${SORTED} (?:by|according to|based on|in terms of|in order of|on|using) (?:the |their |its )*(?:values? of )?(?:the )?(?:${DIRECTION} )?(?:order of )?(?:the |their )?([CB]\\d+)(?:(?: ,)? (?:and |then )?(?:by )?(?:the |their )?([CB]\\d+))?(?: (?:values?|names?))?(?:(?: from| in)?(?: an?| the)? ?${DIRECTION}(?: alphabetical| lexicographic\\w*)?(?: order)?)?(?: from (?:the )?(\\w+) to (?:the )?(\\w+))?`,
    ),
    (match) => {
      const fromHigh = SUPERLATIVES[match[5] ?? '']?.descending ?? /^(high|large|old|long|most|z)/.test(match[5] ?? '');
      const direction = fromHigh ? 'desc' : (match[4] ?? match[1]);
      if (!by(match[2], direction)) return false;
      if (match[3]) by(match[3], direction);
      return true;
    },
  );
  // "ordered descending by price", "alphabetically"
  sentence.take(
    new RegExp(` ${SORT} ${DIRECTION} (?:order )?(?:by|of|in) (?:the )?(?:amount of )?([CB]\\d+)`),
    (match) => by(match[2], match[1]),
  );
  sentence.take(/(?: (?:sorted|ordered|listed))? alphabetically(?: by (?:the |their )?([CB]\d+))?/, (match) => {
    if (match[1]) return by(match[1], 'asc');
    frame.order.push({ measure: { kind: 'all-columns' }, descending: false });
    return true;
  });
  // "in order of price", "by price in descending order"
  sentence.take(
    new RegExp(
      ` in (?:the )?order of (?:the |their )?([CB]\\d+)(?: and (?:the |their )?([CB]\\d+))?(?: in (?:an? |the )?${DIRECTION}(?: order)?)?`,
    ),
    (match) => by(match[1], match[3]) && (!match[2] || by(match[2], match[3])),
  );
  sentence.take(new RegExp(` by (?:the |their )?([CB]\\d+) in (?:an? |the )?${DIRECTION}(?: order)?`), (match) =>
    by(match[1], match[2]),
  );
  sentence.take(
    new RegExp(
      `(?:${SORTED})? (?:in|by) (?:the |an? )?${DIRECTION}(?: alphabetical| alphabetic| lexicographic\\w*)?(?: order(?:ing)?)?(?: (?:of|by|according to|using) (?:the |their |its )*(${COUNT_OF} of )?(?:the )?([CTB]\\d+)(?: and (?:the )?([CB]\\d+))?)?`,
    ),
    (match) => {
      if (match[2]) {
        if (stored(match[3])) return by(match[3], match[1]);
        frame.order.push({ measure: { kind: 'count', distinct: false }, descending: falls(match[1]) });
        const table = resolver.table(match[3]);
        if (table) frame.touched.add(table);
        return true;
      }
      if (match[3]) return by(match[3], match[1]) && (!match[4] || by(match[4], match[1]));
      frame.order.push({ measure: { kind: 'all-columns' }, descending: falls(match[1]) }); // by what is listed
      return true;
    },
  );
  sentence.take(
    new RegExp(
      `(?:${SORTED})? ?from (?:the )?(${SUPERLATIVE}|high|low|highest) to (?:the )?(?:${SUPERLATIVE}|high|low)`,
    ),
    (match) => {
      const superlative = SUPERLATIVES[match[1]!] ?? { descending: match[1] === 'high', hints: [] };
      const ref = resolver.hinted(frame.main ?? resolver.named[0], superlative.hints, ['number', 'date', 'timestamp']);
      const last = frame.order.at(-1);
      if (last) frame.order[frame.order.length - 1] = { ...last, descending: superlative.descending };
      else if (ref) frame.order.push({ measure: column(ref), descending: superlative.descending });
      else return false;
      return true;
    },
  );
}

function readSuperlatives(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  const limitTo = (code: string | undefined) => {
    frame.limit = code ? sentence.token(code).value! : 1;
  };
  const rank = (measure: Measure, descending: boolean, code?: string) => {
    frame.order.push({ measure, descending });
    if (code || frame.limit === undefined) limitTo(code);
  };
  const labelOf = (table: Table | undefined) => (table ? resolver.label(table) : undefined);
  // "the last 5 orders": the newest by their own date
  sentence.take(/ (?:the |our )?(?:last|latest|newest|most recent) (N\d+)?(?= ([TB]\d+))/, (match) => {
    const table = resolver.table(match[2]);
    const date = table && resolver.eventDate(table);
    if (!date || (match[0].includes('last') && !match[1])) return false;
    rank(column(date), true, match[1]);
    return true;
  });
  // "registered most recently": the newest by the date of what is spoken of
  sentence.take(/ (?:the )?(N\d+ )?(?:most|least) recently(?= )/, (match) => {
    const tables = [frame.main, ...resolver.named].filter((table) => table !== undefined);
    const date = tables.map((table) => resolver.eventDate(table)).find((found) => found !== undefined);
    if (!date) return false;
    rank(column(date), match[0].includes('most'), match[1]?.trim());
    return true;
  });
  // "the most common country", "the language used most often"
  sentence.take(/ (?:the )?(N\d+ )?(most|least) (?:common|popular|frequent|frequently used|used) ([CTB]\d+)/, (match) =>
    popular(match[3]!, match[2] === 'most', match[1]?.trim()),
  );
  sentence.take(
    / ([CB]\d+) (?:that |which )?(?:is |are |was )?(?:the )?(?:used |appears? |spoken )?(?:the )?(most|least) (?:common|popular|frequent|often|frequently)(?:ly)?(?: used)?/,
    (match) => popular(match[1]!, match[2] === 'most', undefined),
  );
  function popular(code: string, most: boolean, count: string | undefined): boolean {
    const ref = resolver.column(code, frame.main) ?? labelOf(resolver.table(code));
    if (!ref) return false;
    const named = new RegExp(`([CB]\\d+) of (?:the )?(?:N\\d+ )?(?:most|least) \\w+ ${code}`).exec(sentence.text);
    if (!named) frame.items.push(column(ref));
    frame.groups.push({ kind: 'column', ref });
    rank({ kind: 'count', distinct: false }, most, count);
    return true;
  }

  // "with the highest average salary": ranked by a measure of each
  const measured = (code: string, word: string): Measure | undefined => {
    const ref = resolver.column(code, frame.main);
    const name = /^(total|overall|combined)$/.test(word) ? 'sum' : 'avg';
    return ref && mayMeasure(ref, name, resolver.catalog) ? { kind: 'aggregate', name, ref } : undefined;
  };
  sentence.take(
    / (?:that |who |which |and )?(?:with|has|have|had|having|by|of) (?:the |an? )?(highest|largest|greatest|biggest|most|lowest|smallest|least) (total|average|avg|mean|combined) (?:amount of |number of )?([CB]\d+)/,
    (match) => {
      const measure = measured(match[3]!, match[2]!);
      if (!measure) return false;
      rank(measure, SUPERLATIVES[match[1]!]!.descending);
      return true;
    },
  );

  // "with the most students", "that has the highest number of orders", "with the highest salary"
  const HAS =
    '(?:that |who |which |and )?(?:with|has|have|had|having|by|in terms of|based on|in order of|offers?|offering|received?|made|placed|got|owns?|contains?|produces?|hosted|gives?|of)';
  sentence.take(
    new RegExp(
      ` ${HAS} (?:the )?(N\\d+ )?(${SUPERLATIVE})(?: ${COUNT_OF} of)? (?:different )?([CTB]\\d+)(?: on record| recorded| overall| in total)?`,
    ),
    (match) => {
      const superlative = SUPERLATIVES[match[2]!]!;
      const counting = new RegExp(`${COUNT_OF} of`).test(match[0]);
      const ranked = rankBy(match[3]!, superlative.descending, counting || /^(most|fewest|least)$/.test(match[2]!));
      if (ranked && match[1]) limitTo(match[1].trim());
      return ranked;
    },
  );
  function rankBy(code: string, descending: boolean, counting: boolean): boolean {
    const ref = resolver.column(code, frame.main);
    const table = resolver.table(code);
    const numeric =
      ref &&
      (ref.column.kind === 'number' || ref.column.kind === 'date' || ref.column.kind === 'timestamp') &&
      !isKey(ref);
    if (numeric && !(counting && table && code.startsWith('T'))) {
      rank(column(ref), descending, undefined);
      return true;
    }
    if (!counting) return false;
    if (table && code[0] !== 'C') frame.touched.add(table);
    else if (ref) frame.touched.add(ref.table);
    else return false;
    rank({ kind: 'count', distinct: false }, descending);
    return true;
  }
  // "registered for the most courses", "where the most accidents happened"
  sentence.take(
    / (?:that |who |which |and |where )?(?:([a-z]+) )?(?:for |in |on |by |to )?(?:the )?(most|fewest|least)(?: number of| amount of)? ([TB]\d+)/,
    (match) => {
      const tied = match[1] === undefined ? /where/.test(match[0]) : isRelation(match[1]);
      return tied && rankBy(match[3]!, match[2] === 'most', true);
    },
  );
  // "trips with the top 3 durations"
  sentence.take(/ (?:with|having) (?:the )?(?:top|highest|largest) (N\d+) (?:highest |largest )?([CB]\d+)/, (match) => {
    const ref = resolver.column(match[2], frame.main);
    if (ref?.column.kind !== 'number' || isKey(ref)) return false;
    rank(column(ref), true, match[1]);
    return true;
  });
  // "top 3 products by revenue", "the 5 cities with the largest population"
  sentence.take(/ (?:the )?(?:top|first|best) (N\d+)?(?= [CTBVQ·]\d*| \w+ [CTB]\d+)/, (match) => {
    if (match[0].includes('first') && !match[1]) return false;
    limitTo(match[1]);
    return true;
  });
  sentence.take(/ (?:the )?(?:top|best|first) (N\d+)(?= $| ·| D\d| by | in | for | from )/, (match) =>
    limitTo(match[1]),
  );
  if (frame.limit !== undefined && frame.order.length === 0) {
    sentence.take(
      / (?:by|in terms of|based on|according to|ranked by|in) (?:the |their )?(?:(total|overall|combined|average|avg|mean) )?([CB]\d+)/,
      (match) => {
        const ref = resolver.column(match[2], frame.main);
        if (ref?.column.kind !== 'number') return false;
        // several rows of it for each thing ranked: they are added up, or averaged where the question says so
        const many = resolver.isMany(frame.main, ref.table);
        if (many && !match[1] && !ADDS_UP.test(ref.column.name)) return false;
        const measure = many || match[1] ? measured(match[2]!, match[1] ?? 'total') : column(ref);
        if (!measure) return false;
        frame.order.push({ measure, descending: true });
        return true;
      },
    );
    sentence.take(
      new RegExp(` (?:by|in terms of|based on|according to) (?:the |their )?(?:${COUNT_OF} of )?(?:the )?([TB]\\d+)`),
      (match) => {
        const table = resolver.table(match[1]);
        if (!table) return false;
        frame.touched.add(table);
        frame.order.push({ measure: { kind: 'count', distinct: false }, descending: true });
        return true;
      },
    );
  }
  // "the youngest student", "the three largest cities", "the oldest"
  sentence.take(new RegExp(` (?:the )?(?:top )?(N\\d+ )?(${SUPERLATIVE})(?= [TB]\\d+)`), (match) => {
    const superlative = SUPERLATIVES[match[2]!]!;
    const after = new RegExp(`${escapePattern(match[0])} ([TB]\\d+)`).exec(sentence.text);
    const ref = resolver.hinted(resolver.table(after?.[1]), superlative.hints, ['number', 'date', 'timestamp']);
    if (!ref) return false;
    rank(column(ref), superlative.descending, match[1]?.trim());
    return true;
  });
  sentence.take(
    new RegExp(
      ` (?:(?:that |who |which )?(?:is|are|was|were) )?(?:the )(${SUPERLATIVE})(?= ·| $| ,| ${'\\w'}+ $| among)`,
    ),
    (match) => {
      const superlative = SUPERLATIVES[match[1]!]!;
      const ref = resolver.hinted(frame.main ?? resolver.named[0], superlative.hints, ['number', 'date', 'timestamp']);
      if (!ref) return false;
      rank(column(ref), superlative.descending);
      return true;
    },
  );
}

const column = (ref: ColumnRef): Measure => ({ kind: 'column', ref });
const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
