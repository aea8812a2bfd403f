import { setTimeout as sleep } from 'node:timers/promises';
import { openReaderViews, type ReaderViews, type ViewsOf } from '#src/access/reader-views.ts';
import type { Connections } from '#src/databases/connections.ts';
import { databasesToRead, mergedCatalogs, readCatalogs } from '#src/databases/read-catalogs.ts';
import type { Reader } from '#src/domain/access.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { describedCatalog } from '#src/domain/description.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { nearCopiesAmong } from '#src/domain/near-copies.ts';
import type { LabelledQuestion } from '#src/domain/past-answers.ts';
import type { Progress } from '#src/domain/progress.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { CalibrationFit, IndexVerification, LoadedIndex } from '#src/ports/schema-indexes.ts';
import type { ServiceParts } from './parts.ts';

export interface IndexOptions {
  /** The one database to read again; all, if absent. */
  readonly only?: DatabaseId;
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
  /** Databases that hold nearly the same tables, a family each. */
  readonly copies: readonly (readonly DatabaseId[])[];
}

/** The life of the index: read, built, held, taken up anew when another process changed it. */
export interface IndexService {
  /** Extracts every database's catalog (or one) and, where a schema changed, builds the index anew. A database that fails is reported, not fatal. */
  build(options: IndexOptions, onProgress: Progress, signal: AbortSignal): Promise<Result<IndexReport>>;
  /** Builds it anew without a database that is no more; what an admin should know. */
  leaveOut(id: DatabaseId, onProgress: Progress, signal: AbortSignal): Promise<readonly string[]>;
  /** Builds it anew with a database under the name that it has now; what an admin should know. */
  takeUpName(before: DatabaseId, onProgress: Progress, signal: AbortSignal): Promise<readonly string[]>;
  /** Takes up what the company says of its data now, and builds it anew where that changed; what an admin should know. */
  takeUpWords(onProgress: Progress, signal: AbortSignal): Promise<readonly string[]>;
  /** Checks the kept index, without mending it. */
  verify(signal: AbortSignal): Promise<Result<IndexVerification>>;
  /** Fits the probabilities of databases on questions of this company; kept with the index. */
  calibrate(
    labelled: readonly LabelledQuestion[],
    what: string,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<Result<CalibrationFit>>;
  /** The index that answers are given from; built on the spot when it is missing, refused when it does not fit. */
  held(signal: AbortSignal): Promise<Result<HeldIndex>>;
  /** The catalog of an indexed database. */
  catalogOf(id: DatabaseId): Promise<DatabaseCatalog | undefined>;
}

export interface HeldIndex {
  readonly index: LoadedIndex;
  /** What a reader may see of it now. */
  viewsOf(reader: Reader, signal: AbortSignal): Promise<ReaderViews>;
}

type Parts = Pick<ServiceParts, 'store' | 'indexes' | 'clock'>;

/** How often an index that does not fit is looked at again before one is built in its place. */
const LOOKS = 10;
const LOOK_MS = 100;
/** What another process is about to mend: it keeps catalogs and publishes after the index is in its place. */
const BETWEEN: ReadonlySet<Failure['kind']> = new Set(['index-missing', 'index-unpublished']);

const NOT_TAKEN =
  'The vector server did not take the index (see QUERENT_QDRANT_URL). Run `querent index` once it is up; until then answers use the embedded copy, where one is kept.';
const MAY_HOLD_NAMES = (id: DatabaseId) =>
  `The vector server may still hold names of ${id}. Once it is up, run \`querent index --rebuild\` twice, which drops what was published before.`;
const STILL_HOLDS_NAMES = (id: DatabaseId) =>
  `The index could not be built without ${id} and still holds its names. Run \`querent index\`.`;
const WORDS_NOT_TAKEN =
  'It is kept, but the index could not be built with it: it counts from the next `querent index` on.';
const DOES_NOT_FIT =
  'The index could not be built under the new name. No question is answered from it until it is: run `querent index`.';

function hold({ store, clock }: Pick<Parts, 'store' | 'clock'>, index: LoadedIndex): HeldIndex {
  const views: ViewsOf = openReaderViews(index);
  return {
    index,
    viewsOf: async (reader, signal) =>
      views(reader, await store.accessRules(), await store.databases(), clock.now(), signal),
  };
}

export function openIndexService({ store, indexes, clock }: Parts, connections: Connections): IndexService {
  let ready: Promise<Result<HeldIndex>> | undefined;

  const build: IndexService['build'] = async ({ only, rebuild }, onProgress, signal) => {
    const wanted = await databasesToRead(only, store);
    const read = wanted.ok ? await readCatalogs(wanted.value, connections, onProgress, signal) : wanted;
    if (!read.ok) return read;
    const { fresh, failures } = read.value;
    const catalogs = await inCompanyWords(mergedCatalogs(await store.catalogs(), fresh), store);
    if (!catalogs.length) return fail(failures[0] ?? { kind: 'no-databases' });
    const before = rebuild ? undefined : await indexes.load(catalogs);
    const made = before?.ok ? before : await indexes.build(catalogs, {}, onProgress, signal);
    if (!made.ok) return made;
    const built = !before?.ok;
    await keepCatalogs(catalogs, fresh, store, clock.now());
    const published = await made.value.publish({ again: built }, onProgress, signal);
    // What only a server could search that did not take it is not taken up either: answers go on from the one before.
    if (published !== 'not-answering' || made.value.hasCopy)
      ready = Promise.resolve(ok(hold({ store, clock }, made.value)));
    return ok({
      built,
      databases: catalogs.length,
      tables: made.value.tables,
      columns: made.value.columns,
      failures,
      warnings: [...fresh.flatMap((one) => one.warnings), ...(published === 'not-answering' ? [NOT_TAKEN] : [])],
      copies: nearCopiesAmong(catalogs).families,
    });
  };

  async function prepare(signal: AbortSignal): Promise<Result<HeldIndex>> {
    if (!(await store.databases()).length) return fail({ kind: 'no-databases' });
    const loaded = await loadSettled({ store, indexes }, signal);
    if (loaded.ok) return ok(hold({ store, clock }, loaded.value));
    if (loaded.failure.kind !== 'index-missing') return loaded;
    const built = await build({}, () => undefined, signal);
    if (!built.ok) return built;
    return ready ?? fail({ kind: 'index-missing' });
  }

  /** Another process may have built an index or calibrated it since: that one is loaded, and used if it fits. */
  async function takeUpNewer(): Promise<void> {
    const held = await ready?.catch(() => undefined);
    if (!held?.ok || held.value.index.stamp === (await indexes.stamp())) return;
    const loaded = await indexes.load(await store.catalogs());
    if (loaded.ok) ready = Promise.resolve(ok(hold({ store, clock }, loaded.value)));
  }

  const held: IndexService['held'] = async (signal) => {
    await takeUpNewer();
    ready ??= prepare(signal);
    const making = ready;
    let made: Result<HeldIndex> | undefined;
    try {
      made = await making;
      return made;
    } finally {
      // What failed or rejected is tried again the next time.
      if (!made?.ok && ready === making) ready = undefined;
    }
  };

  /** Builds from the stored catalogs: nothing is read anew, and no name that is no more lives on as a cluster's label. */
  async function buildAnew(
    gone: DatabaseId,
    notBuilt: string,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    try {
      const built = await indexes.build(await store.catalogs(), { forgetNames: true }, onProgress, signal);
      if (!built.ok) return [notBuilt];
      const published = await built.value.publish({ alone: true }, onProgress, signal);
      return published === 'not-answering' ? [MAY_HOLD_NAMES(gone)] : [];
    } finally {
      ready = undefined;
    }
  }

  return {
    build,
    held,
    leaveOut: (id, onProgress, signal) => buildAnew(id, STILL_HOLDS_NAMES(id), onProgress, signal),
    async takeUpWords(onProgress, signal) {
      const { index, warnings } = await builtInWords({ store, indexes, clock }, onProgress, signal);
      if (index) ready = Promise.resolve(ok(hold({ store, clock }, index)));
      return warnings;
    },
    takeUpName: (before, onProgress, signal) => buildAnew(before, DOES_NOT_FIT, onProgress, signal),
    async verify(signal) {
      if (!(await store.databases()).length) return fail({ kind: 'no-databases' });
      return indexes.verify(await store.catalogs(), signal);
    },
    async calibrate(labelled, what, onProgress, signal) {
      const made = await held(signal);
      if (!made.ok) return made;
      const fitted = await made.value.index.calibrate(labelled, what, onProgress, signal);
      ready = undefined;
      return fitted;
    },
    async catalogOf(id) {
      return (await store.catalogs()).find((catalog) => catalog.databaseId === id);
    },
  };
}

/** The kept index. Another process that has put one into its place is about to keep the catalogs that it was made from. */
async function loadSettled(
  { store, indexes }: Pick<Parts, 'store' | 'indexes'>,
  signal: AbortSignal,
): Promise<Result<LoadedIndex>> {
  for (let left = LOOKS; ; left -= 1) {
    const loaded = await indexes.load(await store.catalogs());
    const isBetween = !loaded.ok && BETWEEN.has(loaded.failure.kind) && (await indexes.stamp()).trim() !== '';
    if (!isBetween || !left || signal.aborted) return loaded;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The index over the stored catalogs in the company's words of now; nothing where it was built of these already. */
async function builtInWords(
  { store, indexes, clock }: Parts,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<{ readonly index?: LoadedIndex; readonly warnings: readonly string[] }> {
  const catalogs = await inCompanyWords(await store.catalogs(), store);
  if (!catalogs.length || (await indexes.load(catalogs)).ok) return { warnings: [] };
  const made = await indexes.build(catalogs, {}, onProgress, signal);
  if (!made.ok) return { warnings: [WORDS_NOT_TAKEN] };
  await keepCatalogs(catalogs, [], store, clock.now());
  const published = await made.value.publish({ again: true }, onProgress, signal);
  return { index: made.value, warnings: published === 'not-answering' ? [NOT_TAKEN] : [] };
}

/** Catalogs with what the company says of its tables and columns. */
async function inCompanyWords(
  catalogs: readonly DatabaseCatalog[],
  store: ServiceParts['store'],
): Promise<readonly DatabaseCatalog[]> {
  const descriptions = await store.descriptions();
  return catalogs.map((catalog) => describedCatalog(catalog, descriptions));
}

/**
 * Catalogs are kept only together with their index, all at once: a build that is killed leaves the old ones, which still fit. One that
 * was not read just now is no fresher for being kept.
 */
async function keepCatalogs(
  catalogs: readonly DatabaseCatalog[],
  fresh: readonly DatabaseCatalog[],
  store: ServiceParts['store'],
  at: Date,
): Promise<void> {
  const read: (readonly [DatabaseCatalog, Date])[] = [];
  for (const catalog of catalogs) {
    const { databaseId } = catalog;
    const isFresh = fresh.some((one) => one.databaseId === databaseId);
    read.push([catalog, (isFresh ? undefined : await store.readAt(databaseId)) ?? at]);
  }
  await store.saveCatalogs(read);
}
