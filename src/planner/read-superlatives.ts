import type { Table } from '#src/domain/catalog.ts';
import { holdsMoney, isMoney } from '#src/domain/roles/currency-of.ts';
import { columnsWithRole } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { addsUp, isKey, mayMeasure } from './column-roles.ts';
import type { Measure } from './frame.ts';
import { type FrameRule, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { type ColumnRef, saysOwner } from './lexicon.ts';
import { capture, meaning, oneOf, optional, pattern } from './pattern.ts';
import { isOfPeople } from './people.ts';
import { limitTo, ROWS, rank, rankByColumn } from './rank-by.ts';
import { measureOf } from './read-amounts.ts';
import { readFirstAsked } from './read-first-asked.ts';
import { readLatest } from './read-latest.ts';
import { earned } from './read-measures.ts';
import { readMost } from './read-most.ts';
import { readHowOften, readOften } from './read-often.ts';
import { worthOf } from './reckon-measures.ts';
import { COLUMN, NAME, NUMBER, TABLE, type Taken } from './sentence.ts';
import { COUNT_OF, RANKED_KINDS, SUPERLATIVES, type Superlative } from './superlatives.ts';
import { pastOf } from './verbs.ts';

const number = capture('count', NUMBER);
const count = optional(number);
const table = capture('table', TABLE);
const column = capture('column', COLUMN);
const most = oneOf('most', ['most', 'least']);
const superlative = meaning('superlative', SUPERLATIVES);

/** "the most viewed articles", "top 3 most ordered products": by the column, or by the rows of the table, that the verb names. */
const readMostDone = rule(
  pattern` (?:the )?(?:(?:top )?${count} )?${most} ${capture('verb', '[a-z]{4,}|[CV]\\d+')}(?: ${optional(capture('behind', NUMBER))})?(?= ${table}(?:,| |$))`,
  ({ count: first, most, verb, behind, table: code }, reading) => {
    const count = first ?? behind;
    const { sentence, resolver, frame } = reading;
    const said = sentence.wording(verb).toLowerCase();
    const table = resolver.table(code);
    if (!table || !/(?:ed|n|ght|ld|ad|t)$/.test(said)) return false;
    const columns = table.columns.filter(
      (column) =>
        column.kind === 'number' &&
        mayMeasure({ table, column }, 'sum', resolver.catalog) &&
        splitIdentifier(column.title ?? column.name).some((word) => stem(word) === stem(said)),
    );
    const [column, ...more] = columns;
    if (column && !more.length) return rankByColumn(reading, { table, column }, most === 'most', count);
    const done = resolver.doneBy(said, table);
    // "most ordered": how often, or how many of it?
    const measured = (done ? columnsWithRole(done, 'additive measure', resolver.catalog) : []).some(
      (one) => done && !isMoney({ table: done, column: one }, resolver.catalog),
    );
    if (!done || measured) return false;
    frame.touched.add(done);
    frame.counted = done;
    return rank(reading, ROWS, most === 'most', count);
  },
);

/** "which products do we sell the most of": by the one number of things that each line of it holds. */
const readMostOf = rule(
  pattern` ${table} (?:do|did|have|has|does) (?:we|you|they|our customers|people|customers) ${capture('verb', '[a-z]{3,}|[CTV]\\d+')} (?:the )?${most} of(?:(?: ·| ,)(?: in)? ${optional(capture('units', 'C\\d+'))}(?= $))?(?= ·| $| ,| D\d| (?:in|this|last|by) )`,
  ({ table: code, verb, most, units }, reading) => {
    const { sentence, resolver, frame } = reading;
    const said = sentence.wording(verb).toLowerCase();
    const table = resolver.table(code);
    const done = table && (resolver.doneBy(pastOf(said) ?? said, table) ?? resolver.doneBy(said, table));
    const amounts = (done ? columnsWithRole(done, 'additive measure', resolver.catalog) : []).filter(
      (column) => done && !holdsMoney({ table: done, column }, resolver.catalog),
    );
    const [column, ...more] = amounts;
    if (!table || !done || !column || more.length) return false;
    if (units && !/^(?:units?|pieces?|quantit(?:y|ies))$/i.test(sentence.wording(units))) return false;
    frame.main ??= table;
    frame.counted = done;
    const ref = { table: done, column };
    frame.assumptions.push(`${done.name}.${column.name} is added up.`);
    return rank(reading, { kind: 'aggregate', name: 'sum', ref }, most === 'most') && { leaving: code };
  },
);

/** "the 5 most viewed articles" where the column bears the verb, and the thing with it. */
const readMostDoneOf = rule(
  pattern` (?:the )?(?:(?:top )?${count} )?${most} ${column}(?= ·| $| ,| D\d| (?:in|of|by|from|with|for) )`,
  ({ count, most, column: code }, reading) => {
    const { sentence, frame, resolver } = reading;
    const best = sentence.mention(code).columns[0];
    const [verb = ''] = sentence.wording(code).toLowerCase().split(' ');
    if (!best || !saysOwner(best.score) || !/(?:ed|n|ght|ld|t)$/.test(verb)) return false;
    if (best.target.column.kind !== 'number' || !mayMeasure(best.target, 'sum', resolver.catalog)) return false;
    frame.main ??= best.target.table;
    return frame.main === best.target.table && rankByColumn(reading, best.target, most === 'most', count);
  },
);

/** An aggregate over the rows of each: a sum where the word says so, else the mean. */
function measureOfEach({ frame, resolver }: Reading, code: string, word: string): Measure | undefined {
  const ref = resolver.column(code, frame.main);
  const name = /^(total|overall|combined)$/.test(word) ? 'sum' : 'avg';
  return ref && mayMeasure(ref, name, resolver.catalog) ? { kind: 'aggregate', name, ref } : undefined;
}

const degree = capture('degree', 'highest|largest|greatest|biggest|most|lowest|smallest|least', (word) =>
  SUPERLATIVES.get(word),
);
const aggregate = capture('aggregate', 'total|average|avg|mean|combined');

/** "with the highest average salary": ranked by a measure of each. */
const readMostMeasured = rule(
  pattern` (?:that |who |which |and )?(?:with|has|have|had|having|by|of|offers?|offered|gives?|gave|makes?|made|earns?|earned|pays?|paid|got|receives?|received|sells?|sold|(?:has |have )?[a-z]{3,}ed|(?:was|were) [TV]\d+) (?:the |an? )?${degree} ${aggregate}
    (?: amount of| number of)? ${capture('of', NAME)}(?: ${optional(capture('worth', 'values?|amounts?|size|worth'))}(?= ·| $| ,| D\d| (?:in|of|for) ))?`,
  ({ degree, aggregate, of, worth }, reading) => {
    const table = of.startsWith('T') ? reading.resolver.table(of) : undefined;
    // "the highest average rating" of a table of ratings: its one measure; "order value": what orders amount to
    const held =
      table && (worth ? worthOf(table, reading.resolver.catalog) : measureOf(table, reading.resolver.catalog));
    if (worth !== undefined && !held) return false;
    const measure: Measure | undefined = held
      ? { kind: 'aggregate', name: /^(?:total|combined)$/.test(aggregate) ? 'sum' : 'avg', ref: held }
      : measureOfEach(reading, of, aggregate);
    if (measure?.kind === 'aggregate') reading.frame.counted = measure.ref.table;
    return measure !== undefined && rank(reading, measure, degree.descending);
  },
);

/** "with the highest order value": ranked by what their orders come to. */
const readMostWorth = rule(
  pattern` (?:that |who |which |and )?(?:with|has|have|had|having|by|of) (?:the |an? )?${degree} ${table} (?:values?|amounts?|worth)(?= ·| $| ,| D\d| (?:in|of|for|and) )`,
  ({ degree, table: code }, reading) => {
    const { frame, resolver } = reading;
    const table = resolver.table(code);
    const ref = table && worthOf(table, resolver.catalog);
    if (!table || !ref || !frame.main || !resolver.isMany(frame.main, table)) return false;
    frame.touched.add(table);
    frame.counted = table;
    frame.assumptions.push(`${table.name}.${ref.column.name} is added up.`);
    return rank(reading, { kind: 'aggregate', name: 'sum', ref }, degree.descending);
  },
);

/** "… and what are those ratings?": what they are ranked by is shown. */
const readAndWhat = rule(
  pattern`(?: ,)? and what (?:are|is|was|were) (?:those|these|that|the|their) (?:(?:average|total) )?${capture('name', NAME)} $`,
  ({ name }, { frame, resolver }) => {
    const measure = frame.order[0]?.measure;
    if (measure?.kind !== 'aggregate' || frame.order.length > 1) return false;
    const { column, table } = measure.ref;
    if (resolver.table(name) !== table && resolver.column(name, table)?.column !== column) return false;
    frame.items.push(measure);
    return true;
  },
);

/** "Return the first name, the last name and that total." */
const readThatFigure = rule(
  pattern`(?: ,| ·)*(?: (?:and|with|plus|together|along))+ (?:(?:that|this|the same|their|the) (?:total|sum|amount|value|figure|average|number|count)
    |(?:the |their )?(?:amounts|totals|figures)|what (?:is|are|was|were) (?:the|those|their|these|that) (?:amounts?|totals?|values?|figures?)|how (?:much|many)(?: (?:is|was|are|were) (?:it|that|they))?(?: for)?(?: each)?)(?= $)`,
  (_, { frame }) => {
    const [first, ...more] = frame.order;
    if (!first || more.length || (first.measure.kind !== 'aggregate' && first.measure.kind !== 'count')) return false;
    frame.rankShown = true;
    return true;
  },
);

/** "which rep logged the most hours, with hours": what they are ranked by, which is reckoned of each. */
const readRankAgain = rule(
  pattern`(?: ,| ·)*(?: (?:and|with|plus))+(?: (?:the|their|total))* ${column}(?= $)`,
  ({ column: code }, { frame, resolver }) => {
    const [first, ...more] = frame.order;
    const { measure } = first ?? {};
    if (measure?.kind !== 'aggregate' || more.length || frame.items.length) return false;
    if (resolver.columnOf(code, measure.ref.table)?.column !== measure.ref.column) return false;
    frame.rankShown = true;
    return true;
  },
);

/** "month with the most orders, with count": what they are ranked by is shown. */
const readWithCount = rule(
  pattern`(?: ,)?(?: (?:with|and|plus))? (?:(?:with (?:the )?|the )?(?:counts?|numbers?)|how many(?: (?:it|they|that|there))?(?: (?:was|were|is|are|had))?(?: (?:[a-z]+ed|join|[CV]\d+))?(?: in that (?:month|quarter|week|year))?)(?= $)`,
  (_, { frame }) => {
    const [first, ...more] = frame.order;
    if (first?.measure.kind !== 'count' || more.length || frame.items.length) return false;
    frame.rankShown = true;
    return true;
  },
);

const readTop = inOrder(
  // "top 3 products by revenue"
  rule(pattern` (?:the )?(?:top|first|best) ${number}(?= [CTBVQ·]\d*| \w+ [CTB]\d+)`, ({ count }, reading) =>
    limitTo(reading, count),
  ),
  // "by revenue, top 3"
  rule(pattern` (?:the )?(?:top|best|first) ${number}(?= $| ·| D\d| by | in | for | from )`, ({ count }, reading) =>
    limitTo(reading, count),
  ),
);

/** Ranks by a figure, the greatest first, which is shown beside what it is of. */
function rankByShown(reading: Reading, measure: Measure): true {
  reading.frame.rankShown = true;
  return rank(reading, measure, true);
}

/** "top 3 … by revenue": what the first ones are the first by. */
const readTopBy = inOrder(
  rule(
    pattern` (?:by|in terms of|based on|according to|ranked by|in) (?:the |their )?
      (?:${optional(capture('word', 'total|overall|combined|average|avg|mean'))} )?${column}`,
    ({ word, column }, reading) => {
      const { frame, resolver } = reading;
      const ref = resolver.column(column, frame.main);
      if (ref?.column.kind !== 'number') return false;
      // several rows of it for each thing ranked: they are added up, or averaged where the question says so
      const many = resolver.isMany(frame.main, ref.table);
      if (many && !word && !addsUp(ref, resolver.catalog)) return false;
      if (!many && !word) return rankByShown(reading, { kind: 'column', ref });
      const measure = measureOfEach(reading, column, word ?? 'total');
      if (measure?.kind === 'aggregate') frame.counted = measure.ref.table;
      return measure !== undefined && rankByShown(reading, measure);
    },
  ),
  rule(
    pattern` (?:by|in terms of|based on|according to) (?:the |their )?(?:total )?number of (?:the )?${column}`,
    ({ column: code }, reading) => {
      const { frame, resolver } = reading;
      const ref = resolver.column(code, frame.main);
      if (!ref || !frame.main || !resolver.isMany(frame.main, ref.table) || !addsUp(ref, resolver.catalog))
        return false;
      frame.counted = ref.table;
      return rankByShown(reading, { kind: 'aggregate', name: 'sum', ref });
    },
  ),
  rule(
    pattern` (?:by|in terms of|based on|according to) (?:the |their )?(?:${COUNT_OF} of )?(?:the )?${table}`,
    ({ table: code }, reading, { before }) => {
      const table = reading.resolver.table(code);
      // "average salary by department, top 5": of no rows that could be ranked by theirs
      const isReckoned =
        / (?:total|average|avg|mean)(?: of)? C\d+ $/.test(`${before} `) ||
        (!/[TB·]/.test(before) && / (?:C\d+|total|average|avg|mean) /.test(`${before} `));
      if (!table || isReckoned) return false;
      reading.frame.touched.add(table);
      reading.frame.counted = table;
      return rankByShown(reading, ROWS);
    },
  ),
);

/** "top 10 products by revenue": by what came in of each, whatever column or lines hold it. */
const readTopByRevenue = rule(
  pattern` by (?:the |their |total |overall )*${capture('word', 'revenue|turnover|sales|takings|income')}(?= ·| $| ,| D\d| (?:in|and|with|this|last|for) )`,
  ({ word }, reading) => {
    const { frame, resolver } = reading;
    const ref = earned(reading, word, subjectOf(reading));
    if (!ref || frame.limit === undefined || frame.order.length || !frame.main) return false;
    if (!resolver.isMany(frame.main, ref.table)) return false;
    frame.touched.add(ref.table);
    frame.counted = ref.table;
    frame.told.add(ref.column);
    frame.assumptions.push(`${ref.table.name}.${ref.column.name} is added up.`);
    return rankByShown(reading, { kind: 'aggregate', name: 'sum', ref });
  },
);

/** "top 5 suppliers by order cost": the amount of a table that is named. */
const readTopByAmount = rule(
  pattern` by (?:the )?(?:total |overall )?${table} (?:costs?|values?|amounts?|spend|spending|revenue|turnover|volume)(?= ·| $| ,| D\d| in)`,
  ({ table: code }, reading) => {
    const { frame, resolver } = reading;
    const table = resolver.table(code);
    const ref = table && worthOf(table, resolver.catalog);
    if (!table || !ref || frame.limit === undefined || frame.order.length) return false;
    frame.touched.add(table);
    frame.counted = table;
    frame.assumptions.push(`${table.name}.${ref.column.name} is added up.`);
    return rankByShown(reading, { kind: 'aggregate', name: 'sum', ref });
  },
);

/** "branches by number of brokers": each with how many, the most first. */
const readByNumber = rule(
  pattern`^(?: (?:the|our|all|list|show|rank|give|me))* ${capture('ranked', TABLE)}(?: (?:ranked|sorted|ordered))? by (?:the |their )?(?:total )?number of (?:the |their )?${table}`,
  ({ ranked, table: code }, reading) => {
    const { frame, resolver } = reading;
    const [of, counted] = [resolver.table(ranked), resolver.table(code)];
    if (!of || !counted || frame.limit !== undefined || frame.items.length || !resolver.isMany(of, counted))
      return false;
    const labels = resolver.labels(of);
    if (!labels.length) return false;
    frame.main = of;
    frame.touched.add(counted);
    frame.counted = counted;
    frame.items.push(...labels.map((ref): Measure => ({ kind: 'column', ref })), ROWS);
    frame.order.push({ measure: ROWS, descending: true });
    return true;
  },
);

const readTopByIfOpen: FrameRule = (reading) => {
  if (reading.frame.limit !== undefined && !reading.frame.order.length) readTopBy(reading);
};

/** "the longest ticket" is not the one whose first reply took longest. */
const isOwnLength = ({ column: { name } }: ColumnRef): boolean =>
  !/(?:repl|respon|wait|first|last|until|delay).*(?:min|hour|time|dur|sec)/i.test(name);

/** Ranks the rows of a table by the column that a superlative compares by. */
function rankBySuperlative(
  reading: Reading,
  table: Table | undefined,
  { hints, descending }: Superlative,
  count?: string,
): Taken {
  const { resolver } = reading;
  const own = resolver.hinted(table, hints, RANKED_KINDS, isOwnLength);
  if (!own && table && hints[0] === 'age') return rankByBirth(reading, table, descending, count);
  if (!own && table && NEWEST.has(hints)) return rankByColumn(reading, resolver.eventDate(table), descending, count);
  // "the heaviest entrepreneur", whose weight is with the people they are
  const beside =
    own || !table ? [] : resolver.besides(table).flatMap((one) => resolver.hinted(one, hints, RANKED_KINDS) ?? []);
  return rankByColumn(reading, own ?? (beside.length === 1 ? beside[0] : undefined), descending, count);
}

/** "the newest driver": by the date by which rows of the table are told. */
const NEWEST: ReadonlySet<readonly string[]> = new Set(
  ['newest', 'latest', 'most recent', 'earliest'].map((word) => SUPERLATIVES.get(word)?.hints ?? []),
);

/** Who was born first is the oldest; "the oldest order" came first. */
function rankByBirth(reading: Reading, table: Table, oldest: boolean, count?: string): Taken {
  const { resolver } = reading;
  const born = (one: Table) =>
    resolver.hinted(one, ['birth', 'birthday', 'birthdate', 'dob', 'born'], RANKED_KINDS) ??
    resolver.hinted(one, ['age'], RANKED_KINDS);
  const own = born(table);
  const beside = own ? [] : resolver.besides(table).flatMap((one) => born(one) ?? []);
  // whose age is no date of what they did
  const first = isOfPeople(table, resolver) ? undefined : (resolver.eventDate(table) ?? resolver.yearColumn(table));
  const ref = own ?? (beside.length === 1 ? beside[0] : undefined) ?? first;
  const isAge = ref !== undefined && /(?:^|_)age$/i.test(ref.column.name);
  return rankByColumn(reading, ref, isAge ? oldest : !oldest, count);
}

/** "the three largest cities in terms of population": what they are ranked by is said. */
const readAloneBy = rule(
  pattern` (?:the )?(?:top )?(?:${count} )?${capture('most', '(?:largest|biggest|highest|greatest|best|top|smallest|lowest|cheapest|dearest|heaviest|longest|shortest)')} ${table}
    (?: (?:in terms of|based on|according to|ranked by|measured by|by) (?:the |their )?)${column}(?= ·| $| ,)`,
  ({ count, most, table: code, column: by }, reading) => {
    const table = reading.resolver.table(code);
    const ref = table && reading.resolver.column(by, table);
    if (ref?.column.kind !== 'number' || isKey(ref, reading.resolver.catalog)) return false;
    if (reading.resolver.isMany(table, ref.table)) return false;
    if (!rankByColumn(reading, ref, !/^(?:smallest|lowest|cheapest|shortest)$/.test(most), count)) return false;
    return { leaving: code };
  },
);

/** "which 3 customers have the most orders": so many of the first. */
const readWhichFirst = rule(pattern`^ (?:which|what)(?: are the)? ${number}(?= [CTBV·]\d*)`, ({ count }, reading) => {
  if (reading.frame.limit !== 1 || !reading.frame.order.length) return false;
  return limitTo(reading, count);
});

/** "the names of the 3 departments with the most courses", "5 agents with the lowest salary": so many of the first. */
const readSoManyFirst = rule(
  pattern`(?<=^(?: the)?| (?:of|for|are|list|show|find|give)(?: (?:all|the|me))*) ${number}(?= (?:${NAME}|·))`,
  ({ count }, reading) => {
    if (reading.frame.limit !== 1 || !reading.frame.order.length) return false;
    return limitTo(reading, count);
  },
);

/** "the youngest student", "the three largest cities", "the oldest". */
const readAlone = inOrder(
  // "top 3 highest paid engineers", who are told by their job
  rule(
    pattern` (?:the )?(?:top )?(?:${count} )?${superlative} ${capture('value', 'V\\d+')}(?= ·| $| ,| D\d| (?:in|of|by|from|with|for) )`,
    ({ count, superlative, value }, reading) => {
      const held = reading.resolver.value(value, reading.frame.main);
      if (!held || held.table !== (reading.frame.main ?? held.table) || !superlative.hints.length) return false;
      if (!rankBySuperlative(reading, held.table, superlative, count)) return false;
      reading.frame.main = held.table;
      return { leaving: value };
    },
  ),
  // "cheapest 5 products"
  rule(pattern` (?:the )?${superlative} ${number}(?= ${table})`, ({ count, superlative, table }, reading) =>
    rankBySuperlative(reading, reading.resolver.table(table), superlative, count),
  ),
  // "the biggest customer order", whose orders are ranked
  rule(
    pattern` (?:the )?(?:top )?(?:${count} )?${superlative} ${capture('owner', TABLE)}(?= ${table}(?: |$))`,
    ({ count, superlative, owner, table: code }, reading) => {
      const { resolver, frame, sentence } = reading;
      const [whose, table] = [resolver.table(owner), resolver.table(code)];
      if (!whose || !table || /(?:s|ed)$/i.test(sentence.wording(owner)) || !resolver.refersTo(table).includes(whose))
        return false;
      if (!rankBySuperlative(reading, table, superlative, count)) return false;
      frame.main = table;
      frame.touched.add(whose);
      return true;
    },
  ),
  rule(
    // and "the most expensive hardware product"
    pattern` (?:the )?(?:top )?(?:${count} )?${superlative}(?= (?:V\d+ |female |male )?${table})`,
    ({ count, superlative, table }, reading) =>
      rankBySuperlative(reading, reading.resolver.table(table), superlative, count),
  ),
  rule(
    pattern` (?:(?:that |who |which )?(?:is|are|was|were) )?the ${superlative}(?= ·| $| [a-z]+ $| among)`,
    ({ superlative }, reading) => rankBySuperlative(reading, subjectOf(reading), superlative),
  ),
);

/** Reads superlatives: "the three largest …", "with the most …", "top 3 … by …". */
export const readSuperlatives = inOrder(
  readLatest,
  readHowOften,
  readOften,
  readAloneBy,
  readMostOf,
  readMostDone,
  readMostDoneOf,
  readMostMeasured,
  readMostWorth,
  readAndWhat,
  readMost,
  readTop,
  readTopByAmount,
  readTopByRevenue,
  readByNumber,
  readTopByIfOpen,
  readThatFigure,
  readRankAgain,
  readWithCount,
  readAlone,
  readWhichFirst,
  readFirstAsked,
  readSoManyFirst,
);
