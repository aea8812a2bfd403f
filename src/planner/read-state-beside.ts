import { inOrder, type Reading, rule } from './frame-rule.ts';
import { capture, optional, pattern } from './pattern.ts';
import { stateOf } from './read-quotients.ts';
import { TABLE } from './sentence.ts';
import { isDone } from './verbs.ts';

const STATE = '[VC]\\d+';
const FIGURES = '(?:(?:the|our|how many|number of|count of|all) )*';

/** Rows of a table, and of them those that stand in a state: a count of either. */
function countBoth(reading: Reading, code: string, one: string | undefined, other: string): boolean {
  const { frame, resolver } = reading;
  const table = resolver.table(code);
  const first = one === undefined ? undefined : stateOf(reading, one, table);
  const second = stateOf(reading, other, table);
  if (!table || !second || second.ref.table !== table || (one !== undefined && !first) || frame.items.length)
    return false;
  frame.main = table;
  frame.touched.add(table);
  for (const when of [first, second])
    frame.items.push({ kind: 'count', distinct: false, table, ...(when ? { when } : {}) });
  return true;
}

/** "orders and cancelled orders per month", "new and shipped orders by country": how many there are, and of them how many stand so. */
export const readStateBeside = inOrder(
  rule(
    pattern`(?<! with| have| has| had| without| of| no)(?: ${optional(capture('one', STATE))})? ${capture('first', TABLE)} and ${FIGURES}${capture('other', STATE)} ${capture('second', TABLE)}
      (?= ·| $| ,| D\d| (?:per|by|in|for|each|from|since|this|last) )`,
    ({ one, first, other, second }, reading) =>
      reading.resolver.table(first) === reading.resolver.table(second) && countBoth(reading, first, one, other),
  ),
  // "matters opened and closed per month": each on its own day, which no row tells of both
  rule(
    pattern` ${capture('table', TABLE)}(?: (?:that|which|who)(?: were)?)? ${capture('one', '[a-z]{4,}|V\\d+')} and ${capture('other', '[a-z]{4,}|V\\d+')}(?= (?:per|by|in each|each|every|in|D\d+))`,
    ({ one, other }, { frame, sentence }) => {
      const said = [one, other].map((code) => sentence.wording(code).toLowerCase());
      const isApart = said.every(isDone) && !(one.startsWith('V') && other.startsWith('V'));
      if (isApart)
        frame.refused ??= `I can count those that were ${said[0]} or those that were ${said[1]}, one after the other.`;
      return false;
    },
  ),
);
