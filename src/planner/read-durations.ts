import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { closedOn, dueAndDone, startAndEnd } from './date-parts.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, meaning, pattern } from './pattern.ts';
import { isOf } from './read-event-nouns.ts';
import { TABLE, type Taken } from './sentence.ts';

type Extreme = 'avg' | 'min' | 'max';

const EXTREMES: ReadonlyMap<string, Extreme> = new Map([
  ['average', 'avg'],
  ['avg', 'avg'],
  ['mean', 'avg'],
  ['typical', 'avg'],
  ['longest', 'max'],
  ['maximum', 'max'],
  ['shortest', 'min'],
  ['minimum', 'min'],
]);

/** The day of a table that a word names: by the column, or by what happened then ("booking", "delivered", "start"). */
function dayOf({ sentence, resolver }: Reading, code: string, table: Table): ColumnRef | undefined {
  const named = /^[CB]\d/.test(code) ? resolver.columnOf(code, table) : undefined;
  if (named?.column.kind === 'date') return named;
  const said = sentence.wording(code).toLowerCase();
  const whole = table.columns.find(
    (column) => column.kind === 'date' && splitIdentifier(column.title ?? column.name).join(' ') === said,
  );
  if (whole) return { table, column: whole };
  const verb = said.replace(/ing$/, '');
  const found = table.columns.filter(
    (column) =>
      column.kind === 'date' &&
      splitIdentifier(column.title ?? column.name).some(
        (word) => word === said || isOf(said, word) || (verb.length >= 3 && word.length >= 3 && word.startsWith(verb)),
      ),
  );
  const [column, ...more] = found;
  if (column && !more.length) return { table, column };
  // "receipt" of `received_on`
  return column ? undefined : resolver.dateNamed(said, [table]);
}

/** The tables that days are looked for in: what is asked about, else what is named, else all. */
function candidates(reading: Reading): readonly Table[] {
  const { resolver } = reading;
  const subject = subjectOf(reading);
  const named = subject ? [subject, ...resolver.named] : resolver.named;
  return named.length ? [...new Set(named)] : resolver.catalog.tables;
}

/** Reckons the days from one day of a table's rows to another, of the rows that have both. */
function lasts(reading: Reading, name: Extreme, find: (table: Table) => readonly (ColumnRef | undefined)[]): Taken {
  const { frame } = reading;
  if (frame.items.length) return false;
  const among = (tables: readonly Table[]) =>
    tables.flatMap((table) => {
      const [from, to] = find(table);
      const areDays = [from, to].every((day) => day?.column.kind === 'date');
      return from && to && areDays && from.column !== to.column ? [{ from, to }] : [];
    });
  const near = among(candidates(reading));
  // "from order to shipment, per dealer type": of the one table that has both days
  const [days, ...more] = near.length ? near : among(reading.resolver.catalog.tables);
  if (!days || more.length) return false;
  frame.main = days.from.table;
  frame.touched.add(days.from.table);
  frame.items.push({ kind: 'duration', name, ...days });
  for (const { column } of [days.from, days.to]) frame.told.add(column);
  frame.assumptions.push(
    `The time is counted in days, from ${days.from.table.name}.${days.from.column.name} to ${days.to.column.name}.`,
  );
  return true;
}

/** From when a row came to be to when something was done with it. */
const untilDone =
  (reading: Reading, verb: string) =>
  (table: Table): readonly (ColumnRef | undefined)[] => [
    reading.resolver.eventDate(table),
    reading.resolver.dateNamed(verb, [table]) ?? (DONE.has(verb) ? closedOn(table) : undefined),
  ];
const DONE: ReadonlySet<string> = new Set(['close', 'resolve', 'finish', 'complete', 'settle', 'fix', 'solve']);

/** From when something of a table begins to when it ends. */
function ofTable(reading: Reading, name: Extreme, code: string): Taken {
  const table = reading.resolver.table(code);
  const days = table && startAndEnd(table);
  const isDay = days && [days.start, days.end].every(({ column }) => column.kind === 'date');
  return isDay === true && lasts(reading, name, (one) => (one === table ? [days.start, days.end] : []));
}

