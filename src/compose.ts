import { openDatabase } from '#adapters/database/open-database.ts';
import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openOpenAiEmbedder } from '#adapters/embedder/open-openai-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { loadIndex, saveIndex } from '#schemas-index/index/index-file.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import type { Config } from './config.ts';
import type { Answer } from './domain/answer.ts';
import type { DatabaseCatalog } from './domain/catalog.ts';
import type { StepDetail } from './domain/edl.ts';
import type { Failure } from './domain/failure.ts';
import { checkQuestion, type Question } from './domain/question.ts';
import { fail, ok, type Result } from './domain/result.ts';
import type { ResultTable, RunLimits } from './domain/result-table.ts';
import type { SchemaSlice } from './domain/schema-slice.ts';
import { explainStep } from './edl/explain.ts';
import { judge } from './guard/judge.ts';
import { wholeCatalog } from './guard/scope.ts';
import { type AnswerOptions, type AnswerPorts, answer } from './pipeline/answer.ts';
import { retrieve } from './pipeline/retrieve.ts';
import type { Database } from './ports/database.ts';
import type { Embedder } from './ports/embedder.ts';
import type { RegisteredDatabase, Store } from './ports/store.ts';

export type IndexProgress = (step: string, done: number, total: number) => void;

/** The whole of Querent, put together from its configuration: what the command line, the bot and the demo hold. */
export interface Querent {
  readonly store: Store;
  readonly embedder: Embedder;
  /** Opened on first use and kept; the failure says why it cannot be. */
  database(id: string): Result<Database>;
  /** Extracts every database's catalog (or one) and builds the index. A database that fails is reported, not fatal. */
  index(only: string | undefined, onProgress: IndexProgress, signal: AbortSignal): Promise<Result<IndexReport>>;
  answer(question: Question, options: AnswerOptions, signal: AbortSignal): Promise<Answer>;
  /** The databases and tables that a question would be answered from, without answering it. */
  find(question: Question, limit: number, signal: AbortSignal): Promise<Result<SchemaSlice>>;
  /** Runs the SQL of an answer again under other limits; it is judged anew. */
  rows(databaseId: string, sql: string, limits: RunLimits, signal: AbortSignal): Promise<Result<ResultTable>>;
  /** The catalog of an indexed database. */
  catalogOf(id: string): DatabaseCatalog | undefined;
  /** One step of the explanation of an answer's statement. */
  explainStep(databaseId: string, sql: string, step: number): StepDetail | undefined;
  close(): Promise<void>;
}

export interface IndexReport {
  readonly databases: number;
  readonly tables: number;
  readonly columns: number;
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
}

