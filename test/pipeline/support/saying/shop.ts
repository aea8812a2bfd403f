import type { Column, DatabaseCatalog, Engine, Table } from '#src/domain/catalog.ts';
import type { Cell, ResultTable } from '#src/domain/result-table.ts';

const column = (name: string, kind: Column['kind'], more: Partial<Column> = {}): Column => ({
  name,
  type: kind,
  kind,
  nullable: name !== 'id',
  values: [],
  valuesComplete: false,
  ...more,
});

const key = (name: string, targetTable: string) => ({ columns: [name], targetTable, targetColumns: ['id'] });

const table = (name: string, columns: readonly Column[], more: Partial<Table> = {}): Table => ({
  name,
  kind: 'table',
  columns: [column('id', 'number'), ...columns],
  primaryKey: ['id'],
  foreignKeys: columns.flatMap(({ name: own }) =>
    own === 'customer_id' ? [key(own, 'customers')] : own === 'order_id' ? [key(own, 'sales_orders')] : [],
  ),
  ...more,
});

/** A small shop, for what is said of results. */
export const shop = (engine: Engine = 'postgres'): DatabaseCatalog => ({
  databaseId: 'shop',
  engine,
  serverVersion: '',
  warnings: [],
  tables: [
    table('customers', [column('name', 'text'), column('country', 'text'), column('hire_date', 'date')]),
    table('sales_orders', [
      column('customer_id', 'number'),
      column('status', 'text'),
      column('order_date', 'date'),
      column('total_amount', 'number', { comment: 'Including tax, in euro' }),
      column('approved', 'boolean', { values: ['true', 'false'] }),
    ]),
    table('order_items', [column('order_id', 'number'), column('quantity', 'number'), column('weight_kg', 'number')]),
    table('invoices', [
      column('customer_id', 'number'),
      column('issued_on', 'date'),
      column('due_on', 'date'),
      column('currency', 'text', { values: ['EUR', 'SEK'], valuesComplete: true }),
      column('amount', 'number'),
    ]),
    table('employees', [
      column('first_name', 'text'),
      column('last_name', 'text'),
      column('manager_id', 'number'),
      column('salary', 'number'),
    ]),
    table('ad_spend', [column('spent_on', 'date'), column('amount', 'number')]),
    table('tbl_Auftr_kopf', [column('status', 'text')]),
  ],
});

/** A result whose columns have the kinds of their cells. */
export const resultOf = (names: readonly string[], rows: readonly (readonly Cell[])[], more = false): ResultTable => ({
  columns: names.map((name, at) => ({
    name,
    kind: rows.some((row) => typeof row[at] === 'number' || typeof row[at] === 'bigint') ? 'number' : 'text',
  })),
  rows,
  ...(more ? { truncated: 'rows' as const } : {}),
  cellsCut: false,
  elapsedMs: 1,
});
