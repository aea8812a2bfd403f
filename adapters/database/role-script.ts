import mysql from 'mysql2';
import pg from 'pg';
import type { Engine } from '#src/domain/catalog.ts';
import { ok, type Result } from '#src/domain/result.ts';
import { parseDatabaseUrl } from './open-database.ts';

export interface RoleScript {
  readonly engine: Engine;
  readonly role: string;
  readonly database: string;
  /** Tables as `schema.name` or `name`, and the columns of them if not all; every table of the schemas if there are none. */
  readonly tables: readonly { readonly schema?: string; readonly name: string; readonly columns?: readonly string[] }[];
  readonly schemas: readonly string[];
}

/**
 * The statements by which an administrator makes a role that may only read (ROLE-1). They are printed for a person to run; we
 * never ask for an owner's password. `…` stands for the password to choose.
 */
export function roleScript(script: RoleScript): string {
  switch (script.engine) {
    case 'postgres':
      return postgresScript(script);
    case 'mysql':
    case 'mariadb':
      return mysqlScript(script);
    case 'sqlite':
      return [
        '-- SQLite has no roles: the file is opened read-only by a process of its own.',
        '-- Give the user that runs Querent no right to write the file (chmod 440), and keep it below one folder.',
      ].join('\n');
  }
}

/** The same for the database at an address, with tables as `schema.name` or `name`; nothing is opened for it. */
export function roleScriptFor(address: string, role: string, tables: readonly string[]): Result<string> {
  const parsed = parseDatabaseUrl(address);
  if (!parsed.ok) return parsed;
  const { engine, url, name } = parsed.value;
  const schemas = engine === 'postgres' ? new URL(url).searchParams.get('schemas') : null;
  return ok(
    roleScript({
      engine,
      role,
      database: name,
      schemas: schemas?.split(',').filter(Boolean) ?? [],
      tables: tables.map(tableNamed),
    }),
  );
}

function tableNamed(label: string): RoleScript['tables'][number] {
  const dot = label.lastIndexOf('.');
  return dot === -1 ? { name: label } : { schema: label.slice(0, dot), name: label.slice(dot + 1) };
}

function postgresScript({ role, database, tables, schemas }: RoleScript): string {
  const name = pg.escapeIdentifier(role);
  const base = pg.escapeIdentifier(database);
  const used = schemas.length ? schemas : ['public'];
  const grants = tables.length
    ? tables.map(({ schema = 'public', name: table, columns }) => {
        const list = columns ? ` (${columns.map(pg.escapeIdentifier).join(', ')})` : '';
        return `GRANT SELECT${list} ON ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)} TO ${name};`;
      })
    : used.map((schema) => `GRANT SELECT ON ALL TABLES IN SCHEMA ${pg.escapeIdentifier(schema)} TO ${name};`);
  return [
    `-- Run as an administrator of ${database}. Prefer a replica; prefer views where columns must be masked.`,
    `CREATE ROLE ${name} LOGIN PASSWORD '…' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT CONNECTION LIMIT 8;`,
    `ALTER ROLE ${name} SET default_transaction_read_only = on;`,
    `ALTER ROLE ${name} SET statement_timeout = '15s';`,
    `ALTER ROLE ${name} SET lock_timeout = '2s';`,
    `ALTER ROLE ${name} SET idle_in_transaction_session_timeout = '20s';`,
    `REVOKE CREATE ON SCHEMA public FROM PUBLIC;`,
    `REVOKE TEMPORARY ON DATABASE ${base} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${base} TO ${name};`,
    ...used.map((schema) => `GRANT USAGE ON SCHEMA ${pg.escapeIdentifier(schema)} TO ${name};`),
    ...grants,
  ].join('\n');
}

function mysqlScript({ engine, role, database, tables }: RoleScript): string {
  const user = `${mysql.escape(role)}@'%'`;
  const base = mysql.escapeId(database, true);
  const limits =
    engine === 'mariadb' ? ' WITH MAX_USER_CONNECTIONS 8 MAX_STATEMENT_TIME 15' : ' WITH MAX_USER_CONNECTIONS 8';
  const grants = tables.length
    ? tables.map(({ name, columns }) => {
        const list = columns ? ` (${columns.map((column) => mysql.escapeId(column, true)).join(', ')})` : '';
        return `GRANT SELECT${list} ON ${base}.${mysql.escapeId(name, true)} TO ${user};`;
      })
    : [`GRANT SELECT, SHOW VIEW ON ${base}.* TO ${user};`];
  return [
    `-- Run as an administrator. Prefer a replica; prefer views where columns must be masked.`,
    `CREATE USER ${user} IDENTIFIED BY '…' REQUIRE SSL${limits};`,
    ...grants,
  ].join('\n');
}
