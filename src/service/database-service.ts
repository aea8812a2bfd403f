import { changeRegistered } from '#src/databases/change.ts';
import { checkColumnRoles } from '#src/databases/check-column-roles.ts';
import type { Connections } from '#src/databases/connections.ts';
import { findRegistered } from '#src/databases/find-registered.ts';
import { pauseDatabase } from '#src/databases/pause.ts';
import { isDue, probeAgain } from '#src/databases/probe-role.ts';
import { type Registration, registerDatabase } from '#src/databases/register.ts';
import { previewRemoval, type RemovalPreview, type Removed, removeDatabase } from '#src/databases/remove.ts';
import { renameDatabase } from '#src/databases/rename.ts';
import { sameDatabase } from '#src/databases/same-database.ts';
import type { AuditedPerson } from '#src/domain/audit-entry.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Progress } from '#src/domain/progress.ts';
import type { RegisteredDatabase, StoredRoleReport } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { isRefused, type RoleReport } from '#src/domain/role-report.ts';
import type { Secret } from '#src/domain/secret.ts';
import type { DatabaseAddress } from '#src/ports/database-opener.ts';
import { auditChange } from './audited.ts';
import type { IndexService } from './index-service.ts';
import type { ServiceParts } from './parts.ts';

export type { RemovalPreview } from '#src/databases/remove.ts';

