import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { Measure } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, optional, pattern } from './pattern.ts';
import { rank } from './rank-by.ts';
import { onlyAmount, onlyMoney, worthOf } from './reckon-measures.ts';
import { NUMBER, TABLE, VALUE } from './sentence.ts';

const wordsOf = ({ name, title }: Table) => splitIdentifier(title ?? name);

/** Things that are money: their total is an amount, never how many there are. */
const MONEY =
  /^(?:payments?|refunds?|expenses?|budgets?|fines?|fees?|charges?|tolls?|tax(?:es)?|costs?|donations?|bonus(?:es)?|salar(?:y|ies)|penalt(?:y|ies)|premiums?|commissions?|payouts?|wages?)$/;
/** And those whose total is one where it says "of". */
const PAPERS = /^(?:invoices?|bills?|claims?|orders?|sales?|quotes?|purchases?|deals?|bookings?|reservations?)$/;

/** "total refunds by reason", "the total of unpaid fines": their one amount is added up. */
const readTotalOf = rule(
  pattern`(?<! largest| highest| greatest| biggest| smallest| lowest) (?:the |our )?(?:total|sum)(?: ${optional(capture('of', 'of'))})?(?: (?:the|all|our))*(?: ${optional(capture('state', `${VALUE}|C\\d+|un[a-z]+`))})? ${capture('table', TABLE)}
    (?= ·| $| ,| D\d| (?:by|per|for|in|from|to|with|since|each|this|last|of|that|which) )`,
  ({ of, state, table: code }, { frame, resolver, sentence }) => {
    const table = resolver.table(code);
    const ref = table && onlyMoney(table, resolver.catalog);
    const said = sentence.wording(code).toLowerCase().split(' ').at(-1) ?? '';
    if (!table || !ref || frame.items.length || !(MONEY.test(said) || (of !== undefined && PAPERS.test(said))))
      return false;
    frame.main ??= table;
    if (frame.main !== table) return false;
    frame.items.push({ kind: 'aggregate', name: 'sum', ref });
    frame.assumptions.push(`${table.name}.${ref.column.name} is added up.`);
    return { leaving: `${state ?? ''} ·` };
  },
);

const isStock = (table: Table): boolean => /^(?:stock|inventory)$/.test(wordsOf(table)[0] ?? '');

/** What lies in stock: the one number that adds up of the one table that keeps it. */
function stockOf({ catalog }: Reading['resolver']): ColumnRef | undefined {
  const found = catalog.tables.filter((table) => isStock(table) && !/adjust|movement|transfer|change/.test(table.name));
  const [table, ...more] = found;
  return table && !more.length ? onlyAmount(table, catalog) : undefined;
}

function sumStock({ frame, resolver }: Reading): boolean {
  const ref = stockOf(resolver);
  if (!ref || frame.items.length || (frame.main && resolver.isMany(ref.table, frame.main))) return false;
  frame.main = ref.table;
  frame.told.add(ref.column);
  frame.items.push({ kind: 'aggregate', name: 'sum', ref });
  frame.assumptions.push(`Stock is ${ref.table.name}.${ref.column.name}, added up.`);
  return true;
}

/** "stock per storeroom", "how many nitrile gloves are in stock". */
const readStock = inOrder(
  rule(
    pattern`^(?: (?:how much|what is|the|our|current|total|show|me|give))* (?:stock|inventory)(?: levels?| on hand| quantity)?(?: (?:is there|do we have|have we))?(?= (?:per|by|of|in|at|for|each) | ·| $)`,
    (_, reading) => sumStock(reading),
  ),
  rule(
    pattern` how (?:many|much)(?: of)?(?: (?:the|our))* ${capture('value', VALUE)}(?: (?:are|is|do|we|have|there|left))* (?:in|on) (?:stock|hand)(?= )`,
    ({ value }, reading) => sumStock(reading) && { leaving: value },
  ),
);

/** Papers that say what was bought or sold, before those that say what was promised or planned. */
const BOOKED = /^(?:po|purchas\w*|orders?|invoices?|bills?|sales?|bookings?|shipments?|repairs?|expenses?)$/;

/** Papers, and what they come to. */
interface Dealt {
  readonly papers: Table;
  readonly ref: ColumnRef;
}

/** The amount of what was dealt with a party: of the one kind of papers that refer to it. */
function dealt({ resolver }: Reading, party: Table | undefined, through = false): Dealt | undefined {
  const head = party && (wordsOf(party).at(-1) ?? '');
  if (!party || !head || !(PARTIES.test(head) || (through && SELLERS.test(head)))) return undefined;
  const referring = resolver.catalog.tables.filter(
    (table) => table !== party && resolver.refersTo(table).includes(party),
  );
  const isBooked = (table: Table) => wordsOf(table).some((word) => BOOKED.test(word));
  const worth = (tables: readonly Table[], amount: typeof onlyMoney) =>
    tables.flatMap((papers): Dealt[] => {
      const ref = amount(papers, resolver.catalog);
      return ref ? [{ papers, ref }] : [];
    });
  const held = worth(referring, onlyMoney);
  const all = held.length ? held : worth(referring.filter(isBooked), worthOf);
  const [only, ...more] = all.length > 1 ? all.filter(({ papers }) => isBooked(papers)) : all;
  return more.length ? undefined : only;
}