export function compose(config: Config): Querent {
  const store = openSqliteStore(config.stateFile);
  const embedder = cachedEmbedder(
    config.embedder ? openOpenAiEmbedder(config.embedder) : openUseLite(),
    config.cacheFolder,
  );
  const databases = new Map<string, Database>();
  let ports: Promise<Result<AnswerPorts>> | undefined;

  function database(id: string): Result<Database> {
    const known = databases.get(id);
    if (known) return ok(known);
    const registered = store.databases().find((one) => one.id === id);
    if (!registered) return fail({ kind: 'unknown-database', name: id, known: store.databases().map((one) => one.id) });
    const opened = openDatabase(registered, config.environment);
    if (opened.ok) databases.set(id, opened.value);
    return opened;
  }

  async function index(
    only: string | undefined,
    onProgress: IndexProgress,
    signal: AbortSignal,
  ): Promise<Result<IndexReport>> {
    const registered = store.databases().filter((one) => only === undefined || one.id === only);
    if (!registered.length)
      return fail(
        only
          ? { kind: 'unknown-database', name: only, known: store.databases().map((one) => one.id) }
          : { kind: 'no-databases' },
      );
    const failures: Failure[] = [];
    const warnings: string[] = [];
    for (const one of registered) {
      const extracted = await extract(one, onProgress, signal);
      if (extracted.ok) warnings.push(...extracted.value.warnings);
      else if (extracted.failure.kind === 'cancelled') return extracted;
      else failures.push(extracted.failure);
    }
    const catalogs = store.catalogs();
    if (!catalogs.length) return fail(failures[0] ?? { kind: 'no-databases' });
    try {
      const built = await buildIndex(
        catalogs,
        { embedder, vectors: embeddedVectors },
        (done, total) => onProgress('reading names', done, total),
        signal,
      );
      await saveIndex(config.indexFolder, built, embedder, embeddedVectors, new Date());
      ports = Promise.resolve(ok(portsOf(indexRetriever(built, embedder))));
      return ok({
        databases: catalogs.length,
        tables: built.tables.length,
        columns: built.tableOfColumn.length,
        failures,
        warnings,
      });
    } catch (error) {
      if (signal.aborted) return fail({ kind: 'cancelled' });
      if ((error as Error).name === 'EmbedderUnavailable') return fail({ kind: 'embedder-unavailable', cause: error });
      throw error;
    }
  }

  async function extract(
    one: RegisteredDatabase,
    onProgress: IndexProgress,
    signal: AbortSignal,
  ): Promise<Result<DatabaseCatalog>> {
    const opened = database(one.id);
    if (!opened.ok) return opened;
    const extracted = await opened.value.catalog({ onTable: (done, total) => onProgress(one.id, done, total) }, signal);
    if (extracted.ok) store.saveCatalog(extracted.value, new Date());
    return extracted;
  }

  const portsOf = (retriever: AnswerPorts['retriever']): AnswerPorts => ({
    retriever,
    database: (id) => {
      const opened = database(id);
      return opened.ok ? opened.value : undefined;
    },
    // Everybody may read every registered database until access grants come; a narrower rule goes here and nowhere else.
    readable: () => store.catalogs().map((catalog) => catalog.databaseId),
  });

  /** The index of the registered databases; built on the spot when it is missing, refused when it does not fit. */
  async function ready(signal: AbortSignal): Promise<Result<AnswerPorts>> {
    if (!store.databases().length) return fail({ kind: 'no-databases' });
    const loaded = await loadIndex(config.indexFolder, store.catalogs(), embedder, embeddedVectors);
    if (loaded.ok) return ok(portsOf(indexRetriever(loaded.value, embedder)));
    if (loaded.failure.kind !== 'index-missing') return loaded;
    const built = await index(undefined, () => undefined, signal);
    return built.ok && ports ? ports : built.ok ? fail({ kind: 'index-missing' }) : built;
  }

  /** The ports, made on first use; what failed is tried again the next time. */
  async function held(signal: AbortSignal): Promise<Result<AnswerPorts>> {
    ports ??= ready(signal);
    const made = await ports;
    if (!made.ok) ports = undefined;
    return made;
  }

  return {
    store,
    embedder,
    database,
    index,
    async answer(question, options, signal) {
      const made = await held(signal);
      return made.ok
        ? answer(question, made.value, options, signal)
        : { kind: 'failure', question, failure: made.failure, databases: [], trace: [] };
    },
    async find(question, limit, signal) {
      const checked = checkQuestion(question.text);
      if (!checked.ok) return checked;
      const made = await held(signal);
      if (!made.ok) return made;
      const { text, notDatabases } = question;
      return retrieve({ text, readable: made.value.readable(question), notDatabases, limit }, made.value, signal);
    },
    async rows(databaseId, sql, limits, signal) {
      const opened = database(databaseId);
      const catalog = store.catalogs().find((one) => one.databaseId === databaseId);
      if (!opened.ok) return opened;
      if (!catalog) return fail({ kind: 'index-missing' });
      const judged = await judge(sql, opened.value.engine, wholeCatalog(catalog));
      return judged.ok ? opened.value.run(judged.value, limits, signal) : judged;
    },
    catalogOf: (id) => store.catalogs().find((catalog) => catalog.databaseId === id),
    explainStep(databaseId, sql, step) {
      const catalog = store.catalogs().find((one) => one.databaseId === databaseId);
      return catalog && explainStep(sql, catalog.engine, step, catalog);
    },
    async close() {
      await Promise.all([...databases.values()].map((one) => one.close()));
      await embedder.close();
      store.close();
    },
  };
}
