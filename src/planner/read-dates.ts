import type { Table } from '#src/domain/catalog.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { bearsVerb } from './date-named.ts';
import { yearNamed } from './date-parts.ts';
import type { DateSpan } from './date-span.ts';
import type { Frame } from './frame.ts';
import { addFilter, inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, optional, part, pattern } from './pattern.ts';
import { isOfPeople } from './people.ts';
import type { FrameResolver } from './resolve.ts';
import { COLUMN, type Taken } from './sentence.ts';
import { isEvent, isRelation, pastOf } from './verbs.ts';

const date = capture('date', 'D\\d+');

/** "left the company": whom the rows belong to anyway. */
export const OURS = '(?: (?:the|our|this) (?:company|firm|business|organi[sz]ation))?';

const DID_ONE = / (?:who|that|which)(?: (?:have|has|had))? (?:[a-z]+|·) (?:an?|any|their|at least N\d+)$/;

/** Reads periods and puts each on the date that it speaks of. */
export const readDates = inOrder(
  // "hired after 2024", "signed up last month": the verb names the date column
  rule(
    pattern` ${capture('verb', '[a-z]{4,}|due|end|[VCBT]\\d+')}${OURS}(?: (?:us|to|up|in|on|off|out|at|during|by))* ${date}`,
    ({ verb, date }, reading, { said: whole, before }) => {
      const { sentence, frame, resolver } = reading;
      const period = sentence.dateAt(date);
      if (!period) return false;
      const said = sentence.wording(verb);
      // "what percentage of orders were cancelled last year": of those of last year
      const isState = verb.startsWith('V') && sentence.mention(verb).values.some(({ table }) => table === frame.main);
      if (frame.share && isState && !isEvent(said.toLowerCase())) return false;
      const years = isOfYears(period) ? yearNamed(said.toLowerCase(), subjects(reading)) : undefined;
      const ref =
        resolver.dateNamed(said, [...tableBefore(reading, before), ...subjects(reading)]) ??
        years ??
        whoDid(reading, said) ??
        dayDone(reading, said, period) ??
        dayOfMany(reading, verb);
      // "tickets escalated last month": when they were is told by the escalation
      const done = verb.startsWith('T') && ref === undefined ? resolver.table(verb) : undefined;
      if (verb.startsWith('T') && ref === undefined) {
        // and "users who started a session in May": the session's
        const then =
          done && done !== frame.main && (/(?:ed|sold|paid|sent)$/i.test(said) || DID_ONE.test(before))
            ? resolver.eventDate(done)
            : undefined;
        return then !== undefined && addPeriod(reading, period, then) && { leaving: verb };
      }
      // "orders placed this week": all that came to be then, whatever became of them, though a state is called so too
      // and not "are booked for tomorrow", which is how they stand
      if (ref === undefined) frame.refused ??= whyNoDay(reading, verb, before);
      const event =
        ((verb.startsWith('V') && !/ (?:is|are)$/.test(before)) || / up /.test(whole)) && isEvent(said.toLowerCase());
      // "top accounts by invoices paid in 2025": the invoices, not the accounts, are of that time
      const beside = ref === undefined && event ? manyBeside(reading, date) : undefined;
      const then = beside && dateFor(beside, period, resolver);
      if (!((ref !== undefined || event) && addPeriod(reading, period, ref ?? then))) return false;
      // "quotes lost in March", by the day on which they were decided: they stand so as well
      return isState && ref !== undefined && !bearsVerb(said, ref) ? { leaving: `· ${verb}` } : true;
    },
  ),
  rule(
    pattern`(?: (?:with|whose|where|and|that|which|who|were|was|are|is|have|has|had|been))*
      (?: (?:the |an? |their )?${optional(capture('column', COLUMN))})?(?: (?:is|are|was|were|of|in|on|been))* ${date}`,
    ({ column, date }, reading, { before }) => {
      const { sentence, frame, resolver } = reading;
      const period = sentence.dateAt(date);
      const named = resolver.column(column, frame.main);
      const dated = named && isDated(named) ? named : undefined;
      if (!period || (column !== undefined && !dated)) return false;
      return addPeriod(reading, period, dated ?? dateBeside(reading, period, date, before));
    },
  ),
  rule(pattern` ${date}`, ({ date }, reading, { before }) => {
    const period = reading.sentence.dateAt(date);
    return period !== undefined && addPeriod(reading, period, dateBeside(reading, period, date, before));
  }),
);

