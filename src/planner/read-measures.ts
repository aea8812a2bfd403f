import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { flagOf, isYear } from '#src/domain/column-meaning.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { addsUp, isKey, mayMeasure } from './column-roles.ts';
import type { Measure } from './frame.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { factorsOf, lineAmount } from './line-amounts.ts';
import { ownerSaid } from './owner-named.ts';
import { anyOf, capture, meaning, optional, part, pattern } from './pattern.ts';
import { AGGREGATES, type Aggregate, moneyOf, readAmounts } from './read-amounts.ts';
import { countFlag, isFlagNamed } from './read-flags.ts';
import { whoIsThere } from './read-time-states.ts';
import { amountOfLines, heldByLines, isCharge } from './reckon-measures.ts';
import { COLUMN, NAME, type Taken } from './sentence.ts';

/** What came in, by whatever name an amount has. */
const EARNED = /^(?:revenue|turnover|sales|takings|income)\b/i;
export const UNIQUE = '(?:different|distinct|unique|various)';

/** Counts what a code names: the rows of a table, the values of a column, or the rows for which a flag is true. */
function count({ sentence, frame, resolver }: Reading, code: string, distinct: boolean): boolean {
  const table = resolver.table(code);
  const ref = resolver.column(code, frame.main);
  const after = sentence.after(code);
  if (code.startsWith('T') || (code.startsWith('B') && table)) {
    if (/^ and (?:the |how many |number of )*[TB]\d/.test(after)) return false; // two counts
    frame.main ??= table;
    if (table) frame.touched.add(table);
    const held = table && numberHeld(table, resolver.catalog);
    const item: Measure = held
      ? { kind: 'aggregate', name: 'sum', ref: held }
      : { kind: 'count', distinct: false, ...(table ? { table } : {}) };
    // of two counts the first is read last
    frame.items[/^ and ·/.test(after) && frame.items.length === 1 ? 'unshift' : 'push'](item);
    return true;
  }
  // "how many invoices issued in July": rows, whose day is read later
  if (ref && !distinct && /^(?:date|timestamp)$/.test(ref.column.kind) && ownerSaid(sentence.mention(code), sentence)) {
    frame.main ??= ref.table;
    frame.items.push({ kind: 'count', distinct: false, table: ref.table });
    return true;
  }
  // "how many approved requests": of the table that follows, and "how many billable hours" are added up, below
  const [, beside] = /^ (C\d+)/.exec(after) ?? [];
  const measured = ref && beside ? resolver.columnOf(beside, ref.table) : undefined;
  const owned = /^ [TB]\d/.test(after) || (measured !== undefined && addsUp(measured, resolver.catalog));
  if (ref && flagOf(ref.column, resolver.catalog.engine)) return !distinct && !owned && countFlag(frame, ref, resolver);
  // "how many pages" of a column that holds their number: they are added up, below
  if (!ref || (!distinct && ref.column.kind === 'number' && !isKey(ref, resolver.catalog))) return false;
  frame.items.push({ kind: 'count', of: ref, distinct: distinct || !isKey(ref, resolver.catalog) });
  return true;
}

/** "how many degrees" of a table `degrees` whose column `degrees` holds how many there are of each campus and year. */
function numberHeld(table: Table, catalog: DatabaseCatalog): ColumnRef | undefined {
  const column = table.columns.find((one) => one.name.toLowerCase() === table.name.toLowerCase());
  const ref = column && { table, column };
  return ref && addsUp(ref, catalog) ? ref : undefined;
}

/** "number of pages" may be a column that holds numbers; "number of students" is a count of rows. */
function countOrShow(reading: Reading, code: string, distinct: boolean, total: boolean): boolean {
  const { frame, resolver } = reading;
  const ref = code.startsWith('C') ? resolver.column(code, frame.main) : undefined;
  if (ref && flagOf(ref.column, resolver.catalog.engine)) return count(reading, code, distinct);
  const holds = ref?.column.kind === 'number' && !isKey(ref, resolver.catalog);
  if (!holds || (distinct && !/num|count|amount|total|quantity/i.test(ref.column.name)))
    return count(reading, code, distinct);
  // "number of seats sold this year": of many rows, which are told by when they were
  const isOfPeriod = new RegExp(` ${code}(?: [a-z]+)?(?: in| during| since)? D\\d`).test(reading.sentence.asked);
  if (total || (isOfPeriod && addsUp(ref, resolver.catalog))) return measure(reading, 'sum', code);
  frame.items.push({ kind: 'column', ref });
  return true;
}

