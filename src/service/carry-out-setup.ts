import { readGrantee } from '#src/domain/access.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Progress } from '#src/domain/progress.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { type Setup, sealedAs } from '#src/domain/setup.ts';
import type { DatabaseOpener } from '#src/ports/database-opener.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import type { AccessService } from './access-service.ts';
import type { DatabaseService } from './database-service.ts';
import type { IndexReport, IndexService } from './index-service.ts';

/** What came of a setup. */
export interface SetUp {
  readonly setup: Setup;
  readonly serverVersion?: string;
  /** Warnings of its role that were accepted. */
  readonly warnings: readonly string[];
  /** Others that are the same database under another name. */
  readonly sameAs: readonly DatabaseId[];
  /** What the index holds now, or why its schema could not be read: it is registered all the same. */
  readonly indexed: Result<IndexReport>;
  readonly tables: number;
}

export interface Services {
  readonly databases: DatabaseService;
  readonly access: Pick<AccessService, 'change'>;
  readonly index: Pick<IndexService, 'build' | 'catalogOf'>;
}

interface Carrying extends Services {
  readonly vault: Pick<SecretVault, 'open'>;
  readonly opener: Pick<DatabaseOpener, 'open'>;
}

/** Registers the database of a setup, and reads and indexes it; or sets the password of one that is registered. */
export const carryOut = (
  setup: Setup,
  services: Carrying,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Result<SetUp>> =>
  setup.of === 'password' ? setPassword(setup, services, signal) : register(setup, services, onProgress, signal);

/** With its password for as long as it is connected with: nothing else holds it. */
async function withPassword({ id, database }: Setup, vault: Carrying['vault']): Promise<Result<RegisteredDatabase>> {
  if (database.secret !== 'sealed') return ok(database);
  const secret = await vault.open(sealedAs(id));
  return secret.ok ? ok({ ...database, secret: `plain:${secret.value.reveal()}` }) : secret;
}

async function register(
  setup: Setup,
  services: Carrying,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Result<SetUp>> {
  const { databases, access, index, vault } = services;
  const target = await withPassword(setup, vault);
  if (!target.ok) return target;
  const { id } = target.value;
  onProgress('connecting, and looking at what its role may do', 0, 0);
  const options = { acceptWarnings: setup.accepted, replace: false };
  const registered = await databases.register(target.value, options, setup.by, signal);
  const ours = !registered.ok && (await isOurs(target.value, registered.failure, databases));
  if (!registered.ok && !ours) return registered;
  await letThemAsk(setup, access);
  const indexed = await index.build({ only: id, rebuild: true }, onProgress, signal);
  const failure = indexed.ok ? indexed.value.failures[0] : undefined;
  return ok({
    setup,
    ...(registered.ok ? { serverVersion: registered.value.serverVersion } : {}),
    warnings: registered.ok ? registered.value.findings.map(({ what }) => what) : [],
    sameAs: await databases.sameAs(target.value),
    indexed: failure ? fail(failure) : indexed,
    tables: (await index.catalogOf(id))?.tables.length ?? 0,
  });
}

/** It was registered by this very setup, and a stop of the bot kept it from being read. */
async function isOurs(
  { id, url }: RegisteredDatabase,
  failure: Failure,
  databases: Pick<DatabaseService, 'list'>,
): Promise<boolean> {
  if (failure.kind !== 'database-exists') return false;
  return (await databases.list()).some((one) => one.id === id && one.url === url && one.fromForm === true);
}

const NOTHING_INDEXED: IndexReport = {
  built: false,
  databases: 0,
  tables: 0,
  columns: 0,
  failures: [],
  warnings: [],
  copies: [],
};

/** It is tried first: one that is refused takes no place of one that works. */
async function setPassword(setup: Setup, services: Carrying, signal: AbortSignal): Promise<Result<SetUp>> {
  const { databases, index, vault, opener } = services;
  const { id, url } = setup.database;
  const registered = (await databases.list()).find((one) => one.id === id);
  // Another took the name since: a password that was typed for one address is sent to no other.
  if (registered?.url !== url) return fail({ kind: 'setup-gone' });
  const target = await withPassword({ ...setup, database: { ...registered, secret: 'sealed' } }, vault);
  const secret = await vault.open(sealedAs(setup.id));
  if (!target.ok) return target;
  if (!secret.ok) return secret;
  const opened = await opener.open(target.value);
  if (!opened.ok) return opened;
  const pinged = await opened.value.ping(signal).finally(() => opened.value.close());
  if (!pinged.ok) return pinged;
  const set = await databases.setSecret(id, secret.value, setup.by);
  if (!set.ok) return set;
  const probed = await databases.checkRole(id, setup.by, signal);
  if (!probed.ok) return probed;
  const tables = (await index.catalogOf(id))?.tables.length ?? 0;
  return ok({ setup, warnings: [], sameAs: [], indexed: ok(NOTHING_INDEXED), tables });
}

/** Its admin and its owner may ask it, and nobody else yet: access is opened by who administers it. */
async function letThemAsk({ database: { id, owner }, by }: Setup, access: Services['access']): Promise<void> {
  const named = [`user:${by.userId}`, ...(owner === undefined ? [] : [owner])];
  const rules = [...new Set(named)].flatMap((who) => {
    const to = readGrantee(who);
    return to ? [{ effect: 'grant', databaseId: id, teamId: by.teamId, to } as const] : [];
  });
  await access.change(id, (before) => (before.length ? undefined : rules), by);
}
