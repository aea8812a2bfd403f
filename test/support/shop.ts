import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { inject } from 'vitest';

/** The same small shop on each engine, with what a newcomer's database may hold: odd names, nulls, binary, long text. */
const SCHEMA = (types: { readonly bytes: string; readonly stamp: string }) => `
  CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT, joined DATE);
  CREATE TABLE "order" (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), status TEXT,
    amount NUMERIC(10, 2), placed_at ${types.stamp});
  CREATE TABLE "Odd Näme 🛒" ("select" TEXT, "quo""te" INTEGER, "Mixed Case" TEXT, "only null" TEXT, payload ${types.bytes}, as_text TEXT);
  INSERT INTO customer VALUES (1, 'Ada', 'Norway', '2023-01-05'), (2, 'Bo', 'Chile', '2023-06-30'), (3, 'Cy', NULL, '2024-02-29');
  INSERT INTO "order" VALUES (1, 1, 'placed', 10.50, '2024-01-01 10:00:00'), (2, 1, 'shipped', 20, '2024-02-01 11:30:00'),
    (3, 2, 'shipped', NULL, '2024-02-03 00:00:00');
  INSERT INTO "Odd Näme 🛒" VALUES ('x', 1, 'It''s', NULL, NULL, '2024-05-06');
  CREATE VIEW shipped AS SELECT id, amount FROM "order" WHERE status = 'shipped';`;

export function shopFile(extra = ''): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'shop.sqlite');
  const database = new DatabaseSync(file);
  database.exec(SCHEMA({ bytes: 'BLOB', stamp: 'TIMESTAMP' }) + extra);
  database.exec('UPDATE "Odd Näme 🛒" SET payload = x\'00ff10\'');
  database.close();
  return file;
}

export async function asAdmin<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const url = new URL(inject('postgresUrl'));
  const client = new pg.Client({
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    password: url.password,
    database,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

let made = 0;

/** A fresh PostgreSQL database with the shop in it, and a role that may only read it. Returns the reader's URL. */
export async function shopOnPostgres(extra = ''): Promise<string> {
  const name = `shop_${process.pid}_${Date.now()}_${made++}`;
  await asAdmin('postgres', async (client) => {
    await client.query(`CREATE DATABASE ${name}`);
    await client.query(`CREATE ROLE ${name}_reader LOGIN PASSWORD 'reader'`);
  });
  await asAdmin(name, async (client) => {
    await client.query(SCHEMA({ bytes: 'BYTEA', stamp: 'TIMESTAMP' }) + extra);
    await client.query(`UPDATE "Odd Näme 🛒" SET payload = '\\x00ff10'`);
    await client.query(`COMMENT ON TABLE customer IS 'People who bought something'`);
    await client.query(`COMMENT ON COLUMN customer.joined IS 'First purchase'`);
    await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}_reader`);
    await client.query('ANALYZE');
  });
  const url = new URL(inject('postgresUrl'));
  return `postgres://${name}_reader:reader@${url.host}/${name}`;
}

/** A fresh MariaDB database with the shop in it, and a user who may only read it. Returns the reader's URL. */
export async function shopOnMariadb(extra = ''): Promise<string> {
  const url = new URL(inject('mariadbUrl'));
  const name = `shop_${process.pid}_${Date.now()}_${made++}`;
  const admin = await mysql.createConnection({
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    password: url.password,
    multipleStatements: true,
    charset: 'utf8mb4',
  });
  try {
    await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4; USE ${name}`);
    const schema = SCHEMA({ bytes: 'VARBINARY(100)', stamp: 'DATETIME' })
      .replaceAll('"', '`')
      .replaceAll('``', '\u0000')
      .replaceAll('\u0000', '"')
      .replaceAll(' TEXT', ' VARCHAR(200)')
      .replaceAll('🛒', '☂');
    await admin.query(schema);
    if (extra) await admin.query(extra);
    await admin.query("UPDATE `Odd Näme ☂` SET payload = x'00ff10'");
    await admin.query("ALTER TABLE customer COMMENT 'People who bought something'");
    await admin.query("ALTER TABLE customer MODIFY joined DATE COMMENT 'First purchase'");
    await admin.query(`CREATE USER '${name}'@'%' IDENTIFIED BY 'reader'`);
    await admin.query(`GRANT SELECT, SHOW VIEW ON ${name}.* TO '${name}'@'%'`);
  } finally {
    await admin.end();
  }
  return `mariadb://${name}:reader@${url.host}/${name}`;
}
