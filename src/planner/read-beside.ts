import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { mayMeasure } from './column-roles.ts';
import type { Frame, Measure } from './frame.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { capture, optional, part, pattern } from './pattern.ts';
import { amountOfRows } from './reckon-measures.ts';
import { NAME, TABLE } from './sentence.ts';

const isFigure = ({ kind }: Measure) => kind === 'count' || kind === 'aggregate';

/** Whether the question tells groups apart, whose rows may be counted. */
const isGrouped = (frame: Frame): boolean =>
  frame.groups.length > 0 || frame.having !== undefined || frame.order.some(({ measure }) => isFigure(measure));

function countBeside({ frame }: Reading, first: boolean): boolean {
  if (!isGrouped(frame) && !frame.items.some(isFigure)) return false;
  const ranked = frame.order.find(({ measure }) => measure.kind === 'count')?.measure;
  const known = frame.items.some(({ kind }) => kind === 'count');
  const count: Measure = ranked ?? { kind: 'count', distinct: false };
  if (!known) frame.items[first ? 'unshift' : 'push'](count);
  return true;
}

const OF_THEM = part`(?: (?:of|for) (?:them|these|those|each|each one|each of them))?
  (?: (?:are there|there are|exist|do (?:they|we|you) have|do(?:es)? (?:he|she|it|each|each one) (?:have|has)|it is|they are))?`;
const NUMBERS = '(?:the |their |its |a )?(?:corresponding )?(?:counts?|numbers?|how many)';

/** The one column of the things asked about whose name ends so: "number" of `invoice_number`. */
function shownByLastWord(reading: Reading, last: RegExp): boolean {
  const { frame } = reading;
  const table = subjectOf(reading);
  if (!table || isGrouped(frame) || frame.items.some(isFigure)) return false;
  const columns = table.columns.filter((one) => last.test(splitIdentifier(one.title ?? one.name).at(-1) ?? ''));
  const [column] = columns;
  if (!column || columns.length > 1) return false;
  frame.items.push({ kind: 'column', ref: { table, column } });
  return true;
}

/** "class name, which club and start time": what the club is called. */
const readWhichBeside = rule(
  pattern`(?: ,| and)+ which ${capture('table', TABLE)}(?: (?:was|were|is|are|do|does|did) (?:they|it|he|she)(?: (?:at|in|from|with|of|belong to|work at|work for))?)?(?= ·| $| ,| and)`,
  ({ table: code }, reading) => {
    const { sentence, frame, resolver } = reading;
    const table = resolver.table(code);
    const labels = table ? resolver.labels(table) : [];
    if (isGrouped(frame) || frame.items.some(isFigure) || !table) return false;
    if (!labels.length) {
      frame.refused ??= `I could not see what each of ${table.name} is called.`;
      return true;
    }
    if (table !== frame.main && /^ which T\d/.test(sentence.asked)) frame.withLabels = true;
    frame.touched.add(table);
    frame.items.push(...labels.map((ref): Measure => ({ kind: 'column', ref })));
    return true;
  },
);

/** "which gyms are open, and in which city is each": what they are called, and what is named. */
const readWhichOfEach = rule(
  pattern`(?: ,)? and (?:(?:in|at|on|from|for|to|of) )?(?:which|what) ${capture('column', 'C\\d+')} (?:is|are|was|were|does|do|did) (?:each|it|they)(?: (?:one|of them))?(?: (?:in|at|on|from))?(?= ·| $| ,)`,
  ({ column }, reading, { before }) => {
    const { frame, resolver } = reading;
    const ref = frame.main && resolver.columnOf(column, frame.main);
    if (!ref || isGrouped(frame) || frame.items.some(isFigure)) return false;
    // "what is the abbreviation, and what country is it in" asks for both by name
    if (!frame.items.length && !/ [CB]\d/.test(before)) frame.withLabels = true;
    frame.items.push({ kind: 'column', ref });
    return true;
  },
);

/** "open invoices: number, date and amount": what the things have of that name. */
const readBareColumns = inOrder(
  readWhichBeside,
  readWhichOfEach,
  rule(pattern`(?: ,| and)+ (?:the |their |its )?number(?= ,| and)`, (_, reading) =>
    shownByLastWord(reading, /^(?:number|no|nr)$/),
  ),
  rule(
    pattern`(?:(?: ,| and)+|^(?: (?:show|list|give|me))*) (?:the |their |its )?(?:date|day)(?= ·| $| ,| and)`,
    (_, reading) => {
      const { frame, resolver, sentence } = reading;
      const table = subjectOf(reading);
      // "contracts expiring in June: vendor, date": the day that is spoken of
      const [, verb] = / ([a-z]{4,}|[CV]\d+)(?: (?:in|on|by))* D\d+ /.exec(sentence.text) ?? [];
      const ref = table && ((verb && resolver.dateNamed(sentence.wording(verb), [table])) || resolver.eventDate(table));
      if (!ref || isGrouped(frame) || frame.items.some(isFigure)) return false;
      frame.items.push({ kind: 'column', ref });
      return true;
    },
  ),
);

