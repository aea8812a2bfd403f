import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import type { EmbeddedServer } from './embedded-postgres.ts';
import type { DemoCell, DemoDatabase, DemoTable } from './generate.ts';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Writes a demo database to a SQLite file; the file appears only when it is whole. */
export function loadSqlite(database: DemoDatabase, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${database.id}.sqlite`);
  rmSync(`${file}.partial`, { force: true });
  const db = new DatabaseSync(`${file}.partial`);
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
  for (const table of database.tables) {
    db.exec(
      createTable(table, {
        integer: 'INTEGER',
        text: 'TEXT',
        decimal: 'NUMERIC',
        real: 'REAL',
        date: 'DATE',
        timestamp: 'TIMESTAMP',
        boolean: 'BOOLEAN',
      }),
    );
    const insert = db.prepare(`INSERT INTO ${quote(table.name)} VALUES (${table.columns.map(() => '?').join(', ')})`);
    for (const row of table.rows) insert.run(...row.map((cell) => (typeof cell === 'boolean' ? Number(cell) : cell)));
  }
  db.exec('COMMIT; ANALYZE');
  db.close();
  renameSync(`${file}.partial`, file);
  return file;
}

function createTable(table: DemoTable, types: Readonly<Record<DemoTable['columns'][number]['type'], string>>): string {
  const columns = table.columns.map(({ name, type, primary, references }) => {
    const key = primary ? ' PRIMARY KEY' : '';
    const target = references === undefined ? '' : ` REFERENCES ${quote(references)} (id)`;
    return `${quote(name)} ${types[type]}${key}${target}`;
  });
  return `CREATE TABLE ${quote(table.name)} (${columns.join(', ')})`;
}

export const READER = 'querent_reader';

/** Loads a demo database into a PostgreSQL server and lets the reader role SELECT and nothing else. */
export async function loadPostgres(database: DemoDatabase, server: EmbeddedServer): Promise<void> {
  await server.createDatabase(database.id);
  await server.execute(database.id, setupScript(database));
}

/** Makes the SELECT-only role that the demo connects with; the password is drawn for this run. */
export async function createReader(server: EmbeddedServer): Promise<string> {
  const password = crypto.randomUUID();
  await server.execute(
    'postgres',
    `CREATE ROLE ${READER} LOGIN PASSWORD ${pg.escapeLiteral(password)} NOSUPERUSER NOCREATEDB NOCREATEROLE`,
  );
  return password;
}

function setupScript(database: DemoDatabase): string {
  const types = {
    integer: 'integer',
    text: 'text',
    decimal: 'numeric(12, 2)',
    real: 'double precision',
    date: 'date',
    timestamp: 'timestamp',
    boolean: 'boolean',
  };
  const statements = database.tables.flatMap((table) => [
    createTable(table, types),
    ...batches(table.rows, 500).map(
      (rows) =>
        `INSERT INTO ${quote(table.name)} VALUES ${rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ')}`,
    ),
    ...(table.comment ? [`COMMENT ON TABLE ${quote(table.name)} IS ${pg.escapeLiteral(table.comment)}`] : []),
    ...table.columns.flatMap((column) =>
      column.comment
        ? [`COMMENT ON COLUMN ${quote(table.name)}.${quote(column.name)} IS ${pg.escapeLiteral(column.comment)}`]
        : [],
    ),
  ]);
  return [
    ...statements,
    `REVOKE ALL ON DATABASE ${quote(database.id)} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${quote(database.id)} TO ${READER}`,
    `GRANT USAGE ON SCHEMA public TO ${READER}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${READER}`,
    'ANALYZE',
  ].join(';\n');
}

function literal(cell: DemoCell): string {
  if (cell === null) return 'NULL';
  return typeof cell === 'string' ? pg.escapeLiteral(cell) : String(cell);
}

function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
