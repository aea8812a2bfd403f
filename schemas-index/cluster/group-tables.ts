import type { IndexedTable, IndexedWords, TableGroup } from '../index/schema-index.ts';
import { keyNeighbours, type Neighbours } from './keys.ts';

/** A database of more tables is split, and its parts too: what questions are about lies in a few tables, however many others there are. */
export const MAX_GROUP = 60;
/** Tables with more keys than this join everything with everything (calendar, users); they do not hold a part together. */
const HUB = 12;
/** Cosine above which two tables of a database are of one kind. */
const ALIKE = 0.75;

type Similar = (a: IndexedTable, b: IndexedTable) => number;
type Tables = readonly IndexedTable[];

/**
 * The groups that retrieval scores. A database is one group while it is small. A large one falls into its schemas; a large
 * schema into the tables that keys connect, hubs left out; what is large still, into clusters of similar tables.
 */
export function groupTables({ databases }: Pick<IndexedWords, 'databases'>, similar: Similar): TableGroup[] {
  return databases.flatMap((database) =>
    splitBySchema(database.tables)
      .flatMap(splitByKeys)
      .flatMap((part) => splitByKind(part, similar))
      .map((tables) => ({ database, tables })),
  );
}

function splitBySchema(tables: Tables): Tables[] {
  if (tables.length <= MAX_GROUP) return [tables];
  return [...Map.groupBy(tables, ({ table }) => table.schema ?? '').values()];
}

/** Components of the key graph; tables that no key joins stay together, as the rest. */
function splitByKeys(tables: Tables): Tables[] {
  if (tables.length <= MAX_GROUP) return [tables];
  const neighbours = keyNeighbours(tables);
  const seen = new Set<IndexedTable>();
  const parts: Tables[] = [];
  const rest: IndexedTable[] = [];
  for (const table of tables) {
    if (seen.has(table)) continue;
    const part = isHub(table, neighbours) ? [table] : reach(table, neighbours);
    for (const one of part) seen.add(one);
    if (part.length === 1) rest.push(table);
    else parts.push(part);
  }
  return rest.length ? [...parts, rest] : parts;
}

const isHub = (table: IndexedTable, neighbours: Neighbours) => (neighbours.get(table)?.size ?? 0) > HUB;

function reach(start: IndexedTable, neighbours: Neighbours): IndexedTable[] {
  const found = new Set([start]);
  for (const table of found)
    for (const next of neighbours.get(table) ?? []) if (!isHub(next, neighbours)) found.add(next);
  return [...found].sort((a, b) => a.row - b.row);
}

/** Leader clustering: a table joins the first cluster whose first table is similar, unless that is full. */
function splitByKind(tables: Tables, similar: Similar): Tables[] {
  if (tables.length <= MAX_GROUP) return [tables];
  const clusters: { readonly leader: IndexedTable; readonly tables: IndexedTable[] }[] = [];
  for (const table of tables) {
    const home = clusters.find(
      (cluster) => cluster.tables.length < MAX_GROUP && similar(cluster.leader, table) >= ALIKE,
    );
    if (home) home.tables.push(table);
    else clusters.push({ leader: table, tables: [table] });
  }
  return clusters.map((cluster) => cluster.tables);
}
