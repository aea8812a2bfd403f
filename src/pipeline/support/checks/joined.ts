import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import {
  type ColumnIr,
  type ConditionIr,
  type ExpressionIr,
  type JoinIr,
  partsOf,
  type SelectIr,
  type SourceIr,
} from '#src/sql/query-ir.ts';
import { allSourcesOf, isCalled, type Source, sourcesRead } from '../mending/sources.ts';

/** A column of one source that must equal one of another. */
interface Link {
  readonly left: ColumnIn;
  readonly right: ColumnIn;
}

export interface ColumnIn {
  readonly source: Source;
  readonly column: string;
}

/** The tables of a SELECT with what links them. */
export interface Joined {
  readonly sources: readonly Source[];
  readonly links: readonly Link[];
  /** Columns that a condition holds at one value. */
  readonly fixed: readonly ColumnIn[];
}

/** How the tables of a SELECT are joined; undefined where it reads anything but tables, or joins otherwise than by inner and left joins. */
export function joinedOf(select: SelectIr, catalog: DatabaseCatalog): Joined | undefined {
  const sources = allSourcesOf(select, catalog);
  if (!sources || new Set(sources.map(({ alias }) => alias.toLowerCase())).size !== sources.length) return undefined;
  if (select.joins.some(({ type, natural }) => natural || (type !== 'inner' && type !== 'left'))) return undefined;
  const links: Link[] = [];
  const fixed: ColumnIn[] = [];
  const conditions = [select.where, ...select.joins.map(({ on }) => on)].flatMap(conjunctsOf);
  for (const one of conditions) {
    if (one.kind !== 'compare' || one.operator !== '=' || one.quantifier) continue;
    const [left, right] = [columnIn(one.left, sources), columnIn(one.right, sources)];
    if (left && right) links.push({ left, right });
    else if (left && isLiteral(one.right)) fixed.push(left);
    else if (right && isLiteral(one.left)) fixed.push(right);
  }
  for (const [at, { using = [] }] of select.joins.entries()) {
    const source = sources[at + 1];
    for (const column of using)
      for (const before of sources.slice(0, at + 1))
        if (source && has(before, column)) links.push({ left: { source: before, column }, right: { source, column } });
  }
  return { sources, links, fixed };
}

const LITERALS: ReadonlySet<string> = new Set(['number', 'text', 'date', 'timestamp', 'instant', 'boolean']);
export const isLiteral = ({ kind }: ExpressionIr): boolean => LITERALS.has(kind);

const has = ({ table }: Source, name: string) =>
  table.columns.some((column) => column.name.toLowerCase() === name.toLowerCase());

/** The one source that a column is of. */
export function columnIn(one: ExpressionIr, sources: readonly Source[]): ColumnIn | undefined {
  if (one.kind !== 'column') return undefined;
  const [source, ...others] = sourcesRead(one, sources);
  return source && !others.length ? { source, column: one.name } : undefined;
}

/**
 * The sources of which one row at most belongs to each row of the given one, which is the first: those that are reached by their
 * whole key, in the order in which they are reached.
 */
export function singlesOf(from: Source, { sources, links, fixed }: Joined): readonly Source[] {
  const reached = [from];
  for (;;) {
    const next = sources.find((one) => !reached.includes(one) && isHeld(one, reached, links, fixed));
    if (!next) return reached;
    reached.push(next);
  }
}

/** Whether rows before hold the whole key of a source at one value. */
function isHeld(one: Source, reached: readonly Source[], links: readonly Link[], fixed: readonly ColumnIn[]): boolean {
  const held = [
    ...links.flatMap(({ left, right }) =>
      left.source === one && reached.includes(right.source)
        ? [left.column]
        : right.source === one && reached.includes(left.source)
          ? [right.column]
          : [],
    ),
    ...fixed.flatMap(({ source, column }) => (source === one ? [column] : [])),
  ].map((name) => name.toLowerCase());
  const { primaryKey } = one.table;
  return primaryKey.length > 0 && primaryKey.every((name) => held.includes(name.toLowerCase()));
}