/** The registered databases, as an admin changes them. Each change is written down before it is made. */
export interface DatabaseService {
  /** In the order of their ids. */
  list(): Promise<readonly RegisteredDatabase[]>;
  parseAddress(address: string): Result<DatabaseAddress>;
  /** The statements that make a role which may only read of it, for an administrator of it to run. */
  roleScript(target: Pick<RegisteredDatabase, 'url'>): Result<string>;
  /** Registered databases that are the same one under other names. */
  sameAs(target: Pick<RegisteredDatabase, 'id' | 'url'>): Promise<readonly DatabaseId[]>;
  register(
    target: RegisteredDatabase,
    options: RegisterOptions,
    who: AuditedPerson,
    signal: AbortSignal,
  ): Promise<Result<Registration>>;
  /** What is wrong with the column roles that a database sets, against its schema as it was last read; nothing where it was not. */
  misnamedRoles(database: RegisteredDatabase): Promise<readonly string[]>;
  rename(
    id: DatabaseId,
    name: DatabaseId,
    who: AuditedPerson,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<Result<readonly string[]>>;
  /** Keeps it from being asked, or lets it be asked again. */
  pause(id: DatabaseId, pause: boolean, who: AuditedPerson): Promise<Result<void>>;
  /** Who answers for it: `user:ID` and `group:ID` may administer it, other words are only told; nobody, if undefined. */
  setOwner(id: DatabaseId, owner: string | undefined, who: AuditedPerson): Promise<Result<void>>;
  previewRemoval(id: DatabaseId): Promise<Result<RemovalPreview>>;
  remove(id: DatabaseId, who: AuditedPerson, onProgress: Progress, signal: AbortSignal): Promise<Result<Removed>>;
  setSecret(id: DatabaseId, secret: Secret, who: AuditedPerson): Promise<Result<void>>;
  /** A new key, and every password sealed anew with it. How many there were. */
  rotateKey(who: AuditedPerson): Promise<Result<number>>;
  /** Looks at what its role may do; a refusal pauses it, and its end lets it be asked again. */
  checkRole(id: DatabaseId, who: AuditedPerson, signal: AbortSignal): Promise<Result<StoredRoleReport>>;
  /** What its role was last found to be able to do. */
  roleReport(id: DatabaseId): Promise<StoredRoleReport | undefined>;
  /** Databases whose role was not looked at for a day. */
  rolesDue(): Promise<readonly DatabaseId[]>;
}

/** What a role that may only read is called in the script that makes it. */
const READERS_ROLE = 'querent_reader';

export interface RegisterOptions {
  /** The role's warnings by their codes or their sentences, or `all`. */
  readonly acceptWarnings: readonly string[];
  /** Takes the place of one that is registered under the same name. */
  readonly replace: boolean;
}

type Parts = Pick<
  ServiceParts,
  'store' | 'vault' | 'audit' | 'opener' | 'countExamples' | 'removeExamples' | 'renameExamples' | 'clock'
>;

export function openDatabaseService(
  parts: Parts,
  connections: Connections,
  index: Pick<IndexService, 'leaveOut' | 'takeUpName'>,
): DatabaseService {
  const { store, vault, audit, opener, clock } = parts;
  const writeDown = (who: AuditedPerson, what: string, before: unknown, after: unknown) =>
    auditChange(audit, { who, what, before, after }, clock.now());
  /** A new password that was to come is for a database under its name of then. */
  const dropPasswordSetups = async (id: DatabaseId) => {
    for (const one of await store.setups())
      if (one.of === 'password' && one.database.id === id) await store.removeSetup(one.id);
  };
  /** A database with its password left out, as the audit keeps it. */
  const shown = ({ secret, ...rest }: RegisteredDatabase) =>
    secret === undefined || secret.startsWith('plain:') ? rest : { ...rest, secret };

  return {
    list: () => store.databases(),
    parseAddress: opener.parse,
    roleScript: ({ url }) => opener.roleScript(url, READERS_ROLE),
    sameAs: async (target) => sameDatabase(target, await store.databases()),
    async register(target, { acceptWarnings, replace }, who, signal) {
      const before = await findRegistered(target.id, store);
      if (before.ok && !replace) return fail({ kind: 'database-exists', name: target.id });
      const beforeSave = (database: RegisteredDatabase) =>
        writeDown(who, `registered ${target.id}`, before.ok ? shown(before.value) : null, shown(database));
      const ports = { store, vault, opener, now: clock.now, beforeSave, onlyNew: !replace };
      return registerDatabase(target, acceptWarnings, ports, signal);
    },
    async misnamedRoles(database) {
      const catalog = (await store.catalogs()).find((one) => one.databaseId === database.id);
      return catalog ? checkColumnRoles(database, catalog) : [];
    },
    async rename(id, name, who, onProgress, signal) {
      const beforeSave = () => writeDown(who, `renamed ${id}`, id, name);
      const renamed = await renameDatabase(id, name, { store, vault, beforeSave });
      if (!renamed.ok) return renamed;
      await dropPasswordSetups(id);
      await connections.letGo(id);
      await parts.renameExamples(id, name);
      return ok(await index.takeUpName(id, onProgress, signal));
    },
    async pause(id, pause, who) {
      const found = await findRegistered(id, store);
      if (!found.ok) return found;
      const unwritten = await writeDown(who, `${pause ? 'paused' : 'resumed'} ${id}`, null, null);
      if (unwritten) return fail(unwritten);
      return pauseDatabase(id, { pause, by: who.userId, at: clock.now() }, store);
    },
    setOwner: (id, owner, who) =>
      changeRegistered(
        id,
        ({ owner: _, ...rest }) => (owner === undefined ? rest : { ...rest, owner }),
        store,
        (before, after) => writeDown(who, `owner of ${id}`, before.owner ?? null, after.owner ?? null),
      ),
    previewRemoval: (id) => previewRemoval(id, store, parts.countExamples),
    async remove(id, who, onProgress, signal) {
      const found = await findRegistered(id, store);
      if (!found.ok) return found;
      const rules = (await store.accessRules()).filter((rule) => rule.databaseId === id);
      const unwritten = await writeDown(who, `removed ${id}`, { database: shown(found.value), rules }, null);
      if (unwritten) return fail(unwritten);
      await dropPasswordSetups(id);
      return removeDatabase(id, {
        store,
        connections,
        removeExamples: parts.removeExamples,
        leaveOutOfIndex: () => index.leaveOut(id, onProgress, signal),
      });
    },
    async setSecret(id, secret, who) {
      const found = await findRegistered(id, store);
      if (!found.ok) return found;
      const after: RegisteredDatabase = { ...found.value, secret: 'sealed' };
      const unwritten = await writeDown(who, `password of ${id}`, shown(found.value), shown(after));
      if (unwritten) return fail(unwritten);
      const sealed = await vault.seal(id, secret);
      if (!sealed.ok) return sealed;
      return changeRegistered(id, (before) => ({ ...before, secret: 'sealed' }), store);
    },
    async rotateKey(who) {
      const unwritten: Failure | undefined = await writeDown(who, 'key', null, 'rotated');
      return unwritten ? fail(unwritten) : vault.rotate();
    },
    checkRole: (id, who, signal) =>
      checkRole(id, { connections, store, now: clock.now }, (...change) => writeDown(who, ...change), signal),
    roleReport: (id) => store.roleReport(id),
    async rolesDue() {
      const due: DatabaseId[] = [];
      for (const database of await store.databases())
        if (await isDue(database, store, clock.now())) due.push(database.id);
      return due;
    },
  };
}

/** Looks at a role on a connection of its own; that it pauses its database, or no longer does, is written down before it holds. */
async function checkRole(
  id: DatabaseId,
  { connections, store, now }: Pick<Parts, 'store'> & { readonly connections: Connections; readonly now: () => Date },
  writeDown: (what: string, before: unknown, after: unknown) => Promise<Failure | undefined>,
  signal: AbortSignal,
): Promise<Result<StoredRoleReport>> {
  const opened = await connections.open(id, 'even if paused');
  if (!opened.ok) return opened;
  const beforeSave = async (before: RoleReport | undefined, after: RoleReport) => {
    const pauses = isRefused(after);
    if (pauses === (before !== undefined && isRefused(before))) return undefined;
    return writeDown(`${pauses ? 'paused' : 'resumed'} ${id} by its role`, before?.findings ?? null, after.findings);
  };
  try {
    return await probeAgain(opened.value, { store, beforeSave }, now(), signal);
  } finally {
    await opened.value.close();
  }
}
