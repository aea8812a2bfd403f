import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import { indexWords, type SchemaIndex } from './schema-index.ts';
import { columnSentence, databaseSentence, tableSentence } from './texts.ts';

/** Told the texts embedded so far, of all distinct ones. */
export type BuildProgress = (done: number, total: number) => void;

const CHUNK = 512;

/** Embeds every distinct text once and builds the whole index in memory. */
export async function buildIndex(
  catalogs: readonly DatabaseCatalog[],
  ports: { readonly embedder: Embedder; readonly vectors: VectorStore },
  onProgress: BuildProgress,
  signal: AbortSignal,
): Promise<SchemaIndex> {
  const words = indexWords(catalogs);
  const nameOf = (catalog: DatabaseCatalog) => catalog.title ?? catalog.databaseId;
  const tableTexts = words.tables.map((entry) =>
    tableSentence(entry.table, nameOf(words.databases[entry.database]!.catalog)),
  );
  const columnTexts = words.tables.flatMap((entry) => entry.table.columns.map(columnSentence));
  const databaseTexts = words.databases.map(({ catalog }) => databaseSentence(catalog, nameOf(catalog)));
  const distinct = [...new Set([...tableTexts, ...columnTexts, ...databaseTexts])];
  const vectors = new Map<string, Float32Array>();
  for (let at = 0; at < distinct.length; at += CHUNK) {
    const texts = distinct.slice(at, at + CHUNK);
    const embedded = await ports.embedder.embed(texts, signal);
    for (const [offset, text] of texts.entries()) vectors.set(text, embedded[offset]!);
    onProgress(Math.min(at + CHUNK, distinct.length), distinct.length);
  }
  const vectorsOf = (texts: readonly string[]) =>
    ports.vectors.build(
      texts.map((text) => vectors.get(text)!),
      ports.embedder.dimensions,
    );
  return {
    ...words,
    tableVectors: vectorsOf(tableTexts),
    columnVectors: vectorsOf(columnTexts),
    databaseVectors: vectorsOf(databaseTexts),
  };
}
