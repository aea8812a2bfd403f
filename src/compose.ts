import { createHash } from 'node:crypto';
import { openDatabase } from '#adapters/database/open-database.ts';
import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openOpenAiEmbedder } from '#adapters/embedder/open-openai-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { openModels } from '#adapters/model/open-models.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import { openSealedVault } from '#adapters/secrets/open-sealed-vault.ts';
import { lockState, type Release } from '#adapters/state/sqlite/lock-state.ts';
import { openSqliteAudit } from '#adapters/state/sqlite/open-sqlite-audit.ts';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { openQdrant } from '#adapters/vector/qdrant/open-qdrant.ts';
import { loadBank, removeExamples } from '#schemas-index/examples/bank-file.ts';
import { embeddedBanks } from '#schemas-index/examples/embedded-bank.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { loadCalibration, saveCalibration } from '#schemas-index/index/calibration-file.ts';
import { indexStamp, loadClusters, loadIndex, saveIndex } from '#schemas-index/index/index-file.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { publishIndex, type SharedTrouble, sharedSearch, withFallback } from '#schemas-index/index/shared-vectors.ts';
import { type Verification, verifyIndex } from '#schemas-index/index/verify-index.ts';
import { type Calibration, type CalibrationCase, fitCalibration } from '#schemas-index/retrieve/calibrate.ts';
import { type DenseSearch, embeddedHits } from '#schemas-index/retrieve/dense-search.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import { databaseLogits, scoreGroups } from '#schemas-index/retrieve/retrieve.ts';
import { covers } from './access/access-view.ts';
import { audienceAccessView, openReaderViews, type ReaderViews, readerOf } from './access/reader-views.ts';
import type { Config } from './config/env.ts';
import { pausedBecause } from './databases/register.ts';
import type { Reader } from './domain/access.ts';
import type { Answer } from './domain/answer.ts';
import { type Calendar, calendarAt } from './domain/calendar.ts';
import type { DatabaseCatalog } from './domain/catalog.ts';
import type { StepDetail } from './domain/edl.ts';
import type { Failure } from './domain/failure.ts';
import type { VerifiedAnswer } from './domain/past-answers.ts';
import { checkQuestion, OPERATOR, type Question, type Turn } from './domain/question.ts';
import { fail, ok, type Result } from './domain/result.ts';
import type { ResultTable, StatementLimits } from './domain/result-table.ts';
import type { SchemaSlice } from './domain/schema-slice.ts';
import { explainStep } from './edl/explain.ts';
import { judge, startGate } from './guard/judge.ts';
import { type AnswerOptions, type AnswerPorts, answer } from './pipeline/answer.ts';
import type { PipelineSettings } from './pipeline/settings.ts';
import { retrieve } from './pipeline/stages/retrieve.ts';
import { priceIn } from './pipeline/support/asking-price.ts';
import { makeExample } from './pipeline/support/examples/make-example.ts';
import { priorOf } from './pipeline/support/prior.ts';
import type { AuditLog } from './ports/audit.ts';
import type { Database } from './ports/database.ts';
import type { Embedder } from './ports/embedder.ts';
import type { Example, ExampleBank } from './ports/example-bank.ts';
import type { SecretVault } from './ports/secret-vault.ts';
import type { RegisteredDatabase, Store } from './ports/store.ts';
import { type VectorCollection, VectorsUnavailable } from './ports/vector-collection.ts';
import { auditAnswer, auditedDatabase, auditQuestion, personOf, type QuestionEntry } from './service/audited.ts';

export type IndexProgress = (step: string, done: number, total: number) => void;

