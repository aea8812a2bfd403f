import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import { type ColumnCluster, type ColumnClusters, NO_CLUSTERS } from '../cluster/column-clusters.ts';
import { columnTextsOf } from './build-index.ts';
import { carryCalibration } from './calibration-file.ts';
import {
  type IndexedNames,
  type IndexOutline,
  indexNames,
  indexWords,
  type SchemaIndex,
  type TableGroup,
} from './schema-index.ts';
import { TEXT_VERSION } from './texts.ts';
import { type VectorSet, vectorRows } from './vector-rows.ts';

const Spread = z.object({ mean: z.number(), deviation: z.number().positive() });

const Manifest = z.object({
  version: z.literal(4),
  embedder: z.string(),
  dimensions: z.number(),
  textVersion: z.number(),
  /** Digest of the catalogs that the vectors were made from, in order. */
  catalogs: z.string(),
  /** Where the cosines of questions lie among the texts of each set. */
  spreads: z.object({ tables: Spread, columns: Spread, groups: Spread }),
  /** Rows of each vector file; a file of another size was cut short. */
  rows: z.object({ tables: z.number(), columns: z.number(), groups: z.number() }),
  /** The tables of each group, as rows of the index. */
  groups: z.array(z.object({ database: z.number(), tables: z.array(z.number()) })),
  /** The distinct column texts in the order of their vectors, the cluster of each, and the clusters. */
  textOfRow: z.array(z.string()),
  clusterOfText: z.array(z.number()),
  clusters: z.array(z.object({ id: z.number(), size: z.number(), label: z.string() })),
  builtAt: z.string(),
});

type StoredGroup = z.infer<typeof Manifest>['groups'][number];

/** Groups as they are stored and compared: their databases and tables by their rows. */
export const groupsAsRows = (groups: readonly TableGroup[]): StoredGroup[] =>
  groups.map(({ database, tables }) => ({ database: database.row, tables: tables.map(({ row }) => row) }));

/** Stored groups among the tables of an index; undefined when one of them has a row that the index lacks. */
function groupsFromRows(stored: readonly StoredGroup[], words: IndexedNames): TableGroup[] | undefined {
  const groups = stored.flatMap((group): TableGroup[] => {
    const database = words.databases[group.database];
    const tables = group.tables.flatMap((row) => words.tables[row] ?? []);
    return database && tables.length === group.tables.length ? [{ database, tables }] : [];
  });
  return groups.length === stored.length ? groups : undefined;
}

export function digestOf(catalogs: readonly DatabaseCatalog[]): string {
  const hash = createHash('sha256').update('[');
  // One after the other: the text of all is as large as the catalogs themselves.
  for (const [at, catalog] of catalogs.entries()) hash.update(`${at ? ',' : ''}${JSON.stringify(catalog)}`);
  return hash.update(']').digest('hex');
}

/** Changes whenever the stored index or its calibration does: two that are written within one tick of the clock are still two files. */
export async function indexStamp(folder: string): Promise<string> {
  const changed = (file: string) =>
    stat(path.join(folder, file)).then(
      (found) => `${found.ino}:${found.mtimeMs}`,
      () => '',
    );
  return `${await changed('manifest.json')} ${await changed('calibration.json')}`;
}

/** A folder beside an index's own that is older than this belongs to a process that was killed. */
const GIVEN_UP_MS = 24 * 3_600_000;

/** Another process may put its index into the place while this one does. */
const SWAPS_TRIED = 10;

/**
 * Writes the vectors beside the old ones and swaps the folder at the end: a build disturbs neither answering nor another build.
 *
 * @returns the stamp of what was written, though another process may have put its own into the place by now
 */