/** "average score and how many scores it is based on": how many rows there are, not how much. Read before what is added up. */
export const readBasedOn = rule(
  pattern`(?: ,| and)+ (?:how many|(?:the )?number of) (?:${NAME} )?(?:it|they|that|each|this) (?:is|are|was|were) (?:based on|made of|from|out of)(?= ·| $| ,)`,
  () => ({ leaving: 'and count' }),
);

/** A figure by its kind alone, that was asked for before or is what they are ranked or bounded by. */
const KIND =
  '(?:average|mean|total|sum|count|number|percentages?|percent|share|ratio|rate|difference|result|figure|duration|(?:average |total )?(?:percentage|amount|number of (?:days|hours|minutes|months|years|C\\d+|T\\d+)))';

/** "… Return the month and the total." */
const readSaidAgain = rule(
  pattern`(?:(?: ,| and| ·)+|^)(?: (?:return|show|give|list|report|provide))?(?: (?:the|its|their|that|this|me))+(?: (?:corresponding|resulting|respective))? ${capture('kind', KIND)}(?: (?:value|figure))?(?= ·| $)`,
  (_, { frame }, { said, before }) => {
    if (!/ (?:return|show|give|list|report|provide) /.test(`${before}${said} `)) return false;
    if (frame.share || frame.portioned || frame.items.some(isReckoned)) return true;
    const known = [...frame.order.map(({ measure }) => measure), ...(frame.having ? [frame.having.measure] : [])];
    const figure = known.find(isReckoned);
    if (!figure) return false;
    frame.items.push(figure);
    return true;
  },
);

/** "… Return the month and …", where each month has its own row. */
const readPeriodAgain = rule(
  pattern` (?:return|show|give|list|report|provide)(?: me)? the (?:month|year|quarter|week|day)(?: number)?(?= ·| $| ,| and)`,
  (_, { frame }) => frame.groups.some(({ kind }) => kind === 'period') && { leaving: 'return' },
);

const isReckoned = ({ kind }: Measure): boolean => kind !== 'column' && kind !== 'all-columns';

/** A figure that only says that it is one: "by method, count and total", "and how many of them there are". */
export const readBeside = inOrder(
  readPeriodAgain,
  readSaidAgain,
  readBareColumns,
  // "number and mean score", "count and total"
  rule(
    pattern`(?: ,| and)? ${NUMBERS}${OF_THEM} (?:and|,)(?= (?:the |their |its )*(?:·|total|sum|amount|how much|average|avg|mean))`,
    (_, reading) => countBeside(reading, true),
  ),
  rule(
    pattern`(?: ,| and| with)+(?: (?:show|list|give|return|report|find))?(?: both)? ${NUMBERS}${OF_THEM}(?= ·| $| ,| and(?: the| their| its)? [·CBT])`,
    (_, reading) => countBeside(reading, false),
  ),
  // "list the count and the company id"
  rule(
    pattern` (?:show|list|give|return|report|find)(?: both)? ${NUMBERS}${OF_THEM}(?= ·| $| ,| and(?: the| their| its)? [·CBT])`,
    (_, reading) => countBeside(reading, true),
  ),
  // "shipments and total weight per carrier": the first are counted
  rule(pattern`^(?: (?:the|our|show|list|give|me))* ${capture('table', 'T\\d+')} and(?= ·)`, ({ table }, reading) => {
    const counted = reading.resolver.table(table);
    const reckoned = reading.frame.items.some((item) => item.kind === 'aggregate' && item.ref.table === counted);
    return reckoned && reading.frame.groups.length > 0 && countBeside(reading, true);
  }),
  // "number and total of refunds"
  rule(
    pattern` (?:the )?(?:number|count) and (?:the )?(?:total|sum|amount|value|volume)(?: amount| value)? of (?:the |all |our )*(?:${optional(capture('state', 'V\\d+'))} )?${capture('table', TABLE)}(?= )`,
    ({ state, table: code }, reading) => {
      const { frame, resolver } = reading;
      const table = resolver.table(code);
      const ref = table && amountOfRows(table, resolver.catalog);
      if (!table || !ref || frame.items.length) return false;
      frame.main ??= table;
      frame.touched.add(table);
      frame.items.push({ kind: 'count', distinct: false, table }, { kind: 'aggregate', name: 'sum', ref });
      return state === undefined || { leaving: state };
    },
  ),
  // "payments by card last week, how many and how much"
  rule(
    pattern`(?: ,| ·)+ (?:the )?(?:how many|count|number) and (?:the )?(?:how much|total|amount|value)(?= $| ·)`,
    (_, { frame, resolver }) => {
      const amount = frame.main && amountOfRows(frame.main, resolver.catalog);
      if (!frame.main || !amount || frame.items.length || frame.groups.length || frame.order.length) return false;
      frame.items.push(
        { kind: 'count', distinct: false, table: frame.main },
        { kind: 'aggregate', name: 'sum', ref: amount },
      );
      return true;
    },
  ),
  // "expense lines by kind, total", "… and what was their total value"
  rule(
    pattern`(?: ,| and)+ (?:what (?:is|was|are|were) )?(?:the |their )?total(?: amount| value)?(?= ·| $| ,)`,
    (_, reading) => {
      const { frame, resolver } = reading;
      const table = subjectOf(reading);
      const ref = table && amountOfRows(table, resolver.catalog);
      if (!ref || !frame.groups.length || frame.items.some((item) => item.kind !== 'column')) return false;
      frame.items.push({ kind: 'aggregate', name: 'sum', ref });
      return true;
    },
  ),
  // "count and total", "how many and how much": the one amount of what is counted
  rule(
    pattern`(?: ,| and| ·)+ (?:what (?:is|was|are|were) )?(?:the |their )?(?:how much(?: (?:is|was|are|were) (?:it|that|they))?|total(?: amount| value)?|sum|amount)(?= ·| $| ,)`,
    (_, reading) => {
      const { frame, resolver } = reading;
      const table = subjectOf(reading);
      const ref = table && amountOfRows(table, resolver.catalog);
      if (!ref || !frame.items.some(({ kind }) => kind === 'count')) return false;
      frame.items.push({ kind: 'aggregate', name: 'sum', ref });
      return true;
    },
  ),
);

