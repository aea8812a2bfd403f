import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { stem } from '#src/domain/words.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { SchemaIndex } from '../index/schema-index.ts';
import { embedText } from '../index/text-vectors.ts';
import { findValues } from '../values/find-values.ts';
import { rankSpellings } from '../values/rank-spellings.ts';
import { indexValues } from '../values/value-index.ts';
import { type Calibration, DEFAULT_CALIBRATION } from './calibrate.ts';
import { type DenseSearch, embeddedHits } from './dense-search.ts';
import { nearColumns } from './near-columns.ts';
import { rankTables } from './retrieve.ts';

/** Askers' rights that are kept apart; each is one set of databases, so that what it may see is worked out once. */
const RIGHTS_KEPT = 100;

export interface RetrieverOptions {
  readonly calibration?: Calibration;
  /** Searches vectors elsewhere; in the index itself, if absent. */
  readonly search?: DenseSearch;
}

/** Fulfils the SchemaRetriever port with an index in memory. */
export function indexRetriever(
  index: SchemaIndex,
  embedder: Embedder,
  { calibration = DEFAULT_CALIBRATION, search }: RetrieverOptions = {},
): SchemaRetriever {
  const catalogs = new Map<string, DatabaseCatalog>(
    index.databases.map(({ catalog }) => [catalog.databaseId, catalog]),
  );
  const values = indexValues([...catalogs.values()]);
  const rights = new Map<string, ReadonlySet<string>>();
  function setOf(databaseIds: readonly string[]): ReadonlySet<string> {
    const key = JSON.stringify(databaseIds);
    const known = rights.get(key);
    if (known) return known;
    const made = new Set(databaseIds);
    if (rights.size >= RIGHTS_KEPT) rights.clear();
    rights.set(key, made);
    return made;
  }
  return {
    async retrieve({ text, databaseIds, limit, prior, near: known }, signal) {
      const allowed = databaseIds && setOf(databaseIds);
      const isName = (word: string) => index.mentions.has(stem(word));
      const found = findValues(values, text, { isName, ...(allowed ? { databases: allowed } : {}) });
      const hits = await rankSpellings(found, embedder, signal);
      const question = await embedText(embedder, text, signal);
      const near = search ? await search(question, allowed) : embeddedHits(index, question, allowed);
      return rankTables(index, text, near, {
        limit,
        calibration,
        values: hits,
        ...(allowed ? { allowed } : {}),
        ...(prior ? { prior } : {}),
        ...(known ? { near: known } : {}),
      });
    },
    catalogOf: (databaseId) => catalogs.get(databaseId),
    columnsNear: (request, signal) => nearColumns(index, request, embedder, signal),
    valuesNamed(databaseId, text) {
      const isName = (word: string) => index.mentions.has(stem(word));
      return findValues(values, text, { isName, databases: new Set([databaseId]) }).filter(
        (hit) => hit.databaseId === databaseId,
      );
    },
  };
}
