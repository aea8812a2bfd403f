import { isYear } from '#src/domain/column-meaning.ts';
import { ownPlaces } from '#src/domain/own-order.ts';
import { isKey, isRanked, mayMeasure } from './column-roles.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { anyOf, capture, oneOf, optional, part, pattern } from './pattern.ts';
import { COLUMN, NAME, type Taken } from './sentence.ts';
import { COUNT_OF, RANKED_KINDS, SUPERLATIVES } from './superlatives.ts';

const falls = (word: string | undefined) => /^(desc|decreas|revers)/.test(word ?? '');

/** Sorts by the column that a code names. */
function sortBy({ frame, resolver }: Reading, code: string, direction: string | undefined): boolean {
  const ref = resolver.column(code, frame.main);
  if (!ref) return false;
  const { name, kind, values } = ref.column;
  // Letters would put April before January.
  if (kind === 'text' && values.every((value) => /^[a-z ]+$/i.test(value)) && ownPlaces(values))
    frame.refused ??= `${ref.table.name}.${name} holds words that have an order of their own, by which I cannot sort.`;
  frame.order.push({ measure: { kind: 'column', ref }, descending: falls(direction) });
  return true;
}

/** Sorts by the number of what a code names: a column that holds that number ("number of police officers"), or rows. */
function sortByCount(reading: Reading, code: string, direction: string | undefined): boolean {
  const { frame, resolver } = reading;
  const ref = code.startsWith('C') ? resolver.column(code, frame.main) : undefined;
  if (ref?.column.kind === 'number' && !isKey(ref, resolver.catalog)) return sortBy(reading, code, direction);
  frame.order.push({ measure: { kind: 'count', distinct: false }, descending: falls(direction) });
  const table = resolver.table(code);
  if (table) frame.touched.add(table);
  return true;
}

/** "the number of people killed" of a column that holds it; people who are somewhere else are counted. */
function sortByNumberOf(reading: Reading, code: string, direction: string | undefined): boolean {
  const { frame, resolver } = reading;
  const ref = resolver.column(code, frame.main);
  if (ref?.column.kind !== 'number' || ref.table !== frame.main || isKey(ref, resolver.catalog)) return false;
  return sortBy(reading, code, direction);
}

/** "descending order of the total stock": by the figure that is shown, or bounded, of that column. */
function sortByFigure(reading: Reading, code: string, direction: string): boolean {
  const { frame, resolver } = reading;
  const ref = resolver.column(code, frame.main);
  const figure = [...frame.items, ...(frame.having ? [frame.having.measure] : [])].find(
    (item) => item.kind === 'aggregate' && item.ref.column === ref?.column,
  );
  if (!figure) return false;
  frame.order.push({ measure: figure, descending: falls(direction) });
  return true;
}

/** "sorted by their total credits", "by average price": by the figure of each, or the column that holds it. */
function sortByMeasure(reading: Reading, word: string, code: string, direction: string | undefined): boolean {
  const { frame, resolver } = reading;
  const ref = resolver.column(code, frame.main);
  const name = word === 'total' ? 'sum' : 'avg';
  if (!ref || !frame.main || !mayMeasure(ref, name, resolver.catalog)) return false;
  const many = resolver.isMany(frame.main, ref.table);
  if (!many && name === 'sum') return ref.table === frame.main && sortBy(reading, code, direction);
  if (many) frame.counted = ref.table;
  frame.order.push({ measure: { kind: 'aggregate', name, ref }, descending: falls(direction) });
  return true;
}

/** Sorts by what is listed. */
function sortByListed({ frame }: Reading, direction: string | undefined): true {
  frame.order.push({ measure: { kind: 'all-columns' }, descending: falls(direction) });
  return true;
}

const DIRECTIONS = part`ascendingly|descendingly|ascending|descending|increasing|decreasing|alphabetical|alphabetic|lexicographical|lexicographic
  |chronological|asc|desc|reversed?(?: alphabetical| lexicographical| lexicographic)?`;
const SORT = part`(?:and )?(?:sorted|ordered|sort|order|listed|ranked|arranged|rank|sorting)
  (?: (?:them|it|the results?|the list|the records?|results?|the names?))?`;
