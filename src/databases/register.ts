import type { Failure } from '#src/domain/failure.ts';
import { isDatabaseName, type RegisteredDatabase, type StoredRoleReport } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { isRefused } from '#src/domain/role-report.ts';
import { Secret } from '#src/domain/secret.ts';
import type { DatabaseOpener } from '#src/ports/database-opener.ts';
import type { DatabaseStore } from '#src/ports/database-store.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import { findRegistered } from './find-registered.ts';
import { isAccepted, probeRole } from './probe-role.ts';

export interface RegisterPorts {
  readonly store: DatabaseStore;
  readonly vault: SecretVault;
  readonly opener: DatabaseOpener;
  readonly now: () => Date;
  /** Asked once everything is found to be right, with what would be saved; what it says keeps that from being saved. */
  readonly beforeSave: (database: RegisteredDatabase) => Promise<Failure | undefined>;
  /** Saves it only where nobody else took its name while it was looked at. */
  readonly onlyNew?: boolean;
}

/** What a registration found out. */
export type Registration = StoredRoleReport & { readonly serverVersion: string };

/**
 * Connects to a database and looks at what its role may do (ROLE-2). What is refused is not saved; warnings must be accepted, each by
 * its code or its very sentence, or all of them by `all`. One that takes the place of another stays paused where an admin paused that.
 */
export async function registerDatabase(
  target: RegisteredDatabase,
  acceptWarnings: readonly string[],
  ports: RegisterPorts,
  signal: AbortSignal,
): Promise<Result<Registration>> {
  const { store, opener, now, beforeSave } = ports;
  const refusedAddress = await opener.refused(target);
  if (refusedAddress) return fail(refusedAddress);
  const opened = await opener.open(target);
  if (!opened.ok) return opened;
  try {
    const pinged = await opened.value.ping(signal);
    if (!pinged.ok) return pinged;
    if (!isDatabaseName(target.id)) return fail({ kind: 'bad-name', name: target.id });
    const probed = await probeRole(opened.value, acceptWarnings, now(), signal);
    if (!probed.ok) return probed;
    const { findings } = probed.value;
    if (isRefused(probed.value)) return fail({ kind: 'role-refused', database: target.id, findings });
    const open = findings.filter((finding) => !isAccepted(finding, acceptWarnings));
    if (open.length) return fail({ kind: 'role-warned', database: target.id, findings: open });
    const before = await findRegistered(target.id, store);
    const paused = before.ok && before.value.paused;
    const database: RegisteredDatabase = paused ? { ...target, paused } : target;
    const refused = await beforeSave(database);
    if (refused) return fail(refused);
    const saved = await save(database, ports);
    if (!saved.ok) return saved;
    await store.saveRoleReport(target.id, probed.value);
    return ok({ ...probed.value, serverVersion: pinged.value.serverVersion });
  } finally {
    await opened.value.close();
  }
}

/** A password that came in the address is sealed with what it belongs to, and never kept otherwise. */
async function save(database: RegisteredDatabase, { store, vault, onlyNew }: RegisterPorts): Promise<Result<void>> {
  const { id, secret } = database;
  const plain = secret?.startsWith('plain:') ? secret.slice('plain:'.length) : undefined;
  const kept: RegisteredDatabase = plain === undefined ? database : { ...database, secret: 'sealed' };
  // First the name, so that nobody's password is sealed over that of whoever was faster.
  if (onlyNew && !(await store.addDatabase(kept))) return fail({ kind: 'database-exists', name: id });
  const sealed = plain === undefined ? ok(undefined) : await vault.seal(id, new Secret(plain));
  if (!sealed.ok) {
    if (onlyNew) await store.removeDatabase(id);
    return sealed;
  }
  if (!onlyNew) await store.saveDatabase(kept);
  return ok(undefined);
}
