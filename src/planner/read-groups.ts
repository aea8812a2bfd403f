import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { addsUp } from './column-roles.ts';
import { isFigure } from './complete-frame.ts';
import type { Frame, Measure, PeriodFormat } from './frame.ts';
import { type FrameRule, inOrder, type Reading, rule } from './frame-rule.ts';
import { IGNORABLE } from './ignorable.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, optional, pattern } from './pattern.ts';
import { ROWS, rank } from './rank-by.ts';
import { dateOfWhole, dayBesidePeriods, subjects } from './read-dates.ts';
import { sexOf } from './read-values.ts';
import type { FrameResolver } from './resolve.ts';
import { NAME, TABLE, type Taken, VALUE } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

const PERIODS: ReadonlyMap<string, PeriodFormat> = new Map(
  Object.entries({
    year: 'YYYY',
    yearly: 'YYYY',
    annually: 'YYYY',
    quarter: 'quarter',
    quarterly: 'quarter',
    week: 'week',
    weekly: 'week',
    weekday: 'weekday',
    'day of the week': 'weekday',
    'day of week': 'weekday',
    month: 'YYYY-MM',
    monthly: 'YYYY-MM',
    day: 'YYYY-MM-DD',
    daily: 'YYYY-MM-DD',
  } as const),
);

/** Groups by the periods of a date. */
function groupByPeriod({ frame, resolver }: Reading, ref: ColumnRef, format: PeriodFormat): true {
  frame.groups.push({ kind: 'period', ref, format, ...resolver.groupZoneOf(ref) });
  return true;
}

const readPeriods = inOrder(
  rule(
    pattern` (?:(?:by|per|each|every|for each|for every|in each|of each|over the) )?(?:the )?
      ${capture('period', 'day of (?:the )?week|weekday|month|quarter|week|year|day|monthly|quarterly|weekly|yearly|daily|annually')}s?(?= |$)`,
    ({ period }, reading, { said }) => {
      const explicit = /by|per|each|every|ly$|annually/.test(said.trim());
      const format = PERIODS.get(period);
      const ref =
        reading.frame.happened ??
        dayBesidePeriods(reading) ??
        subjects(reading)
          .map((table) => reading.resolver.eventDate(table) ?? dateOfWhole(table, reading))
          .find((found) => found !== undefined);
      if (!explicit || format === undefined || ref === undefined) return false;
      reading.frame.touched.add(ref.table);
      return groupByPeriod(reading, ref, format);
    },
  ),
  // "per month" where some other table has a column named so: the main table's own date says the month
  rule(pattern` (?:by|per|each|every|for each|in each) ${capture('column', 'C\\d+')}(?= )`, ({ column }, reading) => {
    const { sentence, frame, resolver } = reading;
    const format = PERIODS.get(sentence.wording(column).toLowerCase());
    const ref = frame.main && resolver.eventDate(frame.main);
    const own = resolver.column(column, frame.main)?.table === frame.main;
    return format !== undefined && ref !== undefined && !own && groupByPeriod(reading, ref, format);
  }),
);

/** "by type" of a code that a list of types explains: what they are called there, unless their code is asked for. */
function kindsOf(
  ref: ColumnRef,
  main: Table | undefined,
  resolver: FrameResolver,
  said: string,
): ColumnRef | undefined {
  if (ref.table === main || resolver.key(ref.table)?.column !== ref.column || /(?:code|id|number|no)s?$/i.test(said))
    return undefined;
  const label = resolver.label(ref.table);
  return label?.column === ref.column ? undefined : label;
}

