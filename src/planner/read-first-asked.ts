import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { Measure } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, pattern } from './pattern.ts';
import { isOfPeople, isOfStaff } from './people.ts';
import { PARTIES } from './read-money.ts';
import { COLUMN, TABLE } from './sentence.ts';

/** What is asked about the first of a ranking, once what it is the first by is known. */
const isOfFirst = ({ frame }: Reading, before: string): boolean =>
  frame.limit !== undefined && frame.order.length === 1 && /[CTBV·]/.test(before);

/** Shows columns of the first row, each once. */
function show({ frame }: Reading, refs: readonly ColumnRef[]): boolean {
  const shown = new Set(frame.items.flatMap((item) => (item.kind === 'column' ? [item.ref.column] : [])));
  const items = refs.filter(({ column }) => !shown.has(column)).map((ref): Measure => ({ kind: 'column', ref }));
  frame.items.push(...items);
  for (const { table, column } of refs) {
    frame.touched.add(table);
    frame.told.add(column);
  }
  return refs.length > 0;
}

/** Those that a row belongs to and that are people or firms; undefined where several are. */
function partyOf({ frame: { main }, resolver }: Reading): Table | undefined {
  if (!main) return undefined;
  const seen = new Set([main]);
  for (const one of seen) for (const next of resolver.refersTo(one)) seen.add(next);
  const others = [...seen].filter((table) => table !== main);
  const firms = others.filter(({ name, title }) => PARTIES.test(splitIdentifier(title ?? name).at(-1) ?? ''));
  const people = others.filter((table) => isOfPeople(table, resolver) && !isOfStaff(table));
  const [party, ...more] = firms.length ? firms : people;
  return more.length ? undefined : party;
}

const AND = '(?: [,·]| and)*';
const END = '(?= $| ·| ,| and )';
const IS_IT = '(?: (?:was|is|did) (?:it|that|this)(?: (?:for|from|by|with|cost|come to))?)?';

/** "biggest invoice ever - who was it for, which month, how much": of the first row, one after the other. */
export const readFirstAsked = inOrder(
  rule(
    pattern`${AND} (?:(?:in|at|for|on|by|from|with) )?(?:which|what) ${capture('table', TABLE)}(?: names?)?${IS_IT}${END}`,
    ({ table: code }, reading, { before }) => {
      const { resolver, frame } = reading;
      const table = resolver.table(code);
      if (!isOfFirst(reading, before) || !table || table === frame.main || !frame.main) return false;
      return !resolver.isMany(frame.main, table) && show(reading, resolver.labels(table));
    },
  ),
  rule(
    pattern`${AND} (?:which|what)(?: (?:kind|type|sort) of)? ${capture('column', COLUMN)}${IS_IT}${END}`,
    ({ column }, reading, { before }) => {
      const { resolver, frame } = reading;
      const ref = frame.main && (resolver.columnOf(column, frame.main) ?? resolver.column(column, frame.main));
      if (!isOfFirst(reading, before) || !ref || !frame.main || resolver.isMany(frame.main, ref.table)) return false;
      return show(reading, [ref]);
    },
  ),
  rule(
    pattern`${AND} (?:for whom|for who|who for|(?:who|whose) (?:was|is) (?:it|that)(?: (?:for|from|by|with))?)${END}`,
    (_, reading, { before }) => {
      if (!isOfFirst(reading, before)) return false;
      const party = partyOf(reading);
      if (!party) reading.frame.refused ??= 'I cannot tell who is meant.';
      return party !== undefined && show(reading, reading.resolver.labels(party));
    },
  ),
  rule(
    pattern`${AND} how (?:much|many|long|big|large|high)(?: (?:${COLUMN}|${TABLE}|people|days|hours|units))?${IS_IT}(?: each)?${END}`,
    (_, reading, { before }) => {
      if (!isOfFirst(reading, before)) return false;
      reading.frame.rankShown = true;
      return true;
    },
  ),
);
