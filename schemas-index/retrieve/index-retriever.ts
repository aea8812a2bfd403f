import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { SchemaIndex } from '../index/schema-index.ts';
import { rankTables } from './retrieve.ts';

/** Fulfils the SchemaRetriever port with an index in memory. */
export function indexRetriever(index: SchemaIndex, embedder: Embedder): SchemaRetriever {
  const catalogs = new Map<string, DatabaseCatalog>(
    index.databases.map(({ catalog }) => [catalog.databaseId, catalog]),
  );
  return {
    async retrieve({ text, databaseIds, limit }, signal) {
      const [question] = await embedder.embed([text], signal);
      return rankTables(index, text, question!, { limit, ...(databaseIds ? { allowed: new Set(databaseIds) } : {}) });
    },
    catalogOf: (databaseId) => catalogs.get(databaseId),
  };
}
