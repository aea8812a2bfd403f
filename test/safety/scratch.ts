import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { Engine } from '#src/domain/catalog.ts';
import { needed, openAddress } from '#src/evaluation/parts.ts';
import { type AccessView, type Scope, scopeOf } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import type { AttackEngine } from './attacks.ts';
import { MARIADB_EXTRAS, POSTGRES_CODE, TABLES } from './fixture.ts';

/** A scratch engine with a fixture in it, reached as its administrator: what the gate must hold without any help. */
export interface Scratch {
  readonly engine: Engine;
  readonly database: Database;
  readonly scope: Scope;
  readonly url: string;
  /** The tables that the engine itself says a statement reads, as `schema.name` or `name`; undefined where it cannot tell. */
  recorder(sql: string): Promise<readonly string[] | undefined>;
  /** What our sessions left behind on the engine: locks, open transactions, temporary tables, statements that still run. */
  leftovers(): Promise<readonly string[]>;
  /** A digest of every table, view and row. */
  state(): Promise<string>;
  close(): Promise<void>;
}

export interface Servers {
  readonly postgres: string;
  /** Empty where there is none. */
  readonly mariadb: string;
}

let made = 0;

export async function openScratch(
  engine: AttackEngine,
  servers: Servers,
  view: AccessView,
  script = TABLES + { postgres: POSTGRES_CODE, mysql: MARIADB_EXTRAS, sqlite: '' }[engine],
): Promise<Scratch> {
  const name = `scratch_${process.pid}_${made++}`;
  switch (engine) {
    case 'postgres':
      return onPostgres(servers.postgres, name, view, script);
    case 'mysql':
      return onMariadb(servers.mariadb, name, view, script);
    case 'sqlite':
      return onSqlite(view, script);
  }
}

async function opened(url: string, view: AccessView) {
  const database = needed(await openAddress(url, 'scratch'));
  const catalog = needed(await database.catalog({}, new AbortController().signal));
  return { database, scope: scopeOf(catalog, view) };
}

const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

