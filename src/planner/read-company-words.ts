import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { mayMeasure } from './column-roles.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, meaning, optional, pattern } from './pattern.ts';
import { isOfPeople, isOfStaff } from './people.ts';
import { rank, rankByColumn } from './rank-by.ts';
import { AGGREGATES, measureOf } from './read-amounts.ts';
import { whoIsThere } from './read-time-states.ts';
import { NUMBER, TABLE } from './sentence.ts';
import { PAY } from './superlatives.ts';

/** What the people of a company are paid now: of the things asked about, else of the one table of people that holds it. */
function payOf(reading: Reading): ColumnRef | undefined {
  const { frame, resolver } = reading;
  const paid = (table: Table) => (isOfPeople(table, resolver) ? resolver.hinted(table, PAY, ['number']) : undefined);
  const own = frame.main && paid(frame.main);
  if (own) return own;
  const [only, ...more] = resolver.catalog.tables.flatMap((table) => paid(table) ?? []);
  return more.length ? undefined : only;
}

/** "total payroll of the Nursery department": all that people are paid. */
const readPayroll = rule(
  pattern`(?: (?:what|is|the|our|total|overall|whole))* (?:payroll|(?:wage|salary|pay) (?:bill|costs?|total))(?= )`,
  (_, reading) => {
    const ref = payOf(reading);
    if (!ref) return false;
    const { frame } = reading;
    frame.main ??= ref.table;
    frame.told.add(ref.column);
    frame.items.push({ kind: 'aggregate', name: 'sum', ref });
    frame.assumptions.push(`The payroll is ${ref.table.name}.${ref.column.name}, added up.`);
    return true;
  },
);

/** "headcount per team" where those who work here are called otherwise. */
const readHeadcount = rule(pattern`(?: (?:the|our|total|current))* head ?count(?= )`, (_, reading) => {
  const { frame, resolver } = reading;
  const [staff, ...more] = resolver.catalog.tables.filter(isOfStaff);
  if (!staff || more.length || (frame.main ?? staff) !== staff) return false;
  frame.main = staff;
  frame.touched.add(staff);
  frame.items.push({ kind: 'count', distinct: false, table: staff });
  whoIsThere(reading, 'headcount', staff);
  frame.assumptions.push(`The headcount is of ${staff.name}.`);
  return true;
});

const EARNERS = new Map([
  ...['top', 'best', 'highest', 'biggest'].map((said) => [said, true] as const),
  ...['lowest', 'smallest'].map((said) => [said, false] as const),
]);

/** "top 5 earners": whoever is paid the most. */
const readEarners = rule(
  pattern` (?:the |our )*${meaning('most', EARNERS)} ${optional(capture('count', NUMBER))}? ?earners?(?= )`,
  ({ most, count }, reading) => {
    const { frame } = reading;
    const ref = payOf(reading);
    if (!ref || (frame.main && frame.main !== ref.table)) return false;
    frame.main = ref.table;
    frame.withLabels = true;
    frame.told.add(ref.column);
    return rankByColumn(reading, ref, most, count);
  },
);

/** "vacancies": positions that nobody holds yet, where the table is not called so itself. */
const readVacancies = rule(pattern`(?: open)? ${capture('table', TABLE)}(?= )`, ({ table: code }, reading) => {
  const { sentence, resolver } = reading;
  const table = resolver.table(code);
  if (!table || !/^vacanc(?:y|ies)$/i.test(sentence.wording(code))) return false;
  if (splitIdentifier(table.title ?? table.name).some((word) => stem(word) === stem('vacancies'))) return false;
  const open = ['open', 'vacant', 'unfilled'].flatMap((state) => resolver.stateLike(state, table) ?? []);
  const [state, ...more] = open;
  if (!state || more.length || reading.frame.told.has(state.column)) return false;
  reading.frame.told.add(state.column);
  reading.frame.assumptions.push(`Vacancies are rows of ${table.name} where ${state.column.name} = ${state.value}.`);
  addFilter(reading, { kind: 'compare', ref: state, operator: '=', value: { kind: 'text', value: state.value } });
  return { leaving: code };
});

/** What is scored or rated in the one table that a word begins the name of: "satisfaction" of `satisfaction_scores`. */
function scoredAs({ resolver }: Reading, word: string): ColumnRef | undefined {
  const found = resolver.catalog.tables.flatMap((table) => {
    const [first, last, ...rest] = splitIdentifier(table.title ?? table.name);
    return first && last && !rest.length && stem(first) === stem(word)
      ? (measureOf(table, resolver.catalog) ?? [])
      : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

const DEGREES = new Map(
  ['best', 'highest', 'worst', 'lowest'].map((said) => [said, said === 'best' || said === 'highest'] as const),
);
const word = capture('word', '[a-z]{4,}');

/** "average satisfaction by team", "which agent has the best average satisfaction". */
const readScoredAs = inOrder(
  rule(
    pattern`(?: (?:that|who|which|and|with|has|have|had|having|gets?|by))+ (?:the )?${meaning('degree', DEGREES)} (?:average|avg|mean) ${word}(?: scores?| ratings?)?(?= ·| $| ,| D\d| (?:in|on|for|by|per|from|of) )`,
    ({ degree, word }, reading) => {
      const ref = scoredAs(reading, word);
      const main = subjectOf(reading);
      if (!ref || !main || !reading.resolver.isMany(main, ref.table)) return false;
      reading.frame.touched.add(ref.table);
      reading.frame.counted = ref.table;
      reading.frame.told.add(ref.column);
      return rank(reading, { kind: 'aggregate', name: 'avg', ref }, degree);
    },
  ),
  rule(
    pattern` (?:(?:what|is|was|the|our) )*${capture('word', 'average|avg|mean')} ${capture('of', '[a-z]{4,}')}(?= ·| $| ,| D\d| (?:in|on|for|by|per|from|of|and) )`,
    ({ word, of }, reading) => {
      const { frame } = reading;
      const ref = scoredAs(reading, of);
      const name = AGGREGATES.get(word);
      if (!ref || !name || !mayMeasure(ref, name, reading.resolver.catalog)) return false;
      frame.main ??= ref.table;
      frame.touched.add(ref.table);
      frame.told.add(ref.column);
      frame.items.push({ kind: 'aggregate', name, ref });
      frame.assumptions.push(`“${word} ${of}” is read as that of ${ref.table.name}.${ref.column.name}.`);
      return true;
    },
  ),
);

/** Words that any company has for what it keeps: payroll, earners, vacancies, satisfaction. */
export const readCompanyWords = inOrder(readVacancies, readHeadcount, readPayroll, readEarners, readScoredAs);
