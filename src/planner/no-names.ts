import { HEAD_SAID, type Scored } from './name-likeness.ts';
import type { Token } from './tokens.ts';
import { UNITS } from './units.ts';

/** What words name: where they end, and the tables and columns, the likeliest first. */
interface Found {
  readonly end: number;
  readonly tables: readonly Scored<unknown>[];
  readonly columns: readonly Scored<unknown>[];
}

/** "10 minutes" is a number in a unit, though the name of a column ends so, and "in minutes" says in which. */
export const isUnitOf = (found: Found | undefined, tokens: readonly Token[], at: number): boolean =>
  (tokens[at - 1]?.kind === 'number' ||
    (tokens[at - 1]?.lower === 'in' && /^(?:seconds|minutes|hours|days|weeks)$/.test(tokens[at]?.lower ?? ''))) &&
  UNITS.has(tokens[at]?.lower ?? '') &&
  (found === undefined || found.end === at + 1) &&
  (tokens[at - 1]?.lower === 'in' ||
    Math.max(found?.columns[0]?.score ?? 0, found?.tables[0]?.score ?? 0) <= HEAD_SAID);

/** "orders by channel in percent", "what percent of orders": no column of that name. */
export const isPercent = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.lower === 'percent' &&
  (/^(?:in|as)$/.test(tokens[at - 1]?.lower ?? '') ||
    (/^what$/.test(tokens[at - 1]?.lower ?? '') && tokens[at + 1]?.lower === 'of'));

/** "in ascending order", "order by", "did not order": no order that somebody placed; nor is who is "best paid" an invoice. */
export function isSorting(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.lower === 'paid') return /^(?:best|worst|highest|lowest)$/.test(tokens[at - 1]?.lower ?? '');
  // and "the most times", "the number of times", "sort the results"
  if (/^results?$/.test(tokens[at]?.lower ?? '') && tokens[at - 1]?.lower === 'the')
    return /^(?:sort|sorted|order|ordered|list)$/.test(tokens[at - 2]?.lower ?? '');
  if (tokens[at]?.lower === 'times') return /^(?:most|least|fewest|of)$/.test(tokens[at - 1]?.lower ?? '');
  if (tokens[at]?.lower !== 'order') return false;
  const [before = '', after = ''] = [tokens[at - 1]?.lower, tokens[at + 1]?.lower];
  // "biggest order and who placed it"
  if (/^(?:\w{3,}est|last)$/.test(before)) return false;
  return (
    at === 0 ||
    /^(?:in|\w+ing|alphabetical|alphabetic|chronological|numerical|numeric|reversed?|asc|desc|sort|sorted)$/.test(
      before,
    ) ||
    /^(?:not|never|to|did|do|does|can|could|will|would|they|we|you|who)$/.test(before) ||
    /^(?:by|them|it|of|from|the|and|in|anything|something|more|less|at)$/.test(after)
  );
}
