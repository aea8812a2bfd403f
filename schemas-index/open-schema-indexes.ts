import { LRUCache } from 'lru-cache';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { LabelledQuestion } from '#src/domain/past-answers.ts';
import type { Progress } from '#src/domain/progress.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Retrieval } from '#src/domain/retrieval.ts';
import { type Embedder, EmbedderUnavailable } from '#src/ports/embedder.ts';
import type { CalibrationFit, LoadedIndex, ReadableParts, SchemaIndexes } from '#src/ports/schema-indexes.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { type VectorCollection, VectorsUnavailable } from '#src/ports/vector-collection.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import { buildIndex } from './index/build-index.ts';
import { loadCalibration, saveCalibration } from './index/calibration-file.ts';
import { indexStamp, loadClusters, loadIndex, loadOutline, saveIndex } from './index/index-file.ts';
import { publishIndex } from './index/publish-index.ts';
import { type IndexOutline, indexNames, outlineOf, type SchemaIndex } from './index/schema-index.ts';
import { type SharedTrouble, sharedStore, withFallback } from './index/shared-vectors.ts';
import { embedQuestion } from './index/text-vectors.ts';
import { verifyIndex } from './index/verify-index.ts';
import { type CalibrationCase, fitCalibration } from './retrieve/calibrate.ts';
import { indexRetriever, outlineRetriever, type RetrieverOptions, valuesOf } from './retrieve/index-retriever.ts';
import { embeddedStore, type IndexStore } from './retrieve/index-search.ts';
import { showsWholeTables } from './retrieve/narrow-index.ts';
import { readQuestion } from './retrieve/read-question.ts';
import { databaseLogits, scoreGroups } from './retrieve/retrieve.ts';
import { scopedRetriever } from './retrieve/scoped-retriever.ts';