/** "products ordered in May": the day of the order that they are lines of, where no state is called so. */
function dayDone({ frame, resolver }: Reading, verb: string, period: DateSpan): ColumnRef | undefined {
  // and not "spend on search campaigns in May", which names things
  const said = pastOf(verb.toLowerCase()) ?? verb.toLowerCase();
  const done = frame.main && !/s$/i.test(verb) ? resolver.doneBy(said, frame.main) : undefined;
  if (!done || frame.main === done) return undefined;
  const days = [done, ...resolver.refersTo(done).filter((table) => table !== frame.main)].flatMap(
    (table) => dateFor(table, period, resolver) ?? [],
  );
  const [own, ...more] = days;
  if (!own || (more.length && own.table !== done)) return undefined;
  // "requests approved in May": by an approval, or those that stand so?
  if (frame.main && resolver.stateNamed(said, frame.main) && !resolver.dateNamed(verb, [own.table]))
    frame.refused ??= `I cannot tell whether “${verb}” is said of ${frame.main.name} or by ${done.name}.`;
  frame.touched.add(done);
  return own;
}

/** "app versions released this year": the thing that the verb is said of, where one of its columns names it. */
function tableBefore({ frame, resolver }: Reading, before: string): Table[] {
  const [, code] = / ([CB]\d+)(?: (?:that|which|who|was|were|is|are|have|has|been))*$/.exec(before) ?? [];
  const ref = code === undefined ? undefined : resolver.column(code, frame.main);
  return ref ? [ref.table] : [];
}

/** "agents who worked in May", "accounts that paid in June": the one date that bears the verb, of what each has several of. */
function dayOfMany({ sentence, frame, resolver }: Reading, code: string): ColumnRef | undefined {
  const { main } = frame;
  const verb = sentence.wording(code).toLowerCase();
  if (!main || code.startsWith('T') || !/(?:ed|id|[nl]t|ld|ght)$/.test(verb) || isEvent(verb)) return undefined;
  // "accounts by invoices paid in 2025" says it of the invoices
  const [, whose] =
    new RegExp(` (T\\d+)(?: (?:that|which|who|was|were|have|has|had))* ${code} `).exec(sentence.asked) ?? [];
  if (whose !== undefined && resolver.table(whose) !== main) return undefined;
  const states = /^[CV]\d/.test(code) ? sentence.mention(code) : undefined;
  if (states?.values.some(({ table }) => table === main) || states?.columns.some(({ target }) => target.table === main))
    return undefined;
  const many = resolver.catalog.tables.filter((table) => table !== main && belongsTo(table, main, resolver));
  const [day, ...more] = many.flatMap((table) => resolver.dateNamed(verb, [table]) ?? []);
  return more.length ? undefined : day;
}

/** "who was hired this year": the one date in the database that bears the verb tells whom it is about. */
function whoDid({ sentence, frame, resolver }: Reading, verb: string): ColumnRef | undefined {
  if (!/^ who /.test(sentence.asked) || frame.main || resolver.named.length) return undefined;
  const dates = resolver.catalog.tables.flatMap((table) => resolver.dateNamed(verb, [table]) ?? []);
  const ofPeople = dates.filter(
    ({ table }) =>
      table.columns.some((column) => roleOf({ table, column }, resolver.catalog) === 'personal') ||
      resolver.labels(table).length > 1,
  );
  const [found, ...more] = ofPeople.length ? ofPeople : dates;
  if (!found || more.length) return undefined;
  frame.main = found.table;
  return found;
}

/** A date by whose name something began: an account is not closed on the day when it was opened. */
export const BEGUN = /^(?:open|start|beg[au]n|begin|join|hire|since|launch)/;