export async function saveIndex(
  folder: string,
  index: SchemaIndex,
  embedder: Embedder,
  vectors: VectorStore,
  at: Date,
): Promise<string> {
  await dropGivenUp(folder, at);
  const draw = randomBytes(4).toString('hex');
  const fresh = `${folder}.building-${draw}`;
  await mkdir(fresh, { recursive: true });
  await vectors.save(index.tableVectors, path.join(fresh, 'tables.f32'));
  await vectors.save(index.columnVectors, path.join(fresh, 'columns.f32'));
  await vectors.save(index.groupVectors, path.join(fresh, 'groups.f32'));
  const manifest: z.infer<typeof Manifest> = {
    version: 4,
    embedder: embedder.id,
    dimensions: embedder.dimensions,
    textVersion: TEXT_VERSION,
    catalogs: digestOf(index.databases.map(({ catalog }) => catalog)),
    rows: { tables: index.tableVectors.size, columns: index.columnVectors.size, groups: index.groupVectors.size },
    spreads: index.spreads,
    groups: groupsAsRows(index.groups),
    textOfRow: index.columnTexts.map(({ text }) => text),
    clusterOfText: index.columnTexts.flatMap(({ text }) => index.clusters.clusterOf.get(text) ?? []),
    clusters: [...index.clusters.clusters.values()],
    builtAt: at.toISOString(),
  };
  await writeFile(path.join(fresh, 'manifest.json'), `${JSON.stringify(manifest)}\n`);
  await carryCalibration(folder, fresh);
  const stamp = await indexStamp(fresh);
  await putInPlace(fresh, folder, `${folder}.old-${draw}`);
  return stamp;
}

/** Puts a folder in the place of another, which takes two steps: of two processes that do so at once the later one's stays. */
async function putInPlace(fresh: string, folder: string, old: string): Promise<void> {
  for (let left = SWAPS_TRIED; ; left -= 1) {
    await rename(folder, old).catch(() => undefined);
    try {
      await rename(fresh, folder);
      return;
    } catch (error) {
      if (!left || !isTaken(error)) throw error;
    } finally {
      await rm(old, { recursive: true, force: true });
    }
  }
}

const isTaken = (error: unknown) => error instanceof Error && 'code' in error && TAKEN.has(String(error.code));
const TAKEN: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM']);

/** Removes what killed processes left beside an index. */
async function dropGivenUp(folder: string, now: Date): Promise<void> {
  const { dir, base } = path.parse(path.resolve(folder));
  const isOurs = (name: string) => ['building', 'old'].some((what) => name.startsWith(`${base}.${what}`));
  for (const name of (await readdir(dir).catch(() => [])).filter(isOurs)) {
    const made = await stat(path.join(dir, name)).catch(() => undefined);
    if (made && now.getTime() - made.mtimeMs > GIVEN_UP_MS)
      await rm(path.join(dir, name), { recursive: true, force: true });
  }
}

/** The clusters of a stored index, whatever catalogs it was made from; none when there is no index that can be read. */
export async function loadClusters(folder: string): Promise<ColumnClusters> {
  try {
    const { textOfRow, clusterOfText, clusters } = Manifest.parse(
      JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')),
    );
    return clustersOf(textOfRow, clusterOfText, clusters);
  } catch {
    return NO_CLUSTERS;
  }
}

const clustersOf = (
  texts: readonly string[],
  clusterOfText: readonly number[],
  clusters: readonly ColumnCluster[],
): ColumnClusters => ({
  clusterOf: new Map(
    texts.flatMap((text, at) => {
      const cluster = clusterOfText[at];
      return cluster === undefined ? [] : [[text, cluster]];
    }),
  ),
  clusters: new Map(clusters.map((one) => [one.id, one])),
});

/** How often an index is read again that another took the place of meanwhile, and how long the place may be empty in between. */
const READS_TRIED = 50;
const EMPTY_MS = 20;

type MadeWith = Pick<Embedder, 'id' | 'dimensions'>;

/** Loads an index made from exactly these catalogs with this embedder; any difference is a failure with its cure. */
export const loadIndex = (
  folder: string,
  catalogs: readonly DatabaseCatalog[],
  embedder: MadeWith,
  vectors: VectorStore,
): Promise<Result<SchemaIndex>> => settled(folder, () => readIndex(folder, catalogs, embedder, vectors));

/** The same without its words' places and its vectors, for whoever asks a server for these. */
export const loadOutline = (
  folder: string,
  catalogs: readonly DatabaseCatalog[],
  embedder: MadeWith,
): Promise<Result<IndexOutline>> => settled(folder, () => readOutline(folder, catalogs, embedder, indexNames));

async function settled<T>(folder: string, read: () => Promise<Result<T>>): Promise<Result<T>> {
  for (let left = READS_TRIED; left; left -= 1) {
    const found = await readUndisturbed(folder, read);
    if (found) return found;
    await sleep(EMPTY_MS);
  }
  return fail({ kind: 'index-missing' });
}

