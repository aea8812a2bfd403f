import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { createTable, quoteName } from '../bytecode.ts';
import { needed, openSqlite } from '../parts.ts';
import { titled } from './add-titles.ts';
import { storedFile } from './databases.ts';
import { asOneDatabase, nameInOne } from './one-database.ts';
import type { FilledDatabase } from './places.ts';

/** All databases of a benchmark in one, as a company's warehouse has them. */
export interface Warehouse extends FilledDatabase {
  /** What a column of a database, as `table.column` in lower case, is called here. */
  nameOf(databaseId: string, column: string): string;
}

/**
 * Every table of the schemas in one SQLite file, named by its database and its own name, with keys, and with its rows where the folder has
 * the database. A query over tables of two former databases runs, and gives rows that no gold query has.
 */
export async function openWarehouse(folder: string, schemas: readonly DatabaseCatalog[]): Promise<Warehouse> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'querent-eval-one-'));
  const file = path.join(scratch, 'warehouse.sqlite');
  const [one] = asOneDatabase(schemas, [], 'names').catalogs;
  if (!one) throw new Error('There are no schemas to put into one database.');
  fill(file, one, folder, schemas);
  const product = openSqlite({ id: one.databaseId, file });
  const close = async () => {
    await product.close();
    rmSync(scratch, { recursive: true, force: true });
  };
  const catalog = needed(await product.catalog({}, new AbortController().signal), one.databaseId);
  return {
    catalog: titled(catalog, [one]),
    databases: { product, gold: product, close },
    nameOf: (databaseId, column) => nameInOne(databaseId, column).toLowerCase(),
  };
}

function fill(file: string, one: DatabaseCatalog, folder: string, schemas: readonly DatabaseCatalog[]): void {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  for (const table of one.tables) database.exec(createTable(table, 'with foreign keys'));
  for (const { databaseId, tables } of schemas) {
    const stored = storedFile(folder, databaseId);
    if (stored === undefined) continue;
    database.prepare('ATTACH ? AS own').run(stored);
    database.exec('BEGIN');
    const columnsOf = database.prepare("SELECT lower(name) AS name FROM pragma_table_info(?, 'own')");
    for (const { name, columns } of tables) {
      // Some schemas list what their database does not have, such as SQLite's own tables.
      const has = new Set(columnsOf.all(name).map((row) => row.name));
      const held = columns.filter((column) => has.has(column.name.toLowerCase()));
      if (!held.length) continue;
      const list = held.map((column) => quoteName(column.name)).join(', ');
      const into = quoteName(nameInOne(databaseId, name));
      database.exec(`INSERT OR IGNORE INTO ${into} (${list}) SELECT ${list} FROM own.${quoteName(name)}`);
    }
    database.exec('COMMIT');
    database.exec('DETACH own');
  }
  database.close();
}
