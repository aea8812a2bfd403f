import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { Bm25 } from '#schemas-index/index/bm25.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { loadIndex, saveIndex } from '#schemas-index/index/index-file.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import { verifyIndex } from '#schemas-index/index/verify-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const catalogs = [
  bareCatalog('fleet', [
    'vehicles: id, plate, mileage',
    'drivers: id, name, licence_class',
    'trips: id, vehicle_id, driver_id, distance_km',
  ]),
  bareCatalog('sales', [
    'customers: id, name, country',
    'orders: id, customer_id, status, total_amount',
    'products: id, name, price',
  ]),
  bareCatalog('support', ['customers: id, name, plan', 'tickets: id, customer_id, subject, priority']),
];
const embedder = openUseLite();
const never = new AbortController().signal;
let index: SchemaIndex;
beforeAll(async () => {
  index = await buildIndex(catalogs, { embedder, vectors: embeddedVectors }, () => undefined, never);
});
afterAll(() => embedder.close());

const retrieve = (text: string, databaseIds?: string[]) =>
  indexRetriever(index, embedder).retrieve({ text, limit: 15, ...(databaseIds ? { databaseIds } : {}) }, never);

describe('retrieval', () => {
  it('puts the tables of the right database first, and says why', async () => {
    const slice = await retrieve('How many trips did each driver make?');
    assert.equal(slice.databases[0]?.databaseId, 'fleet');
    assert.deepEqual(
      slice.tables
        .slice(0, 2)
        .map(({ table }) => table.name)
        .sort(),
      ['drivers', 'trips'],
    );
    assert.ok(
      slice.databases[0]!.evidence.some(
        (one) => one.term === 'trips' && one.kind === 'table-name' && one.target === 'trips',
      ),
    );
  });

  it('gives probabilities that sum to one and are unsure where databases look alike', async () => {
    const clear = await retrieve('price of each product');
    const unclear = await retrieve('names of customers');
    for (const { databases } of [clear, unclear])
      assert.ok(Math.abs(databases.reduce((sum, one) => sum + one.probability, 0) - 1) < 1e-9);
    assert.ok(clear.databases[0]!.probability > unclear.databases[0]!.probability);
    assert.ok(unclear.databases[1]!.probability > 0.2);
  });

  it('never shows a database that the asker may not read', async () => {
    const slice = await retrieve('How many trips did each driver make?', ['sales', 'support']);
    assert.deepEqual(slice.databases.map((one) => one.databaseId).sort(), ['sales', 'support']);
    assert.ok(slice.tables.every(({ databaseId }) => databaseId !== 'fleet'));
  });

  it('covers nothing of a question about something else', async () => {
    assert.ok((await retrieve('boiling point of water')).coverage < 0.12);
  });
});

describe('the index file', () => {
  it('is the same after it was saved and loaded', async () => {
    const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'index');
    await saveIndex(folder, index, embedder, embeddedVectors, new Date());
    const loaded = await loadIndex(folder, catalogs, embedder, embeddedVectors);
    assert.ok(loaded.ok);
    const [a, b] = await Promise.all([
      retrieve('orders by status'),
      indexRetriever(loaded.value, embedder).retrieve({ text: 'orders by status', limit: 15 }, never),
    ]);
    assert.deepEqual(b, a);
  });

  it('refuses another embedder with the command that mends it, and other catalogs', async () => {
    const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'index');
    await saveIndex(folder, index, embedder, embeddedVectors, new Date());
    const other = await loadIndex(folder, catalogs, { id: 'other', dimensions: 512 }, embeddedVectors);
    assert.ok(!other.ok && other.failure.kind === 'index-mismatch');
    const drifted = await loadIndex(folder, catalogs.slice(1), embedder, embeddedVectors);
    assert.equal(drifted.ok ? '' : drifted.failure.kind, 'index-missing');
    await rm(folder, { recursive: true });
    const gone = await loadIndex(folder, catalogs, embedder, embeddedVectors);
    assert.equal(gone.ok ? '' : gone.failure.kind, 'index-missing');
  });
});

