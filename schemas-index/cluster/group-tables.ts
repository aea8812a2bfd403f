import type { IndexedWords, TableGroup } from '../index/schema-index.ts';
import { keyNeighbours } from './keys.ts';

/** A database of more tables is split, and its parts too: what questions are about lies in a few tables, however many others there are. */
export const MAX_GROUP = 60;
/** Tables with more keys than this join everything with everything (calendar, users); they do not hold a part together. */
const HUB = 12;
/** Cosine above which two tables of a database are of one kind. */
const ALIKE = 0.75;

type Similar = (a: number, b: number) => number;

/**
 * The groups that retrieval scores. A database is one group while it is small. A large one falls into its schemas; a large
 * schema into the tables that keys connect, hubs left out; what is large still, into clusters of similar tables.
 */
export function groupTables(words: IndexedWords, similar: Similar): TableGroup[] {
  return words.databases.flatMap(({ firstTable, tableCount }, database) => {
    const rows = Array.from({ length: tableCount }, (_, at) => firstTable + at);
    return splitBySchema(words, rows)
      .flatMap((part) => splitByKeys(words, part))
      .flatMap((part) => splitByKind(part, similar))
      .map((tables) => ({ database, tables }));
  });
}

function splitBySchema({ tables }: IndexedWords, rows: readonly number[]): (readonly number[])[] {
  if (rows.length <= MAX_GROUP) return [rows];
  return [...Map.groupBy(rows, (row) => tables[row]!.table.schema ?? '').values()];
}

/** Components of the key graph; tables that no key joins stay together, as the rest. */
function splitByKeys(words: IndexedWords, rows: readonly number[]): (readonly number[])[] {
  if (rows.length <= MAX_GROUP) return [rows];
  const neighbours = keyNeighbours(words, rows);
  const isHub = (row: number) => neighbours.get(row)!.size > HUB;
  const seen = new Set<number>();
  const parts: number[][] = [];
  const rest: number[] = [];
  for (const row of rows) {
    if (seen.has(row)) continue;
    const part = isHub(row) ? [row] : reach(row, neighbours, isHub);
    for (const one of part) seen.add(one);
    if (part.length === 1) rest.push(row);
    else parts.push(part);
  }
  return rest.length ? [...parts, rest] : parts;
}

function reach(
  start: number,
  neighbours: ReadonlyMap<number, ReadonlySet<number>>,
  isHub: (row: number) => boolean,
): number[] {
  const found = new Set([start]);
  for (const row of found) for (const next of neighbours.get(row)!) if (!isHub(next)) found.add(next);
  return [...found].sort((a, b) => a - b);
}

/** Leader clustering: a table joins the first cluster whose first table is similar, unless that is full. */
function splitByKind(rows: readonly number[], similar: Similar): (readonly number[])[] {
  if (rows.length <= MAX_GROUP) return [rows];
  const clusters: number[][] = [];
  for (const row of rows) {
    const home = clusters.find((cluster) => cluster.length < MAX_GROUP && similar(cluster[0]!, row) >= ALIKE);
    if (home) home.push(row);
    else clusters.push([row]);
  }
  return clusters;
}
