import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { type MSchema, mSchemaText } from '#src/domain/m-schema.ts';
import { columnsOfDraft, LINK_SETTINGS, type LinkInput, link } from '#src/pipeline/stages/link.ts';
import { readKeywords } from '#src/pipeline/support/linking/read-keywords.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';

const never = new AbortController().signal;
const count = (text: string) => Math.ceil(text.length / 4);

const column = (name: string, kind: Column['kind'] = 'text', values: readonly string[] = []): Column => ({
  name,
  type: kind,
  kind,
  nullable: true,
  values,
  valuesComplete: false,
});
const table = (
  name: string,
  columns: readonly string[],
  keys: Readonly<Record<string, string>> = {},
  more: Partial<Table> = {},
): Table => ({
  name,
  kind: 'table',
  columns: ['id', ...columns].map((one) =>
    column(one, one.endsWith('id') ? 'number' : 'text', one === 'status' ? ['open', 'paid'] : []),
  ),
  primaryKey: ['id'],
  foreignKeys: Object.entries(keys).map(([from, target]) => ({
    columns: [from],
    targetTable: target,
    targetColumns: ['id'],
  })),
  ...more,
});
const filler = Array.from({ length: 30 }, (_, at) =>
  table(`machine_log_${at}`, ['voltage', 'pressure', 'operator', 'note', 'shift']),
);
const catalog: DatabaseCatalog = {
  databaseId: 'plant',
  engine: 'sqlite',
  serverVersion: '',
  tables: [
    table('customer', ['name', 'city']),
    table('invoice', ['customer_id', 'status', 'amount'], { customer_id: 'customer' }),
    table('invoice_line', ['invoice_id', 'product_id', 'quantity'], { invoice_id: 'invoice', product_id: 'product' }),
    table('product', ['title', 'price']),
    ...filler,
  ],
  warnings: [],
};
const embedder = openUseLite();
const index = await buildIndex([catalog], { embedder, vectors: embeddedVectors }, () => undefined, never);
const retriever = indexRetriever(index, embedder);

async function linked(
  text: string,
  more: Partial<LinkInput> = {},
  replies?: readonly string[],
  retrieve: Partial<SchemaRetriever> = {},
) {
  const slice = await retriever.retrieve({ text, limit: 20 }, never);
  const script = replies && (await scriptedModel(replies));
  const result = await link(
    {
      text,
      hint: '',
      schema: { catalog, ranked: slice.tables.map((one) => one.table) },
      settings: { ...LINK_SETTINGS, wholeTokens: 100 },
      askerId: 'U1',
      drafted: [],
      ...more,
    },
    { retriever: { ...retriever, ...retrieve }, countTokens: count, ...(script ? { linker: script.model } : {}) },
    never,
  );
  await script?.stop();
  const shape = ({ tables }: { readonly tables: readonly Table[] }) =>
    Object.fromEntries(tables.map(({ name, columns }) => [name, columns.map((one) => one.name)]));
  return {
    ...result,
    precise: shape(result.linked.precise),
    wide: shape(result.linked.wide),
    asked: script?.asked ?? [],
  };
}

describe('keywords', () => {
  it('are content words, neighbours, quoted text and names', () => {
    const phrases = readKeywords('What is the average invoice amount of "Acme Ltd" in New York?');
    for (const phrase of ['acme ltd', 'new york', 'invoice amount', 'amount'])
      assert.ok(phrases.includes(phrase), phrase);
    assert.ok(!phrases.includes('the'));
  });

  it('hold both sides of what a hint defines', () => {
    assert.deepEqual(readKeywords('How many?', "overdue refers to status = 'open'").slice(0, 3), [
      'overdue',
      'status',
      'open',
    ]);
  });
});

