import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { addsUp, mayMeasure } from './column-roles.ts';
import { dbGraph, joinTables } from './db-graph.ts';
import type { PeriodFormat } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { anyOf, capture, optional, pattern } from './pattern.ts';
import { COLUMN, NAME, TABLE, VALUE } from './sentence.ts';
import { isRelation } from './verbs.ts';

/** The column by which each row of a table belongs to one of another; undefined where there is no such, or several. */
function referenceTo(each: Table, from: Table, { resolver }: Reading): ColumnRef | undefined {
  const graph = dbGraph(resolver.catalog);
  const [edge, ...further] = joinTables(graph, [from, each]) ?? [];
  const [pair, ...pairs] = edge?.pairs ?? [];
  const column = from.columns.find(({ name }) => name === pair?.[0]);
  if (!pair || !column || further.length || pairs.length || pair[1] !== resolver.key(each)?.column.name)
    return undefined;
  const ways = (graph.edges.get(from) ?? []).filter(({ to }) => to === each);
  return ways.length > 1 ? undefined : { table: from, column };
}

/** How many rows of one table each row of another has on average, or how much adds up of them: of those that have any. */
function averagePerEach(
  reading: Reading,
  counted: Table | undefined,
  each: Table | undefined,
  sum?: ColumnRef,
): boolean {
  const { frame } = reading;
  if (!counted || !each || counted === each || frame.items.length) return false;
  const of = referenceTo(each, counted, reading);
  if (!of) return false;
  frame.main = counted;
  frame.touched.add(counted);
  frame.apart.add(each);
  frame.items.push({ kind: 'ratio', of, each, ...(sum ? { sum } : {}) });
  frame.assumptions.push(`The average is over those of ${each.name} that have at least one of ${counted.name}.`);
  return true;
}

/** The number that a code names and that adds up over the rows of its table. */
function adding({ resolver }: Reading, code: string): ColumnRef | undefined {
  const ref = resolver.column(code);
  return ref && addsUp(ref, resolver.catalog) ? ref : undefined;
}

const PERIODS: ReadonlyMap<string, PeriodFormat> = new Map([
  ['day', 'YYYY-MM-DD'],
  ['week', 'week'],
  ['month', 'YYYY-MM'],
  ['quarter', 'quarter'],
  ['year', 'YYYY'],
]);
const ADVERBS: ReadonlyMap<string, PeriodFormat> = new Map([
  ['daily', 'YYYY-MM-DD'],
  ['weekly', 'week'],
  ['monthly', 'YYYY-MM'],
  ['quarterly', 'quarter'],
  ['yearly', 'YYYY'],
  ['annual', 'YYYY'],
]);

/** How many rows there are in a period on average, or how much adds up of them: of the periods that have any. */
function averagePerPeriod(reading: Reading, table: Table | undefined, format: PeriodFormat, sum?: ColumnRef): boolean {
  const { frame, resolver } = reading;
  const of = table && resolver.eventDate(table);
  if (!of || frame.items.length) return false;
  frame.main = table;
  frame.touched.add(table);
  frame.items.push({ kind: 'ratio', of, each: table, format, ...resolver.groupZoneOf(of), ...(sum ? { sum } : {}) });
  frame.assumptions.push(`The average is over periods of ${table.name}.${of.column.name} that have any.`);
  return true;
}

const counted = capture('counted', TABLE);
const each = capture('each', TABLE);
const column = capture('column', COLUMN);
const EACH =
  '(?:per|for each|for every|of each|in each|by each|each|every|a|an|for an?|of an?|in an?|that each|that an?|(?:the )?(?:average|typical))';
const AVERAGE = '(?: (?:the|what|is|was|our))* (?:average|avg|mean)';
const END = '(?= ·| $| ,| D\\d| (?:in|for|by|of|with|from|at|on|since|last|this) )';
const period = capture('period', anyOf(PERIODS), (word) => PERIODS.get(word));

/** "requests per unit by building": of the units that each building has. */
const readPerEachOf = rule(
  pattern`^(?: (?:the|our|number|count|of))* ${counted} (?:per|for each) ${each} (?:by|for each|in each|per|for every) ${capture('group', NAME)}(?= ·| $| ,| D\d| (?:in|for) )`,
  ({ counted, each, group }, reading) => {
    const { resolver } = reading;
    const [rows, own] = [resolver.table(counted), resolver.table(each)];
    const of = group.startsWith('C') ? resolver.column(group, own)?.table : resolver.table(group);
    // "shipments per depot by status" tells the shipments of each depot apart
    const isOfEach = own && of && rows && of !== rows && (of === own || !resolver.isMany(own, of));
    if (!isOfEach || reading.sentence.wording(group).match(/^(?:month|year|day|week|quarter)s?$/i)) return false;
    return averagePerEach(reading, rows, own) && { leaving: `by ${group}` };
  },
);

