import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { ComparisonOperator } from '#src/sql/query-ir.ts';
import { bearsVerb } from './date-named.ts';
import type { Frame } from './frame.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, meaning, pattern } from './pattern.ts';
import { BEGUN } from './read-dates.ts';
import { COLUMN } from './sentence.ts';
import { isEvent } from './verbs.ts';

const SIDES: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['later than', '>'],
  ['after', '>'],
  ['past', '>'],
  ['earlier than', '<'],
  ['sooner than', '<'],
  ['before', '<'],
  ['no later than', '<='],
  ['on or before', '<='],
]);

const isDay = (ref: ColumnRef | undefined): ref is ColumnRef =>
  ref?.column.kind === 'date' || ref?.column.kind === 'timestamp';

/** The date that a verb names, where it is one of the things asked about. */
function dayOf({ sentence, resolver }: Reading, verb: string, table: Table): ColumnRef | undefined {
  const named = /^[CB]\d/.test(verb) ? resolver.columnOf(verb, table) : undefined;
  return isDay(named) ? named : resolver.dateNamed(sentence.wording(verb), [table]);
}

const verb = capture('verb', '[a-z]{4,}|[CVT]\\d+');
const side = meaning('side', SIDES);
const column = capture('column', COLUMN);
const BEEN = '(?: (?:that|which|who))?(?: (?:is|are|was|were|has|have|had|been|did))*';

/** "received later than the promised date", "paid after the due date": one day of a row held against another. */
export const readDaysApart = inOrder(
  rule(
    pattern`${BEEN} ${verb} ${side}(?: (?:the|its|their|his|her|they|it|were|was))* ${column}(?: dates?| days?)?(?= ·| $| ,| D\d| (?:in|by|per|for|of|at|and) )`,
    ({ verb, side, column }, reading) => {
      const { frame, resolver } = reading;
      const table = subjectOf(reading);
      const ref = table && dayOf(reading, verb, table);
      const other = table && resolver.columnOf(column, table);
      if (!ref || !isDay(other) || ref.column === other.column) return false;
      frame.assumptions.push(`${ref.table.name}.${ref.column.name} is compared with ${other.column.name}.`);
      for (const one of [ref, other]) frame.told.add(one.column);
      return addFilter(reading, { kind: 'columns', ref, operator: side, other });
    },
  ),
);

const BASIS = '(?: ,)? (?:going by|based on|judged by|according to|by|using)';
const hasPeriod = ({ sentence }: Reading): boolean =>
  / D\d/.test(sentence.asked) || / (?:per|by|each|every) (?:month|year|quarter|week|day|C\d+ )/.test(sentence.asked);

/** "by closing date": the day on which periods are read. */
export const readDaysBasis = rule(
  pattern`${BASIS} (?:(?:the|their|its) )*${capture('day', COLUMN)}(?: dates?| days?)?(?= $| ·| ,)`,
  ({ day }, reading) => {
    const { frame, resolver } = reading;
    const table = subjectOf(reading);
    const ref = (table && resolver.columnOf(day, table)) ?? resolver.column(day, table);
    if (!isDay(ref) || !hasPeriod(reading)) return false;
    frame.basis = ref;
    return true;
  },
);

/** "loads delivered per month": the day when they were, though a state is called so too. */
export const readDaysOfStates = rule(
  pattern` ${capture('state', 'V\\d+')}(?= (?:per|by|in each|each|every) (?:day|week|month|quarter|year)s? )`,
  ({ state }, { frame, resolver, sentence }) => {
    const { main } = frame;
    const ref = main && resolver.dateNamed(sentence.wording(state), [main]);
    if (!ref || frame.basis) return false;
    frame.basis = ref;
    return bearsVerb(sentence.wording(state), ref) || { leaving: state };
  },
);

/** "how many trips departed per month": the day of what they did. */
export const readDaysOfDeeds = rule(
  pattern`(?<=·) ${capture('verb', '[a-z]{4,}(?:ed|t)|paid|sold|left')}(?= ·| $| ,| (?:per|by|in each|each) )`,
  ({ verb }, reading) => {
    const { frame, resolver, sentence } = reading;
    const { main } = frame;
    const ref = main ? resolver.dateNamed(sentence.wording(verb), [main]) : undefined;
    if (!ref || frame.basis || !frame.groups.some((one) => one.kind === 'period' && one.ref.table === main))
      return false;
    frame.basis = ref;
    return true;
  },
);

/** Puts the periods of a question on the day that it names. */
export function settleBasis({ frame, sentence }: Reading): void {
  const to = frame.basis;
  if (!to) return refuseOtherDays({ frame, sentence });
  // two periods beside each other are read on it later
  if (frame.beside) return;
  const isPeriod = ({ kind, ref }: Frame['filters'][number] | Frame['groups'][number]) =>
    kind === 'period' && ref.table === to.table;
  if (![...frame.filters, ...frame.groups].some(isPeriod)) {
    frame.refused ??= `I could not see what is read on ${to.table.name}.${to.column.name}.`;
    return;
  }
  frame.filters = frame.filters.map((one) => (one.kind === 'period' && isPeriod(one) ? { ...one, ref: to } : one));
  frame.groups = frame.groups.map((one) => (one.kind === 'period' && isPeriod(one) ? { ...one, ref: to } : one));
  frame.assumptions.push(`The period is read on ${to.table.name}.${to.column.name}.`);
}

/** "memberships cancelled in each month", of which the first day alone is kept: when they ended is not known. */
function refuseOtherDays({ frame, sentence }: Pick<Reading, 'frame' | 'sentence'>): void {
  const [, state] = / (V\d+) (?:in each|per|by|each|every) /.exec(sentence.asked) ?? [];
  const said = state === undefined ? '' : sentence.wording(state).toLowerCase();
  const day = frame.groups.find(({ kind }) => kind === 'period')?.ref;
  if (!state || !day || !/ed$/.test(said) || isEvent(said)) return;
  const isState = sentence.mention(state).values.some(({ table }) => table === day.table);
  if (isState && splitIdentifier(day.column.title ?? day.column.name).some((word) => BEGUN.test(word)))
    frame.refused ??= `I could not see on which date “${said}” is to be read: ${day.table.name}.${day.column.name} is another.`;
}