describe('an index whose place another takes', () => {
  /** The same tables with other columns, as many of each: its files are as long as those of the index, and mean something else. */
  const renamed = catalogs.map((catalog) => ({
    ...catalog,
    tables: catalog.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => ({ ...column, name: `x_${column.name}` })),
    })),
  }));

  it('while it is read is read anew, and never mixed with the other', async () => {
    const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'index');
    await saveIndex(folder, index, embedder, embeddedVectors, new Date());
    const other = await buildIndex(renamed, { embedder, vectors: embeddedVectors }, () => undefined, never);
    let swapped = false;
    const swapping: VectorStore = {
      ...embeddedVectors,
      async load(...given) {
        if (!swapped) await saveIndex(folder, other, embedder, embeddedVectors, new Date());
        swapped = true;
        return embeddedVectors.load(...given);
      },
    };
    const loaded = await loadIndex(folder, catalogs, embedder, swapping);
    assert.ok(swapped);
    assert.equal(loaded.ok ? '' : loaded.failure.kind, 'index-missing');
    assert.ok((await loadIndex(folder, renamed, embedder, embeddedVectors)).ok);
  });

  it('by many processes at once is one of theirs, whole, and is there for whoever reads it meanwhile', async () => {
    const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'index');
    const save = () => saveIndex(folder, index, embedder, embeddedVectors, new Date());
    await save();
    let isSaving = true;
    const saveManyTimes = async () => {
      for (let round = 0; round < 30; round += 1) await Promise.all(Array.from({ length: 6 }, save));
    };
    const saving = saveManyTimes().finally(() => {
      isSaving = false;
    });
    while (isSaving) assert.ok((await loadIndex(folder, catalogs, embedder, embeddedVectors)).ok);
    await saving;
    assert.ok((await loadIndex(folder, catalogs, embedder, embeddedVectors)).ok);
    assert.deepEqual(readdirSync(path.dirname(folder)), ['index']);
  });
});

describe('an index that a killed process left half-written', () => {
  const fresh = async () => {
    const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'index');
    await saveIndex(folder, index, embedder, embeddedVectors, new Date());
    return folder;
  };
  const kindOf = async (folder: string) => {
    const loaded = await loadIndex(folder, catalogs, embedder, embeddedVectors);
    return loaded.ok ? 'sound' : loaded.failure.kind;
  };

  it('is refused when a file is short or gone', async () => {
    const folder = await fresh();
    await truncate(path.join(folder, 'columns.f32'), 1_000);
    assert.equal(await kindOf(folder), 'index-damaged');
    await rm(path.join(folder, 'columns.f32'));
    assert.equal(await kindOf(folder), 'index-damaged');
    await writeFile(path.join(folder, 'manifest.json'), '{"version":3,"embed');
    assert.equal(await kindOf(folder), 'index-missing');
  });
  it('does not touch the index in use, and is gone after a day', async () => {
    const folder = await fresh();
    const half = `${folder}.building-0a1b2c3d`;
    await mkdir(half);
    await writeFile(path.join(half, 'tables.f32'), 'half');
    assert.equal(await kindOf(folder), 'sound');
    await saveIndex(folder, index, embedder, embeddedVectors, new Date());
    assert.equal(await kindOf(folder), 'sound');
    assert.ok(existsSync(half));
    await saveIndex(folder, index, embedder, embeddedVectors, new Date(Date.now() + 25 * 3_600_000));
    assert.ok(!existsSync(half));
  });
  it('is told from a sound one by its vectors', async () => {
    const never = new AbortController().signal;
    assert.deepEqual((await verifyIndex(index, embedder, never)).faults, []);
    const swapped = { ...index, tableVectors: index.groupVectors, groups: index.groups.slice(1) };
    const { faults } = await verifyIndex(swapped, embedder, never);
    assert.match(faults.join('\n'), /tables are in groups/);
    assert.match(faults.join('\n'), /is that of another text/);
  });
});