/** Not the "order" of "descending order by …": the patterns below read that whole. */
const SORTED = `(?<!ascending|descending|increasing|decreasing|alphabetical) ${SORT}`;
const BY = '(?:by|according to|based on|in terms of|in order of|on|using)';

const direction = capture('direction', DIRECTIONS);
const maybeDirection = optional(direction);
const column = capture('column', COLUMN);
/** What is ranked begins with the highest, where nothing else is said. */
const ranks = (said: string, direction: string | undefined): string | undefined =>
  direction ?? (/ rank(?:ed)?(?= )/.test(said) ? 'desc' : undefined);
const second = optional(capture('second', COLUMN));

const readSorted = inOrder(
  // "order all stations by the opening year"
  rule(
    pattern`^ (?:please )?(?:sort|order|rank|arrange) ${capture('whom', '(?:[a-z]+ )*[CTB]\\d+(?: [CTB]\\d+)?')} (?:by|according to) (?:the |their )?${column}
      (?:(?: in)?(?: an?| the)? ?${maybeDirection}(?: order)?)? $`,
    ({ whom, column, direction }, reading) => sortBy(reading, column, direction) && { leaving: whom },
  ),
  rule(
    pattern`${SORTED}(?: (?:the |these )?[CTB]\d+)? ${BY} (?:the |an? )?(?:${optional(capture('before', DIRECTIONS))} )?(?:order of (?:the )?)?${COUNT_OF} of (?:the |their )?
      (?:${optional(capture('whose', 'T\\d+'))} (?=C))?${capture('code', '[CTBV]\\d+')}
      (?: (?:in|from) (?:the |an? )?${maybeDirection}(?: order)?)?`,
    ({ before, whose, code, direction = before }, reading, { said }) =>
      whose
        ? sortByNumberOf(reading, code, ranks(said, direction))
        : sortByCount(reading, code, ranks(said, direction)),
  ),
  // "sorted by the year they joined", "by the date when they were formed, ascending"
  rule(
    pattern`(?: (?:in|by))?(?:${SORTED}| (?:an? |the )?${optional(capture('before', DIRECTIONS))} order)?(?: ,)?(?: ${optional(capture('first', DIRECTIONS))})? (?:by|of|according to) (?:the )?(?:dates?|times?|years?|days?|${optional(capture('day', COLUMN))})
      (?: (?:when|that|on which|at which|in which))? (?:they|it)(?: (?:were|was|had|have))? ${capture('verb', '[a-z]{4,}|[CTBV]\\d+')}(?:(?: ,)?(?: in)?(?: ${maybeDirection})(?: order)?)?(?= ·| $| ,)`,
    ({ before, first = before, verb, direction = first }, reading) => {
      const { sentence, frame, resolver } = reading;
      const table = subjectOf(reading);
      const said = verb.startsWith('C') ? resolver.column(verb, table) : undefined;
      const ref =
        said && (isRanked(said, resolver.catalog) || isYear(said.column))
          ? said
          : table && resolver.dateNamed(sentence.wording(verb), [table]);
      if (!ref || ref.table !== table) return false;
      frame.order.push({ measure: { kind: 'column', ref }, descending: falls(direction) });
      return true;
    },
  ),
  // "ascending by frequency": by how many rows there are of each
  rule(
    pattern`(?:${SORTED})?(?: ${optional(capture('before', DIRECTIONS))})? by (?:the |their )?frequency(?:(?: in)? ${maybeDirection}(?: order)?)?(?= ·| $| ,)`,
    ({ before, direction = before }, { frame }) => {
      frame.order.push({ measure: { kind: 'count', distinct: false }, descending: falls(direction) });
      return true;
    },
  ),
  // "sorted by price decreasing and name ascending"
  rule(
    pattern`${SORTED} ${BY} (?:the |their )?${column} ${direction} (?:and|,) (?:then )?(?:by )?(?:the |their )?${capture('second', COLUMN)} ${capture('last', DIRECTIONS)}`,
    ({ column, direction, second, last }, reading) =>
      sortBy(reading, column, direction) && sortBy(reading, second, last),
  ),
  rule(
    pattern`${SORTED} ${BY} (?:the |their |its )*(?:${optional(capture('before', DIRECTIONS))} )?(?:order of (?:the |their )?)?${oneOf('word', ['total', 'average', 'mean'])}
      (?: (?:number|amount) of)?(?: T\d+(?= C))? ${column}(?: of (?:the |all )*T\d+)?(?:(?: in)?(?: an?| the)? ?${maybeDirection}(?: order)?)?`,
    ({ before, word, column, direction = before }, reading, { said }) =>
      sortByMeasure(reading, word, column, ranks(said, direction)),
  ),
  rule(
    pattern`${SORTED} ${BY} (?:the |their |its )*(?:values? of )?(?:the )?
      (?:${optional(capture('before', DIRECTIONS))} )?(?:order of )?(?:the |their )?${column}
      (?:(?: ,)? (?:and |then )?(?:by )?(?:the |their )?${second})?
      (?: (?:values?|names?))?
      (?:(?: from| in)?(?: an?| the)? ?${maybeDirection}(?: alphabetical| lexicographic\w*)?(?: order)?)?
      (?: from (?:the )?${optional(capture('from', '\\w+'))} to (?:the )?\w+)?`,
    ({ before, column, second, direction = before, from = '' }, reading, { said: whole }) => {
      const fromHigh =
        SUPERLATIVES.get(from)?.descending ?? /^(high|large|big|great|old|long|late|most|top|z)/.test(from);
      const said = fromHigh ? 'desc' : ranks(whole, direction);
      if (!sortBy(reading, column, said)) return false;
      if (second) sortBy(reading, second, said);
      return true;
    },
  ),
  // "total weight per carrier, by weight desc"
  rule(
    pattern` , (?:by )?${column} ${capture('direction', 'descending|ascending|desc|asc')}(?= ·| $| ,)`,
    ({ column, direction }, reading) => sortBy(reading, column, direction),
  ),
  // "ordered descending by price"
  rule(
    pattern` ${SORT} ${direction} (?:order )?(?:by|of|in) (?:the |their |its )?(?:amount of )?${column}`,
    ({ direction, column }, reading) => sortBy(reading, column, direction),
  ),
  rule(pattern` alphabetically ${direction}(?= ·| $| ,)`, ({ direction }, reading) => sortByListed(reading, direction)),
  rule(pattern` (?:an? |the )?alphabetically (?:sorted |ordered )?list of(?= )`, (_, reading) =>
    sortByListed(reading, 'asc'),
  ),
  rule(
    pattern`(?: (?:sorted|ordered|listed))? alphabetically(?: by (?:the |their )?${optional(column)})?`,
    ({ column }, reading) => (column ? sortBy(reading, column, 'asc') : sortByListed(reading, 'asc')),
  ),
);

