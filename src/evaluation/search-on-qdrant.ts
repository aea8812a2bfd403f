// Measures the index on a server, so it publishes and searches by the index's own functions.
import { publishIndex } from '#schemas-index/index/publish-index.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { sharedStore } from '#schemas-index/index/shared-vectors.ts';
import type { IndexSearch } from '#schemas-index/retrieve/index-search.ts';
import type { Config } from '#src/config/env.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { openCountedQdrant } from './parts.ts';

export const BACKENDS = ['embedded', 'qdrant'] as const;

/** The collection that measuring publishes to, and how long it waits for an answer. */
const MEASURED = { name: 'querent_bench', timeoutMs: 120_000 } as const;

/** An index published to a Qdrant server, its search there, and the round trips that this took so far. */
export async function searchOnQdrant(
  index: SchemaIndex,
  embedder: Embedder,
  server: NonNullable<Config['qdrant']>,
  onProgress: (done: number, total: number) => void,
): Promise<{ readonly search: IndexSearch; readonly roundTrips: () => number }> {
  const { collection, roundTrips } = openCountedQdrant({ ...server, ...MEASURED });
  await publishIndex(index, collection, embedder, onProgress, new AbortController().signal, 'alone');
  const store = await sharedStore(index, collection, embedder);
  if (!store) throw new Error('another index was published meanwhile');
  return { search: store.search, roundTrips };
}
