import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { holdsMoney } from '#src/domain/roles/currency-of.ts';
import { isMeasureRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { AggregateFunction } from '#src/sql/query-ir.ts';
import { addsUp } from './column-roles.ts';
import type { Measure } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, optional, pattern } from './pattern.ts';
import { isAmount, onlyMoney, worthOf } from './reckon-measures.ts';
import { TABLE, VALUE } from './sentence.ts';

export type Aggregate = Exclude<AggregateFunction, 'count'>;

export const AGGREGATES: ReadonlyMap<string, Aggregate> = new Map(
  Object.entries({
    average: 'avg',
    avg: 'avg',
    mean: 'avg',
    total: 'sum',
    sum: 'sum',
    combined: 'sum',
    overall: 'sum',
    maximum: 'max',
    max: 'max',
    highest: 'max',
    largest: 'max',
    greatest: 'max',
    biggest: 'max',
    longest: 'max',
    latest: 'max',
    minimum: 'min',
    min: 'min',
    lowest: 'min',
    smallest: 'min',
    shortest: 'min',
    earliest: 'min',
    oldest: 'max',
    youngest: 'min',
  } as const),
);
/** "total value of won quotes", "average order value": the one number of the table that adds up, whatever it is called. */
const AMOUNT = '(?:value|amount|volume|worth|size|sum)s?';

function amountOf(reading: Reading, word: string | undefined, table: Table | undefined): boolean {
  const { frame, resolver } = reading;
  const ref = table && worthOf(table, resolver.catalog);
  if (!table || !ref) return false;
  const name = AGGREGATES.get(word ?? 'total') ?? 'sum';
  frame.main ??= table;
  frame.touched.add(table);
  // of their lines, which add up to each
  const key = ref.table !== table && name !== 'sum' ? resolver.key(table) : undefined;
  if (key && name === 'avg') {
    frame.items.push({ kind: 'ratio', of: key, each: table, sum: ref });
    frame.assumptions.push(`${ref.column.name} is added up, then divided by how many ${table.name} there are.`);
    return true;
  }
  if (ref.table !== table && name !== 'sum') return false;
  frame.items.push({ kind: 'aggregate', name, ref });
  frame.assumptions.push(`“${word ?? 'value'}” is read as that of ${ref.table.name}.${ref.column.name}.`);
  return true;
}

/** The one measure of a table that is called by what it holds: scores, ratings, prices. */
export function measureOf(table: Table, catalog: DatabaseCatalog): ColumnRef | undefined {
  const measures = table.columns.filter((column) => isMeasureRole(roleOf({ table, column }, catalog)));
  const [column] = measures;
  return column && measures.length === 1 && MEASURED.test(splitIdentifier(table.title ?? table.name).at(-1) ?? '')
    ? { table, column }
    : undefined;
}
const MEASURED =
  /^(?:scores?|ratings?|grades?|prices?|fees?|marks?|measurements?|readings?|temperatures?|votes?|salar(?:y|ies)|discounts?|bids?|fines?|bonus(?:es)?|rates?)$/;

/** The one amount of a table, where it is one of money. */
export function moneyOf({ resolver }: Reading, table: Table | undefined): ColumnRef | undefined {
  const ref = table && worthOf(table, resolver.catalog);
  return ref && holdsMoney(ref, resolver.catalog) ? ref : undefined;
}

function spentOn(reading: Reading, code: string): boolean {
  const table = reading.resolver.table(code);
  return moneyOf(reading, table) !== undefined && amountOf(reading, 'total', table);
}

/** One of them is an amount, where an average of them is asked for. */
const IN_MONEY =
  /^(?:order|invoice|bill|payment|claim|donation|quote|purchase|deal|booking|sale|refund|fine|fee|expense|deposit|proposal|grant|loan)$/;

/** The amount of the rows that a stored value is of: of hotels, of expenses. */
function spentOnKind(reading: Reading, code: string): boolean {
  const { resolver, frame, sentence } = reading;
  const tables = [...new Set(sentence.mention(code).values.map(({ table }) => table))];
  const paid = tables.filter((table) => moneyOf(reading, table) !== undefined);
  const [table, ...more] =
    paid.length > 1 ? paid.filter((one) => /expens|spend|cost|purchas|fee/i.test(one.name)) : paid;
  if (!table || more.length || (frame.main && frame.main !== table && !resolver.isMany(frame.main, table)))
    return false;
  frame.main = table;
  return amountOf(reading, 'total', table);
}

/** What is done with money. */
const PAID = '(?:spend|spent|pay|paid|earn|earned|make|made|collect|collected|receive|received|lose|lost)';

