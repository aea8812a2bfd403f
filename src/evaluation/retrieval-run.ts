// Measures the index itself: how it is built and how it ranks.
import { buildIndex } from '#schemas-index/index/build-index.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { memoryQuestions } from '#schemas-index/questions/memory-questions.ts';
import type { CalibrationCase } from '#schemas-index/retrieve/calibrate.ts';
import { embeddedHits, type IndexSearch, searchIndex } from '#schemas-index/retrieve/index-search.ts';
import { readQuestion } from '#schemas-index/retrieve/read-question.ts';
import { databaseLogits, type RetrieveOptions, rankTables, scoreGroups } from '#schemas-index/retrieve/retrieve.ts';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { KnownQuestion } from '#src/domain/known-question.ts';
import { DEFAULT_RETRIEVAL, type Retrieval } from '#src/domain/retrieval.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import type { BenchQuestion } from './data/questions.ts';
import { type RetrievalCase, rankedOf, twinKey } from './retrieval.ts';

export interface RetrievalPool {
  readonly catalogs: readonly DatabaseCatalog[];
  /** Catalogue ids of the tables, where gold tables are named by id. */
  readonly ids?: ReadonlyMap<Table, string>;
}

export async function indexPool(
  pool: RetrievalPool,
  ports: { readonly embedder: Embedder; readonly vectors: VectorStore },
  onProgress: (done: number, total: number) => void,
): Promise<{ readonly index: SchemaIndex; readonly seconds: number }> {
  const started = performance.now();
  const index = await buildIndex(pool.catalogs, ports, onProgress, new AbortController().signal);
  return { index, seconds: (performance.now() - started) / 1000 };
}

/** The vector of a question. */
export async function embeddingOf(text: string, embedder: Embedder): Promise<Float32Array> {
  const [vector] = await embedder.embed([text], undefined, 'question');
  if (!vector) throw new Error('the embedder gave no vector');
  return vector;
}

/** Ranks the pool's tables for a question; gives at least 15, if there are so many. */
export type Rank = (question: string, vector: Float32Array) => SchemaSlice | Promise<SchemaSlice>;

/** What is varied of the ranking. */
export type Variation = Pick<RetrieveOptions, 'without' | 'extras' | 'retrieval'>;

/** The ranking that the product uses, or a variation of it; with questions whose database is known, where there are any. */
export const productRank = (
  index: SchemaIndex,
  variation: Variation = {},
  known: readonly KnownQuestion[] = [],
): Rank => storeRank(index, async (request) => embeddedHits(index, request), variation, known);

/** The same ranking over what a store names. */
export function storeRank(
  index: SchemaIndex,
  search: IndexSearch,
  variation: Variation,
  known: readonly KnownQuestion[],
): Rank {
  const questions = memoryQuestions(known);
  return async (text, vector) => {
    const near = await questions.near({ text }, new AbortController().signal);
    const question = readQuestion(index, text, variation.extras?.synonyms);
    const columnWords = (variation.retrieval ?? DEFAULT_RETRIEVAL) !== 'groups';
    const hits = await search({ terms: question.terms, vector, columnWords });
    return rankTables(index, question, hits, { limit: 15, ...variation, near });
  };
}

/** Retrieves for every question as the product does: embed, then rank over all databases. */
export async function runRetrieval(
  pool: RetrievalPool,
  questions: readonly BenchQuestion[],
  embedder: Embedder,
  rank: Rank,
): Promise<RetrievalCase[]> {
  const databaseOf = new Map<string, string>();
  const shapes = new Map<string, string>();
  const within = (database: string, table: string) => JSON.stringify([database, table.toLowerCase()]);
  for (const catalog of pool.catalogs) {
    for (const table of catalog.tables) {
      const id = pool.ids?.get(table);
      if (id !== undefined) databaseOf.set(id, catalog.databaseId);
      shapes.set(id ?? within(catalog.databaseId, table.name), twinKey(table));
    }
  }
  const cases: RetrievalCase[] = [];
  for (const question of questions) {
    const started = performance.now();
    const slice = await rank(question.question, await embeddingOf(question.question, embedder));
    const ms = performance.now() - started;
    const gold = question.tables ?? [];
    const database = question.db_id ?? undefined;
    const goldDatabases = pool.ids ? gold.flatMap((id) => databaseOf.get(id) ?? []) : [database ?? ''];
    cases.push({
      ...(question.engine ? { engine: question.engine } : {}),
      gold,
      goldShapes: gold.map((name) => shapes.get(pool.ids ? name : within(database ?? '', name))),
      ...(pool.ids || database === undefined ? {} : { database }),
      ranked: rankedOf(slice, pool.ids),
      goldDatabases,
      rankedDatabases: slice.databases.map((one) => one.databaseId),
      ms,
    });
  }
  return cases;
}

/** For each question that names its database: the logits of all databases, and whether the first is the right one. */
export async function calibrationCases(
  index: SchemaIndex,
  questions: readonly BenchQuestion[],
  embedder: Embedder,
  retrieval: Retrieval,
  onQuestion: (done: number) => void,
): Promise<CalibrationCase[]> {
  const cases: CalibrationCase[] = [];
  for (const [at, { question: text, db_id }] of questions.entries()) {
    const { question, hits } = searchIndex(index, text, await embeddingOf(text, embedder), retrieval !== 'groups');
    const logits = databaseLogits(scoreGroups(index, question, hits, { retrieval }).groups);
    const [first] = logits.keys();
    cases.push({ logits: [...logits.values()], right: first?.catalog.databaseId === db_id });
    onQuestion(at + 1);
  }
  return cases;
}
