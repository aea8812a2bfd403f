import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { findColumn } from '#src/domain/catalog.ts';

/** One way to join two tables: the column pairs that must be equal. */
export interface Edge {
  readonly from: Table;
  readonly to: Table;
  readonly pairs: readonly (readonly [string, string])[];
  /** Declared keys cost less than those inferred from names and types. */
  readonly cost: number;
  /** Whether rows of the first refer to one of the second, where no key is declared that says so. */
  readonly refers?: boolean;
}

/** The tables of a database and the keys between them (DB-Explore's DB graph). */
export interface DbGraph {
  readonly edges: ReadonlyMap<Table, readonly Edge[]>;
}

const DECLARED = 1;
const INFERRED = 1.5;

const graphs = new WeakMap<DatabaseCatalog, DbGraph>();

/** Declared foreign keys; where two tables have none, keys inferred from a column named as another table's key is. */
export function dbGraph(catalog: DatabaseCatalog): DbGraph {
  const known = graphs.get(catalog);
  if (known) return known;
  const edges = new Map<Table, Edge[]>();
  const add = (edge: Edge) => {
    const known = edges.get(edge.from);
    if (known) known.push(edge);
    else edges.set(edge.from, [edge]);
  };
  const addBoth = (edge: Edge) => {
    add(edge);
    const { from, to, pairs, cost, refers } = edge;
    const back = { from: to, to: from, pairs: pairs.map(([a, b]) => [b, a] as const), cost };
    add(refers === undefined ? back : { ...back, refers: !refers });
  };
  const byName = Map.groupBy(catalog.tables, ({ name }) => name.toLowerCase());
  for (const table of catalog.tables) {
    for (const key of table.foreignKeys) {
      const target = byName
        .get(key.targetTable.toLowerCase())
        ?.find((other) => other.schema === (key.targetSchema ?? other.schema));
      if (!target || target === table) continue;
      const pairs = key.columns.map((column, at) => [column, key.targetColumns[at] ?? column] as const);
      addBoth({ from: table, to: target, pairs, cost: DECLARED });
    }
  }
  for (const { from, to, column, key } of inferredKeys(catalog)) {
    const joined = edges.get(from)?.some((edge) => edge.to === to);
    if (!joined) addBoth({ from, to, pairs: [[column, key]], cost: INFERRED });
  }
  if (isKeyless(catalog)) for (const edge of sharedColumns(catalog)) addBoth({ ...edge, cost: INFERRED, refers: true });
  const graph = { edges };
  graphs.set(catalog, graph);
  return graph;
}

/** `orders.customer_id` → `customers.id` or `customers.customer_id`, where the types agree and the target is a key. */
function* inferredKeys(catalog: DatabaseCatalog) {
  const columnsNamed = columnsByName(catalog);
  const prefix = commonPrefix(catalog);
  for (const to of catalog.tables) {
    const key = to.primaryKey.length === 1 ? to.primaryKey[0] : undefined;
    const keyColumn = key === undefined ? undefined : findColumn(to, key);
    if (key === undefined || !keyColumn) continue;
    const names = new Set(keyNames(to.name, key));
    const ending = prefix ? flat(key).slice(prefix.length) : '';
    if (ending.length >= SHORTEST_ENDING)
      for (const name of columnsNamed.keys()) if (name.endsWith(ending)) names.add(name);
    const named = [...names].flatMap((name) => columnsNamed.get(name) ?? []);
    const seen = new Set<Table>([to]);
    for (const { from, column } of named.sort((a, b) => a.table - b.table || a.place - b.place)) {
      if (column.kind !== keyColumn.kind || seen.has(from)) continue;
      seen.add(from);
      // Two tables keyed by the same name may hold the same things (an entity and its detail): still a join.
      yield { from, to, column: column.name, key };
    }
  }
}

const isKeyless = ({ tables }: DatabaseCatalog) =>
  tables.every(({ primaryKey, foreignKeys }) => !primaryKey.length && !foreignKeys.length);