/** Groups by the column that a code names, or by the rows of a table, which are shown by their label or key. */
function groupBy(reading: Reading, code: string, asked = false, per = false): boolean {
  const { frame, resolver } = reading;
  const ref = resolver.column(code, frame.main);
  const table = resolver.table(code);
  if (!code.startsWith('T') && ref && !(code.startsWith('B') && table && resolver.key(table))) {
    const kinds = kindsOf(ref, frame.main, resolver, reading.sentence.wording(code));
    if (kinds) frame.touched.add(kinds.table);
    frame.groups.push({
      kind: 'column',
      ref: kinds ?? ref,
      ...(kinds ? { entity: true } : {}),
      ...(asked ? { asked } : {}),
      ...(per ? { per } : {}),
    });
    return true;
  }
  // "average distance per trip": the mean of all trips, not one of each
  const mean = frame.items.some((item) => item.kind === 'aggregate' && item.name === 'avg' && item.ref.table === table);
  if (mean) return true;
  const shown = table && (resolver.label(table) ?? resolver.key(table));
  if (!shown) return false;
  frame.touched.add(table);
  frame.groups.push({ kind: 'column', ref: shown, entity: true, ...(asked ? { asked } : {}), ...(per ? { per } : {}) });
  return true;
}

const groupByBoth = (reading: Reading, first: string, second: string | undefined, asked: boolean, per = false) =>
  groupBy(reading, first, asked, per) && (second === undefined || groupBy(reading, second, asked));

const DIFFERENT = '(?:of the |the )?(?:different |distinct |possible |unique |single |individual )?';
const first = capture('first', NAME);
const second = optional(capture('second', NAME));

/** "for each country", "how many orders does each customer have". */
const readEach = rule(
  pattern`(?: (?:(?:that|which|who) )?(?:(?:are|is|were|was) )?${optional(capture('tie', '[a-z]{3,}'))}(?= (?:to|in|by|with|at|on|for) (?:each|every) ))?
    (?: (?:for|in|of|from|by|at|on|to|within|with|across|that|does|do|did|are there|is|have|has|corresponding))*
    (?: each| every| per| grouped by| group by| broken down by| split by) ${DIFFERENT}(?:${optional(capture('deed', 'T\\d+(?= [TB]\\d)'))} )?${first}
    (?:(?: and| ,)(?: each| every)? (?:the )?${second}(?= [·]| $))?`,
  ({ tie, deed, first, second }, reading, { said }) => {
    if (tie !== undefined && !isRelation(tie) && !IGNORABLE.has(tie)) return false;
    // "each inspected site": those that have an inspection
    const done = deed === undefined ? undefined : reading.resolver.table(deed);
    if (deed !== undefined && (!done || !/ed$/i.test(reading.sentence.wording(deed)))) return false;
    if (done) reading.frame.touched.add(done);
    return groupByBoth(reading, first, second, / (?:per|by) /.test(said), / per /.test(said));
  },
);

/** "average age for different majors": a figure of each. */
const readForDifferent = rule(
  pattern` (?:for|in|of|by|across) (?:the )?(?:different|various) ${first}(?= ·| $| ,)`,
  ({ first }, reading, { before }) =>
    !reading.frame.groups.length &&
    reading.frame.items.some((item) => item.kind === 'aggregate' || (isFigure(item) && !/ [CB]\d/.test(before))) &&
    groupBy(reading, first, true),
);

/** "for male and female students": the two beside each other. */
const readSexes = rule(
  pattern` (?:for|of|between|among|by) (?:both )?(?:the )?(?:males?|men|boys|females?|women|girls) and (?:males?|men|boys|females?|women|girls)(?= )`,
  (_, reading) => {
    const ref = sexOf(reading);
    if (!ref || ref.table !== (reading.frame.main ?? ref.table)) return false;
    reading.frame.groups.push({ kind: 'column', ref, asked: true });
    return true;
  },
);

const MOST = 'most|fewest|least|(?:largest|highest|greatest|biggest|smallest|lowest) number of';

