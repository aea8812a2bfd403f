import type { Calendar } from '#src/domain/calendar.ts';
import type { Words } from '#src/domain/reading.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import { type ConditionIr, canonical, type ExpressionIr, visit } from '#src/sql/query-ir.ts';
import { type Period, periodsOf } from './periods.ts';
import { conditionWords, expressionWords } from './say-expression.ts';
import { name, text } from './say-names.ts';
import { columnAt, type Source, type Statement } from './statement.ts';

/** An item of the result: where it stands, and how it is said. */
export interface Shown {
  readonly at: number;
  readonly expression: ExpressionIr;
  readonly words: Words;
}

/** One thing that rows are grouped by: what is shown of it, and the keys that stand for it. */
export interface Grouped {
  readonly shown: readonly ExpressionIr[];
  readonly keys: readonly ExpressionIr[];
  readonly words: Words;
}

export interface Filtered {
  readonly condition: ConditionIr;
  readonly words: Words;
  /** Of groups, not of rows. */
  readonly ofGroups: boolean;
}

/** What a statement does, part by part. Nothing of it is left out. */
export interface Outline {
  readonly statement: Statement;
  readonly measures: readonly Shown[];
  /** What is listed of each row, where nothing is measured. */
  readonly columns: readonly Shown[];
  readonly groups: readonly Grouped[];
  readonly periods: readonly Period[];
  readonly filters: readonly Filtered[];
}

export const isSame = (one: ExpressionIr, other: ExpressionIr): boolean => canonical(one) === canonical(other);

export function measures(one: unknown): boolean {
  let found = false;
  visit(one, (node) => {
    if (node.kind === 'aggregate' || node.kind === 'list') found = true;
  });
  return found;
}

/** Nothing where a part of the statement cannot be said. */
export function outlineOf(statement: Statement, asked: Calendar): Outline | undefined {
  const { items, where, having, groupBy, distinct } = statement.query;
  const isMeasured = items.some(({ expression }) => expression.kind !== 'query' && measures(expression));
  if (isMeasured && distinct) return undefined;
  const groups = isMeasured ? groupsOf(statement) : [];
  const shown =
    groups && items.map(({ expression }, at) => ({ expression, at, words: itemWords(expression, statement) }));
  const { periods, others } = periodsOf(conjunctsOf(where), statement, asked);
  const filters = [
    ...others.map((condition) => ({ condition, ofGroups: false })),
    ...conjunctsOf(having).map((condition) => ({ condition, ofGroups: true })),
  ].map((one) => ({ ...one, words: conditionWords(one.condition, statement) }));
  if (!groups || !shown?.every(isSaid) || !filters.every(isSaid)) return undefined;
  const rest = shown.filter(
    ({ expression }) => !groups.some((group) => group.shown.some((one) => isSame(one, expression))),
  );
  if (isMeasured && !rest.every(({ expression }) => measures(expression))) return undefined;
  // Groups of which nothing is measured: one row for each of what is shown.
  const isListed = !isMeasured && groupBy.length > 0;
  if (isListed && !items.every(({ expression }) => isOfGroup(expression, statement))) return undefined;
  return { statement, measures: isMeasured ? rest : [], columns: isMeasured ? [] : rest, groups, periods, filters };
}

const isSaid = <T extends { readonly words: Words | undefined }>(one: T): one is T & { readonly words: Words } =>
  one.words !== undefined;

function itemWords(expression: ExpressionIr, statement: Statement): Words | undefined {
  if (expression.kind !== 'star') return expressionWords(expression, statement);
  const source = statement.sources.find(({ alias }) => alias === expression.table);
  return source ? [text('all of '), name(source.table.name)] : [text('all columns')];
}

/** The source whose rows a group stands for by their key, or by a column that was joined to be equal to it. */
function keyedBy(one: ExpressionIr, statement: Statement): Source | undefined {
  const at = columnAt(one, statement);
  if (!at) return undefined;
  const isKeyOf = (source: Source, column: string) =>
    source.table.primaryKey.length === 1 && source.table.primaryKey[0]?.toLowerCase() === column.toLowerCase();
  if (isKeyOf(at.source, at.column.name)) return at.source;
  const equal = statement.sources.flatMap((source) =>
    (source.joined?.pairs ?? []).flatMap(([theirs, own]) => [
      { from: source.joined?.to, name: theirs, to: source, key: own },
      { from: source, name: own, to: source.joined?.to, key: theirs },
    ]),
  );
  return equal.find(
    ({ from, name, to, key }) => from === at.source && name === at.column.name && to !== undefined && isKeyOf(to, key),
  )?.to;
}

/** What one key of a group stands for: a row of the table, else itself. */
const keyedIn = (groupBy: readonly ExpressionIr[], statement: Statement): ReadonlySet<Source> =>
  new Set(groupBy.flatMap((key) => keyedBy(key, statement) ?? []));

/** Keys of one table stand together where its own key is among them; else each stands alone. */
function groupsOf(statement: Statement): readonly Grouped[] | undefined {
  const { items, groupBy } = statement.query;
  const listed = items.map(({ expression }) => expression).filter((one) => !measures(one));
  const keyed = keyedIn(groupBy, statement);
  const ownerOf = (one: ExpressionIr) => {
    const own = columnAt(one, statement)?.source;
    return own && keyed.has(own) ? own : keyedBy(one, statement);
  };
  const groups: { shown: ExpressionIr[]; keys: ExpressionIr[] }[] = [];
  for (const one of [...listed, ...groupBy]) {
    const isKey = groupBy.some((key) => isSame(key, one));
    const owner = ownerOf(one);
    if (!isKey && !owner) return undefined;
    const known = groups.find(({ shown, keys }) =>
      [...shown, ...keys].some((other) => isSame(other, one) || (owner !== undefined && ownerOf(other) === owner)),
    );
    const group = known ?? { shown: [], keys: [] };
    if (!known) groups.push(group);
    const isListed = listed.some((other) => isSame(other, one));
    if (isListed && !group.shown.some((other) => isSame(other, one))) group.shown.push(one);
    if (isKey && !group.keys.some((other) => isSame(other, one))) group.keys.push(one);
  }
  const said = groups.map((group) => ({ ...group, words: groupWords(group, statement) }));
  return said.every(isSaid) ? said : undefined;
}

/** Whether each row of a grouped list is told by its group. */
function isOfGroup(one: ExpressionIr, statement: Statement): boolean {
  const { groupBy } = statement.query;
  const source = columnAt(one, statement)?.source;
  return groupBy.some((key) => isSame(key, one)) || (source !== undefined && keyedIn(groupBy, statement).has(source));
}

function groupWords({ shown, keys }: Pick<Grouped, 'shown' | 'keys'>, statement: Statement): Words | undefined {
  const said = (shown.length ? shown : keys).map((one) => expressionWords(one, statement));
  if (!said.every((one) => one !== undefined)) return undefined;
  return [text('by '), ...said.flatMap((one, at) => (at ? [text(', '), ...one] : one))];
}