describe('linking', () => {
  it('shows a small database whole, without a call', async () => {
    const { record, wide, asked } = await linked(
      'invoice amounts',
      { settings: { ...LINK_SETTINGS, wholeTokens: 1e6 } },
      [],
    );
    assert.equal(Object.keys(wide).length, catalog.tables.length);
    assert.equal(record.how, 'whole');
    assert.equal(asked.length, 0);
  });

  it('of a large one keeps what the question is about, with keys and the tables between', async () => {
    const { wide } = await linked('What is the total invoice amount for each product title?');
    for (const name of ['invoice', 'product', 'invoice_line']) assert.ok(name in wide, name);
    assert.ok(Object.keys(wide).length < 20);
    assert.ok(wide.invoice_line!.includes('invoice_id') && wide.invoice_line!.includes('product_id'));
  });

  it('to compare with, keeps whole tables that come first, in no more tokens', async () => {
    const text = 'What is the total invoice amount for each product title?';
    const tokens = ({ tables }: Pick<MSchema, 'tables'>) =>
      count(mSchemaText({ catalog, tables, values: new Map() }, { style: 'linked' }));
    const reply = '{"tables": {"invoice": ["amount"], "product": ["title"]}}';
    const columns = await linked(text, {}, [reply]);
    const tables = await linked(text, { settings: { ...LINK_SETTINGS, wholeTokens: 100, keeps: 'tables' } }, [reply]);
    assert.ok(tokens(tables.linked.precise) <= tokens(columns.linked.precise));
    const [first] = tables.linked.ranked;
    const kept = tables.linked.precise.tables.find(({ name }) => name === first?.name);
    assert.equal(kept?.columns.length, first?.columns.length);
    assert.ok(tables.linked.precise.tables.length < columns.linked.precise.tables.length);
  });

  it('lets a model select columns, keys kept, and shows the wide schema besides', async () => {
    const reply = '{"tables": {"invoice": ["amount"], "product": ["title"]}}';
    const { precise, wide, record } = await linked('invoice amount for each product title', {}, [reply]);
    assert.deepEqual(precise, {
      invoice: ['id', 'customer_id', 'amount'],
      invoice_line: ['id', 'invoice_id', 'product_id'],
      product: ['id', 'title'],
    });
    assert.deepEqual(wide, precise);
    assert.deepEqual([record.how, record.columnsKept], ['selected', 8]);
  });

  it('selects in two rounds: the second of what the first left, for the wide schema', async () => {
    const replies = ['{"tables": {"invoice": ["amount"]}}', '{"tables": {"customer": ["city"]}}'];
    const two = { settings: { ...LINK_SETTINGS, wholeTokens: 100, rounds: 2 } };
    const { precise, wide, asked } = await linked('invoice amount', two, replies);
    assert.deepEqual(Object.keys(precise), ['invoice']);
    assert.deepEqual(Object.keys(wide).sort(), ['customer', 'invoice']);
    assert.ok(!/\(amount:/.test(asked[1]!.messages[1]!.content));
  });

  it('asks once more about names that are not there, and goes on without a selection when that fails too', async () => {
    const mended = await linked('invoice amount', {}, [
      '{"tables": {"payments": "keep_all"}}',
      '{"tables": {"invoice": ["amount"]}}',
    ]);
    assert.match(mended.asked[1]!.messages[1]!.content, /named what is not there: payments/);
    assert.deepEqual(Object.keys(mended.precise), ['invoice']);
    const lost = await linked('invoice amount', {}, ['no', 'no']);
    assert.equal(lost.record.how, 'none-selected');
    assert.deepEqual(lost.precise, lost.wide);
  });

  it('keeps columns that hold a named value, and columns of a draft', async () => {
    const status = catalog.tables[1]!;
    const hit = { table: filler[3]!, column: filler[3]!.columns[2]!, value: '42', asked: '42' };
    const reply = '{"tables": {"invoice": ["amount"]}}';
    const drafted = columnsOfDraft('SELECT status FROM invoice WHERE amount > 1', catalog);
    const { precise, linked: made } = await linked('invoice amount 42', { drafted }, [reply], {
      valuesNamed: () => [hit],
    });
    assert.deepEqual(precise.invoice, ['id', 'customer_id', 'status', 'amount']);
    assert.deepEqual([...made.wide.values], [['machine_log_3.pressure', ['42']]]);
    assert.ok(status);
    const without = await linked('invoice amount 42', {}, undefined, { valuesNamed: () => [hit] });
    assert.ok(without.wide.machine_log_3!.includes('pressure'));
  });

  it('tells tables of one name in two schemas apart', async () => {
    const twice: DatabaseCatalog = {
      ...catalog,
      tables: ['sales', 'archive'].flatMap((schema) => catalog.tables.slice(0, 4).map((one) => ({ ...one, schema }))),
    };
    const reply = '{"tables": {"archive.invoice": ["amount"]}}';
    const { linked: made } = await linked(
      'invoice amount',
      { schema: { catalog: twice, ranked: twice.tables } },
      [reply],
      { columnsNear: async () => [], valuesNamed: () => [] },
    );
    assert.deepEqual(
      made.precise.tables.map(({ schema, name }) => `${schema}.${name}`),
      ['archive.invoice'],
    );
  });
});