/** Counts the rows that a stored value in the plural is the name of: managers, trucks, no-shows. */
function countCalled({ sentence, frame, resolver }: Reading, code: string): boolean {
  const held = resolver.value(code, frame.main);
  const said = sentence.wording(code).toLowerCase();
  // "analysts", which a table of people holds, and one of open positions
  const alone = sentence.mention(code).values.length === 1 || (held?.table === frame.main && frame.main !== undefined);
  const rows = held && (held.table === frame.main ? held.table : resolver.rowsCalled(held));
  if (!rows || !alone || !said.endsWith('s') || said === held.value.toLowerCase()) return false;
  if (frame.main && frame.main !== rows) return false;
  frame.main = rows;
  frame.touched.add(rows);
  frame.items.push({ kind: 'count', distinct: false, table: rows });
  return true;
}

/** What stands before "number of" where it is no count. */
const AVERAGED =
  / (?:average|avg|mean|maximum|max|minimum|min|highest|lowest|largest|smallest)(?: (?:and|or)(?: the)? total)?$/;

const unique = optional(capture('unique', UNIQUE));
const name = capture('name', NAME);

const between = capture('between', '(?:[a-z]+|[VCB]\\d+)(?: (?:[a-z]+|[VCB]\\d+))?');

const readCounts = inOrder(
  // "our headcount"
  rule(pattern` (?:the |our |total )*${capture('code', 'T\\d+')}(?= )`, ({ code }, reading) => {
    if (!/^head ?counts?$/i.test(reading.sentence.wording(code))) return false;
    whoIsThere(reading, 'headcount', reading.resolver.table(code));
    return count(reading, code, false);
  }),
  // "teachers per school and average salary"
  rule(
    pattern`^(?: (?:the|our|show|list|give|me))* ${capture('table', 'T\\d+')}(?:(?= )| ${optional(capture('done', '[a-z]+(?:ed|nt|ld|id)'))}(?= ))(?= (?:per|by|for each) (?:[TCB]\d+|day|week|month|quarter|year) (?:and|,|with) (?:the |their )?(?:average|avg|mean|total|maximum|minimum|highest|lowest) [CB]\d+ )`,
    ({ table, done }, reading) => count(reading, table, false) && (done === undefined || { leaving: done }),
  ),
  // "how many customer orders": the last is what is counted
  rule(
    pattern` (?:how many|(?:the )?(?:total )?(?:number|count) of)(?: (?:the|all|our))* ${capture('first', 'T\\d+')} ${capture('table', 'T\\d+')}(?= )`,
    ({ first, table }, reading) => {
      const beside = reading.resolver.table(first);
      if (!beside || !count(reading, table, false)) return false;
      reading.frame.touched.add(beside);
      return true;
    },
  ),
  // "how many course no-shows": the bookings that are called so, of courses
  rule(
    pattern` how many(?: (?:the|our))* ${capture('of', 'T\\d+')} ${capture('value', 'V\\d+')}(?= ·| $| ,| D\d| (?:in|at|per|by|this|last|since) )`,
    ({ of, value }, reading) => {
      const { frame, resolver } = reading;
      const [table, held] = [resolver.table(of), resolver.value(value, undefined)];
      if (!table || !held || held.table === table || !resolver.isMany(table, held.table)) return false;
      const { main } = frame;
      if (main === table) frame.main = undefined;
      if (countCalled(reading, value)) return { leaving: `· ${value}` };
      frame.main = main;
      return false;
    },
  ),
  rule(
    pattern` how many(?: ·)* (?:of the |of |total |the )?(?:${unique} )?(?:types of |kinds of )?${name}(?: (?:sales|records|entries))?`,
    ({ unique, name }, reading) => count(reading, name, unique !== undefined),
  ),
  // "how many managers do we have", "number of active trucks": rows that are called so
  rule(
    pattern` (?:how many|(?:the )?(?:total )?(?:number|count) of)(?: (?:the|our|all))*(?: ${optional(capture('flag', 'C\\d+'))})? ${capture('value', 'V\\d+')}
      (?= ·| $| ,| D\d| (?:do|are|were|did|have|has|in|with|who|that|at|from|per|by|work|works|live|lives) )`,
    ({ flag, value }, reading) =>
      (flag === undefined || isFlagNamed(reading.sentence, flag, reading.resolver)) &&
      countCalled(reading, value) && { leaving: `${flag ?? ''} · ${value}` },
  ),
  // "no-shows by month"
  rule(
    pattern`^(?: (?:the|our|all|show|give|me))* ${capture('value', 'V\\d+')}(?= (?:by|per|each) )`,
    ({ value }, reading, { after }) => {
      // "by salon" says of whom, and not what is counted
      const whose = reading.resolver.table(/^ (?:by|per|each) (T\d+) /.exec(after)?.[1]);
      if (reading.frame.main && reading.frame.main === whose) reading.frame.main = undefined;
      return reading.frame.main === undefined && countCalled(reading, value) && { leaving: `· ${value}` };
    },
  ),
  // "the number of records of each type"
  rule(
    pattern` (?:how many|(?:the )?(?:total )?(?:number|count) of) (?:records|entries|rows)(?= (?:of|for|in|by|per|with|from) )`,
    (_, { frame }) => {
      frame.items.push({ kind: 'count', distinct: false });
      return true;
    },
  ),
  // "how many overdue invoices", "the number of female employees": what stands between stays, to be read as a condition
  rule(
    pattern` (?:how many|(?:the )?(?:total )?(?:number|count) of) ${between} ${capture('table', 'T\\d+')}`,
    ({ between, table }, reading) => {
      const flags = between
        .split(' ')
        .every((word) => !/^[CB]\d/.test(word) || isFlagNamed(reading.sentence, word, reading.resolver));
      if (!flags || /\b(?:of|in|for|by|per|the|is|are|does|do)\b/.test(between)) return false;
      return count(reading, table, false) && { leaving: between };
    },
  ),
  rule(
    pattern` (?:the |a )?(?:total |overall |corresponding )?${capture('figure', 'number|numbers|count|amount')} of
      (?: all| the| all the| total)? (?:${unique} )?(?:types of |kinds of )?(?:the |all )?${name}`,
    // "average number of pages" is of a column that holds numbers, "the amount of invoices" of the one of money, below
    ({ figure, unique, name }, reading, { said, before }) =>
      !AVERAGED.test(before) &&
      !(figure === 'amount' && moneyOf(reading, reading.resolver.table(name))) &&
      countOrShow(reading, name, unique !== undefined, /\b(?:total|overall)\b/.test(said)),
  ),
  rule(
    pattern`^ count (?:the )?(?:number of )?(?:all |all the )?(?:${unique} )?(?:the )?${name}`,
    ({ unique, name }, reading) => count(reading, name, unique !== undefined),
  ),
);

