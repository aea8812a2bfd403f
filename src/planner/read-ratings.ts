import type { Table } from '#src/domain/catalog.ts';
import { isRanked } from './column-roles.ts';
import { addFilter, inOrder, rule } from './frame-rule.ts';
import { capture, optional, pattern } from './pattern.ts';
import { rank, rankByColumn } from './rank-by.ts';

/** "a 1-star review", "rated 4 or 5 stars": the one rating that they have or are given. */
const readStars = rule(
  pattern`(?: (?:rated|with|of|an?|got|had|given|received|left))* ${capture('one', 'N\\d+')}(?: or ${optional(capture('other', 'N\\d+'))})? stars?(?: (?:reviews?|ratings?))?(?: (?:in|during))?(?: ${optional(capture('date', 'D\\d+'))})?(?= ·| $| ,| [CTDV]\d| (?:in|by|for|from|per) )`,
  ({ one, other, date }, reading) => {
    const { sentence, frame, resolver } = reading;
    const ratings = resolver.catalog.tables.flatMap((table) =>
      table.columns
        .filter((column) => column.kind === 'number' && /^(?:rating|stars|star_rating)$/i.test(column.name))
        .map((column) => ({ table, column })),
    );
    const own = ratings.filter(({ table }) => table === frame.main || resolver.named.includes(table));
    const [ref, ...more] = own.length ? own : ratings;
    if (!ref || more.length) return false;
    const span = date === undefined ? undefined : sentence.dateAt(date);
    const day = resolver.eventDate(ref.table);
    if (span && !day) return false;
    if (span && day) frame.filters.push({ kind: 'period', ref: day, span, ...resolver.zoneOf(day) });
    frame.touched.add(ref.table);
    const numbers = [one, ...(other === undefined ? [] : [other])].map((code) => ({
      kind: 'number' as const,
      value: sentence.numberAt(code),
    }));
    const [first] = numbers;
    if (!first) return false;
    return addFilter(
      reading,
      numbers.length > 1
        ? { kind: 'one-of', ref, values: numbers }
        : { kind: 'compare', ref, operator: '=', value: first },
    );
  },
);

/** What things are rated, priced or scored by. */
const HELD_AS: ReadonlyMap<string, RegExp> = new Map([
  ['rated', /(?:^|_)(?:rating|stars)$/i],
  ['priced', /(?:^|_)price$/i],
  ['scored', /(?:^|_)score$/i],
]);

/** "the best rated supplier", "top 3 rated suppliers": by their rating. */
const readRated = rule(
  pattern` ${capture('degree', 'best|top|highest|worst|lowest|poorest')}(?: ${optional(capture('count', 'N\\d+'))})?(?: best| top| highest)? ${capture('rated', 'rated|priced|scored|C\\d+')}(?: ${optional(capture('table', 'T\\d+'))})?(?= )`,
  ({ degree, count, rated, table: code }, reading) => {
    const { sentence, frame, resolver } = reading;
    const [, said = ''] = /^(rated|priced|scored)\b/i.exec(sentence.wording(rated)) ?? [];
    if (!said || frame.order.length) return false;
    const held = HELD_AS.get(said.toLowerCase()) ?? /./;
    const named = resolver.column(rated, frame.main);
    const table = resolver.table(code) ?? named?.table;
    if (!table) return false;
    const within = (of: Table) =>
      of.columns.filter((one) => held.test(one.name) && isRanked({ table: of, column: one }, resolver.catalog));
    const [column] = within(table);
    const descending = /^(?:best|top|highest)$/.test(degree);
    if (!column) {
      // of the ratings that they were given, on average
      const [given, ...others] = resolver.catalog.tables.flatMap((of) =>
        resolver.refersTo(of).includes(table) ? within(of).map((one) => ({ table: of, column: one })) : [],
      );
      if (!given || others.length || code === undefined) return false;
      frame.main = table;
      frame.touched.add(given.table);
      frame.counted = given.table;
      frame.told.add(given.column);
      frame.assumptions.push(`${table.name} are ranked by the mean of ${given.table.name}.${given.column.name}.`);
      return rank(reading, { kind: 'aggregate', name: 'avg', ref: given }, descending, count) && { leaving: code };
    }
    frame.main ??= table;
    frame.told.add(column);
    return rankByColumn(reading, { table, column }, descending, count) && (code === undefined || { leaving: code });
  },
);

/** Stars, and who is rated best or worst. */
export const readRatings = inOrder(readStars, readRated);
