import { flagOf } from '#src/domain/column-meaning.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { addsUp, isKey, isRanked, mayMeasure } from './column-roles.ts';
import { type FrameRule, inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { ownerSaid } from './owner-named.ts';
import { capture, meaning, optional, part, pattern } from './pattern.ts';
import { limitTo, ROWS, rank, rankByColumn } from './rank-by.ts';
import { measureOf } from './read-amounts.ts';
import { isFlagNamed, keepFlagged } from './read-flags.ts';
import { measureOfEach } from './read-group-bounds.ts';
import { isAmount } from './reckon-measures.ts';
import { COLUMN, NAME, NUMBER, TABLE, type Taken, VALUE } from './sentence.ts';
import { COUNT_OF, SUPERLATIVES } from './superlatives.ts';
import { unitOf } from './units.ts';
import { isEvent, isRelation } from './verbs.ts';

/** Ranks by the column that a code names where that may be, or else by how many rows there are of what it names. */
function rankByName(reading: Reading, code: string, descending: boolean, counts: boolean, inTotal = false): boolean {
  const { frame, resolver } = reading;
  // "of 10 least expensive invoices": a table is no column that bears its name
  const ref = code.startsWith('T') && !counts ? undefined : resolver.column(code, frame.main);
  const table = resolver.table(code);
  // "the best app rating" of a table of ratings: their mean
  const held = table && code.startsWith('T') && !counts ? measureOf(table, resolver.catalog) : undefined;
  if (held) {
    frame.counted = held.table;
    return rank(reading, { kind: 'aggregate', name: 'avg', ref: held }, descending);
  }
  // "the maker with the most damage reported": by how many rows it is true of
  const flag = ref && counts ? flagOf(ref.column, resolver.catalog.engine) : undefined;
  if (ref && flag) {
    frame.counted = ref.table;
    frame.touched.add(ref.table);
    const when = { kind: 'compare', ref, operator: '=', value: flag.yes } as const;
    return rank(reading, { kind: 'count', distinct: false, table: ref.table, when }, descending);
  }
  const ranked = ref && isRanked(ref, resolver.catalog) && !isKey(ref, resolver.catalog);
  // "the city with the highest total order amount": of all orders there, not of one
  const summed =
    ranked &&
    frame.main &&
    resolver.isMany(frame.main, ref.table) &&
    (inTotal ? mayMeasure(ref, 'sum', resolver.catalog) : addsUp(ref, resolver.catalog));
  // and "the driver with the most km"
  if (summed && (counts || inTotal || /\b(?:total|overall|combined)\b/i.test(reading.sentence.wording(code)))) {
    frame.counted = ref.table;
    return rank(reading, { kind: 'aggregate', name: 'sum', ref }, descending);
  }
  // "the vehicle with the highest repair cost", "the channel with the highest spend": of all repairs, of all that was spent
  const mention = reading.sentence.mention(code);
  const isOfAll =
    summed &&
    !/s$/i.test(reading.sentence.wording(code)) &&
    ((ownerSaid(mention, reading.sentence) === ref.table && resolver.isMany(frame.main, ref.table)) ||
      isAmount(ref.table));
  if (isOfAll) {
    frame.counted = ref.table;
    return rank(reading, { kind: 'aggregate', name: 'sum', ref }, descending);
  }
  // "the three states with the most gallons": of all that was bought there
  if (ranked && counts && isOfEachKind(reading, code, ref)) {
    return rank(reading, { kind: 'aggregate', name: 'sum', ref }, descending);
  }
  if (ranked && frame.main && resolver.isMany(frame.main, ref.table)) frame.counted = ref.table;
  if (ranked && !(counts && table && code.startsWith('T'))) return rank(reading, { kind: 'column', ref }, descending);
  const counted = table && !code.startsWith('C') ? table : ref?.table;
  if (!counts || !counted) return false;
  frame.touched.add(counted);
  frame.counted = counted;
  return rank(reading, ROWS, descending);
}

/** Whether what is ranked is told by a kind that many rows share, of which the number adds up. */
function isOfEachKind({ sentence, resolver }: Reading, code: string, ref: ColumnRef): boolean {
  const [, kind] = new RegExp(` (C\\d+) (?!.* [CTB]\\d+ .*${code} ).*${code} `).exec(sentence.asked) ?? [];
  const of = kind === undefined ? undefined : resolver.column(kind, ref.table);
  return of?.table === ref.table && roleOf(of, resolver.catalog) === 'category' && addsUp(ref, resolver.catalog);
}

const HAS = part`(?:that |who |which |and )?(?:with|has|have|had|having|by|in terms of|based on|in order of|offers?
  |offering|received?|brings? in|generates?|yields?|made|did|does|do|placed|got|owns?|contains?|produces?|hosted|gives?|of)`;

const number = capture('count', NUMBER);
const count = optional(number);
const table = capture('table', TABLE);
const column = capture('column', COLUMN);
const superlative = meaning('superlative', SUPERLATIVES);

/** What says of the counted things which ones: "the most enterprise customers", "the most female students". */
const state = optional(capture('state', `${VALUE}|C\\d+(?= [TB])|female|male|[a-z]+ed(?= [TB])`));
const OF_ALL = '(?: (?:of|the|all|different|distinct|corresponding|total|kinds? of|types? of))*';

const stays = (reading: Reading, state: string | undefined): boolean =>
  state === undefined || !state.startsWith('C') || isFlagNamed(reading.sentence, state, reading.resolver);

/** A flag says at once which are meant: of what is counted, which is taken by then. */
const keepsFlagged = (reading: Reading, state: string | undefined, code: string): boolean =>
  state?.startsWith('C') === true && keepFlagged(reading, state, false, reading.resolver.table(code)) === true;

const leaving = (state: string | undefined): Taken => (state === undefined ? true : { leaving: `· ${state}` });

/** "the policy type the most customers choose": whatever they do, it ties the two. */
const ofEach = / C\d+$/;

/** "prescribed the highest dose", "enrolled in the most courses": the table that bears the verb has what is ranked, or leads to what is counted. */
function isDoneIn(reading: Reading, verb: string, said: string, code: string): boolean {
  const { frame, resolver } = reading;
  const link = verb.startsWith('T') && /(?:ed|n|ght|ld|t)$/.test(said) ? resolver.table(verb) : undefined;
  if (!link || link === frame.main) return false;
  const counted = code.startsWith('C') ? undefined : resolver.table(code);
  const tied = counted
    ? frame.main !== undefined && resolver.links(link, frame.main, counted)
    : resolver.columnOf(code, link) !== undefined && resolver.column(code, frame.main)?.table === link;
  if (tied) frame.touched.add(link);
  return tied;
}

/** "registered for the most courses", "where the most accidents happened", "hires most staff", "the most customers choose" */
const readMostDoing = (verbs: string): FrameRule =>
  rule(
    pattern` (?:that |who |which |and |where )*(?:(?:is|are|was|were|has|have|had|did|do|does|been|can) )*(?:${optional(capture('verb', verbs))} )?
      (?:for |in |on |by |to |at |from |with )?(?:the )?(?:${count} )?
      ${capture('most', '(?:most|fewest|least|largest|highest|greatest|smallest|lowest|biggest|maximum|minimum)')}
      ${optional(capture('counting', ' (?:number|amount|count)s? of'))}?${OF_ALL}(?: ${state})? ${capture('table', NAME)}
      (?:(?: (?:are|is|were|was|have|has|had|been))* ${optional(capture('after', '[a-z]+'))})?`,
    ({ verb, count, most, counting, state, table, after }, reading, { said: whole, before: head, after: rest }) => {
      // "earns the lowest salary": a column is ranked by itself
      const ranks = table.startsWith('C') && verb !== undefined;
      const counts = /^(?:most|fewest|least)$/.test(most) || counting !== undefined;
      // "show the highest salary" asks for a figure
      if (!counts && (!ranks || head === '')) return false;
      const said = verb && reading.sentence.wording(verb).toLowerCase();
      // "who closed the most tickets": in which state they are
      const held = verb?.startsWith('V') ? reading.resolver.value(verb, reading.resolver.table(table)) : undefined;
      const ranked = reading.resolver.table(table);
      const isStateOf = held !== undefined && held.table === ranked && !isEvent(said ?? '');
      // "brewed the most batches": what they did, of which the day is kept
      const isOwn =
        isStateOf && ranked !== reading.frame.main && reading.resolver.dateNamed(said ?? '', [ranked]) !== undefined;
      // "which clients booked the most": the day of it is named so
      const isDone =
        said !== undefined && (isEvent(said) || isRelation(said) || isDoneIn(reading, verb ?? '', said, table));
      const before = said === undefined || isDone || isStateOf;
      const isOfEach = verb === undefined && ofEach.test(head);
      const tied =
        verb !== undefined ? before : / where /.test(whole) || (after !== undefined && (isRelation(after) || isOfEach));
      if (!tied || !before || !stays(reading, state)) return false;
      const behind = after !== undefined && (isRelation(after) || isOfEach) ? '' : (after ?? '');
      if (
        behind === '' &&
        after !== undefined &&
        !/^ *(?:(?:in|with|from|for|to|on|at|of|by) )?(?:·|$|,|and |D\d)/.test(rest)
      )
        return false;
      if (!rankByName(reading, table, /^(?:most|largest|highest|greatest|biggest|maximum)$/.test(most), counts))
        return false;
      if (count !== undefined) limitTo(reading, count);
      const stated = keepsFlagged(reading, state, table) ? undefined : state;
      const left = [isStateOf && !isOwn ? verb : undefined, stated, behind].filter(Boolean).join(' ');
      return left ? { leaving: `· ${left}` } : true;
    },
  );

/** The column that a code names, where it holds how long something took. */
function timeNamed({ frame, resolver }: Reading, code: string): ColumnRef | undefined {
  const ref = resolver.column(code, frame.main);
  return ref && unitOf(ref)?.of === 'time' ? ref : undefined;
}

/** "which agent closed the most disputes", "which code was applied to the largest number of orders": whatever is done ties the two. */
const readWhichMost = rule(
  pattern`^( which| what)(?: [a-z]+)?${capture('who', '(?: [CT]\\d+)+')}(?: (?:was|were|is|are|has|have|had))* ${capture('verb', '(?!has |have |had |with |the )[a-z]{3,}|[VC]\\d+')}(?: (?:in|on|to|for|by|with|at|out|up|from))? the (?:${optional(capture('few', 'fewest|least|smallest number of|lowest number of'))}|most|(?:largest|highest|greatest|biggest|total|maximum)(?: total)? number of)(?: different| distinct)? ${table}(?: ${optional(capture('date', 'D\\d+'))})?(?= ·| $| ,| D\d| (?:in|and|by|for|with) )`,
  ({ who, verb, few, table: code, date }, reading) => {
    const { frame, sentence, resolver } = reading;
    const counted = resolver.table(code);
    const subject = who.trim().split(' ').at(-1) ?? '';
    const ref = subject.startsWith('C') ? resolver.column(subject, counted) : undefined;
    const owner = ref?.table ?? resolver.table(subject);
    if (!counted || !owner || frame.order.length || frame.items.length) return false;
    if (owner !== counted && !resolver.refersTo(counted).includes(owner)) return false;
    // "which rep won the most deals": those that stand so
    const said = sentence.wording(verb).toLowerCase();
    const day = resolver.dateNamed(said, [counted]);
    if (!day && (verb.startsWith('V') || resolver.stateNamed(said, counted))) return false;
    frame.main ??= owner;
    frame.touched.add(counted);
    frame.counted = counted;
    if (!rank(reading, ROWS, few === undefined)) return false;
    // by when it was done, where a period is said and the day of it is kept
    return { leaving: `${who} ${day && date ? `${verb} ${date}` : `· ${date ?? ''}`}` };
  },
);

export const readMost = inOrder(
  readWhichMost,
  // "with the most students", "that has the highest number of orders", "with the highest salary"
  rule(
    pattern` ${HAS} (?:the )?(?:${count} )?${superlative}(?: ${optional(capture('counting', COUNT_OF))} of)?
      ${OF_ALL}(?: ${state})? ${capture('code', NAME)}(?: on record| recorded| overall| in total)?`,
    ({ count, superlative, counting, state, code }, reading, { said }) => {
      const counts = superlative.counts ?? counting !== undefined;
      const time = superlative.hints[0] === 'speed' ? timeNamed(reading, code) : undefined;
      // "the category with the slowest reply": of one of its tickets, or of all on average?
      if (time && reading.resolver.isMany(reading.frame.main, time.table)) return false;
      // the slowest takes the longest
      const descending = time ? !superlative.descending : superlative.descending;
      // "the region with the highest quota in total": of all that are there
      const inTotal = / in total$/.test(said);
      if (!stays(reading, state) || !rankByName(reading, code, descending, counts, inTotal)) return false;
      if (count !== undefined) limitTo(reading, count);
      return leaving(keepsFlagged(reading, state, code) ? undefined : state);
    },
  ),
  // "the rank for which there are the fewest captains", "the year in which most ships were built"
  rule(
    pattern` (?:for|in|from|at|on) which (?:there (?:are|is|were|was) )?(?:the )?${capture('most', 'most|fewest|least')}${OF_ALL} ${table}
      (?: (?:are|is|were|was|have|has|come|comes))*(?: (?:from|in|${optional(capture('verb', '(?!from )[a-z]{3,}'))}))?(?= ·| $| ,)`,
    ({ most, table, verb }, reading) =>
      (verb === undefined || isRelation(verb)) && rankByName(reading, table, most === 'most', true),
  ),
  // "the procedure that costs the most"
  rule(
    pattern` ${capture('thing', TABLE)} (?:that|which) ${column} the ${capture('most', 'most|least')}(?= ·| $| ,)`,
    ({ thing, column, most }, reading) => {
      const { sentence, resolver } = reading;
      const owner = resolver.table(thing);
      const ref = owner && resolver.columnOf(column, owner);
      if (!ref || !/s$/.test(sentence.wording(column)) || !isRanked(ref, resolver.catalog)) return false;
      return rankByColumn(reading, ref, most === 'most') && { leaving: thing };
    },
  ),
  readMostDoing('(?!the )[a-z]+|[VT]\\d+'),
  readMostDoing('C\\d+'),
  // "the app version that has crashed most often"
  rule(
    pattern` ${table}(?: the)? ${capture('most', 'most|least')} (?:often|frequently|times)(?= ·| $| ,| D\d| in)`,
    ({ table, most }, reading) => rankByName(reading, table, most === 'most', true),
  ),
  // "the zip code in which the average humidity is the lowest", "products whose total quantity is the largest"
  rule(
    pattern` (?:whose|(?:in|for|at|of) which|where)(?: the)? ${capture('aggregate', 'average|mean|total')}(?: (?:number|amount) of)? ${column} (?:is|was|are|were) the ${superlative}(?= ·| $| ,)`,
    ({ aggregate, column, superlative }, reading) => {
      const measure = measureOfEach(reading, aggregate === 'total' ? 'sum' : 'avg', column);
      return measure !== undefined && rank(reading, measure, superlative.descending);
    },
  ),
  // "trips with the top 3 durations", "with the top three lowest prices"
  rule(
    pattern` (?:with|having) (?:the )?(?:top|highest|largest|lowest|smallest) ${number} (?:${optional(capture('most', 'highest|largest|greatest|biggest|lowest|smallest'))} )?${column}`,
    ({ count, most, column }, reading, { said }) => {
      const ref = reading.resolver.column(column, reading.frame.main);
      const descending = !/^(?:lowest|smallest)$/.test(most ?? '') && !/ (?:lowest|smallest) N/.test(said);
      return (
        ref?.column.kind === 'number' &&
        !isKey(ref, reading.resolver.catalog) &&
        rankByColumn(reading, ref, descending, count)
      );
    },
  ),
);
