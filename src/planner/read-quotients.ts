import type { Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { isMoney } from '#src/domain/roles/currency-of.ts';
import { addsUp } from './column-roles.ts';
import type { RowFilter } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, optional, pattern } from './pattern.ts';
import { onlyMoney } from './reckon-measures.ts';
import { COLUMN, TABLE } from './sentence.ts';

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

/** "declined offers to accepted offers": two states of the rows of one table. */
function oddsOf(reading: Reading, one: string, other: string, code: string | undefined): boolean {
  const { frame, resolver } = reading;
  const table = resolver.table(code) ?? frame.main;
  const [first, second] = [one, other].map((said) => stateOf(reading, said, table));
  if (!first || !second || frame.items.length) return false;
  if (first.ref.table !== second.ref.table || JSON.stringify(first) === JSON.stringify(second)) return false;
  frame.main ??= table ?? first.ref.table;
  frame.items.push({ kind: 'odds', when: first, to: second });
  return true;
}

/** A state of rows that a stored value or a flag names. */
export function stateOf({ resolver }: Reading, code: string, table: Table | undefined): RowFilter | undefined {
  if (code.startsWith('V')) {
    const held = resolver.value(code, table);
    return held && { kind: 'compare', ref: held, operator: '=', value: { kind: 'text', value: held.value } };
  }
  const ref = resolver.column(code, table);
  const flag = ref && flagOf(ref.column, resolver.catalog.engine);
  return flag && { kind: 'compare', ref, operator: '=', value: flag.yes };
}

const STATE = '[VC]\\d+';

/** "revenue per night", "ratio of scrap to output", "paid as a percentage of due": two numbers of the same rows. */
export const readQuotients = inOrder(
  rule(
    pattern`${THE} ratio (?:of|between)${THE} ${capture('one', STATE)}(?: ${optional(capture('table', TABLE))})? (?:to|and|over|versus|vs)${THE} ${capture('other', STATE)}(?: [TB]\d+)?(?= )`,
    ({ one, other, table }, reading) => oddsOf(reading, one, other, table),
  ),
  rule(
    pattern`${THE} (?:ratio|quotient) of${THE} ${of} (?:to|and|over|by)${THE} ${over}(?= )`,
    ({ of, over }, reading) => divide(reading, of, over, false),
  ),
  rule(
    pattern`${THE} ${of} (?:as|in) (?:an? |the )?(?:percentage|percent|share|%|proportion|fraction) of${THE} ${over}(?= )`,
    ({ of, over }, reading) => divide(reading, of, over, true),
  ),
  // "cost per click" of what was spent, beside the clicks that came of it
  rule(
    pattern`${THE} ${capture('money', 'costs?|spend|spending|price')} (?:per|for an?|for each|for every)(?: single)? ${over}(?= ·| $| ,| D\d| (?:by|in|for|of|from|with|at|on|since|last|this) )`,
    ({ over }, reading) => {
      const { frame, resolver } = reading;
      const counted = resolver.column(over, frame.main);
      const money = counted && onlyMoney(counted.table, resolver.catalog);
      if (!counted || !money || money.column === counted.column || frame.items.length) return false;
      if (!addsUp(counted, resolver.catalog) || isMoney(counted, resolver.catalog)) return false;
      frame.main ??= money.table;
      frame.items.push({ kind: 'quotient', of: money, over: counted, percent: false });
      frame.assumptions.push(
        `${money.column.name} and ${counted.column.name} of ${money.table.name} are added up, then divided.`,
      );
      return true;
    },
  ),
  rule(
    pattern`${THE} ${of} (?:divided by|per|for an?|for each|for every)(?: single| each)?${THE} ${over}(?= ·| $| ,| D\d| (?:by|in|for|of|from|with|at|on|since|last|this) )`,
    ({ of, over }, reading) => divide(reading, of, over, false),
  ),
);
