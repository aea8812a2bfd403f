import { addsUp } from './column-roles.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, pattern } from './pattern.ts';
import { COLUMN } from './sentence.ts';

const of = capture('of', COLUMN);
const over = capture('over', COLUMN);
const THE = '(?: (?:the|our|total|overall|average|avg|mean))*';

/** Two columns of one table that add up. */
function bothOfOne(
  { frame, resolver }: Reading,
  one: string,
  other: string,
): { readonly of: ColumnRef; readonly over: ColumnRef } | undefined {
  const first = resolver.column(one, frame.main);
  const second = first && resolver.column(other, first.table);
  if (!first || first.table !== second?.table || first.column === second.column || frame.items.length) return undefined;
  return addsUp(first, resolver.catalog) && addsUp(second, resolver.catalog) ? { of: first, over: second } : undefined;
}

function divide(reading: Reading, one: string, other: string, percent: boolean): boolean {
  const both = bothOfOne(reading, one, other);
  if (!both) return false;
  const { frame } = reading;
  frame.main ??= both.of.table;
  frame.items.push({ kind: 'quotient', ...both, percent });
  frame.assumptions.push(
    `${both.of.column.name} and ${both.over.column.name} of ${both.of.table.name} are added up, then divided.`,
  );
  return true;
}

/** "revenue per night", "ratio of scrap to output", "paid as a percentage of due": two numbers of the same rows. */
export const readQuotients = inOrder(
  rule(
    pattern`${THE} (?:ratio|quotient) of${THE} ${of} (?:to|and|over|by)${THE} ${over}(?= )`,
    ({ of, over }, reading) => divide(reading, of, over, false),
  ),
  rule(
    pattern`${THE} ${of} (?:as|in) (?:an? |the )?(?:percentage|percent|share|%|proportion|fraction) of${THE} ${over}(?= )`,
    ({ of, over }, reading) => divide(reading, of, over, true),
  ),
  rule(
    pattern`${THE} ${of} (?:divided by|per|for an?|for each|for every)(?: single| each)?${THE} ${over}(?= ·| $| ,| D\d| (?:by|in|for|of|from|with|at|on|since|last|this) )`,
    ({ of, over }, reading) => divide(reading, of, over, false),
  ),
);