const aggregated = capture('word', 'total|average|avg|mean|highest|lowest|combined|overall');

/** Reads an amount that is named by its table: "average order value", "average app rating". */
export const readAmounts = inOrder(
  rule(
    pattern` (?:the |our )?(?:${optional(aggregated)} )?${AMOUNT} of (?:an? |the |all |all the |our |each )*(?:${optional(capture('between', VALUE))} )?${capture('table', 'T\\d+')}(?= )`,
    // "the enrollment size of schools" is of what is named
    ({ word, between, table }, reading, { before }) =>
      !/ [CTB]\d+$/.test(before) &&
      amountOf(reading, word, reading.resolver.table(table)) &&
      (between === undefined || { leaving: between }),
  ),
  // "average app rating" of a table of ratings: its one measure
  rule(
    pattern` (?:the |our )?${capture('word', 'average|avg|mean|highest|lowest')} ${capture('table', '[TB]\\d+')}(?= )`,
    ({ word, table: code }, reading) => {
      const { frame, resolver } = reading;
      const table = resolver.table(code);
      const ref = table && measureOf(table, resolver.catalog);
      const name = AGGREGATES.get(word);
      if (!table || !ref || !name) return false;
      frame.main ??= table;
      frame.touched.add(table);
      frame.items.push({ kind: 'aggregate', name, ref });
      frame.assumptions.push(
        `“${word} ${reading.sentence.wording(code)}” is read as that of ${table.name}.${ref.column.name}.`,
      );
      return true;
    },
  ),
  // "ticket volume": how many; of what has an amount, how much
  rule(
    pattern` (?:the |our )*${capture('table', 'T\\d+')} ${capture('of', 'volumes?|counts?|totals?')}(?= ·| $| ,| D\d| (?:per|by|in|for|of|on|from|since|each|month|this|last) )`,
    ({ table: code, of }, reading) => {
      const { frame, resolver } = reading;
      const table = resolver.table(code);
      if (!table || frame.items.length) return false;
      if (of.startsWith('total')) return amountOf(reading, 'total', table);
      if (of.startsWith('volume') && moneyOf(reading, table)) return amountOf(reading, 'total', table);
      frame.main ??= table;
      frame.touched.add(table);
      frame.items.push({ kind: 'count', distinct: false, table });
      return true;
    },
  ),
  // "ad spend and clicks by month": what the table is named by, beside others of its amounts
  rule(
    pattern`^(?: (?:the|our|show|me|give))* ${capture('codes', '[TC]\\d+(?: (?:, and|and|,|plus|vs|with(?: the| their)?) [TC]\\d+)+')}
      (?= ·| $| ,| D\d| (?:by|per|for|in|of|on|from|since|each) )`,
    ({ codes }, reading) => {
      const { frame, resolver } = reading;
      const said = codes.match(/[TC]\d+/g) ?? [];
      const [code, ...more] = said.filter((one) => one.startsWith('T'));
      const table = resolver.table(code);
      if (!table || more.length || !isAmount(table)) return false;
      const refs = said.map((one) =>
        one === code ? onlyMoney(table, resolver.catalog) : resolver.columnOf(one, table),
      );
      const sums = refs.flatMap((ref): Measure[] =>
        ref && addsUp(ref, resolver.catalog) ? [{ kind: 'aggregate', name: 'sum', ref }] : [],
      );
      if (sums.length < said.length || new Set(refs.map((ref) => ref?.column)).size < said.length) return false;
      frame.main ??= table;
      frame.items.push(...sums);
      return true;
    },
  ),
  // "how much did we spend on ads"
  rule(
    pattern` how much(?: money)?(?: (?:did|do|does|have|has|had|was|were|is|are|we|our|been))* ${PAID}(?: (?:on|for|in|from|with|by|to))?
      (?: (?:the|our|all))* ${capture('table', '[TB]\\d+')}(?= )`,
    ({ table }, reading) => spentOn(reading, table),
  ),
  // "hotel spend on expense lines"
  rule(
    pattern` (?:(?:the|our|total|overall) )*(?:spend|spending|expenditure) (?:on|for|with|in) (?:the |our |all )*${capture('table', '[TB]\\d+')}(?= )`,
    ({ table }, reading) => spentOn(reading, table),
  ),
  // "what did our vehicles cost us in repairs", "how much did customers spend on orders"
  rule(
    pattern` (?:what|how much)(?: money)? (?:did|do|does|have|has)(?: (?:the|our|all))* ${capture('of', TABLE)} (?:cost|costed|spend|spent|pay|paid|C\d+)(?: us)? (?:in|on|for)(?: (?:the|our|all))* ${capture('table', TABLE)}(?= )`,
    ({ of, table }, reading, { said }) => {
      const { frame, sentence, resolver } = reading;
      const column = / (C\d+) /.exec(said)?.[1];
      const owner = resolver.table(of);
      if (!owner || frame.items.length || (column && !/^costs?$/i.test(sentence.wording(column)))) return false;
      const [main, many] = [frame.main, resolver.table(table)];
      if (!many || many === owner) return false;
      frame.main = many;
      if (!spentOn(reading, table)) {
        frame.main = main;
        return false;
      }
      frame.touched.add(owner);
      return true;
    },
  ),
  // "tolls paid in May": what their table is called by is an amount
  rule(
    pattern`^(?: (?:the|our|all|total))* ${capture('table', TABLE)} (?:paid|spent|collected|received|earned)(?= ·| $| ,| D\d| (?:in|by|per|for|on|to|from) )`,
    ({ table: code }, reading) => {
      const table = reading.resolver.table(code);
      return table !== undefined && isAmount(table) && reading.frame.items.length === 0 && spentOn(reading, code);
    },
  ),
  // "how much is in open quotes"
  rule(
    pattern` how much(?: money)?(?: (?:is|was|are|were|do|we|have|still|currently))* (?:in|tied up in) (?:(?:the|our|all) )*(?:${optional(capture('between', VALUE))} )?${capture('table', TABLE)}(?= ·| $| ,| D\d| (?:in|for|by|per|from|with|that|which) )`,
    ({ between, table }, reading) => spentOn(reading, table) && (between === undefined || { leaving: between }),
  ),
  // "how much did we spend on ads" of `ad_spend`
  rule(
    pattern` how much(?: money)?(?: (?:did|do|does|have|has|had|was|were|is|are|we|our|been))* ${capture('table', TABLE)} (?:on|for) (?:our |the )*${capture('word', '[a-z]{2,}')}(?= ·| $| ,| D\d| (?:in|for|by|per|from|with|this|last|since) )`,
    ({ table: code, word }, reading) => {
      const table = reading.resolver.table(code);
      const own = table && splitIdentifier(table.title ?? table.name).map(stem);
      return own?.includes(stem(word)) === true && spentOn(reading, code);
    },
  ),
  // "what did we spend on hotels", "travel costs per project": the amount of the rows of that kind
  rule(
    pattern` (?:what|how much)(?: money)?(?: (?:did|do|have|has|we|our))* ${PAID}(?: (?:on|for|in))(?: (?:the|our|all))* ${capture('kind', VALUE)}(?= )`,
    ({ kind }, reading) => spentOnKind(reading, kind) && { leaving: kind },
  ),
  rule(
    pattern`^(?: (?:the|our|total|show|me|what|are|is))* ${capture('kind', VALUE)} (?:costs?|spend|spending|expenses|expenditure)(?= ·| $| ,| D\d| (?:by|per|for|in|of|this|last) )`,
    ({ kind }, reading) => spentOnKind(reading, kind) && { leaving: kind },
  ),
  // "average donation", "average order in 2025": of what is money by its name
  rule(
    pattern` (?:the |our )?${capture('word', 'average|avg|mean')} ${capture('table', 'T\\d+')}(?= ·| $| ,| D\d| (?:by|per|in|of|from|for) )`,
    ({ word, table: code }, reading) => {
      const said = reading.sentence.wording(code).toLowerCase().split(' ').at(-1) ?? '';
      return IN_MONEY.test(said) && amountOf(reading, word, reading.resolver.table(code));
    },
  ),
  // "how much have we invoiced": what was done names the things
  rule(
    pattern` how much(?: money)?(?: (?:did|do|does|have|has|had|was|were|is|are|we|our|been))* ${capture('table', '[TB]\\d+')}(?= ·| $| ,| D\d| (?:in|for|by|per|from|to|with) )`,
    ({ table }, reading) => /ed$/i.test(reading.sentence.wording(table)) && spentOn(reading, table),
  ),
  rule(
    pattern` (?:the |our )?${aggregated} ${capture('table', 'T\\d+')} (?:${AMOUNT}|spend|spending|expenditure)(?= )`,
    ({ word, table }, reading) => amountOf(reading, word, reading.resolver.table(table)),
  ),
  // "order value by month"
  rule(
    pattern`^(?: (?:the|our|show|me|give|list|what is|what was))* ${capture('table', 'T\\d+')} (?:value|amount|worth)s?(?= ·| $| ,| D\d| (?:per|by|in|for|of|on|from|since|this|last) )`,
    ({ table }, reading) =>
      reading.frame.items.length === 0 && amountOf(reading, 'total', reading.resolver.table(table)),
  ),
);
