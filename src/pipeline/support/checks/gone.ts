import { type Column, type Engine, findTable, type Table, tableLabel } from '#src/domain/catalog.ts';
import { columnNamed, type FlagValue } from '#src/domain/column-meaning.ts';
import { calledOff, thereFlag } from '#src/domain/gone.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { hasEnded, leftOn } from '#src/planner/date-parts.ts';
import { isCalledPeople, isHired } from '#src/planner/people.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import { allOf, type ConditionIr, EMPTY_SELECT, type ExpressionIr, type SelectIr, visit } from '#src/sql/query-ir.ts';
import type { Source } from '../mending/sources.ts';
import { CHECK_BUDGET } from './budget.ts';
import {
  type Check,
  counted,
  look,
  NOT_APPLICABLE,
  numberAt,
  outerSelect,
  passed,
  type Subject,
  told,
} from './check.ts';
import { aggregatesOf, columnOf, countOf, joinedOf, number, singlesOf } from './joined.ts';

/** Which rows are gone, as conditions over the query that reads them. */
interface Gone {
  readonly is: ConditionIr;
  readonly isNot: ConditionIr;
  /** "are cancelled", "have left (left on)". */
  readonly words: string;
  /** As a button has room for: "cancelled", "who left". */
  readonly short: string;
}

/** Tables whose rows are the parts of another's: what was cancelled is the order, not its lines. */
const PARTS = /^(?:line|item|detail|position|entry)s?$/;

/**
 * Whether rows are counted, added up or listed that are gone: people who left, things that are no longer there, orders that were cancelled. It
 * is told where the query says nothing of it, with the query without them: who asks for a headcount or for revenue rarely means them.
 */
export const checkGone: Check = (subject) => {
  const select = outerSelect(subject);
  const joined = select && joinedOf(select, subject.catalog);
  if (!select?.from || !joined || select.distinct) return NOT_APPLICABLE;
  const figures = aggregatesOf(select);
  if (figures.length && figures.every(({ name }) => name === 'min' || name === 'max')) return NOT_APPLICABLE;
  const source = joined.sources.find((one) => singlesOf(one, joined).length === joined.sources.length);
  const gone = source && goneOf(source, joined.sources, select, subject);
  if (!source || !gone) return NOT_APPLICABLE;
  const rows = `rows of ${tableLabel(source.table, subject.catalog.engine)} behind this`;
  const isFirstOnes = select.limit !== undefined && !select.groupBy.length && !figures.length;
  if (isFirstOnes && (select.limit ?? 0) > CHECK_BUDGET.limits.maxRows) return NOT_APPLICABLE;
  return look(isFirstOnes ? marksOf(gone, select) : countsOf(gone, select), (table) => {
    const [all, those] = isFirstOnes
      ? [table.rows.length, table.rows.filter(([mark]) => Number(mark) === 1).length]
      : [numberAt(table, 0), numberAt(table, 1) ?? 0];
    if (all === undefined) return { kind: 'untested' };
    // it is they that were asked for
    if (!all || (those === all && !isFirstOnes)) return NOT_APPLICABLE;
    if (!those) return passed(`None of the ${rows} ${ofOne(gone.words)}.`);
    const words = those === 1 ? ofOne(gone.words) : gone.words;
    return told(`${counted(those)} of the ${counted(all)} ${rows} ${words}.`, {
      query: { ...select, where: allOf([...conjunctsOf(select.where), gone.isNot]) },
      from: `all ${counted(all)}`,
      to: `without the ${those === 1 ? 'one' : counted(those)} ${gone.short}`,
    });
  });
};

/** "is cancelled", "has left (left on)". */
const ofOne = (words: string) => words.replace(/^are /, 'is ').replace(/^have /, 'has ');

/** Of each of the first rows, which are shown, whether it is gone. */
const marksOf = ({ is }: Gone, select: SelectIr): SelectIr => ({
  ...select,
  items: [{ expression: oneWhere(is), alias: 'gone' }],
});

const oneWhere = (condition: ConditionIr): ExpressionIr => ({
  kind: 'case',
  whens: [{ condition, result: number(1) }],
  otherwise: number(0),
});

/** Where each figure is of some rows alone, as of two periods, which those are. */
function readBy(select: SelectIr): ConditionIr | undefined {
  const conditions = aggregatesOf(select).map(({ filter, argument }) => {
    const [only, ...more] = argument?.kind === 'case' && !argument.operand ? argument.whens : [];
    return filter ?? (more.length ? undefined : only?.condition);
  });
  const all = conditions.flatMap((one) => one ?? []);
  if (!all.length || all.length < conditions.length) return undefined;
  return { kind: 'or', parts: all };
}

/** How many rows the query reads, and how many of them are gone. */
const countsOf = ({ is }: Gone, select: SelectIr): SelectIr => ({
  ...EMPTY_SELECT,
  items: [
    { expression: countOf(), alias: 'all_rows' },
    { expression: { kind: 'aggregate', name: 'sum', distinct: false, argument: oneWhere(is) }, alias: 'gone_rows' },
  ],
  from: select.from,
  joins: select.joins,
  where: allOf([select.where, readBy(select)].flatMap(conjunctsOf)),
});

/** What tells which rows are gone, where the query does not read it already. */
function goneOf(source: Source, sources: readonly Source[], select: SelectIr, subject: Subject): Gone | undefined {
  const { table } = source;
  const { engine } = subject.catalog;
  const read = columnsRead(subject.query, subject);
  const telling = [dayOfLeaving(table), thereFlag(table, engine)?.column, calledOff(table)?.column];
  if (telling.some((column) => column && read.has(column))) return undefined;
  const off = offOf(source);
  if (off) return off;
  // who was hired in a year, or each month: they are those of then, whatever became of them
  if (isOfATime(select, table, subject)) return undefined;
  const left = leftOf(source, subject) ?? notThere(source, engine);
  if (left) return left;
  return splitIdentifier(table.name).some((word) => PARTS.test(word))
    ? offWithWhole(source, sources, read, subject)
    : undefined;
}