const WORD = '(?:[a-z-]{3,}(?: (?!(?:and|to|until|till|of|in|for|by|per|at|date|days?) )[a-z-]{3,})?|[CBVT]\\d+)';
const from = capture('from', WORD);
const to = capture('to', WORD);
const verb = capture('verb', '[a-z]{3,}|[CV]\\d+');
const extreme = meaning('extreme', EXTREMES);
/** A column may be called so as well. */
const TIME = '(?:number of )?(?:days|time|duration|C\\d+)(?: in (?:days|C\\d+))?';
const LONG = '(?:long|many (?:days|C\\d+))';
const isTime = ({ sentence }: Reading, said: string): boolean =>
  (said.match(/C\d+(?= (?:between|from|to|until|till|does|do|did|is|are) )|(?<= in )C\d+/g) ?? []).every((code) =>
    /^(?:days|time|duration)$/i.test(sentence.wording(code)),
  );
/** "a request", "our orders": what it is done with, which is read elsewhere. */
const IT = '(?= (?:an?|the|our|all)? ?(?:[a-z]+ )?(?:[TBVC]\\d|·)| ·| $| ,| D\\d| (?:in|for|by|per|of) )';

/** "average days between booking and delivery", "how long does it take to close a request", "average delay of late orders". */
export const readDurations = inOrder(
  rule(
    pattern`(?: (?:the|what|is|was|our))* ${extreme} ${TIME}(?: (?:that )?(?:pass(?:es)?|elapsed?))? (?:between|from) (?:the )?${from}(?: C\d+)? (?:and|to|until|till) (?:the )?${to}(?: date| C\d+)?(?= ·| $| ,| D\d| (?:in|for|by|per|of|at) )`,
    ({ extreme, from, to }, reading, { said }) =>
      isTime(reading, said) &&
      lasts(reading, extreme, (table) => [dayOf(reading, from, table), dayOf(reading, to, table)]),
  ),
  rule(
    pattern` how ${LONG}(?: (?:does|do|did|is|are|it|take|takes|there|pass|we|need|on average|average))* (?:between|from) (?:the )?${from} (?:and|to|until|till) (?:the )?${to}(?: on average)?(?= ·| $| ,| D\d| (?:in|for|by|per|of|at) )`,
    ({ from, to }, reading, { said }) =>
      / average(?= )/.test(`${said} `) &&
      isTime(reading, said) &&
      lasts(reading, 'avg', (table) => [dayOf(reading, from, table), dayOf(reading, to, table)]),
  ),
  rule(
    pattern`(?: (?:the|what|is|was|our))* ${extreme} ${TIME} (?:(?:it takes|needed|taken|we need) )?(?:to|until|till) ${verb}${IT}`,
    ({ extreme, verb }, reading, { said }) =>
      isTime(reading, said) &&
      lasts(reading, extreme, untilDone(reading, reading.sentence.wording(verb).toLowerCase())),
  ),
  rule(
    pattern` (?:on average )?how ${LONG} (?:does|do|did) (?:it|we) (?:take|need)(?: us)?(?: on average)? to ${verb}${IT}`,
    ({ verb }, reading) => lasts(reading, 'avg', untilDone(reading, reading.sentence.wording(verb).toLowerCase())),
  ),
  // "average delivery time": from when a row came to be to when that was
  rule(
    pattern`(?: (?:the|what|is|was|our))* ${extreme} ${capture('what', '[a-z]{4,}|[CBT]\\d+')} times?(?: in days)?(?= ·| $| ,| D\d| (?:in|for|by|per|of|at|to|days) )`,
    ({ extreme, what }, reading) =>
      lasts(reading, extreme, (table) => [reading.resolver.eventDate(table), dayOf(reading, what, table)]),
  ),
  // "average lease duration in days"
  rule(
    pattern`(?: (?:the|what|is|was|our))* ${extreme} (?:length|duration) of (?:an? |the |our |all )*(?=${capture('table', TABLE)} )`,
    ({ extreme, table }, reading) => ofTable(reading, extreme, table),
  ),
  rule(
    pattern`(?: (?:the|what|is|was|our))* ${extreme} ${capture('table', TABLE)} (?:length|duration)(?: in (?:days|C\d+))?(?= )`,
    ({ extreme, table }, reading) => ofTable(reading, extreme, table),
  ),
  rule(
    pattern`(?: (?:the|what|is|was|our))* ${extreme} delay(?: in days)?(?: (?:of|for|in)(?= ))?(?= )`,
    ({ extreme }, reading) =>
      lasts(reading, extreme, (table) => {
        const days = dueAndDone(table);
        return [days?.due, days?.done];
      }),
  ),
  rule(pattern` on average(?= ·| $| ,)`, (_, { frame }) => frame.items.some(({ kind }) => kind === 'duration')),
);
