import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '#src/domain/catalog.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { Secret } from '#src/domain/secret.ts';
import type { Database } from '#src/ports/database.ts';
import type { DatabaseAddress } from '#src/ports/database-opener.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import { openMysql } from './mysql/open-mysql.ts';
import { openPostgres } from './postgres/open-postgres.ts';
import { isLoopback } from './server-target.ts';
import { openSqlite } from './sqlite/open-sqlite.ts';

/** A registered database: where it is, without its password, and where the password comes from. */
export interface DatabaseTarget {
  readonly id: string;
  /** `postgres://user@host:port/database?schemas=a,b&tls=off&ca=FILE`, `mariadb://…`, `mysql://…` or `sqlite:PATH`; no password. */
  readonly url: string;
  /** `env:NAME`, `file:PATH`, `sealed` in the vault under the id, or `plain:…` for a database that is never stored. */
  readonly secret?: string;
  readonly description?: string;
}

const ENGINES: Readonly<Record<string, Engine>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mariadb',
};

/** Splits a password off a database URL, so that what is stored and shown never holds it. */
export function parseDatabaseUrl(text: string): Result<DatabaseAddress> {
  const bad = (reason: string) => fail({ kind: 'bad-database-url', reason });
  const sqlite = /^sqlite:(?:\/\/)?(.+)$/i.exec(text);
  if (sqlite) {
    const file = path.resolve(sqlite[1]!);
    return ok({ engine: 'sqlite', url: `sqlite:${file}`, name: path.basename(file).replace(/\.(sqlite3?|db)$/i, '') });
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return bad('it is not a URL');
  }
  const engine = ENGINES[url.protocol];
  if (!engine) return bad(`${url.protocol.slice(0, -1)} is not a kind of database I know`);
  const name = decodeURIComponent(url.pathname.slice(1));
  if (!url.hostname) return bad('the host is missing');
  if (!url.username) return bad('the user name is missing');
  if (!name || name.includes('/')) return bad('the database name is missing');
  const password = url.password ? decodeURIComponent(url.password) : undefined;
  url.password = '';
  return ok({ engine, url: url.toString(), name, ...(password === undefined ? {} : { password }) });
}

export interface OpenOptions {
  /** Opens sealed passwords. */
  readonly vault?: Pick<SecretVault, 'open'>;
  /** Folders below which SQLite files must lie; anywhere, if there are none. */
  readonly sqliteFolders?: readonly string[];
}

/** Opens a registered database with the adapter of its engine. Connects lazily: a wrong address shows at first use. */
export async function openDatabase(
  target: DatabaseTarget,
  environment: NodeJS.ProcessEnv,
  { vault, sqliteFolders = [] }: OpenOptions = {},
): Promise<Result<Database>> {
  const parsed = parseDatabaseUrl(target.url);
  if (!parsed.ok) return parsed;
  const described = target.description ? { description: target.description } : {};
  if (parsed.value.engine === 'sqlite') {
    const file = parsed.value.url.slice('sqlite:'.length);
    return ok(openSqlite({ id: target.id, file, folders: sqliteFolders, ...described }));
  }
  const url = new URL(parsed.value.url);
  const password =
    target.secret === 'sealed' ? await openSealed(target.id, vault) : readSecret(target.secret, environment);
  if (!password.ok) return password;
  const loopback = isLoopback(url.hostname);
  const tls = url.searchParams.get('tls');
  const ca = readAuthority(url.searchParams.get('ca'));
  if (!ca.ok) return ca;
  const { engine, name } = parsed.value;
  const server = {
    id: target.id,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    database: name,
    user: decodeURIComponent(url.username),
    tls: tls === 'on' || (!loopback && tls !== 'off'),
    ...(ca.value === undefined ? {} : { ca: ca.value }),
    ...(password.value === undefined ? {} : { password: password.value }),
    ...described,
  };
  if (engine === 'mysql' || engine === 'mariadb') {
    return ok(openMysql({ ...server, engine, port: url.port ? Number(url.port) : 3306 }));
  }
  const schemas = url.searchParams.get('schemas')?.split(',').filter(Boolean);
  return ok(
    openPostgres({
      ...server,
      port: url.port ? Number(url.port) : 5432,
      ...(schemas?.length ? { schemas } : {}),
    }),
  );
}

/** The certificate of a private authority that the operator named. */
function readAuthority(file: string | null): Result<string | undefined> {
  if (file === null) return ok(undefined);
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch {
    return fail({ kind: 'bad-database-url', reason: `the certificate ${file} cannot be read` });
  }
}

async function openSealed(id: string, vault: Pick<SecretVault, 'open'> | undefined): Promise<Result<Secret>> {
  if (vault) return vault.open(id);
  return fail({ kind: 'secret-unavailable', of: id, why: 'no sealed secret can be opened here' });
}

function readSecret(secret: string | undefined, environment: NodeJS.ProcessEnv): Result<Secret | undefined> {
  if (secret === undefined) return ok(undefined);
  const [scheme, ...rest] = secret.split(':');
  const value = rest.join(':');
  if (scheme === 'plain') return ok(new Secret(value));
  if (scheme === 'env') {
    const found = environment[value];
    return found === undefined
      ? fail({ kind: 'bad-database-url', reason: `the environment variable ${value} is not set` })
      : ok(new Secret(found));
  }
  if (scheme === 'file') {
    try {
      return ok(new Secret(readFileSync(value, 'utf8').trim()));
    } catch {
      return fail({ kind: 'bad-database-url', reason: 'the password file cannot be read' });
    }
  }
  return fail({ kind: 'bad-database-url', reason: 'a password comes from env:NAME or file:PATH' });
}