/** What was spent, claimed, planned or paid back is nothing that came in. */
const NOT_EARNED =
  /^(?:purchas\w*|po|procurement|expens\w*|spend|costs?|budgets?|targets?|fuel|claims?|refunds?|returns?|credits?|fines?|salar\w*|payroll|vendors?|suppliers?|repairs?|quot\w*|requests?|tolls?|adjustments?|stock|inventory|history)$/;
/** What comes in is told by these first. */
const SOLD = /^(?:orders?|sales?|invoices?|bills?|bookings?|transactions?)$/;

/** What lines come to at a price; at what something cost it is nothing that came in. */
function soldLines(table: Table, catalog: DatabaseCatalog): ColumnRef | undefined {
  const ref = lineAmount(table, catalog);
  const price = ref && factorsOf(ref.column)?.price;
  return price && !splitIdentifier(price.title ?? price.name).includes('cost') ? ref : undefined;
}

/** The amount that came in, of a table or of the one of all that the question may mean; undefined where several may be meant. */
export function earned({ resolver }: Reading, word: string, table: Table | undefined): ColumnRef | undefined {
  const { catalog, named } = resolver;
  const hints = [word, 'total', 'amount', 'amt', 'price'];
  const amountOf = (one: Table | undefined) =>
    resolver.hinted(
      one,
      hints,
      ['number'],
      (ref) =>
        mayMeasure(ref, 'sum', catalog) &&
        !/(?:^|_)(?:per|unit|each)(?:_|$)/i.test(ref.column.name) &&
        !splitIdentifier(ref.column.title ?? ref.column.name).some((said) => NOT_EARNED.test(said)) &&
        !isCharge(ref.column, ref.table),
    );
  const wordsOf = (one: Table) => splitIdentifier(one.title ?? one.name);
  const own = table || named.length ? amountOf(table) : undefined;
  // the price of a product or of a kilowatt-hour is nothing that came in
  const cameIn = (ref: ColumnRef | undefined) =>
    ref !== undefined && (addsUp(ref, catalog) || wordsOf(ref.table).some((said) => SOLD.test(said)));
  if (cameIn(own)) return own;
  const isSpent = (one: Table) => wordsOf(one).some((said) => NOT_EARNED.test(said));
  const found = catalog.tables.filter(
    (one) => cameIn(amountOf(one)) && !isSpent(one) && !resolver.refersTo(one).some(isSpent),
  );
  // an order's lines are of the order, which has their total
  const whole = found.filter((one) => !resolver.refersTo(one).some((other) => found.includes(other)));
  const sold = whole.filter((one) => wordsOf(one).some((said) => SOLD.test(said)));
  // of several what was sold of the thing that is asked about
  const ofIt = table ? whole.filter((one) => resolver.refersTo(one).includes(table)) : [];
  const [only, ...more] = sold.length ? sold : ofIt.length === 1 ? ofIt : whole;
  if (only || more.length) return more.length || !only ? undefined : amountOf(only);
  const lines = table && !isSpent(table) ? (lineAmount(table, catalog) ?? amountOfLines(table, catalog)) : undefined;
  const [line, ...others] = catalog.tables.flatMap((one) =>
    isSpent(one) || resolver.refersTo(one).some(isSpent)
      ? []
      : (heldByLines(one, catalog) ?? soldLines(one, catalog) ?? []),
  );
  return lines ?? (others.length ? undefined : line);
}

