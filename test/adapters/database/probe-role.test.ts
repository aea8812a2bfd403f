import assert from 'node:assert/strict';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { START_MARIADB } from '#adapters/database/mysql/scratch.ts';
import { roleScript } from '#adapters/database/role-script.ts';
import { isRefused, type RoleDefect, type RoleReport } from '#src/domain/role-report.ts';
import { asAdmin } from '#test/support/shop.ts';
import { openAt } from './open-at.ts';

const never = new AbortController().signal;

async function probed(url: URL, user: string): Promise<RoleReport> {
  const address = new URL(url);
  address.username = user;
  address.password = 'reader';
  const database = await openAt(address.toString(), 'probed');
  const report = await database.probeRole(never);
  await database.close();
  assert.ok(report.ok, JSON.stringify(report));
  return report.value;
}

/** What every local test server is warned about: neither encryption nor a replica. */
const LOCAL: readonly RoleDefect[] = ['primary', 'no-encryption'];

const own = (report: RoleReport) => report.findings.filter(({ code }) => !LOCAL.includes(code));

describe('the probe of a PostgreSQL role', () => {
  const name = `probe_${process.pid}_${Date.now()}`;
  const role = (defect: string) => `${name}_${defect}`;
  const server = new URL(inject('postgresUrl'));
  server.pathname = `/${name}`;
  const admin = (sql: string) => asAdmin(name, (client) => client.query(sql));

  /** What was granted beyond reading (`R` is the role), and what the probe must say. */
  const DEFECTS: Readonly<Record<string, readonly [sql: string, severity: 'refuse' | 'warn', code: RoleDefect]>> = {
    superuser: ['ALTER ROLE R SUPERUSER', 'refuse', 'administrator'],
    createrole: ['ALTER ROLE R CREATEROLE', 'refuse', 'administrator'],
    createdb: ['ALTER ROLE R CREATEDB', 'refuse', 'administrator'],
    replication: ['ALTER ROLE R REPLICATION', 'refuse', 'administrator'],
    bypassrls: ['ALTER ROLE R BYPASSRLS', 'refuse', 'administrator'],
    member_of_super: ['GRANT postgres TO R', 'refuse', 'may-become-another'],
    member_without_inherit: ['ALTER ROLE R NOINHERIT; GRANT pg_write_all_data TO R', 'refuse', 'writes'],
    server_files: ['GRANT pg_read_server_files TO R', 'refuse', 'server-files'],
    server_program: ['GRANT pg_execute_server_program TO R', 'refuse', 'server-files'],
    signal: ['GRANT pg_signal_backend TO R', 'refuse', 'server-administration'],
    insert: ['GRANT INSERT ON orders TO R', 'refuse', 'writes'],
    update_column: ['GRANT UPDATE (note) ON orders TO R', 'refuse', 'writes'],
    delete: ['GRANT DELETE ON orders TO R', 'refuse', 'writes'],
    truncate: ['GRANT TRUNCATE ON orders TO R', 'refuse', 'writes'],
    trigger: ['GRANT TRIGGER ON orders TO R', 'refuse', 'writes'],
    references: ['GRANT REFERENCES (id) ON orders TO R', 'refuse', 'writes'],
    create_in_schema: ['GRANT CREATE ON SCHEMA public TO R', 'refuse', 'creates'],
    create_in_database: [`GRANT CREATE ON DATABASE ${name} TO R`, 'refuse', 'creates'],
    owner: ['CREATE TABLE owned_R (a int); ALTER TABLE owned_R OWNER TO R', 'refuse', 'owns'],
    temporary: [`GRANT TEMPORARY ON DATABASE ${name} TO R`, 'warn', 'temporary-tables'],
    sequence: ['GRANT USAGE ON SEQUENCE numbers TO R', 'warn', 'sequences'],
    definer: ['GRANT EXECUTE ON FUNCTION as_owner() TO R', 'warn', 'definer-routines'],
    reads_all: ['GRANT pg_read_all_data TO R', 'warn', 'reads-everything'],
    dblink: ['GRANT EXECUTE ON FUNCTION dblink_like(text) TO R', 'warn', 'remote-queries'],
  };

  beforeAll(async () => {
    await asAdmin('postgres', (client) => client.query(`CREATE DATABASE ${name}`));
    await admin(`
      CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);
      CREATE SEQUENCE numbers;
      CREATE FUNCTION as_owner() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
      CREATE FUNCTION dblink_like(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
      REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;`);
  });
  afterAll(() =>
    asAdmin('postgres', async (client) => {
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      for (const defect of ['fine', ...Object.keys(DEFECTS)]) await client.query(`DROP ROLE IF EXISTS ${role(defect)}`);
    }),
  );

  /** Made by the very script that an administrator is given. */
  async function make(defect: string) {
    const script = roleScript({
      engine: 'postgres',
      role: role(defect),
      database: name,
      tables: [{ name: 'orders' }],
      schemas: [],
    });
    await admin(script.replace("'…'", "'reader'"));
  }

  it('finds nothing in a role made by the script', async () => {
    await make('fine');
    const report = await probed(server, role('fine'));
    assert.deepEqual(own(report), []);
    assert.equal(isRefused(report), false);
  });

  it.each(Object.entries(DEFECTS))('tells of %s', async (defect, [sql, severity, code]) => {
    await make(defect);
    await admin(sql.replaceAll('owned_R', `owned_${defect}`).replaceAll(/\bR\b/g, role(defect)));
    const report = await probed(server, role(defect));
    const found = own(report).find((finding) => finding.code === code);
    assert.ok(found, `${defect}: ${JSON.stringify(report.findings)}`);
    assert.equal(found.severity, severity);
    assert.match(found.what, /^[A-Z_a-z].*\.$/);
    assert.equal(isRefused(report), severity === 'refuse');
  });
});