/** "which month had the most orders", "in which month of 2024 did the most members join", "month with most sales": the first of all periods. */
const readPeriodOfMost = rule(
  pattern`^(?: (?:in|during|on|which|what|was|is|the|our|show|find|me))* ${capture('period', 'month|quarter|week|year|weekday|C\\d+')}(?: (?:of|in))?(?: ${optional(capture('date', 'D\\d+'))})? (?:with|had|has|saw|did (?:we|you|they) [a-z]{3,}|did|were|was|that had|do|in which)(?: the)? ${capture('most', MOST)}(?: (?:our|the|new))*(?: ${optional(capture('state', `${VALUE}|[a-z]{3,}ed`))})? ${capture('table', TABLE)}(?: ${optional(capture('verb', '[a-z]{3,}|[CVT]\\d+'))})?(?= $| ·| ,| D\d| (?:in|and|during|of|for) )`,
  ({ period, date, most, state, table: code, verb }, reading) => {
    const { frame, resolver, sentence } = reading;
    const table = resolver.table(code);
    const said = verb === undefined ? undefined : sentence.wording(verb).toLowerCase();
    const came = said === undefined || isEvent(said) || isRelation(said);
    const ref =
      table && ((said && resolver.dateNamed(said, [table])) || (came ? resolver.eventDate(table) : undefined));
    // a column may be called so as well
    const format = PERIODS.get(sentence.wording(period).toLowerCase());
    if (!ref || !format || frame.order.length || frame.items.length || frame.groups.length) return false;
    frame.main = table;
    frame.basis = said ? ref : undefined;
    groupByPeriod(reading, ref, format);
    return (
      rank(reading, ROWS, !/^(?:fewest|least|smallest|lowest)/.test(most)) && {
        leaving: `${state ?? ''} ${verb?.startsWith('V') ? verb : ''} · ${date ?? ''}`,
      }
    );
  },
);

/** "busiest day for ticket sales", "the best month for orders": the period with the most of them. */
const readBusiestFor = rule(
  pattern`(?: (?:which|what|was|is|the|our))* ${capture('most', 'busiest|best|strongest|slowest|worst|quietest|weakest')} ${capture('period', 'day of the week|weekday|day|week|month|quarter|year')} (?:for|of|in|by|in terms of) (?:the |our )?(?=${capture('table', TABLE)} )`,
  ({ most, period, table: code }, reading) => {
    const { frame, resolver } = reading;
    const table = resolver.table(code);
    const ref = table && resolver.eventDate(table);
    const format = PERIODS.get(period);
    if (!ref || !format || (frame.main ?? table) !== table || frame.order.length) return false;
    frame.main = table;
    groupByPeriod(reading, ref, format);
    return rank(reading, ROWS, /^(?:busiest|best|strongest)$/.test(most));
  },
);

export const readBusiest = inOrder(readBusiestFor, readPeriodOfMost);

/** "by reason and month". */
const readPeriodBeside = rule(
  pattern`(?<=·)(?: and|,) (?:the )?${capture('period', 'month|quarter|week|year|day|weekday')}(?= ·| $| ,| D\d| (?:in|for|of|with) )`,
  ({ period }, reading) => {
    const format = PERIODS.get(period);
    const ref = reading.frame.main && reading.resolver.eventDate(reading.frame.main);
    if (!format || !ref || !reading.frame.groups.length) return false;
    return groupByPeriod(reading, ref, format);
  },
);

/** "gender split of the staff", "status breakdown by office": told apart by it. */
const readSplit = rule(
  pattern`(?: (?:what|is|the|our|show|give|me))* ${first} (?:split|breakdown|distribution|mix)
    (?: (?:by|per|in each|for each|in every) (?:the )?${second}|(?: (?:of|for|among|across|in)(?: (?:the|our|all))*)?)(?= )`,
  ({ first, second }, reading) =>
    second === undefined ? groupBy(reading, first, true) : groupByBoth(reading, second, first, true),
);

/** "… with first name Bo", "… named Bo". */
const OF_ONE = /^ (?:with|whose|named|called) (?:(?:the|an?) )?(?:[CB]\d+ (?:(?:is|of|as) )?)?[VQ]\d/;

