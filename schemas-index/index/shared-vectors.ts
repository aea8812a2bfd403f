import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { IndexMetadata, Payload, Point, SparseVector, VectorCollection } from '#src/ports/vector-collection.ts';
import type { VectorHit } from '#src/ports/vector-index.ts';
import { type DenseHits, type DenseSearch, embeddedHits, NEIGHBOURS } from '../retrieve/dense-search.ts';
import { Bm25 } from './bm25.ts';
import { type VectorRow, vectorRows } from './build-index.ts';
import { digestOf, groupsAsRows } from './index-file.ts';
import type { IndexedTable, SchemaIndex } from './schema-index.ts';
import { embedTexts } from './text-vectors.ts';
import { TEXT_VERSION } from './texts.ts';

/** All points of this deployment; one collection may hold those of several. */
const WORKSPACE = 'default';
const CHUNK = 512;

function madeOf(index: SchemaIndex, embedder: Pick<Embedder, 'id' | 'dimensions'>): IndexMetadata {
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
  const rows = vectorRows(index);
  const sets = [pointsOf('table', rows.tables), pointsOf('column', rows.columns), pointsOf('group', rows.groups)];
  const total = sets.reduce((sum, set) => sum + set.length, 0);
  const generation = await collection.begin(madeOf(index, embedder));
  let done = 0;
  for (const set of sets) {
    for (let at = 0; at < set.length; at += CHUNK) {
      signal.throwIfAborted();
      const chunk = set.slice(at, at + CHUNK);
      const texts = chunk.map(({ text }) => text);
      const vectors = await embedTexts(embedder, texts, signal); // from the cache: the index was built with them
      await generation.upsert(chunk.map(({ text, ...point }): Point => ({ ...point, dense: vectors.of(text) })));
      done += chunk.length;
      onProgress(done, total);
    }
  }
  await generation.publish(alone);
}

/** A point without its dense vector, and the text that it is embedded from. */
interface PointText extends Omit<Point, 'dense'> {
  readonly text: string;
  readonly sparse: SparseVector;
}

function pointsOf(kind: Payload['kind'], rows: readonly VectorRow[]): PointText[] {
  const sparse = sparseVectors(rows.map(({ text }) => text));
  return rows.map(({ text, owners, table }, row) => ({
    text,
    id: idOf(`${WORKSPACE}\n${kind}\n${row}`),
    sparse: sparse.get(row) ?? { indices: [], values: [] },
    payload: { workspace: WORKSPACE, database: owners, kind, table: table ? tableId(table) : '', row },
  }));
}

const tableId = ({ database, table }: IndexedTable): string =>
  `${database.catalog.databaseId}.${table.schema ?? ''}.${table.name}`;

/** Searches the published generation, if it was made from this very index, and that one whatever is published later. */
export async function sharedSearch(
  index: SchemaIndex,
  collection: VectorCollection,
  embedder: Pick<Embedder, 'id' | 'dimensions'>,
): Promise<DenseSearch | undefined> {
  const wanted = madeOf(index, embedder);
  const found = await collection.published();
  if (!found || !isDeepStrictEqual(found.made, wanted)) return undefined;
  return async (question, databases) => {
    const near = async (kind: 'table' | 'column' | 'group', limit: number): Promise<VectorHit[]> => {
      const filter = {
        workspace: [WORKSPACE],
        kind: [kind],
        ...(databases ? { database: [...databases] } : {}),
      };
      const points = await found.search({ dense: question, filter, limit });
      return points.map(({ payload: { row }, score }) => ({ row, score }));
    };
    const [tables, columns, groups] = await Promise.all([
      near('table', NEIGHBOURS.tables),
      near('column', NEIGHBOURS.columns),
      near('group', NEIGHBOURS.groups),
    ]);
    return { tables, columns, groups };
  };
}

/** Why the shared collection is not searched. */
export type SharedTrouble = 'not answering' | 'another index';

/**
 * Searches elsewhere, and in the index's own copy while that is of no use: answers go on. `look` finds the search that fits the
 * index; what it gave is kept until it fails, and then, or where it gave none, it looks again after a while. `onTrouble` is told
 * once an outage.
 */
export function withFallback(
  index: SchemaIndex,
  look: () => Promise<DenseSearch | undefined>,
  options: {
    readonly now: () => number;
    readonly retryMs: number;
    readonly onTrouble: (trouble: SharedTrouble) => void;
  },
): DenseSearch {
  let found: Promise<DenseSearch | undefined> | undefined;
  let lookAgainAt = Number.NEGATIVE_INFINITY;
  let told: SharedTrouble | undefined;
  const giveUp = (trouble: SharedTrouble) => {
    found = undefined;
    lookAgainAt = options.now() + options.retryMs;
    if (told !== trouble) options.onTrouble(trouble);
    told = trouble;
  };
  return async (question, databases): Promise<DenseHits> => {
    if (found || options.now() >= lookAgainAt) {
      found ??= look();
      const held = found;
      try {
        const search = await held;
        if (search) {
          const hits = await search(question, databases);
          told = undefined;
          return hits;
        }
        if (found === held) giveUp('another index');
      } catch {
        if (found === held) giveUp('not answering');
      }
    }
    return embeddedHits(index, question, databases);
  };
}

/** BM25 weights of each text's terms without their rarity, which the server works out (sources.md#qdrant), by the text's row. */
function sparseVectors(texts: readonly string[]): ReadonlyMap<number, SparseVector> {
  const bm25 = new Bm25(texts.map((text) => [{ terms: splitIdentifier(text).map(stem), weight: 1, b: 0.75 }]));
  const vectors = new Map<number, { readonly indices: number[]; readonly values: number[] }>();
  for (const [term, posting] of bm25.postings()) {
    const number = termNumber(term);
    posting.forEach((row, weight) => {
      const vector = vectors.get(row) ?? { indices: [], values: [] };
      vector.indices.push(number);
      vector.values.push(weight);
      vectors.set(row, vector);
    });
  }
  return vectors;
}

/** A 32-bit number for a term, the same in documents and questions. */
function termNumber(term: string): number {
  return createHash('sha256').update(term).digest().readUInt32LE(0);
}

/** A UUID (version 5 in form) that is the same for the same name. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
