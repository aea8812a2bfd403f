import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { START_MARIADB, startScratchMariadb } from '#adapters/database/mysql/scratch.ts';
import { openDatabase } from '#adapters/database/open-database.ts';
import { startEmbeddedPostgres } from '#adapters/database/postgres/embedded.ts';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import type { Engine } from '#src/domain/catalog.ts';
import type { Database } from '#src/ports/database.ts';

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

function sqliteFile(folder: string, id: string, scratch: string): string {
  const known = [path.join(folder, id, `${id}.sqlite`), path.join(folder, `${id}.sqlite`)].find((file) =>
    existsSync(file),
  );
  if (known) return known;
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

/** Scripts loaded into fresh databases of a scratch server, dropped at the end; embedded when no URL is given. */
export async function postgresSource(folder: string, url: string | undefined): Promise<DatabaseSource> {
  const server = url === undefined ? await startEmbeddedPostgres() : undefined;
  const admin = new URL(url ?? server!.url('postgres'));
  const made: string[] = [];
  const execute = async (database: string, text: string) => {
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
  };
  const home = decodeURIComponent(admin.pathname.slice(1)) || 'postgres';
  return {
    engine: 'postgres',
    async open(id) {
      const name = `querent_eval_${process.pid}_${made.length}`;
      made.push(name);
      await execute(home, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      await execute(name, readFileSync(scriptFile(folder, id), 'utf8'));
      await execute(name, 'ANALYZE');
      const target = new URL(admin);
      target.pathname = `/${name}`;
      target.password = '';
      const opened = openDatabase(
        { id, url: target.toString(), secret: `plain:${decodeURIComponent(admin.password)}` },
        {},
      );
      if (!opened.ok) throw new Error(`cannot open ${id}: ${opened.failure.kind}`);
      return { product: opened.value, gold: opened.value, close: () => opened.value.close() };
    },
    async close() {
      for (const name of made) await execute(home, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
      await server?.stop();
    },
  };
}

/** Scripts loaded into fresh databases of a scratch server, dropped at the end; started where MariaDB is installed. */
export async function mysqlSource(folder: string, url: string | undefined): Promise<DatabaseSource> {
  const server = url === undefined ? await startScratchMariadb() : undefined;
  if (url === undefined && !server) throw new Error(`There is no MariaDB here: ${START_MARIADB}.`);
  const admin = new URL(url ?? server!.url(''));
  const password = decodeURIComponent(admin.password);
  const made: string[] = [];
  const execute = async (database: string | undefined, text: string) => {
    const client = await mysql.createConnection({
      host: admin.hostname,
      port: Number(admin.port || 3306),
      user: decodeURIComponent(admin.username),
      password,
      multipleStatements: true,
      charset: 'utf8mb4',
      ...(database === undefined ? {} : { database }),
    });
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  return {
    engine: 'mariadb',
    async open(id) {
      // Gold queries qualify tables by the database's own name, so it must have that name.
      made.push(id);
      await execute(undefined, `DROP DATABASE IF EXISTS ${mysql.escapeId(id, true)}`);
      await execute(undefined, `CREATE DATABASE ${mysql.escapeId(id, true)} CHARACTER SET utf8mb4`);
      await execute(id, readFileSync(scriptFile(folder, id), 'utf8'));
      const target = new URL(admin);
      target.protocol = 'mariadb:';
      target.pathname = `/${id}`;
      target.password = '';
      const opened = openDatabase({ id, url: target.toString(), secret: `plain:${password}` }, {});
      if (!opened.ok) throw new Error(`cannot open ${id}: ${opened.failure.kind}`);
      return { product: opened.value, gold: opened.value, close: () => opened.value.close() };
    },
    async close() {
      for (const id of made) await execute(undefined, `DROP DATABASE IF EXISTS ${mysql.escapeId(id, true)}`);
      await server?.stop();
    },
  };
}