/** "by department", which groups where nothing else does; not "managed by the department". */
const readBy = rule(
  pattern`(?<!(?:ed|en|wn|ght|ade|old|ung)(?: in| at| on| to| for)?) by ${DIFFERENT}${first}(?: and ${second})?(?= ·| $| ,| D| in| for| top| and (?:month|quarter|week|year|day) | and(?: the)? (?:counts?|numbers?|how many|totals?|averages?|avg|mean|sum)(?= )| excluding| without| except| not| over| under| above| below| with| from| where| that| who| which| on| at)`,
  ({ first, second }, reading, { after }) => {
    // "accounts by the customer with first name Bo" are those of one
    if (first.startsWith('T') && OF_ONE.test(after) && !reading.frame.items.some(isFigure)) return { leaving: first };
    const { frame, resolver } = reading;
    if (first.startsWith('T') && second === undefined && !frame.items.some((item) => item.kind === 'aggregate')) {
      const doers = readDoers(reading, first);
      if (doers) return doers;
    }
    // "customers affected by outages": what is added up is of theirs
    const table = first.startsWith('T') ? resolver.table(first) : undefined;
    const isReckoned = (item: Measure) =>
      item.kind === 'aggregate'
        ? item.ref.table === table
        : item.kind === 'column' && item.ref.table === table && addsUp(item.ref, resolver.catalog);
    if (table && frame.items.some(isReckoned)) return true;
    return groupByBoth(reading, first, second, true);
  },
);

/** "units sold by product", "leave days taken by department": one of each, where "taken by the department" would say who it was. */
const readDoneBy = rule(
  pattern` ${capture('done', '[a-z]+(?:ed|en|wn|ght|old|ade|un)')} by ${capture('each', TABLE)}(?= ·| $| ,| D\d| (?:in|for|over|since) )`,
  ({ done, each }, reading, { before }) => {
    const { frame, sentence } = reading;
    const isFigureFirst = frame.phrase && /^(?: (?:the|our|all|total))* (?:C\d+|·)$/.test(before);
    return isFigureFirst && isRelation(done) && !/s$/i.test(sentence.wording(each)) && groupBy(reading, each, true);
  },
);

/** "orders placed by phone": how they came to be, whatever became of them since, though a state is called so. */
const readPlaced = rule(
  pattern`(?: (?:that|which))?(?: (?:was|were|been|have|has))* ${capture('value', VALUE)}(?= (?:by|via|through|online) )`,
  ({ value }, { sentence, frame: { main } }) => {
    const said = sentence.wording(value).toLowerCase();
    const isState = sentence.mention(value).values.some(({ table }) => table === main);
    return isState && /ed$/.test(said) && isEvent(said);
  },
);

/** "accounts opened by currency this year": they came to be then, each group of them told apart. */
const readCameBy = rule(
  pattern` ${capture('verb', '[a-z]+|[CV]\\d+')} by ${capture('each', NAME)}(?= ·| $| ,| D\d| (?:in|for|over|since) )`,
  ({ verb, each }, reading) => {
    const { frame, sentence, resolver } = reading;
    const { main } = frame;
    const done = sentence.wording(verb).toLowerCase();
    if (!/(?:ed|en|wn|ght|nt)$/.test(done)) return false;
    const ref = main && !each.startsWith('T') ? resolver.column(each, main) : undefined;
    const table = resolver.table(each);
    const tellsApart = ref
      ? ref.table === main && ref.column.kind === 'text' && ref.column.valuesComplete
      : main && table && resolver.refersTo(main).includes(table);
    if (!main || !tellsApart || frame.groups.length || /[^su]s$/i.test(sentence.wording(each))) return false;
    return (isEvent(done) || resolver.dateNamed(done, [main]) !== undefined) && groupBy(reading, each, true);
  },
);

