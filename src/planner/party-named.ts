import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { singularOf } from '#src/domain/plain-names.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { dbGraph, refers } from './db-graph.ts';
import { isHired, isOfStaff } from './people.ts';
import type { Respelt } from './respell.ts';

const CUSTOMERS = /^(?:customer|client)s?$/i;
/** What customers sign, by the last word of what it is called. */
const SOLD = /^(?:orders?|sales?|invoices?|bills?|bookings?|contracts?|subscriptions?|jobs?|rentals?|reservations?)$/;
/** How somebody is reached, or what they may owe. */
const REACHED = /^(?:email|mail|phone|tel|telephone|mobile|postcode|zip|address|addr|acct|account|credit)$/;
/** Others with an address of their own. */
const OTHERS =
  /^(?:suppliers?|vendors?|carriers?|warehouses?|depots?|branch(?:es)?|offices?|sites?|stores?|shops?|gyms?|hotels?|venues?|contacts?)$/;

const wordsOf = ({ name, title }: Table | Column) => splitIdentifier(title ?? name);

/**
 * A question about customers over a database that calls them otherwise (practices, dealers, households): the one table that orders, invoices
 * or bookings belong to and whose rows can be reached. Undefined where there are several, or none.
 */
export function partyNamed(question: string, unread: readonly string[], catalog: DatabaseCatalog): Respelt | undefined {
  if (!unread.some((word) => CUSTOMERS.test(word))) return undefined;
  const table = partyOf(catalog);
  if (!table) return undefined;
  const called = wordsOf(table);
  const one = [...called.slice(0, -1), singularOf(called.at(-1) ?? '')].join(' ');
  const words = new Map<string, string>();
  const named = question.replace(
    /(?<![\p{L}\p{N}_])(?:customer|client)(s?)(?![\p{L}\p{N}_])/giu,
    (typed, s: string) => {
      const meant = s ? called.join(' ') : one;
      words.set(typed, meant);
      return meant;
    },
  );
  return { question: named, words: [...words].map(([typed, meant]) => ({ typed, meant })) };
}

function partyOf(catalog: DatabaseCatalog): Table | undefined {
  const sold = catalog.tables.filter((table) => SOLD.test(wordsOf(table).at(-1) ?? ''));
  const owners = sold.flatMap((table) => (dbGraph(catalog).edges.get(table) ?? []).filter(refers).map(({ to }) => to));
  const [only, ...more] = [...new Set(owners)].filter(
    (table) =>
      !sold.includes(table) &&
      !isHired(table) &&
      !isOfStaff(table) &&
      !wordsOf(table).some((word) => OTHERS.test(word)) &&
      table.columns.some((column) => wordsOf(column).some((word) => REACHED.test(word))),
  );
  return more.length ? undefined : only;
}