const readCountsPerEach = inOrder(
  readPerEachOf,
  rule(
    pattern`${AVERAGE}(?: ${optional(capture('number', '(?:number|count) of'))})? (?:the |all )?${counted} ${EACH} ${each}(?: (?:has|have|had))?${END}`,
    // "average downtime per machine" is of how long, not of how many
    ({ number, counted, each }, reading) =>
      (number !== undefined || /s$/i.test(reading.sentence.wording(counted))) &&
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
    pattern`(?: how many)? ${counted} per ${each} (?:on|in) average(?= ·| $| ,| D\d| (?:in|for|by) )`,
    ({ counted, each }, reading) =>
      averagePerEach(reading, reading.resolver.table(counted), reading.resolver.table(each)),
  ),
);

/** Numbered things, of which nobody asks for each one's own: rooms, vehicles, work orders. */
function isNumbered(table: Table, { resolver }: Reading): boolean {
  const label = resolver.label(table);
  const last = label && splitIdentifier(label.column.title ?? label.column.name).at(-1);
  return last === undefined || /^(?:no|nr|num|number|code|cd|plate|id|reference|ref)$/.test(last);
}

const readSumsPerEach = inOrder(
  // "average total hours per operator"
  rule(
    pattern`${AVERAGE} (?:total|(?:total )?(?:number|amount) of) ${column} (?:per|for each|by|of each|of an?) ${each}${END}`,
    ({ column, each }, reading) => {
      const sum = adding(reading, column);
      return averagePerEach(reading, sum?.table, reading.resolver.table(each), sum);
    },
  ),
  // "average hours per work order": of things that bear no name nobody asks for each one's own
  rule(pattern`${AVERAGE} ${column} (?:per|for an?|of an?) ${each}${END}`, ({ column, each }, reading) => {
    const { resolver } = reading;
    const sum = adding(reading, column);
    const table = resolver.table(each);
    return table !== undefined && isNumbered(table, reading) && averagePerEach(reading, sum?.table, table, sum);
  }),
);

/** "average rooms per apartment", where apartments are a kind of what has rooms: of those alone. */
const readPerKind = rule(
  pattern`${AVERAGE} ${column} (?:per|of an?|for an?) ${capture('kind', VALUE)}${END}`,
  ({ column, kind }, reading) => {
    const { frame, resolver } = reading;
    const held = resolver.value(kind, frame.main);
    const ref = held && resolver.column(column, held.table);
    if (!ref || ref.table !== held.table || frame.items.length || !mayMeasure(ref, 'avg', resolver.catalog))
      return false;
    frame.main = ref.table;
    frame.items.push({ kind: 'aggregate', name: 'avg', ref });
    return { leaving: `· ${kind}` };
  },
);

const readPerPeriod = inOrder(
  // "average number of orders per month", "how many orders do we get a month on average"
  rule(
    pattern`${AVERAGE} (?:number|count) of (?:the |all |our )*${counted} (?:per|each|every|an?|in an?) ${period}${END}`,
    ({ counted, period }, reading) => averagePerPeriod(reading, reading.resolver.table(counted), period),
  ),
  rule(
    pattern` how many ${counted} (?:(?:do|did|are|were|is|was|we|they|there|get|have|had|made|make|opened|placed|received) )*(?:per|each|every|an?) ${period} on average${END}`,
    ({ counted, period }, reading) => averagePerPeriod(reading, reading.resolver.table(counted), period),
  ),
  rule(pattern` ${counted} per ${period} (?:on|in) average${END}`, ({ counted, period }, reading) =>
    averagePerPeriod(reading, reading.resolver.table(counted), period),
  ),
  // "average monthly downtime minutes"
  rule(
    pattern`${AVERAGE} ${capture('period', anyOf(ADVERBS), (word) => ADVERBS.get(word))} (?:total )?${column}(?= ·| $| ,| D\d| (?:in|for|by|of|per|from|at|on|since) )`,
    ({ column, period }, reading) => {
      const sum = adding(reading, column);
      return averagePerPeriod(reading, sum?.table, period, sum);
    },
  ),
);

/** "average number of orders per customer", "how many messages does a ticket have on average", "average monthly sales". */
export const readPerEach = inOrder(readCountsPerEach, readSumsPerEach, readPerKind, readPerPeriod);
