import { DatabaseSync } from 'node:sqlite';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';

/** An empty SQLite database with the tables of a catalog; types give the affinity, keys the indexes. */
export function emptyDatabase(catalog: DatabaseCatalog, doubleQuotedText: boolean): DatabaseSync {
  const database = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: doubleQuotedText });
  for (const table of catalog.tables) database.exec(createTable(table));
  return database;
}

const AFFINITIES: Readonly<Record<string, string>> = { number: 'NUMERIC', text: 'TEXT', time: 'TEXT', others: 'TEXT' };

export function createTable(table: Table, keys?: 'with foreign keys'): string {
  const columns = table.columns.map(({ name, type }) => `${quoteName(name)} ${AFFINITIES[type] ?? quoteName(type)}`);
  const names = (list: readonly string[]) => `(${list.map(quoteName).join(', ')})`;
  const key = table.primaryKey.length ? [`PRIMARY KEY ${names(table.primaryKey)}`] : [];
  const foreign = table.foreignKeys.map(
    (one) => `FOREIGN KEY ${names(one.columns)} REFERENCES ${quoteName(one.targetTable)} ${names(one.targetColumns)}`,
  );
  return `CREATE TABLE ${quoteName(table.name)} (${[...columns, ...key, ...(keys ? foreign : [])].join(', ')})`;
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The program that SQLite makes of a statement, without its comments; undefined when it does not compile. */
export function bytecode(database: DatabaseSync, sql: string): string | undefined {
  try {
    const statement = database.prepare(`EXPLAIN ${sql}`);
    statement.setReturnArrays(true);
    // addr, opcode, p1, p2, p3, p4, p5; the last column is a comment.
    return JSON.stringify((statement.all() as unknown as unknown[][]).map((row) => row.slice(0, 7)));
  } catch {
    return undefined;
  }
}
