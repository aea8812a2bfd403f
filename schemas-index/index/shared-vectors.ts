import { createHash } from 'node:crypto';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { Made, Point, SparseVector, VectorCollection } from '#src/ports/vector-collection.ts';
import type { VectorHit } from '#src/ports/vector-index.ts';
import { type DenseHits, type DenseSearch, embeddedHits, NEIGHBOURS } from '../retrieve/dense-search.ts';
import { Bm25 } from './bm25.ts';
import { columnTextsOf, ownersOf, tableTextsOf } from './build-index.ts';
import { digestOf } from './index-file.ts';
import type { SchemaIndex } from './schema-index.ts';
import { groupSentence, TEXT_VERSION } from './texts.ts';

/** All points of this deployment; one collection may hold those of several. */
const WORKSPACE = 'default';
const CHUNK = 512;

function madeOf(index: SchemaIndex, embedder: Pick<Embedder, 'id' | 'dimensions'>): Made {
  return {
    embedder: embedder.id,
    dimensions: embedder.dimensions,
    textVersion: TEXT_VERSION,
    catalogs: digestOf(index.databases.map(({ catalog }) => catalog)),
  };
}

/** Writes an index's vectors and words to a shared collection, and publishes them when all are there. */
export async function publishIndex(
  index: SchemaIndex,
  collection: VectorCollection,
  embedder: Embedder,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { texts, columnsOfText } = columnTextsOf(index);
  const owners = ownersOf(index, index.groups, columnsOfText);
  const tableId = (row: number) => {
    const { database, table } = index.tables[row]!;
    return `${index.databases[database]!.catalog.databaseId}.${table.schema ?? ''}.${table.name}`;
  };
  const sets = [
    { kind: 'table' as const, texts: tableTextsOf(index), owners: owners.tables, table: tableId },
    {
      kind: 'column' as const,
      texts,
      owners: owners.columns,
      table: (row: number) => tableId(index.tableOfColumn[columnsOfText[row]![0]!]!),
    },
    {
      kind: 'group' as const,
      texts: index.groups.map((group) => groupSentence(index, group)),
      owners: owners.groups,
      table: (row: number) => tableId(index.groups[row]!.tables[0]!),
    },
  ];
  const total = sets.reduce((sum, set) => sum + set.texts.length, 0);
  const generation = await collection.begin(madeOf(index, embedder));
  let done = 0;
  for (const set of sets) {
    const sparse = sparseVectors(set.texts);
    for (let at = 0; at < set.texts.length; at += CHUNK) {
      signal.throwIfAborted();
      const chunk = set.texts.slice(at, at + CHUNK);
      const vectors = await embedder.embed(chunk, signal); // from the cache: the index was built with them
      const points = chunk.map((_, offset): Point => {
        const row = at + offset;
        return {
          id: idOf(`${WORKSPACE}\n${set.kind}\n${row}`),
          dense: vectors[offset]!,
          sparse: sparse[row]!,
          payload: { workspace: WORKSPACE, database: set.owners[row]!, kind: set.kind, table: set.table(row), row },
        };
      });
      await generation.upsert(points);
      done += chunk.length;
      onProgress(done, total);
    }
  }
  await generation.publish();
}

/** Searches the shared collection; `undefined` where it was not made from this very index. */
export async function sharedSearch(
  index: SchemaIndex,
  collection: VectorCollection,
  embedder: Pick<Embedder, 'id' | 'dimensions'>,
): Promise<DenseSearch | undefined> {
  const wanted = madeOf(index, embedder);
  const found = await collection.made();
  const same =
    found?.catalogs === wanted.catalogs &&
    found.embedder === wanted.embedder &&
    found.dimensions === wanted.dimensions &&
    found.textVersion === wanted.textVersion;
  if (!same) return undefined;
  return async (question, databases) => {
    const near = async (kind: 'table' | 'column' | 'group', limit: number): Promise<VectorHit[]> => {
      const filter = {
        workspace: [WORKSPACE],
        kind: [kind],
        ...(databases ? { database: [...databases] } : {}),
      };
      const points = await collection.search({ dense: question, filter, limit });
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

/**
 * Searches elsewhere, and in the index's own copy when that fails: answers go on. `onTrouble` is told once an outage, and the
 * other search is tried again after a while.
 */
export function withFallback(
  index: SchemaIndex,
  search: DenseSearch,
  options: { readonly now: () => number; readonly retryMs: number; readonly onTrouble: (error: unknown) => void },
): DenseSearch {
  let downUntil = 0;
  return async (question, databases): Promise<DenseHits> => {
    if (options.now() >= downUntil) {
      try {
        return await search(question, databases);
      } catch (error) {
        downUntil = options.now() + options.retryMs;
        options.onTrouble(error);
      }
    }
    return embeddedHits(index, question, databases);
  };
}

/** BM25 weights of each text's terms without their rarity, which the server works out (specs/tech.md section 4). */
function sparseVectors(texts: readonly string[]): SparseVector[] {
  const bm25 = new Bm25(texts.map((text) => [{ terms: splitIdentifier(text).map(stem), weight: 1, b: 0.75 }]));
  const vectors = texts.map(() => ({ indices: [] as number[], values: [] as number[] }));
  for (const [term, { documents, weights }] of bm25.postings()) {
    const number = termNumber(term);
    for (const [at, document] of documents.entries()) {
      vectors[document]!.indices.push(number);
      vectors[document]!.values.push(weights[at]!);
    }
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