/** Names that tell rows apart: `did`, `city_code`, `state_name`, but no bare `name`. */
const TELLS_APART = /.(?:id|key|code)$|.name$/;

/**
 * Where nobody declared a key: `restaurant_id` leads to the `id` of `restaurant`; and a column of several tables to the one that has each
 * of its values once and is no link between others, of several such to the one that is named by it (`state_name` of `state`, `did` of `domain`).
 */
function* sharedColumns(catalog: DatabaseCatalog): Generator<Pick<Edge, 'from' | 'to' | 'pairs'>> {
  const named = columnsByName(catalog);
  for (const to of catalog.tables) {
    const key = to.columns.find((column) => flat(column.name) === 'id' && isOnce(column, to));
    if (!key) continue;
    for (const { from, column } of keyNames(to.name, key.name).flatMap((name) => named.get(name) ?? []))
      if (from !== to && column.kind === key.kind) yield { from, to, pairs: [[column.name, key.name]] };
  }
  for (const [name, holders] of named) {
    if (holders.length < 2 || !TELLS_APART.test(name)) continue;
    const owners = holders.filter(({ from, column }) => isOnce(column, from) && !isOfKeysAlone(from));
    const called = owners.filter(({ from }) => isNamedBy(from, name));
    const [owner, ...more] = called.length ? called : owners;
    if (!owner || more.length) continue;
    for (const { from, column } of holders)
      if (from !== owner.from && column.kind === owner.column.kind)
        yield { from, to: owner.from, pairs: [[column.name, owner.column.name]] };
  }
}

const isOnce = ({ distinct, nullShare = 0 }: Column, { rowEstimate = 0 }: Table) =>
  rowEstimate > 1 && distinct === rowEstimate && nullShare === 0;

const isOfKeysAlone = ({ columns }: Table) =>
  columns.length > 1 && columns.every(({ name }) => /(?:id|key|code)$/.test(flat(name)));

function isNamedBy({ name: table }: Table, column: string): boolean {
  const singular = singularOf(table);
  return column.startsWith(singular) || column === `${singular.charAt(0)}id`;
}

/** Letters of a key without its prefix from which a name that ends with them is that key's: `custid` of `sbcustid`, in `sbtxcustid`. */
const SHORTEST_ENDING = 5;
/** A prefix of one letter says nothing. */
const SHORTEST_PREFIX = 2;

/** What all columns of a database without declared keys begin with (`sb` of `sbCustId` and `sbTxCustId`), if anything. */
function commonPrefix({ tables }: DatabaseCatalog): string {
  if (tables.length < 2 || tables.some(({ foreignKeys }) => foreignKeys.length)) return '';
  const [first = '', ...others] = tables.flatMap(({ columns }) => columns.map(({ name }) => flat(name)));
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length -= 1;
    if (length < SHORTEST_PREFIX) return '';
  }
  return first.slice(0, length);
}

/** Where each column is, by its bare name: of twenty thousand tables nobody looks through all for each. */
function columnsByName({ tables }: DatabaseCatalog) {
  const found = new Map<
    string,
    { readonly from: Table; readonly table: number; readonly column: Column; readonly place: number }[]
  >();
  for (const [table, from] of tables.entries())
    for (const [place, column] of from.columns.entries()) {
      const name = flat(column.name);
      const known = found.get(name);
      if (known) known.push({ from, table, column, place });
      else found.set(name, [{ from, table, column, place }]);
    }
  return found;
}

/** Nothing but keys, and at most two columns beside them: it only says what belongs together. */
export function isLinkTable(table: Table): boolean {
  const keys = new Set([...table.primaryKey, ...table.foreignKeys.flatMap((key) => key.columns)]);
  return table.foreignKeys.length >= 2 && table.columns.filter(({ name }) => !keys.has(name)).length <= 2;
}

const flat = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

const singularOf = (table: string) => flat(table).replace(/ies$/, 'y').replace(/s$/, '');

