import { isDeepStrictEqual } from 'node:util';
import type { Embedder } from '#src/ports/embedder.ts';
import {
  type Conditions,
  type Payload,
  type PublishedGeneration,
  type ScoredPoint,
  type VectorCollection,
  type VectorFilter,
  type VectorSearch,
  VectorsUnavailable,
} from '#src/ports/vector-collection.ts';
import type { VectorHit } from '#src/ports/vector-index.ts';
import {
  type IndexHits,
  type IndexStore,
  NAMED_MOST,
  type NearHits,
  type NearRequest,
  type StoreRequest,
  stemsOf,
  type Visible,
  type WordHits,
} from '../retrieve/index-search.ts';
import { madeOf, rowOf, schemaId, sparseOf, tableId, WORKSPACE } from './publish-index.ts';
import type { IndexedTable, IndexOutline } from './schema-index.ts';
import { WeightedRows } from './weighted-rows.ts';

/** The generation on a server that was made from this very index, and that one whatever is published later; undefined where there is none. */
export async function sharedStore(
  index: IndexOutline,
  collection: VectorCollection,
  embedder: Pick<Embedder, 'id' | 'dimensions'>,
): Promise<IndexStore | undefined> {
  const wanted = madeOf(index, embedder);
  const found = (await collection.generations()).find(({ made }) => isDeepStrictEqual(made, wanted));
  if (!found) return undefined;
  return { search: (request) => searchIn(found, index, request), near: (request) => nearIn(found, index, request) };
}

async function searchIn(
  found: PublishedGeneration,
  index: IndexOutline,
  { terms, vector, visible, columnWords }: StoreRequest,
): Promise<IndexHits> {
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
  return {
    words: wordHits(listOf(searches.words)),
    tables: hitsOf(listOf(searches.tables)),
    columns: hitsOf(listOf(searches.columns)),
    groups: hitsOf(listOf(searches.groups)),
    columnWords: hitsOf(listOf(searches.columnWords)),
  };
}

/** What is near within one database, of which everything is wanted. */
async function nearIn(
  found: PublishedGeneration,
  { databases }: IndexOutline,
  { databaseId, tables, columns }: NearRequest,
): Promise<NearHits> {
  const own = databases.find(({ catalog }) => catalog.databaseId === databaseId)?.tables ?? [];
  if (!own.length) return { tables: [], columns: columns.map(() => []) };
  const filter = (kind: Payload['kind']) => ({ workspace: [WORKSPACE], kind: [kind], database: [databaseId] });
  const width = own.reduce((sum, one) => sum + one.columns.length, 0);
  const [nearTables = [], ...nearColumns] = await found.search([
    { dense: tables, filter: filter('table'), limit: own.length },
    ...columns.map((dense) => ({ dense, filter: filter('column'), limit: Math.max(1, width) })),
  ]);
  return { tables: hitsOf(nearTables), columns: nearColumns.map(hitsOf) };
}

const hitsOf = (points: readonly ScoredPoint[]): VectorHit[] =>
  points.map(({ id, score }) => ({ row: rowOf(id), score }));

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
function shownIn({ databases, tables }: IndexOutline, { databases: whole, tables: rows }: Visible): Conditions[] {
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
 * Searches elsewhere, and in the copy while that is of no use: answers go on. `look` finds the store that fits the index; what it gave
 * is kept until it fails, and then, or where it gave none, it looks again after a while. `onTrouble` is told once an outage. Without a
 * copy it looks again at once, and rejects with VectorsUnavailable where nothing can be searched.
 */
export function withFallback(
  copy: IndexStore | undefined,
  look: () => Promise<IndexStore | undefined>,
  options: {
    readonly now: () => number;
    readonly retryMs: number;
    readonly onTrouble: (trouble: SharedTrouble) => void;
  },
): IndexStore {
  let found: Promise<IndexStore | undefined> | undefined;
  let lookAgainAt = Number.NEGATIVE_INFINITY;
  let told: SharedTrouble | undefined;
  const giveUp = (trouble: SharedTrouble) => {
    found = undefined;
    lookAgainAt = options.now() + (copy ? options.retryMs : 0);
    if (told !== trouble) options.onTrouble(trouble);
    told = trouble;
  };
  /** What the store elsewhere gives; undefined where it gives nothing. */
  async function askShared<T>(ask: (store: IndexStore) => Promise<T>): Promise<T | undefined> {
    if (!found && options.now() < lookAgainAt) return undefined;
    found ??= look();
    const held = found;
    try {
      const store = await held;
      if (store) {
        const given = await ask(store);
        told = undefined;
        return given;
      }
      if (found === held) giveUp('another index');
    } catch {
      if (found === held) giveUp('not answering');
    }
    return undefined;
  }
  async function askAny<T>(ask: (store: IndexStore) => Promise<T>): Promise<T> {
    const given = await askShared(ask);
    if (given !== undefined) return given;
    if (copy) return ask(copy);
    // What is held may have been dropped when others were published, and stand there anew.
    const again = await askShared(ask);
    if (again !== undefined) return again;
    throw new VectorsUnavailable('the vector server does not answer, or holds another index');
  }
  return {
    search: (request) => askAny((store) => store.search(request)),
    near: (request) => askAny((store) => store.near(request)),
  };
}
