import { createHash } from 'node:crypto';
import type { Embedder } from '#src/ports/embedder.ts';
import type {
  IndexMetadata,
  Payload,
  Point,
  SparseVector,
  VectorCollection,
  WordWeights,
} from '#src/ports/vector-collection.ts';
import { clusterSizeOf } from '../cluster/column-clusters.ts';
import type { Bm25 } from './bm25.ts';
import { columnBm25 } from './column-words.ts';
import { digestOf, groupsAsRows } from './index-file.ts';
import type { IndexedTable, IndexOutline, SchemaIndex } from './schema-index.ts';
import { embedTexts } from './text-vectors.ts';
import { TEXT_VERSION } from './texts.ts';
import { textsOf, type VectorSource, vectorOf, vectorRows } from './vector-rows.ts';

/** All points of this deployment; one collection may hold those of several. */
export const WORKSPACE = 'default';
const CHUNK = 512;

/** What a generation says that it was made with: one is searched only by whoever holds the very index. */
export function madeOf(index: IndexOutline, embedder: Pick<Embedder, 'id' | 'dimensions'>): IndexMetadata {
  return {
    embedder: embedder.id,
    dimensions: embedder.dimensions,
    textVersion: TEXT_VERSION,
    catalogs: digestOf(index.databases.map(({ catalog }) => catalog)),
    groups: createHash('sha256')
      .update(JSON.stringify(groupsAsRows(index.groups).map(({ database, tables }) => [database, tables])))
      .digest('hex'),
  };
}

/** Writes an index's vectors and words to a shared collection, and publishes them when all are there; `alone`: nothing else stays. */
export async function publishIndex(
  index: SchemaIndex,
  collection: VectorCollection,
  embedder: Embedder,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
  alone?: 'alone',
): Promise<void> {
  const points = pointsOf(index);
  const generation = await collection.begin(madeOf(index, embedder));
  let done = 0;
  for (let at = 0; at < points.length; at += CHUNK) {
    signal.throwIfAborted();
    const chunk = points.slice(at, at + CHUNK);
    const sources = chunk.map(({ source }) => source);
    const vectors = await embedTexts(embedder, textsOf(sources), signal); // from the cache: the index was built with them
    await generation.upsert(
      chunk.map(({ source, ...point }): Point => ({ ...point, dense: vectorOf(source, vectors) })),
    );
    done += chunk.length;
    onProgress(done, points.length);
  }
  await generation.publish(alone);
}

/** A point without its dense vector, and what that is made of. */
interface PointSource extends Omit<Point, 'dense'> {
  readonly source: VectorSource;
}

/** An id says the kind of a point and its row in the index that it was made from. */
const KINDS: readonly Payload['kind'][] = ['table', 'column', 'group'];
const ROWS = 2 ** 32;
const idOf = (kind: Payload['kind'], row: number): number => KINDS.indexOf(kind) * ROWS + row;
export const rowOf = (id: number): number => id % ROWS;

function pointsOf(index: SchemaIndex): PointSource[] {
  const rows = vectorRows(index);
  const words = wordsByTable(index);
  const columnWords = wordsByRow(columnBm25(index), index.columnTexts.length);
  const places = (tables: readonly IndexedTable[]) => ({
    database: distinct(tables.map(({ database }) => database.catalog.databaseId)),
    schema: distinct(tables.map(schemaId)),
    table: distinct(tables.map(tableId)),
  });
  const tables = rows.tables.map((source, row): PointSource => {
    const own = index.tables[row];
    const weights = words[row] ?? {};
    const payload = { workspace: WORKSPACE, kind: 'table' as const, ...places(own ? [own] : []), words: weights };
    return { source, id: idOf('table', row), sparse: sparseOf(weights), payload };
  });
  const columns = rows.columns.map((source, row): PointSource => {
    const cluster = index.clusters.clusterOf.get(source.text);
    return {
      source,
      id: idOf('column', row),
      sparse: sparseOf(columnWords[row] ?? {}),
      payload: {
        workspace: WORKSPACE,
        kind: 'column',
        ...places((index.columnTexts[row]?.columns ?? []).map(({ table }) => table)),
        ...(cluster === undefined ? {} : { cluster, clusterSize: clusterSizeOf(index.clusters, source.text) }),
      },
    };
  });
  const groups = rows.groups.map((source, row): PointSource => {
    const own = places(index.groups[row]?.tables ?? []);
    const payload = { workspace: WORKSPACE, kind: 'group' as const, ...own, database: source.owners };
    return { source, id: idOf('group', row), payload };
  });
  return [...tables, ...columns, ...groups];
}

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)];
export const schemaId = ({ database, table }: IndexedTable): string =>
  JSON.stringify([database.catalog.databaseId, table.schema ?? '']);
export const tableId = ({ database, table }: IndexedTable): string =>
  JSON.stringify([database.catalog.databaseId, table.schema ?? '', table.name]);

/** What each word of every table weighs, by the table's row. */
function wordsByTable({
  tables,
  bm25,
  mentions,
}: SchemaIndex): Readonly<Record<string, [bm25: number, place: number]>>[] {
  const words = wordsByRow(bm25, tables.length);
  for (const [stem, mentioned] of mentions)
    mentioned.forEach((row, weight) => {
      const own = words[row];
      if (own) own[stem] = [own[stem]?.[0] ?? 0, weight];
    });
  return words;
}

/** What each word of every document weighs in BM25, and nothing by its place. */
function wordsByRow(bm25: Bm25, rows: number): Record<string, [bm25: number, place: number]>[] {
  const words = Array.from({ length: rows }, (): Record<string, [number, number]> => Object.create(null));
  for (const [stem, posting] of bm25.postings())
    posting.forEach((row, weight) => {
      const own = words[row];
      if (own) own[stem] = [weight, 0];
    });
  return words;
}

/** A word in a place that BM25 does not count weighs little, so that the table is named, behind those that it counts. */
const PLACE_ALONE = 0.01;

/** BM25 weights of words without their rarity, which the server works out (sources.md#qdrant). */
export function sparseOf(words: WordWeights): SparseVector {
  const weights = new Map<number, number>();
  for (const [word, [weight]] of Object.entries(words)) {
    const number = termNumber(word);
    weights.set(number, Math.max(weights.get(number) ?? 0, weight || PLACE_ALONE));
  }
  return { indices: [...weights.keys()], values: [...weights.values()] };
}

/** A 32-bit number for a word, the same in tables and questions. */
function termNumber(word: string): number {
  return createHash('sha256').update(word).digest().readUInt32LE(0);
}