/** Why a period cannot be put on the date by which the things asked about are told: it is when they came to be, and not when they did it. */
function whyNoDay({ sentence, frame, resolver }: Reading, code: string, before: string): string | undefined {
  const { main } = frame;
  const born = main && resolver.eventDate(main);
  if (!born || code.startsWith('T')) return undefined;
  const verb = sentence.wording(code).toLowerCase();
  const why = `I could not see on which date “${sentence.wording(code)}” is to be read: ${main.name}.${born.column.name} is another.`;
  const hasBegun = splitIdentifier(born.column.title ?? born.column.name).some((word) => BEGUN.test(word));
  if (code.startsWith('V')) {
    const isState = sentence.mention(code).values.some(({ table }) => table === main);
    return isState && hasBegun && /ed$|^done$/.test(verb) && !isEvent(verb) ? why : undefined;
  }
  // and not "what did we take in on 12 March", of orders, which are what is done
  const isDeed =
    isRelation(verb) &&
    !isEvent(verb) &&
    !/^(?:have|had|get|got|see|saw)$/.test(verb) &&
    (hasBegun || isNamed(main, resolver));
  if (!isDeed || !/ (?:who|that|which|we|they|you)(?: (?:have|has|had))?$/.test(before)) return undefined;
  const hasDeeds = resolver.catalog.tables.some(
    (table) => table !== main && resolver.eventDate(table) && belongsTo(table, main, resolver),
  );
  return hasDeeds ? why : undefined;
}

/** "customers with the most orders this year": those orders are of this year, whenever the customers came. */
function dateBeside(reading: Reading, period: DateSpan, date: string, before: string): ColumnRef | undefined {
  const { frame, resolver } = reading;
  const counted = / ·(?: ,)?$/.test(before) ? frame.counted : undefined;
  const beside = counted ?? manyBeside(reading, date);
  if (!beside) return undefined;
  const own = dateFor(beside, period, resolver);
  if (own) return own;
  // "products sold more than 10 times this year": of the order that the item is of
  const days = resolver
    .refersTo(beside)
    .flatMap((table) =>
      table === frame.main || isNamed(table, resolver) ? [] : (dateFor(table, period, resolver) ?? []),
    );
  const called = days.filter(({ table }) => isCalledAfter(beside, table));
  const [of, ...more] = called.length ? called : days;
  if (!of || more.length) {
    frame.refused ??= `I could not see which date of ${beside.name} is meant.`;
    return undefined;
  }
  frame.touched.add(of.table);
  return of;
}

const EACH_PERIOD = ' (?:in each|per|by|each|every) (?:day|week|month|quarter|year)';

/** "accounts with a play in each month": by when those were that the things asked about have several of. */
export function dayBesidePeriods({ sentence, frame: { main }, resolver }: Reading): ColumnRef | undefined {
  const [, code] =
    new RegExp(`(?<! (?:per|by|each|every)(?: the)?) ([TB]\\d+)(?: D\\d+)?${EACH_PERIOD} `).exec(sentence.asked) ?? [];
  const table = resolver.table(code);
  return main && table && table !== main && belongsTo(table, main, resolver) ? resolver.eventDate(table) : undefined;
}

/** "members who attended a yoga class in May": they did then, as the one table says that ties the two. */
function deedBetween(who: Table, thing: Table, resolver: FrameResolver): Table | undefined {
  if (!isOfPeople(who, resolver) || resolver.eventDate(thing)) return undefined;
  const [deed, ...more] = resolver.catalog.tables.filter(
    (table) => table !== thing && resolver.links(table, who, thing) && resolver.eventDate(table),
  );
  return more.length ? undefined : deed;
}