const EARNINGS = 'revenue|turnover|sales|takings|income';
/** Where a figure may end. */
const FIGURE_END = '(?= ·| $| ,| D\\d| (?:by|per|for each|in each|in|for|of|from|since|this|last|between) )';

/** What came in beside how many rows it came in by: of orders what they come to and their number. */
function earnedAndCounted(reading: Reading, word: string, code: string, first: boolean): boolean {
  const { frame, resolver } = reading;
  const table = resolver.table(code);
  const ref = table && earned(reading, word, table);
  if (!table || !ref || frame.items.length) return false;
  if (ref.table !== table && !resolver.refersTo(ref.table).includes(table)) return false;
  const sum: Measure = { kind: 'aggregate', name: 'sum', ref };
  const count: Measure = { kind: 'count', distinct: false, table };
  frame.items.push(...(first ? [sum, count] : [count, sum]));
  frame.touched.add(table);
  return true;
}

/** The column that an aggregate is of: "total sales" beside a `sales_rep_id` is what was sold, not who sold it. */
function measured(reading: Reading, aggregate: Aggregate, code: string): ColumnRef | undefined {
  const { sentence, frame, resolver } = reading;
  const named = resolver.column(code, frame.main);
  const said = sentence.wording(code);
  if (!named || !EARNED.test(said) || mayMeasure(named, aggregate, resolver.catalog)) return named;
  return earned(reading, said, subjectOf(reading) ?? named.table) ?? named;
}

function measure(reading: Reading, name: Aggregate, code: string): boolean {
  const { frame, resolver } = reading;
  const ref = measured(reading, name, code);
  if (!ref) return false;
  if (!mayMeasure(ref, name, resolver.catalog)) {
    if (ref.column.kind === 'number') frame.refused ??= whyNotMeasured(ref);
    return false;
  }
  frame.main ??= resolver.named.length ? undefined : ref.table;
  frame.items.push({ kind: 'aggregate', name, ref });
  return true;
}