/** Sorts by one column, then by another if the question names one. */
const sortByBoth = (reading: Reading, first: string, second: string | undefined, direction: string | undefined) =>
  sortBy(reading, first, direction) && (!second || sortBy(reading, second, direction));

/** "in order of price", "by price in descending order". */
const readInOrder = inOrder(
  rule(
    pattern` (?:in|by) (?:the |an? )?${direction} order of (?:the |their )?total ${column}`,
    ({ direction, column }, reading) => sortByFigure(reading, column, direction),
  ),
  rule(
    pattern` (?:in|by) (?:the |an? )?${direction}(?: order of)? (?:the |their )?${COUNT_OF} of (?:the |their )?T\d+ ${column}`,
    ({ direction, column }, reading) => sortByNumberOf(reading, column, direction),
  ),
  rule(
    pattern` by (?:the |an? )?${direction} ${COUNT_OF} of (?:the |their )?${capture('code', '[CTB]\\d+')}`,
    ({ direction, code }, reading) => sortByCount(reading, code, direction),
  ),
  rule(pattern` in order of ${direction} (?:the |their )?${column}`, ({ direction, column }, reading) =>
    sortBy(reading, column, direction),
  ),
  rule(
    pattern` in (?:the )?order of (?:the |their )?${column}(?: and (?:the |their )?${second})?
      (?: in (?:an? |the )?${maybeDirection}(?: order)?)?`,
    ({ column, second, direction }, reading) => sortByBoth(reading, column, second, direction),
  ),
  rule(
    pattern` by (?:the |their )?${column}(?: in (?:an? |the )?)? ?${direction}(?: order)?(?= ·| $| ,)`,
    ({ column, direction }, reading) => sortBy(reading, column, direction),
  ),
  rule(
    pattern`(?:${SORTED})? (?:in|by) (?:the |an? )?${direction}
      (?: alphabetical| alphabetic| lexicographic\w*)?(?: order(?:ing)?)?
      (?: (?:of|by|according to|using) (?:the |their |its )*(?:${optional(capture('counted', COUNT_OF))} of )?(?:the )?
      (?:(?:max|maximum) (?=C))?${optional(capture('code', NAME))}(?: and (?:the )?${second})?)?`,
    ({ direction, counted, code, second }, reading) => {
      if (!code) return sortByListed(reading, direction);
      return counted ? sortByCount(reading, code, direction) : sortByBoth(reading, code, second, direction);
    },
  ),
);