/** "messages sent by agents": who did it, and no group of each. */
function readDoers({ sentence, frame, resolver }: Reading, code: string): Taken {
  const { main } = frame;
  const said = sentence.wording(code).toLowerCase();
  const [, done] = new RegExp(` (V\\d+|[a-z]+) by ${code} `).exec(sentence.asked) ?? [];
  const doers = resolver.table(code);
  if (!main || !doers || !done || !/(?:ed|en|wn|ght|ade|nt|id|old)$/i.test(sentence.wording(done)) || !/s$/.test(said))
    return false;
  const kinds = main.columns.flatMap((column) =>
    column.kind === 'text' && column.values.length <= 30
      ? column.values.filter((value) => stem(value.toLowerCase()) === stem(said)).map((value) => ({ column, value }))
      : [],
  );
  const [kind, ...more] = kinds;
  if (kind && !more.length) {
    const ref = { table: main, column: kind.column };
    frame.filters.push({ kind: 'compare', ref, operator: '=', value: { kind: 'text', value: kind.value } });
    return true;
  }
  if (resolver.refersTo(main).includes(doers)) frame.touched.add(doers);
  else frame.refused ??= `I could not see which of ${main.name} are by ${doers.name}.`;
  return true;
}

/** "cost per request by vendor", "orders per month by channel": what is reckoned per something is told apart further. */
const isOpen = ({ groups }: Frame) => groups.every((group) => group.kind === 'period' || group.per || group.beside);

const readByIfOpen: FrameRule = (reading) => {
  if (isOpen(reading.frame)) readBy(reading);
};

/** "average score by inspector", whom rows refer to by that word, though a job is called so: each of them. */
const readByReference = rule(
  pattern` (?:by|per|for each|for every|of each) ${capture('who', VALUE)}(?= ·| $| ,| D\d| (?:in|for|and) )`,
  ({ who }, reading) => {
    const { frame, sentence, resolver } = reading;
    const said = sentence.wording(who).toLowerCase();
    const found = subjects(reading).flatMap((table) =>
      table.foreignKeys.flatMap(({ columns: [column, ...more], targetTable }) =>
        column && !more.length && splitIdentifier(column).join(' ') === `${said} id` ? [targetTable] : [],
      ),
    );
    const [target, ...others] = new Set(found);
    const table = resolver.catalog.tables.find(({ name }) => name.toLowerCase() === target?.toLowerCase());
    const label = table && resolver.label(table);
    if (!table || !label || others.length || frame.groups.length) return false;
    frame.touched.add(table);
    frame.groups.push({ kind: 'column', ref: label, entity: true, asked: true });
    return true;
  },
);

/** Reads grouping: "for each country", "by department", "per month", "how many orders does each customer have". */
export const readGroups = inOrder(
  readByReference,
  readCameBy,
  readPlaced,
  readSplit,
  readSexes,
  readPeriods,
  readEach,
  readForDifferent,
  readDoneBy,

  readByIfOpen,
  readPeriodBeside,
);

/** "what our vehicles cost in repairs by year": the years of the repairs, whenever the vehicles came. */
export function settlePeriods({ frame, sentence, resolver }: Reading): void {
  const { main } = frame;
  const [figure, ...more] = frame.items.flatMap((item) =>
    item.kind === 'aggregate' || (item.kind === 'column' && addsUp(item.ref, resolver.catalog)) ? [item.ref.table] : [],
  );
  if (!main || !figure || figure === main || more.some((table) => table !== figure)) return;
  const date = resolver.isMany(main, figure) ? resolver.eventDate(figure) : undefined;
  const isNamed = ({ column }: ColumnRef) =>
    sentence.mentions.some(({ columns }) => columns.some((one) => one.target.column === column && one.score >= 0.6));
  if (!date) return;
  frame.groups = frame.groups.map((group) =>
    group.kind === 'period' && group.ref.table === main && !isNamed(group.ref)
      ? { ...group, ref: date, ...resolver.groupZoneOf(date) }
      : group,
  );
}
