import mysql, { type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import { type RoleFinding, type RoleReport, someOf } from '#src/domain/role-report.ts';
import { driverError } from '../driver-error.ts';

/** Rights that only read. Anything that is not here or below is a refusal (ROLE-4). */
const HARMLESS = new Set(['USAGE', 'SELECT', 'SHOW VIEW']);

const CODES: readonly (readonly [RegExp, RoleFinding['code']])[] = [
  [/^(?:SUPER|ALL PRIVILEGES|CREATE USER|GRANT OPTION|SYSTEM_USER|SET USER|SET_USER_ID)$/, 'administrator'],
  [/^FILE$/, 'server-files'],
  [
    /^(?:PROCESS|RELOAD|SHUTDOWN|LOCK TABLES|REPLICATION.*|BINLOG.*|BINARY.*|CONNECTION.*|READ.ONLY.*|.*ADMIN)$/,
    'server-administration',
  ],
  [/^(?:INSERT|UPDATE|DELETE|DELETE HISTORY|DROP|ALTER|INDEX|REFERENCES|TRIGGER)$/, 'writes'],
  [/^(?:CREATE.*|ALTER ROUTINE|EVENT)$/, 'creates'],
];

/**
 * What the connected user may do beyond reading (ROLE-4): its grants and those of every role that it may take on, by an allow-list;
 * then a table is tried to be created, which must fail. The grants as printed hold a password hash on MariaDB: they are read
 * and never kept.
 */
export async function probeRole(connection: PoolConnection, encrypted: boolean): Promise<RoleReport> {
  const [who] = await connection.query<RowDataPacket[]>('SELECT CURRENT_USER() AS user');
  const role = String(who[0]!.user);
  const findings: RoleFinding[] = [];
  const add = (severity: RoleFinding['severity'], code: RoleFinding['code'], what: string) =>
    findings.push({ severity, code, what });
  const byCode = new Map<RoleFinding['code'], Set<string>>();
  const wide = new Set<string>();
  for (const grant of await allGrants(connection, add)) {
    for (const right of grant.rights) {
      if (HARMLESS.has(right)) {
        if (right === 'SELECT' && /^(?:\*\.\*|`?mysql`?\..*)$/i.test(grant.on)) wide.add(grant.on);
        continue;
      }
      const code = CODES.find(([pattern]) => pattern.test(right))?.[1] ?? 'unknown-right';
      const known = byCode.get(code) ?? new Set<string>();
      known.add(`${right} on ${grant.on.replaceAll('`', '')}`);
      byCode.set(code, known);
    }
  }
  for (const [code, rights] of byCode) add('refuse', code, `${role} has ${someOf([...rights])}.`);
  if (wide.size) add('warn', 'reads-everything', `${role} may read ${someOf([...wide]).replaceAll('`', '')}.`);
  const created = await triedToCreate(connection);
  if (created) add('refuse', 'creates', `${role} could create a table in a read-only session.`);
  const [state] = await connection.query<RowDataPacket[]>('SELECT @@global.read_only AS replica');
  if (!Number(state[0]!.replica)) {
    add('warn', 'primary', 'This is the primary server; a replica would keep questions away from it.');
  }
  if (!encrypted) add('warn', 'no-encryption', 'The connection is not encrypted.');
  return { role, findings };
}

interface Grant {
  readonly rights: readonly string[];
  readonly on: string;
}

type Add = (severity: RoleFinding['severity'], code: RoleFinding['code'], what: string) => void;

/** The user's grants and those of its roles, roles of roles included. */
async function allGrants(connection: PoolConnection, add: Add): Promise<Grant[]> {
  const grants: Grant[] = [];
  const seen = new Set<string>();
  const read = async (lines: readonly string[]): Promise<void> => {
    for (const line of lines) {
      const grant = readGrant(line);
      if (grant.kind === 'rights') grants.push(grant.grant);
      else if (grant.kind === 'roles') for (const role of grant.roles) await readRole(role);
      else if (grant.kind === 'unknown') add('refuse', 'unknown-right', 'One of its grants cannot be read.');
    }
  };
  const readRole = async (role: string): Promise<void> => {
    if (seen.has(role)) return;
    seen.add(role);
    const lines = await grantsOf(connection, role);
    if (lines) await read(lines);
    else add('refuse', 'unknown-right', `The grants of its role ${role} cannot be read.`);
  };
  await read((await grantsOf(connection, undefined)) ?? []);
  if (!grants.length) add('refuse', 'unknown-right', 'Its grants cannot be read.');
  return grants;
}

/** The grants of the user, or of a role that it may take on: MariaDB shows those of a role only to who has taken it on. */
async function grantsOf(connection: PoolConnection, role: string | undefined): Promise<string[] | undefined> {
  const show = async (text: string) => {
    const [rows] = await connection.query<RowDataPacket[]>({ sql: text, rowsAsArray: true });
    return (rows as unknown as string[][]).map((row) => String(row[0]));
  };
  try {
    if (role === undefined) return await show('SHOW GRANTS FOR CURRENT_USER()');
    await connection.query(`SET ROLE ${mysql.escapeId(role, true)}`);
    return await show('SHOW GRANTS');
  } catch {
    return undefined;
  } finally {
    if (role !== undefined) await connection.query('SET ROLE NONE').catch(() => undefined);
  }
}

type ReadGrant =
  | { readonly kind: 'rights'; readonly grant: Grant }
  | { readonly kind: 'roles'; readonly roles: readonly string[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown' };

/** `GRANT SELECT (a, b), INSERT ON x.* TO …`, `GRANT role TO …`, `SET DEFAULT ROLE …`. */
function readGrant(line: string): ReadGrant {
  if (/^SET DEFAULT ROLE /i.test(line)) return { kind: 'nothing' };
  const rights = /^GRANT (.+?) ON (?:TABLE |FUNCTION |PROCEDURE |PACKAGE |PACKAGE BODY )?(\S+) TO /i.exec(line);
  if (rights) {
    const list = rights[1]!
      .replace(/\([^)]*\)/g, '')
      .split(',')
      .map((right) => right.trim().toUpperCase());
    const passedOn = /\bWITH (?:GRANT|ADMIN) OPTION\b/i.test(line) ? ['GRANT OPTION'] : [];
    return { kind: 'rights', grant: { rights: [...list, ...passedOn], on: rights[2]! } };
  }
  const roles =
    /^GRANT ((?:`[^`]+`|'[^']+'|[\w$]+)(?:@(?:`[^`]*`|'[^']*'))?(?:\s*,\s*(?:`[^`]+`|'[^']+'|[\w$]+)(?:@(?:`[^`]*`|'[^']*'))?)*) TO /i.exec(
      line,
    );
  if (!roles) return { kind: 'unknown' };
  const names = roles[1]!.split(',').map((one) =>
    one
      .trim()
      .replace(/@.*$/, '')
      .replace(/^[`']|[`']$/g, ''),
  );
  return { kind: 'roles', roles: names };
}

/** Read-only session, no right: table access denied, access denied, or the transaction is read-only. */
const FAILS_AS_IT_SHOULD = new Set([1142, 1044, 1792]);

async function triedToCreate(connection: PoolConnection): Promise<boolean> {
  const name = `querent_probe_${crypto.randomUUID().replaceAll('-', '')}`;
  try {
    await connection.query(`CREATE TABLE ${mysql.escapeId(name)} (a INTEGER)`);
  } catch (error) {
    return !FAILS_AS_IT_SHOULD.has(driverError(error).errno);
  }
  await connection.query(`DROP TABLE ${mysql.escapeId(name)}`).catch(() => undefined);
  return true;
}
