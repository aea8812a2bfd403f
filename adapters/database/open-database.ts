import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { Secret } from '#src/domain/secret.ts';
import type { Database } from '#src/ports/database.ts';
import type { DatabaseAddress } from '#src/ports/database-opener.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import { CheckedSocket, type EgressPolicy, OPERATORS_POLICY, refusedTarget } from '../network/egress.ts';
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
  /** The certificate of a private authority, as text, in the place of a file of the host. */
  readonly authority?: string;
  /** Named in a form: the egress policy of forms holds for it (NET-1), else that of the operator (NET-3). */
  readonly fromForm?: true;
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
  /** Where servers may be that a form names; nowhere private, if absent. */
  readonly egress?: EgressPolicy;
  /** The folder below which password files lie that a form names. */
  readonly secretsFolder?: string;
}

/** Secrets of the machine that a form may name: another would be sent to whatever server the form names (SEC-1). */
const FORM_VARIABLE = /^QUERENT_PASSWORD_\w+$/;
const SECRETS_FOLDER = '/run/secrets';

/** Why a password's source may not be named in a form; nothing where it may. */
export function refusedSource(secret: string | undefined, folder = SECRETS_FOLDER): Failure | undefined {
  const refused = { kind: 'reference-refused', folder } as const;
  if (secret === undefined || secret === 'sealed' || secret.startsWith('plain:')) return undefined;
  if (secret.startsWith('env:')) return FORM_VARIABLE.test(secret.slice('env:'.length)) ? undefined : refused;
  return secret.startsWith('file:') && liesBelow(secret.slice('file:'.length), folder) ? undefined : refused;
}

/** By where its links lead; a file that is not there yet by its name. */
function liesBelow(file: string, folder: string): boolean {
  const real = (one: string) => {
    try {
      return realpathSync(one);
    } catch {
      return path.resolve(one);
    }
  };
  return path.isAbsolute(file) && real(file).startsWith(real(folder) + path.sep);
}

const CLOSED: EgressPolicy = { privateRanges: [], lowPorts: [], loopback: false };

/** The policy that a database's server is held to at every connection. */
export const policyFor = ({ fromForm }: Pick<DatabaseTarget, 'fromForm'>, egress = CLOSED): EgressPolicy =>
  fromForm ? egress : OPERATORS_POLICY;

/** Opens a registered database with the adapter of its engine. Connects lazily: a wrong address shows at first use. */
export async function openDatabase(
  target: DatabaseTarget,
  environment: NodeJS.ProcessEnv,
  { vault, sqliteFolders = [], egress, secretsFolder }: OpenOptions = {},
): Promise<Result<Database>> {
  const parsed = parseDatabaseUrl(target.url);
  if (!parsed.ok) return parsed;
  const described = target.description ? { description: target.description } : {};
  if (parsed.value.engine === 'sqlite') {
    const file = parsed.value.url.slice('sqlite:'.length);
    return ok(openSqlite({ id: target.id, file, folders: sqliteFolders, ...described }));
  }
  const url = new URL(parsed.value.url);
  const source = target.fromForm ? refusedSource(target.secret, secretsFolder) : undefined;
  if (source) return fail(source);
  const password =
    target.secret === 'sealed' ? await openSealed(target.id, vault) : readSecret(target.secret, environment);
  if (!password.ok) return password;
  const loopback = isLoopback(url.hostname);
  const tls = url.searchParams.get('tls');
  const ca = target.authority === undefined ? readAuthority(url.searchParams.get('ca')) : ok(target.authority);
  if (!ca.ok) return ca;
  const { engine, name } = parsed.value;
  const policy = policyFor(target, egress);
  const server = {
    id: target.id,
    host: hostOf(url),
    socket: () => new CheckedSocket(policy),
    database: name,
    user: decodeURIComponent(url.username),
    tls: tls === 'on' || (!loopback && tls !== 'off'),
    ...(ca.value === undefined ? {} : { ca: ca.value }),
    ...(password.value === undefined ? {} : { password: password.value }),
    ...described,
  };
  if (engine === 'mysql' || engine === 'mariadb') {
    return ok(openMysql({ ...server, engine, port: portOf(url, engine) }));
  }
  const schemas = url.searchParams.get('schemas')?.split(',').filter(Boolean);
  return ok(
    openPostgres({
      ...server,
      port: portOf(url, engine),
      ...(schemas?.length ? { schemas } : {}),
    }),
  );
}

const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '');
const portOf = (url: URL, engine: Engine) => (url.port ? Number(url.port) : engine === 'postgres' ? 5432 : 3306);

/** Why the server of a database may not be connected to, as its name leads now; nothing where it may, or where there is no server. */
export async function refusedAddress(target: DatabaseTarget, egress?: EgressPolicy): Promise<Failure | undefined> {
  const parsed = parseDatabaseUrl(target.url);
  if (!parsed.ok) return parsed.failure;
  const { engine } = parsed.value;
  if (engine === 'sqlite') return undefined;
  const url = new URL(parsed.value.url);
  const why = await refusedTarget({ host: hostOf(url), port: portOf(url, engine) }, policyFor(target, egress));
  return why && { kind: 'address-refused', database: target.id, why };
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