function keyNames(table: string, key: string): string[] {
  const singular = singularOf(table);
  const names = [`${singular}id`, `${singular}key`, `${singular}code`];
  // A bare `id` names every table's key, so only longer keys count by their own name.
  return /^(id|key|code|name|uuid|guid)$/.test(flat(key)) ? names : [...names, flat(key)];
}

/** The cheapest joins that connect `tables`, starting at the first; undefined when some cannot be reached. */
export function joinTables(graph: DbGraph, tables: readonly Table[]): readonly Edge[] | undefined {
  const [start, ...rest] = tables;
  if (!start) return [];
  const joined = new Set([start]);
  const path: Edge[] = [];
  const missing = new Set(rest.filter((table) => table !== start));
  // plays of accounts on devices: by the play, which says on which of the account's devices it was
  const ties = [...missing].filter((table) =>
    (graph.edges.get(table) ?? []).some((edge) => edge.to !== start && missing.has(edge.to) && !leadsDown(edge)),
  );
  for (const wanted of [new Set(ties), missing]) {
    while (wanted.size) {
      const found = cheapestPath(graph, joined, wanted);
      if (!found) return undefined;
      for (const edge of found) {
        if (joined.has(edge.to)) continue;
        joined.add(edge.to);
        path.push(edge);
        for (const one of [wanted, missing]) one.delete(edge.to);
      }
    }
  }
  return path;
}

/** Dijkstra from the joined set to the nearest missing table. */
function cheapestPath(graph: DbGraph, joined: ReadonlySet<Table>, missing: ReadonlySet<Table>): Edge[] | undefined {
  const cost = new Map<Table, number>([...joined].map((table) => [table, 0]));
  const costOf = (table: Table) => cost.get(table) ?? Number.POSITIVE_INFINITY;
  const via = new Map<Table, Edge>();
  const open = new Set(joined);
  while (open.size) {
    const table = [...open].reduce((a, b) => (costOf(a) <= costOf(b) ? a : b));
    open.delete(table);
    if (missing.has(table)) return pathTo(table, via);
    for (const edge of graph.edges.get(table) ?? []) {
      // by what rows belong to, rather than by what happens to belong to the same
      const turns = leadsDown(edge) && via.has(table) && !leadsDown(via.get(table));
      const next = costOf(table) + edge.cost + (turns ? DOWN : leadsDown(edge) ? SLIGHTLY : 0);
      if (next >= costOf(edge.to)) continue;
      cost.set(edge.to, next);
      via.set(edge.to, edge);
      open.add(edge.to);
    }
  }
  return undefined;
}

/** A way that goes up to what several rows belong to and down again to others of it is worth less than one that only goes up. */
const DOWN = 0.2;
/** Of ways alike the one that goes up. */
const SLIGHTLY = 0.001;

/** Whether a join leads to rows that refer to the one it comes from. */
const leadsDown = (edge: Edge | undefined): boolean => edge !== undefined && !refers(edge);

/** Whether rows of the first table of a join refer to one of the second. */
export const refers = (edge: Edge): boolean =>
  edge.refers ??
  (edge.to.primaryKey.length > 0 && edge.to.primaryKey.every((key) => edge.pairs.some(([, theirs]) => theirs === key)));

/** The edges that lead to a table; nothing leads to the tables that were joined before. */
function pathTo(table: Table, via: ReadonlyMap<Table, Edge>): Edge[] {
  const path: Edge[] = [];
  for (let edge = via.get(table); edge; edge = via.get(edge.from)) path.unshift(edge);
  return path;
}

interface TableColumn {
  readonly table: Table;
  readonly column: Column;
}

/** Two columns that a join makes equal. */
export const isEquated = (one: TableColumn, other: TableColumn, edges: readonly Edge[]): boolean =>
  edges.some(({ from, to, pairs }) =>
    pairs.some(
      ([left, right]) =>
        (from === one.table && to === other.table && left === one.column.name && right === other.column.name) ||
        (from === other.table && to === one.table && left === other.column.name && right === one.column.name),
    ),
  );
