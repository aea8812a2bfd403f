import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { answerFromCatalog, readCatalogQuestion } from '#src/pipeline/stages/answer-from-catalog.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const shop = bareCatalog('shop', [
  'customers: id, name, email',
  'orders: id, customer_id, ordered_on, status',
  'order_items: id, order_id, product_id, refund_amount',
  'products: id, title',
]);
const key = (columns: string[], targetTable: string) => ({ columns, targetTable, targetColumns: ['id'] });
const keyed: DatabaseCatalog = {
  ...shop,
  tables: shop.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) =>
      column.name === 'ordered_on'
        ? { ...column, kind: 'date', values: ['2025-11-30', '2026-01-04', '2025-01-01'] }
        : column,
    ),
    foreignKeys:
      table.name === 'orders'
        ? [key(['customer_id'], 'customers')]
        : table.name === 'order_items'
          ? [key(['order_id'], 'orders'), key(['product_id'], 'products')]
          : [],
  })),
};
const billing = bareCatalog('billing', ['refunds: id, amount', 'invoices: id, customer_id']);
const catalogs = [keyed, billing];

const ask = (text: string) => {
  const question = readCatalogQuestion(text);
  assert.ok(question, `“${text}” is not read as a question about the catalog`);
  return answerFromCatalog(question, catalogs, async (id) =>
    id === 'billing' ? { owner: 'Finance', readAt: new Date('2026-01-05T09:30:00Z') } : {},
  );
};

describe('a question about the catalog', () => {
  it('lists every table that mentions something, wherever it does', async () => {
    const given = await ask('What do we have about refunds?');
    assert.equal(given?.text, '2 tables in 2 databases are about refunds.');
    assert.deepEqual(
      given?.rows.map((row) => row.slice(0, 3)),
      [
        ['shop', 'order_items', 'column refund_amount'],
        ['billing', 'refunds', 'its name'],
      ],
    );
    assert.match(
      (await ask('Is there any data about unicorns?'))?.text ?? '',
      /^No table is about unicorns: .* of 2 databases/,
    );
    assert.equal((await ask('where do we keep invoices?'))?.rows.length, 1);
  });

  it('tells where something is found, by its rarest words where no table has all', async () => {
    assert.deepEqual((await ask('Where can I find invoices?'))?.rows[0]?.slice(0, 3), [
      'billing',
      'invoices',
      'its name',
    ]);
    const given = await ask('data about customer refunds');
    assert.match(given?.text ?? '', /^No table has all of “customer refunds” in its names; 2 tables come nearest/);
    assert.deepEqual(given?.rows.map(([, table]) => table).sort(), ['order_items', 'refunds']);
    // What is asked of rows is left to them.
    assert.equal(await ask('where can I find the refund of Ada Lovelace from Norway?'), undefined);
    assert.equal(await ask('where can we find a restaurant in Oslo?'), undefined);
  });

  it.each(['what tables are there?', 'list all tables', 'show me the tables', 'What data do you have?'])(
    'lists all tables with their databases: “%s”',
    async (text) => {
      const given = await ask(text);
      assert.equal(given?.rows.length, 6);
      assert.equal(given?.rows[0]?.[0], 'shop · customers');
    },
  );

  it.each([
    ['what can I ask about billing?', 'refunds'],
    ['what does billing hold?', 'refunds'],
    ['describe order_items', 'shop · order_items'],
    ['order_items', 'shop · order_items'],
    ['is the data up to date?', 'shop'],
  ])('“%s” is about the catalog', async (text, first) => {
    assert.equal((await ask(text))?.rows[0]?.[0], first);
  });

  it.each(['show me order_items', 'list information about customers sorted by name', 'how many refunds?'])(
    '“%s” asks for rows',
    (text) => {
      assert.equal(readCatalogQuestion(text), undefined);
    },
  );

  it.each([
    ['How many tables are in billing?', 'billing has 2 tables.'],
    ['how many tables does shop have', 'shop has 4 tables.'],
    ['How many tables are there?', 'There are 6 tables in 2 databases.'],
    ['how many databases do we have?', '2 databases can be asked.'],
    ['list the tables in shop', 'shop has 4 tables.'],
    ['Which columns does the orders table have?', 'orders: 4 columns.'],
  ])('counts exactly: %s', async (text, wanted) => assert.equal((await ask(text))?.text, wanted));

  it('says who owns a table and how fresh it is, or that it does not know', async () => {
    assert.equal(
      (await ask('Who owns invoices, how fresh is it?'))?.text,
      'invoices belongs to Finance. Its schema was last read at 2026-01-05 09:30 UTC.',
    );
    assert.match(
      (await ask('how fresh is the orders table?'))?.text ?? '',
      /nobody by name .* at unknown UTC\. The latest date in a sample of its rows is 2026-01-04 \(ordered_on\)/,
    );
  });

  it('names the keys that link two tables, over others where need be', async () => {
    assert.deepEqual((await ask('Which columns link orders to customers?'))?.rows, [
      ['shop', 'orders.customer_id = customers.id'],
    ]);
    assert.deepEqual(
      (await ask('how are customers and products connected?'))?.rows.map((row) => row[1]),
      ['orders.customer_id = customers.id', 'order_items.order_id = orders.id', 'order_items.product_id = products.id'],
    );
  });

  it('is a question about the data after all where it names nothing of the catalog', async () => {
    assert.equal(await ask('How many tables are in the restaurant?'), undefined);
    assert.equal(await ask('Who owns the red car?'), undefined);
  });

  it.each([
    'How many orders are there?',
    'Which customers have no orders?',
    'What is the total amount of refunds by month?',
    'who are our best customers?',
    'list the names of products',
    'how old is the oldest invoice?',
  ])('is not: %s', async (text) => {
    const question = readCatalogQuestion(text);
    assert.equal(question && (await answerFromCatalog(question, catalogs, async () => ({}))), undefined);
  });
});