function columnsRead(part: unknown, { catalog }: Subject): ReadonlySet<Column> {
  const found = new Set<Column>();
  visit(part, (node) => {
    if (node.kind !== 'column' || typeof node.resolved !== 'string') return;
    const of = columnNamed(catalog, node.resolved, String(node.name));
    if (of) found.add(of.column);
  });
  return found;
}

/** Whether the rows of a table are chosen or told apart by a day of theirs. */
const isOfATime = ({ where, groupBy, having }: SelectIr, { columns }: Table, subject: Subject): boolean => {
  const by = columnsRead([where, groupBy, having], subject);
  return columns.some((column) => by.has(column) && (column.kind === 'date' || column.kind === 'timestamp'));
};

const isOfPeople = (table: Table) => isCalledPeople(table) || isHired(table);

/** The day on which people left, or on which things ended that most are still there of, where some have one. */
function dayOfLeaving(table: Table): Column | undefined {
  const { column } = (isOfPeople(table) ? leftOn(table) : undefined) ?? hasEnded(table) ?? {};
  const { nullShare = 0 } = column ?? {};
  return nullShare > 0 && nullShare < 1 ? column : undefined;
}

function leftOf(source: Source, { calendar }: Subject): Gone | undefined {
  const column = dayOfLeaving(source.table);
  if (!column) return undefined;
  const day = columnOf(source, column.name);
  const today: ExpressionIr = { kind: 'date', value: calendar.today };
  const noDay: ConditionIr = { kind: 'null-test', negated: false, value: day };
  return {
    is: { kind: 'compare', operator: '<=', left: day, right: today },
    isNot: { kind: 'or', parts: [noDay, { kind: 'compare', operator: '>', left: day, right: today }] },
    ...(isOfPeople(source.table)
      ? { words: `have left (${wordsOf(column)})`, short: 'who left' }
      : { words: `are no longer there (${wordsOf(column)})`, short: 'no longer there' }),
  };
}

function notThere(source: Source, engine: Engine): Gone | undefined {
  const flag = thereFlag(source.table, engine);
  if (!flag) return undefined;
  const value = columnOf(source, flag.column.name);
  const holds = (what: FlagValue): ConditionIr => ({
    kind: 'compare',
    operator: '=',
    left: value,
    right: what.kind === 'number' ? number(what.value) : what,
  });
  const says = `${flag.saysThere ? 'not ' : ''}${wordsOf(flag.column).replace(/^is /, '')}`;
  return {
    is: holds(flag.gone),
    isNot: orEmpty(flag.column, value, holds(flag.there)),
    words: `are ${says}`,
    short: says,
  };
}

function offOf(source: Source): Gone | undefined {
  const off = calledOff(source.table);
  if (!off) return undefined;
  const state = columnOf(source, off.column.name);
  const options = off.values.map((value): ExpressionIr => ({ kind: 'text', value }));
  return {
    is: { kind: 'in', negated: false, value: state, options },
    isNot: orEmpty(off.column, state, { kind: 'in', negated: true, value: state, options }),
    words: `are ${saidStates(off.values)}`,
    short: saidStates(off.values),
  };
}

/** Lines of orders that were cancelled, where the query does not say whether their orders were. */
function offWithWhole(
  source: Source,
  sources: readonly Source[],
  read: ReadonlySet<Column>,
  { catalog }: Subject,
): Gone | undefined {
  for (const { columns, targetTable, targetSchema, targetColumns } of source.table.foreignKeys) {
    const whole = findTable(catalog, targetTable, targetSchema);
    const off = whole && calledOff(whole);
    const [own, key] = [columns[0], targetColumns[0]];
    if (!off || !own || !key || columns.length > 1 || read.has(off.column)) continue;
    const alias = 'whole';
    if (sources.some((one) => one.alias.toLowerCase() === alias)) continue;
    const within = (name: string): ExpressionIr => ({ kind: 'column', table: alias, name });
    const query: SelectIr = {
      ...EMPTY_SELECT,
      items: [{ expression: within(key) }],
      from: {
        kind: 'table',
        name: whole.name,
        alias,
        ...(whole.schema === undefined ? {} : { schema: whole.schema }),
      },
      where: {
        kind: 'in',
        negated: false,
        value: within(off.column.name),
        options: off.values.map((value): ExpressionIr => ({ kind: 'text', value })),
      },
    };
    const value = columnOf(source, own);
    return {
      is: { kind: 'in-query', negated: false, value, query },
      isNot: { kind: 'in-query', negated: true, value, query },
      words: `are of rows of ${tableLabel(whole, catalog.engine)} that are ${saidStates(off.values)}`,
      short: saidStates(off.values),
    };
  }
  return undefined;
}

/** A condition that rows without a value meet as well. */
const orEmpty = ({ nullShare, nullable }: Column, value: ExpressionIr, condition: ConditionIr): ConditionIr =>
  nullable && nullShare !== 0
    ? { kind: 'or', parts: [{ kind: 'null-test', negated: false, value }, condition] }
    : condition;

const wordsOf = ({ name, title }: Column) => splitIdentifier(title ?? name).join(' ');

/** "cancelled or no show". */
const saidStates = (values: readonly string[]) =>
  [...new Set(values.map((value) => value.trim().toLowerCase().replace(/[_-]/g, ' ')))].join(' or ');
