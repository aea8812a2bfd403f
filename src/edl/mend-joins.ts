import { type DatabaseCatalog, findColumn, findTable, keysTo, type Table } from '#src/domain/catalog.ts';
import {
  type ColumnIr,
  type ConditionIr,
  type ExpressionIr,
  type JoinIr,
  mapParts,
  mapQuery,
  partsOf,
  type QueryIr,
  type QueryMap,
  type SelectIr,
  type TableSourceIr,
  visit,
} from '#src/sql/query-ir.ts';
import type { Resolved } from '#src/sql/resolve.ts';
import type { StepMend } from './mend-steps.ts';
import { bracket } from './print-edl.ts';
import { hasAggregate } from './validate.ts';

/**
 * N49: a column that none of the tables which a SELECT reads has, and that one other table has which a single key joins to one of
 * them: the join is added, if the rows that are counted, cut off or shown whole stay the same. Where several tables or keys lead to
 * such a column none is.
 */
export function mendJoins(
  query: QueryIr,
  lost: Resolved['lost'],
  catalog: DatabaseCatalog,
  stepAt: (at: number | undefined) => number | undefined,
): { readonly query: QueryIr; readonly mends: readonly StepMend[] } {
  const mends: StepMend[] = [];
  const named = resultsIn(query);
  const select = (part: SelectIr): SelectIr => {
    // A condition of a join cannot name a table that is joined behind it.
    if (part.joins.some(({ on }) => on && columnsIn(on).some((column) => lost.has(column)))) return part;
    if (part.items.some(({ expression }) => expression.kind === 'star')) return part;
    const tables = tablesOf(part, catalog);
    if (tables.some(({ table }) => named.has(table.name.toLowerCase()))) return part;
    const reach: Reach = { tables, catalog, named, ofOne: cutOrCounted(part) };
    const [found] = columnsOf(part).flatMap((column) => {
      const table = lost.has(column) ? reached(column, reach) : undefined;
      return table ? [{ ...table, column }] : [];
    });
    if (!found) return part;
    const { table, join, says, column } = found;
    mends.push({ code: 'M_JOIN_ADDED', step: stepAt(column.span?.start) ?? 0, says });
    const wanted = (one: ColumnIr) => lost.has(one) && holdersOf(one, reach).includes(table);
    const moved = mapOwn(part, (one) => (wanted(one) ? { ...one, table: table.name } : one));
    // Behind a left join an inner one would drop the rows that it keeps.
    const type = moved.joins.some((one) => one.type === 'left') ? 'left' : 'inner';
    return { ...moved, joins: [...moved.joins, { ...join, type }] };
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

/** Results that are read by a name, which comes before a table's. */
function resultsIn(query: QueryIr): ReadonlySet<string> {
  const names = new Set<string>();
  visit(query, (node) => {
    for (const { name } of node.ctes ?? []) names.add(name.toLowerCase());
  });
  return names;
}

/** Whether how many rows there are counts: of each there may be no more after a join than before. */
const cutOrCounted = ({ items, having, orderBy, limit }: SelectIr): boolean =>
  limit !== undefined ||
  having !== undefined ||
  [...items, ...orderBy].some(({ expression }) => hasAggregate(expression));

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

/** The columns of an expression, those of queries within it left out. */
function columnsIn(expression: ExpressionIr): readonly ColumnIr[] {
  if (expression.kind === 'column') return [expression];
  return partsOf(expression).flatMap(columnsIn);
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

interface Reach {
  /** The tables that are read. */
  readonly tables: readonly NamedTable[];
  readonly catalog: DatabaseCatalog;
  readonly named: ReadonlySet<string>;
  /** Only what each row has one of. */
  readonly ofOne: boolean;
}

/** The one table with the column that one key joins to what is read, and that join. */
function reached(column: ColumnIr, reach: Reach) {
  const [only, ...others] = holdersOf(column, reach).flatMap((table) =>
    reach.tables.flatMap((source) => keysBetween(table, source).map((key) => ({ ...key, table }))),
  );
  if (!only || others.length || (reach.ofOne && !only.isParent)) return undefined;
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
function holdersOf({ table, name }: ColumnIr, { tables, catalog, named }: Reach): readonly Table[] {
  const isRead = tables.some((source) => source.name.toLowerCase() === table?.toLowerCase());
  const said = table === undefined || isRead ? undefined : findTable(catalog, table);
  const among = table === undefined || isRead ? catalog.tables : said ? [said] : [];
  const read = new Set(tables.map((source) => source.table));
  return among.filter((one) => !read.has(one) && !named.has(one.name.toLowerCase()) && findColumn(one, name));
}

interface Key {
  /** The conditions of a join by it. */
  readonly on: readonly ConditionIr[];
  /** Each row of what is read has one of the table. */
  readonly isParent: boolean;
}

/** The keys between a table and one that is read, either way. */
function keysBetween(table: Table, { table: other, name }: NamedTable): readonly Key[] {
  const pairs = (from: Table, to: Table, names: readonly [string, string]) =>
    keysTo(from, to).map(({ columns, targetColumns }) =>
      columns.map((own, at): ConditionIr => {
        const left = { kind: 'column', table: names[0], name: own } as const;
        const right = { kind: 'column', table: names[1], name: targetColumns[at] ?? own } as const;
        return { kind: 'compare', operator: '=', left, right };
      }),
    );
  return [
    ...pairs(table, other, [table.name, name]).map((on) => ({ on, isParent: false })),
    ...pairs(other, table, [name, table.name]).map((on) => ({ on, isParent: true })),
  ];
}