export interface SchemaIndexesOptions {
  readonly folder: string;
  /** How tables are ranked. */
  readonly retrieval: Retrieval;
  readonly embedder: Embedder;
  /** The same without its cache: vectors are embedded anew to check those that are kept. */
  readonly uncached: Embedder;
  readonly vectors: VectorStore;
  /** The vector server that replicas share. */
  readonly collection?: VectorCollection;
  /** Whether a copy of the words and vectors is held behind that server; it is, if absent. */
  readonly copy?: boolean;
  /** After a failure the vector server is left alone for so long; 30 s, if absent. */
  readonly retrySharedMs?: number;
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

/** Views and indexes of parts that are kept; the one used longest ago makes room. */
const PARTIAL_KEPT = 16;
const RETRY_SHARED_MS = 30_000;
/** Labelled questions from which a calibration can be fitted at all. */
const FEWEST_CASES = 20;

const TROUBLE: Readonly<Record<SharedTrouble, string>> = {
  'another index': 'the vector server holds another index; run `querent index` to publish this one',
  'not answering': 'the vector server does not answer; retrieval goes on from the embedded copy',
};

const TROUBLE_ALONE: Readonly<Record<SharedTrouble, string>> = {
  'another index':
    'the vector server holds another index, and no copy is kept here; run `querent index` to publish this one',
  'not answering': 'the vector server does not answer, and no copy of the index is kept here',
};

/** The index in a folder, with its copy on a vector server where one is configured. */
export function openSchemaIndexes(options: SchemaIndexesOptions): SchemaIndexes {
  const { folder, embedder, uncached, vectors, collection, now } = options;
  const whole = (catalogs: readonly DatabaseCatalog[]) => loadIndex(folder, catalogs, embedder, vectors);
  return {
    stamp: () => indexStamp(folder),
    async load(catalogs) {
      // before it is read: what takes its place from now on has another
      const stamp = await indexStamp(folder);
      if (!collection || options.copy !== false) {
        const loaded = await whole(catalogs);
        return loaded.ok ? ok(await loadedIndex(heldWhole(loaded.value, stamp), options)) : loaded;
      }
      const loaded = await loadOutline(folder, catalogs, embedder);
      if (!loaded.ok) return loaded;
      if (await isElsewhere(loaded.value, collection, embedder)) return fail({ kind: 'index-unpublished' });
      return ok(await loadedIndex({ stamp, outline: loaded.value, whole: () => whole(catalogs) }, options));
    },
    async build(catalogs, { forgetNames }, onProgress, signal) {
      try {
        const built = await buildIndex(
          catalogs,
          { embedder, vectors },
          (done, total) => onProgress('reading names', done, total),
          signal,
          forgetNames ? undefined : await loadClusters(folder),
        );
        const stamp = await saveIndex(folder, built, embedder, vectors, now());
        if (!collection || options.copy !== false) return ok(await loadedIndex(heldWhole(built, stamp), options));
        // What it was built with is let go of once it is published.
        const { vocabulary } = indexNames(catalogs);
        return ok(
          await loadedIndex(
            { stamp, outline: outlineOf({ ...built, vocabulary }), whole: () => whole(catalogs) },
            options,
          ),
        );
      } catch (error) {
        return failed(error, signal);
      }
    },
    async verify(catalogs, signal) {
      const loaded = await whole(catalogs);
      return loaded.ok ? ok(await verifyIndex(loaded.value, uncached, signal)) : loaded;
    },
  };
}

/** An index as it is held: its names, its own store where it has one, and how all of it is had for publishing. */
interface Held {
  /** Of the very files that it was read from or written to. */
  readonly stamp: string;
  readonly outline: IndexOutline;
  readonly copy?: IndexStore;
  readonly whole: () => Promise<Result<SchemaIndex>>;
}

const heldWhole = (index: SchemaIndex, stamp: string): Held => ({
  stamp,
  outline: index,
  copy: embeddedStore(index),
  whole: async () => ok(index),
});

/** Whether a server that answers holds no generation of an index. */
async function isElsewhere(
  outline: IndexOutline,
  collection: VectorCollection,
  embedder: Pick<Embedder, 'id' | 'dimensions'>,
): Promise<boolean> {
  try {
    return (await sharedStore(outline, collection, embedder)) === undefined;
  } catch (error) {
    if (!(error instanceof VectorsUnavailable)) throw error;
    return false; // it is told where a question needs it
  }
}

/** The failure that an embedding ended with; another error is thrown on. */
function failed(error: unknown, signal: AbortSignal): Result<never> {
  if (signal.aborted) return fail({ kind: 'cancelled' });
  if (error instanceof EmbedderUnavailable) return fail({ kind: 'embedder-unavailable', cause: error });
  throw error;
}

async function loadedIndex({ stamp, outline, copy, whole }: Held, options: SchemaIndexesOptions): Promise<LoadedIndex> {
  const { folder, retrieval, embedder, vectors, collection } = options;
  const calibration = await loadCalibration(folder, retrieval);
  const store = storeOf(outline, copy, options);
  const over: RetrieverOptions = { retrieval, calibration, values: valuesOf(outline), store };
  const overAll = outlineRetriever(outline, embedder, over);
  const partialOver = partialIndexes(embedder, vectors, { retrieval, calibration });
  const narrowed = new LRUCache<string, SchemaRetriever>({ max: PARTIAL_KEPT });
  /** The index under a filter of tables; nothing is made anew for it. */
  function narrowedTo(parts: readonly DatabaseCatalog[], key: string): SchemaRetriever {
    const made = narrowed.get(key) ?? outlineRetriever(outline, embedder, { ...over, parts });
    narrowed.set(key, made);
    return made;
  }
  return {
    stamp,
    catalogs: outline.databases.map(({ catalog }) => catalog),
    tables: outline.tables.length,
    columns: outline.columnCount,
    hasCopy: copy !== undefined,
    async retrieverFor({ wholeIds, partial, key }: ReadableParts, signal) {
      const byTable = partial.filter((part) => showsWholeTables(outline, part));
      const byColumn = partial.filter((part) => !byTable.includes(part));
      return scopedRetriever({
        whole: byTable.length ? narrowedTo(byTable, key) : overAll,
        wholeIds: new Set([...wholeIds, ...byTable.map(({ databaseId }) => databaseId)]),
        partialIds: new Set(byColumn.map(({ databaseId }) => databaseId)),
        ...(byColumn.length ? { partial: await partialOver(key, byColumn, signal) } : {}),
        calibration,
      });
    },
    async publish({ again, alone }, onProgress, signal) {
      if (!collection) return 'not-configured';
      try {
        const progress = (done: number, total: number) => onProgress('publishing', done, total);
        if (!again && !alone && (await sharedStore(outline, collection, embedder))) return 'published';
        const index = await whole();
        if (!index.ok) return 'not-answering'; // another took its place, and is published by whoever built it
        await publishIndex(index.value, collection, embedder, progress, signal, alone ? 'alone' : undefined);
        return 'published';
      } catch (error) {
        if (!(error instanceof VectorsUnavailable)) throw error;
        return 'not-answering';
      }
    },
    calibrate: (labelled, what, onProgress, signal) =>
      calibrateOn(outline, store, labelled, { what, folder, embedder, retrieval }, onProgress, signal).catch(
        (error: unknown) => failed(error, signal),
      ),
  };
}

/** The index's own store, or the shared one with that behind it. */
function storeOf(
  outline: IndexOutline,
  copy: IndexStore | undefined,
  { collection, embedder, retrySharedMs = RETRY_SHARED_MS, log }: SchemaIndexesOptions,
): IndexStore {
  if (!collection) {
    if (!copy) throw new Error('an index without a server has a store of its own');
    return copy;
  }
  return withFallback(copy, () => sharedStore(outline, collection, embedder), {
    now: Date.now,
    retryMs: retrySharedMs,
    onTrouble: (trouble) => log(copy ? TROUBLE[trouble] : TROUBLE_ALONE[trouble]),
  });
}

type PartialOver = (key: string, catalogs: readonly DatabaseCatalog[], signal: AbortSignal) => Promise<SchemaRetriever>;

/**
 * Indexes of databases of which readers see only some columns: what such a table says of itself is another text, so no filter over
 * the whole index will do. Each is made on first use, from embeddings that are kept, and held in memory alone.
 */
function partialIndexes(
  embedder: Embedder,
  vectors: VectorStore,
  ranking: Partial<Pick<RetrieverOptions, 'retrieval' | 'calibration'>>,
): PartialOver {
  const held = new LRUCache<string, Promise<SchemaRetriever>>({ max: PARTIAL_KEPT });
  return (key, catalogs, signal) => {
    const known = held.get(key);
    if (known) return known;
    const made = buildIndex(catalogs, { embedder, vectors }, () => undefined, signal).then((built) =>
      indexRetriever(built, embedder, ranking),
    );
    made.catch(() => held.delete(key));
    held.set(key, made);
    return made;
  };
}

async function calibrateOn(
  index: IndexOutline,
  store: IndexStore,
  labelled: readonly LabelledQuestion[],
  {
    what,
    folder,
    embedder,
    retrieval,
  }: Pick<SchemaIndexesOptions, 'folder' | 'embedder' | 'retrieval'> & { readonly what: string },
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Result<CalibrationFit>> {
  const known = labelled.filter((one) => index.databases.some(({ catalog }) => catalog.databaseId === one.databaseId));
  const cases: CalibrationCase[] = [];
  for (const [at, { text, databaseId, right }] of known.entries()) {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    const question = readQuestion(index, text);
    const vector = await embedQuestion(embedder, text, signal);
    const hits = await store.search({ terms: question.terms, vector, columnWords: retrieval !== 'groups' });
    const logits = databaseLogits(scoreGroups(index, question, hits, { retrieval }).groups);
    const [best] = logits.keys();
    const first = best?.catalog.databaseId;
    // Of a wrong database only that it is wrong is known: it says something about the first pick if it was that.
    if (right || first === databaseId)
      cases.push({ logits: [...logits.values()], right: right && first === databaseId });
    onProgress('read', at + 1, known.length);
  }
  if (cases.length < FEWEST_CASES) return fail({ kind: 'too-few-cases', found: cases.length, needed: FEWEST_CASES });
  const calibration = fitCalibration(cases, what, await loadCalibration(folder, retrieval));
  await saveCalibration(folder, calibration);
  const { questions, right } = calibration.fittedOn;
  return ok({ questions, right });
}