async function onPostgres(server: string, name: string, view: AccessView, script: string): Promise<Scratch> {
  const url = new URL(server);
  const options = { host: url.hostname, port: Number(url.port), user: url.username, password: url.password };
  const admin = new pg.Client({ ...options, database: 'postgres' });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const client = new pg.Client({ ...options, database: name });
  await client.connect();
  await client.query(script);
  await client.query('ANALYZE');
  url.pathname = `/${name}`;
  const { database, scope } = await opened(url.toString(), view);
  const state = async () => {
    const tables = await client.query<{ schema: string; name: string }>(
      "SELECT schemaname AS schema, tablename AS name FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)' ORDER BY 1, 2",
    );
    const rows: unknown[] = [];
    for (const table of tables.rows) {
      const label = `${pg.escapeIdentifier(table.schema)}.${pg.escapeIdentifier(table.name)}`;
      rows.push([label, (await client.query(`SELECT t::text FROM ${label} t ORDER BY 1`)).rows]);
    }
    const roles = await client.query('SELECT rolname, rolsuper FROM pg_roles ORDER BY 1');
    return digest([rows, roles.rows]);
  };
  return {
    engine: 'postgres',
    database,
    scope,
    url: url.toString(),
    leftovers: async () => {
      const { rows } = await client.query<{ what: string }>(
        `SELECT 'session ' || a.state AS what FROM pg_stat_activity a
           WHERE a.datname = current_database() AND a.application_name = 'querent' AND a.state <> 'idle'
         UNION ALL SELECT 'lock ' || l.locktype FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
           WHERE a.datname = current_database() AND a.application_name = 'querent'
         UNION ALL SELECT 'temporary ' || c.relname FROM pg_class c WHERE c.relpersistence = 't'
         UNION ALL SELECT 'large object ' || o.oid FROM pg_largeobject_metadata o`,
      );
      return rows.map((row) => row.what);
    },
    state,
    recorder: async (sql) => {
      await client.query('BEGIN READ ONLY');
      try {
        await client.query(
          `SET LOCAL search_path = pg_catalog, ${scope.searchPath.map(pg.escapeIdentifier).join(', ')}`,
        );
        await client.query("SET LOCAL statement_timeout = '2s'");
        const plan = await client.query({ text: `EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`, rowMode: 'array' });
        return [...new Set(relationsOf(plan.rows[0]))].sort();
      } catch {
        return undefined;
      } finally {
        await client.query('ROLLBACK');
      }
    },
    close: async () => {
      await database.close();
      await client.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

function relationsOf(plan: unknown): string[] {
  if (Array.isArray(plan)) return plan.flatMap(relationsOf);
  if (plan === null || typeof plan !== 'object') return [];
  const node = plan as Record<string, unknown>;
  const own = typeof node['Relation Name'] === 'string' ? [`${String(node.Schema)}.${node['Relation Name']}`] : [];
  return [...own, ...Object.values(node).flatMap(relationsOf)];
}

async function onMariadb(server: string, name: string, view: AccessView, script: string): Promise<Scratch> {
  const url = new URL(server);
  const client = await mysql.createConnection({
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    password: url.password,
    multipleStatements: true,
    charset: 'utf8mb4',
  });
  await client.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4; USE ${name}`);
  await client.query(script);
  url.pathname = `/${name}`;
  const { database, scope } = await opened(url.toString(), view);
  return {
    engine: 'mariadb',
    database,
    scope,
    url: url.toString(),
    leftovers: async () => {
      const [threads] = await client.query<mysql.RowDataPacket[]>(
        `SELECT CONCAT('session ', command) AS what FROM information_schema.processlist
           WHERE db = ? AND id <> CONNECTION_ID() AND command <> 'Sleep'
         UNION ALL SELECT CONCAT('transaction ', t.trx_id) FROM information_schema.innodb_trx t
           JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE p.db = ? AND p.id <> CONNECTION_ID()`,
        [name, name],
      );
      return threads.map((row) => String(row.what));
    },
    state: async () => {
      const [tables] = await client.query<mysql.RowDataPacket[]>('SHOW FULL TABLES');
      const rows: unknown[] = [];
      for (const table of tables) {
        const label = String(Object.values(table)[0]);
        rows.push([label, (await client.query(`SELECT * FROM ${mysql.escapeId(label)}`))[0]]);
      }
      return digest(rows);
    },
    recorder: async (sql) => {
      try {
        await client.query(`EXPLAIN EXTENDED ${sql}`);
        const [notes] = await client.query<mysql.RowDataPacket[]>('SHOW WARNINGS');
        const text = String(notes.find((note) => note.Code === 1003)?.Message ?? '');
        const found = [...text.matchAll(new RegExp(`\`${name}\`\\.\`([^\`]+)\`(?!\\.)`, 'g'))].map(
          (match) => match[1]!,
        );
        return [...new Set(found)].sort();
      } catch {
        return undefined;
      }
    },
    close: async () => {
      await database.close();
      await client.query(`DROP DATABASE ${name}`);
      await client.end();
    },
  };
}

async function onSqlite(view: AccessView, script: string): Promise<Scratch> {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-scratch-')), 'scratch.sqlite');
  const writer = new DatabaseSync(file);
  writer.exec(script);
  writer.exec('ANALYZE');
  writer.close();
  const { database, scope } = await opened(`sqlite:${file}`, view);
  const reader = new DatabaseSync(file, { readOnly: true });
  return {
    engine: 'sqlite',
    database,
    scope,
    url: `sqlite:${file}`,
    // The process that ran them is ours alone, and its folder is emptied with it.
    leftovers: async () => [],
    state: async () => digest(readFileSync(file, 'base64')),
    // The program of a statement opens tables and indexes by their root pages: that is what it reads, whatever it is called.
    recorder: async (sql) => {
      try {
        const roots = new Map(
          reader
            .prepare('SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0')
            .all()
            .map((row) => [Number(row.rootpage), String(row.tbl_name)]),
        );
        const opened = reader
          .prepare(`EXPLAIN ${sql}`)
          .all()
          .filter((row) => row.opcode === 'OpenRead' && Number(row.p3) === 0)
          .flatMap((row) => roots.get(Number(row.p2)) ?? []);
        return [...new Set(opened)].sort();
      } catch {
        return undefined;
      }
    },
    close: async () => {
      await database.close();
      reader.close();
    },
  };
}
