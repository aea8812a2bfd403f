import { LRUCache } from 'lru-cache';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { DEFAULT_RETRIEVAL, type Retrieval } from '#src/domain/retrieval.ts';
import { stem } from '#src/domain/words.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { IndexOutline, SchemaIndex } from '../index/schema-index.ts';
import { embedQuestion, embedTexts } from '../index/text-vectors.ts';
import { findValues } from '../values/find-values.ts';
import { rankSpellings } from '../values/rank-spellings.ts';
import { indexValues, type ValueIndex, type ValuePlace } from '../values/value-index.ts';
import type { Calibration } from './calibrate.ts';
import { embeddedStore, type IndexStore, type Visible } from './index-search.ts';
import { type NarrowIndex, narrowIndex, nearSentences } from './narrow-index.ts';
import { nearColumns } from './near-columns.ts';
import { readQuestion } from './read-question.ts';
import { rankTables } from './retrieve.ts';

/** Askers' rights that are kept apart; each is one set of databases, so that what it may see is worked out once. */
const RIGHTS_KEPT = 100;

export interface RetrieverOptions {
  /** How tables are ranked; by groups, if absent. */
  readonly retrieval?: Retrieval;
  readonly calibration?: Calibration;
  /** Where the index's words and vectors are. */
  readonly store: IndexStore;
  /** The values stored in the index's databases, where they were read before. */
  readonly values?: ValueIndex;
  /** Databases of which the asker may see only some tables, as they see them: the index is asked under that filter. */
  readonly parts?: readonly DatabaseCatalog[];
}

/** Fulfils the SchemaRetriever port with an index that holds its own words and vectors; another store may be asked in their place. */
export const indexRetriever = (
  index: SchemaIndex,
  embedder: Embedder,
  options: Partial<RetrieverOptions> = {},
): SchemaRetriever => outlineRetriever(index, embedder, { store: embeddedStore(index), ...options });

/** Fulfils it with what an index names, and a store. */
export function outlineRetriever(
  whole: IndexOutline,
  embedder: Embedder,
  { retrieval = DEFAULT_RETRIEVAL, calibration, store, values = valuesOf(whole), parts = [] }: RetrieverOptions,
): SchemaRetriever {
  const narrow = narrowIndex(whole, parts);
  const { index } = narrow;
  const catalogs = new Map<string, DatabaseCatalog>(
    index.databases.map(({ catalog }) => [catalog.databaseId, catalog]),
  );
  const visibleTo = rightsOver(narrow);
  const sentences = madeOnce(() => embedTexts(embedder, [...new Set(narrow.sentences.values())]));
  const isName = (word: string) => index.vocabulary.isMentioned(stem(word));
  const isSeen = ({ databaseId, table }: ValuePlace) => narrow.shownAs(databaseId, table) !== undefined;
  return {
    async retrieve({ text, databaseIds, limit, prior, near: known, explain = false }, signal) {
      const visible = visibleTo(databaseIds);
      const isAllowed = (id: string) => !databaseIds || databaseIds.includes(id);
      const found = findValues(values, text, {
        isName,
        isShown: (place) => isAllowed(place.databaseId) && isSeen(place),
      });
      const hits = await rankSpellings(found, embedder, signal);
      const question = readQuestion(index, text);
      const vector = await embedQuestion(embedder, text, signal);
      const columnWords = explain || retrieval !== 'groups';
      const request = { terms: question.terms, vector, columnWords, ...(visible ? { visible } : {}) };
      const near = await store.search(request);
      const groups = narrow.sentences.size
        ? [...near.groups, ...nearSentences(narrow, vector, await sentences(), isAllowed)]
        : near.groups;
      return rankTables(
        index,
        question,
        { ...near, groups },
        {
          limit,
          retrieval,
          explain,
          ...(calibration ? { calibration } : {}),
          values: hits,
          ...(databaseIds ? { allowed: new Set(databaseIds) } : {}),
          ...(prior ? { prior } : {}),
          ...(known ? { near: known } : {}),
        },
      );
    },
    catalogOf: (databaseId) => catalogs.get(databaseId),
    columnsNear: (request, signal) => nearColumns(index, request, { embedder, store }, signal),
    valuesNamed(databaseId, text) {
      const isShown = (place: ValuePlace) => place.databaseId === databaseId && isSeen(place);
      return findValues(values, text, { isName, isShown }).map((hit) => ({
        ...hit,
        table: narrow.shownAs(databaseId, hit.table) ?? hit.table,
      }));
    },
  };
}

/** The values stored in an index's databases. */
export const valuesOf = ({ databases }: Pick<IndexOutline, 'databases'>): ValueIndex =>
  indexValues(databases.map(({ catalog }) => catalog));

/** What may be seen by whoever asks among some databases, or all; undefined where that is everything. */
function rightsOver({ index, parts, tables }: NarrowIndex): (databaseIds?: readonly string[]) => Visible | undefined {
  const kept = new LRUCache<string, Visible>({ max: RIGHTS_KEPT });
  return (databaseIds) => {
    if (!databaseIds && !parts.size) return undefined;
    const key = JSON.stringify(databaseIds);
    const known = kept.get(key);
    if (known) return known;
    const among = new Set(databaseIds ?? index.databases.map(({ catalog }) => catalog.databaseId));
    const made: Visible = {
      databases: new Set([...among].filter((id) => !parts.has(id))),
      tables: new Set(
        [...tables.values()].flatMap(({ row, database }) => (among.has(database.catalog.databaseId) ? [row] : [])),
      ),
    };
    kept.set(key, made);
    return made;
  };
}

/** Makes a value on first use; what failed is made again. */
function madeOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