/** The sources of which a row of the given one may meet several. */
export function manyOf(from: Source, joined: Joined): readonly Source[] {
  const singles = singlesOf(from, joined);
  return joined.sources.filter((one) => !singles.includes(one));
}

export type AggregateIr = Extract<ExpressionIr, { readonly kind: 'aggregate' }>;

/** The aggregates of a part of a SELECT, those of queries within it left out. */
export function aggregatesIn(parts: readonly (ExpressionIr | undefined)[]): readonly AggregateIr[] {
  return parts.flatMap((one): readonly AggregateIr[] => {
    if (!one) return [];
    return one.kind === 'aggregate' ? [one] : aggregatesIn(partsOf(one));
  });
}

export const aggregatesOf = ({ items, having, orderBy }: SelectIr): readonly AggregateIr[] =>
  aggregatesIn([...items.map(({ expression }) => expression), having, ...orderBy.map(({ expression }) => expression)]);

/** The columns whose values an expression reckons with: of a CASE those of its results, not of its conditions. */
export function valueColumns(one: ExpressionIr): readonly ColumnIr[] {
  if (one.kind === 'column') return [one];
  if (one.kind === 'case')
    return [...one.whens.map(({ result }) => result), ...(one.otherwise ? [one.otherwise] : [])].flatMap(valueColumns);
  return partsOf(one).flatMap(valueColumns);
}

/** The source whose rows an amount is of: the one that says which rows of all others that it reads belong to it. */
export function measuredIn(argument: ExpressionIr, joined: Joined): Source | undefined {
  const read = new Set(valueColumns(argument).flatMap((one) => columnIn(one, joined.sources)?.source ?? []));
  return [...read].find((one) => {
    const singles = singlesOf(one, joined);
    return [...read].every((other) => singles.includes(other));
  });
}

/** A column of a source, as a query over it says it. */
export const columnOf = ({ alias }: Source, name: string): ColumnIr => ({ kind: 'column', table: alias, name });

export const keyOf = (source: Source): readonly ColumnIr[] =>
  source.table.primaryKey.map((name) => columnOf(source, name));

export const number = (value: number): ExpressionIr => ({ kind: 'number', text: String(value) });
export const countOf = (argument?: ExpressionIr, distinct = false): AggregateIr => ({
  kind: 'aggregate',
  name: 'count',
  distinct,
  argument,
});

/** The tables in the order in which keys lead from one to the next, joined by those keys alone; undefined where some are tied by nothing. */
export function joinedInOrder(
  select: SelectIr,
  [first, ...others]: readonly Source[],
  { links }: Joined,
  type: 'inner' | 'left',
): Pick<SelectIr, 'from' | 'joins'> | undefined {
  const from = first && asWritten(first, select);
  if (!first || !from) return undefined;
  const before = [first];
  const joins: JoinIr[] = [];
  for (const one of others) {
    const [source, on] = [asWritten(one, select), tieOf(one, before, links)];
    if (!source || !on) return undefined;
    joins.push({ type, source, on });
    before.push(one);
  }
  return { from, joins };
}

const asWritten = (wanted: Source, { from, joins }: SelectIr): SourceIr | undefined =>
  [from, ...joins.map(({ source }) => source)].find(
    (one) => one?.kind === 'table' && isCalled(wanted, one.alias ?? one.name),
  );

/** What ties a source to those before it, as a condition. */
function tieOf(one: Source, before: readonly Source[], links: Joined['links']): ConditionIr | undefined {
  const ties = links.filter(
    ({ left, right }) =>
      (left.source === one && before.includes(right.source)) || (right.source === one && before.includes(left.source)),
  );
  const parts = ties.map(
    ({ left, right }): ConditionIr => ({
      kind: 'compare',
      operator: '=',
      left: columnOf(left.source, left.column),
      right: columnOf(right.source, right.column),
    }),
  );
  const [only] = parts;
  return parts.length > 1 ? { kind: 'and', parts } : only;
}
