import { type Column, type DatabaseCatalog, findColumn, type Table } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { allOf, type ConditionIr, EMPTY_SELECT, type ExpressionIr, type SelectIr } from '#src/sql/query-ir.ts';
import { isKey } from './column-roles.ts';
import { refOf, refsOfRow } from './complete-frame.ts';
import { type DbGraph, dbGraph, type Edge, joinTables } from './db-graph.ts';
import { type EachFilter, eachFilters, type Filter, type Frame, rowFilters } from './frame.ts';
import type { FrameResolver } from './resolve.ts';
import { NameWriter } from './write-names.ts';

/** "branches without any registered members" of a table that refers to both: rows of it are absent, none is empty. */
export function leaveOutLinked(frame: Frame, main: Table, resolver: FrameResolver): void {
  const isAbsent = (filter: Filter) =>
    filter.kind === 'null' &&
    !filter.negated &&
    resolver.isMany(main, filter.ref.table) &&
    isKey(filter.ref, resolver.catalog);
  const tables = frame.filters.filter(isAbsent).map(({ ref }) => ref.table);
  frame.without.push(...tables.filter((table) => !frame.without.includes(table)));
  for (const table of tables) frame.touched.delete(table);
  frame.filters = frame.filters.filter((filter) => !isAbsent(filter));
}

/**
 * Conditions that one row cannot meet as they stand: "not allergic to soy" asks for no row that says soy, and
 * "higher than 5600 and lower than 5200" for one row of each.
 */
export function apartFilters(frame: Frame, main: Table, resolver: FrameResolver): Filter[] {
  const shown = new Set(frame.items.flatMap(refOf).map((ref) => ref.table));
  const filters = frame.filters.map((filter): Filter => {
    const excludes = filter.kind === 'compare' && filter.operator === '<>' && filter.ref.table !== main;
    // "customers by order value, leaving out cancelled orders": those that are added up
    if (excludes && filter.ref.table === frame.counted) return filter;
    if (!excludes || shown.has(filter.ref.table) || !resolver.isMany(main, filter.ref.table)) return filter;
    return { kind: 'each', ref: filter.ref, conditions: [{ ...filter, operator: '=' }], negated: true };
  });
  return apartRanges(ownApart(filters, main).map((filter) => beside(filter, filters, main, shown)));
}

/** "used by Acme but not by Bolt" of one column of the listed rows themselves: no row says both. */
function ownApart(filters: readonly Filter[], main: Table): Filter[] {
  const compared = filters.flatMap((one) => (one.kind === 'compare' && one.ref.table === main ? [one] : []));
  const isBoth = (filter: Filter) =>
    ['=', '<>'].every((operator) =>
      compared.some((one) => one.operator === operator && one.ref.column === filter.ref.column),
    );
  return filters.map((filter) =>
    filter.kind === 'compare' && compared.includes(filter) && isBoth(filter)
      ? {
          kind: 'each',
          ref: filter.ref,
          conditions: [{ ...filter, operator: '=' }],
          ...(filter.operator === '<>' ? { negated: true } : {}),
        }
      : filter,
  );
}

/** "with a balcony but no garden", both of which are kept as rows: one row says the one, and no row the other. */
function beside(filter: Filter, filters: readonly Filter[], main: Table, shown: ReadonlySet<Table>): Filter {
  const { ref } = filter;
  const excluded = filters.some((one) => one.kind === 'each' && one.negated && one.ref.column === ref.column);
  const isOne = filter.kind === 'compare' && filter.operator === '=' && ref.table !== main && !shown.has(ref.table);
  return isOne && excluded ? { kind: 'each', ref, conditions: [filter] } : filter;
}

function apartRanges(filters: Filter[]): Filter[] {
  const ranges = filters.filter((filter) => filter.kind === 'compare' && filter.value.kind === 'number');
  for (const low of ranges) {
    for (const high of ranges) {
      if (low.kind !== 'compare' || high.kind !== 'compare' || low.ref.column !== high.ref.column) continue;
      if (!low.operator.startsWith('>') || !high.operator.startsWith('<')) continue;
      if (Number(low.value.value) < Number(high.value.value)) continue;
      return [
        ...filters.filter((one) => one !== low && one !== high),
        { kind: 'each', ref: low.ref, conditions: [low, high] },
      ];
    }
  }
  return filters;
}

