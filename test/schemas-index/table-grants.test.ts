import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { openQdrant } from '#adapters/vector/qdrant/open-qdrant.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { publishIndex } from '#schemas-index/index/publish-index.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { sharedStore } from '#schemas-index/index/shared-vectors.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import { embeddedHits, embeddedStore, type IndexSearch } from '#schemas-index/retrieve/index-search.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { RETRIEVALS, type Retrieval } from '#src/domain/retrieval.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { bareCatalog } from '#test/support/catalogs.ts';
import { NO_QDRANT_ENGINE, onQdrant, type QdrantShim, startQdrant } from '#test/support/qdrant/start-qdrant.ts';

const never = new AbortController().signal;
const encoder = openUseLite();
/** The same few texts are asked for over and over. */
const kept = new Map<string, Float32Array>();
const embedder: Embedder = {
  ...encoder,
  async embed(texts, signal) {
    const fresh = [...new Set(texts)].filter((text) => !kept.has(text));
    for (const [at, vector] of (await encoder.embed(fresh, signal)).entries()) kept.set(fresh[at]!, vector);
    return texts.map((text) => kept.get(text)!);
  },
};
const inSchema = (catalog: DatabaseCatalog, schemas: readonly string[]): DatabaseCatalog => ({
  ...catalog,
  tables: catalog.tables.map((table, at) => ({ ...table, schema: schemas[at % schemas.length]! })),
});
const whole = [
  inSchema(
    bareCatalog('shop', [
      'orders: id, customer_id, amount',
      'refunds: id, order_id, reason',
      'customers: id, name, city',
      'salaries: id, employee, amount',
      'vouchers: id, code, amount',
    ]),
    ['sales', 'staff'],
  ),
  bareCatalog('fleet', ['vehicles: id, plate', 'trips: id, vehicle_id, distance_km', 'drivers: id, name, salary']),
  bareCatalog('desk', ['tickets: id, customer, reason', 'agents: id, name']),
];
const QUESTIONS = [
  'amount of refunds by reason',
  'salary of each driver',
  'names of customers by city',
  'distance of trips by vehicle',
  'tickets by reason',
];
const labelOf = (databaseId: string, name: string) => `${databaseId}.${name}`;
const LABELS = whole.flatMap(({ databaseId, tables }) => tables.map(({ name }) => labelOf(databaseId, name)));

/** Grants that are the same each time: each table is granted or not, some databases whole, some not at all. */
function* grants(count: number): Generator<ReadonlySet<string>> {
  let state = 7;
  const draw = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  for (let nth = 0; nth < count; nth += 1) {
    const likely = draw();
    yield new Set(LABELS.filter(() => draw() < likely));
  }
}

/** What is seen under a grant: databases whole, and databases of which some tables are seen. */
function partsOf(granted: ReadonlySet<string>) {
  const seen = whole.map((catalog) => ({
    ...catalog,
    tables: catalog.tables.filter(({ name }) => granted.has(labelOf(catalog.databaseId, name))),
  }));
  const readable = seen.filter(({ tables }) => tables.length);
  const parts = readable.filter(({ databaseId, tables }) => {
    return whole.find((one) => one.databaseId === databaseId)!.tables.length > tables.length;
  });
  return { parts, databaseIds: readable.map(({ databaseId }) => databaseId) };
}