/** The whole of Querent, put together from its configuration: what the command line, the bot and the demo hold. */
export interface Querent {
  readonly store: Store;
  readonly audit: AuditLog;
  readonly vault: SecretVault;
  readonly keepDays: Config['keepDays'];
  /** Slack users who are told what only an admin can mend. */
  readonly admins: readonly string[];
  /** Keeps other bots from this state until it is released or this process ends; the failure says who holds it. */
  holdState(): Result<Release>;
  /** Removes what was kept of a person, or of a whole workspace, in every store. */
  forget(teamId: string, userId?: string): { readonly runs: number; readonly entries: number };
  readonly embedder: Embedder;
  /** Opened on first use and kept; the failure says why it cannot be. */
  database(id: string, how?: 'even if paused'): Result<Database>;
  /** Extracts every database's catalog (or one) and, where a schema changed, builds the index anew. A database that fails is reported, not fatal. */
  index(options: IndexOptions, onProgress: IndexProgress, signal: AbortSignal): Promise<Result<IndexReport>>;
  /** Removes a database and all that is kept of it, but not the audit. A bot that runs lets go of it with its next question. */
  remove(id: string, onProgress: IndexProgress, signal: AbortSignal): Promise<Result<Removed>>;
  /** Checks the stored index, without mending it. */
  verify(signal: AbortSignal): Promise<Result<Verification>>;
  /** The calendar of a question that is asked now, by somebody in a time zone of their own or in the configured one. */
  calendar(timeZone?: string): Calendar;
  answer(question: Question, options: AnswerOptions, signal: AbortSignal): Promise<Answer>;
  /** The databases and tables that a question would be answered from, without answering it. */
  find(question: Question, limit: number, signal: AbortSignal): Promise<Result<SchemaSlice>>;
  /** Fits the probabilities of databases on questions of this company; stored with the index. */
  calibrate(
    labelled: readonly LabelledQuestion[],
    what: string,
    onProgress: IndexProgress,
    signal: AbortSignal,
  ): Promise<Result<Calibration>>;
  /** Runs the SQL of an answer again under other limits; it is judged anew, with the rights of who reads it. */
  rows(
    databaseId: string,
    sql: string,
    limits: StatementLimits,
    reader: Reader,
    signal: AbortSignal,
  ): Promise<Result<ResultTable>>;
  /** Whether a reader may see a query and what it reads. */
  permits(databaseId: string, sql: string, reader: Reader): Promise<boolean>;
  /** Whether everybody who reads a channel may see an answer that one of them asked for. */
  audienceCovers(answer: Answer, reader: Reader, how: 'posted' | 'shared'): Promise<boolean>;
  /** The catalog of an indexed database. */
  catalogOf(id: string): DatabaseCatalog | undefined;
  /** One step of the explanation of an answer's statement. */
  explainStep(databaseId: string, sql: string, step: number, reader: Reader): Promise<StepDetail | undefined>;
  /** Starts ahead of the first question what takes a while to start. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

/** A question whose right database is known, or one that is not it. */
export interface LabelledQuestion {
  readonly text: string;
  readonly databaseId: string;
  readonly right: boolean;
}

/** Labelled questions from which a calibration can be fitted at all. */
const FEWEST_CASES = 20;
/** A question back that nobody took up within this time counts as ignored. */
const TAKEN_UP_WITHIN_MS = 3_600_000;

const DROP_ALL = 'Once it is up, run `querent index --rebuild` twice, which drops what was published before.';

/** After a failure the vector server is left alone for so long. */
const RETRY_SHARED_MS = 30_000;

interface Ready {
  /** Of the stored index that it was made from. */
  readonly stamp: string;
  readonly index: SchemaIndex;
  /** The ports of one question: what its asker may see and nothing else. */
  readonly portsFor: (question: Question, signal: AbortSignal) => Promise<AnswerPorts>;
  readonly see: (reader: Reader, signal: AbortSignal) => Promise<ReaderViews>;
}

export interface IndexOptions {
  /** The one database to read again; all, if absent. */
  readonly only?: string;
  /** Builds even if no schema changed. */
  readonly rebuild?: boolean;
}

export interface IndexReport {
  /** False when no schema had changed and the index was left as it is. */
  readonly built: boolean;
  readonly databases: number;
  readonly tables: number;
  readonly columns: number;
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
}

/** What went with a database. */
export interface Removed {
  readonly questions: number;
  readonly examples: number;
  readonly warnings: readonly string[];
}

/** Catalogs in the order of their ids, fresh ones in the place of stored ones. */
function merged(stored: readonly DatabaseCatalog[], fresh: readonly DatabaseCatalog[]): DatabaseCatalog[] {
  const byId = new Map([...stored, ...fresh].map((catalog) => [catalog.databaseId, catalog]));
  return [...byId.values()].sort((a, b) => (a.databaseId < b.databaseId ? -1 : 1));
}

const sizeOf = (index: SchemaIndex) => ({ tables: index.tables.length, columns: index.tableOfColumn.length });

/** Marks the columns whose values an admin opened to search or closed to it. */
function withOpenValues(catalog: DatabaseCatalog, { searchValues = [], hideValues = [] }: RegisteredDatabase) {
  if (!searchValues.length && !hideValues.length) return catalog;
  const named = (list: readonly string[], table: string, column: string) =>
    list.some((one) => one.toLowerCase() === `${table}.${column}`.toLowerCase());
  const tables = catalog.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      ...(named(searchValues, table.name, column.name) ? { indexValues: true } : {}),
      ...(named(hideValues, table.name, column.name) ? { indexValues: false } : {}),
    })),
  }));
  return { ...catalog, tables };
}