/** "students who participate in canoeing and kayaking": what only links to rows that are looked up apart is not joined itself. */
export function leaveLinksApart(frame: Frame, main: Table, catalog: DatabaseCatalog): void {
  const graph = dbGraph(catalog);
  const links = eachFilters(frame)
    .flatMap((filter) => joinTables(graph, tied(main, filter)) ?? [])
    .map(({ to }) => to);
  const used = new Set(
    [...frame.items.flatMap(refOf), ...rowFilters(frame).flatMap(refsOfRow), ...frame.groups.map(({ ref }) => ref)].map(
      ({ table }) => table,
    ),
  );
  for (const table of links) if (table !== main && !used.has(table)) frame.apart.add(table);
}

/** A table whose rows are looked up apart, or must not be there, cannot be compared in the query itself. */
export function usesAbsent(frame: Frame): boolean {
  const apart = [...apartOf(frame), ...frame.apart];
  const used = [
    ...rowFilters(frame).flatMap(refsOfRow),
    ...frame.groups.map((group) => group.ref),
    ...frame.order.flatMap(({ measure }) => refOf(measure)),
  ];
  return apart.some((table) => table !== frame.main && used.some((ref) => ref.table === table));
}

/** Tables whose rows are looked up beside the query: joining them would repeat rows, or leave none. */
export const apartOf = (frame: Frame): Table[] => [
  ...frame.without,
  ...eachFilters(frame).map((filter) => filter.ref.table),
];

/**
 * One condition a value: the row's key is among those that have it. Where the values are of the listed rows themselves
 * ("nominees with both awards"), what is listed stands for the key.
 */
export function eachRow(
  filter: EachFilter,
  frame: Frame,
  main: Table,
  graph: DbGraph,
  scope: NameWriter,
): ConditionIr[] | undefined {
  const [only, ...more] = frame.items;
  const own = filter.ref.table === main;
  const listed = own && only?.kind === 'column' && !more.length ? only.ref.column : undefined;
  const edges = joinTables(graph, tied(main, filter));
  const name = own ? listed?.name : tellingColumn(main, edges);
  const column = name === undefined ? undefined : findColumn(main, name);
  if (!column || !edges || frame.groups.length || column === filter.ref.column) return undefined;
  if (own && !filter.negated) frame.distinct = true;
  const inner = new NameWriter(main, edges.length > 0, scope.engine);
  // where nothing is listed, "not among them" would hold of no row
  const told = (where: ConditionIr) =>
    own && filter.negated && column.nullShare !== 0
      ? allOf([{ kind: 'null-test' as const, negated: true, value: inner.column({ table: main, column }) }, where])
      : where;
  return filter.conditions.map((condition) => ({
    kind: 'in-query',
    negated: filter.negated ?? false,
    value: scope.column({ table: main, column }),
    query: {
      ...EMPTY_SELECT,
      items: [{ expression: inner.column({ table: main, column }) }],
      from: inner.source(main),
      joins: edges.map((edge) => inner.join(edge)),
      where: told(inner.filter(condition)),
    },
  }));
}

const tied = (main: Table, { ref, via }: EachFilter): readonly Table[] => [main, ...(via ? [via] : []), ref.table];

/** What tells the rows of a table apart: its key, else the one column that others refer to it by. */
function tellingColumn({ primaryKey }: Table, edges: readonly Edge[] | undefined): string | undefined {
  if (primaryKey.length) return primaryKey.length === 1 ? primaryKey[0] : undefined;
  const [edge] = edges ?? [];
  const [pair, ...more] = edge?.pairs ?? [];
  const isOne = pair !== undefined && !edge?.to.primaryKey.includes(pair[1]);
  return isOne && !more.length ? pair[0] : undefined;
}

