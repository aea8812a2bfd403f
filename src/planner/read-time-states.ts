import type { Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { thereFlag } from '#src/domain/gone.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { closedOn, doneAwayOn, dueAndDone, dueOn, hasEnded, leftOn, startAndEnd } from './date-parts.ts';
import { next, since, until } from './date-span.ts';
import type { RowFilter } from './frame.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, pattern } from './pattern.ts';
import { isHired, isOfPeople, isOfStaff } from './people.ts';
import { OURS } from './read-dates.ts';
import type { Taken } from './sentence.ts';

const nameOf = ({ table, column }: ColumnRef) => `${table.name}.${column.name}`;

/** What stands before a thing, or after it with what leads there. */
const BEFORE = '(?= (?:[TB]\\d+|[VC]\\d+ [TB]\\d+|·))';
const AFTER = '(?= ·| $| ,| D\\d| (?:in|on|for|by|per|from|of|and|this|last) )';

/** A state that dates tell: of two of a row, or of one and today. */
function tell(reading: Reading, said: string, filters: readonly RowFilter[]): true {
  for (const filter of filters) {
    addFilter(reading, filter);
    for (const { column } of columnsOf(filter)) reading.frame.told.add(column);
  }
  const [first] = filters;
  if (first) reading.frame.assumptions.push(`“${said}” is read on ${describe(filters)}.`);
  return true;
}

const columnsOf = (filter: RowFilter): readonly ColumnRef[] =>
  'other' in filter ? [filter.ref, filter.other] : [filter.ref];

const describe = (filters: readonly RowFilter[]): string =>
  [...new Set(filters.flatMap(columnsOf).map(nameOf))].join(' and ');

const period = ({ resolver }: Reading, ref: ColumnRef, span: ReturnType<typeof since>): RowFilter => ({
  kind: 'period',
  ref,
  span,
  ...resolver.zoneOf(ref),
});

/** What came after it was due. */
function late(reading: Reading, said: string, of: Table | undefined): Taken {
  const days = of && dueAndDone(of);
  if (!days) return false;
  // it was late when it was done
  if (of === subjectOf(reading)) reading.frame.happened ??= days.done;
  return tell(reading, said, [{ kind: 'columns', ref: days.done, operator: '>', other: days.due }]);
}

/** What came when it was due, or before. */
function onTime(reading: Reading, said: string, of: Table | undefined): Taken {
  const days = of && dueAndDone(of);
  if (!days) return false;
  return tell(reading, said, [{ kind: 'columns', ref: days.done, operator: '<=', other: days.due }]);
}

/** A row that never will be done is not overdue. */
const GIVEN_UP = /^(?:cancel|void|written|write|reject|withdrawn|declin)/i;

/** What is due before today and not done, and was not given up. */
function overdue(reading: Reading, said: string, table: Table | undefined): Taken {
  const { resolver } = reading;
  const days = table && dueAndDone(table);
  if (!table || !days) return false;
  return tell(reading, said, [
    period(reading, days.due, until(resolver.today)),
    { kind: 'null', ref: days.done, negated: false },
    ...stillToCome(table),
  ]);
}

/** Rows that were given up never will be done. */
export const stillToCome = (table: Table): readonly RowFilter[] =>
  givenUp(table).map(({ ref, value }) => ({ kind: 'compare', ref, operator: '<>', value: { kind: 'text', value } }));

const givenUp = (table: Table): readonly { readonly ref: ColumnRef; readonly value: string }[] =>
  table.columns.flatMap((column) =>
    column.kind === 'text' && column.valuesComplete && isState(column.title ?? column.name)
      ? column.values.filter((value) => GIVEN_UP.test(value)).map((value) => ({ ref: { table, column }, value }))
      : [],
  );

const isState = (name: string): boolean =>
  splitIdentifier(name).some((word) => /^(?:status|state|stage|phase)$/.test(word));

const hasState = (table: Table): boolean => table.columns.some(({ name, title }) => isState(title ?? name));

/** What has begun and has not ended. */
function running(reading: Reading, said: string, table: Table | undefined): Taken {
  const { resolver } = reading;
  const days = table && startAndEnd(table);
  if (!table || !days || hasState(table)) return false;
  // "running in May 2024" asks for those of that time
  if (/ D\d/.test(reading.sentence.asked) && !reading.frame.groups.some(({ kind }) => kind === 'period')) {
    reading.frame.refused ??= `I can tell which of ${table.name} are ${said} today, and not which were at another time.`;
    return false;
  }
  const { today } = resolver;
  return tell(reading, said, [
    period(reading, days.start, until(next(today))),
    {
      kind: 'either',
      ref: days.end,
      filters: [{ kind: 'null', ref: days.end, negated: false }, period(reading, days.end, since(today))],
    },
  ]);
}

/** What was not done with: the day is empty. */
function open(reading: Reading, said: string, table: Table | undefined): Taken {
  const ref = table && closedOn(table);
  if (!table || !ref || hasState(table) || ref.column.nullShare === 0) return false;
  return tell(reading, said, [{ kind: 'null', ref, negated: false }]);
}

/** What was done with: a day that is empty of some bears the word. */
function done(reading: Reading, said: string, table: Table | undefined): Taken {
  const columns = table?.columns.filter(
    ({ kind, name, title, nullShare }) =>
      (kind === 'date' || kind === 'timestamp') &&
      (nullShare ?? 0) > 0 &&
      splitIdentifier(title ?? name).some((word) => stem(word) === stem(said)),
  );
  const [column, ...more] = columns ?? [];
  if (!table || !column || more.length || hasState(table)) return false;
  return tell(reading, said, [{ kind: 'null', ref: { table, column }, negated: true }]);
}

/** People who did not leave, and things that a flag or an empty day says are there. */
function there(reading: Reading, said: string, table: Table | undefined): Taken {
  if (!table || hasState(table)) return false;
  const left = dayOfLeaving(reading, table);
  if (left) return tell(reading, said, [{ kind: 'null', ref: left, negated: false }]);
  const flagged = isThere(reading, table, true);
  return flagged !== undefined && tell(reading, said, [flagged]);
}

/** Those who work here are counted, where nothing says when. */
export function whoIsThere(reading: Reading, said: string, table: Table | undefined): void {
  if (!/ D\d/.test(reading.sentence.asked)) there(reading, said, table);
}

/** What is not there any more. */
function gone(reading: Reading, said: string, table: Table | undefined): Taken {
  if (!table) return false;
  const left = dayOfLeaving(reading, table);
  if (left) return tell(reading, said, [{ kind: 'null', ref: left, negated: true }]);
  const flagged = isThere(reading, table, false);
  return flagged !== undefined && tell(reading, said, [flagged]);
}

/** Whether the question is about people. */
function isOfThem(reading: Reading): boolean {
  const table = subjectOf(reading);
  return table !== undefined && isOfPeople(table, reading.resolver);
}

/** The day on which people left, or things were done away with: empty of some. */
function dayOfLeaving({ resolver }: Reading, table: Table): ColumnRef | undefined {
  const ref = (isOfPeople(table, resolver) ? leftOn(table) : undefined) ?? doneAwayOn(table);
  return ref && ref.column.nullShare !== 0 ? ref : undefined;
}

/** The one flag that says whether something is there. */
function isThere({ resolver }: Reading, table: Table, there: boolean): RowFilter | undefined {
  const flag = thereFlag(table, resolver.catalog.engine);
  return (
    flag && {
      kind: 'compare',
      ref: { table, column: flag.column },
      operator: '=',
      value: there ? flag.there : flag.gone,
    }
  );
}

const IS =
  '(?:(?: (?:that|which|who))? (?:is|are|was|were|have been|has been|came|come|arrived|arrive|went out)(?: (?:still|currently|already))?| still)';
/** Of a reply that restricts: "members by plan for active". */
const FOR = '(?: for(?: the)?)';
const NOW = '(?: (?:right now|at the moment|currently|now|at present|today))?';
const RUNNING = 'running|ongoing|in force|in effect|valid|active|live|current';

/** Whether a word says that something has begun and has not ended. */
export const isStateOfTime = (word: string): boolean => RUNNING.split('|').includes(word);

type State = (reading: Reading, said: string, of: Table | undefined) => Taken;

/** "a running lease": said of what follows, where that is named. */
const before = (words: string, state: State) =>
  rule(pattern`(?: (?:still|currently|yet))? ${capture('said', words)}${BEFORE}`, ({ said }, reading, { after }) =>
    state(reading, said, reading.resolver.table(/^ (T\d+) /.exec(after)?.[1]) ?? subjectOf(reading)),
  );

/** "leases that are running": said of what the question is about. */
const after = (lead: string, words: string, state: State) =>
  rule(pattern`${lead} ${capture('said', words)}${NOW}${AFTER}`, ({ said }, reading) =>
    state(reading, said, subjectOf(reading)),
  );

/** What is still to come, or is over: by the date of the things themselves. */
function dated(reading: Reading, said: string, of: Table | undefined, span: ReturnType<typeof since>): Taken {
  const day = of && (startAndEnd(of)?.start ?? reading.resolver.eventDate(of));
  return day !== undefined && tell(reading, said, [period(reading, day, span)]);
}

const upcoming: State = (reading, said, of) => dated(reading, said, of, since(reading.resolver.today));
const past: State = (reading, said, of) => dated(reading, said, of, until(reading.resolver.today));

export const readTimeStates = inOrder(
  // "upcoming or past events" are all
  rule(
    pattern` (?:both )?(?:upcoming|future|past|previous) (?:or|and) (?:upcoming|future|past|previous)${BEFORE}`,
    () => true,
  ),
  before('upcoming|future', upcoming),
  before('past', past),
  after(`(?:${IS}| [VC]\\d+| [a-z]+ed| paid| done)?`, 'late|too late|behind schedule', late),
  after(`(?:${IS}| [VC]\\d+| [a-z]+ed| paid| done)?`, 'on time|in time|on schedule', onTime),
  before('late|delayed', late),
  before('overdue|past due', overdue),
  after(`(?:${IS}|${FOR})?`, 'overdue|past due|past their due date', overdue),
  // "open invoices past their due date": whether they were paid is said otherwise
  rule(pattern`${IS}? past (?:their|its|the) ${capture('day', 'C\\d+')}${AFTER}`, ({ day }, reading, { said }) => {
    const table = subjectOf(reading);
    const due = table && dueOn(table);
    if (!due || reading.resolver.columnOf(day, table)?.column !== due.column) return false;
    if (dueAndDone(table)) return overdue(reading, said.trim(), table);
    return tell(reading, said.trim(), [period(reading, due, until(reading.resolver.today))]);
  }),
  // "machines that were available yesterday": how they stood then is not kept
  rule(
    pattern`(?<= (?:was|were) V\d+) ${capture('day', 'D\\d+')}(?= ·| $)`,
    ({ day }, { sentence, frame, resolver }, { before }) => {
      const state = / (V\d+)$/.exec(before)?.[1] ?? '';
      const isOfNow = sentence.mention(state).values.some(({ column }) => isState(column.title ?? column.name));
      const span = sentence.dateAt(day);
      const isOneDay = span?.from !== undefined && span.to === next(span.from) && span.to <= resolver.today;
      if (isOfNow && isOneDay && !/ed$/i.test(sentence.wording(state)))
        frame.refused ??= `I can tell which are “${sentence.wording(state)}” now, and not which were on another day.`;
      return false;
    },
  ),
  // "machines that are on hire today": what is stored is how they stand now
  rule(
    pattern`(?<= (?:is|are)(?: (?:[a-z]+|[TBC]\d+))* V\d+(?: [TB]\d+)?) ${capture('day', 'D\\d+')}(?= ·| $)`,
    ({ day }, { sentence, resolver }) => {
      const span = sentence.dateAt(day);
      return span?.from === resolver.today && span.to === next(resolver.today);
    },
  ),
  before('active|current', there),
  before(RUNNING, running),
  after(FOR, 'active|current', there),
  after(`(?:${IS}|${FOR})`, RUNNING, running),
  before('open|unresolved|unfinished|unclosed|ongoing', open),
  after(`(?:${IS}|${FOR})`, 'open|unresolved|unfinished|pending|ongoing', open),
  before('[a-z]{3,}ed|paid|sent|sold', done),
  rule(
    pattern`(?: for(?: the)?|${IS}) ${capture('said', '[a-z]{3,}ed|paid|sent|sold')}(?= ·| $| ,| (?:by|per) [TC])`,
    ({ said }, reading) => done(reading, said, subjectOf(reading)),
  ),
  before('living', there),
  // "that are not there any more": how whatever is no longer sold, used or employed is asked for
  rule(pattern`(?: (?:that|which|who))?(?: (?:is|are|was|were))? not there any more(?= )`, (_, reading) =>
    gone(reading, 'no longer', subjectOf(reading)),
  ),
  // "how many drivers do we have", "how many salons do we have" are those that are here
  rule(pattern` do we (?:currently )?(?:have|employ)(?= ·| $| ,| (?:in|at|on|per|by) )`, (_, reading) => {
    const table = subjectOf(reading);
    const isTold = table !== undefined && (isHired(table) || isOfStaff(table) || hasEnded(table) !== undefined);
    return isTold && there(reading, 'do we have', table);
  }),
  // "how many people work in support" are those who do
  rule(
    pattern`(?<= [TBV]\d+|·| people)(?: (?:that|which|who))? ${capture('said', 'works?')}(?= (?:in|at|for|on|as|the|out of|from) |(?= [CV]\d))`,
    ({ said }, reading) => there(reading, said, subjectOf(reading)) && { leaving: '' },
  ),
  // "still with the company"
  rule(
    pattern`(?: (?:that|which|who))?(?: (?:is|are|was|were))?(?: (?:still|currently))? (?:with|employed(?: (?:by|at))?|work(?:ing|s)? (?:for|at|with|here|there)|at)${OURS}(?= ·| $| ,| [a-z])`,
    (_, reading, { said }) =>
      /(?:company|firm|business|organi[sz]ation)$|(?:still|currently) (?:employed|work)|working (?:here|there)$/.test(
        said,
      ) && there(reading, said.trim(), subjectOf(reading)),
  ),
  rule(
    pattern`(?: (?:that|which|who))?(?: (?:is|are))? still(?: (?:here|around|there|employed|working|active))?(?= $| ,| ·| (?:but|and|by|per|in|at) )`,
    (_, reading) => there(reading, 'still', subjectOf(reading)),
  ),
  rule(
    pattern`(?: (?:that|which|who))?(?: (?:has|have|had))?(?: already)? ${capture('said', 'left|quit|resigned')}${OURS}(?= ·| $| ,| (?:by|per|and) )`,
    // "with stock left" is said of no people
    ({ said }, reading) => isOfThem(reading) && gone(reading, said, subjectOf(reading)),
  ),
);

/** "on leave right now": what is stored is how things stand, but for what has left since. */
export const readNow = rule(
  pattern` (?:right now|now|at the moment|at present|as of (?:now|today)|currently)(?= ·| $| ,| (?:in|by|per|at|on|have|employed|working) )`,
  (_, reading) => {
    const { frame, resolver } = reading;
    const isOfNow = frame.filters.some(
      (filter) =>
        filter.kind === 'either' ||
        filter.kind === 'null' ||
        (filter.kind === 'compare' &&
          filter.operator === '=' &&
          (flagOf(filter.ref.column, resolver.catalog.engine) !== undefined ||
            isState(filter.ref.column.title ?? filter.ref.column.name))),
    );
    if (isOfNow) return true;
    const table = subjectOf(reading);
    const left = table && leftOn(table);
    // whoever left is not there any more; where nobody is kept who did, all are
    if (!table || !left) return table !== undefined && isOfPeople(table, resolver) && !hasState(table);
    if (left.column.nullShare === 0) return false;
    return tell(reading, 'now', [{ kind: 'null', ref: left, negated: false }]);
  },
);