/** "vehicles that had an accident in 2026": what stands before the period and groups nothing, where the thing asked about has several of it. */
function manyBeside({ sentence, frame, resolver }: Reading, date: string): Table | undefined {
  const [, code, done] =
    new RegExp(
      part`(?<! (?:per|by|each|every)(?: the)?) ([TCV]\d+)(?: N\d+)?(?: (?:that|which|were|was|they))*(?: ([a-z]{3,}|V\d+))??(?:${EACH_PERIOD})?(?: (?:in|on|during|of|from|within|over))? ${date} `,
    ).exec(sentence.asked) ?? [];
  const held = code?.startsWith('V')
    ? code
    : done?.startsWith('V') && resolver.table(code) === frame.main
      ? done
      : undefined;
  if (held !== undefined) return heldByMany(held, { sentence, frame, resolver });
  const verb = done === undefined ? undefined : sentence.wording(done).toLowerCase();
  // "customers whose tickets were urgent in May"
  const isState =
    done?.startsWith('V') && sentence.mention(done).values.some(({ table }) => table === resolver.table(code));
  if (verb !== undefined && !isState && !isEvent(verb) && !isRelation(verb) && !/ed$/.test(verb)) return undefined;
  const table = code?.startsWith('C') ? resolver.column(code, frame.main)?.table : resolver.table(code);
  // "neither cancelled nor returned this year" speaks of no returns
  const { values } = sentence.mention(code ?? '');
  if (frame.filters.some(({ ref }) => values.some(({ column }) => column === ref.column))) return undefined;
  // "exhibitions that happened in 2004" have no date but a year
  if (done !== undefined && table && !resolver.eventDate(table)) return undefined;
  // and not "orders with products in 2026", which several orders share
  if (!frame.main || !table || table === frame.main) return undefined;
  return belongsTo(table, frame.main, resolver) ? table : deedBetween(frame.main, table, resolver);
}

/** "employees who took vacation in May": their leave was then, of which each has several. */
function heldByMany(code: string, { sentence, frame: { main }, resolver }: Reading): Table | undefined {
  const tables = new Set(sentence.mention(code).values.map(({ table }) => table));
  const [table] = tables;
  if (!main || !table || tables.size > 1 || !resolver.isMany(main, table)) return undefined;
  // "accounts that played on a smart TV in 2025": they played then, whenever the TV was registered
  const [before = ''] = sentence.asked.split(` ${code} `);
  const deed = (before.match(/T\d+/g) ?? [])
    .filter((one) => /ed$/i.test(sentence.wording(one)))
    .map((one) => resolver.table(one))
    .find((one) => one && one !== main && resolver.refersTo(one).includes(table) && belongsTo(one, main, resolver));
  if (deed) return deed;
  // "products shipped last month", in orders that share them
  const isDone = /(?:ed|paid|sent|sold)$/i.test(sentence.wording(code));
  return isDone || belongsTo(table, main, resolver) ? table : undefined;
}

/** Whether each row of a table is of one of the other's, by one key or by several in turn. */
function belongsTo(table: Table, to: Table, resolver: FrameResolver): boolean {
  const seen = new Set([table]);
  for (const one of seen) for (const next of resolver.refersTo(one)) seen.add(next);
  return seen.has(to);
}

const isOfYears = ({ from, to }: DateSpan): boolean =>
  [from, to].every((day) => day === undefined || day.endsWith('-01-01'));

/** The date by which a table's rows are of a period: of whole years, a column of years where there is no date. */
export function dateFor(table: Table, period: DateSpan, resolver: FrameResolver): ColumnRef | undefined {
  return resolver.eventDate(table) ?? (isOfYears(period) ? resolver.yearColumn(table) : undefined);
}

const isDated = ({ column: { kind, name } }: ColumnRef) =>
  kind === 'date' || kind === 'timestamp' || /year/i.test(name);

/** The tables that the question is about: what is reckoned goes before what it is reckoned for. */
export function subjects({ frame, resolver }: Reading): Table[] {
  const main = frame.main ? [frame.main] : [];
  return [...new Set([...reckonedOf(frame), ...main, ...subjectsOf(frame), ...resolver.named, ...frame.touched])];
}

/** The tables whose columns are added up, averaged or ranked by. */
const reckonedOf = ({ items, order }: Frame): Table[] =>
  [...items, ...order.map(({ measure }) => measure)].flatMap((item) =>
    item.kind === 'aggregate' ? [item.ref.table] : [],
  );

export const subjectsOf = (frame: Frame): Table[] =>
  frame.items.flatMap((item) => (item.kind === 'column' || item.kind === 'aggregate' ? [item.ref.table] : []));

