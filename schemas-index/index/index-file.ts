import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import { type ColumnCluster, type ColumnClusters, NO_CLUSTERS } from '../cluster/column-clusters.ts';
import { columnTextsOf, ownersOf } from './build-index.ts';
import { carryCalibration } from './calibration-file.ts';
import { indexWords, type SchemaIndex } from './schema-index.ts';
import { TEXT_VERSION } from './texts.ts';

const Manifest = z.object({
  version: z.literal(3),
  embedder: z.string(),
  dimensions: z.number(),
  textVersion: z.number(),
  /** Digest of the catalogs that the vectors were made from, in order. */
  catalogs: z.string(),
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

export function digestOf(catalogs: readonly DatabaseCatalog[]): string {
  return createHash('sha256').update(JSON.stringify(catalogs)).digest('hex');
}

/** Changes whenever the stored index or its calibration does. */
export async function indexStamp(folder: string): Promise<string> {
  const changed = (file: string) =>
    stat(path.join(folder, file)).then(
      (found) => `${found.mtimeMs}`,
      () => '',
    );
  return `${await changed('manifest.json')} ${await changed('calibration.json')}`;
}

/** Writes the vectors beside the old ones and swaps the folder at the end: a build never disturbs answering. */
export async function saveIndex(
  folder: string,
  index: SchemaIndex,
  embedder: Embedder,
  vectors: VectorStore,
  at: Date,
): Promise<void> {
  const fresh = `${folder}.building`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await vectors.save(index.tableVectors, path.join(fresh, 'tables.f32'));
  await vectors.save(index.columnVectors, path.join(fresh, 'columns.f32'));
  await vectors.save(index.groupVectors, path.join(fresh, 'groups.f32'));
  const manifest: z.infer<typeof Manifest> = {
    version: 3,
    embedder: embedder.id,
    dimensions: embedder.dimensions,
    textVersion: TEXT_VERSION,
    catalogs: digestOf(index.databases.map(({ catalog }) => catalog)),
    rows: { tables: index.tableVectors.size, columns: index.columnVectors.size, groups: index.groupVectors.size },
    groups: index.groups.map(({ database, tables }) => ({ database, tables: [...tables] })),
    textOfRow: [...columnTextsOf(index).texts],
    clusterOfText: [...index.clusterOfText],
    clusters: [...index.clusters.clusters.values()],
    builtAt: at.toISOString(),
  };
  await writeFile(path.join(fresh, 'manifest.json'), `${JSON.stringify(manifest)}\n`);
  await carryCalibration(folder, fresh);
  const old = `${folder}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(folder, old).catch(() => undefined);
  await rename(fresh, folder);
  await rm(old, { recursive: true, force: true });
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
  clusterOf: new Map(texts.map((text, at) => [text, clusterOfText[at]!])),
  clusters: new Map(clusters.map((one) => [one.id, one])),
});

/** Loads an index made from exactly these catalogs with this embedder; any difference is a failure with its cure. */
export async function loadIndex(
  folder: string,
  catalogs: readonly DatabaseCatalog[],
  embedder: Pick<Embedder, 'id' | 'dimensions'>,
  vectors: VectorStore,
): Promise<Result<SchemaIndex>> {
  let manifest: z.infer<typeof Manifest>;
  try {
    manifest = Manifest.parse(JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')));
  } catch {
    return fail({ kind: 'index-missing' });
  }
  if (manifest.embedder !== embedder.id || manifest.dimensions !== embedder.dimensions) {
    return fail({ kind: 'index-mismatch', found: manifest.embedder, wanted: embedder.id });
  }
  if (manifest.textVersion !== TEXT_VERSION) {
    return fail({
      kind: 'index-mismatch',
      found: `text version ${manifest.textVersion}`,
      wanted: `text version ${TEXT_VERSION}`,
    });
  }
  if (manifest.catalogs !== digestOf(catalogs)) return fail({ kind: 'index-missing' });
  for (const [set, rows] of Object.entries(manifest.rows)) {
    const size = await stat(path.join(folder, `${set}.f32`)).then(
      (file) => file.size,
      () => -1,
    );
    if (size !== rows * manifest.dimensions * Float32Array.BYTES_PER_ELEMENT)
      return fail({ kind: 'index-damaged', what: `${set}.f32 ${size === -1 ? 'is missing' : 'was cut short'}` });
  }
  const words = indexWords(catalogs);
  const { texts, columnsOfText } = columnTextsOf(words);
  const clusters = clustersOf(texts, manifest.clusterOfText, manifest.clusters);
  const owners = ownersOf(words, manifest.groups, columnsOfText);
  const load = (set: keyof typeof owners) =>
    vectors.load(path.join(folder, `${set}.f32`), manifest.dimensions, owners[set]);
  const [tableVectors, columnVectors, groupVectors] = await Promise.all([
    load('tables'),
    load('columns'),
    load('groups'),
  ]);
  return ok({
    ...words,
    groups: manifest.groups,
    clusters,
    clusterOfText: manifest.clusterOfText,
    columnsOfText,
    tableVectors,
    columnVectors,
    groupVectors,
  });
}