/** What was read of one index; undefined where another took its place: names of the one would have vectors of the other. */
async function readUndisturbed<T>(folder: string, read: () => Promise<T>): Promise<T | undefined> {
  const before = await indexStamp(folder);
  try {
    const found = await read();
    return (await isUndisturbed(folder, before)) ? found : undefined;
  } catch (error) {
    if (await isUndisturbed(folder, before)) throw error;
    return undefined; // a file that went while it was read
  }
}

/** Whether the same index is there as before, or none in its place nor on the way out of it, which one look at the folder around tells. */
async function isUndisturbed(folder: string, before: string): Promise<boolean> {
  if (before !== (await indexStamp(folder))) return false;
  if (!before.startsWith(' ')) return true;
  const { dir, base } = path.parse(path.resolve(folder));
  const names = await readdir(dir).catch(() => []);
  return !names.some((name) => name === base || name.startsWith(`${base}.old-`));
}

async function readIndex(
  folder: string,
  catalogs: readonly DatabaseCatalog[],
  embedder: MadeWith,
  vectors: VectorStore,
): Promise<Result<SchemaIndex>> {
  const read = await readOutline(folder, catalogs, embedder, indexWords);
  if (!read.ok) return read;
  const rows = vectorRows(read.value);
  const load = (set: VectorSet) =>
    vectors.load(
      path.join(folder, `${set}.f32`),
      embedder.dimensions,
      rows[set].map(({ owners }) => owners),
    );
  const [tableVectors, columnVectors, groupVectors] = await Promise.all([
    load('tables'),
    load('columns'),
    load('groups'),
  ]);
  return ok({ ...read.value, tableVectors, columnVectors, groupVectors });
}

/** What is stored beside the vectors, with the names and words of the catalogs. */
async function readOutline<Names extends IndexedNames>(
  folder: string,
  catalogs: readonly DatabaseCatalog[],
  embedder: MadeWith,
  namesOf: (catalogs: readonly DatabaseCatalog[]) => Names,
): Promise<Result<Names & IndexOutline>> {
  const stored = await readManifest(folder, catalogs, embedder);
  if (!stored.ok) return stored;
  const { spreads, clusterOfText, clusters, groups: groupRows } = stored.value;
  const names = namesOf(catalogs);
  const columnTexts = columnTextsOf(names);
  const groups = groupsFromRows(groupRows, names);
  if (!groups) return fail({ kind: 'index-damaged', what: 'manifest.json names tables that there are not' });
  const texts = columnTexts.map(({ text }) => text);
  return ok({ ...names, groups, columnTexts, spreads, clusters: clustersOf(texts, clusterOfText, clusters) });
}

/** The manifest of an index that was made from these catalogs with this embedder, all of its files there. */
async function readManifest(
  folder: string,
  catalogs: readonly DatabaseCatalog[],
  embedder: MadeWith,
): Promise<Result<z.infer<typeof Manifest>>> {
  let manifest: z.infer<typeof Manifest>;
  try {
    manifest = Manifest.parse(JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')));
  } catch {
    return fail({ kind: 'index-missing' });
  }
  if (manifest.embedder !== embedder.id || manifest.dimensions !== embedder.dimensions)
    return fail({ kind: 'index-mismatch', found: manifest.embedder, wanted: embedder.id });
  if (manifest.textVersion !== TEXT_VERSION)
    return fail({
      kind: 'index-mismatch',
      found: `text version ${manifest.textVersion}`,
      wanted: `text version ${TEXT_VERSION}`,
    });
  if (manifest.catalogs !== digestOf(catalogs)) return fail({ kind: 'index-missing' });
  for (const [set, rows] of Object.entries(manifest.rows)) {
    const size = await stat(path.join(folder, `${set}.f32`)).then(
      (file) => file.size,
      () => -1,
    );
    if (size !== rows * manifest.dimensions * Float32Array.BYTES_PER_ELEMENT)
      return fail({ kind: 'index-damaged', what: `${set}.f32 ${size === -1 ? 'is missing' : 'was cut short'}` });
  }
  return ok(manifest);
}