/** With whom a company deals. */
export const PARTIES =
  /^(?:suppliers?|vendors?|clients?|customers?|accounts?|partners?|garages?|workshops?|carriers?|contractors?|distributors?|dealers?|buyers?|payers?|insurers?|agenc(?:y|ies))$/;

const sumOf = (ref: ColumnRef): Measure => ({ kind: 'aggregate', name: 'sum', ref });

function addUp({ frame }: Reading, { papers, ref }: Dealt, party: Table): true {
  frame.main = ref.table;
  frame.touched.add(papers);
  frame.touched.add(party);
  frame.items.push(sumOf(ref));
  frame.told.add(ref.column);
  frame.assumptions.push(`${ref.table.name}.${ref.column.name} is added up.`);
  return true;
}

/** And through whom it sells: these have a size of their own, so that their revenue must be said. */
const SELLERS = /^(?:guests?|channels?|stores?|shops?|branch(?:es)?|reps?|agents?|regions?)$/;

/** "spend with each vendor". */
const readSpentWith = rule(
  pattern`(?: (?:how much|what|did|do|have|we|our|the|total|money|is))* (?:spend|spent|spending|pay|paid) (?:with|at|to|from|on|for|by|per) (?:(?:our|the) )?(?:${capture('each', '(?:each|every|per|by|our|all|the)? ?')})${capture('table', TABLE)}(?= ·| $| ,| D\d| (?:in|for|since|this|last|from) )`,
  ({ table: code }, reading, { said }) => {
    const party = reading.resolver.table(code);
    const amount = dealt(reading, party);
    if (!party || !amount || reading.frame.items.length || !/ (?:each|every|per|by) /.test(said)) return false;
    return addUp(reading, amount, party) && { leaving: `· per ${code}` };
  },
);

/** "top 5 vendors by spend", "our biggest clients", "which garages got the most money". */
function rankParty(reading: Reading, code: string, count: string | undefined, through = false): boolean {
  const { frame, resolver } = reading;
  const party = resolver.table(code);
  const amount = dealt(reading, party, through);
  if (!party || !amount || frame.order.length) return false;
  const { papers, ref } = amount;
  frame.main = party;
  frame.touched.add(papers).add(ref.table);
  frame.counted = ref.table;
  frame.told.add(ref.column);
  frame.assumptions.push(`${party.name} are ranked by ${ref.table.name}.${ref.column.name}, added up.`);
  return rank(reading, sumOf(ref), true, count);
}

/** "by what they booked", of bookings: the papers that are added up anyway. */
const isDealtIn = (reading: Reading, done: string | undefined, party: Table | undefined): boolean =>
  done === undefined ||
  (/ed$/i.test(reading.sentence.wording(done)) && reading.resolver.table(done) === dealt(reading, party)?.papers);

const count = optional(capture('count', NUMBER));
const table = capture('table', TABLE);

const readBiggest = inOrder(
  rule(
    pattern` (?:the |our )*(?:top|biggest|largest|best|most important)(?: ${count})? ${table} by (?:total |overall |(?:what|how much) (?:we|they|each)(?: have)? |the )*(?:spend|spent|spending|revenue|turnover|sales|value|order value|order volume|ordered|booked|bought|purchased|paid|volume|${optional(capture('done', 'T\\d+'))})(?: (?:with|from|at) (?:them|us|each))?(?: (?:in total|altogether|overall))?(?= ·| $| ,| D\d| in | euros?| dollars?)`,
    ({ count, table, done }, reading, { said }) =>
      isDealtIn(reading, done, reading.resolver.table(table)) &&
      rankParty(reading, table, count, /revenue|turnover|sales/.test(said)) && { leaving: `· ${table}` },
  ),
  rule(
    pattern`(?:(?<= which| what) ${count})? ${table} (?:that |who |which )?(?:had|get|got|received|receive|brought in|bring in|brings in|sold|sell|sells|earned|earn|paid|spend|spent|make|made|cost|costs)(?: us)? (?:the )?most(?: money| revenue)?(?= ·| $| ,| D\d| (?:in|from|this|last) )`,
    ({ count, table }, reading, { said }) =>
      rankParty(reading, table, count, /revenue|turnover|sales| sold | sells? | br(?:ought|ings?) in /.test(said)) && {
        leaving: `· ${table}`,
      },
  ),
  rule(
    pattern` (?:the |our )*(?:${count} )?${capture('most', 'biggest|largest|best')}(?: ${optional(capture('behind', NUMBER))})? ${table}(?= ·| $| ,| D\d| (?:in|this|last|of|ever) )`,
    ({ count, most, behind, table: code }, reading) => {
      const party = reading.resolver.table(code);
      // which has a size of its own
      const own = most === 'best' ? /rating|score|rank/i : /size|revenue|turnover|total|amount|employees/i;
      if (party?.columns.some(({ kind, name }) => kind === 'number' && own.test(name))) return false;
      return rankParty(reading, code, count ?? behind) && { leaving: `· ${code}` };
    },
  ),
);

export const readMoney = inOrder(readTotalOf, readStock, readSpentWith, readBiggest);