type BankFor = (teamId: string, seen: ReaderViews) => Promise<ExampleBank>;

const VERDICTS_KEPT = 5_000;
const never = new AbortController().signal;

/** The databases that an answer without rows names. */
function namedIn(given: Answer, readable: readonly string[]): readonly string[] {
  switch (given.kind) {
    case 'clarification':
      return given.options.map((option) => option.databaseId);
    case 'catalog':
      return readable;
    case 'failure':
      if (given.failure.kind === 'unknown-database') return given.failure.known;
      if (given.failure.kind === 'none-left') return given.failure.turnedDown;
      return given.databaseId ? [given.databaseId] : given.databases.map((one) => one.databaseId);
    default:
      return [];
  }
}

export function compose(config: Config, log: (message: string) => void = (message) => console.error(message)): Querent {
  const store = openSqliteStore(config.stateFile);
  const audit = openSqliteAudit(config.auditFile);
  const vault = openSealedVault(store, config.keyFile);
  const now = () => new Date();
  const bare = config.embedder ? openOpenAiEmbedder(config.embedder) : openUseLite();
  const embedder = cachedEmbedder(bare, config.cacheFolder);
  const collection = config.qdrant && openQdrant(config.qdrant);
  const countTokens = openTokenizer();
  const models = config.model && openModels(config.model, config.home, countTokens);
  const settings: PipelineSettings = { ...config.pipeline, deadlineMs: config.answerTimeoutMs };
  /** What is open, with the registration that it was opened by. */
  const databases = new Map<string, { readonly registered: string; readonly database: Database }>();
  let ready: Promise<Result<Ready>> | undefined;

  function database(id: string, how?: 'even if paused'): Result<Database> {
    const paused = how ? undefined : pausedBecause(id, store);
    if (paused) return fail(paused);
    const registered = store.databases().find((one) => one.id === id);
    const known = databases.get(id);
    if (known && known.registered === JSON.stringify(registered)) return ok(known.database);
    letGo(id);
    if (!registered) return fail({ kind: 'unknown-database', name: id, known: store.databases().map((one) => one.id) });
    const opened = openDatabase(registered, config.environment, { vault, sqliteFolders: config.sqliteFolders });
    if (opened.ok) databases.set(id, { registered: JSON.stringify(registered), database: opened.value });
    return opened;
  }

  /** Closes what was opened by a registration that is no more. */
  function letGo(id: string): void {
    const known = databases.get(id);
    databases.delete(id);
    known?.database.close().catch(() => log(`${id} could not be closed`));
  }

  async function index(
    { only, rebuild }: IndexOptions,
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
    const fresh: DatabaseCatalog[] = [];
    for (const one of registered) {
      const extracted = await extract(one, onProgress, signal);
      if (extracted.ok) {
        fresh.push(extracted.value);
        warnings.push(...extracted.value.warnings);
      } else if (extracted.failure.kind === 'cancelled') return extracted;
      else failures.push(extracted.failure);
    }
    const catalogs = merged(store.catalogs(), fresh);
    // Catalogs are kept only together with their index: a build that is killed leaves the old ones, which still fit.
    const keepCatalogs = () => {
      const registered = new Set(store.databases().map((one) => one.id)); // one may have been removed meanwhile
      for (const catalog of fresh) if (registered.has(catalog.databaseId)) store.saveCatalog(catalog, new Date());
    };
    if (!catalogs.length) return fail(failures[0] ?? { kind: 'no-databases' });
    const before = await loadIndex(config.indexFolder, catalogs, embedder, embeddedVectors);
    const report = { databases: catalogs.length, failures, warnings };
    const settled = async (index: SchemaIndex, built: boolean) => {
      keepCatalogs();
      warnings.push(...(await share(index, built, onProgress, signal)));
      ready = Promise.resolve(ok(await readyWith(index)));
      return ok({ ...report, built, ...sizeOf(index) });
    };
    try {
      if (before.ok && !rebuild) return await settled(before.value, false);
      const built = await buildIndex(
        catalogs,
        { embedder, vectors: embeddedVectors },
        (done, total) => onProgress('reading names', done, total),
        signal,
        await loadClusters(config.indexFolder),
      );
      await saveIndex(config.indexFolder, built, embedder, embeddedVectors, new Date());
      return await settled(built, true);
    } catch (error) {
      if (signal.aborted) return fail({ kind: 'cancelled' });
      if ((error as Error).name === 'EmbedderUnavailable') return fail({ kind: 'embedder-unavailable', cause: error });
      throw error;
    }
  }

  /** Removes what is kept of a database, its part of the index last: what is left of that is told if it cannot be built. */
  async function remove(id: string, onProgress: IndexProgress, signal: AbortSignal): Promise<Result<Removed>> {
    const known = store.databases().map((one) => one.id);
    if (!known.includes(id)) return fail({ kind: 'unknown-database', name: id, known });
    const questions = store.removeDatabase(id);
    letGo(id);
    const examples = await removeExamples(config.examplesFile, id);
    const done = (warnings: readonly string[]) => ok({ questions, examples, warnings });
    try {
      // From the stored catalogs and without the clusters of before: nothing is read anew, and no name of it lives on as a label.
      const left = await buildIndex(
        store.catalogs(),
        { embedder, vectors: embeddedVectors },
        (built, total) => onProgress('reading names', built, total),
        signal,
      );
      await saveIndex(config.indexFolder, left, embedder, embeddedVectors, new Date());
      const warnings = await share(left, true, onProgress, signal, 'alone');
      ready = undefined;
      return done(warnings.length ? [`The vector server may still hold names of ${id}. ${DROP_ALL}`] : []);
    } catch (error) {
      if (!signal.aborted && (error as Error).name !== 'EmbedderUnavailable') throw error;
      return done([`The index could not be built without ${id} and still holds its names. Run \`querent index\`.`]);
    }
  }

  /** Publishes an index to the vector server, unless that has it. Returns what an admin should know. */
  async function share(
    made: SchemaIndex,
    again: boolean,
    onProgress: IndexProgress,
    signal: AbortSignal,
    alone?: 'alone',
  ): Promise<readonly string[]> {
    if (!collection) return [];
    const progress = (done: number, total: number) => onProgress('publishing', done, total);
    try {
      if (again || !(await sharedSearch(made, collection, embedder)))
        await publishIndex(made, collection, embedder, progress, signal, alone);
      return [];
    } catch (error) {
      if (!(error instanceof VectorsUnavailable)) throw error;
      return [
        'The vector server did not take the index (see QUERENT_QDRANT_URL); answers use the embedded copy. Run `querent index` once it is up.',
      ];
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
    return extracted.ok ? ok(withOpenValues(extracted.value, one)) : extracted;
  }

  /** The search in the shared collection, with the embedded copy behind it. */
  function searchOf(index: SchemaIndex, from: VectorCollection): DenseSearch {
    const onTrouble = (trouble: SharedTrouble) =>
      log(
        trouble === 'another index'
          ? 'the vector server holds another index; run `querent index` to publish this one'
          : 'the vector server does not answer; retrieval goes on from the embedded copy',
      );
    const options = { now: Date.now, retryMs: RETRY_SHARED_MS, onTrouble };
    return withFallback(index, () => sharedSearch(index, from, embedder), options);
  }

  /** The shipped examples, and the answers that people of the asker's workspace verified and the asker may see. */
  async function bankOver({ databases: indexed }: SchemaIndex): Promise<BankFor> {
    const banks = embeddedBanks(await loadBank(config.examplesFile), embedder);
    const catalogs = new Map(indexed.map(({ catalog }) => [catalog.databaseId, catalog]));
    const made = new Map<string, Example | undefined>();
    const exampleOf = ({ text, databaseId, sql }: VerifiedAnswer) => {
      const key = `${databaseId}\n${sql}\n${text}`;
      const catalog = catalogs.get(databaseId);
      if (!made.has(key)) made.set(key, catalog && makeExample({ question: text, sql, verified: true }, catalog));
      return made.get(key) ?? [];
    };
    return async (teamId, seen) => {
      const shown: Example[] = [];
      const { userId = '' } = seen.reader;
      for (const verified of store.verifiedAnswers(teamId, userId, config.approvers)) {
        if (await mayRead(verified.databaseId, verified.sql, seen)) shown.push(...[exampleOf(verified)].flat());
      }
      return banks(shown);
    };
  }

  const policyVersion = () =>
    createHash('sha256').update(JSON.stringify(store.accessRules())).digest('hex').slice(0, 16);

  const entryOf = (question: Question & { readonly runId: string }, seen: ReaderViews): QuestionEntry => ({
    run: question.runId,
    who: personOf(question),
    question: question.text,
    keepText: config.auditQuestions,
    scopeDigest: seen.digest,
    policyVersion: policyVersion(),
  });

  /** Why none of these databases is used now; nothing where one is. */
  function paused(ids: readonly string[]): Failure | undefined {
    const reasons = ids.map((id) => pausedBecause(id, store));
    return reasons.length && reasons.every(Boolean) ? reasons[0] : undefined;
  }

  /** Database time of the last hour, of the asker and of where they ask (CAP-3). The operator has no limit. */
  function overHourlyBudget({ asker, channelId }: Question): Failure | undefined {
    if (asker.teamId === OPERATOR.teamId) return undefined;
    const since = new Date(now().getTime() - 3_600_000);
    const { userSeconds, channelSeconds } = config.hourlyBudget;
    if (audit.engineMs({ userId: asker.userId }, asker.teamId, since) > 1_000 * userSeconds)
      return { kind: 'over-budget', whose: 'you', seconds: userSeconds };
    if (channelId !== undefined && audit.engineMs({ channelId }, asker.teamId, since) > 1_000 * channelSeconds)
      return { kind: 'over-budget', whose: 'channel', seconds: channelSeconds };
    return undefined;
  }

  const enginesKnown = () => [...new Set(store.catalogs().map((catalog) => catalog.engine))];

  /** Verdicts on queries that are looked at again and again, by what is seen and the query. */
  const verdicts = new Map<string, boolean>();

  /** May somebody see this query? A database that is seen whole has no query that may not. */
  async function mayRead(databaseId: string, sql: string, seen: ReaderViews): Promise<boolean> {
    const scope = seen.scopeOf(databaseId);
    if (!scope) return false;
    if (!seen.isPartial(databaseId)) return true;
    const key = `${seen.digest}\n${databaseId}\n${sql}`;
    const known = verdicts.get(key) ?? (await judge(sql, scope.engine, scope)).ok;
    if (verdicts.size > VERDICTS_KEPT) verdicts.clear();
    verdicts.set(key, known);
    return known;
  }

  /** Earlier turns of a thread may be other people's: what this asker may not see of them is left out. */
  async function turnsSeen(turns: readonly Turn[], seen: ReaderViews): Promise<Turn[]> {
    const shown: Turn[] = [];
    for (const turn of turns) {
      const { databaseId, sql } = turn;
      const open =
        databaseId === undefined || (sql ? await mayRead(databaseId, sql, seen) : seen.readable.includes(databaseId));
      if (open) shown.push(turn);
    }
    return shown;
  }

  async function readyWith(index: SchemaIndex): Promise<Ready> {
    const stamp = await indexStamp(config.indexFolder);
    const calibration = await loadCalibration(config.indexFolder);
    const search = collection && searchOf(index, collection);
    const whole = indexRetriever(index, embedder, { calibration, ...(search ? { search } : {}) });
    const see = openReaderViews({
      index,
      whole,
      calibration,
      embedder,
      rules: () => store.accessRules(),
      databases: () => store.databases(),
    });
    const bank = models && (await bankOver(index));
    const shared = {
      ...(models ? { models } : {}),
      countTokens,
      factsOf: (id: string) => {
        const owner = store.databases().find((one) => one.id === id)?.owner;
        const readAt = store.readAt(id);
        return { ...(owner ? { owner } : {}), ...(readAt ? { readAt } : {}) };
      },
      pastAnswers: ({ asker }: Question) => store.pastAnswers(asker.teamId),
      askingPrice: ({ asker, channelId }: Question) => {
        const base = config.questionPrice;
        if (channelId === undefined) return base;
        return priceIn(base, store.askedBack(asker.teamId, channelId, new Date(Date.now() - TAKEN_UP_WITHIN_MS)));
      },
    };
    const portsFor = async (question: Question, signal: AbortSignal): Promise<AnswerPorts> => {
      const seen = await see(readerOf(question), signal);
      const about = { run: question.runId ?? 'none', who: personOf(question), scopeDigest: seen.digest };
      const banked = await bank?.(question.asker.teamId, seen);
      return {
        ...shared,
        database: (id) => {
          const opened = database(id);
          return opened.ok ? auditedDatabase(opened.value, audit, about, now) : undefined;
        },
        retriever: seen.retriever,
        readable: () => seen.readable.filter((id) => !pausedBecause(id, store)),
        scopeOf: seen.scopeOf,
        ...(banked ? { bankFor: () => banked } : {}),
      };
    };
    return { index, portsFor, see, stamp };
  }

  /** The index of the registered databases; built on the spot when it is missing, refused when it does not fit. */
  async function prepare(signal: AbortSignal): Promise<Result<Ready>> {
    if (!store.databases().length) return fail({ kind: 'no-databases' });
    const loaded = await loadIndex(config.indexFolder, store.catalogs(), embedder, embeddedVectors);
    if (loaded.ok) return ok(await readyWith(loaded.value));
    if (loaded.failure.kind !== 'index-missing') return loaded;
    const built = await index({}, () => undefined, signal);
    return built.ok && ready ? ready : built.ok ? fail({ kind: 'index-missing' }) : built;
  }

  /** What answers need, made on first use; what failed is tried again the next time. */
  async function held(signal: AbortSignal): Promise<Result<Ready>> {
    await reloadIfChanged();
    ready ??= prepare(signal);
    const made = await ready;
    if (!made.ok) ready = undefined;
    return made;
  }

  /** Another process may have built an index or calibrated it since: that one is loaded, and used if it fits. */
  async function reloadIfChanged(): Promise<void> {
    if (!ready) return;
    const held = await ready;
    if (!held.ok || held.value.stamp === (await indexStamp(config.indexFolder))) return;
    const loaded = await loadIndex(config.indexFolder, store.catalogs(), embedder, embeddedVectors);
    if (loaded.ok) ready = Promise.resolve(ok(await readyWith(loaded.value)));
  }

  return {
    store,
    audit,
    vault,
    keepDays: config.keepDays,
    admins: config.admins,
    holdState: () => lockState(config.lockFile, now()),
    forget: (teamId, userId) => ({
      runs: store.forget(teamId, userId),
      entries: audit.forget(teamId, userId, now()),
    }),
    embedder,
    database,
    index,
    remove,
    async answer(question, options, signal) {
      // A command has one question, and the gate starts while its databases are looked for.
      void startGate(enginesKnown(), { withSpare: false });
      const made = await held(signal);
      if (!made.ok) return { kind: 'failure', question, failure: made.failure, databases: [], trace: [] };
      const seen = await made.value.see(readerOf(question), signal);
      const runId = question.runId ?? crypto.randomUUID();
      const asked = { ...question, runId, earlier: await turnsSeen(question.earlier, seen) };
      const failed = (failure: Failure): Answer => ({ kind: 'failure', question, failure, databases: [], trace: [] });
      const refusal =
        auditQuestion(
          audit,
          { ...entryOf(asked, seen), ...(config.model ? { model: config.model.name } : {}) },
          now(),
        ) ??
        overHourlyBudget(asked) ??
        paused(question.databaseId === undefined ? seen.readable : [question.databaseId]);
      if (refusal) return failed(refusal);
      const given = await answer(asked, await made.value.portsFor(asked, signal), { settings, ...options }, signal);
      const unwritten = auditAnswer(audit, runId, given, now());
      return unwritten ? failed(unwritten) : given;
    },
    calendar: (timeZone) => calendarAt(now(), config.calendar, timeZone),
    async find(question, limit, signal) {
      const checked = checkQuestion(question.text);
      if (!checked.ok) return checked;
      const made = await held(signal);
      if (!made.ok) return made;
      const { text, notDatabases } = question;
      const ports = await made.value.portsFor(question, signal);
      const prior = priorOf(question, ports.pastAnswers(question));
      return retrieve({ text, readable: ports.readable(question), notDatabases, limit, prior }, ports, signal);
    },
    async verify(signal) {
      if (!store.databases().length) return fail({ kind: 'no-databases' });
      const loaded = await loadIndex(config.indexFolder, store.catalogs(), embedder, embeddedVectors);
      return loaded.ok ? ok(await verifyIndex(loaded.value, bare, signal)) : loaded;
    },
    async calibrate(labelled, what, onProgress, signal) {
      const made = await held(signal);
      if (!made.ok) return made;
      const { index: over } = made.value;
      const known = labelled.filter((one) =>
        over.databases.some(({ catalog }) => catalog.databaseId === one.databaseId),
      );
      const cases: CalibrationCase[] = [];
      for (const [at, { text, databaseId, right }] of known.entries()) {
        if (signal.aborted) return fail({ kind: 'cancelled' });
        const [vector] = await embedder.embed([text], signal);
        const logits = databaseLogits(over, scoreGroups(over, text, embeddedHits(over, vector!), {}).groups);
        const first = over.databases[[...logits.keys()][0]!]!.catalog.databaseId;
        // Of a wrong database only that it is wrong is known: it says something about the first pick if it was that.
        if (right || first === databaseId)
          cases.push({ logits: [...logits.values()], right: right && first === databaseId });
        onProgress('read', at + 1, known.length);
      }
      if (cases.length < FEWEST_CASES)
        return fail({ kind: 'too-few-cases', found: cases.length, needed: FEWEST_CASES });
      const calibration = fitCalibration(cases, what, await loadCalibration(config.indexFolder));
      await saveCalibration(config.indexFolder, calibration);
      ready = undefined;
      return ok(calibration);
    },
    async rows(databaseId, sql, limits, reader, signal) {
      const opened = database(databaseId);
      const made = await held(signal);
      if (!opened.ok) return opened;
      if (!made.ok) return made;
      const scope = (await made.value.see(reader, signal)).scopeOf(databaseId);
      if (!scope) return fail({ kind: 'no-access', database: databaseId });
      const judged = await judge(sql, opened.value.engine, scope);
      if (!judged.ok) return judged;
      const { teamId, userId = 'unknown', channelId } = reader;
      const who = { teamId, userId, ...(channelId === undefined ? {} : { channelId }) };
      const about = { run: 'export', who, scopeDigest: (await made.value.see(reader, signal)).digest };
      return auditedDatabase(opened.value, audit, about, now).run(judged.value, limits, signal);
    },
    async permits(databaseId, sql, reader) {
      const made = await held(never);
      const scope = made.ok ? (await made.value.see(reader, never)).scopeOf(databaseId) : undefined;
      return scope !== undefined && (await judge(sql, scope.engine, scope)).ok;
    },
    async audienceCovers(given, { teamId, userId, groups, channelId }, how) {
      if (channelId === undefined) return true;
      const made = await held(never);
      if (!made.ok) return false;
      const seen = await made.value.see(
        { teamId, channelId, ...(userId ? { userId } : {}), ...(groups ? { groups } : {}) },
        never,
      );
      const catalogOf = (id: string) => store.catalogs().find((one) => one.databaseId === id);
      const viewOf = (id: string) => {
        const catalog = catalogOf(id);
        return catalog && audienceAccessView(catalog, store.accessRules(), { teamId, channelId }, how);
      };
      if (given.kind === 'answer' || given.kind === 'outcomes') {
        const queries = given.kind === 'answer' ? [given.sql] : given.outcomes.map(({ sql }) => sql);
        const view = viewOf(given.databaseId);
        const scope = seen.scopeOf(given.databaseId);
        if (!view || !scope) return false;
        for (const sql of queries) {
          const judged = await judge(sql, scope.engine, scope);
          if (!judged.ok || !covers(view, judged.value.tables)) return false;
        }
        return true;
      }
      // Questions back, lists and failures name databases and tables of them: the audience must see those whole.
      const named = namedIn(given, seen.readable);
      return named.every((id) => {
        const view = viewOf(id);
        const scope = seen.scopeOf(id);
        return view !== undefined && (scope === undefined || covers(view, scope.tables));
      });
    },
    catalogOf: (id) => store.catalogs().find((catalog) => catalog.databaseId === id),
    async explainStep(databaseId, sql, step, reader) {
      const made = await held(never);
      if (!made.ok) return undefined;
      const { scopeOf, retriever } = await made.value.see(reader, never);
      const scope = scopeOf(databaseId);
      const catalog = retriever.catalogOf(databaseId);
      if (!scope || !catalog || !(await judge(sql, scope.engine, scope)).ok) return undefined;
      return explainStep(sql, catalog.engine, step, catalog);
    },
    warm: () => startGate(enginesKnown()),
    async close() {
      await Promise.all([...databases.values()].map(({ database: one }) => one.close()));
      await embedder.close();
      store.close();
      audit.close();
    },
  };
}