/** Why a number is neither added up nor averaged, as its asker reads it. */
function whyNotMeasured({ table, column }: ColumnRef): string {
  const name = `${table.name}.${column.name}`;
  return isYear(column)
    ? `${name} holds years: their sum would mean nothing.`
    : `${name} tells rows apart: its sum or average would mean nothing.`;
}

const AGGREGATE = anyOf(AGGREGATES);
/** What may stand between an aggregate and its column. */
const OF = '(?:(?: values?| amount| number)?(?: of| for)?(?: all| the| their| its| our)*(?: [TB]\\d+(?= [CB]\\d))?)';
const EXTREME = part`maximum|max|minimum|min|highest|lowest|largest|smallest|greatest|earliest|latest|longest|shortest
  |biggest|oldest|youngest`;
const column = capture('column', COLUMN);

const readAggregates = inOrder(
  readAmounts,
  // "paid invoices in EUR, total", "orders total"
  rule(pattern`(?: ,| ·)? (?:in )?total $`, (_, { frame }) => {
    if (frame.items.length) return false;
    frame.totalled = true;
    frame.phrase = true;
    return true;
  }),
  // "how many sick days were taken"
  rule(
    pattern` how (?:much|many) ${capture('state', '[VC]\\d+')} ${capture('column', 'C\\d+')}`,
    ({ state, column }, reading, { said }) =>
      (state.startsWith('V') || isFlagNamed(reading.sentence, state, reading.resolver)) &&
      // many are things, of which there is more than one
      (/ much /.test(said) || /s$/i.test(reading.sentence.wording(column))) &&
      measure(reading, 'sum', column) && { leaving: state },
  ),
  rule(pattern` how (?:much|many)(?: [a-z]+)? ${capture('column', 'C\\d+')}`, ({ column }, reading) =>
    measure(reading, 'sum', column),
  ),
  // "revenue and orders per channel": how much, and how many
  rule(
    pattern` (?:the |our |total )*${capture('word', EARNINGS)}(?: ,| and|, and| &|\\+) (?:the |our |how many )*${capture('table', 'T\\d+')}${FIGURE_END}`,
    ({ word, table }, reading) => earnedAndCounted(reading, word, table, true),
  ),
  rule(
    pattern` (?:the |our |total )*${capture('table', 'T\\d+')}(?: ,| and|, and| &|\\+) (?:the |our |total )*${capture('word', EARNINGS)}${FIGURE_END}`,
    ({ word, table }, reading) => earnedAndCounted(reading, word, table, false),
  ),
  rule(
    pattern` (?:what is |what was |what's |how much )?(?:the |our )?(?:total )?
      ${capture('word', 'revenue|turnover|sales|takings|income')}(?= )`,
    ({ word }, reading, { before }) => {
      // "staff turnover" is no money
      if (word === 'turnover' && / (?:T\d+|staff|employee|people|personnel)$/.test(before)) return false;
      const ref = earned(reading, word, subjectOf(reading));
      // "who works in sales?" asks for no amount
      if (!ref || reading.sentence.asked.startsWith(' who ')) return false;
      // "products with their revenue": of each
      const each = / (?:with|and) (?:their|its|the)$/.test(before) ? reading.frame.main : undefined;
      const [label] = each ? reading.resolver.labels(each) : [];
      if (each && label) reading.frame.groups.push({ kind: 'column', ref: label, entity: true, asked: true });
      reading.frame.items.push({ kind: 'aggregate', name: 'sum', ref });
      return true;
    },
  ),
  // "what did we spend on tv campaigns": of a column `spend`
  rule(
    pattern` (?:what|how much)(?: money)? (?:did|do|have|has|had) (?:we|you|they|the company) ${capture('column', 'C\\d+')}(?: out)?(?: (?:on|for|in|to|from))?(?= )`,
    ({ column }, reading) =>
      /^(?:spend|spent|pay|paid|charge|charged|earn|earned|refund|refunded|cost)$/i.test(
        reading.sentence.wording(column),
      ) && measure(reading, 'sum', column),
  ),
  // "premium volume by product line"
  rule(
    pattern`^(?: (?:the|our|what is|total))* ${column} (?:volume|total)(?= ·| $| ,| D\d| (?:per|by|in|for|of|from|since|each) )`,
    ({ column }, reading) => measure(reading, 'sum', column),
  ),
  // "the total amount of open orders" of a column `total_amount` that each order has: asked for as one figure
  rule(
    pattern`^(?: (?:what|how much) (?:is|was|were|are))?(?: (?:the|our))? ${capture('column', 'C\\d+')}
      (?= (?:of|for|from|in|across|over) | ·| D| $)`,
    ({ column }, reading) => /^total\b/i.test(reading.sentence.wording(column)) && measure(reading, 'sum', column),
  ),
  // "average, minimum and maximum age"
  rule(
    pattern` (?:the )?${capture('words', `(?:${AGGREGATE})(?:(?: ,| and)+(?: the)? (?:${AGGREGATE}))+`)}
      (?: values?)?(?: (?:number|amount))?(?: of| for)?(?: the| all| their| its)* ${column}`,
    ({ words, column }, reading) => {
      const names = words.split(/[ ,]+/).flatMap((word) => AGGREGATES.get(word) ?? []);
      return names.every((name) => measure(reading, name, column));
    },
  ),
  rule(
    pattern` (?:the |an? )?${capture('word', 'average|avg|mean|total|sum|combined|overall')}
      (?: and ${optional(meaning('beside', AGGREGATES))})?(?: ${optional(capture('state', 'V\\d+'))})?${OF} ${column}
      (?:(?: ,)? and (?:the )?${optional(capture('other', COLUMN))}(?= (?:of|for|in|at|from|by|over|across|during|located|based|that|who|which|whose|where|·|D\d+)| ,| $))?`,
    // "average safety inspection score": what stands between is a condition
    ({ word, beside, state, column, other }, reading, { before }) =>
      readAggregate(reading, before, word, beside, column, other) && (state === undefined || { leaving: `· ${state}` }),
  ),
  // A superlative of a number is its maximum when nothing is listed beside it: "what is the highest salary"
  rule(
    pattern` (?:the )?${capture('word', EXTREME)}${OF} ${column}(?: and (?:the )?${optional(capture('other', COLUMN))}(?= (?:of|for|in) ))?`,
    ({ word, column, other }, reading, { before, after }) => {
      // "the title and the highest price for each film"
      const ofEach =
        // "for each city, what is the highest latitude"
        /^ (?:for|in|of|at) (?:each|every) (?:[a-z]+ )?[CTB]\d+ ,(?: [a-z]+)*$/.test(before) ||
        (/ [CB]\d+(?: ,)? and(?: the| its| their)?$/.test(before) && /^ (?:for|of|in|by) (?:each|every) /.test(after));
      const filtering =
        /(?:with|has|have|had|having|by|whose)(?: the)?$/.test(before.trim()) || /[CTB]\d+/.test(before);
      const plain = /^(maximum|max|minimum|min)$/.test(word);
      const name = AGGREGATES.get(word);
      const ref = /^(?:oldest|youngest)$/.test(word) ? reading.resolver.column(column, reading.frame.main) : undefined;
      if (ref && !/age$/i.test(ref.column.name)) return false;
      if (!name || (filtering && !ofEach && !(plain && /(?: and| ,)(?: the)?$/.test(before)))) return false;
      if (!measure(reading, name, column)) return false;
      return other === undefined || measure(reading, name, other) || { leaving: other };
    },
  ),
);

/** "average age", with another aggregate of it ("average and maximum age") or of another column ("age and weight"). */
function readAggregate(
  reading: Reading,
  before: string,
  word: string,
  beside: Aggregate | undefined,
  column: string,
  other: string | undefined,
): Taken {
  const name = AGGREGATES.get(word);
  // "whose average price is below 10" bounds groups
  if (!name || / whose(?: the)?$/.test(before)) return false;
  if (!measure(reading, name, column))
    return word === 'total' && reading.resolver.table(column) !== undefined && count(reading, column, false);
  if (beside) measure(reading, beside, column);
  if (other) measure(reading, name, other);
  return true;
}

/** Reads what is asked for: counts and aggregates. They come first, for they say which table is counted. */
export const readMeasures = inOrder(readCounts, readAggregates);
