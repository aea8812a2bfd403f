import { type DatabaseCatalog, findColumn, findTable, type Table } from '#src/domain/catalog.ts';
import {
  type ColumnIr,
  type ConditionIr,
  type JoinIr,
  mapParts,
  mapQuery,
  type QueryIr,
  type QueryMap,
  type SelectIr,
  type TableSourceIr,
} from '#src/sql/query-ir.ts';
import type { Resolved } from '#src/sql/resolve.ts';
import type { StepMend } from './mend-steps.ts';
import { bracket } from './print-edl.ts';

/**
 * N50: a column that no table of its query has, and that one table has which a single key joins to one of them: the join is added.
 * Where several tables or keys lead to such a column none is.
 */
export function mendJoins(
  query: QueryIr,
  lost: Resolved['lost'],
  catalog: DatabaseCatalog,
  stepAt: (at: number | undefined) => number | undefined,
): { readonly query: QueryIr; readonly mends: readonly StepMend[] } {
  const mends: StepMend[] = [];
  const select = (part: SelectIr): SelectIr => {
    const sources = tablesOf(part, catalog);
    const [found] = columnsOf(part).flatMap((column) => {
      const table = lost.has(column) ? reached(column, sources, catalog) : undefined;
      return table ? [{ ...table, column }] : [];
    });
    if (!found) return part;
    const { table, join, says, column } = found;
    mends.push({ code: 'M_JOIN_ADDED', step: stepAt(column.span?.start) ?? 0, says });
    const wanted = (one: ColumnIr) => lost.has(one) && findColumn(table, one.name) !== undefined;
    const moved = mapOwn(part, (one) => (wanted(one) ? { ...one, table: table.name } : one));
    return { ...moved, joins: [...moved.joins, join] };
  };
  const within: QueryMap = {
    query: (part) => {
      const mapped = mapQuery(part, within);
      return mapped.kind === 'select' ? select(mapped) : mapped;
    },
    expression: (part) => (part.kind === 'column' ? part : mapParts(part, within)),
    source: (part) => (part.kind === 'derived' ? { ...part, query: within.query(part.query) } : part),
  };
  return { query: within.query(query), mends };
}

interface NamedTable {
  readonly table: Table;
  /** What qualifies its columns. */
  readonly name: string;
}

/** The tables that a SELECT reads; none where outer joins keep rows of both sides, to which a further join would do more. */
function tablesOf({ from, joins }: SelectIr, catalog: DatabaseCatalog): readonly NamedTable[] {
  if (joins.some(({ type }) => type === 'right' || type === 'full')) return [];
  return [from, ...joins.map(({ source }) => source)].flatMap((source) => {
    const table = source?.kind === 'table' ? tableOf(source, catalog) : undefined;
    return source?.kind === 'table' && table ? [{ table, name: source.alias ?? source.name }] : [];
  });
}

const tableOf = ({ name, schema }: TableSourceIr, catalog: DatabaseCatalog) => findTable(catalog, name, schema);

/** The columns that a SELECT itself says, those of queries within it left out. */
function columnsOf(select: SelectIr): readonly ColumnIr[] {
  const columns: ColumnIr[] = [];
  mapOwn(select, (column) => {
    columns.push(column);
    return column;
  });
  return columns;
}

/** A copy of a SELECT with its own columns mapped. */
function mapOwn(select: SelectIr, change: (column: ColumnIr) => ColumnIr): SelectIr {
  const own: QueryMap = {
    query: (part) => part,
    source: (part) => part,
    expression: (part) => (part.kind === 'column' ? change(part) : mapParts(part, own)),
  };
  const mapped = mapQuery(select, own);
  return mapped.kind === 'select' ? mapped : select;
}

/** The one table with the column that one key joins to what is read, and that join. */
function reached(column: ColumnIr, sources: readonly NamedTable[], catalog: DatabaseCatalog) {
  const read = new Set(sources.map(({ table }) => table));
  const holders = holdersOf(column, sources, catalog).filter((table) => !read.has(table));
  const [only, ...others] = holders.flatMap((table) =>
    sources.flatMap((source) => keysBetween(table, source).map((on) => ({ table, on }))),
  );
  if (!only || others.length) return undefined;
  const { table, on } = only;
  const { name, schema } = table;
  const join: JoinIr = {
    type: 'inner',
    source: { kind: 'table', name, ...(schema === undefined ? {} : { schema }) },
    on: on.length === 1 && on[0] ? on[0] : { kind: 'and', parts: on },
  };
  return { table, join, says: `${bracket(table.name)} is joined: it has ${bracket(column.name)}.` };
}

/** The tables with the column: the one that it is said of, where nothing that is read is called so, else any. */
function holdersOf({ table, name }: ColumnIr, sources: readonly NamedTable[], catalog: DatabaseCatalog) {
  const isRead = sources.some((source) => source.name.toLowerCase() === table?.toLowerCase());
  const said = table === undefined || isRead ? undefined : findTable(catalog, table);
  const among = table === undefined || isRead ? catalog.tables : said ? [said] : [];
  return among.filter((one) => findColumn(one, name));
}

/** The keys between two tables, either way, each as the conditions of a join. */
function keysBetween(table: Table, { table: other, name }: NamedTable): readonly (readonly ConditionIr[])[] {
  const pairs = (from: Table, to: Table, names: readonly [string, string]) =>
    from.foreignKeys
      .filter(({ targetTable, targetSchema }) => isTarget(to, targetTable, targetSchema))
      .map(({ columns, targetColumns }) =>
        columns.map((own, at): ConditionIr => {
          const left = { kind: 'column', table: names[0], name: own } as const;
          const right = { kind: 'column', table: names[1], name: targetColumns[at] ?? own } as const;
          return { kind: 'compare', operator: '=', left, right };
        }),
      );
  return [...pairs(table, other, [table.name, name]), ...pairs(other, table, [name, table.name])];
}

const isTarget = ({ name, schema }: Table, target: string, targetSchema: string | undefined): boolean =>
  name.toLowerCase() === target.toLowerCase() &&
  (targetSchema === undefined || schema === undefined || schema.toLowerCase() === targetSchema.toLowerCase());