/** Rows of another table are not there: the reference to it is empty, or none of its rows lead here. */
export function withoutRows(
  main: Table,
  other: Table,
  path: readonly Edge[] | undefined,
  { absent, tie }: Frame,
  scope: NameWriter,
  resolver: FrameResolver,
): ConditionIr | undefined {
  const [first, ...farther] = stepsTo(path ?? [], resolver) ?? [];
  const last = farther.at(-1)?.to ?? first?.to;
  if (!first || absent.some((filter) => refsOfRow(filter).some((ref) => ref.table !== last))) return undefined;
  const ways = waysMeant(
    (dbGraph(resolver.catalog).edges.get(first.from) ?? []).filter(({ to }) => to === first.to),
    tie,
  );
  const conditions = ways.map(({ pairs: [pair] }): ConditionIr | undefined => {
    const [own, theirs] = pair ?? [];
    const column = own === undefined ? undefined : columnOf(main, own, path?.[0]);
    if (!column || own === undefined || theirs === undefined) return undefined;
    const value = scope.column({ table: main, column });
    // "employees with no manager": the reference is empty
    if (first.to === other && !absent.length && !first.from.primaryKey.includes(own) && !resolver.isMany(main, other))
      return { kind: 'null-test', negated: false, value };
    const inner = new NameWriter(first.to, farther.length > 0, scope.engine);
    const reference: ExpressionIr = {
      kind: 'column',
      name: theirs,
      ...(farther.length ? { table: first.to.name } : {}),
    };
    const rows: SelectIr = {
      ...EMPTY_SELECT,
      items: [{ expression: reference }],
      from: scope.source(first.to),
      joins: farther.map((edge) => inner.join(edge)),
      where: allOf([
        { kind: 'null-test', negated: true, value: reference },
        ...absent.map((filter) => inner.filter(filter)),
      ]),
    };
    return { kind: 'in-query', negated: true, value, query: rows };
  });
  return conditions.length && conditions.every((one) => one !== undefined) ? allOf(conditions) : undefined;
}

/** "professors without a class", where the class is of the employee that each professor is: the first step leads to the same thing. */
const isBesides = (path: readonly Edge[], resolver: FrameResolver): boolean => {
  const [first] = path;
  return path.length > 1 && first !== undefined && resolver.isSame(first);
};

/**
 * The joins to rows that must not be there: each leads to many; a last one to the one thing that rows of a link have is left out, for
 * where there is no such row ("instructors who do not teach any section"), there is none of the thing.
 */
function stepsTo(path: readonly Edge[], resolver: FrameResolver): readonly Edge[] | undefined {
  const steps = isBesides(path, resolver) ? path.slice(1) : path;
  if (steps.length < 2) return steps;
  const isMany = ({ from, to }: Edge) => resolver.isMany(from, to);
  const [last] = steps.slice(-1);
  const kept = last && !isMany(last) ? steps.slice(0, -1) : steps;
  return kept.every(isMany) ? kept : undefined;
}

/** The column of the things asked about that bears a key: their own, or the one by which they are another thing as well. */
function columnOf(main: Table, key: string, first: Edge | undefined): Column | undefined {
  const besides = first?.pairs.find(([, theirs]) => theirs === key)?.[0];
  return findColumn(main, key) ?? (besides === undefined ? undefined : findColumn(main, besides));
}

/**
 * By which keys of a table its rows are not there: "courses without prerequisites" by the key of the same name, "who do not author any
 * document" by that which bears the verb, "people without a wedding" by none of all.
 */
function waysMeant(ways: readonly Edge[], tie: string | undefined): readonly Edge[] {
  if (ways.length < 2) return ways;
  const alike = ways.filter(({ pairs }) => pairs.every(([own, theirs]) => own === theirs));
  if (alike.length === 1) return alike;
  const said = tie === undefined ? undefined : stem(tie).slice(0, 6);
  if (said === undefined) return ways;
  return ways.filter(({ pairs }) =>
    pairs.some(([, theirs]) => splitIdentifier(theirs).some((word) => stem(word).startsWith(said))),
  );
}
