import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Progress } from '#src/domain/progress.ts';
import type { Retrieval } from '#src/domain/retrieval.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import { buildIndex } from './index/build-index.ts';
import { loadIndex, saveIndex } from './index/index-file.ts';
import { indexRetriever } from './retrieve/index-retriever.ts';

export interface IndexOnceParts {
  /** How tables are ranked. */
  readonly retrieval: Retrieval;
  readonly embedder: Embedder;
  /** The same without its cache, for what is kept nowhere. */
  readonly uncached: Embedder;
  readonly vectors: VectorStore;
  readonly now: () => Date;
}

/** An index of one catalog: the one in a folder, made where there is none; without a folder, one that is kept nowhere. */
export async function indexOnce(
  catalog: DatabaseCatalog,
  folder: string | undefined,
  { retrieval, embedder: cached, uncached, vectors, now }: IndexOnceParts,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<SchemaRetriever> {
  const embedder = folder === undefined ? uncached : cached;
  const kept = folder === undefined ? undefined : await loadIndex(folder, [catalog], embedder, vectors);
  if (kept?.ok) return indexRetriever(kept.value, embedder, { retrieval });
  const onText = (done: number, total: number) => onProgress('reading names', done, total);
  const built = await buildIndex([catalog], { embedder, vectors }, onText, signal);
  // What a full disk or another process that keeps the same stands in the way of is made again the next time.
  if (folder !== undefined) await saveIndex(folder, built, embedder, vectors, now()).catch(() => undefined);
  return indexRetriever(built, embedder, { retrieval });
}
