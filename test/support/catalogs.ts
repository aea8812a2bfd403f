import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { tablesOf } from '#adapters/database/sqlite/catalog-tables.ts';
import { extractTables } from '#adapters/database/sqlite/extract.ts';
import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';

/** The catalog of a database in memory that a script makes, as the SQLite adapter extracts it. */
export function catalogOf(script: string, id = 'shop'): DatabaseCatalog {
  const database = new DatabaseSync(':memory:');
  try {
    database.exec(script);
    const raw = [...extractTables(database)].map(({ table }) => table);
    assert.ok(raw.length, 'a catalog has tables');
    return { databaseId: id, engine: 'sqlite', serverVersion: '3', tables: tablesOf(raw), warnings: [] };
  } finally {
    database.close();
  }
}

export const SHOP = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT, joined_on DATE);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), status TEXT, amount REAL, order_date DATE);
  CREATE TABLE products (id INTEGER PRIMARY KEY, title TEXT, price REAL, color TEXT);
  INSERT INTO customers VALUES (1, 'Ada', 'Norway', '2023-01-05'), (2, 'Bo', 'Chile', '2023-06-30'), (3, 'Cy', 'Norway', '2024-02-29');
  INSERT INTO orders VALUES (1, 1, 'placed', 10.5, '2024-01-01'), (2, 1, 'shipped', 20, '2024-02-01'), (3, 2, 'shipped', NULL, '2025-02-03');
  INSERT INTO products VALUES (1, 'Spade', 12, 'red'), (2, 'Rake', 30, 'green'), (3, 'Hose', 7, NULL);`;

/** A catalog without a database behind it, from `table: column, column` lines. */
export function bareCatalog(databaseId: string, lines: readonly string[]): DatabaseCatalog {
  const tables = lines.map((line): Table => {
    const [name, columns] = line.split(': ') as [string, string];
    return {
      name,
      kind: 'table',
      columns: columns.split(', ').map(
        (column): Column => ({
          name: column,
          type: 'text',
          kind: 'text',
          nullable: true,
          values: [],
          valuesComplete: false,
        }),
      ),
      primaryKey: [],
      foreignKeys: [],
    };
  });
  return { databaseId, engine: 'sqlite', serverVersion: '', tables, warnings: [] };
}
