import { tableLabel } from '#src/domain/catalog.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import { allOf, type ConditionIr, EMPTY_SELECT, type ExpressionIr, partsOf, type SelectIr } from '#src/sql/query-ir.ts';
import { type Source, sourcesRead } from '../mending/sources.ts';
import {
  type Check,
  counted,
  type Finding,
  look,
  NOT_APPLICABLE,
  numberAt,
  outerSelect,
  passed,
  type Subject,
  told,
} from './check.ts';
import {
  aggregatesOf,
  countOf,
  type Joined,
  joinedInOrder,
  joinedOf,
  keyOf,
  manyOf,
  measuredIn,
  singlesOf,
} from './joined.ts';
import { repeatedRow } from './repeats.ts';

const ADD_UP = 'The groups add up to the total.';

/**
 * Whether groups add up to the total, where sums and counts are grouped by another table and none is cut: rows that meet nothing there
 * are in no group, and a row that meets several is in several.
 */
export const checkGroups: Check = (subject) => {
  const select = outerSelect(subject);
  if (!select?.groupBy.length || !select.joins.length || isCut(select, subject)) return NOT_APPLICABLE;
  const joined = joinedOf(select, subject.catalog);
  const base = joined && baseOf(select, joined);
  if (!base) return NOT_APPLICABLE;
  const many = manyOf(base, joined);
  if (!many.length) return lookForLost(select, base, joined, subject);
  const key = keyOf(base);
  if (!key.length) return NOT_APPLICABLE;
  const name = (one: Source) => tableLabel(one.table, subject.catalog.engine);
  return look(repeatedRow(select, key, []), ({ rows }) =>
    rows.length
      ? told(`A row of ${name(base)} can be in several groups, so they add up to more than the total.`)
      : passed(ADD_UP),
  );
};

const isCut = ({ limit, having, offset, distinct }: SelectIr, { table }: Subject) =>
  limit !== undefined || offset !== undefined || having !== undefined || distinct || table.truncated !== undefined;

/** The table whose rows are in the groups: the one that is summed, or where rows are counted the finest. */
function baseOf(select: SelectIr, joined: Joined): Source | undefined {
  const additive = aggregatesOf(select).filter(
    ({ name, distinct }) => (name === 'sum' || name === 'count') && !distinct,
  );
  const sums = additive.flatMap(({ name, argument }) => (name === 'sum' && argument ? [argument] : []));
  const bases = new Set(sums.map((argument) => measuredIn(argument, joined)));
  if (bases.size > 1) return undefined;
  if (bases.size === 1) return [...bases][0];
  return additive.length ? joined.sources.find((one) => manyOf(one, joined).length === 0) : undefined;
}

/** Rows of the table that no group has, because they meet nothing in a table that only names the groups. */
function lookForLost(select: SelectIr, base: Source, joined: Joined, { catalog: { engine } }: Subject): Finding {
  const { sources } = joined;
  const [, ...others] = singlesOf(base, joined);
  const isTie = (one: ConditionIr) => one.kind === 'compare' && sourcesRead(one, sources).size > 1;
  const own = conjunctsOf(select.where).filter((one) => !isTie(one));
  const isOwn = (one: ConditionIr) => !holdsQuery(one) && [...sourcesRead(one, sources)].every((read) => read === base);
  const joinsByKeys = select.joins.every(({ type, on }) => type === 'inner' && conjunctsOf(on).every(isTie));
  if (!own.every(isOwn) || !joinsByKeys) return NOT_APPLICABLE;
  const kept = joinedInOrder(select, [base, ...others], joined, 'left');
  if (!kept || !others.length) return NOT_APPLICABLE;
  const lost = others.flatMap((one) =>
    keyOf(one)
      .slice(0, 1)
      .map((value): ConditionIr => ({ kind: 'null-test', negated: false, value })),
  );
  const none: ConditionIr = { kind: 'or', parts: lost };
  const where = allOf([...own, lost.length > 1 ? none : (lost[0] ?? none)]);
  const name = (one: Source) => tableLabel(one.table, engine);
  return look({ ...EMPTY_SELECT, items: [{ expression: countOf() }], ...kept, where }, (table) => {
    const rows = numberAt(table, 0);
    if (rows === undefined) return { kind: 'untested' };
    return rows ? told(sayLost(rows, name(base), others.map(name))) : passed(ADD_UP);
  });
}

function sayLost(rows: number, base: string, others: readonly string[]): string {
  const [row, has, is] = rows === 1 ? ['row', 'has', 'is'] : ['rows', 'have', 'are'];
  return `${counted(rows)} ${row} of ${base} ${has} no row of ${others.join(' or ')} and ${is} in no group.`;
}

const holdsQuery = (one: ExpressionIr): boolean =>
  one.kind === 'query' || one.kind === 'in-query' || one.kind === 'exists' || partsOf(one).some(holdsQuery);