/** A column that says the fiscal year itself: the company's own reckoning goes before the configured one. */
const fiscalYearOf = (reading: Reading): ColumnRef | undefined =>
  subjects(reading)
    .map((table) => reading.resolver.fiscalYearColumn(table))
    .find((found) => found !== undefined);

/** Whether a table's rows bear names: they are no whole of which others are lines, and a plant was not opened when its machine was repaired. */
export const isNamed = (table: Table, resolver: FrameResolver): boolean =>
  /(?:name|nm|title|label)$/i.test(resolver.label(table)?.column.name ?? '');

/** "units sold this year": order lines have no date of their own, but that of the one order that they are part of, which nobody named. */
export function dateOfWhole(table: Table, { frame, resolver }: Reading, period?: DateSpan): ColumnRef | undefined {
  const isFigure = reckonedOf(frame).includes(table) || (frame.phrase && table === frame.main);
  if (!isFigure) return undefined;
  const others = resolver.refersTo(table).filter((one) => one !== table);
  const dayOf = (one: Table) => (period ? dateFor(one, period, resolver) : resolver.eventDate(one));
  // "order value last year": of the orders, and not of the products that were launched then
  const [called, ...alike] = others.filter((one) => isCalledAfter(table, one) && dayOf(one));
  if (called && !alike.length) return dayOf(called);
  const wholes = others.filter((one) => !resolver.named.includes(one) && !isNamed(one, resolver));
  const [only, ...more] = wholes.flatMap((one) => dayOf(one) ?? []);
  return more.length ? undefined : only;
}

/** Whether a table is called after another: `order_lines` after `orders`. */
function isCalledAfter(table: Table, whole: Table): boolean {
  const stems = new Set(splitIdentifier(table.name).map(stem));
  return splitIdentifier(whole.name).every((word) => stems.has(stem(word)));
}

/** Puts a date span on the named column, else on the date of the table that is asked about or of one joined to it. */
function addPeriod(reading: Reading, period: DateSpan, named: ColumnRef | undefined): Taken {
  const { fiscalYear } = period;
  const own = fiscalYear === undefined ? undefined : fiscalYearOf(reading);
  if (fiscalYear !== undefined && own) return addFiscalYear(reading, fiscalYear, own);
  const { frame, resolver } = reading;
  const ref =
    named ??
    frame.happened ??
    dayOfState(reading) ??
    subjects(reading)
      .map((table) => dateFor(table, period, resolver) ?? dateOfWhole(table, reading, period))
      .find((found) => found !== undefined);
  if (!ref) return false;
  frame.touched.add(ref.table);
  frame.assumptions.push(`The period ${period.label} is read on ${ref.table.name}.${ref.column.name}.`);
  return addFilter(reading, { kind: 'period', ref, span: period, ...resolver.zoneOf(ref) });
}

/** "finished jobs last month", "memberships cancelled per reason this year": on the day when they were, where the table has one. */
export function dayOfState({ sentence, frame, resolver }: Reading): ColumnRef | undefined {
  const { main } = frame;
  // a share of those that were finished then would be all of them
  if (frame.share) return undefined;
  const thing = main && sentence.mentions.find(({ tables }) => tables[0]?.target === main);
  const state = sentence.mentions.find(
    ({ start, end, values }) =>
      (end === thing?.start || start === thing?.end) && values.some(({ table }) => table === main),
  );
  const said = state && sentence.wording(`V${String(sentence.mentions.indexOf(state))}`).toLowerCase();
  const isBehind = state?.start === thing?.end;
  if (!main || !said || !/ed$|^done$/.test(said) || (isBehind && isEvent(said))) return undefined;
  return resolver.dateNamed(said, [main]);
}

function addFiscalYear(reading: Reading, year: number, ref: ColumnRef): Taken {
  reading.frame.assumptions.push(`Fiscal year ${year} is the one that ${ref.table.name}.${ref.column.name} holds.`);
  return addFilter(reading, { kind: 'compare', ref, operator: '=', value: { kind: 'number', value: year } });
}