describe('words', () => {
  it.each([
    ['customerOrders_2024', ['customer', 'orders', '2024']],
    ['HTTPServerID', ['http', 'server', 'id']],
    ['naïve-Größe', ['naïve', 'größe']],
    ['sku2', ['sku', '2']],
    ['🛒', []],
  ])('splits %s', (identifier, words) => {
    assert.deepEqual(splitIdentifier(identifier), words);
  });
});

describe('BM25', () => {
  const bm25 = new Bm25([['a', 'b'], ['a', 'a', 'c'], ['d']].map((terms) => [{ terms, weight: 1, b: 0.75 }]));
  it('scores by the published formula', () => {
    const idf = Math.log((3 - 1 + 0.5) / (1 + 0.5) + 1);
    const norm = 1.2 * (1 - 0.75 + (0.75 * 1) / 2);
    assert.ok(Math.abs(bm25.scores(['d'])[2]! - (idf * 2.2) / (1 + norm)) < 1e-12);
    assert.equal(bm25.idf('d'), idf);
  });
  it('finds nothing for a word that is nowhere', () => {
    assert.deepEqual([...bm25.scores(['zzz'])], [0, 0, 0]);
  });
});

describe('catalogs that nobody would wish for', () => {
  const build = (some: readonly DatabaseCatalog[]) =>
    buildIndex(some, { embedder, vectors: embeddedVectors }, () => undefined, never);
  const ask = async (over: SchemaIndex, text: string) =>
    indexRetriever(over, embedder).retrieve({ text, limit: 15 }, never);

  it('hold no table, or one', async () => {
    const none = await ask(await build([bareCatalog('empty', [])]), 'how many orders?');
    assert.deepEqual(none.tables, []);
    const one = await ask(await build([bareCatalog('one', ['orders: id'])]), 'how many orders?');
    assert.deepEqual([one.databases[0]?.probability, one.tables[0]?.table.name], [1, 'orders']);
  });

  it('are 200 copies of one schema: none is preferred', async () => {
    const tenants = Array.from({ length: 200 }, (_, at) =>
      bareCatalog(`tenant_${at}`, ['orders: id, amount', 'users: id']),
    );
    const { databases } = await ask(await build(tenants), 'how many orders?');
    assert.ok(databases[0]!.probability < 0.02);
    const named = await ask(await build(tenants), 'how many orders in tenant 17?');
    assert.equal(named.databases[0]!.databaseId, 'tenant_17');
  });

  it('have meaningless names: comments find the table, and without them nothing is claimed', async () => {
    const bare = bareCatalog(
      'legacy',
      Array.from({ length: 300 }, (_, at) => `T${String(at).padStart(4, '0')}: C1, C2, C3`),
    );
    const commented = {
      ...bare,
      tables: bare.tables.map((table, at) => (at === 137 ? { ...table, comment: 'Refunds paid to customers' } : table)),
    };
    const found = await ask(await build([commented]), 'refunds per customer');
    assert.equal(found.tables[0]?.table.name, 'T0137');
    assert.ok((await ask(await build([bare]), 'refunds per customer')).coverage < 0.05);
  });

  it.each([
    ['very long', 'orders '.repeat(285)],
    ['one word', 'trips'],
    ['only stop words', 'what is the of it'],
    ['in another language', 'Wie viele Fahrten hat jeder Fahrer gemacht?'],
    ['of signs', '?!… — 🚚'],
  ])('are asked a question that is %s', async (_, text) => {
    const { databases } = await ask(index, text);
    assert.equal(databases.length, 3);
    assert.ok(databases.every(({ probability }) => probability >= 0 && probability <= 1));
  });

  it('are asked with typing errors', async () => {
    const { databases } = await ask(index, 'custmers by contry');
    assert.equal(databases[0]?.databaseId, 'sales');
    assert.equal((await ask(index, 'mileage of vehciles'))?.databases[0]?.databaseId, 'fleet');
  });
});
