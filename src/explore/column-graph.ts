import { type Column, type DatabaseCatalog, findColumn, findTable, type Table } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { looksPersonal } from '#src/domain/personal.ts';
import { roleOf } from '#src/domain/roles/roles-of-columns.ts';

/** Where a join was learned from: declared as a key, seen in queries, or guessed by names, types and values. */
export type JoinSource = 'declared' | 'observed' | 'guessed';

/** A way from the rows of one table to at most one row each of another. A composite key has several pairs, which are walked together. */
export interface GraphJoin {
  readonly from: Table;
  readonly to: Table;
  readonly pairs: readonly (readonly [from: Column, to: Column])[];
  readonly source: JoinSource;
}

/**
 * The columns of a database and how one is reached from another (sources.md#db-explore): within a table directly, between tables by the
 * columns of a join. Edges within a table are not stored: a table of c columns has c(c − 1)/2.
 */
export interface ColumnGraph {
  readonly catalog: DatabaseCatalog;
  /** Those that may be shown to anybody: none that looks personal, none of binary or document type. */
  readonly columns: readonly ColumnOf[];
  readonly joins: readonly GraphJoin[];
  /** Seed queries in which both columns occur, by what each counts. */
  readonly together: (one: ColumnOf, other: ColumnOf) => number;
  readonly columnsOf: ReadonlyMap<Table, readonly ColumnOf[]>;
  /** The joins that each table takes part in. */
  readonly joinsOf: ReadonlyMap<Table, readonly GraphJoin[]>;
}

/** A column by its table and name. */
export const columnKey = ({ table, column }: ColumnOf): string => `${tableKey(table)}.${column.name}`;
export const tableKey = ({ schema, name }: Pick<Table, 'schema' | 'name'>): string =>
  schema === undefined ? name : `${schema}.${name}`;
export const joinKey = ({ from, to, pairs }: GraphJoin): string =>
  `${tableKey(from)}→${tableKey(to)}:${pairs.map(([a, b]) => `${a.name}=${b.name}`).join(',')}`;
/** The same for a join and its way back, as of two tables that share a key. */
export const endsKey = ({ from, to, pairs }: GraphJoin): string =>
  pairs
    .map(([own, other]) => pairKey(columnKey({ table: from, column: own }), columnKey({ table: to, column: other })))
    .sort()
    .join('\n\n');
const pairKey = (one: string, other: string) => (one < other ? `${one}\n${other}` : `${other}\n${one}`);

/** The columns that occur in a query that was asked, each once, and how much that counts. */
export interface GraphSeed {
  readonly columns: readonly ColumnOf[];
  readonly weight: number;
}

export interface GraphEvidence {
  readonly seeds?: readonly GraphSeed[];
  /** Joins that nobody declared. */
  readonly found?: readonly GraphJoin[];
}

export function columnGraph(catalog: DatabaseCatalog, { seeds = [], found = [] }: GraphEvidence = {}): ColumnGraph {
  const counts = new Map<string, number>();
  for (const { columns, weight } of seeds) {
    const keys = [...new Set(columns.map(columnKey))];
    for (const [at, one] of keys.entries())
      for (const other of keys.slice(at + 1)) {
        const key = pairKey(one, other);
        counts.set(key, (counts.get(key) ?? 0) + weight);
      }
  }
  const declared = catalog.tables.flatMap((table) => declaredJoins(table, catalog));
  const known = new Set(declared.map(endsKey));
  const joins = [...declared, ...found.filter((join) => !known.has(endsKey(join)))].filter((join) =>
    mayWalk(join, catalog),
  );
  const columnsOf = new Map(
    catalog.tables.map((table) => [
      table,
      table.columns.filter((column) => mayExplore({ table, column }, catalog)).map((column) => ({ table, column })),
    ]),
  );
  return {
    catalog,
    columns: [...columnsOf.values()].flat(),
    joins,
    columnsOf,
    joinsOf: new Map(
      catalog.tables.map((table) => [table, joins.filter(({ from, to }) => from === table || to === table)]),
    ),
    together: (one, other) => counts.get(pairKey(columnKey(one), columnKey(other))) ?? 0,
  };
}

/** Whether a column may be in what is written down of a database: no values that tell of a person, nothing that cannot be read. */
function mayExplore({ table, column }: ColumnOf, catalog: DatabaseCatalog): boolean {
  if (column.kind === 'binary' || column.kind === 'other') return false;
  if (column.indexValues !== undefined) return column.indexValues;
  return !looksPersonal(column, table.name) && roleOf({ table, column }, catalog) !== 'personal';
}

/** A join over a column that may not be explored is walked where it is a number, a key and no more: its values are in no query. */
const mayWalk = (join: GraphJoin, catalog: DatabaseCatalog): boolean =>
  endsOf(join).every((end) => mayExplore(end, catalog) || end.column.kind === 'number');

/** Keys as they are declared; one that names what the catalog does not show is passed over. */
function declaredJoins(from: Table, catalog: DatabaseCatalog): readonly GraphJoin[] {
  return from.foreignKeys.flatMap(({ columns, targetTable, targetSchema, targetColumns }) => {
    const to = findTable(catalog, targetTable, targetSchema);
    if (!to) return [];
    const pairs = columns.flatMap((name, at) => {
      const [own, other] = [findColumn(from, name), findColumn(to, targetColumns[at] ?? '')];
      return own && other ? [[own, other] as const] : [];
    });
    return pairs.length && pairs.length === columns.length ? [{ from, to, pairs, source: 'declared' as const }] : [];
  });
}

/** The columns that a join walks over. */
export const endsOf = ({ from, to, pairs }: Pick<GraphJoin, 'from' | 'to' | 'pairs'>): readonly ColumnOf[] =>
  pairs.flatMap(([own, other]) => [
    { table: from, column: own },
    { table: to, column: other },
  ]);

/** A column that one is reached from, with the join that is walked; none within a table. */
export interface Neighbour {
  readonly to: ColumnOf;
  readonly join?: GraphJoin;
  /** What seed queries with both ends count, and one (smoothed, so that what nobody asked for yet is reached too). */
  readonly weight: number;
}

/** The columns that are reached from one: those of its table, and the other ends of joins that it takes part in. */
export function neighboursOf(graph: ColumnGraph, at: ColumnOf): readonly Neighbour[] {
  const own = (graph.columnsOf.get(at.table) ?? [])
    .filter(({ column }) => column !== at.column)
    .map((to) => ({ to, weight: graph.together(at, to) + 1 }));
  const across = (graph.joinsOf.get(at.table) ?? []).flatMap((join) =>
    join.pairs.flatMap(([from, target]): readonly Neighbour[] => {
      const ends = [
        { table: join.from, column: from },
        { table: join.to, column: target },
      ] as const;
      const [near, far] = ends[0].table === at.table && ends[0].column === at.column ? ends : ends.toReversed();
      if (!near || !far || near.table !== at.table || near.column !== at.column) return [];
      return [{ to: far, join, weight: graph.together(near, far) + 1 }];
    }),
  );
  return [...own, ...across];
}
