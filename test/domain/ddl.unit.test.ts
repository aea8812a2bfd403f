import assert from 'node:assert/strict';
import { it } from 'vitest';
import { ddlText } from '#src/domain/ddl.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const { tables } = catalogOf(`${SHOP}
  CREATE TABLE "order lines" ("order id" INTEGER REFERENCES orders (id), line INTEGER, [odd"name] TEXT, PRIMARY KEY ("order id", line));`);

it('writes tables, keys and quoted names as the statements that would make them', () => {
  const shown = tables.filter(({ name }) => name === 'orders' || name === 'order lines');
  assert.equal(
    ddlText({ tables: shown, values: new Map() }),
    `CREATE TABLE "order lines" (
  "order id" INTEGER,
  line INTEGER,
  "odd""name" TEXT,
  PRIMARY KEY ("order id", line),
  FOREIGN KEY ("order id") REFERENCES orders (id)
);

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER,
  status TEXT,
  amount REAL,
  order_date DATE
);`,
  );
});

it('shows no key to a table that is not shown, and takes schemas along', () => {
  const inSchema = tables
    .filter(({ name }) => name === 'customers' || name === 'orders')
    .map((table) => ({ ...table, schema: 'sales' }));
  assert.match(ddlText({ tables: inSchema, values: new Map() }), /REFERENCES sales\.customers \(id\)/);
  assert.doesNotMatch(ddlText({ tables: inSchema.slice(1), values: new Map() }), /REFERENCES/);
});

it('shows the kinds that rows come in, where rows share them, and what people wrote', () => {
  const values: Readonly<Record<string, readonly string[]>> = { status: ['placed', "it's off"], amount: ['1', '2'] };
  const told = (rowEstimate: number) =>
    ddlText(
      {
        tables: tables
          .filter(({ name }) => name === 'orders')
          .map(({ foreignKeys: _, ...table }) => ({
            ...table,
            foreignKeys: [],
            comment: 'What customers ordered',
            rowEstimate,
            columns: table.columns.map((column) => ({
              ...column,
              values: values[column.name] ?? [],
              valuesComplete: true,
              ...(column.name === 'amount' ? { comment: 'in euros' } : {}),
            })),
          })),
        values: new Map(),
      },
      { kinds: 8, comments: 100 },
    );
  assert.match(told(100), /status TEXT, -- one of 'placed', 'it''s off'\n {2}amount REAL, -- in euros\n/);
  assert.match(told(8), /^CREATE TABLE orders \( -- What customers ordered\n[\s\S]*one of 'placed'/);
  assert.doesNotMatch(told(7), /one of/);
});

it('lets no name open a fence', () => {
  const [table] = tables;
  assert.ok(table);
  assert.doesNotMatch(ddlText({ tables: [{ ...table, name: 'a```b\nc', foreignKeys: [] }], values: new Map() }), /```/);
});
