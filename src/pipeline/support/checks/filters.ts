import { allOf, type ConditionIr, EMPTY_SELECT, type ExpressionIr, type SelectIr, visit } from '#src/sql/query-ir.ts';
import { sourcesOf } from '../mending/sources.ts';
import {
  type Check,
  type Finding,
  failed,
  look,
  NOT_APPLICABLE,
  numberAt,
  outerSelect,
  passed,
  type Subject,
  told,
} from './check.ts';
import { columnsOf } from './emptied.ts';
import { aggregatesIn, countOf, number } from './joined.ts';
import { partedBy } from './parted.ts';
import { lookForTexts } from './values.ts';

/** So many filters are counted by one statement. */
const MOST = 8;

/**
 * Whether one filter removed everything: each text that is looked for is looked up as it is stored; where nothing came out, the rows that
 * each filter leaves by itself are counted, and those that the joined tables have in common.
 */
export const checkFilters: Check = (subject) => {
  const isEmpty = cameToNothing(subject);
  return lookForTexts(subject, isEmpty, (absent) => {
    if (isEmpty) return lookAtFilters(subject);
    if (absent.length) return told(absent.map((one) => one.charAt(0).toUpperCase() + one.slice(1)).join(' '));
    return holdsFilters(subject) ? passed('The filters leave rows.') : NOT_APPLICABLE;
  });
};

/** No row came out, or one of aggregates over no rows. */
export function cameToNothing(subject: Subject): boolean {
  const { rows } = subject.table;
  const [only, second] = rows;
  if (!only) return true;
  const select = outerSelect(subject);
  const isOverAll = select?.items.every(({ expression }) => aggregatesIn([expression]).length > 0);
  if (second || !isOverAll || select?.groupBy.length) return false;
  return only.every((cell) => cell === null || cell === 0 || cell === 0n || cell === '0');
}

function holdsFilters({ query }: Subject): boolean {
  let found = false;
  visit(query, (node) => {
    if (node.kind === 'select' && node.where) found = true;
  });
  return found;
}

function lookAtFilters(subject: Subject): Finding {
  const select = outerSelect(subject);
  if (!select?.from || select.joins.some(({ natural }) => natural)) return NOT_APPLICABLE;
  const { ties, filters } = partedBy(select, subject);
  if (filters.length > MOST || (!filters.length && !select.joins.length)) return NOT_APPLICABLE;
  const emptied = sourcesOf(select, subject.catalog).find(({ table }) => table.rowEstimate === 0);
  return emptied
    ? told(`${emptied.table.name} has no rows.`)
    : look(leftBy(select, ties, filters), (table) => {
        const [rows, together] = [numberAt(table, 0), numberAt(table, 1) ?? 0];
        if (rows === undefined) return { kind: 'untested' };
        if (!rows) return select.joins.length ? failed(NOTHING_IN_COMMON) : told('The table has no rows.');
        const alone = filters.filter((_, at) => (numberAt(table, at + 2) ?? 0) === 0);
        if (alone.length) return sayAlone(alone, subject);
        if (together) return passed('The filters leave rows.');
        return filters.length > 1
          ? told('Each filter leaves rows by itself; all together leave none.')
          : NOT_APPLICABLE;
      });
}

/** What is asked to be absent may well be: there nothing is wrong with nothing. */
function sayAlone(alone: readonly ConditionIr[], subject: Subject): Finding {
  const columns = columnsOf(alone, subject);
  return alone.every((one) => (one.kind === 'in-query' || one.kind === 'exists') && one.negated)
    ? told(`Every row has what is asked to be absent: ${columns}.`)
    : failed(`no row meets the condition on ${columns}.`);
}

const NOTHING_IN_COMMON = 'no row of the joined tables meets any of the others.';

/** Rows without any filter, those that all leave together, and those that each leaves by itself. */
function leftBy({ from, joins }: SelectIr, ties: readonly ConditionIr[], filters: readonly ConditionIr[]): SelectIr {
  const left = (condition: ConditionIr): ExpressionIr => ({
    kind: 'aggregate',
    name: 'sum',
    distinct: false,
    argument: { kind: 'case', whens: [{ condition, result: number(1) }], otherwise: number(0) },
  });
  const counts = [
    countOf(),
    left(allOf(filters) ?? { kind: 'compare', operator: '=', left: number(1), right: number(1) }),
  ];
  return {
    ...EMPTY_SELECT,
    items: [...counts, ...filters.map(left)].map((expression, at) => ({ expression, alias: `left_${at}` })),
    from,
    joins,
    where: allOf(ties),
  };
}