const DEGREE = `${anyOf(SUPERLATIVES)}|high|low|least recent`;

/** "starting with the oldest": in that order, by what is sorted by already or by when they came to be. */
const readStartingWith = rule(
  pattern`(?: ,)? (?:starting|beginning) (?:with|from) the ${capture('from', anyOf(SUPERLATIVES))}(?: ones?)?(?= ·| $)`,
  ({ from }, reading) => {
    const { frame, resolver } = reading;
    const { descending = false, hints = [] } = SUPERLATIVES.get(from) ?? {};
    const table = subjectOf(reading);
    const last = frame.order.pop();
    const hinted = last ? undefined : resolver.hinted(table, hints, RANKED_KINDS);
    const day = last || hinted || !table ? undefined : (resolver.eventDate(table) ?? resolver.yearColumn(table));
    const ref = hinted ?? (/^(?:oldest|youngest|newest|latest|earliest|most recent)$/.test(from) ? day : undefined);
    const measure = last?.measure ?? (ref && ({ kind: 'column', ref } as const));
    if (!measure) return false;
    const isAge = measure.kind === 'column' && /age$/i.test(measure.ref.column.name);
    const falls = /^(?:oldest|youngest)$/.test(from) && !isAge ? from === 'youngest' : descending;
    frame.order.push({ measure, descending: falls });
    return true;
  },
);

/** "from high to low": turns the order that was read, or is one by what the superlative compares. */
const readFromTo = rule(
  pattern`(?: ,)?(?:${SORTED})? ?from (?:the )?${capture('from', DEGREE)} to (?:the )?(?:${DEGREE})`,
  ({ from }, reading): Taken => {
    const { frame, resolver } = reading;
    const { descending, hints, counts } = SUPERLATIVES.get(from) ?? { descending: from === 'high', hints: [] };
    // "airports per country, from most to least": by the figure, which is read later
    if (counts && !frame.order.length) {
      frame.sorted ??= { descending };
      return true;
    }
    const ref = resolver.hinted(subjectOf(reading), hints, RANKED_KINDS);
    const last = frame.order.pop();
    if (last) frame.order.push({ ...last, descending });
    else if (ref) frame.order.push({ measure: { kind: 'column', ref }, descending });
    return last !== undefined || ref !== undefined;
  },
);

/** "by year, from the most recent to the oldest". */
const readByFromTo = rule(
  pattern`(?:${SORTED})? by (?:the |their )?${column},? (?:, )?from (?:the )?${capture('from', DEGREE)} to (?:the )?(?:${DEGREE})`,
  ({ column, from }, reading) =>
    sortBy(reading, column, (SUPERLATIVES.get(from)?.descending ?? from === 'high') ? 'desc' : 'asc'),
);

/** "per farm, sorted descending": by the figure or the number that is listed. */
const readSortedSo = rule(
  pattern`(?: ,)? ${SORT}(?: in)? ${direction}(?: order)?(?= $)`,
  ({ direction }, { frame }) => {
    if (frame.order.length) return false;
    frame.sorted ??= { descending: falls(direction) };
    return true;
  },
);

/** Reads how rows are sorted: "ordered by …", "alphabetically", "from high to low". */
export const readSorting = inOrder(readByFromTo, readSorted, readInOrder, readFromTo, readStartingWith, readSortedSo);