describe('grants of tables', () => {
  let index: SchemaIndex;
  beforeAll(async () => {
    index = await buildIndex(whole, { embedder, vectors: embeddedVectors }, () => undefined, never);
  });
  afterAll(() => encoder.close());

  async function found(granted: ReadonlySet<string>, search: IndexSearch, retrieval: Retrieval = 'groups') {
    const { parts, databaseIds } = partsOf(granted);
    const retriever = indexRetriever(index, embedder, { retrieval, parts, store: { ...embeddedStore(index), search } });
    const slices = [];
    for (const text of QUESTIONS)
      slices.push(await retriever.retrieve({ text, databaseIds, limit: 15, explain: true }, never));
    return slices;
  }

  /** Everything is asked for, and what may not be seen is struck out after. */
  const byHand =
    (granted: ReadonlySet<string>): IndexSearch =>
    async ({ terms, vector, columnWords }) => {
      const all = embeddedHits(index, { terms, vector, columnWords: columnWords ?? false });
      const shared = ({ row }: { readonly row: number }) =>
        index.columnTexts[row]!.columns.some(({ table }) => isSeen(table.row));
      const isSeen = (row: number) => {
        const { database, table } = index.tables[row]!;
        return granted.has(labelOf(database.catalog.databaseId, table.name));
      };
      const { parts } = partsOf(granted);
      const isWhole = (id: string) =>
        partsOf(granted).databaseIds.includes(id) && !parts.some((one) => one.databaseId === id);
      const only = (of: ReturnType<typeof all.words.bm25>) =>
        of && {
          forEach(use: (row: number, weight: number) => void) {
            of.forEach((row, weight) => {
              if (isSeen(row)) use(row, weight);
            });
          },
        };
      return {
        words: { bm25: (stem) => only(all.words.bm25(stem)), places: (stem) => only(all.words.places(stem)) },
        tables: all.tables.filter(({ row }) => isSeen(row)),
        columns: all.columns.filter(shared),
        columnWords: all.columnWords.filter(shared),
        groups: all.groups.filter(({ row }) => isWhole(index.groups[row]!.database.catalog.databaseId)),
      };
    };

  it('leave nothing but what they name, in the order that striking out by hand gives', async () => {
    for (const granted of grants(25)) {
      const slices = await found(granted, async (request) => embeddedHits(index, request));
      assert.deepEqual(slices, await found(granted, byHand(granted)));
      for (const { tables, databases, searchedTables } of slices) {
        assert.equal(searchedTables, granted.size);
        for (const { databaseId, table } of tables) assert.ok(granted.has(labelOf(databaseId, table.name)));
        for (const { databaseId, evidence } of databases)
          for (const { kind, target } of evidence)
            if (kind !== 'database-name') assert.ok(granted.has(labelOf(databaseId, target.split('.')[0]!)), target);
      }
    }
  });

  it('leave no more of clusters, where these rank, than striking out by hand leaves', async () => {
    for (const granted of grants(8)) {
      const slices = await found(granted, async (request) => embeddedHits(index, request), 'clsr');
      assert.deepEqual(slices, await found(granted, byHand(granted), 'clsr'));
      for (const { tables, clusters = [] } of slices) {
        for (const { databaseId, table } of tables) assert.ok(granted.has(labelOf(databaseId, table.name)));
        for (const { columns } of clusters)
          for (const { databaseId, table } of columns) assert.ok(granted.has(labelOf(databaseId, table.name)));
      }
    }
  });

  it('show a catalog, columns and values of nothing else', async () => {
    const granted = new Set(['shop.orders', 'shop.refunds']);
    const retriever = indexRetriever(index, embedder, { parts: partsOf(granted).parts });
    assert.deepEqual(
      retriever.catalogOf('shop')?.tables.map(({ name }) => name),
      ['orders', 'refunds'],
    );
    const request = {
      databaseId: 'shop',
      question: 'salary of an employee',
      phrases: ['employee', 'amount'],
      limit: 50,
    };
    const columns = await retriever.columnsNear(request, never);
    assert.deepEqual([...new Set(columns.map(({ table }) => table.name))].sort(), ['orders', 'refunds']);
  });

  describe.skipIf(NO_QDRANT_ENGINE)(onQdrant('on a vector server'), () => {
    let engine: QdrantShim;
    beforeAll(async () => {
      engine = await startQdrant();
      await publishIndex(index, openQdrant({ url: engine.url, name: 'q' }), embedder, () => undefined, never);
    });
    afterAll(() => engine.stop());

    it('are a filter of its one query, and give the same', async () => {
      const { search } = (await sharedStore(index, openQdrant({ url: engine.url, name: 'q' }), embedder))!;
      for (const [nth, granted] of [...grants(12)].entries()) {
        const retrieval = RETRIEVALS[nth % RETRIEVALS.length]!;
        const [there, here] = [
          await found(granted, search, retrieval),
          await found(granted, async (one) => embeddedHits(index, one), retrieval),
        ];
        for (const [at, slice] of there.entries()) {
          assert.deepEqual(
            slice.tables.map(({ databaseId, table }) => labelOf(databaseId, table.name)),
            here[at]!.tables.map(({ databaseId, table }) => labelOf(databaseId, table.name)),
          );
          for (const [place, { probability }] of slice.databases.entries())
            assert.ok(Math.abs(probability - here[at]!.databases[place]!.probability) < 1e-4);
        }
      }
      const asked = (await engine.requests()).filter((one) => one.startsWith('POST') && one.includes('/points/query'));
      const answerable = [...grants(12)].filter(({ size }) => size).length;
      assert.ok(asked.length <= answerable * QUESTIONS.length);
    });
  });
});