/** The figure that "on average" or "in total" is said of: the one column that is listed, or a sum. */
function reckonAs({ frame, resolver }: Reading, name: 'avg' | 'sum'): boolean {
  const able = (item: Measure) =>
    (item.kind === 'column' && mayMeasure(item.ref, name, resolver.catalog)) ||
    (item.kind === 'aggregate' && item.name === 'sum');
  const grouped = new Set(frame.groups.map(({ ref }) => ref.column));
  const own = frame.items.filter((item) => item.kind !== 'column' || !grouped.has(item.ref.column));
  const [item, ...more] = own;
  if (!item || more.length || !able(item) || !('ref' in item)) return false;
  frame.items = frame.items.map((one) => (one === item ? { kind: 'aggregate', name, ref: item.ref } : one));
  return true;
}

/** "what did repairs cost in total", "how many days on average": read once what is listed is known. */
export const readPostfixed = inOrder(
  rule(pattern` (?:on|in) average(?= ·| $| ,| for| by| per| in)`, (_, reading) => reckonAs(reading, 'avg')),
  rule(pattern` (?:in total|altogether)(?= ·| $| ,| for| by| per)`, (_, reading) => reckonAs(reading, 'sum')),
);

/** Whether what a code names is in the frame already. */
function isKnown({ frame, resolver }: Reading, code: string): boolean {
  const table = resolver.table(code);
  const ref = resolver.column(code, frame.main);
  const columns = new Set([
    ...frame.items.flatMap((item) => (item.kind === 'column' ? [item.ref.column] : [])),
    ...frame.groups.map((group) => group.ref.column),
  ]);
  const tables = new Set([frame.main, ...frame.touched, ...frame.groups.map(({ ref }) => ref.table)]);
  return (table !== undefined && tables.has(table)) || (ref !== undefined && columns.has(ref.column));
}

/** What points to a thing that is spoken of already: "produced by that company", "for the one with the most", "each one". */
export const readAgain = inOrder(
  // "the categories of the festivals and the count": how often each kind is there
  rule(
    pattern`(?: ,| and)+ (?:the|its|their) counts?(?: in (?:the |our )?records?)?(?= ·| $)`,
    (_, { frame, resolver }) => {
      const [item, ...more] = frame.items;
      if (item?.kind !== 'column' || more.length || frame.groups.length || frame.order.length) return false;
      if (roleOf(item.ref, resolver.catalog) !== 'category') return false;
      frame.groups.push({ kind: 'column', ref: item.ref, asked: true });
      frame.items.push({ kind: 'count', distinct: false });
      return true;
    },
  ),
  rule(
    pattern` (?:by|in|of|for|from|with|at|to|on) (?:that|those|these|this) ${capture('code', NAME)}(?= ·| $| ,| and)`,
    ({ code }, reading) => isKnown(reading, code),
  ),
  // "the name of each building and the number of shops in it"
  rule(pattern` (?:in|of|on|for|to|at|by|with) (?:it|them)(?= ·| $| ,)`, (_, { frame }) => frame.groups.length > 0),
  rule(pattern` (?:for|of) the ones?(?= (?:that|with|who|which|whose|·))`, (_, { frame }) => frame.items.length > 0),
  rule(
    pattern`(?: (?:do|does|did|is|are|has|have|had))? each(?: one)?(?: of them)?(?: ${optional(capture('has', 'has|have|had'))})?(?= ·| $| ,)`,
    (_, { frame }) => frame.groups.length > 0 || frame.items.some(({ kind }) => kind === 'column'),
  ),
);
