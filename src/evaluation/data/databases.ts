import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { Engine } from '#src/domain/catalog.ts';
import type { Database } from '#src/ports/database.ts';
import {
  needed,
  openAddress,
  openSqlite,
  START_MARIADB,
  startEmbeddedPostgres,
  startScratchMariadb,
} from '../parts.ts';

/** One benchmark database, opened as the product opens it and as gold queries need it. */
export interface BenchDatabase {
  readonly product: Database;
  /** The same data with the legacy rules that gold queries rely on. */
  readonly gold: Database;
  close(): Promise<void>;
}

export interface DatabaseSource {
  readonly engine: Engine;
  open(id: string): Promise<BenchDatabase>;
  close(): Promise<void>;
}

/** `DB/DB.sqlite`, `DB.sqlite` or `DB.sql` below a folder; a script is loaded into a scratch file. */
export function sqliteSource(folder: string): DatabaseSource {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'querent-eval-'));
  return {
    engine: 'sqlite',
    async open(id) {
      const file = sqliteFile(folder, id, scratch);
      const product = openSqlite({ id, file });
      const gold = openSqlite({ id, file, doubleQuotedText: true });
      return { product, gold, close: async () => void (await Promise.all([product.close(), gold.close()])) };
    },
    close: async () => rmSync(scratch, { recursive: true, force: true }),
  };
}

/** A SQLite database as the folder has it; undefined where it has a script alone, or nothing. */
export const storedFile = (folder: string, id: string): string | undefined =>
  [path.join(folder, id, `${id}.sqlite`), path.join(folder, `${id}.sqlite`)].find((file) => existsSync(file));

function sqliteFile(folder: string, id: string, scratch: string): string {
  const stored = storedFile(folder, id);
  if (stored !== undefined) return stored;
  const script = scriptFile(folder, id);
  const file = path.join(scratch, `${id}.sqlite`);
  if (!existsSync(file)) {
    const database = new DatabaseSync(file);
    database.exec(readFileSync(script, 'utf8'));
    database.close();
  }
  return file;
}

function scriptFile(folder: string, id: string): string {
  const script = [path.join(folder, `${id}.sql`), path.join(folder, id, `${id}.sql`)].find((file) => existsSync(file));
  if (!script) throw new Error(`no ${id}/${id}.sqlite, ${id}.sqlite or ${id}.sql in ${folder}`);
  return script;
}

/** Scripts loaded into fresh databases of a scratch server, dropped at the end; of an embedded one, which goes then, when no URL is given. */
export async function postgresSource(folder: string, url: string | undefined): Promise<DatabaseSource> {
  const server = url === undefined ? await startEmbeddedPostgres() : undefined;
  const admin = new URL(url ?? server?.url('postgres') ?? '');
  const home = decodeURIComponent(admin.pathname.slice(1)) || 'postgres';
  const made: string[] = [];
  return {
    engine: 'postgres',
    async open(id) {
      const name = `querent_eval_${process.pid}_${made.length}`;
      made.push(name);
      await onPostgres(admin, home, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      await onPostgres(admin, name, readFileSync(scriptFile(folder, id), 'utf8'));
      await onPostgres(admin, name, 'ANALYZE');
      return openBoth(id, addressOf(admin, name));
    },
    async close() {
      if (server) return server.stop();
      for (const name of made)
        await onPostgres(admin, home, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    },
  };
}

async function onPostgres(admin: URL, database: string, text: string): Promise<void> {
  const client = new pg.Client({
    host: admin.hostname,
    port: Number(admin.port || 5432),
    user: decodeURIComponent(admin.username),
    password: decodeURIComponent(admin.password),
    database,
  });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Scripts loaded into fresh databases of a scratch server, dropped at the end; started where MariaDB is installed. */
export async function mysqlSource(folder: string, url: string | undefined): Promise<DatabaseSource> {
  const server = url === undefined ? await startScratchMariadb() : undefined;
  const address = url ?? server?.url('');
  if (address === undefined) throw new Error(`There is no MariaDB here: ${START_MARIADB}.`);
  const admin = new URL(address);
  const made: string[] = [];
  return {
    engine: 'mariadb',
    async open(id) {
      // Gold queries qualify tables by the database's own name, so it must have that name.
      made.push(id);
      await onMysql(admin, undefined, `DROP DATABASE IF EXISTS ${mysql.escapeId(id, true)}`);
      await onMysql(admin, undefined, `CREATE DATABASE ${mysql.escapeId(id, true)} CHARACTER SET utf8mb4`);
      await onMysql(admin, id, readFileSync(scriptFile(folder, id), 'utf8'));
      return openBoth(id, addressOf(admin, id).replace(/^\w+:/, 'mariadb:'));
    },
    async close() {
      if (server) return server.stop();
      for (const id of made) await onMysql(admin, undefined, `DROP DATABASE IF EXISTS ${mysql.escapeId(id, true)}`);
    },
  };
}

async function onMysql(admin: URL, database: string | undefined, text: string): Promise<void> {
  const client = await mysql.createConnection({
    host: admin.hostname,
    port: Number(admin.port || 3306),
    user: decodeURIComponent(admin.username),
    password: decodeURIComponent(admin.password),
    multipleStatements: true,
    charset: 'utf8mb4',
    ...(database === undefined ? {} : { database }),
  });
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function addressOf(admin: URL, database: string): string {
  const address = new URL(admin);
  address.pathname = `/${database}`;
  return address.toString();
}

async function openBoth(id: string, address: string): Promise<BenchDatabase> {
  const opened = needed(await openAddress(address, id), id);
  return { product: opened, gold: opened, close: () => opened.close() };
}