const mariadb = inject('mariadbUrl');

describe.skipIf(!mariadb)(
  mariadb ? 'the probe of a MariaDB user' : `the probe of a MariaDB user (skipped: none here; ${START_MARIADB})`,
  () => {
    const name = `probe_${process.pid}_${Date.now()}`;
    const user = (defect: string) => `p${process.pid}_${defect}`.slice(0, 60);
    let connection: mysql.Connection;

    const DEFECTS: Readonly<Record<string, readonly [sql: string, severity: 'refuse' | 'warn', code: RoleDefect]>> = {
      all: ['GRANT ALL PRIVILEGES ON *.* TO U', 'refuse', 'administrator'],
      all_here: ['GRANT ALL PRIVILEGES ON D.* TO U', 'refuse', 'administrator'],
      super: ['GRANT SUPER ON *.* TO U', 'refuse', 'administrator'],
      grant_option: ['GRANT SELECT ON D.* TO U WITH GRANT OPTION', 'refuse', 'administrator'],
      create_user: ['GRANT CREATE USER ON *.* TO U', 'refuse', 'administrator'],
      file: ['GRANT FILE ON *.* TO U', 'refuse', 'server-files'],
      process: ['GRANT PROCESS ON *.* TO U', 'refuse', 'server-administration'],
      lock: ['GRANT LOCK TABLES ON D.* TO U', 'refuse', 'server-administration'],
      insert: ['GRANT INSERT ON D.orders TO U', 'refuse', 'writes'],
      update_column: ['GRANT UPDATE (note) ON D.orders TO U', 'refuse', 'writes'],
      drop: ['GRANT DROP ON D.* TO U', 'refuse', 'writes'],
      create: ['GRANT CREATE ON D.* TO U', 'refuse', 'creates'],
      temporary: ['GRANT CREATE TEMPORARY TABLES ON D.* TO U', 'refuse', 'creates'],
      routine: ['GRANT CREATE ROUTINE ON D.* TO U', 'refuse', 'creates'],
      execute: ['GRANT EXECUTE ON D.* TO U', 'refuse', 'unknown-right'],
      by_role: ['GRANT probe_writer TO U', 'refuse', 'writes'],
      reads_all: ['GRANT SELECT ON *.* TO U', 'warn', 'reads-everything'],
      reads_mysql: ['GRANT SELECT ON mysql.* TO U', 'warn', 'reads-everything'],
    };

    beforeAll(async () => {
      const url = new URL(mariadb);
      connection = await mysql.createConnection({
        host: url.hostname,
        port: Number(url.port),
        user: url.username,
        password: url.password,
        multipleStatements: true,
      });
      await connection.query(`CREATE DATABASE ${name}; CREATE TABLE ${name}.orders (id INTEGER PRIMARY KEY, note VARCHAR(20));
      CREATE OR REPLACE ROLE probe_writer; CREATE OR REPLACE ROLE probe_inner; GRANT DELETE ON ${name}.* TO probe_inner; GRANT probe_inner TO probe_writer`);
    });
    afterAll(async () => {
      await connection.query(`DROP DATABASE ${name}; DROP ROLE probe_writer; DROP ROLE probe_inner`);
      for (const defect of ['fine', ...Object.keys(DEFECTS)])
        await connection.query(`DROP USER IF EXISTS '${user(defect)}'@'%'`);
      await connection.end();
    });

    async function make(defect: string) {
      const script = roleScript({
        engine: 'mariadb',
        role: user(defect),
        database: name,
        tables: [{ name: 'orders' }],
        schemas: [],
      });
      await connection.query(script.replace("'…'", "'reader'").replace(' REQUIRE SSL', ''));
    }
    const address = () => {
      const url = new URL(mariadb);
      url.pathname = `/${name}`;
      return url;
    };

    it('finds nothing in a user made by the script', async () => {
      await make('fine');
      const report = await probed(address(), user('fine'));
      assert.deepEqual(own(report), []);
      assert.equal(isRefused(report), false);
    });

    it.each(Object.entries(DEFECTS))('tells of %s', async (defect, [sql, severity, code]) => {
      await make(defect);
      await connection.query(sql.replaceAll(/\bD\b/g, name).replaceAll(/\bU\b/g, `'${user(defect)}'@'%'`));
      const report = await probed(address(), user(defect));
      const found = own(report).find((finding) => finding.code === code);
      assert.ok(found, `${defect}: ${JSON.stringify(report.findings)}`);
      assert.equal(found.severity, severity);
      assert.equal(isRefused(report), severity === 'refuse');
      assert.doesNotMatch(JSON.stringify(report), /\*[0-9A-F]{40}|IDENTIFIED/);
    });
  },
);
