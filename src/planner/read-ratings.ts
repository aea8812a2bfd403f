import { isRanked } from './column-roles.ts';
import { addFilter, inOrder, rule } from './frame-rule.ts';
import { capture, optional, pattern } from './pattern.ts';
import { rankByColumn } from './rank-by.ts';

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

/** "the best rated supplier", "top 3 rated suppliers": by their rating. */
const readRated = rule(
  pattern` ${capture('degree', 'best|top|highest|worst|lowest|poorest')}(?: ${optional(capture('count', 'N\\d+'))})?(?: best| top| highest)? ${capture('rated', 'rated|C\\d+')}(?: ${optional(capture('table', 'T\\d+'))})?(?= )`,
  ({ degree, count, rated, table: code }, reading) => {
    const { sentence, frame, resolver } = reading;
    if (!/^rated\b/i.test(sentence.wording(rated)) || frame.order.length) return false;
    const named = resolver.column(rated, frame.main);
    const table = resolver.table(code) ?? named?.table;
    if (!table) return false;
    const column = table.columns.find(
      (one) => /(?:^|_)(?:rating|stars)$/i.test(one.name) && isRanked({ table, column: one }, resolver.catalog),
    );
    if (!column) return false;
    frame.main ??= table;
    const descending = /^(?:best|top|highest)$/.test(degree);
    return rankByColumn(reading, { table, column }, descending, count) && (code === undefined || { leaving: code });
  },
);

/** Stars, and who is rated best or worst. */
export const readRatings = inOrder(readStars, readRated);
