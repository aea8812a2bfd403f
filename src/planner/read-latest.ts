import { isYear } from '#src/domain/column-meaning.ts';
import { isKey, isRanked } from './column-roles.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, meaning, oneOf, optional, part, pattern } from './pattern.ts';
import { rankByColumn } from './rank-by.ts';
import { COLUMN, NUMBER, TABLE } from './sentence.ts';

const number = capture('count', NUMBER);
const most = oneOf('most', ['most', 'least']);
const table = capture('table', TABLE);
const column = capture('column', COLUMN);
const latest = meaning(
  'latest',
  new Map([
    ['latest', true],
    ['most recent', true],
    ['most recently', true],
    ['earliest', false],
    ['least recently', false],
  ]),
);
const verb = capture('verb', '[a-z]{4,}|[CV]\\d+');
const AUX = part`(?: (?:that|which|who|is|are|was|were|has|have|had|been))*`;
const END = part`(?= ·| $| ,| D\d| (?:in|for|from|and) )`;

/** What has an order of before and after: dates, years, and the numbers that say when. */
const isWhen = (ref: ColumnRef, { resolver }: Reading): boolean =>
  (isRanked(ref, resolver.catalog) && !isKey(ref, resolver.catalog)) || isYear(ref.column);

/** The day of what a verb says: a date of the things spoken of that bears it, else that of the table that does. */
function dayOf(reading: Reading, verb: string, object: string | undefined): ColumnRef | undefined {
  const { sentence, frame, resolver } = reading;
  const said = sentence.wording(verb).toLowerCase();
  const done = resolver.table(object);
  const link = resolver.linkNamed(said, frame.main);
  const tables = [link, done, frame.main].filter((one) => one !== undefined);
  return (
    resolver.dateNamed(said, tables) ??
    tables.map((one) => resolver.eventDate(one)).find((found) => found !== undefined)
  );
}

/** The last or first of the days of what each has: asked for as a figure where something tells them apart. */
function reckonDay(reading: Reading, code: string, done: string | undefined, name: 'max' | 'min'): boolean {
  const { frame, resolver, sentence } = reading;
  const table = resolver.table(code);
  const ref = table && ((done && resolver.dateNamed(done, [table])) || resolver.eventDate(table));
  const isOfEach = / (?:per|by|each|every) /.test(sentence.asked);
  if (!ref || !isOfEach || frame.limit !== undefined) return false;
  frame.touched.add(ref.table);
  frame.told.add(ref.column);
  frame.items.push({ kind: 'aggregate', name, ref });
  return true;
}

const extreme = meaning(
  'extreme',
  new Map([
    ['most recent', 'max'],
    ['latest', 'max'],
    ['last', 'max'],
    ['newest', 'max'],
    ['earliest', 'min'],
    ['first', 'min'],
    ['oldest', 'min'],
  ] as const),
);

/** The newest by their own date. */
export const readLatest = inOrder(
  // "the date of its most recent inspection"
  rule(
    pattern` (?:the )?(?:date|day|C\d+) (?:of|on which) (?:(?:the|its|their|his|her|each) )?${extreme} ${table}(?: (?:was|were|took place|happened|came|${optional(capture('done', '[a-z]+ed'))}))*(?= ·| $| ,| (?:for|per|by|of|at|in) )`,
    ({ extreme, table: code, done }, reading, { said }) => {
      const of = / (C\d+) (?:of|on which) /.exec(said)?.[1];
      return (
        (of === undefined || /^(?:dates?|days?)$/i.test(reading.sentence.wording(of))) &&
        reckonDay(reading, code, done, extreme)
      );
    },
  ),
  // "the last 5 orders"
  rule(
    pattern` (?:the |our )?(?:last|latest|newest|most recent) ${number}(?= ${table})`,
    ({ count, table: code }, reading) => {
      const table = reading.resolver.table(code);
      return table !== undefined && rankByColumn(reading, reading.resolver.eventDate(table), true, count);
    },
  ),
  // "the last outage at Cedar Station"
  rule(
    pattern`^(?: (?:what|which|when|was|is|the|our|show|me))*? (?:the |our )?last ${table}(?= ·| $| ,| (?:at|in|of|for|by|from|with) )`,
    ({ table: code }, reading, { said }) => {
      const table = reading.resolver.table(code);
      // one, and none of several: "last orders"
      if (!table || /s$/i.test(reading.sentence.wording(code)) || / when /.test(said)) return false;
      return rankByColumn(reading, reading.resolver.eventDate(table), true) && { leaving: code };
    },
  ),
  // "the three most recent festivals", which are called by their names
  rule(
    pattern` (?:the )?(?:${optional(number)} )?(?:latest|newest|most recent) ${column}(?= ·| $| ,)`,
    ({ count, column }, reading) => {
      const { resolver, frame } = reading;
      const ref = resolver.column(column, frame.main);
      const table = ref && resolver.label(ref.table)?.column === ref.column ? ref.table : undefined;
      const day = table && (resolver.eventDate(table) ?? resolver.yearColumn(table));
      return rankByColumn(reading, day, true, count) && { leaving: column };
    },
  ),
  // "founded the earliest", "opened most recently" of the column that bears the verb
  rule(pattern`${AUX} ${column} (?:at )?(?:the )?${latest}(?: time)?${END}`, ({ column, latest }, reading) => {
    const ref = reading.resolver.column(column, reading.frame.main);
    return ref !== undefined && isWhen(ref, reading) && rankByColumn(reading, ref, latest);
  }),
  // "built in the most recent year"
  rule(
    pattern` (?:in|on|at) the ${latest} (?:${optional(column)}|year|date|day)${END}`,
    ({ latest, column }, reading) => {
      const { frame, resolver } = reading;
      const ref =
        column === undefined
          ? frame.main && (resolver.eventDate(frame.main) ?? resolver.yearColumn(frame.main))
          : resolver.column(column, frame.main);
      return ref !== undefined && isWhen(ref, reading) && rankByColumn(reading, ref, latest);
    },
  ),
  // "who most recently registered a course", "registered for a course most recently"
  rule(
    pattern`${AUX} ${most} recently ${verb}(?: (?:for|in|on|to|an?|the|any|some))*(?: ${optional(table)})?${END}`,
    ({ most, verb, table }, reading) => {
      if (!rankByColumn(reading, dayOf(reading, verb, table), most === 'most')) return false;
      return { leaving: `${verb} ${table ?? ''}` };
    },
  ),
  // "registered most recently": by the date of what is spoken of
  rule(pattern` (?:the ${optional(number)} |the )?${most} recently(?= )`, ({ count, most }, reading, { before }) => {
    const { sentence, frame, resolver } = reading;
    const [, beside] = / ([TB]\d+)(?: [a-z]+)* (?:most|least) recently /.exec(sentence.asked) ?? [];
    const [, verb] = / ([a-z]{4,})(?: (?:for|in|on|to|an?|the|any|some|[TB]\d+))*$/.exec(before) ?? [];
    const done = verb === undefined ? undefined : resolver.linkNamed(verb, frame.main);
    const tables = [done, resolver.table(beside), frame.main, ...resolver.named].filter((table) => table !== undefined);
    const date = tables.map((table) => resolver.eventDate(table)).find((found) => found !== undefined);
    return rankByColumn(reading, date, most === 'most', count);
  }),
);
