import { isDeepStrictEqual } from 'node:util';
import type { Embedder } from '#src/ports/embedder.ts';
import type {
  Conditions,
  Payload,
  ScoredPoint,
  VectorCollection,
  VectorFilter,
  VectorSearch,
} from '#src/ports/vector-collection.ts';
import type { VectorHit } from '#src/ports/vector-index.ts';
import {
  embeddedHits,
  type IndexHits,
  type IndexSearch,
  NAMED_MOST,
  stemsOf,
  type Visible,
  type WordHits,
} from '../retrieve/index-search.ts';
import { madeOf, rowOf, schemaId, sparseOf, tableId, WORKSPACE } from './publish-index.ts';
import type { IndexedTable, SchemaIndex } from './schema-index.ts';
import { WeightedRows } from './weighted-rows.ts';

/** Searches the published generation, if it was made from this very index, and that one whatever is published later. */
export async function sharedSearch(
  index: SchemaIndex,
  collection: VectorCollection,
  embedder: Pick<Embedder, 'id' | 'dimensions'>,
): Promise<IndexSearch | undefined> {
  const wanted = madeOf(index, embedder);
  const found = await collection.published();
  if (!found || !isDeepStrictEqual(found.made, wanted)) return undefined;
  return async ({ terms, vector, visible, columnWords }) => {
    const stems = stemsOf(terms);
    const shown = visible && shownIn(index, visible);
    const near = (kind: Payload['kind'], limit: number): VectorSearch[] => {
      const filter = filterOf(kind, kind === 'group' ? shown?.slice(0, 1) : shown);
      return filter ? [{ dense: vector, filter, limit }] : [];
    };
    const [ofTables, ofColumns] = [filterOf('table', shown), filterOf('column', shown)];
    const searches = {
      words: ofTables && stems.size ? [wordSearch(stems, ofTables)] : [],
      columnWords: columnWords && ofColumns && stems.size ? [columnWordSearch(stems, ofColumns)] : [],
      tables: near('table', NAMED_MOST.tables),
      columns: near('column', NAMED_MOST.columns),
      groups: near('group', NAMED_MOST.groups),
    };
    const asked = Object.values(searches).flat();
    const lists = asked.length ? await found.search(asked) : [];
    const listOf = (search: readonly VectorSearch[]) => search.flatMap((one) => lists[asked.indexOf(one)] ?? []);
    const hitsOf = (search: readonly VectorSearch[]): VectorHit[] =>
      listOf(search).map(({ id, score }) => ({ row: rowOf(id), score }));
    return {
      words: wordHits(listOf(searches.words)),
      tables: hitsOf(searches.tables),
      columns: hitsOf(searches.columns),
      groups: hitsOf(searches.groups),
      columnWords: hitsOf(searches.columnWords),
    };
  };
}

const wordSearch = (stems: ReadonlyMap<string, number>, filter: VectorFilter): VectorSearch => ({
  sparse: wanted(stems),
  rarityAmong: { workspace: [WORKSPACE], kind: ['table'] },
  filter,
  limit: NAMED_MOST.words,
  words: [...stems.keys()],
});

const columnWordSearch = (stems: ReadonlyMap<string, number>, filter: VectorFilter): VectorSearch => ({
  sparse: wanted(stems),
  rarityAmong: { workspace: [WORKSPACE], kind: ['column'] },
  filter,
  limit: NAMED_MOST.columnWords,
});

const wanted = (stems: ReadonlyMap<string, number>) =>
  sparseOf(Object.fromEntries([...stems].map(([stem, share]) => [stem, [share, 0]])));

/** What an asker may see as conditions: databases, and besides whole schemas and single tables of others. */
function shownIn({ databases, tables }: SchemaIndex, { databases: whole, tables: rows }: Visible): Conditions[] {
  const database = [...whole];
  if (!rows?.size) return [{ database }];
  const [schema, table]: [string[], string[]] = [[], []];
  const seen = new Set([...rows].flatMap((row) => tables[row]?.database.row ?? []));
  for (const at of seen) {
    const bySchema = new Map<string, IndexedTable[]>();
    for (const one of databases[at]?.tables ?? [])
      bySchema.set(schemaId(one), [...(bySchema.get(schemaId(one)) ?? []), one]);
    for (const [id, own] of bySchema) {
      const shown = own.filter(({ row }) => rows.has(row));
      if (shown.length === own.length) schema.push(id);
      else table.push(...shown.map(tableId));
    }
  }
  return [{ database }, { schema }, { table }];
}

/** A filter for one kind of point; undefined where nothing is shown. */
function filterOf(kind: Payload['kind'], shown: readonly Conditions[] | undefined): VectorFilter | undefined {
  const own = { workspace: [WORKSPACE], kind: [kind] };
  if (!shown) return own;
  const either = shown.filter((conditions) => Object.values(conditions).some((values) => values.length));
  const [first, ...others] = either;
  if (!first) return undefined;
  return others.length ? { ...own, either } : { ...own, ...first };
}

/** What the words that were asked for weigh in the tables that have them. */
function wordHits(points: readonly ScoredPoint[]): WordHits {
  const [bm25, places] = [new Map<string, WeightedRows>(), new Map<string, WeightedRows>()];
  const add = (to: Map<string, WeightedRows>, stem: string, row: number, weight: number) => {
    if (!weight) return;
    const rows = to.get(stem) ?? new WeightedRows();
    rows.add(row, weight);
    to.set(stem, rows);
  };
  for (const { id, words = {} } of points)
    for (const [stem, [inAll, place]] of Object.entries(words)) {
      add(bm25, stem, rowOf(id), inAll);
      add(places, stem, rowOf(id), place);
    }
  return { bm25: (stem) => bm25.get(stem), places: (stem) => places.get(stem) };
}

/** Why the shared collection is not searched. */
export type SharedTrouble = 'not answering' | 'another index';

/**
 * Searches elsewhere, and in the index's own copy while that is of no use: answers go on. `look` finds the search that fits the
 * index; what it gave is kept until it fails, and then, or where it gave none, it looks again after a while. `onTrouble` is told
 * once an outage.
 */
export function withFallback(
  index: SchemaIndex,
  look: () => Promise<IndexSearch | undefined>,
  options: {
    readonly now: () => number;
    readonly retryMs: number;
    readonly onTrouble: (trouble: SharedTrouble) => void;
  },
): IndexSearch {
  let found: Promise<IndexSearch | undefined> | undefined;
  let lookAgainAt = Number.NEGATIVE_INFINITY;
  let told: SharedTrouble | undefined;
  const giveUp = (trouble: SharedTrouble) => {
    found = undefined;
    lookAgainAt = options.now() + options.retryMs;
    if (told !== trouble) options.onTrouble(trouble);
    told = trouble;
  };
  return async (request): Promise<IndexHits> => {
    if (found || options.now() >= lookAgainAt) {
      found ??= look();
      const held = found;
      try {
        const search = await held;
        if (search) {
          const hits = await search(request);
          told = undefined;
          return hits;
        }
        if (found === held) giveUp('another index');
      } catch {
        if (found === held) giveUp('not answering');
      }
    }
    return embeddedHits(index, request);
  };
}
