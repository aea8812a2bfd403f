import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import { columnTextsOf, ownersOf } from './build-index.ts';
import { carryCalibration } from './calibration-file.ts';
import { indexWords, type SchemaIndex } from './schema-index.ts';
import { TEXT_VERSION } from './texts.ts';

const Manifest = z.object({
  version: z.literal(2),
  embedder: z.string(),
  dimensions: z.number(),
  textVersion: z.number(),
  /** Digest of the catalogs that the vectors were made from, in order. */
  catalogs: z.string(),
  /** The tables of each group, as rows of the index. */
  groups: z.array(z.object({ database: z.number(), tables: z.array(z.number()) })),
  /** The cluster of each distinct column text, in the order of the column vectors, and the clusters. */
  clusterOfText: z.array(z.number()),
  clusters: z.array(z.object({ id: z.number(), size: z.number(), label: z.string() })),
  builtAt: z.string(),
});

export function digestOf(catalogs: readonly DatabaseCatalog[]): string {
  return createHash('sha256').update(JSON.stringify(catalogs)).digest('hex');
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
    version: 2,
    embedder: embedder.id,
    dimensions: embedder.dimensions,
    textVersion: TEXT_VERSION,
    catalogs: digestOf(index.databases.map(({ catalog }) => catalog)),
    groups: index.groups.map(({ database, tables }) => ({ database, tables: [...tables] })),
    clusterOfText: [...index.clusterOfText],
    clusters: [...index.clusters.clusters.values()],
    builtAt: at.toISOString(),
  };
  await writeFile(path.join(fresh, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await carryCalibration(folder, fresh);
  const old = `${folder}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(folder, old).catch(() => undefined);
  await rename(fresh, folder);
  await rm(old, { recursive: true, force: true });
}

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
  const words = indexWords(catalogs);
  const { texts, columnsOfText } = columnTextsOf(words);
  const clusters = {
    clusterOf: new Map(texts.map((text, at) => [text, manifest.clusterOfText[at]!])),
    clusters: new Map(manifest.clusters.map((one) => [one.id, one])),
  };
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
