import { openDatabase } from '#adapters/database/open-database.ts';
import type { Failure } from '#src/domain/failure.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { isRefused } from '#src/domain/role-report.ts';
import { Secret } from '#src/domain/secret.ts';
import type { Database } from '#src/ports/database.ts';
import type { SecretVault } from '#src/ports/secret-vault.ts';
import type { RegisteredDatabase, Store, StoredRoleReport } from '#src/ports/store.ts';

interface RegisterContext {
  readonly store: Store;
  readonly vault: SecretVault;
  readonly environment: NodeJS.ProcessEnv;
  /** Folders below which SQLite files must lie; anywhere, if there are none. */
  readonly sqliteFolders: readonly string[];
  readonly now: () => Date;
}

/** A role's report is asked for again after this time. */
export const PROBE_EVERY_MS = 24 * 3_600_000;

/**
 * Connects to a database and looks at what its role may do (ROLE-2). What is refused is not saved; warnings must be accepted by
 * their codes, or all of them by `all`.
 */
export async function registerDatabase(
  target: RegisteredDatabase,
  acceptWarnings: readonly string[],
  { store, vault, environment, sqliteFolders, now }: RegisterContext,
  signal: AbortSignal,
): Promise<Result<StoredRoleReport & { readonly serverVersion: string }>> {
  const opened = openDatabase(target, environment, { vault, sqliteFolders });
  if (!opened.ok) return opened;
  try {
    const pinged = await opened.value.ping(signal);
    if (!pinged.ok) return pinged;
    const probed = await probe(opened.value, acceptWarnings, now(), signal);
    if (!probed.ok) return probed;
    const { findings, accepted } = probed.value;
    if (isRefused(probed.value)) return fail({ kind: 'role-refused', database: target.id, findings });
    const open = findings.filter((finding) => !accepted.includes(finding.code));
    if (open.length) return fail({ kind: 'role-warned', database: target.id, findings: open });
    // A password that came in the address is sealed before anything of it is kept.
    const plain = target.secret?.startsWith('plain:') ? target.secret.slice('plain:'.length) : undefined;
    if (plain !== undefined) {
      const sealed = vault.seal(target.id, new Secret(plain));
      if (!sealed.ok) return sealed;
    }
    store.saveDatabase(plain === undefined ? target : { ...target, secret: 'sealed' });
    store.saveRoleReport(target.id, probed.value);
    return ok({ ...probed.value, serverVersion: pinged.value.serverVersion });
  } finally {
    await opened.value.close();
  }
}

async function probe(
  database: Database,
  acceptWarnings: readonly string[],
  at: Date,
  signal: AbortSignal,
): Promise<Result<StoredRoleReport>> {
  const report = await database.probeRole(signal);
  if (!report.ok) return report;
  const { findings } = report.value;
  const accepted = acceptWarnings.includes('all') ? findings.map(({ code }) => code) : [...acceptWarnings];
  return ok({ ...report.value, checkedAt: at.toISOString(), accepted });
}

/** Looks at a registered database's role again. A refusal pauses it; what cannot be found out leaves the last report. */
export async function probeAgain(
  database: Database,
  store: Store,
  at: Date,
  signal: AbortSignal,
): Promise<Result<StoredRoleReport>> {
  const before = store.roleReport(database.id);
  const probed = await probe(database, before?.accepted ?? [], at, signal);
  if (probed.ok) store.saveRoleReport(database.id, probed.value);
  return probed;
}

/** Why a database is not used now: its role was found to do more than read. */
export function pausedBecause(database: string, store: Store): Failure | undefined {
  const report = store.roleReport(database);
  return report && isRefused(report) ? { kind: 'database-paused', database, since: report.checkedAt } : undefined;
}
