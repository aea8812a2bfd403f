import type { Table } from '#src/domain/catalog.ts';
import { dbGraph, joinTables } from './db-graph.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import { capture, optional, pattern } from './pattern.ts';
import { TABLE } from './sentence.ts';
import { isRelation } from './verbs.ts';

/** How many rows of one table each row of another has on average: of those that have any. */
function averagePerEach(reading: Reading, counted: Table | undefined, each: Table | undefined): boolean {
  const { frame, resolver } = reading;
  if (!counted || !each || counted === each || frame.items.length) return false;
  const [edge, ...further] = joinTables(dbGraph(resolver.catalog), [counted, each]) ?? [];
  const [pair, ...pairs] = edge?.pairs ?? [];
  const key = resolver.key(each);
  const column = counted.columns.find(({ name }) => name === pair?.[0]);
  if (!pair || !column || further.length || pairs.length || pair[1] !== key?.column.name) return false;
  if ((dbGraph(resolver.catalog).edges.get(counted) ?? []).filter(({ to }) => to === each).length > 1) return false;
  frame.main = counted;
  frame.touched.add(counted);
  frame.apart.add(each);
  frame.items.push({ kind: 'ratio', of: { table: counted, column }, each });
  frame.assumptions.push(`The average is over those of ${each.name} that have at least one of ${counted.name}.`);
  return true;
}

const counted = capture('counted', TABLE);
const each = capture('each', TABLE);
const EACH =
  '(?:per|for each|for every|of each|in each|by each|each|every|a|an|for an?|of an?|in an?|that each|that an?|(?:the )?(?:average|typical))';

/** "average number of orders per customer", "how many messages does a ticket have on average". */
export const readPerEach = inOrder(
  rule(
    pattern`(?: (?:the|what|is|was|our))* (?:average|avg|mean) (?:(?:number|count) of )?(?:the |all )?${counted} ${EACH} ${each}(?: (?:has|have|had))?(?= ·| $| ,| D\d| (?:in|for|by|of|with|from|at|on) )`,
    ({ counted, each }, reading) =>
      averagePerEach(reading, reading.resolver.table(counted), reading.resolver.table(each)),
  ),
  rule(
    pattern` how many ${counted} (?:do|does|did|has|have) (?:an?|each|every|our|the(?: (?:average|typical))?) ${each}(?: ${optional(capture('verb', '[a-z]{3,}'))})? on average(?= ·| $| ,| D\d| (?:in|for|by) )`,
    ({ counted, each, verb }, reading) =>
      (verb === undefined || isRelation(verb)) &&
      averagePerEach(reading, reading.resolver.table(counted), reading.resolver.table(each)),
  ),
  rule(
    pattern` on average(?: ,)? how many ${counted} (?:do|does|did|has|have) (?:an?|each|every|our|the) ${each}(?: ${optional(capture('verb', '[a-z]{3,}'))})?(?= ·| $| ,| D\d| (?:in|for|by) )`,
    ({ counted, each, verb }, reading) =>
      (verb === undefined || isRelation(verb)) &&
      averagePerEach(reading, reading.resolver.table(counted), reading.resolver.table(each)),
  ),
  rule(
    pattern` ${counted} per ${each} (?:on|in) average(?= ·| $| ,| D\d| (?:in|for|by) )`,
    ({ counted, each }, reading) =>
      averagePerEach(reading, reading.resolver.table(counted), reading.resolver.table(each)),
  ),
);
